"""How fast, and what that may cost."""

from __future__ import annotations

from math import inf
from typing import Annotated

from airflow_dynamodb_emr.settings.copying import Copying
from airflow_dynamodb_emr.settings.options import Limit, above, at_least, between, told

_SPIKE = (
    "How far a provisioned table is raised while it is dumped or loaded. `20 minutes`: one that would take longer, to be done by then. "
    "`x10`: each, to so many times its capacity. `4000 units`: each, to that. `off`: none. "
    "Never where it costs more than the time it saves is worth."
)
_HOUR = "US dollars that an hour less of waiting is worth, for a table or a whole run, beside what the cluster costs."
_PRICES = (
    "JSON file, path or S3 URI, of prices to estimate and report by. Empty: list prices of us-east-1 that come with this package. "
    "See docs/reports.md."
)
_ROOM = "Minutes that a spike waits for room below the account's limit, before it asks for half of it, half of that, and then does without."
_RATIO = above(0, most=1.5)
_DOLLARS = Limit(lambda dollars: 0 <= dollars < inf, "at least 0")


class Speed(Copying, frozen=True, kw_only=True):
    read_ratio: Annotated[float, told("Share of a table's read units that a dump may use, above 0 and at most 1.5.", "0.8", _RATIO)] = 0.5
    write_ratio: Annotated[float, told("Share of a table's write units that a load may use, above 0 and at most 1.5.", "0.5", _RATIO)] = 0.8
    spike: Annotated[str, told(_SPIKE, "x10")] = "20 minutes"
    hour_dollars: Annotated[float, told(_HOUR, "10", _DOLLARS)] = 1.0
    prices: Annotated[str, told(_PRICES, "s3://my-config/prices.json")] = ""
    room_minutes: Annotated[float, told(_ROOM, "30", at_least(0))] = 10
    max_read_units: Annotated[int, told("Read units a second that no table is raised above.", "10000", at_least(1))] = 4000
    max_write_units: Annotated[int, told("Write units a second that no table is raised above.", "10000", at_least(1))] = 4000
    on_demand_read_units: Annotated[
        int,
        told("Most read units a second taken of an on-demand table; `read_ratio` of what it serves where that is less.", "12000", between(1, 40_000)),
    ] = 4000
    on_demand_write_units: Annotated[
        int,
        told(
            "Most write units a second put into an on-demand table; `write_ratio` of what it serves where that is less.", "4000", between(1, 40_000)
        ),
    ] = 2000
