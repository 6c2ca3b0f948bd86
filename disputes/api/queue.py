"""The arbitrators' queue."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.selectors import staff_kinds
from contract.bodies import ChoiceField, StrictSerializer, body_of, checked
from contract.errors import Forbidden
from contract.idempotency import Replay
from contract.paging import page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, paged, person, replayed, versioned
from disputes.api.case_objects import CaseRowSerializer, CaseSerializer, case_object
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.api.queries import choice_in, moment_in, platform_in
from disputes.labels.words import PLATFORMS
from disputes.selectors.access import case_for
from disputes.selectors.lists import arbitrator_queue
from disputes.services.repeating import once
from disputes.services.staffing import claim_next

TABS = ("unassigned", "mine", "due_today", "evidence", "second_review", "all")


class QueueApi(DisputeApi):
    """What waits for the platform, due first. For staff only."""

    @extend_schema(
        operation_id="list_queue",
        parameters=[
            *PAGE, OpenApiParameter("tab", enum=list(TABS)), OpenApiParameter("platform"),
            OpenApiParameter("due_before", OpenApiTypes.DATETIME),
        ],
        responses={200: list_of(CaseRowSerializer), **problems(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        user, query = person(request), request.query_params
        if not staff_kinds(user):
            raise Forbidden
        tab = choice_in(request, "tab", TABS, "unassigned")
        page = arbitrator_queue(
            user, tab=tab, platform=platform_in(request),
            due_before=moment_in(request, "due_before"), page=page_request(query, of=f"queue:{tab}"),
        )  # fmt: skip
        return paged(page, CaseRowSerializer)


class TakingSerializer(StrictSerializer):
    """From where to take a case; from every platform one works for without it."""

    platform = ChoiceField(choices=list(PLATFORMS), required=False, allow_null=True, default=None)


class ClaimApi(DisputeApi):
    """Take the free case that is due first. 204 when nothing waits."""

    @extend_schema(
        operation_id="claim_case",
        parameters=[IDEMPOTENCY],
        request={"application/json": TakingSerializer},
        responses={200: CaseSerializer, 204: None, **problems(400, 401, 403, 422, 503)},
    )
    def post(self, request: Request) -> Response:
        user = person(request)
        if "arbitrator" not in staff_kinds(user):
            raise Forbidden
        wanted = checked(TakingSerializer, body_of(request))

        def claim() -> tuple[int, Any]:
            number = claim_next(user, platform=wanted["platform"])
            return (
                (status.HTTP_200_OK, case_object(case_for(user, number)))
                if number
                else (status.HTTP_204_NO_CONTENT, None)
            )

        done = once(call_from(request, request.data), claim)
        if isinstance(done, Replay):
            return replayed(done)
        return versioned(done[1]) if done[1] else Response(status=done[0])
