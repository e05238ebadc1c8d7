"""List prices in US dollars: one dated file, by region, that a setting can replace.

Of the standard table class, at the price for everybody: no discount, reservation or free tier is known here. A region that is not in the
file is priced as `us-east-1`, and whoever shows a price says so with `str(prices)`.
"""

from __future__ import annotations

from pkgutil import get_data
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, structs

from airflow_dynamodb_emr.core import documents
from airflow_dynamodb_emr.core.documents import FORMAT, Noun
from airflow_dynamodb_emr.core.machines import SIZES
from airflow_dynamodb_emr.errors import BadInput, DataDamaged

ELSEWHERE = "us-east-1"  # the region whose prices stand in for those that are not known
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_HINT = "write it like the file of this package, airflow_dynamodb_emr/core/prices.json, or leave the setting empty"

Dollars = Annotated[float, Meta(ge=0)]


class MachineHour(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one machine on demand, https://aws.amazon.com/ec2/pricing/on-demand/ and https://aws.amazon.com/emr/pricing/."""

    ec2: Dollars
    emr: Dollars  # on top


class Listed(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says of a region."""

    read_unit_hour: Dollars  # of provisioned capacity, https://aws.amazon.com/dynamodb/pricing/provisioned/
    write_unit_hour: Dollars
    million_reads: Dollars  # on demand, https://aws.amazon.com/dynamodb/pricing/on-demand/
    million_writes: Dollars
    export_gb: Dollars  # of the table with its local indexes, or of what has changed
    import_gb: Dollars  # of the source, unpacked
    storage_gb_month: Dollars  # of S3's standard class
    serverless_vcpu_hour: Dollars  # of EMR Serverless
    serverless_gb_hour: Dollars
    machine_hours: dict[str, MachineHour]  # by instance type; one of twice the size is twice as dear, unless it is here too


class Prices(Listed, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Those that a plan or a report goes by."""

    region: str  # whose they are
    as_of: str  # year and month
    instead_of: str = ""  # the region that they stand in for

    def machine_hour(self, type_: str) -> float | None:
        """None for an instance type whose price is not known."""
        family, _, size = type_.partition(".")
        own, xlarge = self.machine_hours.get(type_), self.machine_hours.get(f"{family}.xlarge")
        if own:
            return own.ec2 + own.emr
        return (xlarge.ec2 + xlarge.emr) * SIZES[size] if xlarge and size in SIZES else None

    def __str__(self) -> str:
        year, month = self.as_of.split("-")
        own = f"list prices of {self.region}, {_MONTHS[int(month) - 1]} {year}"
        return f"{own}: those of {self.instead_of} are not known" if self.instead_of else own


class PriceFile(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int = FORMAT
    tool: str = ""
    as_of: Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    currency: Literal["USD"]
    regions: dict[str, msgspec.Raw]


def parse(data: bytes, region: str, source: object = "the prices") -> Prices:
    """Those of *region*. Raises BadInput, naming *source* and the field."""
    try:
        file = documents.decode(data, PriceFile, source)
        found = {name: _listed(raw, name, source) for name, raw in file.regions.items()}
    except DataDamaged as damaged:
        raise BadInput(f"prices: {damaged.facts}", _HINT) from damaged
    if region not in found and ELSEWHERE not in found:
        raise BadInput(f"prices: {source} has neither {region} nor {ELSEWHERE}, which would stand in for it", "add one of them")
    whose = region if region in found else ELSEWHERE
    return Prices(**structs.asdict(found[whose]), region=whose, as_of=file.as_of, instead_of="" if whose == region else region)


def listed(region: str) -> Prices:
    """As they come with this package."""
    return parse(_OWN, region)


def _listed(raw: msgspec.Raw, region: str, source: object) -> Listed:
    try:
        return msgspec.json.decode(raw, type=Listed)
    except msgspec.MsgspecError as error:
        raise DataDamaged(f"{source}: {region}: {error}") from error


_OWN = get_data(__package__, "prices.json") or b""  # read once, with the module's own code
LIST = listed(ELSEWHERE)
