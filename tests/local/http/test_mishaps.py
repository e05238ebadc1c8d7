"""What the calls that move items and objects meet by chance: refusals, answers that are cut or damaged, connections that break."""

from __future__ import annotations

import http.client
import time
import zlib
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ConnectionClosedError, ResponseStreamingError

from airflow_dynamodb_emr.local.process import StandIn
from tests.local.helpers import MakeTable, refusal

SCAN, WRITE = "dynamodb.Scan", "dynamodb.BatchWriteItem"

BROKEN = {"reset": ConnectionClosedError, "cut": ResponseStreamingError}


class Wire:
    """One kept connection, and answers as they came: nothing is checked, nothing tried again."""

    def __init__(self, aws: StandIn) -> None:
        self._url = aws.url
        self.connection = http.client.HTTPConnection(urlsplit(aws.url).netloc)

    def scan(self, table: str) -> http.client.HTTPResponse:
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.Scan"}
        request = AWSRequest("POST", f"{self._url}/", data=msgspec.json.encode({"TableName": table}), headers=headers)
        SigV4Auth(Credentials("testing", "testing"), "dynamodb", "us-east-1").add_auth(request)
        self.connection.request("POST", "/", request.data, dict(request.headers))
        return self.connection.getresponse()


@pytest.fixture
def wire(aws: StandIn) -> Any:
    made = Wire(aws)
    yield made
    made.connection.close()


@pytest.fixture
def s3(aws: StandIn) -> Any:
    return aws.client("s3", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def table(dynamodb: Any, make_table: MakeTable) -> str:
    """Of fifty items."""
    name = make_table()
    for first in (0, 25):
        dynamodb.batch_write_item(RequestItems={name: puts(range(first, first + 25))})
    return name


def puts(numbers: range) -> list[dict[str, Any]]:
    return [{"PutRequest": {"Item": {"id": {"S": str(n)}, "body": {"S": "x" * 100}}}} for n in numbers]


def code_of(call: Any, **request: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as error:
        call(**request)
    return refusal(error), error.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_every_answer_tells_its_checksum(wire: Wire, table: str) -> None:
    answer = wire.scan(table)

    assert answer.headers["x-amz-crc32"] == str(zlib.crc32(answer.read()))


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("throttle", ("ProvisionedThroughputExceededException", 400)),
        ("error", ("InternalServerError", 500)),
        ("deny", ("AccessDeniedException", 400)),
        ("expire", ("ExpiredTokenException", 400)),
    ],
)
def test_a_data_call_is_refused_by_chance_and_nothing_is_done(
    aws: StandIn, dynamodb: Any, make_table: MakeTable, kind: str, refused: tuple[str, int]
) -> None:
    name = make_table()
    aws.faults(trouble={WRITE: {kind: 1}})

    assert code_of(dynamodb.batch_write_item, RequestItems={name: puts(range(2))}) == refused

    assert dynamodb.scan(TableName=name)["Count"] == 0
    assert aws.troubles() == {WRITE: {kind: 1}}


def test_the_credentials_of_the_next_calls_have_expired(aws: StandIn, dynamodb: Any, s3: Any, table: str) -> None:
    aws.faults(expire={"dynamodb.*": 2, "s3.*": 1})

    assert {code_of(dynamodb.scan, TableName=table) for _ in range(2)} == {("ExpiredTokenException", 400)}
    assert dynamodb.scan(TableName=table)["Count"] == 50
    assert code_of(s3.put_object, Bucket="local-backups", Key="expired", Body=b"x") == ("ExpiredToken", 400)


def test_a_cut_answer_ends_before_its_length_and_so_does_the_connection(aws: StandIn, wire: Wire, table: str) -> None:
    aws.faults(trouble={SCAN: {"cut": 1}})

    answer = wire.scan(table)
    with pytest.raises(http.client.IncompleteRead) as cut:
        answer.read()

    assert answer.status == 200 and len(cut.value.partial) < int(answer.headers["Content-Length"])


def test_a_corrupt_answer_is_as_long_as_the_right_one_and_has_its_checksum(aws: StandIn, wire: Wire, table: str) -> None:
    right = wire.scan(table).read()
    aws.faults(trouble={SCAN: {"corrupt": 1}})

    answer = wire.scan(table)
    body = answer.read()

    assert len(body) == len(right) and sum(a != b for a, b in zip(body, right, strict=True)) == 1
    assert answer.headers["x-amz-crc32"] == str(zlib.crc32(right)) != str(zlib.crc32(body))


