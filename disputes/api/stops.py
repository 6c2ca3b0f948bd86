"""Stopping automatic outcomes of a pack, and resuming them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.selectors import is_administrator
from contract.bodies import Nothing, StrictSerializer, TextField, body_of, checked
from contract.errors import Forbidden
from contract.problem import problems
from disputes.api.base import DisputeApi, person
from disputes.selectors.platforms import policy_view
from disputes.services.stopping import LONGEST_REASON, resume_automatic, stop_automatic

MOST_BATCHES = 20
"""Batches done while the caller waits; the workers do the rest."""


class StopSerializer(StrictSerializer):
    """Why automatic outcomes are stopped."""

    reason = TextField(max_length=LONGEST_REASON)


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
        request={"application/json": StopSerializer},
        responses={200: StoppedSerializer, **problems(400, 401, 403, 404, 422, 503)},
    )
    def post(self, request: Request, pack: str) -> Response:
        if not is_administrator(person(request), policy_view(pack).platform.code):
            raise Forbidden
        given = checked(StopSerializer, body_of(request))
        report = stop_automatic(pack, actor=person(request), reason=given["reason"], batches=MOST_BATCHES)
        return Response(StoppedSerializer(report).data)


class ResumeApi(DisputeApi):
    """Let them happen again. For another administrator or lead than who stopped them."""

    @extend_schema(
        operation_id="resume_automatic_outcomes",
        request=None,
        responses={200: StoppedSerializer, **problems(400, 401, 403, 404, 409, 422, 503)},
    )
    def post(self, request: Request, pack: str) -> Response:
        checked(Nothing, body_of(request))
        return Response(StoppedSerializer(resume_automatic(pack, actor=person(request), batches=MOST_BATCHES)).data)
