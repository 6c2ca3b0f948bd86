"""A filing on its way: the answers given so far, kept on the server for a week, and what they still allow."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from uuid import UUID

from contract.money import Money
from disputes.selectors.order_views import Eligibility, LineEligibility, ReasonOption, RemedyOption

KEPT_FOR = timedelta(days=7)
STEPS = ("items", "received", "remedy", "reason", "amount", "describe", "evidence")
"""The questions, in order."""
NOT_ARRIVED_EITHER = "not_as_described"
"""Reasons of this group need the item in hand."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The answers about one order, and what the order allows."""

    eligibility: Eligibility
    answers: Mapping[str, Any]

    @cached_property
    def open_lines(self) -> tuple[LineEligibility, ...]:
        """The lines something may be filed about."""
        return tuple(line for line in self.eligibility.lines if line.eligible)

    @cached_property
    def quantities(self) -> dict[int, int]:
        """Of the lines chosen; where there is only one thing to choose it is chosen."""
        if len(self.open_lines) == 1 and self.open_lines[0].quantity == 1:
            return {self.open_lines[0].line_id: 1}
        known = {line.line_id: line.quantity for line in self.open_lines}
        given = {int(line): int(quantity) for line, quantity in (self.answers.get("items") or {}).items()}
        return {line: quantity for line, quantity in given.items() if 1 <= quantity <= known.get(line, 0)}

    @cached_property
    def lines(self) -> tuple[LineEligibility, ...]:
        return tuple(line for line in self.open_lines if line.line_id in self.quantities)

    @property
    def several_packs(self) -> bool:
        """Whether items under different rules were chosen: they need a case each."""
        return len({line.pack.code for line in self.lines}) > 1

    @cached_property
    def reasons_here(self) -> tuple[ReasonOption, ...]:
        """Reasons open for every line chosen, that go with whether the item has come."""
        if not self.lines:
            return ()
        common = set.intersection(*({reason.code for reason in line.reasons} for line in self.lines))
        known = [reason for reason in self.lines[0].reasons if reason.code in common]
        return tuple(reason for reason in known if self._fits(reason)) or tuple(known)

    def _fits(self, reason: ReasonOption) -> bool:
        if self.answers.get("received") == "no":
            return reason.not_received or reason.group != NOT_ARRIVED_EITHER
        return not reason.not_received

    @cached_property
    def remedies(self) -> tuple[RemedyOption, ...]:
        """What may be asked for: only what some reason allows."""
        found = {remedy.code: remedy for reason in self.reasons_here for remedy in reason.remedies}
        if self.answers.get("received") == "no":
            kept = {code: remedy for code, remedy in found.items() if not remedy.returns_goods}
            found = kept or found
        return tuple(found.values())

    @cached_property
    def reasons(self) -> tuple[ReasonOption, ...]:
        """The reasons that go with what is asked for."""
        remedy = self.answers.get("remedy")
        return tuple(reason for reason in self.reasons_here if remedy in {option.code for option in reason.remedies})

    @property
    def reason(self) -> ReasonOption | None:
        return next((reason for reason in self.reasons if reason.code == self.answers.get("reason")), None)

    @property
    def remedy(self) -> RemedyOption | None:
        return next((remedy for remedy in self.remedies if remedy.code == self.answers.get("remedy")), None)

    @cached_property
    def maximum(self) -> Money:
        """The most that can be refunded for what was chosen; the last unit of a line carries its remainder."""
        total = sum((self._share(line) for line in self.lines), Decimal())
        return Money.rounded_down(total, self.eligibility.currency)

    def _share(self, line: LineEligibility) -> Decimal:
        units = self.quantities[line.line_id]
        whole = line.maximum.amount
        return (
            whole if units == line.quantity else (whole * units / line.quantity).quantize(Decimal("0.01"), ROUND_DOWN)
        )

    @property
    def pieces(self) -> list[dict[str, Any]]:
        """The evidence given so far: slot, description and the ids of its files."""
        return list(self.answers.get("evidence") or ())

    @property
    def files_given(self) -> list[UUID]:
        return [UUID(file) for piece in self.pieces for file in piece["files"]]

    def is_answered(self, step: str) -> bool:
        """Whether a question has an answer that still holds."""
        checks = {
            "items": bool(self.lines) and not self.several_packs,
            "received": self.answers.get("received") in ("yes", "no"),
            "remedy": self.remedy is not None,
            "reason": self.reason is not None,
            "amount": self._amount_holds(),
            "describe": "describe" in self.answers,
            "evidence": "evidence" in self.answers,
        }
        return checks[step]

    def _amount_holds(self) -> bool:
        try:
            return 0 < Decimal(str(self.answers.get("amount", ""))) <= self.maximum.amount
        except InvalidOperation:
            return False

    @property
    def next_step(self) -> str:
        """The first question without an answer that holds; check when all have one."""
        return next((step for step in STEPS if not self.is_answered(step)), "check")

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions of this order; where there is only one thing to choose, nobody is asked which."""
        return tuple(step for step in STEPS if step != "items" or not self.items_are_clear)

    def place_of(self, step: str) -> tuple[int, int]:
        """The how manieth question this is, of how many; a question that need not be asked comes with the first."""
        return (self.asked.index(step) + 1 if step in self.asked else 1), len(self.asked)

    def before(self, step: str) -> str:
        """The question before this one; empty at the first."""
        place = self.asked.index(step) if step in self.asked else len(self.asked)
        return self.asked[place - 1] if place else ""

    @property
    def items_are_clear(self) -> bool:
        """Whether there is only one thing in the order, so that nobody has to be asked which."""
        return len(self.open_lines) == 1 and self.open_lines[0].quantity == 1


def read_answers(session: Any, order_id: int, now: datetime) -> dict[str, Any]:
    """The answers kept for an order; none after a week."""
    kept = session.get(_key(order_id))
    if not kept or datetime.fromisoformat(kept["at"]) < now - KEPT_FOR:
        return {}
    return dict(kept["answers"])


def keep_answers(session: MutableMapping[str, Any], order_id: int, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep the answers for a week from now."""
    session[_key(order_id)] = {"at": now.isoformat(), "answers": dict(answers)}


def forget_answers(session: MutableMapping[str, Any], order_id: int) -> None:
    session.pop(_key(order_id), None)


def _key(order_id: int) -> str:
    return f"filing:{order_id}"
