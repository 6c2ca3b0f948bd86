"""Stopping automatic outcomes of a pack, and resuming them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contract.problem import problems
from disputes.api.base import DisputeApi, body_of, person
from disputes.services.stopping import resume_automatic, stop_automatic

MOST_BATCHES = 20
"""Batches done while the caller waits; the workers do the rest."""


class StoppedSerializer(serializers.Serializer):
    """What became of the cases of the pack."""

    pack = serializers.CharField()
    changed = serializers.IntegerField(help_text="Cases stopped, or resumed, by this call.")
    held_otherwise = serializers.IntegerField(help_text="Cases held for another reason; they stay as they are.")
    broken = serializers.IntegerField(help_text="Cases that could not be decided.")
    finished = serializers.BooleanField(help_text="False while the workers go on with the rest.")


class StopApi(DisputeApi):
    """Keep automatic outcomes of a pack from happening. For administrators of its platform."""

    @extend_schema(
        operation_id="stop_automatic_outcomes",
        request=inline_serializer("Stop", {"reason": serializers.CharField()}),
        responses={200: StoppedSerializer, **problems(400, 401, 403, 404, 422, 503)},
    )
    def post(self, request: Request, pack: str) -> Response:
        reason = str(body_of(request).get("reason") or "")
        report = stop_automatic(pack, actor=person(request), reason=reason, batches=MOST_BATCHES)
        return Response(StoppedSerializer(report).data)


class ResumeApi(DisputeApi):
    """Let them happen again. For another administrator or lead than who stopped them."""

    @extend_schema(
        operation_id="resume_automatic_outcomes",
        request=None,
        responses={200: StoppedSerializer, **problems(401, 403, 404, 409, 503)},
    )
    def post(self, request: Request, pack: str) -> Response:
        return Response(StoppedSerializer(resume_automatic(pack, actor=person(request), batches=MOST_BATCHES)).data)
