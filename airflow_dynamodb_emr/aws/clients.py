"""The boto3 clients of one account and region."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from msgspec import structs

from airflow_dynamodb_emr import __version__
from airflow_dynamodb_emr.aws import rate
from airflow_dynamodb_emr.core.custody import ANYWHERE, OURS, Custody
from airflow_dynamodb_emr.transfer.checking.crew import Access
from airflow_dynamodb_emr.transfer.raw.guarded import guarded
from airflow_dynamodb_emr.transfer.raw.wire import Endpoint

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_emr import EMRClient
    from mypy_boto3_emr_serverless import EMRServerlessClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sts import STSClient

_LIMITED = ("dynamodb", "emr")
_AGENT = f"airflow-dynamodb-emr/{__version__}"
PATIENT = Config(retries={"mode": "adaptive", "total_max_attempts": 10}, user_agent_extra=_AGENT, max_pool_connections=32)
# A call that must not be repeated blindly: RunJobFlow and AddJobFlowSteps have no client token, a second try would do it twice.
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1}, user_agent_extra=_AGENT)
# UpdateTable: botocore takes "no decrease is left today" for throttling, and patience would hold up every call for what takes an hour.
BRIEF = Config(retries={"mode": "standard", "total_max_attempts": 3}, user_agent_extra=_AGENT)


class Clients:
    """Made on first use; throttling is left to botocore's adaptive retries."""

    def __init__(
        self,
        make: Callable[[str, Config], Any],
        region: str,
        emr_rate: float = 0,
        credentials: Callable[[], Any] = lambda: None,
        verify: Any = None,
        custody: Custody = ANYWHERE,
    ) -> None:
        """*emr_rate*: how much of EMR's own limits of calls this process may use up; 0: it does not count. *credentials* are botocore's."""
        self._make = make
        self._credentials, self._verify = credentials, verify
        self._emr_rate, self._custody = emr_rate, custody
        self._lock = Lock()  # making clients of one session from several threads breaks boto3
        self.region = region

    @classmethod
    def of(cls, session: Any, custody: Custody = ANYWHERE) -> Clients:
        """From a boto3.Session."""

        def make(service: str, config: Config) -> Any:
            return session.client(service, config=config)

        return cls(make, session.region_name, credentials=session.get_credentials, custody=custody)

    def _client(self, service: str, config: Config = PATIENT) -> Any:
        with self._lock:
            client = self._make(service, config)
        if service in _LIMITED and self._emr_rate:
            rate.limit(client, self._emr_rate)
        return client

    @cached_property
    def endpoint(self) -> Endpoint:
        """For the copy engine. Raises BadInput where there are no credentials."""
        return Endpoint.checked(self.dynamodb.meta.endpoint_url, self.region, self._credentials(), self._verify)

    @property
    def access(self) -> Access:
        """For other processes, which read parts."""
        return Access(self._credentials(), self._verify, self.custody)

    @cached_property
    def account(self) -> str:
        """Of the credentials."""
        return self.sts.get_caller_identity()["Account"]

    @property
    def custody(self) -> Custody:
        """With the owner's number."""
        return structs.replace(self._custody, owner=self._owner())

    def _owner(self) -> str:
        return self.account if self._custody.owner == OURS else self._custody.owner

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return cast("DynamoDBClient", self._client("dynamodb"))

    @cached_property
    def dynamodb_brief(self) -> DynamoDBClient:
        return cast("DynamoDBClient", self._client("dynamodb", BRIEF))

    @cached_property
    def s3(self) -> S3Client:
        kept = self._custody
        made = self._client("s3")
        return cast("S3Client", guarded(made, self._owner, kept.bucket, kept.acl, kept.key) if kept != ANYWHERE else made)

    @cached_property
    def emr(self) -> EMRClient:
        return cast("EMRClient", self._client("emr"))

    @cached_property
    def emr_once(self) -> EMRClient:
        return cast("EMRClient", self._client("emr", ONCE))

    @cached_property
    def serverless(self) -> EMRServerlessClient:
        return cast("EMRServerlessClient", self._client("emr-serverless"))

    @cached_property
    def autoscaling(self) -> ApplicationAutoScalingClient:
        return cast("ApplicationAutoScalingClient", self._client("application-autoscaling"))

    @cached_property
    def ec2(self) -> EC2Client:
        return cast("EC2Client", self._client("ec2"))

    @cached_property
    def iam(self) -> IAMClient:
        return cast("IAMClient", self._client("iam"))

    @cached_property
    def kms(self) -> Any:
        return self._client("kms")

    @cached_property
    def sns(self) -> SNSClient:
        return cast("SNSClient", self._client("sns"))

    @cached_property
    def sts(self) -> STSClient:
        return cast("STSClient", self._client("sts"))
