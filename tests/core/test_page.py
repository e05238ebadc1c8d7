"""The page of a report: claims about what a reader, a browser and a screen reader find in it."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core.comparison import Kind, Point
from airflow_dynamodb_emr.core.page.markup import Markup, tag
from airflow_dynamodb_emr.core.page.page import STYLE, page
from airflow_dynamodb_emr.core.page.scale import Clock, Scale
from airflow_dynamodb_emr.core.page.spikes import levels
from airflow_dynamodb_emr.core.page.timeline import Strip, packed
from airflow_dynamodb_emr.core.runreport import Past, Report, Row
from airflow_dynamodb_emr.core.spent import Life, Span, Spent, Try
from airflow_dynamodb_emr.core.table import Throughput
from airflow_dynamodb_emr.core.verdict import Seen, Verdict

from .makers import NOON, RUN, judged

MINUTE = timedelta(minutes=1)
EVIL = '<script>alert("1")</script>'
VOID = {"meta"}


class Read(HTMLParser):
    """The page as a browser reads it: its elements, and the words in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.words += f" {data}"

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def row(name: str, verdict: Verdict = Verdict.VALID, **more: Any) -> Row:
    seen = Seen(before=Throughput(read=5, write=5), during=Throughput(read=105, write=5), after=Throughput(read=5, write=5))
    reasons = [] if verdict is Verdict.VALID else [f"its step is FAILED {EVIL}"]
    told = judged(name, verdict, items=1234, bytes=2048, seconds=60, attempt=1, throughput=seen, reasons=reasons)
    return Row(table=told, **{"raised": Span(start=NOON, end=NOON + 9 * MINUTE), "read_units": 600.0, "estimated": ["read_units"], **more})


def report(*rows: Row, **more: Any) -> Report:
    failed = sum(each.table.verdict is not Verdict.VALID for each in rows)
    verdict = Verdict.INCOMPLETE if failed else Verdict.VALID
    values: dict[str, Any] = {
        "verdict": verdict,
        "run": RUN,
        "prefix": "PROD_",
        "region": "eu-west-1",
        "uri": "s3://backups/x",
        "totals": Past(time=NOON, verdict=verdict, tables=len(rows), failed=failed, items=10, bytes=10, seconds=60, dollars=1.5, read_units=600),
        "spent": Spent(capacity=1, clusters=0.5),
        "storage_month_dollars": 0.1,
        "prices": "list prices of us-east-1, July 2026: those of eu-west-1 are not known",
        "estimated": ["read_units"],
        "tables": list(rows),
        "clusters": [Life(id="j-1", lane=0, created=NOON, ready=NOON + 5 * MINUTE, ended=NOON + 20 * MINUTE)],
        "tries": [Try(table=each.table.name, number=1, cluster="j-1", started=NOON + 5 * MINUTE, ended=NOON + 9 * MINUTE) for each in rows],
        "started": NOON,
        "ended": NOON + 20 * MINUTE,
    }
    return Report(**{**values, **more})


def past(days: int, **more: Any) -> Past:
    return Past(time=NOON - timedelta(days=days), verdict=Verdict.VALID, tables=1, items=9, bytes=9, seconds=9, dollars=1, **more)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param([row("a")], "Its one table can be restored", id="one"),
        pytest.param([row("a"), row("b")], "All 2 tables can be restored", id="all"),
        pytest.param([row("a"), row("b", Verdict.INCOMPLETE)], "1 of 2 tables cannot be restored", id="not all"),
    ],
)
def test_the_first_thing_it_says_is_what_can_be_restored(rows: list[Row], words: str) -> None:
    text = page(report(*rows))

    assert f">{words}</h1>" in text and f"<title>{words}: PROD_* at 2026-11-23 12:00 UTC</title>" in text


def test_every_table_is_named_with_its_numbers() -> None:
    words = Read(page(report(*(row(f"PROD_{number}") for number in range(60))))).words

    assert all(f" PROD_{number} " in words for number in range(60))
    assert "1,234" in words and "5, raised to 105" in words and "~600" in words
    assert "The 20 with the most of 60 tables." in words


def test_a_table_that_failed_is_named_with_its_reason_and_what_to_do_first() -> None:
    words = Read(page(report(row("good"), row("bad", Verdict.INCOMPLETE)))).words

    assert words.index("its step is FAILED") < words.index("clear the failed tasks") < words.index("Tables")


def test_beside_what_failed_it_names_the_newest_whole_backup_where_it_knows_one() -> None:
    told = [page(report(row("bad", Verdict.INCOMPLETE), compared_with="s3://backups/then", before_was_whole=whole)) for whole in (True, False)]

    assert ["The newest whole backup before this one: <code>s3://backups/then</code>" in each for each in told] == [True, False]


def test_a_table_without_a_dump_that_counts_does_not_look_like_an_empty_one() -> None:
    empty, lost = judged("empty", attempt=1), judged("lost", Verdict.INCOMPLETE, reasons=["it has no manifest"])

    words = Read(page(report(*(structs.replace(row("any"), table=table) for table in (empty, lost))))).words.split()

    assert words[words.index("VALID") :][:7] == ["VALID", "connector", "0", "0", "B", "0.0", "s"]
    assert words[words.index("INCOMPLETE") :][:3] == ["INCOMPLETE", "connector", "?"]


def test_what_a_page_has_for_paper_goes_before_what_it_has_for_a_screen() -> None:
    assert STYLE.index("@media print") > STYLE.index(".wide { overflow-x: auto")


