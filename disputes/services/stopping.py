"""Stopping automatic outcomes of a pack (停止自动处理), and letting them happen again: by two different people.

The stop is a row, written under a lock that openings and imports ask for too, so no case slips through. The cases
follow in batches, each in its own transaction; whatever is left after a crash is taken up by the next call or by the
workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db import connection

from accounts.models import User
from accounts.selectors import is_administrator, is_lead
from contract.clock import database_now
from contract.errors import FieldProblem, Forbidden, Invalid, NotFound
from disputes.labels import field_sentence
from disputes.models import AutomaticStop, Case
from disputes.services.batching import BATCH, Taken, go_through
from disputes.services.loading import LockedCase
from disputes.services.refusing import refused
from disputes.services.stopped import can_lapse, hold, lock_stops, open_stop
from disputes.services.writer import one_transaction
from disputes.signals import journal_grew
from rules.engine.decide import decide
from rules.engine.events import Event, Step, Via
from rules.engine.reconciling import STOPPED
from rules.engine.types import CaseSnapshot, Party
from rules.selectors import NoPolicy, version_in_force

LONGEST_REASON = 500

TO_HOLD = """
SELECT c.id FROM disputes_case c WHERE c.pack = %s AND c.id > %s AND c.held <> 'automatic_stopped'
    AND (c.stage <> 'CLOSED' OR EXISTS (
        SELECT FROM disputes_deadline d WHERE d.case_id = c.id AND d.kind = 'auto' AND d.status = 'pending'))
ORDER BY c.id LIMIT %s
"""
TO_RELEASE = """
SELECT c.id FROM disputes_case c WHERE c.pack = %s AND c.id > %s AND c.held = 'automatic_stopped' ORDER BY c.id LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What became of the cases of a pack."""

    stop_id: int
    pack: str
    changed: int = 0
    """Cases held, or let run again, by this call."""
    held_otherwise: int = 0
    """Cases somebody holds for another reason; they stay as they are."""
    broken: int = 0
    """Cases that could not be read, decided or written: the log says why. Mend them, then repeat."""
    finished: bool = True
    """False when the call ended before the last case; the workers go on."""


def stop_automatic(pack: str, *, actor: User, reason: str, batches: int | None = None) -> Stopped:
    """Keep automatic outcomes of a pack from happening: first in new cases, then in those that run, in batches.

    While a pack is stopped already, whatever was left is held and the first reason stays. `batches` is the most to
    do now. Raises NotFound, Forbidden for whoever does not administer the platform, Invalid without a reason.
    """
    if not is_administrator(actor, _platform(pack)):
        raise Forbidden
    stop = _begin(pack, actor, _checked(reason))
    return hold_what_runs(stop, actor_id=actor.pk, batches=batches)


def _begin(pack: str, actor: User, reason: str) -> AutomaticStop:
    with one_transaction():
        lock_stops(pack)
        found = AutomaticStop.objects.filter(pack=pack, resumed_at__isnull=True).first()
        return found or AutomaticStop.objects.create(pack=pack, reason=reason, stopped_by=actor)


def hold_what_runs(stop: AutomaticStop, *, actor_id: int | None, batches: int | None = None) -> Stopped:
    """Hold the cases of a stopped pack that are not held yet."""

    def taken(case: LockedCase, snapshot: CaseSnapshot) -> Step | None:
        return hold(case, snapshot, stop, actor_id=actor_id) if can_lapse(case, snapshot) else None

    return _go_through(stop, TO_HOLD, taken, batches, stopped=True)


def resume_automatic(pack: str, *, actor: User, batches: int | None = None) -> Stopped:
    """Let automatic outcomes happen again, each after the time that was left to it.

    Repeated after a crash it goes on with what is left. Raises NotFound, Forbidden for whoever neither administers
    nor leads, ActionRefused for whoever stopped it (`stopped_by_yourself`) and where nothing is stopped
    (`not_stopped`).
    """
    platform = _platform(pack)
    if not (is_administrator(actor, platform) or is_lead(actor, platform)):
        raise Forbidden
    return release_what_is_held(_end(pack, actor), actor_id=actor.pk, batches=batches)


def _end(pack: str, actor: User) -> AutomaticStop:
    with one_transaction():
        lock_stops(pack)
        stop = AutomaticStop.objects.filter(pack=pack).order_by("-pk").first()
        left = stop is not None and Case.objects.filter(pack=pack, held=STOPPED).exists()
        if stop is None or (stop.resumed_at is not None and not left):
            raise refused("not_stopped")
        if stop.stopped_by_id == actor.pk:
            raise refused("stopped_by_yourself")
        if stop.resumed_at is None:
            stop.resumed_by, stop.resumed_at = actor, database_now()
            stop.save(update_fields=["resumed_by", "resumed_at"])
        return stop


def release_what_is_held(stop: AutomaticStop, *, actor_id: int | None, batches: int | None = None) -> Stopped:
    """Let the cases of a pack go on that nothing but its stop holds."""

    def taken(case: LockedCase, snapshot: CaseSnapshot) -> Step | None:
        if snapshot.facts.get("held") != STOPPED:
            return None
        data = {"mode": "moved", "reason": STOPPED, "stop": stop.pk}
        via = Via.PAGE if actor_id else Via.SYSTEM
        event = Event(kind="resume", party=Party.PLATFORM, at=case.now, actor=actor_id, via=via, data=data)
        result = decide(case.policy, case.calendar, snapshot, event, now=case.now)
        return result if isinstance(result, Step) else None

    return _go_through(stop, TO_RELEASE, taken, batches, stopped=False)


def carry_on() -> int:
    """Finish what was begun: hold what is not held yet, let go what is still held; how many cases changed."""
    changed = 0
    for pack in AutomaticStop.objects.order_by("pack").values_list("pack", flat=True).distinct():
        stop = AutomaticStop.objects.filter(pack=pack).latest("pk")
        work = hold_what_runs if stop.resumed_at is None else release_what_is_held
        changed += work(stop, actor_id=None).changed
    return changed


def _go_through(stop: AutomaticStop, wanted: str, taken: Taken, batches: int | None, *, stopped: bool) -> Stopped:
    """Take the cases until none is left, or the pack is no longer stopped (or is again)."""
    gone = go_through(
        partial(_ids, wanted, stop.pack), taken, batches=batches, counts=_held_otherwise,
        goes_on=lambda: open_stop(stop.pack) == (stop if stopped else None),
    )  # fmt: skip
    if gone.changed:
        journal_grew.send(sender=AutomaticStop)
    return Stopped(
        stop_id=stop.pk, pack=stop.pack, changed=gone.changed, held_otherwise=gone.counted, broken=gone.broken,
        finished=gone.finished,
    )  # fmt: skip


def _ids(wanted: str, pack: str, last: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(wanted, [pack, last, BATCH])
        return [row[0] for row in cursor.fetchall()]


def _held_otherwise(after: CaseSnapshot) -> bool:
    return after.facts.get("held") not in (None, STOPPED)


def _platform(pack: str) -> str:
    """Whose pack it is. Raises NotFound."""
    try:
        return version_in_force(pack).policy.platform
    except NoPolicy:
        raise NotFound from None


def _checked(reason: str) -> str:
    """Raises Invalid for no reason, or one that is too long."""
    text = reason.strip()
    if text and len(text) <= LONGEST_REASON:
        return text
    code = "text_too_long" if text else "required"
    detail = field_sentence(code, {"most": LONGEST_REASON})
    raise Invalid(fields=[FieldProblem(pointer="/reason", code=code, detail=detail)])
