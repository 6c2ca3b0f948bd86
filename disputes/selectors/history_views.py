"""The history of a case: for people, for programs, and the reasons of its times. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, for people."""

    sequence: int
    """The event it comes from."""
    kind: str
    """The event's kind."""
    party: str
    """buyer, seller, platform, or clock for what happened by itself."""
    who: str
    """A name, as the reader may know; empty for clocks and the other side's staff."""
    mine: bool
    """Whether the reader's own side did it."""
    title: str
    """What happened, as a sentence."""
    text: str
    """What was written with it; may be empty."""
    advice: str
    """What the reader is advised to do after it; mostly empty."""
    exhibits: tuple[UUID, ...]
    """Exhibits that came with it."""
    at: datetime
    """When it happened or was due."""
    recorded_at: datetime
    """When it was recorded; later than `at` for what was noticed late."""
    rule: str
    """The row id of the rule that fired or allowed it; empty when there is none."""
    late: bool
    """Whether it came after the due time and was kept as a message."""
    system: bool
    """Whether it happened by itself; shown greyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEvent:
    """One event of the journal, for programs."""

    sequence: int
    """Counts the case's events from one."""
    kind: str
    """What happened."""
    at: datetime
    """When it happened or was due."""
    recorded_at: datetime
    """When it was recorded."""
    actor: str
    """buyer, seller, platform or marketplace; for what happened by itself, clock."""
    via: str
    """page, api, import, queue, timer or system."""
    rule: str
    """The row id of the rule; empty when there is none."""
    stage: str
    """Where the case stood afterwards."""
    outcome: str
    """How it had closed by then; empty while it never did."""
    material: bool
    """Whether a stale version is refused because of it."""
    facts: Mapping[str, Any]
    """What the event carried and changed, as this reader may see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMoved:
    """Something that moved a running clock."""

    at: datetime
    """When."""
    kind: str
    """The journal's word for it."""
    who: str
    """The side that did it, in words; to staff the person."""
    what: str
    """What was done, in words."""
    reason: str
    """Why, as far as the reader may know; empty where nobody said."""
    due_before: datetime
    """The due time before."""
    due_at: datetime
    """The due time afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksChanged:
    """A change of the clocks between the beginning and the due time, such as that of summer time."""

    at: datetime
    """The first moment of the new time."""
    before: str
    """The offset from UTC until then, in words."""
    after: str
    """The offset from UTC from then on, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeReason:
    """«Why this time?» for one deadline."""

    name: str
    """The policy's name for the deadline."""
    id: str
    """The row id of the platform rule."""
    label: str
    """Its name."""
    due_at: datetime
    """The promised moment."""
    zone: str
    """The platform's zone, in which it was counted."""
    sentence: str
    """The rule as a sentence: how long, counted from what."""
    length: str
    """The length, in words."""
    counted_from: datetime
    """The moment counting began."""
    anchor: str
    """What happened then, in words."""
    source: str
    """Where the platform's number comes from."""
    confidence: str
    """seed, A, B, C, sdk or assumed."""
    provisional: bool
    """Whether the number is not confirmed by the platform itself."""
    version: int
    """The number of the policy version."""
    pack: str
    """The rule document."""
    calendar: tuple[str, int] | None
    """Country and edition of the calendar, where working days are counted."""
    skipped: tuple[tuple[date, str], ...]
    """Days that do not count, with their names."""
    made_up: tuple[date, ...]
    """Weekend days that count, because they are worked."""
    provisional_years: tuple[int, ...]
    """Calendar years not announced officially yet."""
    clock_changes: tuple[ClocksChanged, ...]
    """Changes of the clocks on the way."""
    state: str
    """pending, paused or passed."""
    moved: tuple[TimeMoved, ...]
    """Pauses, extensions, freezes and changes of rules since it began, oldest first."""
    then: str
    """What happens by itself at that moment, in a sentence."""
    stated: bool
    """Whether the marketplace stated the moment itself."""
    lines: tuple[str, ...]
    """All of the above as sentences, in order: what the page lists."""
