"""All the clusters of a region, by id."""

from __future__ import annotations

from airflow_dynamodb_emr.local.emr.cluster import Cluster
from airflow_dynamodb_emr.local.emr.life import Life
from airflow_dynamodb_emr.local.emr.runner import Runner
from airflow_dynamodb_emr.local.faults import Faults
from airflow_dynamodb_emr.local.http.protocol import Refused, Request, invalid
from airflow_dynamodb_emr.local.knobs import Knobs


class Clusters:
    """In the order they were started; also those that have ended."""

    def __init__(self, region: str, runner: Runner, faults: Faults, knobs: Knobs) -> None:
        self.region = region
        self._clusters: dict[str, Cluster] = {}
        self._runner, self._faults, self._knobs = runner, faults, knobs

    def start(self, request: Request) -> Cluster:
        """*request* is that of RunJobFlow, checked."""
        cluster = Cluster(request, self.region)
        self._clusters[cluster.id] = cluster
        Life(cluster, self._runner, self._faults, self._knobs).begin()
        return cluster

    def all(self) -> list[Cluster]:
        return list(self._clusters.values())

    def cluster(self, request: Request, name: str = "ClusterId") -> Cluster:
        if request[name] not in self._clusters:
            raise Refused("InvalidRequestException", f"Cluster id '{request[name]}' is not valid.")
        return self._clusters[request[name]]

    def job_flow(self, id: str) -> Cluster:
        """The operations older than the word cluster refuse an unknown one in their own way."""
        if id not in self._clusters:
            raise invalid("Specified job flow ID does not exist.")
        return self._clusters[id]
