"""The case object."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from disputes.api.fields import CodeField, MomentField, MoneyField, SentenceSerializer
from disputes.api.records import (
    AppealSerializer,
    ClaimLineSerializer,
    MessageSerializer,
    NamesSerializer,
    OrderReferenceSerializer,
    ParcelSerializer,
    PayoutSerializer,
    ProposalSerializer,
    RulingSerializer,
)
from disputes.selectors.access import CaseAccess
from disputes.selectors.case_views import CaseView, DeadlineView
from disputes.selectors.cases import case_view
from disputes.selectors.list_views import CaseRow


class RefundSerializer(serializers.Serializer):
    requested = MoneyField()
    maximum = MoneyField(allow_null=True)
    agreed = MoneyField(allow_null=True)
    paid = MoneyField(allow_null=True)


class ChoiceSerializer(serializers.Serializer):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ActionFieldSerializer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = ChoiceSerializer(many=True)
    maximum = MoneyField(allow_null=True)


class ActionSerializer(serializers.Serializer):
    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    until = MomentField(allow_null=True)
    fields = serializers.SerializerMethodField("fields_of")  # type: ignore[assignment]

    @extend_schema_field(ActionFieldSerializer(many=True))
    def fields_of(self, action: Any) -> Any:
        return ActionFieldSerializer(action.fields, many=True).data


class UnavailableSerializer(serializers.Serializer):
    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    code = serializers.CharField()
    detail = serializers.CharField()
    available_from = MomentField(allow_null=True)
    available_until = MomentField(allow_null=True)
    queueable = serializers.BooleanField(help_text="Whether `?when_allowed=1` takes it now.")


class QueuedSerializer(serializers.Serializer):
    action = serializers.CharField()
    queued_at = MomentField()
    expected_at = MomentField(allow_null=True)


class RuleSerializer(serializers.Serializer):
    """Where a deadline's number comes from."""

    id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    provisional = serializers.BooleanField()
    version = serializers.IntegerField()


class DeadlineSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    party = serializers.CharField()
    started_at = MomentField()
    due_at = MomentField()
    state = serializers.CharField()
    on_timeout = SentenceSerializer(allow_null=True)
    stated = serializers.BooleanField(help_text="Whether the marketplace stated this time itself.")
    paused = SentenceSerializer(allow_null=True, help_text="Why it stands still; null while it does not.")
    paused_at = MomentField(allow_null=True)
    paused_until = MomentField(allow_null=True, help_text="The end of a freeze; null where nobody knows.")
    moves_to = MomentField(allow_null=True, help_text="When it is due if its freeze ends as planned.")
    rule = RuleSerializer(source="*")
    why_url = serializers.SerializerMethodField(help_text="Where it says why it is due when it is.")

    def get_why_url(self, deadline: DeadlineView) -> str:
        case: CaseView = self.root.instance  # type: ignore[assignment]
        return why_url(case.number, deadline.name)


def why_url(number: str, deadline: str) -> str:
    """Where one deadline of a case explains itself; empty for none."""
    return reverse("api:why", args=[number, deadline]) if deadline else ""


class FreezeNowSerializer(serializers.Serializer):
    """The freeze of the platform for which a clock of the case stands still."""

    id = serializers.IntegerField()
    since = MomentField()
    until = MomentField()
    reason = serializers.CharField()


class CaseSerializer(serializers.Serializer):
    """A case, settled at the moment of the answer, as its caller may see it."""

    number = serializers.CharField()
    platform = CodeField()
    pack = CodeField()
    policy_version = serializers.IntegerField()
    time_zone = serializers.CharField(source="zone")
    viewer = serializers.CharField(help_text="As whom the caller sees it: buyer, seller or platform.")
    version = serializers.IntegerField()
    settled_in_memory = serializers.BooleanField(help_text="A time is up that is not recorded yet.")
    stage = CodeField()
    waiting_on = serializers.CharField()
    next_for_you = SentenceSerializer()
    due_at = MomentField(allow_null=True)
    why_url = serializers.SerializerMethodField(help_text="Why that time; empty where none runs.")
    on_timeout = SentenceSerializer(allow_null=True)
    final = serializers.BooleanField()
    final_at = MomentField(allow_null=True)
    outcome = CodeField(allow_null=True)
    refund = RefundSerializer()
    payouts = PayoutSerializer(many=True)
    reason = CodeField()
    remedy = CodeField()
    goods_type = CodeField()
    goods_received = serializers.BooleanField(allow_null=True)
    held = CodeField(allow_null=True)
    freeze = FreezeNowSerializer(allow_null=True)
    platform_late = serializers.BooleanField()
    order = OrderReferenceSerializer()
    lines = ClaimLineSerializer(many=True)
    created_at = MomentField()
    closed_at = MomentField(allow_null=True)
    proposals = ProposalSerializer(many=True)
    deadlines = DeadlineSerializer(many=True)
    available_actions = ActionSerializer(many=True)
    unavailable_actions = UnavailableSerializer(many=True)
    queued = QueuedSerializer(many=True)
    rulings = RulingSerializer(many=True)
    appeals = AppealSerializer(many=True)
    parcels = ParcelSerializer(many=True)
    return_address = serializers.CharField()
    messages = MessageSerializer(many=True)
    labels = NamesSerializer(source="*")

    def get_why_url(self, case: CaseView) -> str:
        return why_url(case.number, case.door.deadline)


class CaseRowSerializer(serializers.Serializer):
    """A case in a list."""

    number = serializers.CharField()
    platform = CodeField()
    time_zone = serializers.CharField(source="zone")
    order_number = serializers.CharField()
    title = serializers.CharField()
    shop = serializers.CharField()
    stage = CodeField()
    outcome = CodeField(allow_null=True)
    waiting_on = serializers.CharField()
    next_for_you = SentenceSerializer(source="status")
    due_at = MomentField(allow_null=True)
    why_url = serializers.SerializerMethodField(help_text="Why that time; empty where none runs.")
    on_timeout = SentenceSerializer(source="on_lapse", allow_null=True)
    at_stake = MoneyField(allow_null=True)
    reason = CodeField()
    remedy = CodeField()
    amount = MoneyField()
    held = CodeField(allow_null=True)
    created_at = MomentField(source="opened_at")
    closed_at = MomentField(allow_null=True)
    version = serializers.IntegerField()

    def get_why_url(self, row: CaseRow) -> str:
        return why_url(row.number, row.deadline)


def case_object(access: CaseAccess) -> dict[str, Any]:
    """The case as it stands, ready to be sent or kept."""
    return dict(CaseSerializer(case_view(access)).data)
