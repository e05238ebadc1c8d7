"""Terminate the EMR cluster of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.emr import EmrTerminateJobFlowOperator

from airflow_dynamodb_emr.operators.base import AwsTask, given

if TYPE_CHECKING:
    from airflow.sdk import Context


class TerminateClusterOperator(AwsTask, EmrTerminateJobFlowOperator):
    """The Amazon provider's, for a run that may have needed no cluster. It does not wait: `watch` sees the cluster end."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(deferrable=False, **kwargs)

    def execute(self, context: Context) -> None:
        if given(self.job_flow_id):
            super().execute(context)
        else:
            self.log.info("there was no cluster")
