"""Whether the machinery is alive: what is due, what is late, who sweeps, what waits to be told, what was imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, QuerySet

from contract.clock import database_now
from disputes.models import Case, Feed, ImportRun, PendingRelay, StuckCase, SweepRecord, UnmappedReason
from disputes.selectors.ranges import OPEN
from rules.engine.reconciling import STOPPED
from rules.engine.types import Stage
from rules.selectors import packs_in_force

MOST = 100_001
"""Nothing is counted further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweeperView:
    """One process that settles due cases."""

    name: str
    last_at: datetime
    """Its last sign of life."""
    seconds_ago: int
    moved: int
    """Cases it has advanced altogether."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """The state of all clocks at one moment."""

    now: datetime
    overdue_seconds: int
    """How long the oldest due case has been waiting; 0 when none is."""
    overdue_cases: int
    """Counted to MOST, as is the backlog."""
    relay_backlog: int
    """Events nobody has been told about yet."""
    stuck: int
    held: int
    stale_feeds: int
    """Feeds for which automatic outcomes wait."""
    sweepers: tuple[SweeperView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """One import that was run."""

    id: int
    format: str
    dry_run: bool
    overdue: str
    by_id: int
    by: str
    at: datetime
    created: int
    updated: int
    unchanged: int
    refused: int
    results: tuple[Mapping[str, Any], ...]
    """The rows as they were kept; empty in lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmappedView:
    """A reason's text that no catalogue knows."""

    platform: str
    text: str
    times_seen: int
    first_seen_at: datetime


def machinery() -> Machinery:
    """Looked at now."""
    now = database_now()
    waking = Case.objects.filter(wake_at__isnull=False)
    overdue = waking.filter(wake_at__lte=now, stuck__isnull=True)
    oldest = overdue.aggregate(first=Min("wake_at"))["first"]
    return Machinery(
        now=now, overdue_seconds=int((now - oldest).total_seconds()) if oldest else 0,
        overdue_cases=overdue.values("pk")[:MOST].count(),
        relay_backlog=PendingRelay.objects.values("pk")[:MOST].count(), stuck=StuckCase.objects.count(),
        held=_held().values("pk")[:MOST].count(),
        stale_feeds=Feed.objects.filter(stale_since__isnull=False).count(), sweepers=_sweepers(now),
    )  # fmt: skip


def _held() -> QuerySet[Case]:
    """Open cases whose clocks stand still: they wait for the platform, so its index by due time finds them."""
    waiting = Case.objects.filter(platform_due_at__isnull=False)
    return waiting.exclude(held__in=("", STOPPED)).exclude(stage=Stage.CLOSED)


def open_cases() -> QuerySet[Case]:
    """Cases that go on, by platform and stage as the index has them: those that are closed are not walked past."""
    platforms = {version.policy.platform for version in packs_in_force()}
    return Case.objects.filter(platform__in=sorted(platforms), stage__in=OPEN)


def open_cases_by_version() -> dict[int, int]:
    """How many open cases run under each policy version, by its id."""
    rows = open_cases().values_list("policy_id").annotate(n=Count("pk"))
    return dict(rows.order_by())


def import_runs(limit: int = 50) -> tuple[ImportView, ...]:
    """The latest imports, without their rows."""
    rows = ImportRun.objects.select_related("started_by").defer("results").order_by("-pk")[:limit]
    return tuple(_run(row, results=()) for row in rows)


def import_run(run_id: int) -> ImportView | None:
    """One import with its rows."""
    row = ImportRun.objects.select_related("started_by").filter(pk=run_id).first()
    return _run(row, results=tuple(row.results)) if row else None


def unmapped_reasons(limit: int = 100) -> tuple[UnmappedView, ...]:
    """Texts that were imported and that no reason stands for yet, the most frequent first."""
    rows = UnmappedReason.objects.filter(mapped_to="").order_by("-times_seen", "pk")[:limit]
    return tuple(
        UnmappedView(platform=row.platform, text=row.text, times_seen=row.times_seen, first_seen_at=row.first_seen_at)
        for row in rows
    )


def _sweepers(now: datetime) -> tuple[SweeperView, ...]:
    rows = SweepRecord.objects.order_by(F("last_at").desc())
    return tuple(
        SweeperView(
            name=row.sweeper, last_at=row.last_at, seconds_ago=max(int((now - row.last_at).total_seconds()), 0),
            moved=row.cases_moved,
        )
        for row in rows
    )  # fmt: skip


def _run(row: ImportRun, *, results: tuple[Mapping[str, Any], ...]) -> ImportView:
    return ImportView(
        id=row.pk, format=row.format, dry_run=row.dry_run, overdue=row.overdue, by_id=row.started_by_id,
        by=row.started_by.get_full_name(), at=row.started_at, created=row.created, updated=row.updated,
        unchanged=row.unchanged, refused=row.refused, results=results,
    )  # fmt: skip
