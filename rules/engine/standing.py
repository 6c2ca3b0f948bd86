"""Whose turn it is, until when, and what happens by itself: the sentence over the door, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.engine.calendar import Calendar
from rules.engine.draft import Draft
from rules.engine.events import Event, Step
from rules.engine.freezing import thaws_at
from rules.engine.lapsing import lapse
from rules.engine.policy import Policy
from rules.engine.reconciling import FROZEN, STALLED, STOPPED
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineState, DeadlineStatus, Party, Stage

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_ASKING = Event(kind="", party=Party.PLATFORM, at=LONG_AGO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a settled case stands."""

    waiting_on: str
    """buyer, seller, both, platform or none."""
    buyer_due_at: datetime | None
    """The party's place in its list: while automatic outcomes are stopped, the time at which the clock stood still; in
    a freeze, when it is due if that ends as planned, working days not reckoned anew."""
    seller_due_at: datetime | None
    platform_due_at: datetime | None
    due_at: datetime | None
    """The time in the sentence; None while no clock runs."""
    deadline: str
    """The name of the deadline the sentence speaks of; empty when there is none."""


def standing(policy: Policy, calendar: Calendar, snapshot: CaseSnapshot) -> Standing:
    """Who is awaited and the earliest due time of each awaited party. A held case waits for the platform."""
    waiting_on = "platform" if stands_still(snapshot) else awaited(policy, calendar, snapshot)
    due = {party: _earliest(policy, snapshot, party) for party in _parties(waiting_on)}
    running = (state for state in due.values() if state and state.pending)
    shown = min(running, key=lambda state: state.due_at, default=None)
    return Standing(
        waiting_on=waiting_on, buyer_due_at=_place(due.get("buyer"), snapshot),
        seller_due_at=_place(due.get("seller"), snapshot),
        platform_due_at=_place(due.get("platform"), snapshot) or _held_since(snapshot, waiting_on),
        due_at=shown.due_at if shown else None, deadline=shown.name if shown else "",
    )  # fmt: skip


def stands_still(snapshot: CaseSnapshot) -> bool:
    """Whether the whole case is held. Where only automatic outcomes are stopped, its party is still awaited."""
    return snapshot.facts.get("held") not in (None, "", STOPPED)


def awaited(policy: Policy, calendar: Calendar, snapshot: CaseSnapshot) -> str:
    """The party the policy says is awaited in this stage."""
    rule = policy.stages.get(snapshot.stage)
    if rule is None or snapshot.stage is Stage.CLOSED:
        return "none"
    draft = Draft(policy, calendar, snapshot, _ASKING, snapshot.recorded_at or LONG_AGO)
    return next((party for when, party in rule.awaits if when(draft)), "none")


def _parties(waiting_on: str) -> tuple[str, ...]:
    if waiting_on == "both":
        return ("buyer", "seller")
    return () if waiting_on == "none" else (waiting_on,)


def _earliest(policy: Policy, snapshot: CaseSnapshot, party: str) -> DeadlineState | None:
    kinds = (DeadlineKind.TARGET,) if party == "platform" else (DeadlineKind.AUTO,)
    states = [
        state for state in snapshot.deadlines.values()
        if _counts(state) and policy.deadlines[state.name].kind in kinds and _concerns(policy, state, party)
    ]  # fmt: skip
    return min(states, key=lambda state: state.due_at, default=None)


def _counts(state: DeadlineState) -> bool:
    """What runs, and what stands still while its party is awaited all the same."""
    if state.status is not DeadlineStatus.PAUSED:
        return state.pending
    return state.pause_reason in (STOPPED, FROZEN) or state.pause_reason.startswith(STALLED)


def _concerns(policy: Policy, state: DeadlineState, party: str) -> bool:
    """An automatic outcome that the platform's calendar brings about (stepping in) also ends a party's turn."""
    return party == "platform" or policy.deadlines[state.name].party in (party, "both", "platform")


def _place(state: DeadlineState | None, snapshot: CaseSnapshot) -> datetime | None:
    """By which moment a party's case is listed."""
    if state is None:
        return None
    ends = thaws_at(snapshot)
    if state.pause_reason != FROZEN or ends is None or state.paused_at is None:
        return state.due_at
    return state.due_at + max(ends - state.paused_at, timedelta())


def _held_since(snapshot: CaseSnapshot, waiting_on: str) -> datetime | None:
    """A held case sorts first in the platform's queue: by the moment it was held."""
    if waiting_on != "platform" or not stands_still(snapshot):
        return None
    return min((s.paused_at for s in snapshot.deadlines.values() if s.paused_at), default=snapshot.recorded_at)


def preview_lapse(policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, name: str) -> Step:
    """What would happen if this deadline passed with nothing done: the very step that would be recorded."""
    return lapse(policy, calendar, snapshot, name, now=snapshot.deadlines[name].due_at)


def wake_at(snapshot: CaseSnapshot) -> datetime | None:
    """When settling must look next: the earliest pending moment, or the end of a freeze."""
    pending = min((state.wakes_at for state in snapshot.deadlines.values() if state.pending), default=None)
    thaws = thaws_at(snapshot)
    return min(pending, thaws) if pending and thaws else pending or thaws
