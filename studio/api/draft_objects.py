"""How drafts and the audit trail are told."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contract.bodies import StrictSerializer, TextField, WholeNumberField
from disputes.api.fields import MomentField
from rules.drafts import LONGEST_TITLE


class NewDraftSerializer(StrictSerializer):
    """What a draft is for, and with whose text it begins."""

    title = TextField(max_length=LONGEST_TITLE)
    from_version = WholeNumberField(required=False, min_value=1, help_text="The newest unless one is named.")


class RevisionSerializer(StrictSerializer):
    """The revision the caller saw."""

    revision = WholeNumberField(min_value=1)


class DraftSummarySerializer(serializers.Serializer):
    """A draft in a list."""

    id = serializers.IntegerField()
    pack = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    revision = serializers.IntegerField()
    digest = serializers.CharField(help_text="Hash of the resolved document.")
    from_version = serializers.IntegerField(source="origin.number", help_text="Whose text it began with.")
    base_version = serializers.IntegerField(source="base.number", help_text="The version it builds on.")
    author = serializers.CharField()
    changed_at = MomentField()
    published_version = serializers.IntegerField(source="published_number", allow_null=True)


class DraftSerializer(DraftSummarySerializer):
    """A draft whole."""

    document = serializers.DictField(help_text="The resolved document.")


class RuleActionSerializer(serializers.Serializer):
    """One thing somebody did to the rules of a pack."""

    id = serializers.IntegerField()
    draft = serializers.IntegerField(source="draft_id", allow_null=True)
    kind = serializers.CharField()
    by = serializers.CharField(help_text="Who; empty for the house itself.")
    at = MomentField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)


def draft_shown(draft: Any) -> dict[str, Any]:
    """A draft as the interface tells it."""
    return dict(DraftSerializer(draft).data)
