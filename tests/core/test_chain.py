from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core.chain import base_uris, refuse_gaps
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.recovery import increment_after
from airflow_dynamodb_emr.errors import DataDamaged

from .makers import NOON, manifest

HOUR = timedelta(hours=1)
FULL = structs.replace(manifest(), consistent=NOON + timedelta(milliseconds=622))


def after(base: TableManifest, hours: int, **more: Any) -> TableManifest:
    end = NOON + hours * HOUR
    return structs.replace(manifest(), increment=increment_after(base, "s3://b/m.json", end), consistent=end, **more)


FIRST = after(FULL, 1)
SECOND = after(FIRST, 2)
LATE = structs.replace(increment_after(FULL, "s3://b/m.json", NOON + HOUR), start=NOON + timedelta(seconds=1))


@pytest.mark.parametrize("chain", [[FULL], [FULL, FIRST], [FULL, FIRST, SECOND]], ids=["no increment", "one", "two"])
def test_dumps_that_go_on_where_the_one_before_ends_are_a_chain(chain: list[TableManifest]) -> None:
    refuse_gaps(chain)


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        pytest.param([FIRST, SECOND], "does not show the whole table", id="no beginning"),
        pytest.param([structs.replace(FULL, consistent=None), FIRST], "at a single moment", id="a beginning of no moment"),
        pytest.param([FULL, SECOND], "stands on a dump that leads to", id="one left out"),
        pytest.param([FULL, FULL], "is no increment", id="not an increment"),
        pytest.param([FULL, structs.replace(FIRST, table="other")], "of the same table", id="another table"),
        pytest.param([structs.replace(FULL, consistent=NOON + HOUR), FIRST], "stands on a dump that leads to", id="base made anew"),
        pytest.param([FULL, structs.replace(FIRST, increment=LATE)], "stands on a dump", id="begins too late"),
        pytest.param([FULL, structs.replace(FIRST, consistent=NOON)], "stands on a dump", id="leads elsewhere"),
    ],
)
def test_a_gap_is_found(chain: list[TableManifest], words: str) -> None:
    with pytest.raises(DataDamaged, match=words):
        refuse_gaps(chain)


def test_a_base_is_looked_for_beside_its_increment_first() -> None:
    recorded = "s3://old/dynamodb/eu-west-1/PROD_/2026/11/23/12_00.00/tables/orders.json"
    own = S3Uri("copy", "kept/2026/11/24/12_00.00/tables/orders.json")

    assert [str(uri) for uri in base_uris(recorded, own)] == ["s3://copy/kept/2026/11/23/12_00.00/tables/orders.json", recorded]
    assert base_uris(recorded, S3Uri.parse(recorded.replace("/23/", "/24/"))) == [S3Uri.parse(recorded)]
