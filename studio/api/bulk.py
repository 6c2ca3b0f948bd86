"""Runs over many cases: look what one would do, start it, follow it, stop it, read what came of each case."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from contract.bodies import Nothing, body_of, checked
from contract.paging import page_request
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from, paged
from disputes.api.describing import IDEMPOTENCY, PAGE, list_of
from disputes.selectors.ways import BY_API
from disputes.services.bulk_previewing import preview_run
from disputes.services.bulk_reading import RESULTS, RUNS, result_named, results_of, run_for, runs_for
from disputes.services.bulk_starting import cancel_run, start_run
from disputes.services.repeating import once
from studio.api.bulk_objects import (
    BulkPreviewSerializer,
    BulkResultSerializer,
    BulkRunSerializer,
    NewBulkRunSerializer,
    NewPreviewSerializer,
)
from studio.api.drafts import answered
from studio.api.lab import administrator_asking
from studio.bulk_asking import query_asked


class BulkPreviewApi(DisputeApi):
    """What a run would do; nothing is written. For administrators."""

    @extend_schema(
        operation_id="preview_bulk_run", request={"application/json": NewPreviewSerializer},
        responses={200: BulkPreviewSerializer, **problems(400, 401, 403, 422)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        user, given = administrator_asking(request), checked(NewPreviewSerializer, body_of(request))
        preview = preview_run(
            given["kind"], query_asked(user, given.get("query", {})), given.get("parameters", {}), actor=user,
            after=given.get("after", 0),
        )  # fmt: skip
        return Response(BulkPreviewSerializer(preview).data)


class BulkRunsApi(DisputeApi):
    """Runs over many cases, the newest first; and a new one. For administrators."""

    @extend_schema(
        operation_id="list_bulk_runs", parameters=[*PAGE],
        responses={200: list_of(BulkRunSerializer), **problems(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        user = administrator_asking(request)
        return paged(runs_for(user, page_request(request.query_params, of=RUNS)), BulkRunSerializer)

    @extend_schema(
        operation_id="start_bulk_run", parameters=[IDEMPOTENCY], request={"application/json": NewBulkRunSerializer},
        responses={201: BulkRunSerializer, **problems(400, 401, 403, 409, 412, 422, 503)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        user, given = administrator_asking(request), checked(NewBulkRunSerializer, body_of(request))
        query = query_asked(user, given.get("query", {}))

        def act() -> tuple[int, Any]:
            run_id = start_run(
                given["kind"], query, given.get("parameters", {}), reason=given["reason"],
                expected=given["expected_count"], actor=user, via=BY_API,
            )  # fmt: skip
            return status.HTTP_201_CREATED, BulkRunSerializer(run_for(user, run_id)).data

        return answered(once(call_from(request, request.data), act))


class BulkRunApi(DisputeApi):
    """One run. For administrators of its platforms."""

    @extend_schema(operation_id="get_bulk_run", responses={200: BulkRunSerializer, **problems(401, 403, 404)})
    def get(self, request: Request, bulk_id: int) -> Response:
        return Response(BulkRunSerializer(run_for(administrator_asking(request), bulk_id)).data)


class CancelBulkRunApi(DisputeApi):
    """Stop a run; what is done stays done. For administrators of its platforms."""

    @extend_schema(
        operation_id="cancel_bulk_run", request=None,
        responses={200: BulkRunSerializer, **problems(400, 401, 403, 404, 409, 422, 503)},
    )  # fmt: skip
    def post(self, request: Request, bulk_id: int) -> Response:
        checked(Nothing, body_of(request))
        user = administrator_asking(request)
        cancel_run(run_for(user, bulk_id).id, actor=user)
        return Response(BulkRunSerializer(run_for(user, bulk_id)).data)


class BulkResultsApi(DisputeApi):
    """What came of each case of a run, the most urgent first. For administrators of its platforms."""

    @extend_schema(
        operation_id="list_bulk_results",
        parameters=[
            *PAGE,
            OpenApiParameter(
                "result", str, enum=["done", "already", "refused", "changed", "failed", "waiting"],
                description="Only those of one result.",
            ),
        ],
        responses={200: list_of(BulkResultSerializer), **problems(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, bulk_id: int) -> Response:
        found = run_for(administrator_asking(request), bulk_id)
        page = page_request(request.query_params, of=RESULTS)
        return paged(results_of(found.id, page, result_named(request.query_params.get("result"))), BulkResultSerializer)
