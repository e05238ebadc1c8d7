from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from airflow_dynamodb_emr.core.catalogue import Entry
from airflow_dynamodb_emr.core.decision import Chosen, Decision, Policy, lines, tops
from airflow_dynamodb_emr.core.keeping import Keep
from airflow_dynamodb_emr.core.layout import Folder, S3Uri
from airflow_dynamodb_emr.core.retention import choose
from airflow_dynamodb_emr.core.verdict import Verdict
from airflow_dynamodb_emr.errors import BadInput

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
APP = S3Uri("backups", "dynamodb")
GOOD, FAILED, HANDS_OFF = Verdict.VALID, (Verdict.INCOMPLETE, Verdict.INVALID), (Verdict.IN_PROGRESS, Verdict.UNVERIFIED)


def entry(time: datetime, verdict: Verdict = GOOD, base: S3Uri = APP, **more: Any) -> Entry:
    uri = str(Folder.of(base, "eu-west-1", "PROD_", time).uri)
    known: dict[str, Any] = {"prefix": "PROD_", "stands_on": [], "run": "r", **more}
    return Entry(uri=uri, region="eu-west-1", time=time, verdict=verdict, tables=1, items=1, bytes=1, **known)


def days(*ago: float, **more: Any) -> list[Entry]:
    return [entry(NOW - timedelta(days=each), **more) for each in ago]


def kept(decision: Decision) -> list[Entry]:
    return [chosen.entry for chosen in decision.keep]


def forgotten(decision: Decision) -> list[Entry]:
    return [chosen.entry for chosen in decision.forget]


# What the sentence of a policy says, read word by word; slow, and with a calendar of its own.
_PERIODS: dict[str, Callable[[datetime], Any]] = {
    "hourly": lambda time: (time.date(), time.hour),
    "daily": lambda time: time.date(),
    "weekly": lambda time: time.isocalendar()[:2],
    "monthly": lambda time: (time.year, time.month),
    "yearly": lambda time: time.year,
}


def kept_by_the_sentence(sentence: str, good: Sequence[Entry]) -> set[str]:
    last = re.search(r"the last(?: (\d+))?", sentence)
    span = re.search(r"within (\d+) (hour|day)", sentence)
    among = set[str]()
    for each in good:
        newer = [other for other in good if other.time > each.time]
        among |= {each.uri} if last and len(newer) < int(last[1] or 1) else set()
        among |= {each.uri} if span and each.time >= NOW - timedelta(**{f"{span[2]}s": int(span[1])}) else set()
        for number, rule in re.findall(r"(\d+) (hourly|daily|weekly|monthly|yearly)", sentence):
            periods = {_PERIODS[rule](other.time) for other in newer}
            among |= {each.uri} if _PERIODS[rule](each.time) not in periods and len(periods) < int(number) else set()
    return among


RULES = st.dictionaries(st.sampled_from(["last", "hourly", "daily", "weekly", "monthly", "yearly"]), st.integers(1, 4), max_size=3)
SPANS = st.sampled_from([timedelta(0), timedelta(hours=5), timedelta(days=3), timedelta(days=40)])
POLICIES = st.builds(lambda rules, within: Keep(**rules, within=within), RULES, SPANS).filter(lambda keep: not keep.is_off)
MINUTES = st.one_of(st.integers(0, 6000), st.integers(0, 60_000), st.integers(-60, 2_000_000))  # hours, weeks, years ago; or a clock that is ahead


@st.composite
def catalogues(draw: st.DrawFn) -> list[Entry]:
    times = sorted(NOW - timedelta(minutes=each) for each in draw(st.sets(MINUTES, max_size=14)))
    found: list[Entry] = []
    for time in times:
        verdict = draw(st.sampled_from([GOOD, GOOD, GOOD, *FAILED, *HANDS_OFF]))
        bases = draw(st.lists(st.sampled_from(found), max_size=2)) if found and draw(st.booleans()) else []
        mark, older = draw(st.integers(0, 9)) == 0, draw(st.integers(0, 9)) == 0
        unknown, prefix = draw(st.integers(0, 19)) == 0, draw(st.sampled_from(["PROD_", "PROD_", "PROD_EU_"]))
        found.append(entry(time, verdict, kept=mark, older=older, prefix=prefix, stands_on=None if unknown else [base.uri for base in bases]))
    return draw(st.permutations(found))


