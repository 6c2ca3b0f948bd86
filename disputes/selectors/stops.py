"""Stops of automatic outcomes as administrators see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.clock import database_now
from disputes.models import AutomaticStop, Case, Deadline
from rules.engine.types import DeadlineKind, DeadlineStatus, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StopView:
    """A stop that is in force."""

    pack: str
    reason: str
    by_id: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What stopping a pack now would keep from happening."""

    running: int
    """Cases that are not closed."""
    lapsing: int
    """Automatic outcomes of the next 24 hours."""


def open_stops(packs: Sequence[str]) -> tuple[StopView, ...]:
    """The stops in force of these packs, the oldest first."""
    rows = AutomaticStop.objects.filter(pack__in=packs, resumed_at__isnull=True).select_related("stopped_by")
    return tuple(
        StopView(
            pack=row.pack, reason=row.reason, by_id=row.stopped_by_id, by=row.stopped_by.get_full_name(),
            at=row.stopped_at,
        )
        for row in rows.order_by("pk")
    )  # fmt: skip


def reach_of(pack: str) -> Reach:
    """Counted now."""
    until = database_now() + timedelta(hours=24)
    lapsing = Deadline.objects.filter(
        case__pack=pack, kind=DeadlineKind.AUTO, status=DeadlineStatus.PENDING, wakes_at__lte=until
    )
    return Reach(running=Case.objects.filter(pack=pack).exclude(stage=Stage.CLOSED).count(), lapsing=lapsing.count())
