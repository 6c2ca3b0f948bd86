"""The audit trail of the studio."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contract.paging import page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, paged
from disputes.api.describing import PAGE, list_of
from disputes.api.queries import choice_in, moment_in, platform_in
from studio.api.audit_objects import EntrySerializer
from studio.api.lab import administrator_asking
from studio.audit.trail import TRAIL, Wanted, entries_for
from studio.audit.words import SOURCE_LABELS


class AuditApi(DisputeApi):
    """What administrators did, the newest first. For administrators: each reads their own platforms' part."""

    @extend_schema(
        operation_id="list_audit_trail",
        parameters=[
            *PAGE, OpenApiParameter("source", enum=sorted(SOURCE_LABELS)), OpenApiParameter("platform"),
            OpenApiParameter("who", description="A user name, or a part of a name."),
            OpenApiParameter("since", OpenApiTypes.DATETIME),
            OpenApiParameter("until", OpenApiTypes.DATETIME, description="Left out itself."),
        ],
        responses={200: list_of(EntrySerializer), **problems(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        user, query = administrator_asking(request), request.query_params
        wanted = Wanted(
            source=choice_in(request, "source", tuple(sorted(SOURCE_LABELS))), platform=platform_in(request),
            who=query.get("who", "")[:150], since=moment_in(request, "since"), until=moment_in(request, "until"),
        )  # fmt: skip
        return paged(entries_for(user, wanted, page_request(query, of=TRAIL)), EntrySerializer)
