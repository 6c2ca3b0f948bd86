"""What the interface says of the audit trail."""

from __future__ import annotations

from rest_framework import serializers

from studio.audit.words import SOURCE_LABELS


class EntrySerializer(serializers.Serializer):
    """One thing somebody did."""

    source = serializers.ChoiceField(choices=sorted(SOURCE_LABELS))  # type: ignore[assignment]  # a field of that name
    id = serializers.IntegerField(help_text="Within its source.")
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Who; empty for the house itself.")
    kind = serializers.CharField()
    label = serializers.CharField(help_text="The kind in the reader's language.")  # type: ignore[assignment]  # likewise
    platform = serializers.CharField(help_text="Empty for what belongs to no single platform.")
    subject = serializers.CharField(help_text="What it was done to.")
    before = serializers.DictField()
    after = serializers.DictField()
