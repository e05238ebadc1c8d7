"""Keys and resource policies in another account or region: mapped, or refused, and never guessed."""

from __future__ import annotations

import pytest

from airflow_dynamodb_emr.core.tablesettings.keys import AWS_KEY, encryption
from airflow_dynamodb_emr.core.tablesettings.policy import resource_policy
from airflow_dynamodb_emr.core.tablesettings.step import AS_IT_WAS, Choices, Outcome, Place, Setting, Step
from airflow_dynamodb_emr.errors import BadInput

from .furnished import ABROAD, ARN, HERE, KEY, OTHERS, OWN_KEY, ROLE, policy, schema, to

SSE = {"Status": "ENABLED", "SSEType": "KMS"}
OTHER_KEY = "arn:aws:kms:us-east-1:123456789012:key/3333"


def key(had: str, place: Place, **keys: str) -> tuple[str | None, Outcome]:
    """Which is asked for, None for the one that AWS keeps, and what is said of it."""
    (step,) = encryption(schema(SSEDescription={**SSE, "KMSMasterKeyArn": had}), to(place), Choices(keys=keys))
    return step.request["SSESpecification"].get("KMSMasterKeyId"), step.ended().outcome


@pytest.mark.parametrize(
    ("had", "place", "keys", "found"),
    [
        pytest.param(KEY, HERE, {}, (KEY, Outcome.RESTORED), id="the same account and region"),
        pytest.param(KEY, HERE, {KEY: OTHER_KEY}, (OTHER_KEY, Outcome.MAPPED), id="another is wanted"),
        pytest.param(KEY, HERE, {"*": OTHER_KEY}, (KEY, Outcome.RESTORED), id="any other, for keys that cannot be used"),
        pytest.param(OWN_KEY, ABROAD, {}, (None, Outcome.RESTORED), id="the one that AWS keeps, as it has one everywhere"),
        pytest.param(KEY, ABROAD, {KEY: OTHER_KEY}, (OTHER_KEY, Outcome.MAPPED), id="mapped"),
        pytest.param(KEY, OTHERS, {"*": AWS_KEY}, (None, Outcome.MAPPED), id="any other, to the one that AWS keeps"),
    ],
)
def test_the_key_is_the_same_or_one_that_was_named(had: str, place: Place, keys: dict[str, str], found: tuple[str | None, Outcome]) -> None:
    assert key(had, place, **keys) == found


@pytest.mark.parametrize("place", [ABROAD, OTHERS], ids=["region", "account"])
def test_a_key_that_cannot_be_used_there_is_asked_for_and_never_left_away(place: Place) -> None:
    with pytest.raises(BadInput) as refused:
        key(KEY, place)

    assert KEY in refused.value.facts and "restore_kms_keys" in refused.value.hint


@pytest.mark.parametrize("told", [{}, {"Status": "DISABLED"}], ids=["never set", "turned off"])
def test_a_table_under_a_key_of_dynamodbs_own_needs_none(told: dict[str, str]) -> None:
    assert not list(encryption(schema(SSEDescription=told), to(ABROAD), AS_IT_WAS))


def allowed(was: str, place: Place = HERE, name: str = "orders2") -> Step | Setting:
    (found,) = resource_policy(schema({"GetResourcePolicy": {"Policy": was}}), to(place, name), AS_IT_WAS)
    return found


@pytest.mark.parametrize(
    ("principal", "place"),
    [
        pytest.param(ROLE, HERE, id="here"),
        pytest.param(ROLE, ABROAD, id="another region: roles have none"),
        pytest.param("arn:aws:iam::555555555555:root", OTHERS, id="another account, for a third one's"),
    ],
)
def test_a_policy_names_the_new_table(principal: str, place: Place) -> None:
    found = allowed(policy(principal), place)

    assert isinstance(found, Step) and found.ended().outcome is Outcome.MAPPED
    assert found.request == {"ResourceArn": place.arn("orders2"), "Policy": policy(principal, place.arn("orders2"))}


def test_a_table_under_its_own_name_has_its_policy_unchanged() -> None:
    found = allowed(policy(), name="orders")

    assert isinstance(found, Step) and found.request["Policy"] == policy() and not found.mapped


def test_a_table_whose_name_begins_alike_is_another() -> None:
    found = allowed(policy(resource=f"{ARN}-archive"))

    assert isinstance(found, Step) and found.request["Policy"] == policy(resource=f"{ARN}-archive")


@pytest.mark.parametrize(
    ("was", "place", "words"),
    [
        pytest.param(policy(), OTHERS, "it names account 123456789012, and nobody can say what stands for that in 210987654321", id="account"),
        pytest.param(policy(resource="arn:aws:dynamodb:eu-west-1:123456789012:table/x"), ABROAD, "it names region eu-west-1", id="region"),
    ],
)
def test_a_policy_of_another_account_or_region_is_not_guessed(was: str, place: Place, words: str) -> None:
    found = allowed(was, place)

    assert isinstance(found, Setting) and found.outcome is Outcome.LEFT_OUT and words in found.how
