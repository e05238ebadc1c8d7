"""How large a run's clusters are: what costs least, counting the machines and the hours until all tables are done.

What a step needs, and why. Of the primary: one driver, a Java process that only waits. Of the workers: an application master, and its
mappers; `core/steps.py` tells YARN these sizes, because EMR's own would fill a small cluster with application masters alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from math import ceil
from typing import NamedTuple

from airflow_dynamodb_emr.core import cost
from airflow_dynamodb_emr.core.documents import Noun
from airflow_dynamodb_emr.core.lanes import Stay, schedule
from airflow_dynamodb_emr.core.machines import Machine, machine, sizes
from airflow_dynamodb_emr.core.prices import LIST, Prices

DRIVER_GIB = 0.5  # of a step on the primary
DAEMONS_GIB = 6  # what the primary's own take: ResourceManager, NameNode, history servers, EMR's controller
MASTER_GIB, MAPPER_GIB = 1.0, 1.5  # containers of a step on the workers
MOST_CONCURRENT = 256  # steps at once that EMR takes for a cluster
FEW_NODES, FEW_STEPS = 2, 10  # where nothing is known of the tables
# Steps that have to wait for room on the workers read slower than planned, and a spike is paid for whether it is used or not: so no more
# of them at once than the workers serve, but for the last few hundredths, which are worth less than a worker.
_LONGER = 1.05
_VCPU_DOLLARS = 0.06  # an hour, to compare with where a price is not known: that of an m5
_ALL_TRIED, _ROUNDS = 20, 20  # concurrency is tried one by one up to here, then as what makes so many rounds come out even


class Work(NamedTuple):
    """A table's step."""

    table: str
    seconds: float
    mappers: int
    vcpus: float  # that its mappers keep busy


class Wish(Noun, frozen=True, kw_only=True):
    """What the user has said of the size; 0 is as many as needed."""

    primary: str = "m5.xlarge"
    worker: str = "m5.xlarge"
    concurrency: int = 0
    nodes: int = 0  # workers of a cluster
    most_nodes: int = 20
    most_lanes: int = 4
    primary_fixed: bool = False  # else it may be a larger one of its family
    hour_dollars: float = 1.0  # what an hour less of the whole run is worth
    prices: Prices = LIST


class Size(Noun, frozen=True, kw_only=True):
    """Of the clusters of a run, which are all alike."""

    lanes: int  # clusters
    concurrency: int  # steps at once, in each
    nodes: int  # workers of each
    primary_type: str
    worker_type: str
    seconds: float  # from the start of the clusters until the last table is done

    @property
    def masters(self) -> int:
        """Workers that hold the application masters of all steps: these must not be lost."""
        return min(self.nodes, max(1, ceil(self.concurrency * MASTER_GIB / _known(self.worker_type).yarn_gib)))

    def dollars(self, prices: Prices) -> float | None:
        """Of all the clusters until the last table is done; None where a price is not known. Spot machines count as on demand: an upper bound."""
        each = self.each_dollars(self.seconds, prices)
        return None if each is None else self.lanes * each

    def each_dollars(self, seconds: float, prices: Prices) -> float | None:
        """Of one of them that lives so long."""
        primary, workers = cost.cluster(self.primary_type, 1, seconds, prices), cost.cluster(self.worker_type, self.nodes, seconds, prices)
        return None if primary is None or workers is None else primary + workers


def choose(works: Sequence[Work], wish: Wish) -> Size:
    """Of what serves all steps as planned, or of anything where nothing does, what costs least; of what costs the same, the smallest."""
    if not works:
        return _size(wish, 1, wish.concurrency or FEW_STEPS, wish.nodes or FEW_NODES, 0.0)
    tried = list(_candidates(works, wish))
    few = (1, min(FEW_STEPS, len(works)), FEW_NODES)  # always in the running: it is cheap, where time is worth little
    serving = [size for size, longer in tried if longer <= _LONGER or (size.lanes, size.concurrency, size.nodes) == few]
    return min(
        serving or [size for size, _ in tried],
        key=lambda size: (round(objective(size, wish.hour_dollars, wish.prices), 6), size.lanes, size.concurrency, size.nodes),
    )


def objective(size: Size, hour_dollars: float, prices: Prices = LIST) -> float:
    """Dollars: the machines, and the hours until all is done."""
    machines = _hour(size.primary_type, prices) + size.nodes * _hour(size.worker_type, prices)
    return size.seconds / 3600 * (size.lanes * machines + hour_dollars)


