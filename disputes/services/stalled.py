"""Whether a case knows which feeds of its platform are stale, asked inside the transaction that would let one run."""

from __future__ import annotations

from django.db import connection

from disputes.services.loading import LockedCase
from disputes.services.stopped import Stops, hold_if_freed, open_stop
from rules.engine.decide import apply, decide
from rules.engine.events import Event, Step, Via
from rules.engine.types import CaseSnapshot, Party, Stage
from rules.engine.windows import frozen_from_the_start

STALE = "SELECT kind, stale_since IS NOT NULL FROM disputes_feed WHERE platform = %s AND is_on ORDER BY id FOR SHARE"


def stale_feeds(platform: str) -> frozenset[str]:
    """The feeds that are stale until this transaction ends: nobody marks another, or one as fresh, before.

    Whoever asks already holds the locks of its cases and orders, and takes none afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute(STALE, [platform])
        return frozenset(kind for kind, is_stale in cursor.fetchall() if is_stale)


def tell_feed(case: LockedCase, snapshot: CaseSnapshot, feed: str, *, stalled: bool) -> Step | None:
    """The step that tells a case of a feed that stalled, or returned; None where that is no news to it."""
    if stalled and feed not in case.policy.feeds:
        return None
    kind = "feed_stalled" if stalled else "feed_returned"
    event = Event(kind=kind, party=Party.PLATFORM, at=case.now, via=Via.SYSTEM, data={"feed": feed})
    result = decide(case.policy, case.calendar, snapshot, event, now=case.now)
    return result if isinstance(result, Step) else None


def kept_from_running(
    case: LockedCase, before: CaseSnapshot, after: CaseSnapshot, stops: Stops = open_stop
) -> tuple[tuple[Step, ...], CaseSnapshot]:
    """What keeps automatic outcomes from happening in a case that just began, or goes on again, and the case then."""
    steps: list[Step] = []
    if before.stage is Stage.NEW:
        frozen = frozen_from_the_start(case.policy, case.calendar, after, case.windows, now=case.now)
        steps, after = ([frozen], apply(after, frozen)) if frozen else (steps, after)
    hold = hold_if_freed(case, before, after, stops)
    if hold is not None:
        steps, after = [*steps, hold], apply(after, hold)
    if after.stage is not Stage.CLOSED and before.stage in (Stage.NEW, Stage.CLOSED):
        for feed in sorted(stale_feeds(case.platform)):
            told = tell_feed(case, after, feed, stalled=True)
            if told is not None:
                steps, after = [*steps, told], apply(after, told)
    return tuple(steps), after
