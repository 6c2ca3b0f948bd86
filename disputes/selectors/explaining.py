"""«Why this time?»: the rule, its source, the days that do not count, and who moved it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

from django.utils.translation import get_language

from contract.moments import local_moment, moment_in_words, offset_in_words
from disputes.labels import times
from disputes.labels.turns import after_one_another
from disputes.labels.words import CONFIDENCE, HOLDS, name_of, pack_words
from disputes.selectors.clocks import deadline_label
from disputes.selectors.doors import lapse_of
from disputes.selectors.events import EventRecord
from disputes.selectors.freezes import frozen_until, runs_on
from disputes.selectors.history_views import ClocksChanged, TimeMoved, TimeReason
from disputes.selectors.migrations import kept_promise
from disputes.selectors.reading import CaseRead
from disputes.selectors.time_moves import moves_of
from rules.engine.clock import TimeExplanation, explain
from rules.engine.draft import Draft
from rules.engine.events import Event
from rules.engine.policy import DeadlineRule
from rules.engine.reconciling import FROZEN
from rules.engine.types import DeadlineState, DeadlineStatus, Party


def explained(read: CaseRead, name: str, events: list[EventRecord]) -> TimeReason:
    """Why a running deadline is due when it is; `events` are those the reader may see."""
    rule, state = read.policy.deadlines[name], read.snapshot.deadlines[name]
    origin, reckoned = rule.provenance, _reckoned(read, rule, state)
    anchor = times.anchor_in_words(rule.anchor.names, first_known=rule.anchor.any_of)
    length = times.length_in_words(str(reckoned.length.unit), reckoned.length.amount)
    label = deadline_label(rule)
    moved = moves_of(read, name, events)
    reason = TimeReason(
        name=name, id=origin.ids[0] if origin.ids else "", label=label, due_at=state.due_at, zone=read.policy.zone,
        sentence=str(times.RULE) % {"label": label, "length": length, "anchor": anchor}, length=length,
        counted_from=state.started_at, anchor=anchor, source=origin.source, confidence=origin.confidence,
        provisional=origin.provisional, version=read.policy_number,
        pack=pack_words(read.policy.labels, get_language() or "", read.policy.pack),
        calendar=reckoned.calendar,
        skipped=tuple((day.day, times.day_off(day.why)) for day in reckoned.skipped), made_up=reckoned.make_up_days,
        provisional_years=reckoned.provisional_years, clock_changes=tuple(_clock_changes(reckoned)),
        state=str(state.status), moved=moved, then=_then(read, rule, state), stated=state.stated, lines=(),
    )  # fmt: skip
    kept = kept_promise(read, state)
    noticed = not moved and not state.stated and not kept and reckoned.due_at < state.due_at
    lines = (*_lines(reason, noticed=noticed, kept=kept, now=read.now), *_standing(read, reason, state))
    return replace(reason, lines=(*lines, reason.then, _origin(reason, staff=read.staff)))


def _reckoned(read: CaseRead, rule: DeadlineRule, state: DeadlineState) -> TimeExplanation:
    asking = Event(kind="", party=Party.PLATFORM, at=read.now)
    term = rule.term(Draft(read.policy, read.calendar, read.snapshot, asking, read.now))
    length = term.maximum if state.rung and term.maximum else term.length
    return explain(state.started_at, length, zone=read.policy.zone, calendar=read.calendar)


def _clock_changes(reckoned: TimeExplanation) -> Iterator[ClocksChanged]:
    for change in reckoned.clock_changes:
        before, after = (offset_in_words(change.at.astimezone(timezone(off))) for off in (change.before, change.after))
        yield ClocksChanged(at=change.at, before=before, after=after)


def _then(read: CaseRead, rule: DeadlineRule, state: DeadlineState) -> str:
    """What happens by itself when the time is over; of a clock that stands still, when it has run on."""
    if state.status is DeadlineStatus.PASSED:
        return str(times.THEN["passed"])
    running = replace(state, status=DeadlineStatus.PENDING, paused_at=None, pause_reason="")
    snapshot = replace(read.snapshot, deadlines={**read.snapshot.deadlines, state.name: running})
    lapse = lapse_of(read.policy, read.calendar, snapshot, state.name, read.case.currency)
    return lapse.worded(read.viewer).text if lapse else str(times.THEN[rule.kind])


def _lines(reason: TimeReason, *, noticed: bool, kept: str, now: datetime) -> Iterator[str]:
    if reason.stated:
        yield str(times.STATED)
    yield reason.sentence
    yield str(times.FROM) % {"moment": _said(reason, reason.counted_from, now)}
    yield from _days_counted(reason)
    for change in reason.clock_changes:
        told = {"moment": _said(reason, change.at, now), "before": change.before, "after": change.after}
        yield str(times.CLOCKS_CHANGE) % told
    for moved in reason.moved:
        yield after_one_another(_moved(reason, moved, now))
    if kept:
        yield kept
    if noticed:
        yield str(times.NOTICE)


def _moved(reason: TimeReason, moved: TimeMoved, now: datetime) -> Iterator[str]:
    yield str(times.MOVED_BY) % {"moment": _said(reason, moved.at, now), "what": moved.what, "who": moved.who}
    if moved.reason:
        yield str(times.REASON) % {"reason": moved.reason.rstrip(".。")}
    if moved.due_at != moved.due_before:
        before, after = (_said(reason, at, now) for at in (moved.due_before, moved.due_at))
        yield str(times.FROM_TO) % {"before": before, "after": after}


def _standing(read: CaseRead, reason: TimeReason, state: DeadlineState) -> Iterator[str]:
    """When it is due; or since when it stands still, why, and until when where that is known."""
    due = _said(reason, reason.due_at, read.now)
    if state.status is DeadlineStatus.PASSED:
        yield str(times.OVER) % {"moment": due}
    elif state.paused_at is None:
        yield str(times.DUE) % {"moment": due}
    else:
        told = {"moment": _said(reason, state.paused_at, read.now), "why": name_of(HOLDS, state.pause_reason)}
        until, later = frozen_until(read.snapshot), runs_on(read.policy, read.calendar, read.snapshot).get(state.name)
        if state.pause_reason == FROZEN and until is not None and later is not None and later.pending:
            told |= {"until": _said(reason, until, read.now), "due": _said(reason, later.due_at, read.now)}
            yield str(times.STANDS_STILL_UNTIL) % told
        else:
            yield str(times.STANDS_STILL) % told


def _said(reason: TimeReason, at: datetime, now: datetime) -> str:
    return moment_in_words(local_moment(at, reason.zone), now=now, with_zone=True)


def _days_counted(reason: TimeReason) -> Iterator[str]:
    """Which calendar counted, which days it left out, and which it took in."""
    if reason.calendar:
        name, edition = reason.calendar
        yield str(times.CALENDAR) % {"name": name.upper(), "edition": edition}
    if reason.skipped:
        yield str(times.SKIPPED) % {"days": ", ".join(f"{day:%Y-%m-%d} {name}".strip() for day, name in reason.skipped)}
    if reason.made_up:
        yield str(times.MADE_UP) % {"days": ", ".join(f"{day:%Y-%m-%d}" for day in reason.made_up)}
    if reason.provisional_years:
        yield str(times.PROVISIONAL_YEARS) % {"years": ", ".join(map(str, reason.provisional_years))}


def _origin(reason: TimeReason, *, staff: bool) -> str:
    """The rule and where it comes from: staff see the source itself."""
    told = {"id": reason.id or reason.name, "pack": reason.pack, "version": reason.version}
    if not staff:
        return str(times.SOURCE_FOR_PARTIES) % {**told, "origin": name_of(times.ORIGINS, reason.confidence)}
    return str(times.SOURCE) % {**told, "source": reason.source, "confidence": name_of(CONFIDENCE, reason.confidence)}
