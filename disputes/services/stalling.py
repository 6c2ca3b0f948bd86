"""Feeds that marketplaces send: switched on and off, watched, stale after six hours of silence, fresh with an import.

A feed is one row. Watching it, an import, and an administrator change that row; the cases follow in batches, each in
its own transaction, and whatever is left after a crash is taken up with the next look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.db import connection, transaction

from accounts.actions import record_action
from accounts.models import User
from accounts.selectors import is_administrator
from contract.clock import database_now
from contract.errors import Forbidden, NotFound
from disputes.models import Feed
from disputes.services.batching import BATCH, Gone, go_through
from disputes.services.stalled import stale_feeds, tell_feed
from disputes.services.writer import one_transaction
from disputes.signals import journal_grew
from rules.selectors import packs_in_force, policy_of

STALE_AFTER: Final = timedelta(hours=6)
"""Of silence, in watched time (platform-rules 10.2, item 24; assumed)."""
WATCH_EVERY: Final = timedelta(minutes=1)
"""Between two looks of one watcher."""
LONGEST_LOOK: Final = 2 * WATCH_EVERY
"""The most that one look adds to a silence: what lies further back was our own downtime, not the feed's."""

LOOK: Final = """
WITH watched AS (
    SELECT f.id, now.at, f.silent_for + least(greatest(now.at - f.watched_at, interval '0'), %(longest)s) AS silent_for
    FROM disputes_feed f, (SELECT gongduan_clock() AS at) now WHERE f.is_on ORDER BY f.id FOR NO KEY UPDATE OF f
)
UPDATE disputes_feed f SET silent_for = watched.silent_for, watched_at = greatest(f.watched_at, watched.at),
    stale_since = CASE WHEN watched.silent_for >= %(limit)s THEN coalesce(f.stale_since, watched.at) END,
    followed = f.followed AND (f.stale_since IS NOT NULL) = (watched.silent_for >= %(limit)s)
FROM watched WHERE f.id = watched.id
"""
ARRIVED: Final = """
WITH heard AS (
    SELECT f.id FROM disputes_feed f JOIN unnest(%(platforms)s::text[], %(kinds)s::text[]) AS told (platform, kind)
        ON f.platform = told.platform AND f.kind = told.kind
    ORDER BY f.id FOR NO KEY UPDATE OF f
)
UPDATE disputes_feed f SET fresh_at = now.at, silent_for = interval '0', watched_at = greatest(f.watched_at, now.at),
    stale_since = NULL, followed = f.followed AND f.stale_since IS NULL
FROM heard, (SELECT gongduan_clock() AS at) now WHERE f.id = heard.id
"""
TO_STALL: Final = """
SELECT c.id FROM disputes_case c WHERE c.platform = %s AND c.id > %s AND c.stage <> 'CLOSED'
    AND c.policy_id = ANY(%s) AND NOT coalesce(c.facts -> 'feeds_stalled' ? %s, false)
ORDER BY c.id LIMIT %s
"""
TO_RETURN: Final = """
SELECT c.id FROM disputes_case c WHERE c.platform = %s AND c.id > %s AND c.stage <> 'CLOSED'
    AND c.facts -> 'feeds_stalled' ? %s
ORDER BY c.id LIMIT %s
"""
NOBODY: Final = Gone(changed=0, counted=0, broken=0, finished=True)
POLICIES: Final = "SELECT DISTINCT policy_id FROM disputes_case WHERE platform = %s AND stage <> 'CLOSED'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What became of the cases of a feed's platform."""

    platform: str
    kind: str
    is_on: bool
    stale: bool
    changed: int = 0
    """Cases told by this call."""
    broken: int = 0
    """Cases that could not be read, decided or written; the log says why. They are tried again."""
    finished: bool = True
    """False when the call ended before the last case; the workers go on."""


def switch(platform: str, kind: str, *, on: bool, actor: User, batches: int | None = None) -> Followed:
    """Let a feed count from now on, or no longer. One that is switched off pauses nothing: what waited runs on.

    Switching to what it is already changes nothing. Raises NotFound, Forbidden for whoever does not administer the
    platform.
    """
    if platform not in {version.policy.platform for version in packs_in_force()} or kind not in Feed.Kind.values:
        raise NotFound
    if not is_administrator(actor, platform):
        raise Forbidden
    return follow(_switched(platform, kind, on, actor), batches=batches)


