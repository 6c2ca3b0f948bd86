"""What the model remembers of a case, and its clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from model.calendar import after_working_days
from model.terms import NOTICE, TOLERANCE, Alarm, Terms

BEFORE_CLOSING = frozenset(
    "WAIT_SELLER SELLER_REFUSED WAIT_BUYER_RETURN WAIT_SELLER_RECEIPT WAIT_REPLACEMENT WAIT_BUYER_CHECK"
    " INTERVENTION_REQUESTED EVIDENCE SELLER_FOLLOWUP REVIEW".split()
)
AFTER_CLOSING = frozenset({"CLOSED", "APPEAL_EVIDENCE", "RE_REVIEW"})
NEGOTIATING = frozenset({"WAIT_SELLER", "SELLER_REFUSED"})

LIVES: Mapping[str, frozenset[str]] = {
    **{row: frozenset({"WAIT_SELLER"}) for row in ("T1", "T2")},
    "T4": frozenset({"SELLER_REFUSED"}), "V2": NEGOTIATING, "A4g": NEGOTIATING,
    **dict.fromkeys(("A3", "A4"), NEGOTIATING),
    **{row: frozenset({"WAIT_BUYER_RETURN"}) for row in ("T3a", "T5")},
    **{row: frozenset({"WAIT_SELLER_RECEIPT"}) for row in ("T6s", "T6")},
    "E2": frozenset({"WAIT_REPLACEMENT"}), "E3": frozenset({"WAIT_BUYER_CHECK"}),
    "E3b": frozenset({"WAIT_BUYER_CHECK"}), "M2": frozenset({"INTERVENTION_REQUESTED"}),
    "M2b": frozenset({"INTERVENTION_REQUESTED"}), "T7": frozenset({"EVIDENCE"}), "T8": frozenset({"SELLER_FOLLOWUP"}),
    "E24": frozenset({"REVIEW"}), "T8b": frozenset({"REVIEW"}), "T9": frozenset({"REVIEW"}),
    "A8": frozenset({"REVIEW"}), "R2": frozenset({"RULED"}), "M7": AFTER_CLOSING | BEFORE_CLOSING | {"RULED"},
    "M8": frozenset({"APPEAL_EVIDENCE", "RE_REVIEW"}), "M8s": frozenset({"APPEAL_EVIDENCE", "RE_REVIEW"}),
    "M9": frozenset({"RE_REVIEW"}), "M11": frozenset({"CLOSED"}),
}  # fmt: skip
"""In which stages each clock may run; leaving them ends it. In the order of the tables, which is that among equals."""

_ORDER = {"gate": 0, "auto": 1, "window": 2, "alarm": 3}
_PLACE = {row: place for place, row in enumerate(LIVES)}


@dataclass(slots=True)
class Clock:
    """One running clock. A due time of None: the rules name no length, so the model follows what it is told."""

    row: str
    kind: str
    since: datetime
    due: datetime | None
    inclusive: bool = False
    alarm: Alarm | None = None
    rung: int = 0

    def passed(self, now: datetime) -> bool:
        return self.due is not None and (now > self.due if self.inclusive else now >= self.due)

    def rank(self) -> tuple[datetime, int, int]:
        """Which comes first: what is due sooner, among equals by kind, then in the order of the tables."""
        assert self.due is not None
        return self.due, _ORDER[self.kind], _PLACE[self.row]


@dataclass(slots=True)
class Ruling:
    outcome: str
    remedy: str
    amount: int
    liable: str
    share: int | None
    by: int | None
    asked: tuple[str, int]
    """What the buyer asked for when it was ruled."""
    reason: str
    """Why, when it was ruled."""


@dataclass(slots=True)
class Case:
    """One case. Amounts are in cents; a set of parties says who did a thing."""

    terms: Terms
    remedies: Mapping[str, frozenset[str]]
    """What each reason offers: catalogue, not lifecycle."""
    stage: str = "NEW"
    outcome: str = ""
    # the order
    shipped: bool = True
    completed: bool = False
    cap: int | None = None
    shop_address: bool = False
    code_viewed: bool = False
    no_reason_promised: bool = False
    promise_days: int | None = None
    earlier_ruling: bool = False
    refilings: int = 0
    withdrawn_reasons: tuple[str, ...] = ()
    promise_ends: datetime | None = None
    # the request
    reason: str = ""
    remedy: str = ""
    amount: int = 0
    received: bool | None = None
    answered: bool = False
    ever_answered: bool = False
    offers: dict[str, tuple[str, int]] = field(default_factory=dict)
    # the return and the replacement
    agreed: tuple[str, int] | None = None
    address: bool = False
    tracking: bool = False
    carrier: str = "express"
    scanned: bool | None = False
    """None: whether a scan of the first parcel counts for a corrected number, the rules do not say."""
    extended: bool = False
    objected: bool = False
    return_signed: bool = False
    # evidence
    asked: frozenset[str] = frozenset()
    asked_from: str = ""
    asked_by: str = ""
    complete: set[str] = field(default_factory=set)
    filed: set[str] = field(default_factory=set)
    ever_filed: set[str] = field(default_factory=set)
    answer_to: str = ""
    # ruling and appeal
    ruling: Ruling | None = None
    pending: Ruling | None = None
    first_judge: int | None = None
    appeals: dict[str, int] = field(default_factory=dict)
    drafts: set[str] = field(default_factory=set)
    submitted: set[str] = field(default_factory=set)
    own_motion: bool = False
    decided_again: bool = False
    settled_again: bool = False
    replaced_wrongly: bool = False
    receipt_dispute: bool = False
    seconded_by: set[int | None] = field(default_factory=set)
    accused: frozenset[str] = frozenset()
    unsure: set[str] = field(default_factory=set)
    """Rows of whose clocks the rules say nothing any more."""
    paid: int = 0
    """What the buyer is to have in all, in cents."""
    settled: int = 0
    """What of it the marketplace says was paid."""
    moments: dict[str, datetime] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    lost: str = ""
    """From here on the rules are silent about the whole case, so the model has nothing more to say."""
    silences: dict[str, int] = field(default_factory=dict)
    """On what the rules said nothing, and how often."""

    def silent(self, about: str) -> None:
        self.silences[about] = self.silences.get(about, 0) + 1

    def within_cap(self, amount: int) -> bool:
        return self.cap is None or amount <= self.cap

    # clocks

    def start(
        self, row: str, length: timedelta | None, at: datetime, heard: datetime, *, platform: bool = False,
        kind: str = "auto", inclusive: bool = False, fact: bool = False,
    ) -> None:  # fmt: skip
        """Let a clock run from this moment; who hears late of it has the whole length from then on.

        A fact of the outside keeps its own time, and leaves at least the minimum notice.
        """
        late = heard - at > TOLERANCE
        since = heard if late and not platform and not fact else at
        due = None if length is None else since + length
        if late and fact and length is not None and due is not None:
            due = max(due, heard + min(NOTICE, length))
        self.clocks[row] = Clock(row, kind, since, due, inclusive)

    def alarm(self, row: str, alarm: Alarm | None, at: datetime) -> None:
        """Staff are told at the target, at the most, and then again every target length."""
        due = None if alarm is None else reach(at, *alarm.target)
        self.clocks[row] = Clock(row, "alarm", at, due, alarm=alarm)

    def stop(self, *rows: str) -> None:
        for row in rows:
            self.clocks.pop(row, None)

    def go(self, stage: str) -> None:
        """Move on; what does not live in the new stage ends."""
        self.stage = stage
        for row in [row for row in self.clocks if stage not in LIVES[row]]:
            del self.clocks[row]

    def next_passed(self, now: datetime) -> Clock | None:
        passed = [clock for clock in self.clocks.values() if clock.passed(now)]
        return min(passed, key=Clock.rank, default=None)

    def owe(self, amount: int) -> None:
        """The buyer is to have this much in all; what the marketplace has paid already is never taken back."""
        self.paid = max(self.settled, amount)

    @property
    def payout_answered(self) -> bool:
        """Whether the marketplace has answered the last order to pay."""
        return 0 < self.settled == self.paid


def reach(start: datetime, count: int, unit: str) -> datetime:
    if unit == "wd":
        return after_working_days(start, count)
    return start + count * (timedelta(hours=1) if unit == "h" else timedelta(days=1))


def ring(clock: Clock, heard: datetime) -> None:
    """The next time a passed target rings: at the most, then one more target length from when that was told."""
    assert clock.due is not None
    if clock.alarm is None:
        clock.due = None
        return
    told = heard if heard - clock.due > TOLERANCE else clock.due
    clock.rung += 1
    clock.due = reach(clock.since, *clock.alarm.most) if clock.rung == 1 else reach(told, *clock.alarm.target)


def cents(money: Any) -> int | None:
    """The amount in cents; None for what is no amount."""
    whole, dot, rest = str(money).partition(".")
    if not whole.isdigit() or len(rest) > 2 or (dot and not rest.isdigit()):
        return None
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)
