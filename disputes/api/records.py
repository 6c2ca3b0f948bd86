"""What belongs to a case, as answers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from disputes.api.fields import CodeField, MomentField, MoneyField, NamedSerializer
from evidence.links import ORIGINAL, PREVIEW, link_to


class ProposalSerializer(serializers.Serializer):
    party = serializers.CharField()
    version = serializers.IntegerField()
    remedy = CodeField()
    amount = MoneyField()
    return_freight_by = CodeField(allow_null=True)
    note = serializers.CharField()
    at = MomentField(allow_null=True)
    acceptable = serializers.BooleanField(help_text="Whether the caller may accept it now.")


class FileSerializer(serializers.Serializer):
    """A file; `/cases/{number}/exhibits/{exhibit}/files/{id}/` gives its bytes to whoever may read the exhibit."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Of the bytes as they were received.")
    url = serializers.SerializerMethodField(
        help_text="For a browser in which the caller is logged in; good for a few minutes."
    )
    preview_url = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string"})
    def get_url(self, file: Any) -> str:
        return self._link(file, ORIGINAL)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_preview_url(self, file: Any) -> str | None:
        return self._link(file, PREVIEW) if file.has_preview else None

    def _link(self, file: Any, variant: str) -> str:
        return link_to(file.id, self.context["user_id"], variant, now=self.context["now"])


class ExhibitSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    party = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    status = CodeField()
    slot = CodeField(allow_null=True)
    description = serializers.CharField()
    answers = serializers.UUIDField(allow_null=True)
    second_review = serializers.BooleanField()
    at = MomentField()
    time_zone = serializers.SerializerMethodField(help_text="Of the platform.")
    files = FileSerializer(many=True)

    def get_time_zone(self, _exhibit: Any) -> str:
        return str(self.context["zone"])


class RequirementSerializer(serializers.Serializer):
    party = serializers.CharField()
    slot = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    help = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    satisfied = serializers.BooleanField()


class RulingLineSerializer(serializers.Serializer):
    kind = CodeField()
    amount = MoneyField()
    payer = CodeField()
    payee = CodeField()
    clause = serializers.CharField()


class FindingSerializer(serializers.Serializer):
    exhibit = serializers.UUIDField()
    answer = serializers.CharField()


class RulingSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    kind = CodeField()
    status = CodeField()
    outcome = CodeField()
    upheld = serializers.BooleanField(allow_null=True)
    remedy = CodeField(allow_null=True)
    liable = CodeField()
    seller_share = serializers.IntegerField()
    clause = serializers.CharField()
    reasons = serializers.CharField()
    lines = RulingLineSerializer(many=True)
    findings = FindingSerializer(many=True)
    at = MomentField()


class AppealSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    party = serializers.CharField()
    status = CodeField()
    at = MomentField()
    submitted_at = MomentField(allow_null=True)


class ParcelSerializer(serializers.Serializer):
    leg = CodeField()
    carrier = CodeField(allow_null=True)
    tracking = serializers.CharField()
    at = MomentField()


class MessageSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    party = serializers.CharField()
    kind = CodeField()
    author = serializers.CharField()
    text = serializers.CharField()
    at = MomentField()


class PayoutSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="The marketplace's answer names it.")
    status = CodeField()
    refund = serializers.BooleanField(
        help_text="Whether it carries the refund itself; else shipping costs, compensation or what is given back."
    )
    amount = MoneyField()
    payer = serializers.CharField()
    payee = serializers.CharField()
    reason = serializers.CharField()
    ordered_at = MomentField()
    answered_at = MomentField(allow_null=True)


class ClaimLineSerializer(serializers.Serializer):
    line = serializers.IntegerField(source="line_id")
    title = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    maximum = MoneyField()


class OrderReferenceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    outside_id = serializers.CharField()
    status = CodeField()
    paid = MoneyField()
    freight = MoneyField()
    created_at = MomentField()
    shipped_at = MomentField(allow_null=True)
    signed_at = MomentField(allow_null=True)
    completed_at = MomentField(allow_null=True)
    carrier = serializers.CharField()
    tracking = serializers.CharField()


class NamesSerializer(serializers.Serializer):
    """The names of the codes of a case, in the language of the request."""

    platform = NamedSerializer()
    pack = NamedSerializer()
    stage = NamedSerializer()
    reason = NamedSerializer()
    remedy = NamedSerializer()
    goods_type = NamedSerializer()
