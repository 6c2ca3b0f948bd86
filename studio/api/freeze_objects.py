"""Freezes as the interface tells and takes them."""

from __future__ import annotations

from rest_framework import serializers

from contract.bodies import ChoiceField, StrictSerializer, TextField
from disputes.api.fields import CodeField, MomentField, NamedSerializer
from disputes.selectors.freeze_plans import CLOCKS
from disputes.services.freezing import LONGEST_REASON


class FreezeSerializer(serializers.Serializer):
    """One freeze."""

    id = serializers.IntegerField()
    platform = CodeField()
    pack = CodeField(allow_null=True, help_text="Null for every pack of the platform.")
    begins_at = MomentField()
    ends_at = MomentField(help_text="As planned.")
    over_at = MomentField(help_text="When it ends, or ended.")
    clocks = NamedSerializer(many=True, help_text="What stands still: automatic, parties, staff.")
    reason_zh = serializers.CharField()
    reason_en = serializers.CharField()
    planned_by = serializers.CharField()
    planned_at = MomentField()
    ended_by = serializers.CharField(help_text="Who ended it early or called it off; empty while nobody did.")
    ended_at = MomentField(allow_null=True)
    state = CodeField(help_text="planned, running, over, ended or called_off.")
    told = serializers.BooleanField(help_text="Whether every case knows how it stands; the workers see to it.")


class NewFreezeSerializer(StrictSerializer):
    """A freeze as somebody plans it."""

    platform = TextField()
    pack = TextField(required=False, default="", allow_blank=True)
    begins_at = MomentField(required=False, default=None, help_text="Left out: from now on.")
    ends_at = MomentField()
    clocks = serializers.ListField(
        child=ChoiceField(choices=list(CLOCKS)), required=False, default=list(CLOCKS), allow_empty=False
    )  # fmt: skip
    reason_zh = TextField(max_length=LONGEST_REASON)
    reason_en = TextField(max_length=LONGEST_REASON)


class MovingSerializer(serializers.Serializer):
    """One deadline that would stand still."""

    number = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = CodeField()
    party = CodeField()
    due_at = MomentField(source="before")
    moves_to = MomentField(source="after", help_text="If nothing else happens.")


class PreviewSerializer(serializers.Serializer):
    """What a freeze would do as things stand."""

    cases = serializers.IntegerField()
    deadlines = serializers.IntegerField()
    moving = MovingSerializer(many=True, help_text="Of the cases whose deadlines are due first.")
    more = serializers.BooleanField(help_text="Whether there are further cases; all are counted.")
