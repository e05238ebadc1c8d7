"""What a CloudFormation template asks, decides and tells; `core/cloudformation.py` is what it makes."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.core.access import Need

Part = dict[str, Any]
_CHOICES = ["no", "same", "own"]
WORDS = {
    Need.BACKUP: "every backup, and the checks before it",
    Need.SPIKE: "raise the throughput of tables, and put it back",
    Need.CLUSTERS: "clusters of EMR, for the engines connector and spark",
    Need.WORKER: "the engine worker",
    Need.SPARK: "the engine spark",
    Need.SERVERLESS: "the engine spark on EMR Serverless",
    Need.NATIVE: "the engine native: exports",
    Need.RESTORE: "restores",
    Need.IMPORT: "the engine native: imports",
    Need.RETENTION: "delete backups that retention does not keep",
    Need.ENCRYPTION: "a KMS key of your own",
}
ENGINES = {Need.WORKER: "Worker", Need.SERVERLESS: "Serverless", Need.NATIVE: "Native", Need.CLUSTERS: "Clusters"}
_IMPORTS = {"Imports": "Restores", "ImportsSame": "RestoresSame"}


def parameters() -> Part:
    return {
        "AirflowPrincipal": _text("ARN of the role or user that Airflow runs as: it may assume the roles made here"),
        "BackupBucket": _text("Name of the bucket that holds the backups; it is not made here"),
        "JarBucket": _text("Name of the bucket that holds the connector's jar and other files that settings name"),
        "TablePrefix": _text("Tables whose names start with this are backed up; empty: all tables", ""),
        "RestoredPrefix": _text("Tables whose names start with this are restored into; empty: all tables", ""),
        "EmrServiceRole": _text("Name of the role that EMR works as; aws emr create-default-roles makes this one", "EMR_DefaultRole"),
        "KmsKeyArn": _text("ARN of a key of yours that encrypts backups and logs; empty: none", ""),
        "NotifyTopicArn": _text("ARN of the SNS topic of setting notify_topic; empty: none", ""),
        "Clusters": _choice("Engines connector and spark on EMR", "yes", ["yes", "no"]),
        **{name: _choice(WORDS[need][:1].upper() + WORDS[need][1:], "no", ["yes", "no"]) for need, name in ENGINES.items() if name != "Clusters"},
        "Restores": _choice("Who may restore: no: nobody, same: Airflow's role, own: a role of its own", "own", _CHOICES),
        "Retention": _choice("Who may delete backups: no: nobody, same: Airflow's role, own: a role of its own", "own", _CHOICES),
    }


def conditions() -> Part:
    made = {name: _equals(name, "yes") for name in ENGINES.values()}
    made |= {f"{name}{choice.capitalize()}": _equals(name, choice) for name in ("Restores", "Retention") for choice in ("same", "own")}
    made |= {name: _not(_equals(name, "no")) for name in ("Restores", "Retention")}
    both = {name: {"Fn::And": [{"Condition": "Native"}, {"Condition": part}]} for name, part in _IMPORTS.items()}
    return {**made, **both, "Encryption": _not(_equals("KmsKeyArn", "")), "Telling": _not(_equals("NotifyTopicArn", ""))}


def outputs() -> Part:
    told = {
        "AirflowRole": ("role of the connection aws_conn_id", "", "Arn"),
        "RestoreRole": ("role of the connection for dynamodb_restore", "RestoresOwn", "Arn"),
        "RetentionRole": ("role of the connection for dynamodb_retention", "RetentionOwn", "Arn"),
        "ClusterProfile": ("setting instance_profile", "Clusters", ""),
        "JobsRole": ("setting serverless_role", "Serverless", "Arn"),
    }
    return {name: only_if(when, {"Description": what, "Value": _value(name, part)}) for name, (what, when, part) in told.items()}


def _value(name: str, part: str) -> Part:
    return {"Fn::GetAtt": [name, part]} if part else {"Ref": name}


def _text(description: str, *default: str) -> Part:
    return {"Type": "String", "Description": description, **({"Default": default[0]} if default else {})}


def _choice(description: str, default: str, values: list[str]) -> Part:
    return {"Type": "String", "Description": description, "Default": default, "AllowedValues": values}


def only_if(condition: str, part: Part) -> Part:
    return {**part, "Condition": condition} if condition else part


def _equals(parameter: str, value: str) -> Part:
    return {"Fn::Equals": [{"Ref": parameter}, value]}


def _not(condition: Part) -> Part:
    return {"Fn::Not": [condition]}
