"""The tables of the fleet, as data."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_dynamodb_emr.local.fleet.items import Maker, event, every_type, plain, small, with_empties

PREFIXES = ("PROD_", "STAGE_", "DEV_")
Units = tuple[int, int]


@dataclass(frozen=True)
class Shape:
    """A table without its prefix. On demand where there are no *units*; autoscaled from them up to *most*."""

    name: str
    items: int
    make: Maker = plain
    units: Units | None = None  # read and write
    most: int | None = None
    keys: str = "S"  # types of hash and range key
    globals: tuple[str, ...] = ()  # a global index by each of these attributes
    locals: tuple[str, ...] = ()
    expires: bool = False
    recoverable: bool = False
    streams: bool = False
    tags: tuple[tuple[str, str], ...] = ()


# One of each prefix in turn; a fleet of at least this many tables holds every kind.
SHAPES: tuple[tuple[str, Shape], ...] = (
    ("PROD_", Shape("orders", 1500, units=(10, 10), keys="SN", globals=("status",), locals=("total",), tags=(("team", "sales"),))),
    ("STAGE_", Shape("orders", 600, units=(10, 10), keys="SN", globals=("status",), locals=("total",), tags=(("team", "sales"),))),
    ("DEV_", Shape("orders", 300, units=(5, 5), keys="SN", globals=("status",), locals=("total",))),
    ("PROD_", Shape("all.types", 400, every_type, recoverable=True)),
    ("STAGE_", Shape("all.types", 150, every_type)),
    ("DEV_", Shape("all-types", 100, every_type, units=(10, 10))),
    ("PROD_", Shape("events", 100_000, event, units=(100, 50), keys="SN")),
    ("STAGE_", Shape("events", 2000, event, units=(25, 25), keys="SN")),
    ("DEV_", Shape("events", 500, event, keys="SN")),
    ("PROD_", Shape("customers", 1200, units=(10, 5), most=400, globals=("status",), tags=(("team", "crm"), ("tier", "gold")))),
    ("STAGE_", Shape("customers", 400, units=(10, 10), most=200, globals=("status",))),
    ("DEV_", Shape("customers", 200, units=(5, 5), most=100)),
    ("PROD_", Shape("binary-keys", 500, units=(5, 5), keys="B")),
    ("STAGE_", Shape("binary-keys", 200, small, keys="BB")),
    ("DEV_", Shape("binary-keys", 100, small, keys="B")),
    ("PROD_", Shape("number_keys", 500, keys="NN")),
    ("STAGE_", Shape("number_keys", 200, small, units=(5, 5), keys="N")),
    ("DEV_", Shape("number_keys", 100, small, keys="NS")),
    ("PROD_", Shape("empty", 0, units=(5, 5))),
    ("STAGE_", Shape("empty", 0)),
    ("DEV_", Shape("sessions", 100, small, expires=True)),
    ("PROD_", Shape("empty.lists-and_maps", 300, with_empties, units=(5, 5))),
    ("STAGE_", Shape("empty.lists-and_maps", 120, with_empties)),
    ("DEV_", Shape("audit", 150, units=(5, 5), streams=True)),
    ("PROD_", Shape("sessions", 800, small, expires=True, streams=True)),
    ("STAGE_", Shape("sessions", 200, small, units=(5, 5), expires=True)),
)
BESIDE = ("OLD_PROD_", Shape("orders", 50, small))  # contains a prefix and does not start with it
_MORE = (Shape("", 40, small), Shape("", 60, small, units=(5, 5)), Shape("", 30, small, units=(5, 5), most=50), Shape("", 50, small, keys="SN"))


def fleet(tables: int) -> list[tuple[str, Shape]]:
    """Name and shape of *tables* tables and of the one beside them; none for 0."""
    first = [(prefix + shape.name, shape) for prefix, shape in SHAPES[:tables]]
    more = [(f"{PREFIXES[i % 3]}table_{i:03d}", _MORE[i % len(_MORE)]) for i in range(len(SHAPES), tables)]
    return [*first, *more, (BESIDE[0] + BESIDE[1].name, BESIDE[1])] if tables else []
