"""Freezes: list them, try one, plan one, end one before its time."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from contract.bodies import Nothing, body_of, checked
from contract.errors import NotFound
from contract.paging import page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, paged
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.selectors.freeze_plans import FREEZES, FreezeView, freeze_view, freezes_for
from disputes.services.freezing import Plan, end, plan, preview
from disputes.services.repeating import once
from studio.api.drafts import answered
from studio.api.freeze_objects import FreezeSerializer, NewFreezeSerializer, PreviewSerializer
from studio.api.lab import administrator_asking
from studio.selectors import platform_codes_of

MOST_BATCHES = 20
"""Batches done while the caller waits; the workers do the rest."""


class FreezesApi(DisputeApi):
    """Freezes of the platforms the caller administers, the one that begins last first; and a new one."""

    @extend_schema(
        operation_id="list_freezes", parameters=[*PAGE],
        responses={200: list_of(FreezeSerializer), **problems(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        mine = platform_codes_of(administrator_asking(request))
        return paged(freezes_for(mine, page_request(request.query_params, of=FREEZES)), FreezeSerializer)

    @extend_schema(
        operation_id="plan_freeze", parameters=[IDEMPOTENCY], request={"application/json": NewFreezeSerializer},
        responses={201: FreezeSerializer, **problems(400, 401, 403, 404, 409, 422, 503)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        user = administrator_asking(request)
        given = _plan(checked(NewFreezeSerializer, body_of(request)))

        def act() -> tuple[int, Any]:
            made, _followed = plan(given, actor=user, batches=0)
            return status.HTTP_201_CREATED, FreezeSerializer(_of(request, made.pk)).data

        return answered(once(call_from(request, request.data), act))


class FreezePreviewApi(DisputeApi):
    """What a freeze would do as things stand; nothing is written. For administrators of the platform."""

    @extend_schema(
        operation_id="preview_freeze", request={"application/json": NewFreezeSerializer},
        responses={200: PreviewSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        user = administrator_asking(request)
        given = _plan(checked(NewFreezeSerializer, body_of(request)))
        return Response(PreviewSerializer(preview(given, actor=user)).data)


class FreezeApi(DisputeApi):
    """One freeze. For administrators of its platform."""

    @extend_schema(operation_id="get_freeze", responses={200: FreezeSerializer, **problems(401, 403, 404)})
    def get(self, request: Request, freeze: int) -> Response:
        administrator_asking(request)
        return Response(FreezeSerializer(_of(request, freeze)).data)


class EndFreezeApi(DisputeApi):
    """End a freeze now, or call it off before it begins. For administrators of its platform."""

    @extend_schema(
        operation_id="end_freeze", request=None,
        responses={200: FreezeSerializer, **problems(400, 401, 403, 404, 409, 422, 503)},
    )  # fmt: skip
    def post(self, request: Request, freeze: int) -> Response:
        user = administrator_asking(request)
        checked(Nothing, body_of(request))
        _of(request, freeze)
        end(freeze, actor=user, batches=MOST_BATCHES)
        return Response(FreezeSerializer(_of(request, freeze)).data)


def _of(request: Request, freeze: int) -> FreezeView:
    """Raises NotFound for a freeze of a platform the caller does not administer."""
    found = freeze_view(freeze, platform_codes_of(administrator_asking(request)))
    if found is None:
        raise NotFound
    return found


def _plan(given: dict[str, Any]) -> Plan:
    clocks = given["clocks"]
    return Plan(
        platform=given["platform"], pack=given["pack"], begins_at=given["begins_at"], ends_at=given["ends_at"],
        automatic="automatic" in clocks, parties="parties" in clocks, staff="staff" in clocks,
        reason_zh=given["reason_zh"], reason_en=given["reason_en"],
    )  # fmt: skip
