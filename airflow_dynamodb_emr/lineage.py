"""Lineage for Airflow's OpenLineage provider, where that is installed: nobody else asks an operator for it."""

from __future__ import annotations

from typing import Any

from airflow_dynamodb_emr.core.lineage import Data, Flow


def reported(flow: Flow) -> Any:
    """An OperatorLineage."""
    from airflow.providers.openlineage.extractors import OperatorLineage  # here, because it is an option

    return OperatorLineage(inputs=[_input(data) for data in flow.inputs], outputs=[_output(data) for data in flow.outputs])


def _input(data: Data) -> Any:
    from airflow.providers.common.compat.openlineage.facet import InputDataset

    return InputDataset(namespace=data.namespace, name=data.name, facets=_facets(data))


def _output(data: Data) -> Any:
    from airflow.providers.common.compat.openlineage.facet import OutputDataset, OutputStatisticsOutputDatasetFacet

    counted: dict[str, Any] = (
        {"outputStatistics": OutputStatisticsOutputDatasetFacet(rowCount=data.items, size=data.bytes)} if data.items is not None else {}
    )
    return OutputDataset(namespace=data.namespace, name=data.name, facets=_facets(data), outputFacets=counted)


def _facets(data: Data) -> dict[str, Any]:
    from airflow.providers.common.compat.openlineage.facet import SchemaDatasetFacet, SchemaDatasetFacetFields

    fields = [SchemaDatasetFacetFields(name=name, type=kind) for name, kind in data.fields.items()]
    return {"schema": SchemaDatasetFacet(fields=fields)} if fields else {}
