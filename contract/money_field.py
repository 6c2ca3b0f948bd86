"""Money in the API's serializers."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contract.money import InvalidMoney, Money

_SCHEMA = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["100.00"]},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["CNY"]},
    },
}


@extend_schema_field(_SCHEMA)
class MoneyField(serializers.Field[Money, Any, dict[str, str], Any]):
    """``{"amount": "100.00", "currency": "CNY"}``, both ways."""

    def to_representation(self, value: Money) -> dict[str, str]:
        return value.as_json()

    def to_internal_value(self, data: Any) -> Money:
        match data:
            case {"amount": str(amount), "currency": str(currency), **rest} if not rest:
                return self._parsed(amount, currency)
        raise serializers.ValidationError(str(InvalidMoney.sentence), code=InvalidMoney.code)

    def _parsed(self, amount: str, currency: str) -> Money:
        try:
            return Money.parse(amount, currency)
        except InvalidMoney as error:
            raise serializers.ValidationError(error.message(), code=error.code) from error