def kept_of_a_prefix(own: Sequence[Entry], found: Sequence[Entry], keep: Keep) -> set[str]:
    """But for what others stand on."""
    good = [each for each in own if counts(each)]
    newest, relied_on = newest_of(good), newest_of([each for each in good if stands_on_good_ones(each, found)]) or newest_of(good)
    among = kept_by_the_sentence(str(keep), good) | {each.uri for each in (newest, relied_on) if each}
    for each in own:
        lately, last_hope = each.time > NOW - timedelta(days=7), relied_on is None or relied_on.time < each.time
        hands_off = each.kept or each.older or each.verdict in HANDS_OFF or (each.verdict is GOOD and each.time > NOW)
        among |= {each.uri} if hands_off or (each.verdict in FAILED and (lately or last_hope)) else set()
    return among


def counts(each: Entry) -> bool:
    return each.verdict is GOOD and not each.older and each.time <= NOW


def newest_of(some: Sequence[Entry]) -> Entry | None:
    return max(some, key=lambda each: each.time, default=None)


def stands_on_good_ones(each: Entry, found: Sequence[Entry]) -> bool:
    bases = [other for other in found if each.stands_on and other.uri in each.stands_on]
    return each.stands_on is not None and all(base.verdict is GOOD and stands_on_good_ones(base, found) for base in bases)


@settings(max_examples=120, deadline=None)
@given(catalogues(), POLICIES)
def test_it_keeps_what_its_sentence_says_what_is_not_its_to_forget_and_what_these_stand_on(found: list[Entry], keep: Keep) -> None:
    decision = choose(found, Policy(keep=keep), NOW)

    right = set[str]()
    for prefix in ("PROD_", "PROD_EU_"):
        right |= kept_of_a_prefix([each for each in found if each.prefix == prefix], found, keep)
    for each in sorted(found, key=lambda each: each.time, reverse=True):
        if each.uri in right and each.stands_on is None and not each.older:
            right |= {other.uri for other in found if other.time < each.time}
        right |= set(each.stands_on or []) if each.uri in right else set()
    assert {each.uri for each in kept(decision)} == right
    assert sorted(each.uri for each in [*kept(decision), *forgotten(decision)]) == sorted(each.uri for each in found)


@settings(max_examples=40, deadline=None)
@given(catalogues(), POLICIES)
def test_what_was_kept_once_is_kept_again_and_the_newest_good_one_always(found: list[Entry], keep: Keep) -> None:
    decision = choose(found, Policy(keep=keep), NOW)

    again = choose(kept(decision), Policy(keep=keep), NOW)

    assert again == Decision(keep=decision.keep, forget=[], newest_good=decision.newest_good)
    for prefix in {each.prefix for each in found}:
        newest = newest_of([each for each in found if each.prefix == prefix and counts(each)])
        assert newest is None or newest in kept(decision)


def test_each_is_told_why() -> None:
    base, middle, top = days(40, 30, 20)
    found = [*days(0, 1), structs.replace(top, kept=True, stands_on=[middle.uri]), structs.replace(middle, stands_on=[base.uri]), base]
    found += [*days(2, verdict=Verdict.INCOMPLETE), *days(9, verdict=Verdict.INVALID), *days(3, verdict=Verdict.IN_PROGRESS), *days(50, older=True)]
    found += days(60)

    decision = choose(found, Policy(keep=Keep(last=1, daily=2, within=timedelta(hours=1))), NOW)

    assert [chosen.why for chosen in decision.keep] == [
        "the newest good one; last; daily 2026-11-23; within",
        "daily 2026-11-22",
        "INCOMPLETE: kept for 7 days",
        "its run may be under way",
        "marked to be kept",
        "2026-11-03 12:00:00 stands on it",
        "2026-10-24 12:00:00 stands on it",
        "the older system's: it is yours to delete",
    ]
    assert [chosen.why for chosen in decision.forget] == ["INVALID: older than 7 days, and a newer one is good", "no rule keeps it"]


def test_failed_ones_use_up_no_number_and_stay_while_no_newer_one_is_good() -> None:
    found = [*days(20, 21, verdict=Verdict.INCOMPLETE), *days(22), *days(23, verdict=Verdict.INVALID)]

    decision = choose(found, Policy(keep=Keep(last=1)), NOW)

    assert kept(decision) == [*days(20, 21, verdict=Verdict.INCOMPLETE), *days(22)]
    assert decision.keep[0].why == "INCOMPLETE: kept while no newer one is good"


def test_one_of_a_time_to_come_is_kept_and_pushes_none_out() -> None:
    """Its run's clock was years ahead: whatever is made until then would not be the newest."""
    ahead, *others = days(-3650, 0, 1, 2)

    decision = choose([ahead, *others, *days(0.5, verdict=Verdict.INCOMPLETE)], Policy(keep=Keep(last=1)), NOW)

    assert kept(decision)[:2] == [ahead, others[0]] and forgotten(decision) == others[1:]
    assert decision.keep[0].why == "of a time that is still to come: somebody's clock was wrong, so it counts for no rule"
    assert kept(choose([ahead, *days(20, verdict=Verdict.INVALID)], Policy(keep=Keep(last=1)), NOW)) == [ahead, *days(20, verdict=Verdict.INVALID)]


