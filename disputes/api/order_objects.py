"""Orders, eligibility and import reports as answers."""

from __future__ import annotations

from rest_framework import serializers

from disputes.api.case_objects import ActionSerializer, UnavailableSerializer
from disputes.api.fields import CodeField, MomentField, MoneyField, NamedSerializer
from disputes.api.records import OrderReferenceSerializer


class OrderRowSerializer(serializers.Serializer):
    """An order in a list."""

    id = serializers.IntegerField()
    platform = CodeField()
    time_zone = serializers.CharField(source="zone")
    outside_id = serializers.CharField()
    status = CodeField()
    title = serializers.CharField()
    shop = serializers.CharField()
    paid = MoneyField()
    created_at = MomentField()
    open_case = serializers.CharField()


class OrderLineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    paid = MoneyField()
    goods_type = CodeField()
    pack = serializers.CharField()
    cases = serializers.ListField(child=serializers.CharField())


class OrderClockSerializer(serializers.Serializer):
    name = serializers.CharField()
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    at = MomentField()
    over = serializers.BooleanField()
    held = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField(), help_text="Why that time, as sentences in order.")


class OrderSerializer(serializers.Serializer):
    """An order with its lines, its clocks and what may be done with it."""

    order = OrderReferenceSerializer(source="summary")
    platform = CodeField()
    time_zone = serializers.CharField(source="zone")
    viewer = serializers.CharField()
    shop = serializers.CharField()
    promise_ends_at = MomentField(allow_null=True)
    receipt_ends_at = MomentField(allow_null=True)
    lines = OrderLineSerializer(many=True)
    clocks = OrderClockSerializer(many=True)
    available_actions = ActionSerializer(many=True)
    unavailable_actions = UnavailableSerializer(many=True)


class RemedyOptionSerializer(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    returns_goods = serializers.BooleanField()


class ReasonOptionSerializer(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    group = serializers.CharField()
    burden = serializers.CharField()
    hint = serializers.CharField()
    remedies = RemedyOptionSerializer(many=True)
    evidence = NamedSerializer(many=True)


class ReasonRefusedSerializer(serializers.Serializer):
    reason = serializers.CharField(source="code")
    label = serializers.CharField()  # type: ignore[assignment]
    code = serializers.CharField(source="refusal")
    detail = serializers.CharField()
    available_from = MomentField(allow_null=True)
    available_until = MomentField(allow_null=True)


class LineEligibilitySerializer(serializers.Serializer):
    line = serializers.IntegerField(source="line_id")
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    pack = CodeField()
    eligible = serializers.BooleanField()
    maximum = MoneyField()
    reasons = ReasonOptionSerializer(many=True)
    refused = ReasonRefusedSerializer(many=True)
    code = serializers.CharField()
    detail = serializers.CharField()
    available_from = MomentField(allow_null=True)
    available_until = MomentField(allow_null=True)
    case = serializers.CharField()


class EligibilitySerializer(serializers.Serializer):
    """What may be filed about an order, line by line."""

    order = serializers.IntegerField(source="order_id")
    time_zone = serializers.CharField(source="zone")
    eligible = serializers.BooleanField()
    currency = serializers.CharField()
    lines = LineEligibilitySerializer(many=True)


class RowProblemSerializer(serializers.Serializer):
    pointer = serializers.CharField()
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField(source="sentence")


class NoteSerializer(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField(source="sentence")


class RowResultSerializer(serializers.Serializer):
    row = serializers.IntegerField()
    pointer = serializers.CharField()
    kind = serializers.CharField()
    outside_id = serializers.CharField()
    result = serializers.CharField()
    number = serializers.CharField()
    problems = RowProblemSerializer(source="errors", many=True)
    notes = NoteSerializer(many=True)


class ImportReportSerializer(serializers.Serializer):
    """What became of each row of an import."""

    run = serializers.IntegerField(source="run_id")
    format = serializers.CharField()
    dry_run = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    rows = RowResultSerializer(many=True)
