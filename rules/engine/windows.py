"""Settling a case through the freezes of its platform: each begins, and ends, at its own moment, whoever notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rules.engine.calendar import Calendar
from rules.engine.decide import apply, decide, settle
from rules.engine.events import Event, Settlement, Step, Via
from rules.engine.freezing import FREEZE, THAW, end_of_freeze, thaws_at
from rules.engine.policy import Policy
from rules.engine.reconciling import FROZEN
from rules.engine.records import record
from rules.engine.types import CaseSnapshot, DeadlineKind, Fact, Party, Stage

NOTICED = frozenset({FREEZE, THAW})
"""Events that happened at a moment of their own, and may be noticed later: what was due before comes before them."""


@record
class Window:
    """A freeze of a platform, as far as it touches one case."""

    freeze: int
    since: datetime
    until: datetime
    """The end: as planned, or when somebody ended it early."""
    kinds: tuple[DeadlineKind, ...]
    """The deadlines that stand still."""
    planned_by: int | None = None
    ended_by: int | None = None

    @property
    def told(self) -> dict[str, Fact]:
        """What a case is told of it."""
        return {
            "freeze": self.freeze, "since": self.since.isoformat(), "until": self.until.isoformat(),
            "kinds": [str(kind) for kind in self.kinds],
        }  # fmt: skip


def settle_through(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, windows: Sequence[Window], *, now: datetime
) -> Settlement:
    """Settle with every freeze that began, or ended early, by now, in order. The windows do not overlap.

    Raises SettleRunaway.
    """
    steps: list[Step] = []
    looked_at = snapshot.recorded_at
    for window in windows:
        event = _news(snapshot, window, looked_at, now)
        if event is None:
            continue
        before = settle(policy, calendar, snapshot, now=now, until=event.at)
        steps += before.steps
        snapshot = before.snapshot
        step = decide(policy, calendar, snapshot, event, now=now)
        if isinstance(step, Step):
            steps.append(step)
            snapshot = apply(snapshot, step)
    last = settle(policy, calendar, snapshot, now=now)
    return Settlement(snapshot=last.snapshot, steps=(*steps, *last.steps)) if steps else last


def foreseen(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, window: Window
) -> Mapping[str, tuple[datetime, datetime]]:
    """What would stand still of a case as it is now: by name, when it is due and when it would be afterwards."""
    begun = decide(policy, calendar, snapshot, _begun(window, at=window.since), now=window.since)
    if not isinstance(begun, Step):
        return {}
    frozen = apply(snapshot, begun)
    ended = apply(frozen, end_of_freeze(policy, calendar, frozen, window.until, now=window.until))
    still = [state for state in frozen.deadlines.values() if state.pause_reason == FROZEN]
    return {state.name: (state.due_at, ended.deadlines[state.name].due_at) for state in still}


def in_force(windows: Iterable[Window], now: datetime) -> Window | None:
    """The freeze that is going on; None when there is none."""
    return next((window for window in windows if window.since <= now < window.until), None)


def frozen_from_the_start(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, windows: Iterable[Window], *, now: datetime
) -> Step | None:
    """The step by which a case that just began stands still with its platform; None when nothing is frozen."""
    window = in_force(windows, now)
    if window is None or "frozen" in snapshot.facts:
        return None
    step = decide(policy, calendar, snapshot, _begun(window, at=now), now=now)
    return step if isinstance(step, Step) else None


def _news(snapshot: CaseSnapshot, window: Window, looked_at: datetime | None, now: datetime) -> Event | None:
    """What a case that was last written at `looked_at` does not know of a freeze: that it began, or ended early."""
    known = snapshot.facts.get("frozen")
    if known is not None and known["freeze"] == window.freeze:
        ends = thaws_at(snapshot)
        is_early = window.until <= now and ends is not None and window.until < ends
        return _ended(window) if is_early else None
    if window.since > now or window.until <= window.since or looked_at is None:
        return None
    if window.until <= now and (window.since < looked_at or not _touches(snapshot)):
        return None
    return _begun(window, at=window.since)


def _touches(snapshot: CaseSnapshot) -> bool:
    """Whether a freeze that is over could have kept anything in the case from running."""
    return snapshot.stage is not Stage.CLOSED or any(state.pending for state in snapshot.deadlines.values())


def _begun(window: Window, *, at: datetime) -> Event:
    return Event(
        kind=FREEZE, party=Party.PLATFORM, at=at, actor=window.planned_by, via=Via.SYSTEM, data=window.told
    )  # fmt: skip


def _ended(window: Window) -> Event:
    data = {"freeze": window.freeze}
    return Event(kind=THAW, party=Party.PLATFORM, at=window.until, actor=window.ended_by, via=Via.SYSTEM, data=data)
