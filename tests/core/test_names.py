from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from airflow_dynamodb_emr.core.names import (
    LONGEST_EMR_NAME,
    LONGEST_TABLE_NAME,
    Rename,
    Selection,
    attempt_number,
    cluster_name,
    is_cluster_of,
    step_name,
)
from airflow_dynamodb_emr.errors import BadInput

TABLES = st.lists(st.text("ab_.", min_size=1, max_size=6), unique=True, max_size=12)
PATTERNS = st.lists(st.text("ab_*?", min_size=1, max_size=4), max_size=3)


@given(TABLES, st.text("ab", max_size=2), PATTERNS)
def test_every_table_that_starts_with_the_prefix_is_selected_or_excluded(names: list[str], prefix: str, patterns: list[str]) -> None:
    starting = {name for name in names if name.startswith(prefix)}
    assume(any(not any(fnmatchcase(name, pattern) for pattern in patterns) for name in starting))

    selected, excluded = Selection(prefix=prefix, exclude=patterns).split(names)

    assert {*selected, *excluded} == starting and not set(selected) & set(excluded)
    assert selected == sorted(selected)
    assert all(pattern in patterns and fnmatchcase(name, pattern) for name, pattern in excluded.items())


@pytest.mark.parametrize("name", ["OLD_PROD_orders", "prod_orders", " PROD_orders", "PROD"])
def test_a_name_that_does_not_start_with_the_prefix_is_never_selected(name: str) -> None:
    assert Selection(prefix="PROD_").split([name, "PROD_orders"]) == (["PROD_orders"], {})


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        pytest.param("P_a", ["P_ab", "P_b.c"], id="a name"),
        pytest.param("P_a*", ["P_b.c"], id="a pattern"),
        pytest.param("*.c", ["P_a", "P_ab"], id="a pattern of the end"),
        pytest.param("p_a", ["P_a", "P_ab", "P_b.c"], id="another case"),
        pytest.param("a", ["P_a", "P_ab", "P_b.c"], id="part of a name"),
        pytest.param("P_b?c", ["P_a", "P_ab"], id="one character"),
    ],
)
def test_an_exclusion_is_a_whole_name_or_a_pattern(pattern: str, left: list[str]) -> None:
    selected, _ = Selection(prefix="P_", exclude=[pattern]).split(["P_ab", "P_b.c", "P_a"])

    assert selected == left


def test_a_table_is_not_called_as_a_folder_that_each_backup_has() -> None:
    """Its data would lie among the manifests."""
    with pytest.raises(BadInput, match="selects the table tables, and a folder of each backup's own is called so"):
        Selection(prefix="ta").split(["tables", "tasks"])

    assert Selection(prefix="ta", exclude=["tables"]).split(["tables", "tasks", "schema"]) == (["tasks"], {"tables": "tables"})


@pytest.mark.parametrize(
    ("exclude", "facts"),
    [
        pytest.param([], "prefix: no table starts with 'DEV_'", id="nothing matches"),
        pytest.param(["*"], "prefix: no table starts with 'DEV_'", id="nothing matches, and everything is excluded"),
    ],
)
def test_a_prefix_that_matches_nothing_is_refused(exclude: list[str], facts: str) -> None:
    with pytest.raises(BadInput) as raised:
        Selection(prefix="DEV_", exclude=exclude).split(["PROD_a", "OLD_DEV_a"])

    assert raised.value.facts == facts and raised.value.hint


def test_an_exclusion_of_everything_is_refused() -> None:
    with pytest.raises(BadInput) as raised:
        Selection(prefix="DEV_", exclude=["*_a", "DEV_b"]).split(["DEV_a", "DEV_b"])

    assert raised.value.facts == "exclude: all 2 tables that start with 'DEV_' are excluded" and raised.value.hint


TABLE_NAMES = st.text("ab_.-1", min_size=3, max_size=LONGEST_TABLE_NAME)


@given(TABLE_NAMES, TABLE_NAMES, st.integers(0, 99), st.integers(0, 99))
def test_a_steps_name_tells_its_table_and_attempt(one: str, other: str, attempt: int, another: int) -> None:
    name = step_name(one, attempt)

    assert attempt_number(name, one) == attempt
    assert (attempt_number(name, other) is None) == (one != other)
    assert (step_name(other, another) == name) == ((other, another) == (one, attempt))


@pytest.mark.parametrize("name", ["orders", "orders/", "orders/x", "orders/1/2", "orders2/1", "my/orders/1", "Spark job"])
def test_a_step_of_somebody_elses_is_no_attempt(name: str) -> None:
    assert attempt_number(name, "orders") is None


@pytest.mark.parametrize("longest", [pytest.param("x" * LONGEST_TABLE_NAME, id="table"), pytest.param("é" * 1000, id="run")])
def test_a_name_fits_into_emr_and_stays_its_own(longest: str) -> None:
    names = {cluster_name(longest + "1"), cluster_name(longest + "2"), step_name(longest, 1000), step_name(longest[:-1] + "y", 1000)}

    assert len(names) == 4 and all(len(name) <= LONGEST_EMR_NAME for name in names)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        pytest.param(cluster_name("dag/run"), True, id="the first"),
        pytest.param(cluster_name("dag/run", 3, 12), True, id="a later one of another lane"),
        pytest.param(cluster_name("dag/run2"), False, id="of a run whose name begins so"),
        pytest.param(cluster_name("dag/run 1.1"), False, id="of a run that is called like a cluster"),
        pytest.param("ddb/dag/run", False, id="no lane"),
    ],
)
def test_a_cluster_tells_which_run_it_is_of(name: str, own: bool) -> None:
    assert is_cluster_of("dag/run", name) is own


def test_a_short_name_is_not_touched() -> None:
    assert (cluster_name("dag/run"), step_name("orders", 2)) == ("ddb/dag/run 1.1", "orders/2")


@given(st.text("ab_", max_size=5), st.text("ab_", min_size=1, max_size=5), st.text("ab_", max_size=5))
def test_a_renamed_table_is_prefix_name_and_suffix(prefix: str, table: str, suffix: str) -> None:
    assert Rename(prefix=prefix, suffix=suffix)(table) == prefix + table + suffix


def test_a_name_that_becomes_too_long_is_refused() -> None:
    rename = Rename(suffix="-2")

    assert len(rename("x" * (LONGEST_TABLE_NAME - 2))) == LONGEST_TABLE_NAME
    with pytest.raises(BadInput, match="has 256 characters, DynamoDB allows 255"):
        rename("x" * (LONGEST_TABLE_NAME - 1))