def test_what_is_still_raised_is_told_as_loudly() -> None:
    assert "The read capacity of a, b was still raised" in page(report(row("a"), raised=["a", "b"]))


def test_no_text_becomes_markup() -> None:
    evil = {"prefix": EVIL, "run": EVIL, "uri": EVIL, "notes": [EVIL], "excluded": {EVIL: EVIL}, "compared_with": EVIL, "raised": [EVIL]}
    made = report(row(EVIL, Verdict.INCOMPLETE), **evil, points=[Point(kind=Kind.NEW, table=EVIL, words=EVIL)])

    found = Read(page(made))

    assert EVIL in found.words and [name for name, _ in found.elements].count("script") == 1


def test_it_needs_nothing_from_elsewhere_and_its_policy_forbids_it() -> None:
    text = page(report(row("a"), row("b", Verdict.INCOMPLETE), history=[past(1), past(2)]))
    found = Read(text)

    assert not re.search(r"https?:|//[a-z]|@import|url\(", text.replace("s3://", ""))
    assert not any(
        {"src", "href", "style"} & attributes.keys() or any(key.startswith("on") for key in attributes) for _, attributes in found.elements
    )
    (policy,) = [each["content"] for each in found.attributes("meta") if each.get("http-equiv")]
    assert policy and policy.startswith("default-src 'none'; ") and "unsafe-inline'; script-src 'sha256-" in policy


def test_each_plot_has_its_words_for_whoever_cannot_see_it() -> None:
    plots = [each for each in Read(page(report(row("a"), history=[past(1)]))).attributes("svg") if each.get("class") == "plot"]

    told = [each["aria-label"] or "" for each in plots]
    assert [words.split(".")[0] for words in told] == [
        "Tables on clusters over time",
        "Read units a second of each table",
        "Items",
        "Stored",
        "Time",
        "Cost",
    ]
    assert all(each["role"] == "img" for each in plots)


def test_a_table_has_heads_that_say_of_what_they_are() -> None:
    heads = Read(page(report(row("a")))).attributes("th")

    assert [each["scope"] for each in heads] == ["col"] * 12 + ["row"]


def test_the_prices_that_were_gone_by_are_said() -> None:
    assert "those of eu-west-1 are not known" in page(report(row("a")))


def test_a_first_backup_says_that_there_is_nothing_to_draw_yet() -> None:
    assert "the first backup on record" in page(report(row("a"))) and "first backup on record" not in page(report(row("a"), history=[past(1)]))


def test_a_run_of_which_nothing_is_known_has_a_page_too() -> None:
    bare = Row(table=judged("a", Verdict.INCOMPLETE))

    assert "cannot be restored" in page(report(bare, clusters=[], tries=[], spent=Spent(clusters=None), totals=past(0, failed=1)))


def test_what_is_not_known_is_not_drawn_as_nothing() -> None:
    unknown = structs.replace(report(row("a")).totals, dollars=None, read_units=None)
    text = Read(page(report(row("a", read_units=None), totals=unknown, spent=Spent(clusters=None)))).words

    assert "not known" in text and "$0" not in text.split("Tables")[0].replace("$0.10 a month", "")


def test_what_ran_at_the_same_time_is_on_rows_of_its_own() -> None:
    first, beside, after = (
        Strip(NOON + start * MINUTE, NOON + end * MINUTE, "dump", name) for name, start, end in (("a", 0, 5), ("b", 1, 9), ("c", 5, 6))
    )

    assert packed([after, first, beside]) == [[first, after], [beside]]


def test_units_that_are_raised_at_once_add_up() -> None:
    other = row("b", raised=Span(start=NOON + 4 * MINUTE, end=NOON + 20 * MINUTE))

    found = [(level.tables, level.units, (level.end - level.start) / MINUTE) for level in levels(report(row("a"), other))]

    assert found == [(1, 100, 4), (2, 200, 5), (1, 100, 11)]


@pytest.mark.parametrize(
    ("values", "base", "ticks"),
    [
        pytest.param([7], 10, [0, 2, 4, 6, 8], id="small"),
        pytest.param([0], 10, [0, 0.5, 1], id="nothing"),
        pytest.param([3900], 10, [0, 1000, 2000, 3000, 4000], id="thousands"),
        pytest.param([3 * 2**30], 1024, [0, 2**30, 2 * 2**30, 3 * 2**30], id="bytes"),
        pytest.param([600], 60, [0, 300, 600], id="minutes"),
    ],
)
def test_an_axis_has_round_numbers_and_holds_all_values(values: list[float], base: float, ticks: list[float]) -> None:
    assert [tick.value for tick in Scale.of(values, base=base).ticks] == ticks


@given(st.lists(st.floats(0, 1e15), min_size=1))
def test_every_value_is_on_the_axis(values: list[float]) -> None:
    scale = Scale.of(values)

    assert all(0 <= scale.share(value) <= 1 + 1e-9 for value in values) and 2 <= len(scale.ticks) <= 6


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_clock_has_a_few_round_moments_within_it(length: timedelta) -> None:
    ticks = Clock.of([NOON, NOON + length]).ticks()

    assert len(ticks) <= 7 and all(0 <= share <= 1 for share, _ in ticks)


def test_text_is_escaped_where_it_goes_in_and_markup_is_not() -> None:
    assert tag("b", "<", Markup("<i>"), ["&"], data_x='"', class_=None) == '<b data-x="&quot;">&lt;<i>&amp;</b>'
