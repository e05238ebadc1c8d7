"""Where the emulated connector finds DynamoDB and S3.

A boto3 client takes half a second of processor time to make, which every one of hundreds of steps would pay; and the stand-in checks no signatures.
So the calls are made over plain connections and signed with nothing. They could not speak to AWS, and nothing here tries: any other host than
this machine, or a neighbour in docker-compose, is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from airflow_dynamodb_emr.local.connector.clients import S3, DynamoDB
from airflow_dynamodb_emr.local.connector.connection import Wire
from airflow_dynamodb_emr.local.connector.hadoop import JavaError

_LOCAL = re.compile(r"127(\.\d+){3}|::1|[A-Za-z0-9_-]+")  # a name without a dot is localhost, or a service of docker-compose


@dataclass(frozen=True)
class Cloud:
    """Where the stand-in is. A connection belongs to one thread: ask for as many as there are."""

    dynamodb_url: str
    s3_url: str
    region: str
    key: str

    @classmethod
    def of(cls, settings: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> Cloud:
        url = environment.get("AWS_ENDPOINT_URL", "")
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1"
        return cls(
            dynamodb_url=_local(settings.get("dynamodb.endpoint") or environment.get("AWS_ENDPOINT_URL_DYNAMODB") or url),
            s3_url=_local(environment.get("AWS_ENDPOINT_URL_S3") or url),
            region=settings.get("dynamodb.region") or region,
            key=environment.get("AWS_ACCESS_KEY_ID") or "testing",
        )

    def dynamodb(self) -> DynamoDB:
        return DynamoDB(Wire(self.dynamodb_url, self._identity("dynamodb")))

    def s3(self) -> S3:
        return S3(Wire(self.s3_url, self._identity("s3")))

    def _identity(self, service: str) -> dict[str, str]:
        """The stand-in reads account, region and service out of this, as moto does."""
        scope = f"{self.key}/20260101/{self.region}/{service}/aws4_request"
        return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0", "X-Amz-Date": "20260101T000000Z"}


def _local(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or not _LOCAL.fullmatch(parts.hostname or ""):
        raise JavaError(
            "java.lang.IllegalStateException", f"this is an emulation for the stand-in: AWS_ENDPOINT_URL must be on this machine, not {url!r}"
        )
    return url
