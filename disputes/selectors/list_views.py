"""Rows of lists: cases, queues, orders, and the counts above them. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contract.money import Money
from disputes.selectors.wording import Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """How much of what a checklist asks one side for was handed in."""

    submitted: int
    """Items with at least one exhibit."""
    asked: int
    """Items of the checklist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case in a list, after settling in memory."""

    number: str
    """Its public number."""
    platform: Worded
    """The marketplace."""
    zone: str
    """The platform's zone, in which days are counted."""
    title: str
    """The first product of the claim."""
    more_lines: int
    """How many further lines the claim has."""
    shop: str
    """Who sold."""
    buyer: str
    """Who bought; empty for the buyer."""
    order_number: str
    """What the marketplace calls the order."""
    stage: Worded
    """Where it stands."""
    outcome: Worded | None
    """How it closed."""
    status: Worded
    """Whose turn it is, as a sentence to this reader."""
    on_lapse: Worded | None
    """What happens by itself at `due_at`; None where nothing does."""
    at_stake: Money | None
    """The money that is paid by itself when the time runs out; None when none is."""
    waiting_on: str
    """buyer, seller, both, platform or none."""
    mine: bool
    """Whether the reader is awaited."""
    due_at: datetime | None
    """Until when."""
    deadline: str
    """The name of the deadline it speaks of, for «why this time?»; empty when there is none."""
    left_seconds: int | None
    """Whole seconds until then, never below zero."""
    tone: str
    """calm, soon, late or settled, as at the door."""
    late: bool
    """Whether a time is up that is not recorded yet."""
    reason: Worded
    """Why the buyer complains."""
    remedy: Worded
    """What the buyer asks for."""
    amount: Money
    """How much the buyer asks for."""
    evidence: Given | None
    """The seller's evidence, for sellers; None for others, and where nothing is asked."""
    main_action: Worded | None
    """The one thing to do next, for a button; None when the reader is not awaited."""
    held: Worded | None
    """Why its clocks stand still; None while they run."""
    arbitrator: str
    """In whose hands it is: staff only; empty otherwise."""
    second_review: bool
    """Whether it waits for a second review or a second person."""
    opened_at: datetime
    """When it was opened."""
    closed_at: datetime | None
    """When it closed."""
    version: int
    """The recorded version, for acting on it from a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A count above a list that leads to a part of it."""

    code: str
    """The tab or filter it leads to."""
    label: str
    """What is counted."""
    count: int
    """How many, at most `MOST_COUNTED`."""
    more: bool
    """Whether there are more than were counted; say «1000+»."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyThatLapses:
    """What is paid by itself within a span if the seller does nothing."""

    cases: int
    """How many cases, at most `MOST_COUNTED`."""
    more: bool
    """Whether there are more than were counted."""
    totals: tuple[Money, ...]
    """The sums, one a currency."""
    until: datetime
    """The end of the span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueRow:
    """A case whose time has come and that nobody has settled yet."""

    number: str
    """Its public number."""
    platform: Worded
    """The marketplace."""
    since: datetime
    """When it should have been settled."""
    seconds: int
    """How long ago that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckRow:
    """A case that could not be decided and is left alone for a while."""

    number: str
    """Its public number."""
    platform: Worded
    """The marketplace."""
    reason: str
    """The kind of error."""
    detail: str
    """What went wrong, for administrators."""
    attempts: int
    """How often it was tried."""
    first_at: datetime
    """When it first failed."""
    retry_at: datetime
    """When it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A case whose clocks stand still."""

    number: str
    """Its public number."""
    platform: Worded
    """The marketplace."""
    stage: Worded
    """Where it stands."""
    reason: Worded
    """Why it is held."""
    since: datetime
    """Since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow:
    """A payout that failed, or that the marketplace has not answered."""

    id: int
    """By which an answer names it."""
    number: str
    """The case."""
    platform: Worded
    """The marketplace."""
    status: Worded
    """ordered or failed."""
    amount: Money
    """How much."""
    reason: str
    """Why it failed; may be empty."""
    ordered_at: datetime
    """When it was ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One order in a list."""

    id: int
    """Its number here."""
    platform: Worded
    """The marketplace."""
    zone: str
    """The platform's zone, in which days are counted."""
    outside_id: str
    """What the marketplace calls it."""
    status: Worded
    """unshipped, shipped, completed or closed."""
    title: str
    """The first product."""
    more_lines: int
    """How many further lines it has."""
    shop: str
    """Who sold."""
    buyer: str
    """Who bought; empty for the buyer."""
    paid: Money
    """What was paid."""
    created_at: datetime
    """When it was placed."""
    open_case: str
    """The number of an open case about it; empty when there is none."""
