"""Imports as others have seen them on AWS: https://github.com/scylladb/scylladb/pull/31619."""

from __future__ import annotations

import gzip
import itertools
import json
from typing import Any

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, all_listed, index, refusal, told, until

_numbers = itertools.count()
GOOD = ['{"Item": {"id": {"S": "a"}, "n": {"N": "1.50"}}}', '{"Item": {"id": {"S": "b"}, "b": {"B": "AAE="}}}']
BAD = {
    "no Item": '{"NotAnItem": {"id": {"S": "x"}}}',
    "no key": '{"Item": {"n": {"N": "1"}}}',
    "key of another type": '{"Item": {"id": {"N": "1"}}}',
    "no JSON": '{"Item": ',
    "no name": '{"Item": {"id": {"S": "x"}, "": {"S": "v"}}}',
}


@pytest.fixture
def prefix() -> str:
    return f"imports/{next(_numbers)}/data/"


@pytest.fixture
def name() -> str:
    return f"imported{next(_numbers)}"


def put(s3: Any, key: str, lines: list[str], packed: bool = True) -> None:
    body = "".join(f"{line}\n" for line in lines).encode()
    s3.put_object(Bucket="local-backups", Key=key, Body=gzip.compress(body) if packed else body)


def request(name: str, prefix: str, **more: Any) -> dict[str, Any]:
    table = {"TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}
    return {
        "S3BucketSource": {"S3Bucket": "local-backups", "S3KeyPrefix": prefix},
        "InputFormat": "DYNAMODB_JSON",
        "InputCompressionType": "GZIP",
        "TableCreationParameters": {**table, "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]},
        **more,
    }


def start(dynamodb: Any, *what: Any, **more: Any) -> dict[str, Any]:
    return dict(dynamodb.import_table(**request(*what, **more))["ImportTableDescription"])


def described(dynamodb: Any, started: dict[str, Any]) -> dict[str, Any]:
    return dict(dynamodb.describe_import(ImportArn=started["ImportArn"])["ImportTableDescription"])


def counts(ended: dict[str, Any]) -> tuple[int, int, int]:
    return ended["ProcessedItemCount"], ended["ImportedItemCount"], ended["ErrorCount"]


def test_an_import_makes_a_table_of_what_lies_under_the_prefix(dynamodb: Any, s3: Any, prefix: str, name: str) -> None:
    put(s3, f"{prefix}1.json.gz", [GOOD[0], "", "  "])
    put(s3, f"{prefix}deep/2.json.gz", [GOOD[1]])

    started = start(dynamodb, name, prefix)

    assert (started["ImportStatus"], counts(started)) == ("IN_PROGRESS", (0, 0, 0))
    assert not {"EndTime", "ProcessedSizeBytes", "FailureCode"} & started.keys()
    ended = described(dynamodb, started)
    assert (ended["ImportStatus"], counts(ended)) == ("COMPLETED", (2, 2, 0))
    assert ended["ProcessedSizeBytes"] == sum(len(line) + 1 for line in [*GOOD, "", "  "])
    assert (told(dynamodb, name)["TableStatus"], told(dynamodb, name)["TableId"]) == ("ACTIVE", started["TableId"])
    items = dynamodb.scan(TableName=name)["Items"]
    assert sorted(items, key=str) == [{"id": {"S": "a"}, "n": {"N": "1.5"}}, {"id": {"S": "b"}, "b": {"B": b"\x00\x01"}}]


def test_the_table_is_unknown_first_and_then_creating(aws: StandIn, dynamodb: Any, prefix: str, name: str) -> None:
    aws.set(import_seconds=1.5)

    started = start(dynamodb, name, prefix)

    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        told(dynamodb, name)
    until(lambda: name in dynamodb.list_tables(ExclusiveStartTableName="imported")["TableNames"])
    assert told(dynamodb, name)["TableStatus"] == "CREATING"
    with pytest.raises(dynamodb.exceptions.ResourceInUseException):
        dynamodb.delete_table(TableName=name)
    until(lambda: described(dynamodb, started)["ImportStatus"] == "COMPLETED")
    assert told(dynamodb, name)["TableStatus"] == "ACTIVE"


@pytest.mark.parametrize("line", BAD.values(), ids=BAD)
def test_a_bad_line_fails_the_import_and_leaves_the_table_with_what_was_good(dynamodb: Any, s3: Any, prefix: str, name: str, line: str) -> None:
    put(s3, f"{prefix}1.gz", GOOD)
    put(s3, f"{prefix}2.gz", [line, GOOD[0], GOOD[1]])

    ended = described(dynamodb, start(dynamodb, name, prefix))

    assert (ended["ImportStatus"], ended["FailureCode"]) == ("FAILED", "ItemValidationError")
    assert counts(ended) == (3, 2, 1), "the rest of an object is not read after its first bad line"
    assert dynamodb.scan(TableName=name)["Count"] == 2


@pytest.mark.parametrize("what", ["a prefix that is no folder", "a file that is not packed", "a file that is cut short"])
def test_any_file_under_the_prefix_must_be_right(dynamodb: Any, s3: Any, prefix: str, name: str, what: str) -> None:
    put(s3, f"{prefix}1.gz", GOOD)
    if what == "a prefix that is no folder":
        prefix = prefix.rstrip("/")
        put(s3, f"{prefix}-old/notes.gz", ["these are notes"])
    elif what == "a file that is not packed":
        put(s3, f"{prefix}2", GOOD, packed=False)
    else:
        s3.put_object(Bucket="local-backups", Key=f"{prefix}2.gz", Body=gzip.compress(GOOD[0].encode())[:-9])

    ended = described(dynamodb, start(dynamodb, name, prefix))

    assert (ended["ImportStatus"], counts(ended)) == ("FAILED", (3, 2, 1))


def test_files_need_not_be_packed(dynamodb: Any, s3: Any, prefix: str, name: str) -> None:
    put(s3, f"{prefix}1.json", GOOD, packed=False)
    s3.put_object(Bucket="local-backups", Key=f"{prefix}empty.json", Body=b"")

    assert counts(described(dynamodb, start(dynamodb, name, prefix, InputCompressionType="NONE"))) == (2, 2, 0)


def test_a_prefix_of_nothing_is_an_empty_table(dynamodb: Any, prefix: str, name: str) -> None:
    ended = described(dynamodb, start(dynamodb, name, prefix))

    assert (ended["ImportStatus"], counts(ended)) == ("COMPLETED", (0, 0, 0))
    assert told(dynamodb, name)["TableStatus"] == "ACTIVE"


def test_writes_are_counted_not_items(dynamodb: Any, s3: Any, prefix: str, name: str) -> None:
    put(s3, f"{prefix}1.gz", [GOOD[0], GOOD[0], GOOD[1]])

    assert counts(described(dynamodb, start(dynamodb, name, prefix))) == (3, 3, 0)
    assert dynamodb.scan(TableName=name)["Count"] == 2


def test_global_indexes_are_filled(dynamodb: Any, s3: Any, prefix: str, name: str) -> None:
    put(s3, f"{prefix}1.gz", ['{"Item": {"id": {"S": "a"}, "mail": {"S": "x"}}}', GOOD[1]])
    asked = request(name, prefix)
    asked["TableCreationParameters"]["AttributeDefinitions"].append({"AttributeName": "mail", "AttributeType": "S"})
    asked["TableCreationParameters"]["GlobalSecondaryIndexes"] = [index("by_mail", "mail")]

    dynamodb.import_table(**asked)

    assert told(dynamodb, name)["GlobalSecondaryIndexes"][0]["ItemCount"] == 1


def test_a_table_that_is_there_is_not_imported_into(dynamodb: Any, make_table: MakeTable, prefix: str) -> None:
    with pytest.raises(dynamodb.exceptions.ResourceInUseException, match="Table already exists"):
        start(dynamodb, make_table(), prefix)


def test_of_two_imports_into_one_name_the_second_fails(aws: StandIn, dynamodb: Any, prefix: str, name: str) -> None:
    aws.set(import_seconds=0.6)
    first = start(dynamodb, name, prefix)
    second = start(dynamodb, name, prefix)

    ended = until(lambda: (found := described(dynamodb, second))["ImportStatus"] == "FAILED" and found)
    assert ended["FailureCode"] == "TableAlreadyExists"
    until(lambda: described(dynamodb, first)["ImportStatus"] == "COMPLETED")


def test_a_bucket_that_is_not_there_is_told_afterwards(dynamodb: Any, prefix: str, name: str) -> None:
    started = start(dynamodb, name, prefix, S3BucketSource={"S3Bucket": "nowhere"})

    assert described(dynamodb, started)["FailureCode"] == "S3NoSuchBucket"
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        told(dynamodb, name)


def test_a_token_stands_for_its_table_and_for_nothing_else(aws: StandIn, dynamodb: Any, prefix: str, name: str) -> None:
    aws.set(import_seconds=0.6)
    first = start(dynamodb, name, prefix, ClientToken=name)

    again = start(dynamodb, name, "quite/another/", ClientToken=name)

    assert again["ImportArn"] == first["ImportArn"] and again["S3BucketSource"]["S3KeyPrefix"] == prefix
    with pytest.raises(dynamodb.exceptions.ImportConflictException, match="Duplicate request"):
        start(dynamodb, f"{name}x", prefix, ClientToken=name)
    until(lambda: described(dynamodb, first)["ImportStatus"] == "COMPLETED")
    with pytest.raises(dynamodb.exceptions.ResourceInUseException):
        start(dynamodb, name, prefix, ClientToken=name)


def test_an_import_fails_as_it_is_told_to(aws: StandIn, dynamodb: Any, s3: Any, prefix: str, name: str) -> None:
    put(s3, f"{prefix}1.gz", GOOD)
    aws.faults(fail_imports={name: 1})

    ended = described(dynamodb, start(dynamodb, name, prefix))

    assert (ended["ImportStatus"], dynamodb.scan(TableName=name)["Count"]) == ("FAILED", 2)


def test_no_more_than_fifty_run_at_once(aws: StandIn, dynamodb: Any, prefix: str, name: str) -> None:
    aws.faults(slow_imports={f"{name}_*": 1.5})
    with pytest.raises(dynamodb.exceptions.LimitExceededException, match="Only 50 imports"):
        for number in range(51):
            last = start(dynamodb, f"{name}_{number}", prefix)

    until(lambda: described(dynamodb, last)["ImportStatus"] == "COMPLETED")


def test_imports_are_listed_by_table_and_in_pages(dynamodb: Any, prefix: str, name: str) -> None:
    first, _ = start(dynamodb, name, prefix), start(dynamodb, f"{name}x", prefix)

    (listed,) = dynamodb.list_imports(TableArn=first["TableArn"])["ImportSummaryList"]
    assert listed["ImportArn"] == first["ImportArn"]
    assert listed.keys() == {
        *("ImportArn", "ImportStatus", "TableArn", "S3BucketSource", "InputFormat", "StartTime", "EndTime", "CloudWatchLogGroupArn"),
    }
    assert first["ImportArn"] in all_listed(dynamodb.list_imports, "ImportSummaryList", PageSize=1)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param({"InputFormat": "XML"}, "inputFormat", id="format"),
        pytest.param({"InputCompressionType": "BZIP2"}, "inputCompressionType", id="compression"),
        pytest.param({"S3BucketSource": {"S3Bucket": "-nope!"}}, "s3Bucket", id="bucket"),
        pytest.param({"S3BucketSource": {"S3Bucket": "some", "S3KeyPrefix": "p" * 1025}}, "s3KeyPrefix", id="prefix"),
        pytest.param({"InputFormatOptions": {"Csv": {"Delimiter": ","}}}, "InputFormatOptions", id="options"),
        pytest.param({"ClientToken": "a$"}, "clientToken", id="token"),
    ],
)
def test_a_wrong_field_is_named(dynamodb: Any, prefix: str, name: str, more: dict[str, Any], words: str) -> None:
    with pytest.raises(dynamodb.exceptions.ClientError, match=words) as error:
        start(dynamodb, name, prefix, **more)

    assert refusal(error) == "ValidationException"


