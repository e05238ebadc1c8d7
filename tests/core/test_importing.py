from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from airflow_dynamodb_emr.core.importing import MOST_OBJECTS, Imported, Wish, no_import, reasons, refuse_strangers, wish
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.manifest import TableManifest
from airflow_dynamodb_emr.core.schema import create_request
from airflow_dynamodb_emr.errors import BadInput

from . import makers
from .makers import RUN, index, schema
from .test_exported import WINDOW

ROOT = S3Uri("backups", "root")
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders-restored"
DATA = "orders/1/AWSDynamoDB/017-ab/data"


def dump(*names: str, **more: Any) -> TableManifest:
    """By DynamoDB itself, in files of these names."""
    parts = [makers.part(f"{DATA}/{name}", items=2) for name in names or ("a.json.gz", "b.json.gz")]
    return structs.replace(makers.manifest(engines=("native", "worker")), parts=parts, items=2 * len(parts), **more)


def made(**more: Any) -> Wish:
    return wish(create_request(schema("orders", **more), "orders-restored"), ARN, dump(), ROOT, RUN)


def test_a_dump_of_dynamodbs_own_can_be_imported() -> None:
    assert no_import(schema(), dump()) == ""


@pytest.mark.parametrize(
    ("manifest", "table", "words"),
    [
        pytest.param(dump(increment=WINDOW), {}, "holds changes", id="increment"),
        pytest.param(dump(engines=["connector", "worker"]), {}, "not DynamoDB JSON", id="connector"),
        pytest.param(
            dump(), {"LocalSecondaryIndexes": [index("by_day", "day"), index("by_sum", "sum")]}, "it has by_day, by_sum", id="local indexes"
        ),
        pytest.param(dump("a.json.gz", "b.json"), {}, "not all gzip", id="not packed"),
        pytest.param(dump("a.json.gz", "deep/b.json.gz"), {}, "in several folders", id="folders"),
        pytest.param(structs.replace(dump(), parts=[]), {}, "nothing to import", id="empty"),
        pytest.param(structs.replace(dump(), parts=dump().parts * MOST_OBJECTS), {}, "100000 files, and ImportTable takes 50000", id="many files"),
    ],
)
def test_what_cannot_be_imported_says_why(manifest: TableManifest, table: dict[str, Any], words: str) -> None:
    assert words in no_import(schema(**table), manifest)


def test_the_folder_is_named_with_its_slash() -> None:
    asked = made().request(1)

    assert asked["S3BucketSource"] == {"S3Bucket": "backups", "S3KeyPrefix": f"root/{DATA}/"}
    assert (asked["InputFormat"], asked["InputCompressionType"]) == ("DYNAMODB_JSON", "GZIP")


def test_the_table_is_made_as_it_was() -> None:
    table = made(GlobalSecondaryIndexes=[index("by_mail", "mail", ProvisionedThroughput=makers.units(1, 2))])

    parameters = table.request(1)["TableCreationParameters"]

    assert (table.arn, parameters["TableName"]) == ("arn:aws:dynamodb:eu-west-1:123456789012:table/orders-restored", "orders-restored")
    assert parameters["ProvisionedThroughput"] == {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    assert parameters["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"] == {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}


def test_what_importtable_does_not_take_is_kept_for_afterwards() -> None:
    rare = made(TableClassSummary={"TableClass": "STANDARD_INFREQUENT_ACCESS"})
    tagged = structs.replace(rare, create={**rare.create, "Tags": [{"Key": "team", "Value": "data"}]})

    assert not {"TableClass", "Tags"} & tagged.request(1)["TableCreationParameters"].keys()


def test_a_token_can_be_recomputed_and_is_like_no_other() -> None:
    assert made().token(1) == made().token(1)
    assert len({made().token(1), made().token(2), structs.replace(made(), name="other").token(1), structs.replace(made(), run="other").token(1)}) == 4


def uris(*names: str) -> list[S3Uri]:
    return [ROOT / DATA / name for name in names]


def test_a_folder_with_just_the_dump_is_taken() -> None:
    refuse_strangers(dump(), ROOT, uris("b.json.gz", "a.json.gz"))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        pytest.param(("a.json.gz",), "1 parts of the dump of orders are gone, s3://backups/root/" + DATA + "/b.json.gz", id="gone"),
        pytest.param(("a.json.gz", "b.json.gz", "notes.txt"), "are not its own, s3://backups/root/" + DATA + "/notes.txt among them", id="strange"),
    ],
)
def test_anything_else_in_the_folder_is_found_before_it_fails_the_import(names: tuple[str, ...], words: str) -> None:
    with pytest.raises(BadInput) as error:
        refuse_strangers(dump(), ROOT, uris(*names))

    assert words in error.value.facts and error.value.hint


def ended(**more: Any) -> Imported:
    values: dict[str, Any] = {"status": "COMPLETED", "processed": 4, "written": 4, "log_group": "arn:aws:logs:x:1:log-group:/aws-dynamodb/imports:*"}
    return Imported(arn="arn:table/orders/import/016-cd", table_id="t", source=ROOT, token="t", **{**values, **more})


def test_a_table_is_loaded_when_as_many_items_went_in_as_the_dump_has() -> None:
    assert reasons(ended(), 4) == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(ended(status="IN_PROGRESS"), "its import is IN_PROGRESS", id="running"),
        pytest.param(ended(status="FAILED", failure="S3NoSuchBucket: no bucket"), "its import is FAILED: S3NoSuchBucket: no bucket", id="failed"),
        pytest.param(
            ended(status="FAILED", failure="ItemValidationError: some", written=3, errors=1),
            "its import is FAILED: ItemValidationError: some; 3 items went in, 1 lines did not: see /aws-dynamodb/imports, stream 016-cd/error",
            id="bad lines",
        ),
        pytest.param(ended(processed=0, written=0), "0 items went in and 0 did not, the dump has 4", id="nothing, and AWS calls it complete"),
        pytest.param(ended(processed=5, written=5), "5 items went in and 0 did not, the dump has 4", id="too much"),
    ],
)
def test_any_other_outcome_is_none(found: Imported, words: str) -> None:
    assert reasons(found, 4) == [words]
