"""Money: an exact amount and its currency, never a float."""

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import total_ordering
from typing import Final, Self

from django.utils.translation import gettext_lazy as _

from contract.errors import FieldProblem, Invalid

NO_MINOR_UNIT: Final = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DIGITS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
"""ISO 4217: the currencies whose minor unit is not a hundredth."""

SYMBOLS: Final = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "BRL": "R$"}
"""Where one sign could mean two currencies (¥ and JPY, $ of many), only one of them has it here."""

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_AMOUNT: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?", re.ASCII)


class InvalidMoney(Invalid, ValueError):
    """The text is not an amount of money in that currency."""

    code = "invalid_money"
    sentence = _("Give an amount such as 128.00.")


class CurrencyMismatch(TypeError):
    """Two currencies were added or compared."""


def minor_digits(currency: str) -> int:
    """How many digits the currency has after the point (ISO 4217)."""
    if currency in NO_MINOR_UNIT:
        return 0
    return 3 if currency in THREE_DIGITS else 2


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency, always with exactly that currency's digits.

    Raises ValueError for an amount finer than the currency's smallest unit: rounding is a decision, and
    whoever takes it does so before (:meth:`rounded_down`).
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is no currency code")
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise ValueError(f"{self.amount!r} is no exact amount")
        exact = self.amount.quantize(_unit(self.currency))
        if exact != self.amount:
            raise ValueError(f"{self.amount} is finer than the smallest unit of {self.currency}")
        object.__setattr__(self, "amount", exact)

    @classmethod
    def parse(cls, text: str, currency: str, *, pointer: str = "") -> Self:
        """Read a decimal string in major units, such as ``"128"`` or ``"128.00"``.

        Raises InvalidMoney, naming ``pointer``, for anything else.
        """
        try:
            if not _AMOUNT.fullmatch(text.strip()):
                raise ValueError(text)
            return cls(Decimal(text.strip()), currency)
        except ValueError as error:
            problem = FieldProblem(pointer=pointer, code=InvalidMoney.code, detail=InvalidMoney.sentence)
            raise InvalidMoney(fields=[problem]) from error

    @classmethod
    def rounded_down(cls, amount: Decimal, currency: str) -> Self:
        """Cut what is finer than the smallest unit, towards zero."""
        return cls(amount.quantize(_unit(currency), rounding=ROUND_DOWN), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, count: int) -> "Money":
        if not isinstance(count, int):
            return NotImplemented
        return Money(self.amount * count, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other).amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return self.formatted()

    def formatted(self) -> str:
        """As both languages of the house write it: ``¥1,280.00``, ``US$6.30``, ``PLN 10.00``."""
        sign = "-" if self.amount < 0 else ""
        symbol = SYMBOLS.get(self.currency, f"{self.currency} ")
        return f"{sign}{symbol}{abs(self.amount):,f}"

    def as_json(self) -> dict[str, str]:
        """The API's form: a decimal string and the code of the currency."""
        return {"amount": f"{self.amount:f}", "currency": self.currency}

    def _same(self, other: "Money") -> "Money":
        if not isinstance(other, Money) or other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} with {getattr(other, 'currency', type(other).__name__)}")
        return other


def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_digits(currency))
