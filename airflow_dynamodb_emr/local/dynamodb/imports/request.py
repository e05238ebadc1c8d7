"""What an import asks for, and what DynamoDB refuses of it before it begins."""

from __future__ import annotations

from airflow_dynamodb_emr.local.dynamodb.checks import check_bucket, check_prefix, check_token, check_words
from airflow_dynamodb_emr.local.http.protocol import Refused, Request, invalid

_WORDS = {"InputFormat": ("DYNAMODB_JSON", "ION", "CSV"), "InputCompressionType": ("GZIP", "ZSTD", "NONE")}
_FIELDS = {
    "TableName", "AttributeDefinitions", "KeySchema", "BillingMode", "ProvisionedThroughput", "OnDemandThroughput", "SSESpecification",
    "GlobalSecondaryIndexes", "VectorIndexes",
}  # fmt: skip


def check(asked: Request) -> None:
    check_words(asked, _WORDS)
    check_token(asked)
    check_bucket(asked["S3BucketSource"]["S3Bucket"])
    check_prefix("S3KeyPrefix", asked["S3BucketSource"].get("S3KeyPrefix"), shortest=0)
    unknown = asked["TableCreationParameters"].keys() - _FIELDS
    if unknown:
        raise Refused("SerializationException", f"TableCreationParameters has no {', '.join(sorted(unknown))}")
    if "InputFormatOptions" in asked and asked["InputFormat"] != "CSV":
        raise invalid("InputFormatOptions must not be given with this InputFormat")
    if asked["InputFormat"] != "DYNAMODB_JSON" or asked.get("InputCompressionType") == "ZSTD":
        raise Refused("UnknownOperationException", "the stand-in for AWS does not do imports of CSV, of ION, or of ZSTD")
