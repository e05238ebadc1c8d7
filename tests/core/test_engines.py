from __future__ import annotations

import pytest

from airflow_dynamodb_emr.core.dumping import dump_plan
from airflow_dynamodb_emr.core.engines import AUTO, CONNECTOR, NATIVE, SPARK, WORKER, Offer, Wished, able, best, load_engine
from airflow_dynamodb_emr.core.pace import Pace
from airflow_dynamodb_emr.core.spiking import Off
from airflow_dynamodb_emr.errors import BadInput

from .makers import table

GIB = 2**30
BY_ITSELF = Wished(engine=AUTO)


def test_what_costs_least_is_taken_time_included() -> None:
    quick, cheap = Offer(SPARK, 60, 0.5, hour_dollars=60), Offer(WORKER, 600, 0, hour_dollars=60)

    engine, why = best([cheap, quick])

    assert engine == SPARK
    assert why == "spark 60 s and $0.50, against worker 10 minutes and $0.00"


def test_what_may_not_be_taken_is_not_however_little_it_costs() -> None:
    offers = [Offer(WORKER, 1, 0, 1, "too long"), Offer(SPARK, 120, 9, 1)]

    assert best(offers) == (SPARK, "spark 2 minutes and $9.00, against worker: too long")


@pytest.mark.parametrize(
    ("dumped", "engine"),
    [
        pytest.param(table(), WORKER, id="empty"),
        pytest.param(table(bytes=10**8, read=0, write=0), WORKER, id="small, on demand"),
        pytest.param(table(bytes=500 * GIB, read=0, write=0), SPARK, id="large"),
        pytest.param(table(bytes=GIB, read=5), SPARK, id="small, and too slow to hold a worker for"),
    ],
)
def test_auto_takes_a_worker_for_what_is_quick_and_spark_for_the_rest(dumped: object, engine: str) -> None:
    dump = dump_plan(dumped, Pace(spike=Off()), BY_ITSELF)  # type: ignore[arg-type]

    assert dump.engine == engine
    assert dump.why.startswith(f"{engine} ")


def test_an_engine_that_is_asked_for_is_taken() -> None:
    assert [dump_plan(table(bytes=500 * GIB), Pace(), Wished(engine=engine)).engine for engine in (CONNECTOR, WORKER, SPARK)] == [
        CONNECTOR,
        WORKER,
        SPARK,
    ]


def test_a_dump_by_a_worker_needs_no_cluster() -> None:
    dump = dump_plan(table(), Pace(), Wished(engine=WORKER))

    assert not dump.on_cluster
    assert dump.cut and dump.cut.segments == dump.segments == 1


def test_an_engine_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match="engine: there is no 'hadoop'"):
        Wished(engine="hadoop")


LOADS = {
    "as asked for": ((CONNECTOR, WORKER), CONNECTOR, {}, (CONNECTOR, "the connector can load it")),
    "the connector cannot": ((WORKER,), CONNECTOR, {CONNECTOR: "it holds empty lists"}, (WORKER, "the connector cannot: it holds empty lists")),
    "our own form": ((WORKER, SPARK), CONNECTOR, {}, (WORKER, "the connector cannot: it does not read such lines")),
    "auto": ((WORKER, NATIVE), AUTO, {}, (NATIVE, "native 10 s and $0.00, against worker 20 s and $0.00")),
}


@pytest.mark.parametrize(("can", "wished", "why_not", "chosen"), LOADS.values(), ids=LOADS)
def test_a_dump_is_loaded_by_what_can_load_it(can: tuple[str, ...], wished: str, why_not: dict[str, str], chosen: tuple[str, str]) -> None:
    offers = [Offer(engine, 20 - 10 * number, 0, 1) for number, engine in enumerate(can)]

    assert load_engine(offers, Wished(engine=wished), why_not) == chosen


def test_what_we_write_is_loaded_by_what_reads_its_form() -> None:
    assert (able("dynamodb-json"), able("connector")) == ([WORKER, SPARK, NATIVE], [WORKER])
