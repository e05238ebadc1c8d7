from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from airflow_dynamodb_emr.aws import preflight
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.errors import BadInput, NotFound

from .helpers import JAR, refusal


def refusing(clients: Clients, code: str) -> Clients:
    """Clients that may not look at roles and subnets, or fail to."""

    class Refused:
        def __getattr__(self, operation: str) -> Any:
            def refuse(**_: Any) -> Any:
                raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)

            return refuse

    return Clients(lambda service, config: Refused() if service in ("iam", "ec2") else clients._make(service, config), clients.region)


@pytest.fixture
def subnet(clients: Clients) -> str:
    return clients.ec2.describe_subnets()["Subnets"][0]["SubnetId"]


def test_what_is_there_passes(clients: Clients, cluster_request: dict[str, Any], subnet: str) -> None:
    preflight.bucket(clients.s3, S3Uri("local-backups", "x"), "base")
    preflight.jar(clients.s3, JAR)
    preflight.cluster(clients, cluster_request)
    preflight.cluster(clients, {**cluster_request, "Instances": {"Ec2SubnetIds": [subnet]}})


def test_a_jar_on_the_nodes_is_not_looked_for(clients: Clients) -> None:
    preflight.jar(clients.s3, "/usr/share/aws/emr/ddb/lib/emr-dynamodb-tools.jar")


def test_an_unknown_bucket_is_refused(clients: Clients) -> None:
    with pytest.raises(BadInput) as raised:
        preflight.bucket(clients.s3, S3Uri("no-such-bucket", "x"), "log_uri")

    assert refusal(raised)[0] == "log_uri: bucket no-such-bucket is not there"


@pytest.mark.parametrize("jar", [JAR + "x", "s3://no-such-bucket/tools.jar", "s3:/jar"])
def test_a_jar_that_is_not_there_is_refused(clients: Clients, jar: str) -> None:
    with pytest.raises(BadInput) as raised:
        preflight.jar(clients.s3, jar)

    assert refusal(raised)[0].startswith("connector_jar: ") and jar in raised.value.facts


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        pytest.param({"ServiceRole": "Nobody"}, "service_role: Nobody is not there", id="role"),
        pytest.param({"ServiceRole": "arn:aws:iam::1:role/path/Nobody"}, "service_role: Nobody is not there", id="role by its ARN"),
        pytest.param({"JobFlowRole": "Nothing"}, "instance_profile: Nothing is not there", id="instance profile"),
        pytest.param({"Instances": {"Ec2SubnetIds": ["subnet-0"]}}, "subnets: subnet-0 is not there", id="subnet"),
        pytest.param({"Instances": {"Ec2SubnetId": "subnet-0"}}, "subnets: subnet-0 is not there", id="subnet of the template"),
    ],
)
def test_what_a_cluster_needs_and_is_not_there_is_refused(
    clients: Clients, cluster_request: dict[str, Any], change: dict[str, Any], facts: str
) -> None:
    with pytest.raises(NotFound) as raised:
        preflight.cluster(clients, {**cluster_request, **change})

    assert refusal(raised)[0] == facts


def test_a_request_that_emr_would_refuse_is_refused_before_it_is_asked(cluster_request: dict[str, Any]) -> None:
    preflight.request(cluster_request)

    for change, facts in (
        ({"StepConcurrencyLevel": 0}, "cluster_template: StepConcurrencyLevel: 0 is not from 1 to 256"),
        ({"ServiceRole": 7}, "cluster_template: ServiceRole: 7 is not a text"),
    ):
        with pytest.raises(BadInput) as raised:
            preflight.request({**cluster_request, **change})
        assert refusal(raised)[0] == facts


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_where_we_may_not_look_emr_will_say(clients: Clients, cluster_request: dict[str, Any], caplog: pytest.LogCaptureFixture, code: str) -> None:
    preflight.cluster(refusing(clients, code), {**cluster_request, "Instances": {"Ec2SubnetId": "subnet-0"}})

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["service_role", "instance_profile", "subnets"]
    assert all(code in record.getMessage() for record in caplog.records)


def test_a_failure_to_look_is_no_answer(clients: Clients, cluster_request: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="InternalFailure"):
        preflight.cluster(refusing(clients, "InternalFailure"), cluster_request)
