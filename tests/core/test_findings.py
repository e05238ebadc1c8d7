from __future__ import annotations

from airflow_dynamodb_emr.core.findings import Finding, failed, lines, summary

GOOD = Finding(name="clock", ok=True, detail="1 s behind AWS")
BAD = Finding(name="bucket", ok=False, detail="is not there", hint="create it")
UNKNOWN = [Finding(name=f"permission {name}", ok=None, detail="not tried", hint="allow more") for name in "ab"]


def test_each_finding_is_a_line_and_a_hint_is_not_said_twice_in_a_row() -> None:
    assert list(lines([GOOD, BAD, *UNKNOWN])) == [
        "ok  clock: 1 s behind AWS",
        "NO  bucket: is not there",
        "    HINT: create it",
        "?   permission a: not tried",
        "    HINT: allow more",
        "?   permission b: not tried",
    ]


def test_only_what_is_bad_fails() -> None:
    assert failed([GOOD, BAD, *UNKNOWN]) == [BAD]
    assert summary([GOOD, BAD, *UNKNOWN]) == "1 of 4 are as they should be, 1 is not, 2 cannot be known"
    assert summary([GOOD]) == "1 of 1 are as they should be"
