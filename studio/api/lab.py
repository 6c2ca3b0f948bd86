"""The rule lab: start a replay, follow it, stop it, read its differences."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.selectors import is_administrator
from contract.bodies import Nothing, body_of, checked
from contract.errors import Forbidden
from contract.paging import page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, paged, person
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.selectors.histories import Chosen
from disputes.services.repeating import once
from studio.access import administers_everything
from studio.api.drafts import answered
from studio.api.lab_objects import LabDifferenceSerializer, LabRunSerializer, NewLabRunSerializer
from studio.lab import reading, running
from studio.lab.asking import asked_for
from studio.selectors import platform_codes_of


class RunsApi(DisputeApi):
    """Runs of the lab, the newest first; and a new one. For administrators."""

    @extend_schema(
        operation_id="list_lab_runs", parameters=[*PAGE],
        responses={200: list_of(LabRunSerializer), **problems(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        user = administrator_asking(request)
        return paged(reading.runs_for(user, page_request(request.query_params, of=reading.RUNS)), LabRunSerializer)

    @extend_schema(
        operation_id="start_lab_run", parameters=[IDEMPOTENCY], request={"application/json": NewLabRunSerializer},
        responses={201: LabRunSerializer, **problems(400, 401, 403, 409, 422)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        user = administrator_asking(request)
        given = checked(NewLabRunSerializer, body_of(request))

        def act() -> tuple[int, Any]:
            run = reading.run_for(user, start(user, given))
            return status.HTTP_201_CREATED, LabRunSerializer(reading.view_of(run)).data

        return answered(once(call_from(request, request.data), act))


class RunApi(DisputeApi):
    """One run. For administrators of its platforms."""

    @extend_schema(operation_id="get_lab_run", responses={200: LabRunSerializer, **problems(401, 403, 404)})
    def get(self, request: Request, lab_id: int) -> Response:
        return Response(LabRunSerializer(reading.view_of(reading.run_for(administrator_asking(request), lab_id))).data)


class CancelRunApi(DisputeApi):
    """Stop a run; what it found until now is kept. For administrators of its platforms."""

    @extend_schema(
        operation_id="cancel_lab_run", request=None,
        responses={200: LabRunSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )  # fmt: skip
    def post(self, request: Request, lab_id: int) -> Response:
        checked(Nothing, body_of(request))
        found = reading.run_for(administrator_asking(request), lab_id)
        running.cancel(found.pk, by=person(request))
        found.refresh_from_db()
        return Response(LabRunSerializer(reading.view_of(found)).data)


class RunDifferencesApi(DisputeApi):
    """The kept differences of a run. For administrators of its platforms."""

    @extend_schema(
        operation_id="list_lab_differences",
        parameters=[*PAGE, OpenApiParameter("bucket", str, description="Only those of one result.")],
        responses={200: list_of(LabDifferenceSerializer), **problems(400, 401, 403, 404)},
    )
    def get(self, request: Request, lab_id: int) -> Response:
        found = reading.run_for(administrator_asking(request), lab_id)
        page = page_request(request.query_params, of=reading.DIFFERENCES)
        bucket = request.query_params.get("bucket", "")
        return paged(reading.differences_of(found, page, bucket), LabDifferenceSerializer)


def administrator_asking(request: Request) -> User:
    """Who asks, when they administer anything. Raises Forbidden."""
    user = person(request)
    if not is_administrator(user):
        raise Forbidden
    return user


def start(user: User, given: dict[str, Any]) -> int:
    """Start the run that is described; its id. Raises Forbidden, Invalid."""
    chosen = Chosen(opened_from=given["opened_from"], opened_until=given["opened_until"], status=given["status"])
    if given["rules"]:
        asked = asked_for(user, given["rules"], given["document"])
        return running.start_counterfactual(asked, chosen, by_id=user.pk)
    if given["platform"] and not is_administrator(user, given["platform"]):
        raise Forbidden
    mine = () if administers_everything(user) else platform_codes_of(user)
    return running.start_verification(
        Chosen(
            platforms=(given["platform"],) if given["platform"] else mine, opened_from=chosen.opened_from,
            opened_until=chosen.opened_until, status=chosen.status,
        ),
        by_id=user.pk,
    )  # fmt: skip