@pytest.mark.parametrize(
    ("running_days_ago", "made_days_ago", "kept_as"),
    [
        pytest.param(None, 90, "its run may be under way", id="nobody knows since when"),
        pytest.param(6, 90, "its run may be under way", id="lately"),
        pytest.param(8, 5, "IN_PROGRESS: kept for 7 days", id="as long as a failed one"),
        pytest.param(8, 90, "", id="long enough"),
        pytest.param(8, -1, "IN_PROGRESS: kept while no newer one is good", id="no newer one"),
    ],
)
def test_one_whose_run_was_killed_counts_as_failed(running_days_ago: int | None, made_days_ago: int, kept_as: str) -> None:
    running = None if running_days_ago is None else NOW - timedelta(days=running_days_ago)
    killed = days(made_days_ago, verdict=Verdict.IN_PROGRESS, running=running)

    decision = choose([*days(0), *killed], Policy(keep=Keep(last=1)), NOW)

    assert [chosen.why for chosen in decision.keep if chosen.entry in killed] == ([kept_as] if kept_as else [])


def test_what_goes_first_is_what_nothing_else_stands_on() -> None:
    base, middle, top, alone = days(9, 8, 7, 10)
    middle, top = structs.replace(middle, stands_on=[base.uri]), structs.replace(top, stands_on=[middle.uri])
    chosen = [Chosen(entry=each, why="") for each in (top, middle, base, alone)]

    assert [each.entry for each in tops(chosen)] == [top, alone]
    assert [each.entry for each in tops(chosen[1:])] == [middle, alone]
    unsure = Chosen(entry=structs.replace(base, stands_on=None), why="")
    assert tops([unsure, chosen[3]]) == [unsure]
    in_a_ring = [Chosen(entry=structs.replace(base, stands_on=[top.uri]), why=""), *chosen[:2]]
    assert tops(in_a_ring) == in_a_ring, "damaged ones: but for ever must not be waited for"


def test_days_and_weeks_are_those_of_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    same_day_in_utc = [entry(datetime(2026, 11, 23, 8, tzinfo=tokyo)), entry(datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc))]

    assert len(kept(choose(same_day_in_utc, Policy(keep=Keep(daily=5)), NOW))) == 1


def test_a_week_goes_over_the_new_year() -> None:
    found = [entry(datetime(2024, 12, 30, tzinfo=timezone.utc)), entry(datetime(2025, 1, 5, tzinfo=timezone.utc))]

    assert kept(choose(found, Policy(keep=Keep(weekly=2)), NOW)) == [found[1]]


def test_one_that_is_just_as_old_as_the_span_is_within_it() -> None:
    assert len(kept(choose(days(0, 2, 2.001), Policy(keep=Keep(within=timedelta(days=2))), NOW))) == 2


def test_an_increment_keeps_its_base_also_where_both_were_copied_elsewhere() -> None:
    there = S3Uri("another-bucket", "copies")
    base, top = (entry(NOW - timedelta(days=each), base=there) for each in (9, 1))
    recorded = entry(base.time).uri

    assert len(kept(choose([base, structs.replace(top, stands_on=[recorded])], Policy(keep=Keep(last=1)), NOW))) == 2


def test_what_is_held_is_kept_and_what_it_stands_on() -> None:
    base, top, newest = days(9, 8, 1)
    found = [base, structs.replace(top, stands_on=[base.uri]), newest]

    decision = choose(found, Policy(keep=Keep(last=1)), NOW, {top.uri: "a restore reads it"})

    assert not decision.forget and decision.keep[1] == Chosen(entry=found[1], why="a restore reads it")


def test_a_policy_that_keeps_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="no rule keeps a backup"):
        choose(days(1, 2), Policy(keep=Keep()), NOW)


def test_the_lines_begin_with_the_sentence_and_are_in_order_of_time() -> None:
    policy = Policy(keep=Keep(last=1))

    said = lines(choose(days(1, 2), policy, NOW), policy)

    assert said == [
        "keep the last backup; failed ones for 7 days, and until a newer one is good",
        "  keep    2026-11-22 12:00:00  VALID  s3://backups/dynamodb/eu-west-1/PROD_/2026/11/22/12_00.00  the newest good one; last",
        "  forget  2026-11-21 12:00:00  VALID  s3://backups/dynamodb/eu-west-1/PROD_/2026/11/21/12_00.00  no rule keeps it",
    ]
    assert lines(choose([], policy, NOW), policy)[1:] == ["  there is no backup"]