def step_hour_dollars(worker: str, prices: Prices) -> float:
    """What an hour of one table costs where it is one of many: its share of a primary and of a worker."""
    known = _known(worker)
    share = DRIVER_GIB / max(DRIVER_GIB, known.gib - DAEMONS_GIB) + (MASTER_GIB + MAPPER_GIB) / known.yarn_gib
    return share * (prices.machine_hour(worker) or 0)


def _candidates(works: Sequence[Work], wish: Wish) -> Iterator[tuple[Size, float]]:
    """Each with how many times longer it takes than with workers enough."""
    most = max(_drivers(type_) for type_ in _primaries(wish))
    for lanes in range(1, max(1, min(wish.most_lanes, len(works))) + 1):
        for concurrency in [wish.concurrency] if wish.concurrency else _concurrencies(len(works), lanes, most):
            asked = _asked(works, lanes, concurrency, _known(wish.worker))
            highest = max(1, min(wish.most_nodes, ceil(max(each.most for each in asked))))
            enough = max(each.seconds(ceil(each.most)) for each in asked)
            for nodes in [wish.nodes] if wish.nodes else range(1, highest + 1):
                seconds = max(each.seconds(nodes) for each in asked)
                yield _size(wish, lanes, concurrency, nodes, seconds), seconds / enough


def _concurrencies(tables: int, lanes: int, most: int) -> list[int]:
    rounds = (ceil(tables / (lanes * number)) for number in range(1, _ROUNDS + 1))
    return sorted({min(each, most) for each in [*range(1, _ALL_TRIED + 1), *rounds, most] if each <= ceil(tables / lanes) or each == 1})


def _size(wish: Wish, lanes: int, concurrency: int, nodes: int, seconds: float) -> Size:
    """The smallest primary that holds all drivers; where none does, the largest there is."""
    primaries = _primaries(wish)
    primary = next((type_ for type_ in primaries if _drivers(type_) >= concurrency), primaries[-1])
    return Size(
        lanes=lanes,
        concurrency=concurrency,
        nodes=nodes,
        primary_type=primary,
        worker_type=wish.worker,
        seconds=cost.CLUSTER_START_SECONDS + seconds,
    )


class _Asked:
    """How much the workers of one cluster are asked for while its tables are worked on; 1 is all of one worker."""

    def __init__(self, stays: Iterable[Stay], shares: dict[str, float]) -> None:
        changes: Counter[float] = Counter()
        for stay in stays:
            changes[stay.begin] += shares[stay.table]  # type: ignore[assignment]
            changes[stay.end] -= shares[stay.table]  # type: ignore[assignment]
        times = sorted(changes)
        loads = accumulate(changes[time] for time in times)
        spans = sorted((round(load, 9), after - time) for load, time, after in zip(loads, times, times[1:], strict=False))
        self._loads = [load for load, _ in spans]
        self._below = [0.0, *accumulate(seconds for _, seconds in spans)]
        self._above = [*reversed(list(accumulate(load * seconds for load, seconds in reversed(spans)))), 0.0]

    @property
    def most(self) -> float:
        return self._loads[-1] if self._loads else 0.0

    def seconds(self, nodes: int) -> float:
        """Where more is asked of the workers than they have, all that runs then takes so much longer."""
        enough = bisect_right(self._loads, nodes)
        return self._below[enough] + self._above[enough] / nodes


def _asked(works: Sequence[Work], lanes: int, concurrency: int, worker: Machine) -> list[_Asked]:
    shares = {work.table: _share(work, worker) for work in works}
    stays = list(schedule([(work.table, work.seconds) for work in works], lanes, concurrency))
    return [_Asked([stay for stay in stays if stay.lane == lane], shares) for lane in range(lanes)]


def _share(work: Work, worker: Machine) -> float:
    return max((MASTER_GIB + work.mappers * MAPPER_GIB) / worker.yarn_gib, work.vcpus / worker.vcpus)


def _primaries(wish: Wish) -> list[str]:
    return [wish.primary] if wish.primary_fixed else sizes(wish.primary)


def _drivers(type_: str) -> int:
    return max(1, min(MOST_CONCURRENT, int((_known(type_).gib - DAEMONS_GIB) / DRIVER_GIB)))


def _hour(type_: str, prices: Prices) -> float:
    dollars = prices.machine_hour(type_)
    return _known(type_).vcpus * _VCPU_DOLLARS if dollars is None else dollars


def _known(type_: str) -> Machine:
    """A type that is not known here is taken for an m5.xlarge."""
    return machine(type_) or Machine(type=type_, vcpus=4, gib=16)
