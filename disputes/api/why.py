"""«Why this time?» of one deadline."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contract.problem import problems
from disputes.api.base import DisputeApi, case_of
from disputes.api.fields import MomentField
from disputes.selectors.history import time_reason
from disputes.selectors.history_views import TimeReason


class DayOffSerializer(serializers.Serializer):
    """A day that does not count."""

    day = serializers.DateField(source="0")
    name = serializers.CharField(source="1", help_text="A weekend, or the holiday.")


class ClocksChangedSerializer(serializers.Serializer):
    """A change of the clocks on the way, such as that of summer time."""

    at = MomentField()
    before = serializers.CharField(help_text="The offset from UTC until then.")
    after = serializers.CharField()


class TimeMovedSerializer(serializers.Serializer):
    """A pause, an extension, a freeze or a change of rules since it began."""

    at = MomentField()
    kind = serializers.CharField(help_text="As in the journal.")
    who = serializers.CharField(help_text="The side that did it; to staff the person.")
    what = serializers.CharField()
    reason = serializers.CharField(help_text="As far as the caller may know it; may be empty.")
    due_before = MomentField()
    due_at = MomentField()


class WhySerializer(serializers.Serializer):
    """Why a deadline is due when it is, in parts and as sentences in the language of the request."""

    name = serializers.CharField()
    rule = serializers.CharField(source="id", help_text="The row of the platform's rules; may be empty.")
    label = serializers.CharField()  # type: ignore[assignment]
    pack = serializers.CharField()
    version = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    provisional = serializers.BooleanField()
    state = serializers.CharField(help_text="pending, paused or passed.")
    due_at = MomentField()
    time_zone = serializers.CharField(source="zone")
    length = serializers.CharField()
    anchor = serializers.CharField(help_text="What it counts from.")
    counted_from = MomentField()
    calendar = serializers.SerializerMethodField(help_text="Of working days, with its edition; null where none counts.")
    skipped = DayOffSerializer(many=True)
    made_up = serializers.ListField(child=serializers.DateField(), help_text="Weekend days that are worked and count.")
    provisional_years = serializers.ListField(child=serializers.IntegerField())
    clock_changes = ClocksChangedSerializer(many=True)
    moved = TimeMovedSerializer(many=True)
    stated = serializers.BooleanField(help_text="Whether the marketplace stated this time itself.")
    then = serializers.CharField(help_text="What happens by itself at that moment.")
    lines = serializers.ListField(child=serializers.CharField(), help_text="All of it as sentences, in order.")

    def get_calendar(self, reason: TimeReason) -> str | None:
        return f"{reason.calendar[0]}/{reason.calendar[1]}" if reason.calendar else None


class WhyApi(DisputeApi):
    """Why a running deadline of the case is due when it is. For whoever may see the case."""

    @extend_schema(operation_id="explain_deadline", responses={200: WhySerializer, **problems(400, 401, 404)})
    def get(self, request: Request, number: str, name: str) -> Response:
        return Response(WhySerializer(time_reason(case_of(request, number), name)).data)
