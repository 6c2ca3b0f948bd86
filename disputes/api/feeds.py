"""Feeds of a platform: which count, how long they are silent, and switching them on and off."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.selectors import is_administrator
from contract.bodies import Nothing, body_of, checked
from contract.errors import Forbidden, NotFound
from contract.problem import problems
from disputes.api.base import DisputeApi, person
from disputes.api.fields import CodeField, MomentField
from disputes.selectors.feeds import feeds_of, platforms_with_feeds
from disputes.services.stalling import switch

MOST_BATCHES = 20
"""Batches done while the caller waits; the workers do the rest."""


class FeedSerializer(serializers.Serializer):
    """One feed of the platform."""

    platform = CodeField()
    kind = CodeField()
    on = serializers.BooleanField(source="is_on", help_text="Only a feed that is on can become stale.")
    switched_at = MomentField(allow_null=True)
    fresh_at = MomentField(allow_null=True, help_text="When an import last brought it.")
    silent_seconds = serializers.IntegerField(help_text="Of the time somebody watched.")
    stale_since = MomentField(allow_null=True)
    waiting = serializers.IntegerField(help_text="Cases in which something waits for it.")


class SwitchedSerializer(serializers.Serializer):
    """The feed as it is now, and what became of the cases."""

    platform = serializers.CharField()
    kind = serializers.CharField()
    on = serializers.BooleanField(source="is_on")
    changed = serializers.IntegerField(help_text="Cases that go on because of this call.")
    broken = serializers.IntegerField(help_text="Cases that could not be decided.")
    finished = serializers.BooleanField(help_text="False while the workers go on with the rest.")


class FeedsApi(DisputeApi):
    """What the platform sends again and again. For its administrators."""

    @extend_schema(
        operation_id="list_feeds",
        responses={
            200: inline_serializer("Feeds", {"data": FeedSerializer(many=True)}), **problems(400, 401, 403, 404)
        },
    )  # fmt: skip
    def get(self, request: Request, platform: str) -> Response:
        if platform not in platforms_with_feeds():
            raise NotFound
        if not is_administrator(person(request), platform):
            raise Forbidden
        return Response({"data": FeedSerializer(feeds_of([platform]), many=True).data})


class FeedOnApi(DisputeApi):
    """Let a feed count: its silence of six hours pauses what relies on it. For administrators of the platform."""

    @extend_schema(
        operation_id="switch_feed_on",
        request=None,
        responses={200: SwitchedSerializer, **problems(400, 401, 403, 404, 422, 503)},
    )
    def post(self, request: Request, platform: str, kind: str) -> Response:
        return _switched(request, platform, kind, on=True)


class FeedOffApi(DisputeApi):
    """Let a feed count no longer: what waited for it runs on. For administrators of the platform."""

    @extend_schema(
        operation_id="switch_feed_off",
        request=None,
        responses={200: SwitchedSerializer, **problems(400, 401, 403, 404, 422, 503)},
    )
    def post(self, request: Request, platform: str, kind: str) -> Response:
        return _switched(request, platform, kind, on=False)


def _switched(request: Request, platform: str, kind: str, *, on: bool) -> Response:
    checked(Nothing, body_of(request))
    report = switch(platform, kind, on=on, actor=person(request), batches=MOST_BATCHES)
    return Response(SwitchedSerializer(report).data)
