"""Small parts of answers: money, and a code with its words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contract.money import Money


@extend_schema_field(
    {
        "type": "object",
        "required": ["amount", "currency"],
        "properties": {
            "amount": {"type": "string", "example": "128.00"},
            "currency": {"type": "string", "example": "CNY"},
        },
    }
)
class MoneyField(serializers.Field):
    """An amount as a decimal string with its currency."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Money) -> dict[str, str]:
        return value.as_json()


class MomentField(serializers.DateTimeField):
    """A moment, told in UTC whatever zone its reader lives in; one sent in must name its offset."""

    default_error_messages: ClassVar = {"naive": _("Enter a time with its offset, such as 2026-11-25T09:30:00Z.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)


class CodeField(serializers.CharField):
    """Only the code of a code with words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Any) -> str:
        return str(value.code)


class SentenceSerializer(serializers.Serializer):
    """A code and the sentence it stands for, in the language of the request."""

    code = serializers.CharField()
    sentence = serializers.CharField(source="text")


class NamedSerializer(serializers.Serializer):
    """A code and its name, in the language of the request."""

    code = serializers.CharField()
    label = serializers.CharField(source="text")  # type: ignore[assignment]
