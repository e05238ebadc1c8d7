"""The files of an export; checked by their own checksums, as whoever reads them would."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
from typing import Any

import pytest

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.dynamodb.exports.test_exports import ON, described, export, window
from tests.local.helpers import MakeTable, told

LONG_AFTER = 1800


class Exported:
    """Everything below the prefix of an export."""

    def __init__(self, s3: Any, prefix: str) -> None:
        listed = s3.list_objects_v2(Bucket="local-backups", Prefix=prefix + "/")["Contents"]
        self.etags = {each["Key"]: each["ETag"].strip('"') for each in listed}
        self.bodies = {key: s3.get_object(Bucket="local-backups", Key=key)["Body"].read() for key in self.etags}

    def named(self, end: str) -> bytes:
        return next(body for key, body in self.bodies.items() if key.endswith(end))

    @property
    def files(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.named("/manifest-files.json").splitlines()]

    @property
    def lines(self) -> list[dict[str, Any]]:
        bodies = (self.bodies[file["dataFileS3Key"]] for file in self.files)
        return [json.loads(line) for body in bodies for line in gzip.decompress(body).splitlines()]


@pytest.fixture
def table(dynamodb: Any, make_table: MakeTable) -> str:
    name = make_table()
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=ON)
    return name


def put(dynamodb: Any, table: str, id: str, **more: Any) -> None:
    dynamodb.put_item(TableName=table, Item={"id": {"S": id}, **more})


def md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body).digest()).decode()


def test_a_full_export_is_laid_out_and_summed_up(dynamodb: Any, s3: Any, table: str) -> None:
    for number in range(9):
        put(dynamodb, table, f"é{number}", n={"N": "1.0"})
    arn = told(dynamodb, table)["TableArn"]
    started = export(dynamodb, arn, S3Prefix=f"full/{table}")

    found, id = Exported(s3, f"full/{table}"), started["ExportArn"].split("/")[-1]
    folder = f"full/{table}/AWSDynamoDB/{id}"
    names = {
        f"{folder}/{name}" for name in ("_started", "manifest-files.json", "manifest-files.md5", "manifest-summary.json", "manifest-summary.md5")
    }
    assert names | {file["dataFileS3Key"] for file in found.files} == found.bodies.keys()
    assert all(file["dataFileS3Key"].startswith(f"{folder}/data/") and file["dataFileS3Key"].endswith(".json.gz") for file in found.files)
    assert sorted(line["Item"]["id"]["S"] for line in found.lines) == [f"é{number}" for number in range(9)]
    assert {tuple(line) for line in found.lines} == {("Item",)} and found.lines[0]["Item"]["n"] == {"N": "1"}
    summary = json.loads(found.named("/manifest-summary.json"))
    assert summary == {
        **{"version": "2020-06-30", "exportArn": started["ExportArn"], "tableArn": arn, "tableId": told(dynamodb, table)["TableId"]},
        **{name: summary[name] for name in ("startTime", "endTime", "exportTime", "billedSizeBytes")},
        **{"s3Bucket": "local-backups", "s3Prefix": f"full/{table}", "s3SseAlgorithm": "AES256", "s3SseKmsKeyId": None},
        **{"manifestFilesS3Key": f"{folder}/manifest-files.json", "itemCount": 9, "outputFormat": "DYNAMODB_JSON"},
    }
    assert described(dynamodb, started)["ItemCount"] == 9


def test_checksums_and_etags_are_those_of_what_is_stored(dynamodb: Any, s3: Any, table: str) -> None:
    put(dynamodb, table, "a")
    export(dynamodb, told(dynamodb, table)["TableArn"], S3Prefix=f"sums/{table}")

    found = Exported(s3, f"sums/{table}")

    for name in ("files", "summary"):
        assert found.named(f"manifest-{name}.md5").decode() == md5(found.named(f"manifest-{name}.json"))
    for file in found.files:
        body = found.bodies[file["dataFileS3Key"]]
        assert file["md5Checksum"] == md5(body)
        assert file["etag"] == found.etags[file["dataFileS3Key"]] == hashlib.md5(hashlib.md5(body).digest()).hexdigest() + "-1"
        assert file["itemCount"] == len(gzip.decompress(body).splitlines())
    assert sorted(file["itemCount"] for file in found.files) == [0, 0, 0, 1], "each partition has its file, be it empty"


def test_an_export_shows_the_table_as_it_was(aws: StandIn, dynamodb: Any, s3: Any, table: str) -> None:
    put(dynamodb, table, "kept", v={"S": "old"})
    put(dynamodb, table, "deleted later")
    then = int(time.time()) + 60
    aws.set(clock_ahead_seconds=120)
    put(dynamodb, table, "kept", v={"S": "new"})
    put(dynamodb, table, "made later")
    dynamodb.delete_item(TableName=table, Key={"id": {"S": "deleted later"}})

    export(dynamodb, told(dynamodb, table)["TableArn"], S3Prefix=f"then/{table}", ExportTime=then)

    items = sorted((line["Item"] for line in Exported(s3, f"then/{table}").lines), key=str)
    assert items == [{"id": {"S": "deleted later"}}, {"id": {"S": "kept"}, "v": {"S": "old"}}]


def increment(aws: StandIn, dynamodb: Any, s3: Any, table: str, **view: str) -> Exported:
    """Of a window in which one item was made, one changed twice, one deleted, and one came and went."""
    for id in ("same", "changed", "gone"):
        put(dynamodb, table, id, v={"N": "0"})
    start = int(time.time()) + 60
    aws.set(clock_ahead_seconds=120)
    put(dynamodb, table, "made")
    for number in ("1", "2"):
        put(dynamodb, table, "changed", v={"N": number})
    put(dynamodb, table, "brief")
    for id in ("gone", "brief"):
        dynamodb.delete_item(TableName=table, Key={"id": {"S": id}})
    aws.set(clock_ahead_seconds=2 * LONG_AFTER)
    put(dynamodb, table, "made after")
    export(dynamodb, told(dynamodb, table)["TableArn"], S3Prefix=f"inc/{table}", **window(start, start + LONG_AFTER, **view))
    return Exported(s3, f"inc/{table}")


def test_an_increment_has_one_record_for_each_key_that_changed(aws: StandIn, dynamodb: Any, s3: Any, table: str) -> None:
    found = increment(aws, dynamodb, s3, table)

    records = {line["Keys"]["id"]["S"]: line for line in found.lines}
    assert len(records) == len(found.lines) == 3
    assert {name: [key for key in line if key not in ("Metadata", "Keys")] for name, line in records.items()} == {
        "made": ["NewImage"],
        "changed": ["OldImage", "NewImage"],
        "gone": ["OldImage"],
    }
    assert (records["changed"]["OldImage"]["v"], records["changed"]["NewImage"]["v"]) == ({"N": "0"}, {"N": "2"})
    written = int(records["made"]["Metadata"]["WriteTimestampMicros"]["N"]) / 1e6
    assert 0 < written - time.time() < 120


def test_an_increment_has_old_images_only_where_they_are_asked_for(aws: StandIn, dynamodb: Any, s3: Any, table: str) -> None:
    found = increment(aws, dynamodb, s3, table, ExportViewType="NEW_IMAGE")

    assert not any("OldImage" in line for line in found.lines)
    assert sorted("NewImage" in line for line in found.lines) == [False, True, True]


def test_the_increments_of_a_prefix_share_a_folder_of_data(aws: StandIn, dynamodb: Any, s3: Any, table: str) -> None:
    found = increment(aws, dynamodb, s3, table)

    assert all(file["dataFileS3Key"].startswith(f"inc/{table}/AWSDynamoDB/data/") for file in found.files)
    summary = json.loads(found.named("manifest-summary.json"))
    wanted = {"version": "2023-08-01", "exportType": "INCREMENTAL_EXPORT", "outputView": "NEW_AND_OLD_IMAGES", "itemCount": 3}
    assert {name: summary[name] for name in wanted} == wanted
    assert {"exportFromTime", "exportToTime"} <= summary.keys() and "exportTime" not in summary
