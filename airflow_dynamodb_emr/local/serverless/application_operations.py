"""What EMR Serverless does with applications: make, list, describe, start, stop, delete."""

from __future__ import annotations

from airflow_dynamodb_emr.local.http.protocol import Answer, Operation, Request, invalid
from airflow_dynamodb_emr.local.serverless.application import Application, arn
from airflow_dynamodb_emr.local.serverless.applications import Applications
from airflow_dynamodb_emr.local.serverless.refusals import conflict, page


def _create_application(service: Applications, request: Request) -> Answer:
    known = service.tokens.get(request["clientToken"])
    if request["type"].upper() != "SPARK":
        raise invalid(f"the stand-in for AWS has only applications of type SPARK, not {request['type']}")
    if known is None:
        known = service.tokens[request["clientToken"]] = Application(request, service.region, service.knobs)
        service.by_id[known.id] = known
    elif {**known.request, **request} != known.request:
        raise conflict("The client token was used for another request")
    return {"applicationId": known.id, "arn": arn(known), **({"name": request["name"]} if "name" in request else {})}


def _get_application(service: Applications, request: Request) -> Answer:
    return {"application": service.application(request).description()}


def _list_applications(service: Applications, request: Request) -> Answer:
    found = [application.summary() for application in service.by_id.values()]
    return page("applications", [one for one in found if not request.get("states") or one["state"] in request["states"]], request)


def _start_application(service: Applications, request: Request) -> Answer:
    service.application(request).start()
    return {}


def _stop_application(service: Applications, request: Request) -> Answer:
    application = service.application(request)
    with application.lock:
        if application.active:
            raise invalid(f"Application {application.id} has job runs that have not ended")
        application.stop()
    return {}


def _delete_application(service: Applications, request: Request) -> Answer:
    application = service.application(request)
    if application.state not in ("CREATED", "STOPPED"):
        raise invalid(f"Application {application.id} is {application.state}: only one that is CREATED or STOPPED can be deleted")
    application.terminated = True
    return {}


OPERATIONS: dict[str, Operation] = {
    "CreateApplication": _create_application,
    "DeleteApplication": _delete_application,
    "GetApplication": _get_application,
    "ListApplications": _list_applications,
    "StartApplication": _start_application,
    "StopApplication": _stop_application,
}
