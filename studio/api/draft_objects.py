"""How drafts and the audit trail are told."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contract.bodies import ChoiceField, StrictSerializer, TextField, WholeNumberField
from disputes.api.fields import MomentField
from rules.drafts import LONGEST_TITLE
from rules.drafts_documents import LONGEST_TEXT
from rules.drafts_editing import CONFIDENCES, LONGEST_SOURCE
from rules.drafts_proving import LONGEST_REASON, proof_of_draft
from rules.drafts_publishing import what_is_missing
from studio.draft_words import change_views


class NewDraftSerializer(StrictSerializer):
    """What a draft is for, and with whose text it begins."""

    title = TextField(max_length=LONGEST_TITLE)
    from_version = WholeNumberField(required=False, min_value=1, help_text="The newest unless one is named.")


class RevisionSerializer(StrictSerializer):
    """The revision the caller saw."""

    revision = WholeNumberField(min_value=1)


class PublishDraftSerializer(RevisionSerializer):
    """For which cases. Running ones are migrated by a bulk run of their own; this is written down with the version."""

    scope = ChoiceField(choices=["new", "running"], required=False, help_text="new: without it.")


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


class ChangeSerializer(serializers.Serializer):
    """One field the draft states differently from its base."""

    pointer = serializers.CharField(help_text="JSON pointer into the document.")
    where = serializers.CharField()
    field = serializers.CharField()
    before = serializers.CharField(help_text="In words.")
    after = serializers.CharField(help_text="In words.")
    items = serializers.ListField(
        child=serializers.CharField(), help_text="Of a list: what was added, removed and stated otherwise."
    )
    sentence = serializers.CharField(help_text="The promise as it would read.")
    needs_source = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    missing = serializers.BooleanField(help_text="Whether a source is needed and none is said.")


class ProofFindingSerializer(serializers.Serializer):
    """One thing the proof found."""

    finding = serializers.CharField(source="code", help_text="What `accept-trap` names.")
    kind = serializers.CharField()
    subject = serializers.CharField()
    warning = serializers.BooleanField(help_text="Whether it is a trap, which may be accepted, and no defect.")
    path = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    accepted = serializers.SerializerMethodField()

    def get_accepted(self, finding: Any) -> bool:
        return finding.accepted is not None


class DraftProofSerializer(serializers.Serializer):
    """How far the proof of the present text is, and what it showed."""

    state = serializers.CharField()
    explored = serializers.IntegerField(help_text="Situations looked at so far.")
    found = serializers.IntegerField(help_text="Situations found so far.")
    sound = serializers.BooleanField()
    silence_bound_days = serializers.FloatField(allow_null=True)
    findings = ProofFindingSerializer(many=True)


class DraftSerializer(DraftSummarySerializer):
    """A draft whole."""

    changes = serializers.SerializerMethodField()
    effective_from = MomentField(allow_null=True)
    submitted_by = serializers.CharField()
    approved_by = serializers.CharField()
    missing = serializers.SerializerMethodField(help_text="What keeps it from being submitted; empty when nothing.")
    proof = serializers.SerializerMethodField()
    document = serializers.DictField(help_text="The resolved document.")

    @extend_schema_field(ChangeSerializer(many=True))
    def get_changes(self, draft: Any) -> list[dict[str, Any]]:
        return [dict(ChangeSerializer(view).data) for view in change_views(draft)]

    def get_missing(self, draft: Any) -> str:
        return what_is_missing(draft)

    @extend_schema_field(DraftProofSerializer(allow_null=True))
    def get_proof(self, draft: Any) -> dict[str, Any] | None:
        proof = proof_of_draft(draft)
        return None if proof is None else dict(DraftProofSerializer(proof).data)


class DraftTextSerializer(RevisionSerializer):
    """A whole document as text."""

    text = TextField(max_length=LONGEST_TEXT, trim_whitespace=False)


class NumberSourceSerializer(StrictSerializer):
    """On what a number rests."""

    source = TextField(max_length=LONGEST_SOURCE)  # type: ignore[assignment]
    confidence = ChoiceField(choices=list(CONFIDENCES), default=CONFIDENCES[0])


class DraftEditSerializer(RevisionSerializer):
    """Single fields, by their JSON pointers; `remove` takes fields away, `sources` says on what new numbers rest."""

    values = serializers.DictField(child=serializers.JSONField(allow_null=True), required=False)
    remove = serializers.ListField(child=TextField(max_length=200), required=False)
    sources = serializers.DictField(child=NumberSourceSerializer(), required=False)


class NumberSourcesSerializer(RevisionSerializer):
    """Sources, by the pointers to the changed numbers."""

    sources = serializers.DictField(child=NumberSourceSerializer())


class RuleActionSerializer(serializers.Serializer):
    """One thing somebody did to the rules of a pack."""

    id = serializers.IntegerField()
    draft = serializers.IntegerField(source="draft_id", allow_null=True)
    kind = serializers.CharField()
    by = serializers.CharField(help_text="Who; empty for the house itself.")
    at = MomentField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)


class AcceptTrapSerializer(RevisionSerializer):
    """A trap that may stand, and why."""

    finding = TextField(max_length=300)
    reason = TextField(max_length=LONGEST_REASON)


class SubmitDraftSerializer(RevisionSerializer):
    """From when it shall apply; when it is published, where no moment is named."""

    effective_from = MomentField(required=False)


class ReturnDraftSerializer(RevisionSerializer):
    """Why it goes back to work."""

    reason = TextField(max_length=LONGEST_REASON)


def draft_shown(draft: Any) -> dict[str, Any]:
    """A draft as the interface tells it."""
    return dict(DraftSerializer(draft).data)