def _switched(platform: str, kind: str, on: bool, actor: User) -> Feed:
    with one_transaction():
        now = database_now()
        Feed.objects.get_or_create(
            platform=platform, kind=kind, defaults={"switched_by": actor, "switched_at": now, "watched_at": now}
        )
        feed = Feed.objects.select_for_update(no_key=True).get(platform=platform, kind=kind)
        if feed.is_on is on:
            return feed
        feed.followed = feed.followed and feed.stale_since is None
        feed.is_on, feed.switched_by, feed.switched_at, feed.stale_since = on, actor, now, None
        feed.silent_for, feed.watched_at = timedelta(), now
        feed.save()
        record_action("feed_on" if on else "feed_off", by=actor, subject=kind, platform=platform)
        return feed


def arrived(news: Iterable[tuple[str, str]], *, batches: int | None = None) -> None:
    """Somebody imported these feeds (platform and kind): they are fresh, and what waited for them runs on."""
    told = sorted(set(news))
    if not told:
        return
    platforms, kinds = [list(column) for column in zip(*told, strict=True)]
    with one_transaction(), connection.cursor() as cursor:
        cursor.execute(ARRIVED, {"platforms": platforms, "kinds": kinds})
    for feed in Feed.objects.filter(followed=False, platform__in=platforms).order_by("pk"):
        follow(feed, batches=batches)


def watch(*, batches: int | None = None) -> bool:
    """Look whether each feed still arrives and tell the cases; whether all of them know by now.

    About once in WATCH_EVERY by whoever lives, several at once or one: a silence is counted once.
    """
    lengths: dict[str, Any] = {"longest": LONGEST_LOOK, "limit": STALE_AFTER}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOOK, lengths)
    reports = [follow(feed, batches=batches) for feed in Feed.objects.filter(followed=False).order_by("pk")]
    return all(report.finished for report in reports)


def follow(feed: Feed, *, batches: int | None = None) -> Followed:
    """Tell the cases that do not know yet, until none is left or the feed changed again."""
    stalled = feed.stale_since is not None
    gone = NOBODY if feed.followed else _tell(feed, batches, stalled=stalled)
    if gone.changed:
        journal_grew.send(sender=Feed)
    if gone.finished and not gone.broken:
        _is_followed(feed)
    return Followed(
        platform=feed.platform, kind=feed.kind, is_on=feed.is_on, stale=stalled, changed=gone.changed,
        broken=gone.broken, finished=gone.finished,
    )  # fmt: skip


def _tell(feed: Feed, batches: int | None, *, stalled: bool) -> Gone:
    relying = _policies_that_rely(feed) if stalled else None
    return go_through(
        lambda last: _ids(feed, last, relying), partial(tell_feed, feed=feed.kind, stalled=stalled), batches=batches,
        goes_on=lambda: (feed.kind in stale_feeds(feed.platform)) is stalled,
    )  # fmt: skip


def _ids(feed: Feed, last: int, relying: list[int] | None) -> list[int]:
    """The next cases to be told that the feed stalled, for those who rely on it; with None, that it returned."""
    with connection.cursor() as cursor:
        if relying is None:
            cursor.execute(TO_RETURN, [feed.platform, last, feed.kind, BATCH])
        else:
            cursor.execute(TO_STALL, [feed.platform, last, relying, feed.kind, BATCH])
        return [row[0] for row in cursor.fetchall()]


def _policies_that_rely(feed: Feed) -> list[int]:
    """Those of open cases, asked once: a case that opens later asks for the feed itself."""
    with connection.cursor() as cursor:
        cursor.execute(POLICIES, [feed.platform])
        return [policy_id for (policy_id,) in cursor.fetchall() if feed.kind in policy_of(policy_id).feeds]


def _is_followed(feed: Feed) -> None:
    """Unless it changed again meanwhile."""
    Feed.objects.filter(pk=feed.pk, stale_since=feed.stale_since, is_on=feed.is_on).update(followed=True)