def test_an_import_that_never_was_is_not_found(dynamodb: Any) -> None:
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    with pytest.raises(dynamodb.exceptions.ImportNotFoundException):
        dynamodb.describe_import(ImportArn=f"{arn}/import/01658528578619-c4d4e311")
    with pytest.raises(dynamodb.exceptions.ClientError, match="Invalid Import ARN"):
        dynamodb.describe_import(ImportArn=f"{arn}/export/01658528578619-c4d4e311")


def test_what_an_export_wrote_can_be_imported(dynamodb: Any, make_table: MakeTable, name: str) -> None:
    source = make_table()
    item = json.loads('{"id":{"S":"é"},"l":{"L":[]},"m":{"M":{"":{"NULL":true}}},"ns":{"NS":["1","2"]}}')
    dynamodb.put_item(TableName=source, Item=item)
    dynamodb.update_continuous_backups(TableName=source, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    exported = dynamodb.export_table_to_point_in_time(TableArn=told(dynamodb, source)["TableArn"], S3Bucket="local-backups", S3Prefix=name)
    id = exported["ExportDescription"]["ExportArn"].split("/")[-1]

    start(dynamodb, name, f"{name}/AWSDynamoDB/{id}/data/")

    assert dynamodb.scan(TableName=name)["Items"] == [item]
