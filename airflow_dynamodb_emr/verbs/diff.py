"""`dynamodb-emr diff`: the items of two tables or dumps held against each other."""

from __future__ import annotations

import sys
from argparse import Namespace

import msgspec

from airflow_dynamodb_emr.aws import sources
from airflow_dynamodb_emr.aws.clients import Clients
from airflow_dynamodb_emr.aws.inputs import prices
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.report import columns
from airflow_dynamodb_emr.core.words import counted, printable
from airflow_dynamodb_emr.errors import BadInput
from airflow_dynamodb_emr.settings import Settings
from airflow_dynamodb_emr.transfer.compare import Comparison, Difference
from airflow_dynamodb_emr.verbs import account, bar
from airflow_dynamodb_emr.verbs.sides import OfDump, OfTable

_WORDS = {"equal": "equal", "different": "different", "only_in_a": "only in A", "only_in_b": "only in B"}


def run(given: Namespace) -> int:
    """1 where there is any difference."""
    settings = Settings.from_environment().with_form({"read_ratio": given.read_ratio})
    clients = account.clients(settings)
    sides = [_side(clients, settings, given, name) for name in ("a", "b")]
    keys = _keys(sides, given)
    for name, side in zip("AB", sides, strict=True):
        print(f"{name}: {side}", file=sys.stderr)
    if given.sample:
        print(f"a sample of {counted(given.sample, 'key')}, the same on both sides; all is read to find them", file=sys.stderr)
    found = _difference(sides, keys, given)
    print(documents.encode(found).decode() if given.json else _text(found))
    return 1 if found else 0


def _side(clients: Clients, settings: Settings, given: Namespace, name: str) -> OfTable | OfDump:
    named = getattr(given, name)
    if sources.is_uri(named):
        return OfDump(clients, named, name.upper())
    return OfTable(clients, named, settings.read_pace(prices(Store(clients.s3), settings.prices, clients.region)), given.units)


def _keys(sides: list[OfTable | OfDump], given: Namespace) -> list[str]:
    """As they are known, or given. Raises BadInput where these are not the same, or neither."""
    asked = [name for name in (given.keys or "").split(",") if name]
    known = {"A": sides[0].keys, "B": sides[1].keys, "--keys": asked}
    told = {name: keys for name, keys in known.items() if keys}
    if not told:
        raise BadInput("neither of the two says what its key attributes are", "name them: --keys id, or --keys customer,order")
    if len({frozenset(keys) for keys in told.values()}) > 1:
        facts = "; ".join(f"{name} has the keys {', '.join(keys)}" for name, keys in told.items())
        raise BadInput(facts, "compare what has the same key attributes")
    return next(iter(told.values()))


def _difference(sides: list[OfTable | OfDump], keys: list[str], given: Namespace) -> Difference:
    with Comparison(keys, given.sample or 0) as comparison, bar.told("diff", sum(side.items for side in sides)) as meter:
        for side, into in zip(sides, (comparison.left, comparison.right), strict=True):
            side.read(into, meter, given.connections)
        return comparison.difference()


def _text(found: Difference) -> str:
    counts = columns([(words, f"{getattr(found, field):,}") for field, words in _WORDS.items()], left={0})
    examples = [(_WORDS[each.what], printable(msgspec.json.encode(each.key).decode())) for each in found.examples]
    return "\n".join([*counts, *(["", *columns(examples, left={0, 1})] if examples else [])])
