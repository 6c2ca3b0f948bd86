"""What stands against an action before anybody looks at what came with it.

An action somebody may not do at all is refused as such, whatever else is wrong with the request: nobody learns
the fields of what is not theirs.
"""

from __future__ import annotations

from disputes.errors import CaseChanged
from disputes.models import Case
from disputes.selectors.access import CaseAccess
from disputes.selectors.reading import CaseRead, read_case
from disputes.services.refusing import refused
from disputes.services.staffing import check_staff
from rules.engine.decide import allowed, decide
from rules.engine.events import Event, Refusal, Unavailable
from rules.engine.policy import ActionRule
from rules.engine.types import Party

ABOUT_WHAT_CAME = frozenset({"invalid_fields", "confirmation_needed"})
"""Refusals that do not stand against the action itself."""


def ask_first(access: CaseAccess, action: str, *, queue: bool = False) -> None:
    """Ask whether somebody may do this now, or may queue it, if what comes with it is right.

    Asked of the case settled in memory; the writer asks again under the lock. Raises ActionRefused, Forbidden.
    """
    read = read_case(access)
    against = _against_queueing(read, action) if queue else _against(read, action)
    if against is not None:
        raise refused(against.code, stage=str(read.snapshot.stage), number=access.number)
    if access.party == Party.PLATFORM:
        check_staff(access, action, read.snapshot)


def check_version(access: CaseAccess, action: str, seen: int | None, *, queue: bool = False) -> None:
    """Refuse a version the case has not reached: nobody can have seen it. Raises CaseChanged, and as `ask_first`."""
    if seen is None:
        return
    version = Case.objects.values_list("version", flat=True).get(pk=access.case_id)
    if seen > version:
        ask_first(access, action, queue=queue)
        raise CaseChanged(differences=[], version=version, number=access.number)


def _against(read: CaseRead, action: str) -> Unavailable | Refusal | None:
    rule = read.policy.actions.get(action)
    if rule is None:
        return _against_event(read, action, {})
    if Party(read.viewer) not in rule.by:
        return Unavailable(action=action, code="not_your_action")
    if read.snapshot.stage not in rule.stages:
        return Unavailable(action=action, code="not_in_this_stage")
    return _against_standing(read, rule)


def _against_standing(read: CaseRead, rule: ActionRule) -> Unavailable | None:
    """A guard that does not depend on what came with the action."""
    answer = allowed(
        read.policy, read.calendar, read.snapshot, Party(read.viewer), now=read.now, actor=read.access.user_id
    )
    return next((item for item in answer.unavailable if item.action == rule.name), None)


def _against_queueing(read: CaseRead, action: str) -> Refusal | None:
    against = _against_event(read, "queue_action", {"action": action, "data": {}})
    codes = ("not_queueable", "not_in_this_stage", "already_queued", "not_your_action")
    return against if against is not None and against.code in codes else None


def _against_event(read: CaseRead, kind: str, data: dict[str, object]) -> Refusal | None:
    event = Event(kind=kind, party=Party(read.viewer), actor=read.access.user_id, at=read.now, data=data)
    result = decide(read.policy, read.calendar, read.snapshot, event, now=read.now)
    return result if isinstance(result, Refusal) and result.code not in ABOUT_WHAT_CAME else None
