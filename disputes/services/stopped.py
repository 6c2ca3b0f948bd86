"""Whether automatic outcomes of a pack are stopped, asked inside the transaction that would let one run."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from disputes.models import AutomaticStop
from disputes.services.loading import LockedCase
from rules.engine.decide import decide
from rules.engine.events import Event, Step, Via
from rules.engine.reconciling import STOPPED
from rules.engine.types import CaseSnapshot, DeadlineKind, Party, Stage

SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended('gongduan.stop.' || %s, 0))"
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('gongduan.stop.' || %s, 0))"


def open_stop(pack: str) -> AutomaticStop | None:
    """The stop that is in force until this transaction ends; None while automatic outcomes happen.

    Whoever asks already holds the locks of its cases and orders: this one comes last, so nobody waits in a circle.
    """
    _lock(SHARED, pack)
    return AutomaticStop.objects.filter(pack=pack, resumed_at__isnull=True).first()


def lock_stops(pack: str) -> None:
    """Wait for everybody who asked, and let nobody ask until this transaction ends. Takes no other lock after it."""
    _lock(ALONE, pack)


def hold(case: LockedCase, snapshot: CaseSnapshot, stop: AutomaticStop, *, actor_id: int | None) -> Step | None:
    """The step that keeps automatic outcomes of a case from happening; None for a case that is held already."""
    if snapshot.facts.get("held"):
        return None
    via = Via.PAGE if actor_id else Via.SYSTEM
    data = {"kinds": ["auto"], "reason": STOPPED, "stop": stop.pk}
    event = Event(kind="pause", party=Party.PLATFORM, at=case.now, actor=actor_id, via=via, data=data)
    result = decide(case.policy, case.calendar, snapshot, event, now=case.now)
    return result if isinstance(result, Step) else None


Stops = Callable[[str], AutomaticStop | None]
"""As `open_stop`; whoever takes many cases in one transaction asks once for each pack."""


def hold_if_freed(
    case: LockedCase, before: CaseSnapshot, after: CaseSnapshot, stops: Stops = open_stop
) -> Step | None:
    """The hold of a case that just began, was opened again or was let run, if its pack is stopped."""
    if after.facts.get("held") or not can_lapse(case, after):
        return None
    if not before.facts.get("held") and before.stage not in (Stage.NEW, Stage.CLOSED):
        return None
    stop = stops(case.pack)
    return hold(case, after, stop, actor_id=None) if stop else None


def can_lapse(case: LockedCase, snapshot: CaseSnapshot) -> bool:
    """Whether something may happen by itself, now or later: an open case, or a closed one with an automatic outcome."""
    rules = case.policy.deadlines
    running = (state for state in snapshot.deadlines.values() if state.pending)
    return snapshot.stage is not Stage.CLOSED or any(rules[s.name].kind is DeadlineKind.AUTO for s in running)


def _lock(statement: str, pack: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [pack])
