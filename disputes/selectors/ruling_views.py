"""Decisions and the second reviews of them. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contract.money import Money
from disputes.selectors.wording import Worded


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingLineView:
    """An amount somebody pays to somebody."""

    kind: Worded
    """refund, outbound_freight, return_freight or compensation."""
    amount: Money
    """How much."""
    payer: Worded
    """Who pays."""
    payee: Worded
    """Who gets it."""
    clause: str
    """The rule it rests on; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """What a ruling says about one exhibit."""

    exhibit: UUID
    """Which."""
    party: str
    """Whose it is."""
    number: int | None
    """Its number among its party's."""
    answer: str
    """What the arbitrator found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingView:
    """A decision with its reasons."""

    id: UUID
    """Its id."""
    kind: Worded
    """first, correction or appeal."""
    status: Worded
    """awaiting, in_force, returned or replaced; parties see only those in force and replaced."""
    outcome: Worded
    """For whom it decides."""
    upheld: bool | None
    """For a second review: whether the first ruling stands."""
    remedy: Worded | None
    """What kind of solution; None when none is ordered."""
    liable: Worded
    """Who is at fault."""
    seller_share: int
    """Per cent of the liability the seller bears."""
    clause: str
    """The rule cited; may be empty."""
    reasons: str
    """What both sides read."""
    lines: tuple[RulingLineView, ...]
    """The amounts."""
    findings: tuple[FindingView, ...]
    """The answers to the exhibits."""
    false_evidence_by: str
    """Who is found to have given false evidence; usually empty."""
    arbitrator: str
    """Who decided: a name for staff, «platform customer service» for the parties."""
    second_person: str
    """Who approved it: staff only; empty otherwise."""
    at: datetime
    """When."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealView:
    """One party's request for a second review."""

    id: UUID
    """Its id."""
    party: str
    """Who asks."""
    status: Worded
    """draft, submitted, lapsed, withdrawn, upheld or changed."""
    statement: str
    """What was written with it; may be empty."""
    at: datetime
    """When it was begun."""
    submitted_at: datetime | None
    """When it was submitted; None before."""
