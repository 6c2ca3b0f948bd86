"""«Why this time?»: the rule, its source, the days that do not count, and who moved it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.utils.translation import get_language

from contract.moments import local_moment, moment_in_words
from disputes.labels import migrating, times
from disputes.labels.words import CONFIDENCE, HOLDS, PARTIES, name_of, pack_words
from disputes.selectors.clocks import deadline_label
from disputes.selectors.events import EventRecord
from disputes.selectors.history_views import TimeMoved, TimeReason
from disputes.selectors.migrations import kept_promise, rules_in_words
from disputes.selectors.reading import CaseRead
from disputes.snapshot import moment
from rules.engine.clock import TimeExplanation, explain
from rules.engine.draft import Draft
from rules.engine.events import Event
from rules.engine.freezing import FREEZE, THAW
from rules.engine.pins import MIGRATED
from rules.engine.policy import DeadlineRule
from rules.engine.types import DeadlineState, Party

MOVES = (
    "extend", "extend_return_receipt", "pause", "resume", "feed_stalled", "feed_returned", FREEZE, THAW, MIGRATED
)  # fmt: skip


def explained(read: CaseRead, name: str, events: list[EventRecord]) -> TimeReason:
    """Why a running deadline is due when it is; `events` are those the reader may see."""
    rule, state = read.policy.deadlines[name], read.snapshot.deadlines[name]
    origin, reckoned = rule.provenance, _reckoned(read, rule, state)
    anchor = times.anchor_in_words(rule.anchor.names, first_known=rule.anchor.any_of)
    length = times.length_in_words(str(reckoned.length.unit), reckoned.length.amount)
    label = deadline_label(rule)
    moved = tuple(_moves(name, events))
    reason = TimeReason(
        name=name, id=origin.ids[0] if origin.ids else "", label=label, due_at=state.due_at, zone=read.policy.zone,
        sentence=str(times.RULE) % {"label": label, "length": length, "anchor": anchor}, length=length,
        counted_from=state.started_at, anchor=anchor, source=origin.source, confidence=origin.confidence,
        provisional=origin.provisional, version=read.policy_number,
        pack=pack_words(read.policy.labels, get_language() or "", read.policy.pack),
        calendar=reckoned.calendar,
        skipped=tuple((day.day, times.day_off(day.why)) for day in reckoned.skipped), made_up=reckoned.make_up_days,
        provisional_years=reckoned.provisional_years, moved=moved, stated=state.stated, lines=(),
    )  # fmt: skip
    kept = kept_promise(read, state)
    noticed = not moved and not state.stated and not kept and reckoned.due_at < state.due_at
    lines = (*_lines(reason, state, read.now, noticed=noticed, kept=kept),)
    return replace(reason, lines=(*lines, _origin(reason, staff=read.staff)))


def _reckoned(read: CaseRead, rule: DeadlineRule, state: DeadlineState) -> TimeExplanation:
    asking = Event(kind="", party=Party.PLATFORM, at=read.now)
    term = rule.term(Draft(read.policy, read.calendar, read.snapshot, asking, read.now))
    length = term.maximum if state.rung and term.maximum else term.length
    return explain(state.started_at, length, zone=read.policy.zone, calendar=read.calendar)


def _moves(name: str, events: list[EventRecord]) -> Iterator[TimeMoved]:
    for event in events:
        changed = event.facts.get("deadlines", {}).get(name)
        if event.kind in MOVES and changed:
            yield TimeMoved(
                at=event.at, who=name_of(PARTIES, event.party), what=_what(event),
                due_at=moment(changed["due_at"]),
            )  # fmt: skip


def _what(event: EventRecord) -> str:
    """What moved it; of a migration, from which rules to which."""
    if event.kind != MIGRATED:
        return str(times.MOVED[event.kind])
    return str(migrating.WHY) % {"rules": rules_in_words(event.data)}


def _lines(reason: TimeReason, state: DeadlineState, now: datetime, *, noticed: bool, kept: str) -> Iterator[str]:
    def said(at: datetime) -> str:
        return moment_in_words(local_moment(at, reason.zone), now=now, with_zone=True)

    if reason.stated:
        yield str(times.STATED)
    yield reason.sentence
    yield str(times.FROM) % {"moment": said(reason.counted_from)}
    yield from _days_counted(reason)
    for moved in reason.moved:
        yield str(times.MOVED_BY) % {"moment": said(moved.at), "what": moved.what, "who": moved.who}
    if kept:
        yield kept
    if noticed:
        yield str(times.NOTICE)
    if state.paused_at is None:
        yield str(times.DUE) % {"moment": said(reason.due_at)}
    else:
        why = name_of(HOLDS, state.pause_reason)
        yield str(times.STANDS_STILL) % {"moment": said(state.paused_at), "why": why}


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
