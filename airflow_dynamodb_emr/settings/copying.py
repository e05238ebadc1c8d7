"""What copies the tables."""

from __future__ import annotations

from typing import Annotated, Literal

from airflow_dynamodb_emr.core import chain
from airflow_dynamodb_emr.core.engines import Wished
from airflow_dynamodb_emr.settings.options import above, between, matching, told
from airflow_dynamodb_emr.settings.restoring import Restoring

_ENGINE = (
    "What copies the tables. `connector`: AWS' own library on EMR. `worker`: this software, in Airflow's own tasks. `spark`: this software, "
    "on EMR or EMR Serverless. `native`: DynamoDB's own exports and imports. `auto`: for each table what costs least, "
    "counting time and money. A load takes the worker where the engine cannot load the dump."
)
_FORM = (
    'Lines that the worker and Spark write. `dynamodb-json`: what ImportTable, Glue and native exports have, `{"Item":{...}}`. '
    "`connector`: what the connector has."
)
_INCREMENTS = "With `native`: how many backups in a row may hold only what has changed since the one before. 0: each holds all. See docs/native.md."
_LIBRARIES = "S3 URI of an archive with msgspec and isal for the Python of the nodes, which makes the engine `spark` faster: see docs/spark.md."
_APPLICATION = "Id of your own application of EMR Serverless. Empty: one is made and kept for all runs; it costs nothing while none is under way."
_ROLE = r"arn:aws[\w-]*:iam::\d{12}:role/.+"


class Copying(Restoring, frozen=True, kw_only=True):
    engine: Annotated[str, told(_ENGINE, "auto")] = "connector"
    form: Annotated[Literal["dynamodb-json", "connector"], told(_FORM, "connector")] = "dynamodb-json"
    increments: Annotated[int, told(_INCREMENTS, "6", between(0, chain.LONGEST))] = 0
    worker_minutes: Annotated[float, told("`auto` gives no table to a worker that would take it longer than so many minutes.", "5", above(0))] = 10
    spark_on: Annotated[
        Literal["emr", "serverless"],
        told("Where the engine `spark` runs: `emr`, on the run's clusters, or `serverless`, without one.", "serverless"),
    ] = "emr"
    spark_libraries: Annotated[str, told(_LIBRARIES, "s3://my-jars/spark-libraries-x86_64.zip")] = ""
    serverless_role: Annotated[
        str,
        told(
            "ARN of the role that job runs of EMR Serverless work as.",
            "arn:aws:iam::111122223333:role/EMR_Serverless_JobRuns",
            matching(_ROLE, "the ARN of a role"),
        ),
    ] = ""
    serverless_application: Annotated[str, told(_APPLICATION, "00f1r1fbhkl0r309", matching(r"[0-9a-z]+", "the id of an application"))] = ""
    serverless_architecture: Annotated[
        str,
        told(
            "Processors of the application that is made, X86_64 or ARM64: those that `spark_libraries` is for.",
            "ARM64",
            matching("X86_64|ARM64", "X86_64 or ARM64"),
        ),
    ] = "X86_64"

    @property
    def wished(self) -> Wished:
        return Wished(engine=self.engine, serverless=self.spark_on == "serverless", worker_minutes=self.worker_minutes)
