"""The template of roles and policies, held against CloudFormation's own rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from airflow_dynamodb_emr.core.cloudformation import template
from airflow_dynamodb_emr.core.permissions import TABLE

PAGE = Path(__file__).parents[2] / "docs" / "cloudformation.yaml"
MOST_ATTACHED = 10  # policies that IAM attaches to a role
MADE = template(TABLE)


def test_the_template_follows_cloudformations_rules() -> None:
    told = subprocess.run([Path(sys.executable).with_name("cfn-lint"), PAGE], capture_output=True, text=True, check=False)

    assert (told.stdout, told.returncode) == ("", 0), told.stderr


def of_type(kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in MADE["Resources"].items() if each["Type"] == f"AWS::IAM::{kind}"}


def test_a_role_has_no_more_policies_than_iam_attaches() -> None:
    assert {name: len(role["ManagedPolicyArns"]) for name, role in of_type("Role").items() if len(role["ManagedPolicyArns"]) > MOST_ATTACHED} == {}


def test_each_policy_hangs_on_a_role() -> None:
    attached = [each.get("Fn::If", [None, each])[1]["Ref"] for role in of_type("Role").values() for each in role["ManagedPolicyArns"]]

    assert set(attached) == set(of_type("ManagedPolicy"))


def test_every_permission_of_the_table_is_in_it() -> None:
    policies = [*of_type("ManagedPolicy").values(), *of_type("Policy").values()]
    granted = {action for each in policies for said in each["PolicyDocument"]["Statement"] for action in _listed(said["Action"])}

    assert granted == {action for permission in TABLE for action in permission.actions}


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