def test_after_damage_a_connection_that_was_kept_serves_on(aws: StandIn, wire: Wire, table: str) -> None:
    aws.faults(trouble={SCAN: {"corrupt": 1}})
    wire.scan(table).read()
    sock = wire.connection.sock
    aws.faults(trouble={})

    assert msgspec.json.decode(wire.scan(table).read())["Count"] == 50 and wire.connection.sock is sock


def test_a_reset_connection_gives_no_answer_although_the_call_was_carried_out(aws: StandIn, dynamodb: Any, wire: Wire, make_table: MakeTable) -> None:
    name = make_table()
    aws.faults(trouble={WRITE: {"reset": 1}, SCAN: {"reset": 1}})

    with pytest.raises(ConnectionClosedError):
        dynamodb.batch_write_item(RequestItems={name: puts(range(2))})
    with pytest.raises(ConnectionResetError):
        wire.scan(name)

    aws.faults(trouble={})
    assert dynamodb.scan(TableName=name)["Count"] == 2


def test_unprocessed_items_are_told_and_only_the_others_are_written(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    name = make_table()
    aws.faults(trouble={WRITE: {"unprocessed": 1}})

    left = dynamodb.batch_write_item(RequestItems={name: puts(range(25))})["UnprocessedItems"][name]
    written = dynamodb.scan(TableName=name)["Items"]

    ids = [request["PutRequest"]["Item"]["id"]["S"] for request in left] + [item["id"]["S"] for item in written]
    assert left and written and sorted(ids) == sorted(str(n) for n in range(25))


def test_a_single_item_is_never_left_unprocessed(aws: StandIn, dynamodb: Any, make_table: MakeTable) -> None:
    name = make_table()
    aws.faults(trouble={WRITE: {"unprocessed": 1}})

    assert dynamodb.batch_write_item(RequestItems={name: puts(range(1))})["UnprocessedItems"] == {}


@pytest.mark.parametrize(
    ("call", "operation"),
    [("s3.PutObject", "put_object"), ("s3.UploadPart", "upload_part"), ("s3.CompleteMultipartUpload", "complete_multipart_upload")],
)
@pytest.mark.parametrize(
    ("fault", "refused"),
    [
        pytest.param("throttle", ("SlowDown", 503), id="slow down"),
        pytest.param("deny", ("AccessDenied", 403), id="denied"),
    ],
)
def test_each_call_of_an_upload_is_refused_by_its_own_name(
    aws: StandIn, s3: Any, call: str, operation: str, fault: str, refused: tuple[str, int]
) -> None:
    where = {"Bucket": "local-backups", "Key": f"{fault}/{operation}"}
    upload = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    part = {**upload, "PartNumber": 1}
    done = {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": s3.upload_part(**part, Body=b"x")["ETag"]}]}}
    request = {"put_object": {**where, "Body": b"x"}, "upload_part": {**part, "Body": b"x"}, "complete_multipart_upload": {**upload, **done}}
    aws.faults(**{fault: {call: 1}})

    assert code_of(getattr(s3, operation), **request[operation]) == refused

    getattr(s3, operation)(**request[operation])


@pytest.mark.parametrize("kind", BROKEN)
def test_an_object_that_is_read_meets_a_broken_connection(aws: StandIn, s3: Any, kind: str) -> None:
    where = {"Bucket": "local-backups", "Key": f"broken/{kind}"}
    s3.put_object(**where, Body=b"x" * 10_000)
    aws.faults(trouble={"s3.GetObject": {kind: 1}})

    with pytest.raises(BROKEN[kind]):
        s3.get_object(**where)["Body"].read()

    aws.faults(trouble={})
    assert s3.get_object(**where)["Body"].read() == b"x" * 10_000


def test_a_page_takes_as_long_as_it_is_told_to(aws: StandIn, dynamodb: Any, table: str) -> None:
    aws.set(page_seconds=0.2)
    began = time.monotonic()

    dynamodb.scan(TableName=table)

    assert time.monotonic() - began >= 0.2
