"""A table that holds the example."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.dynamodb.expressions.examples import ITEM
from tests.local.helpers import MakeTable


@pytest.fixture
def table(dynamodb: Any, make_table: MakeTable) -> str:
    name = make_table()
    dynamodb.put_item(TableName=name, Item=ITEM)
    return name
