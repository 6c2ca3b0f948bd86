"""What somebody finds in the inbox, in words; and how they want to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.db import connection

from contract.paging import CursorPage, CursorValue, page_of
from notifications.models import Notification, Preference
from notifications.render import Rendered, render

INBOX = "inbox"
"""The name of the list in its cursors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """One notification, as its reader sees it."""

    id: int
    number: str
    """The case's number."""
    kind: str
    role: str
    """As what the reader is told: buyer, seller or platform."""
    severity: str
    """low, normal, or high when something is to be done."""
    words: Rendered
    happened_at: datetime
    """When it happened or was due."""
    unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """How somebody wants to be told beside the inbox."""

    email: bool
    quiet_from: time | None
    """Quiet hours are local times of the person's zone; both or neither."""
    quiet_until: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBacklog:
    """Mails that should have been sent by now."""

    due: int
    """Counted to 100,001."""
    oldest_seconds: float
    """How long the first of them has waited; 0 when none does."""


MAIL_BACKLOG = """
SELECT count(*), coalesce(extract(epoch FROM max(late)), 0) FROM (
    SELECT now.at - d.next_try_at AS late FROM notifications_delivery d, (SELECT gongduan_clock() AS at OFFSET 0) now
    WHERE d.status = 'waiting' AND d.next_try_at <= now.at
    ORDER BY d.next_try_at, d.id LIMIT 100001
) due
"""


def mail_backlog() -> MailBacklog:
    """Mails that are due; one that somebody is sending, or that failed and waits for its next try, is not."""
    with connection.cursor() as cursor:
        cursor.execute(MAIL_BACKLOG)
        due, oldest = cursor.fetchone()
    return MailBacklog(due=due, oldest_seconds=float(oldest))


def unread_count(user_id: int) -> int:
    """How many notifications wait to be read."""
    return Notification.objects.filter(recipient_id=user_id, read_at__isnull=True).count()


def inbox(user_id: int, after: tuple[CursorValue, ...] | None, limit: int) -> CursorPage[InboxItem]:
    """A page of the inbox in the active language: what is unread first, the newest first in both parts."""
    in_read, last = (bool(after[0]), int(str(after[1]))) if after else (False, None)
    rows = [] if in_read else _part(user_id, unread=True, before=last, limit=limit + 1)
    if len(rows) <= limit:
        rows += _part(user_id, unread=False, before=last if in_read else None, limit=limit + 1 - len(rows))
    return page_of(rows, limit, lambda row: (row.read_at is not None, row.pk), of=INBOX).shown_as(_item)


def channels_of(user_id: int) -> Channels:
    """How somebody wants to be told; without a choice by e-mail at any hour."""
    chosen = Preference.objects.filter(pk=user_id).first() or Preference()
    return Channels(email=chosen.email, quiet_from=chosen.quiet_from, quiet_until=chosen.quiet_until)


def _part(user_id: int, *, unread: bool, before: int | None, limit: int) -> list[Notification]:
    own = Notification.objects.filter(recipient_id=user_id, read_at__isnull=unread)
    if before is not None:
        own = own.filter(pk__lt=before)
    return list(own.order_by("-pk")[:limit])


def _item(row: Notification) -> InboxItem:
    return InboxItem(
        id=row.pk, number=row.number, kind=row.kind, role=row.role, severity=row.severity, happened_at=row.happened_at,
        unread=row.read_at is None, words=render(row.kind, role=row.role, number=row.number, facts=row.facts),
    )  # fmt: skip
