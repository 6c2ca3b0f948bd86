"""When somebody may be written to: quiet hours in their own zone. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SHORTEST_NOTICE = timedelta(hours=1)
"""What may not come later than this before its due time is sent in quiet hours too."""


def time_to_send(
    now: datetime, *, zone: str, quiet_from: time | None, quiet_until: time | None, due_at: datetime | None
) -> datetime:
    """Now, or the end of the quiet hours; never so late that a time would run out unheard of."""
    end = quiet_end(now, zone=zone, quiet_from=quiet_from, quiet_until=quiet_until)
    if end is None or (due_at is not None and end > due_at - SHORTEST_NOTICE):
        return now
    return end


def quiet_end(now: datetime, *, zone: str, quiet_from: time | None, quiet_until: time | None) -> datetime | None:
    """When the quiet hours that hold now end; None outside of them. They may span midnight."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return None
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time()
    over_midnight = quiet_from > quiet_until
    inside = clock >= quiet_from or clock < quiet_until if over_midnight else quiet_from <= clock < quiet_until
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and clock >= quiet_from else 0)
    return datetime.combine(day, quiet_until, tzinfo=ZoneInfo(zone)).astimezone(now.tzinfo)
