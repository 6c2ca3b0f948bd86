"""What the interface says and takes of runs over many cases."""

from __future__ import annotations

from rest_framework import serializers

from contract.bodies import ChoiceField, MapField, StrictSerializer, TextField, WholeNumberField
from disputes.api.fields import CodeField, MomentField, MoneyField
from disputes.services.bulk_starting import LONGEST_REASON
from studio.bulk_asking import MOST_NUMBERS


class CaseQuerySerializer(StrictSerializer):
    """Which cases. Without a stage, case numbers or a run those that are open."""

    platform = TextField(required=False)
    pack = TextField(required=False)
    version = WholeNumberField(required=False, min_value=1, help_text="Of the pack.")
    stage = TextField(required=False)
    deadline = TextField(
        required=False, help_text="The name of a deadline that runs in them; of a held case, one that stands still."
    )
    due_after = MomentField(required=False, help_text="A deadline is due then or later.")
    due_before = MomentField(required=False, help_text="Before this moment.")
    reason = TextField(required=False)
    shop = WholeNumberField(required=False, min_value=1)
    held = ChoiceField(choices=["held", "running"], required=False, help_text="Whether their clocks stand still.")
    cases = serializers.ListField(
        child=TextField(), required=False, max_length=MOST_NUMBERS, help_text="Only these, by their numbers."
    )
    held_by_run = WholeNumberField(
        required=False, min_value=1, help_text="Those that this run held, and nobody held or let run since."
    )


class NewPreviewSerializer(StrictSerializer):
    """What would be done to which cases."""

    kind = TextField(help_text="hold, resume, extend or migrate.")
    query = CaseQuerySerializer(required=False)
    parameters = MapField(
        child=serializers.JSONField(allow_null=True), required=False,
        help_text=(
            "Of hold: `held_for` (held_by_platform, payment_dispute, technical, legal_hold) and perhaps `until`; of"
            " resume: `mode` (moved, lapse, fresh); of extend: `deadline`, and `hours` or `days`; of migrate: `pack`"
            " and `version`, or `country` and `edition`, perhaps `keep`; `case`, `case_version` and `shorten` (names of"
            " deadlines) confirm what one case loses."
        ),
    )  # fmt: skip
    after = WholeNumberField(required=False, min_value=0, help_text="The `next` of the part of the sample before.")


class NewBulkRunSerializer(StrictSerializer):
    """What is done to which cases, and why."""

    kind = TextField(help_text="hold, resume, extend or migrate.")
    query = CaseQuerySerializer(required=False)
    parameters = MapField(
        child=serializers.JSONField(allow_null=True), required=False, help_text="As of a preview."
    )
    reason = TextField(max_length=LONGEST_REASON, help_text="Why; for the platform's eyes.")
    expected_count = WholeNumberField(min_value=0, help_text="How many cases the caller saw.")


class BulkGroupSerializer(serializers.Serializer):
    """Some of the cases."""

    code = serializers.CharField()
    name = serializers.CharField(source="label")
    count = serializers.IntegerField()


class BulkDeadlineSerializer(serializers.Serializer):
    """A deadline of some of the cases."""

    code = serializers.CharField(source="name")
    name = serializers.CharField(source="label")
    count = serializers.IntegerField()
    first_due_at = MomentField()
    last_due_at = MomentField()


class BulkCountSerializer(serializers.Serializer):
    """How many cases have one result, for one reason."""

    result = serializers.CharField(help_text="done, already, refused, changed, failed; empty while it waits.")
    name = serializers.CharField(source="label")
    code = serializers.CharField(help_text="Why.")
    sentence = serializers.CharField()
    count = serializers.IntegerField()


class BulkMovedSerializer(serializers.Serializer):
    """A due time before and after."""

    code = serializers.CharField(source="name")
    name = serializers.CharField(source="label")
    before_at = MomentField(allow_null=True)
    before_runs = serializers.BooleanField(help_text="False while it stands still.")
    after_at = MomentField(allow_null=True)
    after_runs = serializers.BooleanField()
    worse = serializers.BooleanField(help_text="Whether it takes back a promise: it has to be confirmed.")


class BulkTriedSerializer(serializers.Serializer):
    """One case, and what would come of it."""

    number = serializers.CharField()
    platform = CodeField()
    stage = CodeField()
    result = CodeField()
    code = serializers.CharField()
    sentence = serializers.CharField()
    moved = BulkMovedSerializer(many=True)
    version = serializers.IntegerField(help_text="Of the case; what it loses is confirmed for this one.")


class BulkPreviewSerializer(serializers.Serializer):
    """What a run would do."""

    kind = CodeField()
    what = serializers.CharField()
    count = serializers.IntegerField(source="cases.count")
    too_many = serializers.BooleanField()
    platforms = BulkGroupSerializer(source="cases.platforms", many=True)
    stages = BulkGroupSerializer(source="cases.stages", many=True)
    deadlines = BulkDeadlineSerializer(source="cases.deadlines", many=True)
    money = serializers.ListField(child=MoneyField(), source="cases.money")
    tried = serializers.IntegerField(help_text="How many cases were tried out, the most urgent ones.")
    results = BulkCountSerializer(many=True, help_text="What would come of those.")
    sample = BulkTriedSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


class BulkRunSerializer(serializers.Serializer):
    """A run."""

    id = serializers.IntegerField()
    kind = CodeField()
    what = serializers.CharField()
    query = serializers.DictField(source="query.as_json", help_text="As it was asked; what is empty is left out.")
    reason = serializers.CharField()
    platforms = serializers.ListField(child=CodeField())
    state = CodeField()
    quiet = serializers.BooleanField(help_text="Whether nobody seems to work on it.")
    total = serializers.IntegerField()
    done = serializers.IntegerField(help_text="Cases that were looked at.")
    percent = serializers.IntegerField()
    results = BulkCountSerializer(many=True)
    asked_by = serializers.CharField()
    asked_at = MomentField()
    started_at = MomentField(allow_null=True)
    signed_at = MomentField(allow_null=True)
    finished_at = MomentField(allow_null=True)
    cancelled_by = serializers.CharField()
    of_run = serializers.IntegerField(allow_null=True, help_text="The run whose cases it takes up again.")


class BulkResultSerializer(serializers.Serializer):
    """What came of one case."""

    number = serializers.CharField()
    platform = CodeField()
    stage = CodeField(help_text="Its stage now.")
    result = CodeField()
    code = serializers.CharField()
    sentence = serializers.CharField()
    moved = BulkMovedSerializer(many=True)
    error = serializers.CharField()
    sequence = serializers.IntegerField(allow_null=True, help_text="The event that did it.")
    at = MomentField(allow_null=True)
