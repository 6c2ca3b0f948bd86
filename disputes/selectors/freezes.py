"""Freezes as people see them: the one a case stands still for, and those that administrators plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from django.utils.translation import get_language

from contract.moments import local_moment, moment_in_words
from disputes.labels import turns
from disputes.labels.words import pack_words
from disputes.models import Freeze
from disputes.selectors.case_views import FreezeNow
from rules.engine.calendar import Calendar
from rules.engine.decide import apply
from rules.engine.freezing import end_of_freeze
from rules.engine.policy import Policy
from rules.engine.reconciling import FROZEN
from rules.engine.types import CaseSnapshot, DeadlineState


def freeze_now(snapshot: CaseSnapshot) -> FreezeNow | None:
    """What a case stands still for, where a clock of it does. One statement then, none otherwise."""
    told = snapshot.facts.get("frozen")
    if told is None or not any(state.pause_reason == FROZEN for state in snapshot.deadlines.values()):
        return None
    row = Freeze.objects.get(pk=told["freeze"])
    return FreezeNow(
        id=row.pk, since=_utc(told["since"]), until=_utc(told["until"]), reason=reason_of(row),
    )  # fmt: skip


def reason_of(freeze: Freeze) -> str:
    return pack_words({"zh": freeze.reason_zh, "en": freeze.reason_en}, get_language() or "")


def runs_on(policy: Policy, calendar: Calendar, snapshot: CaseSnapshot) -> Mapping[str, DeadlineState]:
    """The deadlines of a frozen case as they will run when its freeze ends as planned."""
    told = snapshot.facts.get("frozen")
    if told is None:
        return {}
    until = _utc(told["until"])
    return apply(snapshot, end_of_freeze(policy, calendar, snapshot, until, now=until)).deadlines


def frozen_until(snapshot: CaseSnapshot) -> datetime | None:
    """Until when the clock of whoever is awaited, or another one, stands still with the platform."""
    if not any(state.pause_reason == FROZEN for state in snapshot.deadlines.values()):
        return None
    return _utc(snapshot.facts["frozen"]["until"])


def paused_until(until: datetime, zone: str, now: datetime) -> str:
    """«Clock paused until …», in the platform's zone."""
    return str(turns.PAUSED_UNTIL) % {"moment": moment_in_words(local_moment(until, zone), now=now, with_zone=True)}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
