"""Reads outside rows field by field and notes everything that is wrong with a row instead of stopping at the first.

A required field that cannot be read yields a harmless stand-in so that reading goes on; the gatherer drops every record
whose row has a problem, so no stand-in ever leaves this package.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from disputes.feeds.records import RowError
from disputes.feeds.values import escape, exact_text, kind_of, nearest_word, read_moment, shown, storable

Value = TypeVar("Value")

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""Taobao, Tmall and Xianyu print local time without a zone."""
PACIFIC: Final = ZoneInfo("America/Los_Angeles")
"""AliExpress prints US Pacific time, with daylight saving, without a zone."""

LARGEST_AMOUNT: Final = Decimal("999999999999.99")
LARGEST_QUANTITY: Final = 1_000_000
LONGEST_IDENTIFIER: Final = 64
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

_AMOUNT = re.compile(r"-?\d{1,18}(\.\d+)?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d+([.]\d+)?[eE][+]?\d+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one source spells its values."""

    zone: ZoneInfo | None
    """Zone of times without an offset; None: an offset is required."""
    integers_are_cents: bool = False
    """Amounts come as decimal strings in some calls and as whole cents in others; else a bare number is refused."""
    counts_as_text: bool = False
    """Numbers and flags arrive as text, as in CSV."""


Problems = dict[tuple[str, str], RowError]
"""What is wrong with a row, by pointer and code: a field read twice complains once."""


class Row:
    """One mapping of the payload, its place, its manner and the problems found so far, shared with its children."""

    __slots__ = ("manner", "number", "pointer", "problems", "values")

    def __init__(
        self,
        values: Mapping[str, object],
        *,
        number: int,
        pointer: str,
        manner: Manner,
        problems: Problems | None = None,
    ) -> None:
        self.values = values
        self.number = number
        self.pointer = pointer
        self.manner = manner
        self.problems: Problems = {} if problems is None else problems

    def refuse(self, name: str, code: str, **detail: str) -> None:
        """Note a problem; `name` is the field as the payload spells it, or empty for the row itself."""
        pointer = f"{self.pointer}/{escape(name)}" if name else self.pointer
        self._note(RowError(row=self.number, pointer=pointer, field=name, code=code, detail=detail))

    def _note(self, problem: RowError) -> None:
        """Add the problem unless the same field was read before and already said so."""
        self.problems.setdefault((problem.pointer, problem.code), problem)

    def value(self, name: str) -> object | None:
        """The raw value; None when the field is absent, null or blank."""
        raw = self.values.get(name)
        return None if isinstance(raw, str) and not raw.strip() else raw

    def require(self, name: str) -> None:
        """Note the field's absence."""
        if self.value(name) is None:
            self.refuse(name, "missing")

    def first_told(self, *names: str) -> str:
        """The first of the names that has a value, else the first name (so that its absence is reported)."""
        return next((name for name in names if self.value(name) is not None), names[0])

    # texts

    def refuse_unknown(self, fields: Collection[str]) -> None:
        """Refuse the fields nobody knows: a misspelt name must not silently lose a fact."""
        for name in self.values:
            if name not in fields:
                nearest = nearest_word(str(name), fields)
                self.refuse(shown(str(name)), "unknown_field", nearest=nearest)

    def text(self, name: str, *, limit: int = 500) -> str:
        raw = self.value(name)
        if raw is None:
            return ""
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            self.refuse(name, "not_a_text", seen=kind_of(raw))
            return ""
        text = storable(exact_text(raw).strip())
        if len(text) > limit:
            self.refuse(name, "text_too_long", limit=str(limit), length=str(len(text)))
            return ""
        return text

    def required_text(self, name: str, *, limit: int = 500) -> str:
        self.require(name)
        return self.text(name, limit=limit)

    def identifier(self, name: str) -> str:
        """An id given as text or as a whole number; one that lost digits on its way is refused."""
        raw = self.value(name)
        if raw is None:
            return ""
        if isinstance(raw, float) or (
            isinstance(raw, str) and _SCIENTIFIC.fullmatch(raw.strip()) and "e" in raw.lower()
        ):
            self.refuse(name, "identifier_not_exact", seen=shown(raw))
            return ""
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            self.refuse(name, "not_an_identifier", seen=kind_of(raw))
            return ""
        text = exact_text(raw).strip()
        if (
            len(text) > LONGEST_IDENTIFIER
            or not text.isprintable()
            or " " in text
            or text.startswith("-")
            or text == "0"
        ):
            self.refuse(name, "not_an_identifier", seen=shown(text))
            return ""
        return text

    def required_identifier(self, name: str) -> str:
        self.require(name)
        return self.identifier(name)

    # amounts, times, numbers

    def money(self, name: str, *, positive: bool = False) -> Decimal | None:
        """An amount in main units with two places; None when absent."""
        raw = self.value(name)
        if raw is None:
            return None
        amount = self._amount(name, raw)
        if amount is None:
            return None
        if amount < 0:
            self.refuse(name, "money_negative", seen=shown(raw))
        elif amount > LARGEST_AMOUNT:
            self.refuse(name, "money_too_large", seen=shown(raw))
        elif amount != amount.quantize(Decimal("0.01")):
            self.refuse(name, "money_too_precise", seen=shown(raw))
        elif positive and amount == 0:
            self.refuse(name, "money_not_positive", seen=shown(raw))
        else:
            return amount.quantize(Decimal("0.01"))
        return None

    def _amount(self, name: str, raw: object) -> Decimal | None:
        if isinstance(raw, int) and not isinstance(raw, bool) and self.manner.integers_are_cents:
            return Decimal(max(min(raw, 10**16), -1)) / 100
        if isinstance(raw, str) and _AMOUNT.fullmatch(raw.strip()):
            return Decimal(raw.strip())
        code = "money_not_text" if isinstance(raw, int | float) and not isinstance(raw, bool) else "not_money"
        self.refuse(name, code, seen=shown(raw))
        return None

    def required_money(self, name: str, *, positive: bool = False) -> Decimal:
        self.require(name)
        return self.money(name, positive=positive) or Decimal("0.00")

    def moment(self, name: str) -> datetime | None:
        """A time in UTC; one without an offset is in the manner's zone."""
        raw = self.value(name)
        if raw is None:
            return None
        moment = read_moment(raw.strip(), self.manner.zone) if isinstance(raw, str) else None
        if isinstance(moment, datetime):
            return moment
        self.refuse(name, moment or "not_a_time", seen=shown(raw))
        return None

    def required_moment(self, name: str) -> datetime:
        self.require(name)
        return self.moment(name) or NEVER

    def count(self, name: str, *, default: int = 1) -> int:
        """A whole number of pieces, at least one."""
        raw = self.value(name)
        if raw is None:
            return default
        if isinstance(raw, str) and raw.strip().isascii() and raw.strip().isdigit() and len(raw.strip()) < 12:
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= LARGEST_QUANTITY:
            self.refuse(name, "not_a_quantity", seen=shown(raw), limit=str(LARGEST_QUANTITY))
            return default
        return raw

    def flag(self, name: str) -> bool | None:
        raw = self.value(name)
        if raw is None or isinstance(raw, bool):
            return raw
        words = {"true": True, "false": False}
        if self.manner.counts_as_text:
            words |= {"yes": True, "no": False, "1": True, "0": False, "是": True, "否": False}
        if isinstance(raw, str) and raw.strip().lower() in words:
            return words[raw.strip().lower()]
        self.refuse(name, "not_a_flag", seen=shown(raw))
        return None

    def choice(self, name: str, table: Mapping[str, Value]) -> Value | None:
        """The value the table gives for the field's word; an unknown word is refused with the nearest known one."""
        word = self.text(name, limit=100)
        if not word or word in table:
            return table.get(word)
        self.refuse(name, "unknown_value", seen=shown(word), nearest=nearest_word(word, table))
        return None

    # structure

    def child(self, name: str) -> Row | None:
        """The mapping under a field; None when absent."""
        raw = self.value(name)
        if raw is None:
            return None
        if isinstance(raw, Mapping):
            return self._below(name, raw)
        self.refuse(name, "not_an_object", seen=kind_of(raw))
        return None

    def children(self, name: str, wrapper: str = "") -> list[Row]:
        """The mappings of a list, which a platform may wrap in an object or, for one item, not make a list at all."""
        raw, path = self.value(name), name
        if isinstance(raw, Mapping) and wrapper and (wrapper in raw or not raw):
            raw, path = raw.get(wrapper), f"{name}/{wrapper}"
        if raw is None:
            return []
        items = raw if isinstance(raw, list) else [raw]
        found = []
        for index, item in enumerate(items):
            where = f"{path}/{index}" if isinstance(raw, list) else path
            if isinstance(item, Mapping):
                found.append(self._below(where, item))
            else:
                where = f"{self.pointer}/{where}"
                self._note(
                    RowError(
                        row=self.number, pointer=where, field=name, code="not_an_object", detail={"seen": kind_of(item)}
                    )
                )
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        raw = self.value(name)
        if raw is None:
            return ()
        if isinstance(raw, list) and all(isinstance(item, str) for item in raw):
            return tuple(storable(item.strip()) for item in raw)
        self.refuse(name, "not_a_list_of_texts", seen=kind_of(raw))
        return ()

    def _below(self, path: str, values: Mapping[str, object]) -> Row:
        return Row(
            values, number=self.number, pointer=f"{self.pointer}/{path}", manner=self.manner, problems=self.problems
        )
