"""What the interface says of published versions: every number in a sentence, and what two of them state differently."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from disputes.api.fields import MomentField
from rules.engine.policy import Policy
from rules.selectors import VersionView
from studio.selectors import declared, reason_views, rule_view
from studio.settings_words import setting_rows


class VersionSummarySerializer(serializers.Serializer):
    """One published version in a list."""

    number = serializers.IntegerField()
    digest = serializers.CharField(help_text="Hash of the resolved document.")
    effective_from = MomentField()
    published_at = MomentField()
    in_force = serializers.BooleanField(help_text="Whether new cases open under it now.")
    open_cases = serializers.IntegerField(help_text="Cases that run under it.")


class StatedDeadlineSerializer(serializers.Serializer):
    """One deadline or order clock, in the reader's language."""

    name = serializers.CharField()
    rows = serializers.CharField(source="row_id")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    sentence = serializers.CharField()
    applies = serializers.CharField(help_text="Under which condition it runs; empty when it always does.")
    on_timeout = serializers.CharField(source="lapse")
    kind = serializers.CharField(source="kind_code")
    length = serializers.CharField()
    anchor = serializers.CharField()
    party = serializers.CharField()
    reminders = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # likewise
    confidence = serializers.CharField()
    provisional = serializers.BooleanField()


class StatedReasonSerializer(serializers.Serializer):
    """One reason a buyer may give, in the reader's language."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # likewise
    burden = serializers.CharField(help_text="Who must prove.")
    remedies = serializers.CharField()
    counts = serializers.BooleanField(help_text="Whether it counts in the dispute rate.")
    source = serializers.CharField()  # type: ignore[assignment]  # likewise
    confidence = serializers.CharField()
    provisional = serializers.BooleanField()


class StatedSettingSerializer(serializers.Serializer):
    """One setting, in the reader's language."""

    label = serializers.CharField()  # type: ignore[assignment]  # likewise
    value = serializers.CharField()


class VersionSerializer(VersionSummarySerializer):
    """A version whole."""

    pack = serializers.CharField()
    platform = serializers.CharField()
    zone = serializers.CharField()
    deadlines = StatedDeadlineSerializer(many=True)
    reasons = StatedReasonSerializer(many=True)
    settings = StatedSettingSerializer(many=True)
    document = serializers.DictField(help_text="The resolved document.")


class DifferenceSerializer(serializers.Serializer):
    """One field that two versions state differently."""

    pointer = serializers.CharField(help_text="JSON pointer into the document.")
    where = serializers.CharField()
    field = serializers.CharField()
    before = serializers.CharField(help_text="In words.")
    after = serializers.CharField(help_text="In words.")
    sentence = serializers.CharField(help_text="The promise as it reads now.")


class ExampleSerializer(serializers.Serializer):
    """One alternative of a deadline, reckoned from a start."""

    condition = serializers.CharField(help_text="Where it applies; empty for the usual one.")
    start = MomentField()
    target = MomentField(allow_null=True)
    due = MomentField()
    zone = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField(), help_text="The reckoning in sentences.")
    provisional_years = serializers.ListField(child=serializers.IntegerField())


def summary(version: VersionView, *, digest: str, in_force: bool, open_cases: int) -> dict[str, Any]:
    """A version as `VersionSummarySerializer` tells it."""
    return {
        "number": version.number, "digest": digest, "effective_from": version.effective_from,
        "published_at": version.published_at, "in_force": in_force, "open_cases": open_cases,
    }  # fmt: skip


def rules_of_version(policy: Policy) -> dict[str, Any]:
    """What a version says, for `VersionSerializer`."""
    return {
        "pack": policy.pack, "platform": policy.platform, "zone": policy.zone,
        "deadlines": [rule_view(rule, policy) for rule in declared(policy)], "reasons": reason_views(policy),
        "settings": setting_rows(policy), "document": dict(policy.document),
    }  # fmt: skip
