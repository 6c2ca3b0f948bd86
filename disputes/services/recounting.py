"""Counting anew what the journal and the rulings order: ledger, payouts and rulings against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from disputes.models import Finding, LedgerEntry, Payout, Ruling, RulingLine
from disputes.services.balancing import Line, Ordered
from disputes.services.consequences import refund_entry
from disputes.services.loading import LockedCase, read_cases
from disputes.services.paying import Rulings, basis_of, coming_into_force, moves_money, planned_for, was_ruled
from disputes.services.sealing import seal_of
from disputes.services.verifying import Difference, difference, rows_of
from disputes.services.writing import Change
from disputes.snapshot import step_from
from rules.engine.decide import apply
from rules.engine.events import Step
from rules.engine.types import BLANK

ENTRY = ("sequence", "position", "kind", "payer", "payee", "amount", "currency", "basis", "at", "recorded_at")
PAYOUT = ("sequence", "payer", "payee", "refund", "amount", "currency", "status", "ordered_at")
RULING = ("status", "second_person_id", "sequence", "at")
Values = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class _Ruling:
    """One ruling as the journal tells of it."""

    kind: str
    arbitrator: int
    lines: list[Line]
    expected: Values
    seal: str


@dataclass(slots=True, kw_only=True)
class _Books:
    """What ledger, payouts and rulings of one case should say, step by step."""

    currency: str
    ids: dict[tuple[Any, ...], int]
    """The ids of payouts that exist, by step and parties."""
    stored: dict[str, Ruling]
    lines: dict[str, list[RulingLine]]
    entries: list[Values] = field(default_factory=list)
    payouts: dict[int, Values] = field(default_factory=dict)
    rulings: dict[str, _Ruling] = field(default_factory=dict)

    def add(self, change: Change, sequence: int, step: Step) -> None:
        self._take_note(sequence, step)
        self._answer(step)
        coming = coming_into_force(change, step)
        if was_ruled(change):
            if moves_money(coming, step):
                self._pay(change, sequence, step, coming)
        else:
            self._refund(sequence, step)
        self._follow(step, coming)

    def _take_note(self, sequence: int, step: Step) -> None:
        """A ruling the event names: it came with it."""
        data = step.data.get("data") if step.kind == "queue_action" else step.data
        named = (data or {}).get("ruling")
        stored = self.stored.get(str(named))
        if not named or stored is None or named in self.rulings:
            return
        upheld = stored.kind == Ruling.Kind.APPEAL and stored.upheld
        self.rulings[str(named)] = _Ruling(
            kind=stored.kind, arbitrator=stored.arbitrator_id, seal=str((data or {}).get("seal") or ""),
            lines=[
                Line(kind=line.kind, payer=line.payer, payee=line.payee, amount=line.amount)
                for line in self.lines.get(str(named), ()) if line.kind != RulingLine.Kind.REFUND and line.amount > 0
            ],
            expected={
                "status": "replaced" if upheld else "awaiting", "second_person_id": None, "sequence": sequence,
                "at": step.recorded_at,
            },
        )  # fmt: skip

    def _answer(self, step: Step) -> None:
        payout = self.payouts.get(step.data.get("payout") or 0)
        if payout and step.kind in ("payout_succeeded", "payout_failed"):
            payout["status"] = step.kind.removeprefix("payout_")

    def _refund(self, sequence: int, step: Step) -> None:
        for position, emission in enumerate(step.emissions):
            if emission.name == "refund":
                row = refund_entry(position, emission)
                self._enter(sequence, step, {**row, "amount": Decimal(row["amount"])})
                self._order(sequence, step, {**row, "amount": Decimal(row["amount"]), "refund": True})

    def _pay(self, change: Change, sequence: int, step: Step, coming: str | None) -> None:
        in_force = [ruling for name, ruling in self.rulings.items()
                    if ruling.expected["status"] == "in_force" and name != coming]  # fmt: skip
        ruling = self.rulings.get(coming or "")
        rulings = Rulings(
            in_force=tuple(line for other in in_force for line in other.lines),
            coming=tuple(ruling.lines if ruling else ()), coming_kind=ruling.kind if ruling else "",
        )  # fmt: skip
        planned = planned_for(change, sequence, step, rulings, self._standing())
        for position, line in enumerate(planned.entries):
            basis = basis_of(step, line, rulings.coming_kind)
            values = {"kind": line.kind, "payer": line.payer, "payee": line.payee, "amount": line.amount}
            self._enter(sequence, step, {**values, "position": position, "basis": basis})
        for payout in planned.cancelled:
            self.payouts[payout]["status"] = "cancelled"
        for order in planned.orders:
            values = {"payer": order.payer, "payee": order.payee, "amount": order.amount, "refund": order.refund}
            self._order(sequence, step, values)

    def _standing(self) -> list[Ordered]:
        return [
            Ordered(
                id=number, payer=row["payer"], payee=row["payee"], amount=row["amount"], refund=row["refund"],
                paid=row["status"] == "succeeded",
            )
            for number, row in self.payouts.items() if row["status"] != "cancelled"
        ]  # fmt: skip

    def _enter(self, sequence: int, step: Step, values: Values) -> None:
        when = {"sequence": sequence, "currency": self.currency, "at": step.at, "recorded_at": step.recorded_at}
        self.entries.append({**values, **when})

    def _order(self, sequence: int, step: Step, values: Values) -> None:
        known = self.ids.get((sequence, values["payer"], values["payee"], values["refund"]), -1 - len(self.payouts))
        when = {"sequence": sequence, "currency": self.currency, "ordered_at": step.recorded_at}
        self.payouts[known] = {**values, **when, "status": "ordered"}

    def _follow(self, step: Step, coming: str | None) -> None:
        """What becomes of rulings; see `following`."""
        states = {name: ruling.expected for name, ruling in self.rulings.items()}
        if step.kind == "return_ruling":
            corrected = any(
                ruling.kind == Ruling.Kind.CORRECTION and ruling.expected["status"] == "awaiting"
                for ruling in self.rulings.values()
            )
            for state in states.values():
                if state["status"] == "awaiting":
                    state["status"] = "returned"
                elif state["status"] == "in_force" and corrected:
                    state["status"] = "replaced"
        if not coming:
            return
        for name, state in states.items():
            if name == coming:
                state["status"] = "in_force"
                if self.rulings[name].arbitrator != (step.actor or 0):
                    state["second_person_id"] = step.actor or 0
            elif state["status"] == "in_force":
                state["status"] = "replaced"


def first_miscount(case_id: int) -> Difference | None:
    """The first thing about the money or the rulings of a case that does not follow from its journal; else None."""
    (case,) = read_cases([case_id])
    return next(_differences(case, _books(case)), None)


def _books(case: LockedCase) -> _Books:
    rulings = {str(row.pk): row for row in Ruling.objects.filter(case_id=case.id)}
    lines: dict[str, list[RulingLine]] = {}
    for line in RulingLine.objects.filter(ruling__in=list(rulings)).order_by("pk"):
        lines.setdefault(str(line.ruling_id), []).append(line)
    keys = Payout.objects.filter(case_id=case.id).values_list("pk", "sequence", "payer", "payee", "refund")
    books = _Books(
        currency=case.currency, ids={key: number for number, *rest in keys if (key := tuple(rest))}, stored=rulings,
        lines=lines,
    )  # fmt: skip
    before = BLANK
    for row in rows_of(case.id):
        step = step_from(row)
        after = apply(before, step)
        books.add(Change(case=replace(case, snapshot=before), steps=(step,), after=after), row.sequence, step)
        before = after
    return books


def _differences(case: LockedCase, books: _Books) -> Iterator[Difference]:
    ledger = LedgerEntry.objects.filter(case_id=case.id).values(*ENTRY)
    yield from _compared(case, "ledger", list(ledger), books.entries, ENTRY)
    payouts = Payout.objects.filter(case_id=case.id).values(*PAYOUT)
    yield from _compared(case, "payouts", list(payouts), list(books.payouts.values()), PAYOUT)
    yield from _wrong_rulings(case, books)


def _compared(
    case: LockedCase, what: str, stored: Sequence[Values], expected: Sequence[Values], names: Sequence[str]
) -> Iterator[Difference]:
    rows = [sorted(tuple(_plain(row[name]) for name in names) for row in each) for each in (stored, expected)]
    if rows[0] != rows[1]:
        (found, wanted) = ([row for row in one if row not in other] for one, other in (rows, rows[::-1]))
        yield difference(case, what, found, wanted)


def _wrong_rulings(case: LockedCase, books: _Books) -> Iterator[Difference]:
    """Rulings nobody made, rulings that are gone, and what one says now that it did not say."""
    named = {str(name) for name in _named(case.id)}
    if named != set(books.stored):
        yield difference(case, "rulings", sorted(books.stored), sorted(named))
    findings: dict[str, list[Finding]] = {}
    for finding in Finding.objects.filter(ruling__in=list(books.stored)):
        findings.setdefault(str(finding.ruling_id), []).append(finding)
    for name, ruling in books.rulings.items():
        row = books.stored[name]
        stored = [_plain(getattr(row, column)) for column in RULING]
        expected = [_plain(ruling.expected[column]) for column in RULING]
        if stored != expected:
            yield difference(case, f"ruling {name}", stored, expected)
        seal = seal_of(row, books.lines.get(name, ()), findings.get(name, ()))
        if ruling.seal and ruling.seal != seal:
            yield difference(case, f"seal of ruling {name}", seal, ruling.seal)


def _named(case_id: int) -> Iterator[str]:
    for row in rows_of(case_id):
        data = row.facts.get("data", {})
        data = data.get("data", {}) if row.kind == "queue_action" else data
        if data.get("ruling"):
            yield data["ruling"]


def _plain(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
