"""Each thing that `check` looks at, as it should be, as it should not, and where nobody may look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from msgspec import structs

from airflow_dynamodb_emr.aws.checks import buckets, caller, everything, keys, machines, people, permissions, simulator, tables
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.core import access
from airflow_dynamodb_emr.core.access import Need, Who
from airflow_dynamodb_emr.core.checklist import Checklist
from airflow_dynamodb_emr.core.findings import Finding, failed
from airflow_dynamodb_emr.core.pace import Limits
from airflow_dynamodb_emr.core.permissions import TABLE
from airflow_dynamodb_emr.local.process import StandIn
from airflow_dynamodb_emr.settings import Settings
from tests.mailbox import Mailbox

from .conftest import MakeTable
from .helpers import JAR

BASE = "s3://local-backups/dynamodb"


def wanted(prefix: str = "", purposes: list[str] | None = None, **settings: Any) -> Checklist:
    return Settings.parse({"base": BASE, "connector_jar": JAR, **settings}).checklist(prefix, purposes or ["backup"])


def by_name(findings: Iterator[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def refusing(clients: Clients, code: str, *operations: str, status: int = 403) -> Clients:
    """Clients whose calls of these names are refused."""

    def make(service: str, config: Any) -> Any:
        client = clients._make(service, config)

        def refuse(model: Any, **_: Any) -> None:
            if model.name in operations:
                error: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
                raise ClientError(error, model.name)

        client.meta.events.register("before-call", refuse)
        return client

    return Clients(make, clients.region)


def test_on_a_fresh_stand_in_all_is_well(aws: StandIn, clients: Clients, make_table: MakeTable, prefix: str) -> None:
    make_table(prefix + "a", 5)

    found = list(everything.check(clients, wanted(prefix)))

    assert [finding for finding in found if not finding.ok] == []
    names = [finding.name for finding in found]
    assert names[:6] == ["credentials", "clock", "bucket", "bucket owner", "bucket encryption", "bucket public access"]
    assert {"service_role", "instance_profile", "release", "connector jar", "tables", "limits", "permission dynamodb:UpdateTable"} <= set(names)


def test_nothing_is_left_behind_and_nothing_else_is_touched(aws: StandIn, clients: Clients, make_table: MakeTable, prefix: str) -> None:
    make_table(prefix + "a", 5)
    before = clients.s3.list_objects_v2(Bucket="local-backups").get("KeyCount")
    aws.reset_calls()

    list(
        everything.check(
            clients, wanted(prefix, ["backup", "restore", "retention"], engine="auto", serverless_role="arn:aws:iam::123456789012:role/r")
        )
    )

    changing = {"s3.PUT", "s3.POST", "s3.DELETE"}
    assert clients.s3.list_objects_v2(Bucket="local-backups").get("KeyCount") == before
    assert {name: times for name, times in aws.calls().items() if name in changing} == {"s3.PUT": 1, "s3.POST": 1, "s3.DELETE": 2}
    assert not {"dynamodb.UpdateTable", "emr.RunJobFlow", "dynamodb.Scan", "dynamodb.CreateTable"} & aws.calls().keys()


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        pytest.param(NoCredentialsError(), "there are none", id="none"),
        pytest.param(
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "too old"}, "ResponseMetadata": {}}, "o"),  # type: ignore[typeddict-item]
            "ExpiredToken: too old",
            id="expired",
        ),
    ],
)
def test_without_credentials_nothing_else_is_looked_at(error: Exception, detail: str) -> None:
    class Sts:
        def get_caller_identity(self) -> Any:
            raise error

    found = list(everything.check(Clients(lambda *_: Sts(), "us-east-1"), wanted()))

    assert (found[0].name, found[0].ok, found[0].detail) == ("credentials", False, detail)
    assert {finding.name for finding in found} <= {"credentials", "clock"}


@pytest.mark.parametrize(
    ("date", "ok", "detail"),
    [
        pytest.param("Wed, 25 Nov 2026 12:00:00 GMT", True, "30 s ahead of AWS", id="right"),
        pytest.param("Wed, 25 Nov 2026 12:05:00 GMT", False, "270 s behind AWS", id="slow"),
        pytest.param("Wed, 25 Nov 2026 11:50:00 GMT", False, "630 s ahead of AWS", id="fast"),
        pytest.param("", None, "AWS' answer has no date", id="unknown"),
    ],
)
def test_the_clock_is_compared_with_that_of_aws(date: str, ok: bool | None, detail: str) -> None:
    found = caller._clock(date, datetime(2026, 11, 25, 12, 0, 30, tzinfo=timezone.utc))

    assert (found.ok, found.detail) == (ok, detail) and bool(found.hint) == (ok is not True)


def bucket(clients: Clients, name: str) -> str:
    clients.s3.create_bucket(Bucket=name)
    return f"s3://{name}/x"


def test_a_bucket_of_moto_has_neither_encryption_nor_a_block(clients: Clients) -> None:
    found = by_name(buckets.check(clients, wanted(base=bucket(clients, "checks-open"), bucket_owner="any")))

    assert (found["bucket encryption"].ok, found["bucket public access"].ok, found["bucket owner"].ok) == (False, None, None)


def test_a_bucket_that_lets_everybody_in_is_bad(clients: Clients) -> None:
    base = bucket(clients, "checks-public")
    said = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::checks-public/*"}
    clients.s3.put_bucket_policy(Bucket="checks-public", Policy=json.dumps({"Version": "2012-10-17", "Statement": [said]}))

    found = by_name(buckets.check(clients, wanted(base=base)))["bucket public access"]

    assert found.ok is False and "put-public-access-block" in found.hint


def test_a_bucket_that_is_not_there_ends_the_looks_at_it(clients: Clients) -> None:
    (found,) = buckets.check(clients, wanted(base="s3://no-such-bucket/x"))

    assert (found.ok, found.detail) == (False, "base: bucket no-such-bucket is not there") and found.hint


def test_a_bucket_of_another_region_is_told_apart(clients: Clients) -> None:
    clients.s3.create_bucket(Bucket="checks-far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    found = by_name(buckets.check(clients, wanted(log_uri="s3://checks-far/logs")))["bucket of logs"]

    assert found.ok is None and found.detail == "s3://checks-far is reachable, in eu-west-1, which is not the tables' region"


def test_versions_and_object_lock_are_told(clients: Clients) -> None:
    clients.s3.create_bucket(Bucket="checks-locked", ObjectLockEnabledForBucket=True)
    rule: Any = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}}
    clients.s3.put_bucket_versioning(Bucket="checks-locked", VersioningConfiguration={"Status": "Enabled"})
    clients.s3.put_object_lock_configuration(Bucket="checks-locked", ObjectLockConfiguration=rule)

    found = by_name(buckets.check(clients, wanted(base="s3://checks-locked/x")))["bucket versions"]

    assert found.ok and found.detail.startswith("kept: ") and found.detail.endswith("object lock in GOVERNANCE mode for 30 days")


@pytest.mark.parametrize(
    ("settings", "ok"),
    [
        pytest.param({}, False, id="whoever puts an object owns it"),
        pytest.param({"bucket_acl": "bucket-owner-full-control"}, True, id="objects say otherwise"),
    ],
)
def test_a_bucket_of_another_account_must_get_what_is_put_there(clients: Clients, settings: dict[str, Any], ok: bool) -> None:
    found = buckets._owner(clients, wanted(bucket_owner="444455556666", **settings))

    assert (found.ok if isinstance(found, Finding) else True) is ok


@pytest.mark.parametrize(
    ("settings", "name", "detail"),
    [
        pytest.param({"service_role": "Nobody"}, "service_role", "Nobody is not there", id="role"),
        pytest.param({"instance_profile": "Nothing"}, "instance_profile", "Nothing is not there", id="instance profile"),
        pytest.param({"subnets": ["subnet-0"]}, "subnets", "subnet-0 is not there", id="subnet"),
        pytest.param({"release_label": "emr-7.99.0"}, "release", "emr-7.99.0 is not there in us-east-1", id="release"),
        pytest.param({"connector_jar": ""}, "connector jar", "connector_jar: it is not set", id="no jar"),
        pytest.param({"connector_jar": JAR + "x"}, "connector jar", f"connector_jar: {JAR}x is not there", id="jar"),
        pytest.param({"cluster_template": "/nowhere"}, "cluster template", "cluster_template: /nowhere: No such file or directory", id="template"),
        pytest.param(
            {"security_configuration": "none"}, "security configuration", "InvalidRequestException: Security configuration with", id="disks"
        ),
        pytest.param({"engine": "spark", "spark_on": "serverless"}, "serverless application", "serverless_role: there is none", id="no job role"),
        pytest.param(
            {"engine": "spark", "spark_on": "serverless", "serverless_role": "arn:aws:iam::123456789012:role/Nobody"},
            "serverless role",
            "Nobody is not there",
            id="job role",
        ),
        pytest.param(
            {"engine": "spark", "spark_libraries": "s3://local-artifacts/none.zip"}, "spark libraries", "spark_libraries: s3:", id="libraries"
        ),
    ],
)
def test_what_is_named_and_not_there_is_told_with_a_hint(clients: Clients, settings: dict[str, Any], name: str, detail: str) -> None:
    found = by_name(machines.check(clients, wanted(**settings)))[name]

    assert found.ok is False and found.detail.startswith(detail) and found.hint


def test_a_topic_has_to_be_there_and_to_be_heard(clients: Clients, shared: StandIn) -> None:
    mailbox, quiet = Mailbox(shared.client, "checks-heard"), clients.sns.create_topic(Name="checks-quiet")["TopicArn"]
    asked = {"heard": mailbox.topic, "quiet": quiet, "none": f"{quiet}-none", "far": quiet.replace("us-east-1", "eu-west-1")}

    found = {name: next(people.check(clients, wanted(notify_topic=topic))) for name, topic in asked.items()}

    assert [found[name].ok for name in ("heard", "quiet", "none", "far")] == [True, False, False, None]
    assert found["heard"].detail.endswith("reaches 1 subscriber") and found["quiet"].detail.startswith("nobody has subscribed to ")
    assert found["none"].detail == f"{quiet}-none is not there" and list(people.check(clients, wanted())) == []


@pytest.mark.parametrize(
    ("engine", "names"),
    [("worker", set()), ("native", set()), ("connector", {"service_role", "instance_profile", "release", "connector jar"})],
)
def test_only_what_the_engine_needs_is_looked_at(clients: Clients, engine: str, names: set[str]) -> None:
    assert by_name(machines.check(clients, wanted(engine=engine))).keys() == names


def test_a_security_configuration_has_to_encrypt_disks(clients: Clients) -> None:
    local = {"LocalDiskEncryptionConfiguration": {"EncryptionKeyProviderType": "AwsKms", "AwsKmsKey": "arn:key"}}
    for name, rest in {"disks": local, "nothing": {}}.items():
        told = json.dumps({"EncryptionConfiguration": {"EnableAtRestEncryption": True, "AtRestEncryptionConfiguration": rest}})
        clients.emr.create_security_configuration(Name=f"checks-{name}", SecurityConfiguration=told)

    good, bad = (
        by_name(machines.check(clients, wanted(security_configuration=f"checks-{name}")))["security configuration"] for name in ("disks", "nothing")
    )

    assert (good.ok, good.detail) == (True, "checks-disks: disks are encrypted by arn:key") and bad.ok is False


def test_keys_are_there_and_on(clients: Clients) -> None:
    good, bad = (clients.kms.create_key()["KeyMetadata"] for _ in range(2))
    clients.kms.disable_key(KeyId=bad["KeyId"])

    found = by_name(keys.check(clients, wanted(kms_key=good["Arn"], logs_kms_key=bad["Arn"])))

    assert (found["kms_key"].ok, found["logs_kms_key"].ok) == (True, False) and "Disabled" in found["logs_kms_key"].detail


@pytest.mark.parametrize(
    ("code", "status", "word"), [("AccessDenied", 403, "allow"), ("Throttling", 503, "again"), ("InternalFailure", 500, "again")]
)
def test_what_nobody_can_look_at_fails_nothing(clients: Clients, code: str, status: int, word: str) -> None:
    blind = refusing(clients, code, "GetRole", "GetBucketEncryption", "ListReleaseLabels", status=status)

    found = {**by_name(machines.check(blind, wanted())), **by_name(buckets.check(blind, wanted()))}

    assert [found[name].ok for name in ("service_role", "bucket encryption", "release")] == [None] * 3
    assert word in found["bucket encryption"].hint


def test_tables_are_told_with_what_they_take(clients: Clients, make_table: MakeTable, prefix: str) -> None:
    clients.dynamodb.put_item(TableName=make_table(prefix + "a", 5), Item={"id": {"S": "x" * 2000}})

    found = by_name(tables.check(clients, wanted(prefix, spike="x10", hour_dollars=1e6), Limits(told=True)))
    nothing = by_name(tables.check(clients, wanted("NOBODY_"), Limits()))

    assert found["tables"].detail.startswith(f"1 table of {prefix}; a backup takes about ")
    assert found["limits"].detail == "40,000 read units a table, 80,000 in all; a backup raises 1 table by 45 together"
    assert (nothing["tables"].ok, nothing["limits"].ok) == (False, None)


def granted(*needs: Need, without: str = "") -> str:
    """The policy of the page, but for one action."""
    given = [
        structs.replace(each, actions=[action for action in each.actions if action != without])
        for each in access.chosen(TABLE, Who.AIRFLOW, needs)
        if each.actions != [without]
    ]
    names = {
        **{"partition": "aws", "region": "us-east-1", "account": "123456789012", "prefix": "T", "restored": "T"},
        **{"backups": "local-backups", "jars": "local-artifacts", "service_role": "arn:aws:iam::123456789012:role/EMR_DefaultRole"},
        "cluster_role": "arn:aws:iam::123456789012:role/EMR_EC2_DefaultRole",
    }
    return json.dumps(access.policy(access.statements(given, lambda arn: access.filled(arn, names))))


@pytest.fixture(scope="session")
def role(shared: StandIn, clients: Clients) -> Clients:
    """Clients of a role that has a path, and the policy that `give` gives it."""
    arn = clients.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}", Path="/ours/")["Role"]["Arn"]
    keys = clients.sts.assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
    return Clients(lambda service, config: session.client(service, config=config, endpoint_url=shared.url), "us-east-1")  # type: ignore[call-overload]


def give(clients: Clients, policy: str) -> None:
    clients.iam.put_role_policy(RoleName=ROLE, PolicyName="p", PolicyDocument=policy)


ROLE = "checks"
GIVEN = (Need.BACKUP, Need.SPIKE, Need.CLUSTERS, Need.CHECK)


def test_the_policies_of_the_page_are_enough(clients: Clients, role: Clients) -> None:
    give(clients, granted(*GIVEN))

    found = list(permissions.check(role, wanted("T"), "", True))

    assert failed(found) == [] and [finding.name for finding in found if finding.ok is None] == []


@pytest.mark.parametrize(
    ("without", "ok"),
    [
        ("dynamodb:UpdateTable", False),
        ("iam:PassRole", False),
        ("elasticmapreduce:RunJobFlow", False),
        ("dynamodb:DescribeTimeToLive", None),  # a run can do without
        ("s3:DeleteObject", None),  # a policy of the bucket may allow it
    ],
)
def test_a_permission_that_is_missing_is_told(clients: Clients, role: Clients, without: str, ok: bool | None) -> None:
    give(clients, granted(*GIVEN, without=without))

    found = [each for each in permissions.check(role, wanted("T"), "", True) if not each.ok]

    assert {(each.name, each.ok) for each in found} == {(f"permission {without}", ok)} and all(each.hint for each in found)


def test_what_is_refused_when_it_is_tried_is_not_asked_about(clients: Clients) -> None:
    found = by_name(permissions.check(refusing(clients, "AccessDenied", "PutObject", "ListTables"), wanted(), "", True))

    assert (found["permission s3:PutObject"].ok, found["permission dynamodb:ListTables"].ok) == (False, False)
    assert "tried" in found["permission dynamodb:ListTables"].detail and "permission s3:DeleteObject" in found


def test_without_the_simulator_nobody_knows(clients: Clients) -> None:
    found = by_name(permissions.check(refusing(clients, "AccessDenied", "SimulatePrincipalPolicy"), wanted(), "", True))

    assert found["permission dynamodb:UpdateTable"].ok is None
    assert found["permission dynamodb:UpdateTable"].hint == "allow iam:SimulatePrincipalPolicy"


def test_where_there_is_no_bucket_nobody_is_told_to_try_again_in_a_minute(clients: Clients) -> None:
    found = permissions.check(clients, wanted(base="s3://checks-none/x"), "", True)

    unknown = {finding.name: finding.hint for finding in found if finding.ok is None}
    assert unknown == dict.fromkeys(["permission s3:PutObject", "permission s3:ListBucket"], "check again once the bucket is there")


def test_an_error_that_says_nothing_of_permissions_is_not_taken_for_one(clients: Clients) -> None:
    found = by_name(permissions.check(refusing(clients, "ExpiredTokenException", "ListTables", status=400), wanted(), "", True))

    assert found["permission dynamodb:ListTables"].ok is None


@pytest.mark.parametrize(
    ("arn", "who"),
    [
        pytest.param("arn:aws:sts::123456789012:assumed-role/EMR_DefaultRole/s", "arn:aws:iam::123456789012:role/EMR_DefaultRole", id="session"),
        pytest.param("arn:aws:sts::123456789012:assumed-role/Nobody/s", "arn:aws:iam::123456789012:role/Nobody", id="session of we know not what"),
        pytest.param("arn:aws:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/ann", id="user"),
        pytest.param("arn:aws:iam::123456789012:root", "", id="root"),
    ],
)
def test_who_is_simulated_is_the_role_behind_a_session(clients: Clients, arn: str, who: str) -> None:
    assert simulator.principal(clients, arn) == who


def test_a_template_names_the_roles_that_are_asked_about(clients: Clients, tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text("ServiceRole: OurRole\nJobFlowRole: OurProfile\n")

    found = list(permissions.check(clients, wanted(cluster_template=str(tmp_path / "cluster.yaml")), "", True))

    assert {each.detail.rpartition("/")[2] for each in found if each.name == "permission iam:PassRole"} == {"OurRole", "OurProfile"}
    assert any(each.name == "permission dynamodb:Scan of OurProfile" for each in found)
