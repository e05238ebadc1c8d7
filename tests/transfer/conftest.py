"""Plain moto in this process; each test has its own, empty."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from airflow_dynamodb_emr.core.layout import S3Uri

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BUCKET = S3Uri("backups")


@cache  # making a client takes longer than most tests
def client_of(service: str) -> Any:
    return boto3.client(service, region_name="eu-west-1", endpoint_url=f"https://{service}.eu-west-1.amazonaws.com")  # type: ignore[call-overload]


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def s3() -> S3Client:
    client: S3Client = client_of("s3")
    client.create_bucket(Bucket=BUCKET.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return client


@pytest.fixture
def dynamodb() -> DynamoDBClient:
    client: DynamoDBClient = client_of("dynamodb")
    client.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client
