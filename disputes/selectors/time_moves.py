"""What moved or stopped a running clock: who did it, why, and from when to when it was due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from accounts.selectors import people
from disputes.labels import migrating, times
from disputes.labels.words import FEEDS, HOLDS, PARTIES, name_of
from disputes.models import AutomaticStop, BulkRun, Freeze
from disputes.selectors.events import EventRecord
from disputes.selectors.freezes import reason_of
from disputes.selectors.history_views import TimeMoved
from disputes.selectors.migrations import rules_in_words
from disputes.selectors.reading import CaseRead
from disputes.snapshot import deadline_from
from rules.engine.freezing import FREEZE, THAW
from rules.engine.pins import MIGRATED
from rules.engine.types import DeadlineState, DeadlineStatus

ENDED = (DeadlineStatus.PASSED, DeadlineStatus.CANCELLED)
Moved = tuple[EventRecord, DeadlineState, DeadlineState]
"""An event, and the clock before and after it."""


def moves_of(read: CaseRead, name: str, events: Iterable[EventRecord]) -> tuple[TimeMoved, ...]:
    """What happened to the clock since it last began, oldest first, of the events the reader may see.

    Parties read which side did it and what both may know of the reason; staff read who, and the platform's own words.
    One statement for each kind of reason that is looked up.
    """
    moved = list(_since_it_began(name, events))
    names = people({event.actor_id for event, _was, _is in moved if event.actor_id}) if read.staff and moved else {}
    reasons = _reasons(read, [event for event, _was, _is in moved])
    return tuple(
        TimeMoved(
            at=event.at, kind=event.kind, what=_what(event),
            who=names[event.actor_id].name if event.actor_id in names else name_of(PARTIES, event.party),
            reason=reasons.get(event.sequence, ""), due_before=was.due_at, due_at=after.due_at,
        )
        for event, was, after in moved
    )  # fmt: skip


def _since_it_began(name: str, events: Iterable[EventRecord]) -> Iterator[Moved]:
    """The events that changed it while it ran; what happened to one of the same name that ran before is left out."""
    found: list[Moved] = []
    known: DeadlineState | None = None
    for event in events:
        told = event.facts.get("deadlines", {}).get(name)
        if told is None:
            continue
        after = deadline_from(told)
        if after.status in ENDED:
            known = known if after.status is DeadlineStatus.PASSED else None
            continue
        if known is None or (after.anchor != known.anchor and event.kind != MIGRATED):
            found.clear()
        elif (known.due_at, known.status) != (after.due_at, after.status):
            found.append((event, known, after))
        known = after
    yield from found


def _what(event: EventRecord) -> str:
    """What moved it; of a migration, from which rules to which."""
    if event.kind == MIGRATED:
        return str(migrating.WHY) % {"rules": rules_in_words(event.data)}
    return str(times.MOVED.get(event.kind, times.CASE_WENT_ON))


def _reasons(read: CaseRead, events: list[EventRecord]) -> dict[int, str]:
    """Why each of these happened, by its sequence; empty where nobody said."""
    texts = {str(row["id"]): row["text"] for row in read.rows["messages"]}
    freezes = _freezes(events)
    inner = _inner(events) if read.staff else {}
    reasons = {}
    for event in events:
        parts = (_public(event, texts, freezes), inner.get(event.sequence, ""))
        reasons[event.sequence] = " ".join(part for part in parts if part)
    return reasons


def _public(event: EventRecord, texts: Mapping[str, str], freezes: Mapping[int, str]) -> str:
    """What both sides may know of the reason."""
    match event.kind:
        case "pause":
            return name_of(HOLDS, str(event.data.get("reason") or "held_by_platform"))
        case "feed_stalled" | "feed_returned":
            return name_of(FEEDS, str(event.data.get("feed", "")))
        case "freeze" | "thaw":
            return freezes.get(int(event.data["freeze"]), "")
    return texts.get(str(event.data.get("statement") or ""), "")


def _freezes(events: list[EventRecord]) -> dict[int, str]:
    ids = {int(event.data["freeze"]) for event in events if event.kind in (FREEZE, THAW)}
    return {row.pk: reason_of(row) for row in Freeze.objects.filter(pk__in=ids)} if ids else {}


def _inner(events: list[EventRecord]) -> dict[int, str]:
    """What the platform wrote for itself: why a pack was stopped, why something was done to many cases at once."""
    stops = _texts(AutomaticStop, {event.data["stop"] for event in events if "stop" in event.data})
    runs = _texts(BulkRun, {event.data["run"] for event in events if "run" in event.data})
    return {
        event.sequence: stops.get(event.data.get("stop"), "") or runs.get(event.data.get("run"), "")
        for event in events
    }  # fmt: skip


def _texts(model: Any, ids: set[Any]) -> dict[Any, str]:
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "reason")) if ids else {}
