"""DynamoDB and S3 as a process on a node reaches them: clients are made once, and kept for the tasks that follow."""

from __future__ import annotations

from argparse import Namespace
from functools import lru_cache
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.session import get_session

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.transfer.raw.guarded import guarded
from airflow_dynamodb_emr.transfer.raw.place import Place
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint

_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10}, user_agent_extra=f"airflow-dynamodb-emr/{__version__}")


class Account(NamedTuple):
    """Where, and how what is put into S3 is kept; see `transfer/raw/guarded.py`."""

    region: str
    owner: str = ""
    backups: str = ""  # a bucket
    acl: str = ""
    kms_key: str = ""

    @classmethod
    def of(cls, asked: Namespace) -> Account:
        return cls(**{name: getattr(asked, name) for name in cls._fields})


class Cloud(NamedTuple):
    """Of one region."""

    endpoint: Endpoint
    s3: Any

    def place(self, uri: str) -> Place:
        """The folder `s3://bucket/key`."""
        bucket, _, key = uri.partition("://")[2].partition("/")
        return Place(self.s3, bucket, key.strip("/"))


@lru_cache(maxsize=4)
def cloud(account: Account) -> Cloud:
    """Credentials are those of the node, or of the job's role."""
    session: Any = get_session()
    session.set_config_variable("region", account.region)
    s3 = session.create_client("s3", config=_CONFIG)
    return Cloud(Endpoint.of(session), guarded(s3, lambda: account.owner, account.backups, account.acl, account.kms_key))
