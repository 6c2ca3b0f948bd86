"""The published versions of a pack: read, compared, reckoned by way of example, replayed over recorded cases."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from contract.bodies import body_of, checked
from contract.clock import database_now
from contract.errors import NotFound
from contract.problem import problems
from disputes.api.base import DisputeApi, call_from
from disputes.api.describing import IDEMPOTENCY
from disputes.api.queries import moment_in, number_in
from disputes.selectors.machinery import open_cases_by_version
from disputes.services.repeating import once
from rules.drafts_changes import changes_between
from rules.loader import digest
from rules.selectors import VersionView, version_in_force, versions_of
from studio.api.access import administrator_of, pack_asked
from studio.api.drafts import answered
from studio.api.lab import start
from studio.api.lab_objects import LabRunSerializer, NewSimulationSerializer
from studio.api.version_objects import (
    DifferenceSerializer,
    ExampleSerializer,
    VersionSerializer,
    VersionSummarySerializer,
    rules_of_version,
    summary,
)
from studio.draft_words import differences_in_words
from studio.examples import examples_of
from studio.lab import reading
from studio.selectors import declared


class VersionsApi(DisputeApi):
    """The versions of a pack, the newest first. For administrators of its platform."""

    @extend_schema(
        operation_id="list_versions",
        responses={
            200: inline_serializer("Versions", {"data": VersionSummarySerializer(many=True)}),
            **problems(401, 403, 404),
        },
    )
    def get(self, request: Request, pack: str) -> Response:
        pack_asked(request, pack)
        return Response({"data": VersionSummarySerializer(map(_summary, versions_of(pack)), many=True).data})


class VersionApi(DisputeApi):
    """One version: every number in a sentence, and its document. For administrators of its platform."""

    @extend_schema(operation_id="get_version", responses={200: VersionSerializer, **problems(401, 403, 404)})
    def get(self, request: Request, pack: str, version: int) -> Response:
        found = pack_asked(request, pack, version)
        return Response(VersionSerializer({**_summary(found), **rules_of_version(found.policy)}).data)


class VersionDifferencesApi(DisputeApi):
    """What a version states differently from an earlier one. For administrators of its platform."""

    @extend_schema(
        operation_id="compare_versions",
        parameters=[OpenApiParameter("from", OpenApiTypes.INT, description="The one before it unless one is named.")],
        responses={
            200: inline_serializer("Differences", {"data": DifferenceSerializer(many=True)}),
            **problems(400, 401, 403, 404),
        },
    )
    def get(self, request: Request, pack: str, version: int) -> Response:
        after = pack_asked(request, pack, version)
        before = pack_asked(request, pack, _earlier(request, after))
        changes = [
            change for change in changes_between(before.policy.document, after.policy.document) if not change.is_origin
        ]
        views = differences_in_words(before.policy, after.policy, changes)
        return Response({"data": DifferenceSerializer(views, many=True).data})


class ExampleApi(DisputeApi):
    """When one deadline ends if it starts at a moment, and why. For administrators of its platform."""

    @extend_schema(
        operation_id="reckon_example",
        parameters=[OpenApiParameter("start", OpenApiTypes.DATETIME, description="Now unless one is named.")],
        responses={
            200: inline_serializer("Examples", {"data": ExampleSerializer(many=True)}),
            **problems(400, 401, 403, 404),
        },
    )
    def get(self, request: Request, pack: str, version: int, name: str) -> Response:
        policy = pack_asked(request, pack, version).policy
        rule = next((each for each in declared(policy) if each.name == name), None)
        if rule is None:
            raise NotFound
        found = examples_of(policy, rule, moment_in(request, "start") or database_now())
        return Response({"data": ExampleSerializer(found, many=True).data})


class SimulateApi(DisputeApi):
    """Replay recorded cases of the pack under a version: a run of the lab. For administrators of its platform."""

    @extend_schema(
        operation_id="simulate_version", parameters=[IDEMPOTENCY],
        request={"application/json": NewSimulationSerializer},
        responses={201: LabRunSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )  # fmt: skip
    def post(self, request: Request, pack: str, version: int) -> Response:
        user, found = administrator_of(request, pack), pack_asked(request, pack, version)
        given = {**checked(NewSimulationSerializer, body_of(request)), "rules": f"version:{found.id}", "document": ""}

        def act() -> tuple[int, Any]:
            run = reading.run_for(user, start(user, given))
            return status.HTTP_201_CREATED, LabRunSerializer(reading.view_of(run)).data

        return answered(once(call_from(request, request.data), act))


def _summary(version: VersionView) -> dict[str, Any]:
    return summary(
        version, digest=digest(dict(version.policy.document)),
        in_force=version_in_force(version.pack).number == version.number,
        open_cases=open_cases_by_version().get(version.id, 0),
    )  # fmt: skip


def _earlier(request: Request, after: VersionView) -> int:
    """The number of the version to compare with. Raises Malformed (400)."""
    earlier = (each.number for each in versions_of(after.pack) if each.number < after.number)
    return number_in(request, "from") or max(earlier, default=after.number)
