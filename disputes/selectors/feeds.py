"""The feeds of marketplaces as administrators see them: what counts, since when it is silent, and who waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from disputes.labels.words import FEEDS, PLATFORMS, name_of
from disputes.models import Deadline, Feed
from disputes.selectors.wording import Worded
from rules.engine.reconciling import STALLED
from rules.engine.types import DeadlineStatus
from rules.selectors import packs_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """One feed of one platform, whether or not anybody ever switched it on."""

    platform: Worded
    kind: Worded
    is_on: bool
    switched_by: str
    """Who switched it on or off last; empty while nobody did."""
    switched_at: datetime | None
    fresh_at: datetime | None
    """When an import last brought it, since it was first switched on."""
    silent_seconds: int
    """How long nothing came, of the time somebody watched."""
    stale_since: datetime | None
    waiting: int
    """Cases in which something waits for it."""

    @property
    def silent_minutes(self) -> int:
        return self.silent_seconds // 60


def platforms_with_feeds() -> tuple[str, ...]:
    """Those with rules in force, in the order of their packs."""
    return tuple(dict.fromkeys(version.policy.platform for version in packs_in_force()))


def feeds_of(platforms: Sequence[str]) -> tuple[FeedView, ...]:
    """Every feed of these platforms."""
    rows = {
        (row.platform, row.kind): row
        for row in Feed.objects.filter(platform__in=platforms).select_related("switched_by")
    }
    waiting = _waiting(platforms) if rows else {}
    return tuple(
        _view(platform, kind, rows.get((platform, kind)), waiting.get((platform, f"{STALLED}:{kind}"), 0))
        for platform in platforms for kind in Feed.Kind.values
    )  # fmt: skip


def stale_feeds_of(platforms: Sequence[str]) -> tuple[FeedView, ...]:
    """Those that are stale now."""
    if not Feed.objects.filter(platform__in=platforms, stale_since__isnull=False).exists():
        return ()
    return tuple(feed for feed in feeds_of(platforms) if feed.stale_since)


def _waiting(platforms: Sequence[str]) -> Mapping[tuple[str, str], int]:
    paused = Deadline.objects.filter(
        status=DeadlineStatus.PAUSED, pause_reason__startswith=STALLED, case__platform__in=platforms
    )
    counted = paused.values_list("case__platform", "pause_reason").annotate(cases=Count("case", distinct=True))
    return {(platform, reason): cases for platform, reason, cases in counted.order_by()}


def _view(platform: str, kind: str, row: Feed | None, waiting: int) -> FeedView:
    words = {
        "platform": Worded(code=platform, text=name_of(PLATFORMS, platform)),
        "kind": Worded(code=kind, text=name_of(FEEDS, kind)),
    }
    if row is None:
        return FeedView(
            **words, is_on=False, switched_by="", switched_at=None, fresh_at=None, silent_seconds=0, stale_since=None,
            waiting=waiting,
        )  # fmt: skip
    return FeedView(
        **words, is_on=row.is_on, switched_by=row.switched_by.get_full_name(), switched_at=row.switched_at,
        fresh_at=row.fresh_at, silent_seconds=int(row.silent_for.total_seconds()), stale_since=row.stale_since,
        waiting=waiting,
    )  # fmt: skip
