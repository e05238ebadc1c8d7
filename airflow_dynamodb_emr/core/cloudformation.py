"""The roles and policies of `core/permissions.py` as a CloudFormation template."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_dynamodb_emr.core import access, stack
from airflow_dynamodb_emr.core.access import Need, Permission, Who
from airflow_dynamodb_emr.core.stack import ENGINES, WORDS, Part, only_if

_NAMES = {
    "partition": "${AWS::Partition}",
    "region": "${AWS::Region}",
    "account": "${AWS::AccountId}",
    "prefix": "${TablePrefix}",
    "restored": "${RestoredPrefix}",
    "backups": "${BackupBucket}",
    "jars": "${JarBucket}",
    "service_role": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${EmrServiceRole}",
    "cluster_role": "${ClusterRole.Arn}",
    "jobs_role": "${JobsRole.Arn}",
    "key": "${KmsKeyArn}",
    "logs_key": "${KmsKeyArn}",
    "topic": "${NotifyTopicArn}",
}
_BACKUPS = (Need.BACKUP, Need.SPIKE, *ENGINES, Need.ENCRYPTION)
_WITH = {Need.BACKUP: [Need.BACKUP, Need.CHECK]}  # in one policy: IAM attaches ten to a role, no more


def template(table: Iterable[Permission]) -> Part:
    """Read by CloudFormation as JSON or YAML."""
    permissions = list(table)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What airflow-dynamodb-emr may do: roles for Airflow, for restores, for retention and for the machines that copy tables",
        "Parameters": stack.parameters(),
        "Conditions": stack.conditions(),
        "Resources": {**_policies(permissions), "TellingPolicy": _telling(permissions), **_airflow_roles(), **_machine_roles()},
        "Outputs": stack.outputs(),
    }


def _policies(table: list[Permission]) -> Part:
    kinds = dict.fromkeys((each.who, each.need) for each in table)
    return {_policy_name(who, need): _policy(table, who, need) for who, need in kinds if need in WORDS}


def _policy(table: list[Permission], who: Who, need: Need) -> Part:
    document = _document(access.chosen(table, who, _WITH.get(need, [need])))
    properties = {"Description": f"{_WHOSE[who]}: {WORDS[need]}", "PolicyDocument": document}
    return only_if(_condition(who, need), {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties})


def _telling(table: list[Permission]) -> Part:
    """Within the roles: the eleventh that could be attached to one."""
    roles = [{"Ref": "AirflowRole"}, {"Fn::If": ["RestoresOwn", {"Ref": "RestoreRole"}, {"Ref": "AWS::NoValue"}]}]
    document = _document(access.chosen(table, Who.AIRFLOW, [Need.TELLING]))
    return only_if("Telling", {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "telling", "Roles": roles, "PolicyDocument": document}})


def _document(granted: list[Permission]) -> Part:
    return access.policy(access.statements(granted, lambda arn: {"Fn::Sub": arn.format_map(_NAMES)} if "{" in arn else arn))


_WHOSE = {Who.AIRFLOW: "Airflow", Who.CLUSTER: "Machines of a cluster", Who.JOBS: "Job runs of EMR Serverless"}
_GIVEN_WHEN = {Need.RESTORE: "Restores", Need.IMPORT: "Imports", Need.RETENTION: "Retention", Need.ENCRYPTION: "Encryption", **ENGINES}
_MACHINES = {Who.CLUSTER: "Clusters", Who.JOBS: "Serverless"}


def _condition(who: Who, need: Need) -> str:
    """A policy for what is not wanted is not made."""
    return _GIVEN_WHEN.get(need) or _MACHINES.get(who, "")


def _airflow_roles() -> Part:
    """Who only restores reads no table and raises none but those that are restored into; who only deletes needs no more than that."""
    same = {Need.RESTORE: "RestoresSame", Need.IMPORT: "ImportsSame", Need.RETENTION: "RetentionSame"}
    restore = [Need.BACKUP, Need.SERVERLESS, Need.CLUSTERS, Need.ENCRYPTION, Need.RESTORE, Need.IMPORT]
    return {
        "AirflowRole": _airflow_role([*_BACKUPS, *same], same),
        "RestoreRole": _airflow_role(restore, {Need.RESTORE: "", Need.IMPORT: "Native"}, "RestoresOwn"),
        "RetentionRole": _airflow_role([Need.BACKUP, Need.RETENTION, Need.ENCRYPTION], {Need.RETENTION: ""}, "RetentionOwn"),
    }


def _airflow_role(needs: Iterable[Need], conditions: dict[Need, str], when: str = "") -> Part:
    trust = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "AirflowPrincipal"}}, "Action": "sts:AssumeRole"}
    return _role(access.policy([trust]), Who.AIRFLOW, needs, conditions, when)


def _machine_roles() -> Part:
    needs = (Need.BACKUP, Need.SPARK, Need.RESTORE, Need.ENCRYPTION)
    profile = {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "ClusterRole"}]}}
    return {
        "ClusterRole": _role(access.trust("ec2.amazonaws.com"), Who.CLUSTER, needs, {}, "Clusters"),
        "ClusterProfile": only_if("Clusters", profile),
        "JobsRole": _role(access.trust("emr-serverless.amazonaws.com"), Who.JOBS, needs, {}, "Serverless"),
    }


def _role(trust: Part, who: Who, needs: Iterable[Need], conditions: dict[Need, str], when: str) -> Part:
    """Made *when* that is wanted; what is attached to it under the same condition needs none of its own."""
    wanted = {need: conditions.get(need, _condition(who, need)) for need in needs}
    policies = [_attached(_policy_name(who, need), "" if condition == when else condition) for need, condition in wanted.items()]
    return only_if(when, {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": policies}})


def _attached(policy: str, condition: str) -> Part:
    return {"Fn::If": [condition, {"Ref": policy}, {"Ref": "AWS::NoValue"}]} if condition else {"Ref": policy}


def _policy_name(who: Who, need: Need) -> str:
    return f"{who.value.capitalize()}{need.value.capitalize()}Policy"
