"""What the interface says and takes of the rule lab."""

from __future__ import annotations

from rest_framework import serializers

from contract.bodies import ChoiceField, StrictSerializer, TextField
from disputes.api.fields import MomentField


class NewSimulationSerializer(StrictSerializer):
    """Over which recorded cases of the pack."""

    opened_from = MomentField(required=False, allow_null=True, default=None)
    opened_until = MomentField(required=False, allow_null=True, default=None, help_text="Left out itself.")
    status = ChoiceField(choices=["", "open", "closed"], required=False, default="")


class NewLabRunSerializer(NewSimulationSerializer):
    """A run to start. Without `rules` every case is replayed under the rules it ran under."""

    rules = TextField(
        required=False, allow_blank=True, default="",
        help_text="`version:<id>`, `draft:<id>`, or `document` with one in `document`; empty for a verification.",
    )  # fmt: skip
    document = TextField(required=False, allow_blank=True, default="", trim_whitespace=False)
    platform = TextField(
        required=False, allow_blank=True, default="", help_text="For a verification; other rules name their own."
    )


class LabBucketSerializer(serializers.Serializer):
    """One result and how many cases came to it."""

    code = serializers.CharField()
    name = serializers.CharField(source="label")
    count = serializers.IntegerField()


class LabDaySerializer(serializers.Serializer):
    """Deadlines of one day."""

    day = serializers.DateField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class LabMoneySerializer(serializers.Serializer):
    """What would have been refunded more, in one currency."""

    currency = serializers.CharField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)


class LabRunSerializer(serializers.Serializer):
    """A run and what it came to until now."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    rules = serializers.CharField()
    scope = serializers.CharField()
    state = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="Time worked.")
    failure = serializers.CharField()
    by = serializers.CharField()
    as_of = MomentField(help_text="Journals are read as they were then.")
    created_at = MomentField()
    finished_at = MomentField(allow_null=True)
    buckets = LabBucketSerializer(many=True)
    refunded_more = LabMoneySerializer(source="money", many=True)
    unknown = serializers.IntegerField(help_text="Cases of which nobody can know what would be refunded.")
    days = LabDaySerializer(many=True)
    digest = serializers.CharField(help_text="SHA-256 over all findings; equal runs have equal ones.")


class LabDifferenceSerializer(serializers.Serializer):
    """The first point of difference of one case."""

    number = serializers.CharField()
    bucket = serializers.CharField()
    sequence = serializers.IntegerField()
    cause = serializers.CharField()
    subject = serializers.CharField()
    sentence = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
