"""Whatever is done to a table, in whatever order, it ends with what it had, or with what somebody else has set since."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from airflow_dynamodb_emr.aws import autoscaling, tables, throughput
from airflow_dynamodb_emr.aws.store import Store
from airflow_dynamodb_emr.core.layout import S3Uri
from airflow_dynamodb_emr.core.ledger import Entry
from airflow_dynamodb_emr.core.pace import Raised
from airflow_dynamodb_emr.core.table import Table, Throughput
from airflow_dynamodb_emr.errors import DynamoDBBackupError

from .in_process import Killed, Region

NAME, INDEX, URI = "orders", "by_id", S3Uri("backups", "ledger/orders.json")
Which = tuple[str, str]  # index (none: the table itself), and Read or Write
DIMENSIONS: dict[Which, str] = {
    (name, kind): f"dynamodb:{'index' if name else 'table'}:{kind}CapacityUnits" for name in ("", INDEX) for kind in ("Read", "Write")
}
# Nobody else ever sets what runs raise to: who has set it could not be told.
SPIKES = {
    "a dump": Raised(table=Throughput(read=50, write=0)),
    "a load": Raised(table=Throughput(read=0, write=40), indexes={INDEX: Throughput(read=0, write=45)}),
}
RAISED = {50, 40, 45}
RUN, ONE = st.sampled_from(sorted(SPIKES)), st.sampled_from(sorted(DIMENSIONS))
UNITS = st.integers(1, 9) | st.integers(60, 69)
ALL_UNITS = st.tuples(*[UNITS] * 4).map(lambda units: dict(zip(DIMENSIONS, units, strict=True)))
KILLED = st.none() | st.tuples(st.integers(0, 9), st.booleans())  # at which call, and whether it was made


@cache
def region() -> Region:
    """One for all examples: it has a thread."""
    return Region()


class AnyOrder(RuleBasedStateMachine):
    """`units`, `bounds` and `suspended` are what the table has to end with."""

    @initialize(units=ALL_UNITS, scaled=st.sets(ONE, max_size=3))
    def begin(self, units: dict[Which, int], scaled: set[Which]) -> None:
        region().clear()
        self.aws, self.store = region().people, Store(region().people.s3)
        self.bounds: dict[Which, list[int]] = {}
        self.suspended: dict[Which, bool] = {}
        self.ever_scaled = set(scaled)  # autoscaling says what these have in the end
        self.seen: Entry | None = None
        self.changes: list[tuple[str, bool]] = []  # ours, and what others have raised: of which index, and whether it spent a decrease
        self.anew = False
        self._create(units)
        for which in scaled:
            self._register(which, MinCapacity=2, MaxCapacity=20)
            self.bounds[which], self.suspended[which] = [2, 20], False

    # What we do, until we are killed.

    @rule(run=RUN, killed=KILLED)
    def a_run_spikes(self, run: str, killed: tuple[int, bool] | None) -> None:
        self._process(killed, lambda: self._spike(run))

    @rule(run=RUN, killed=KILLED)
    def a_run_resets(self, run: str, killed: tuple[int, bool] | None) -> None:
        entry = self._entry()
        if entry and entry.run == run:
            self._process(killed, lambda: throughput.put_back(region().clients, URI, entry, region().now))

    @rule(killed=KILLED)
    def the_janitor_passes(self, killed: tuple[int, bool] | None) -> None:
        entry = self._entry()
        if entry:
            self._process(killed, lambda: throughput.undo(region().clients, URI, entry, region().now))

    @rule()
    def a_worker_that_was_given_up_goes_on(self) -> None:
        """Between its look at the ledger and UpdateTable the table was put back; that another run has begun since is more than can be made good."""
        entry, now, known = self.seen, self._table(), self._entry()
        if entry and now.settled and known in (None, entry):
            self._process(None, lambda: self._raise(entry, now))

    def _spike(self, run: str) -> None:
        """As the operator goes about it."""
        entry = throughput.write_ledger(region().clients, URI, NAME, SPIKES[run], run, region().now)
        now = throughput.existing(region().clients, NAME)
        if entry.run == run and now.settled and not throughput.is_raised(region().clients, entry, now):
            self.seen = entry
            self._raise(entry, now)

    def _raise(self, entry: Entry, now: Table) -> None:
        throughput.spike(region().clients, entry, now)
        Store(region().clients.s3).write_once(URI, entry)

    def _process(self, killed: tuple[int, bool] | None, work: Callable[[], Any]) -> None:
        region().fuse.lay(*(killed or (-1, False)))
        before, anew = len(region().record.changes()), self._is_anew()
        with suppress(Killed, ClientError, DynamoDBBackupError):
            work()
        self.changes += [(change.index, change.decrease) for change in region().record.changes()[before:] if not anew]

    # What others do meanwhile.

    @rule(which=ONE, units=UNITS)
    def somebody_sets_a_capacity(self, which: Which, units: int) -> None:
        if self._update(which, units):
            self.units[which] = units

    @rule(times=st.integers(1, 4))
    def somebody_uses_up_decreases(self, times: int) -> None:
        was, which = self._table().throughput.read, ("", "Read")
        for _ in range(times if was else 0):
            if self._update(which, 100) and not self._update(which, was):
                self.units[which] = 100

    @rule(which=ONE, least=UNITS | st.none(), most=UNITS | st.none(), suspended=st.booleans() | st.none())
    def somebody_sets_bounds(self, which: Which, least: int | None, most: int | None, suspended: bool | None) -> None:
        given = {"MinCapacity": least, "MaxCapacity": most, "SuspendedState": {"DynamicScalingInSuspended": suspended}}
        wanted = {name: value for name, value in given.items() if value and value != {"DynamicScalingInSuspended": None}}
        if which in self.bounds and self._register(which, **wanted):
            self.bounds[which] = [new or old for new, old in zip((least, most), self.bounds[which], strict=True)]
            self.suspended[which] = self.suspended[which] if suspended is None else suspended

    @rule(which=ONE)
    def somebody_removes_a_target(self, which: Which) -> None:
        if self.bounds.pop(which, None):
            self.aws.autoscaling.deregister_scalable_target(**self._about(which))

    @rule(up=st.booleans())
    def autoscaling_moves_what_it_may(self, up: bool) -> None:
        for target in autoscaling.targets(self.aws.autoscaling, self._table()):
            self._update((target.index, target.units), target.most if up else target.least)

    @rule()
    def somebody_switches_it_to_on_demand(self) -> None:
        with suppress(ClientError):
            self.aws.dynamodb.update_table(TableName=NAME, BillingMode="PAY_PER_REQUEST")
            self.provisioned = False

    @precondition(lambda self: not self.provisioned)
    @rule(units=ALL_UNITS)
    def somebody_switches_it_back(self, units: dict[Which, int]) -> None:
        of_indexes = [{"Update": {"IndexName": name, **_request(units, name)}} for name in self._table().indexes]
        more: Any = {**_request(units, ""), **({"GlobalSecondaryIndexUpdates": of_indexes} if of_indexes else {})}
        with suppress(ClientError):
            self.aws.dynamodb.update_table(TableName=NAME, BillingMode="PROVISIONED", **more)
            self.provisioned, self.units = True, units

    @rule()
    def somebody_deletes_the_index(self) -> None:
        with suppress(ClientError):
            self.aws.dynamodb.update_table(TableName=NAME, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": INDEX}}])

    @rule(units=ALL_UNITS)
    def somebody_makes_it_anew(self, units: dict[Which, int]) -> None:
        with suppress(ClientError):
            self.aws.dynamodb.delete_table(TableName=NAME)
            self._create(units)
            self.anew, self.changes = True, []

    @rule(on=st.booleans())
    def changes_take_their_time(self, on: bool) -> None:
        region().linger(on)

    @rule()
    def a_day_goes_by(self) -> None:
        region().knobs.clock_ahead_seconds += 86_400

    # What is so all the while, and in the end.

    @invariant()
    def what_is_raised_is_in_the_ledger(self) -> None:
        now = self._table()
        assert self._entry() or not any(self._units(now, which) in RAISED for which in DIMENSIONS if not self._is_autoscalings(which))

    @invariant()
    def no_raise_costs_two_decreases(self) -> None:
        for index in ("", INDEX):
            assert self.changes.count((index, True)) <= self.changes.count((index, False))

    def teardown(self) -> None:
        if not hasattr(self, "units"):
            return  # the example has not even begun
        region().linger(False)
        for _ in range(6):
            self.a_day_goes_by()
            self.the_janitor_passes(None)
            self.what_is_raised_is_in_the_ledger()
        self._is_as_it_was_or_as_somebody_has_set_it()

    def _is_as_it_was_or_as_somebody_has_set_it(self) -> None:
        now = self._table()
        assert self._entry() is None and now.provisioned == self.provisioned
        for which, wanted in self.units.items() if now.provisioned else ():
            has = self._units(now, which)
            assert has in (None, wanted) or which in self.ever_scaled, (which, has, wanted)
        for target in autoscaling.targets(self.aws.autoscaling, now):
            which = target.index, target.units
            assert [target.least, target.most] == self.bounds[which], (which, target)
            assert target.suspended["DynamicScalingInSuspended"] == self.suspended[which], (which, target)

    # How.

    def _create(self, units: dict[Which, int]) -> None:
        schema: Any = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}
        index = {"IndexName": INDEX, **schema, "Projection": {"ProjectionType": "ALL"}, **_request(units, INDEX)}
        attributes: Any = [{"AttributeName": "id", "AttributeType": "S"}]
        self.aws.dynamodb.create_table(
            TableName=NAME, AttributeDefinitions=attributes, **schema, **_request(units, ""), GlobalSecondaryIndexes=[index]
        )
        self.units, self.provisioned = units, True

    def _entry(self) -> Entry | None:
        return self.store.load(URI, Entry)

    def _table(self) -> Table:
        now = tables.look(self.aws.dynamodb, NAME)
        assert now
        return now

    def _units(self, now: Table, which: Which) -> int | None:
        """None of an index that is gone."""
        name, kind = which
        return getattr(now.units(name), kind.lower()) if name in ("", *now.indexes) else None

    def _is_anew(self) -> bool:
        entry = self._entry()
        return bool(entry and entry.table_id != self._table().id)

    def _is_autoscalings(self, which: Which) -> bool:
        """By the name of the table that was raised before, autoscaling has raised this one."""
        return self.anew and which in self.ever_scaled

    def _update(self, which: Which, units: int) -> bool:
        """Whether it was allowed, and a change."""
        (name, kind), now = which, self._table()
        if name not in ("", *now.indexes):
            return False
        wanted: Any = {"ProvisionedThroughput": {**now.units(name).request(), f"{kind}CapacityUnits": units}}
        request: Any = {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": name, **wanted}}]} if name else wanted
        try:
            self.aws.dynamodb.update_table(TableName=NAME, **request)
        except ClientError:
            return False
        self.changes += [(name, False)] if units > (self._units(now, which) or 0) else []
        return True

    def _register(self, which: Which, **given: Any) -> bool:
        try:
            self.aws.autoscaling.register_scalable_target(**self._about(which), **given)
        except ClientError:
            return False
        return True

    def _about(self, which: Which) -> Any:
        resource = f"table/{NAME}" + (f"/index/{which[0]}" if which[0] else "")
        return {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": DIMENSIONS[which]}


def _request(units: dict[Which, int], name: str) -> Any:
    return {"ProvisionedThroughput": {f"{kind}CapacityUnits": units[name, kind] for kind in ("Read", "Write")}}


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=200, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
