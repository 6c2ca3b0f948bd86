"""Deliveries on their way: leased for a while, sent, and recorded; repeated with back-off under the same message id.

The lease is a row like every other time of the house. Whoever dies between sending and recording lets it run out,
and the mail goes out again: at least once, and the same message to every mailbox.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from contract import signs
from disputes.selectors.access import seen_as
from notifications.channels.email import mail_of
from notifications.models import Delivery, Notification
from notifications.services.people import Reach, reach_of

BATCH = 20
MOST_BATCHES = 5
"""In one call; the next ring goes on, and other work comes in between."""
LEASE = timedelta(minutes=10)
"""Longer than a whole batch takes, even if every mail nearly runs into the mail server's time-out of ten seconds."""
FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
MOST_ATTEMPTS = 14
"""About a day and a half with the back-off above."""
logger = logging.getLogger(__name__)

LEASE_DUE = """
UPDATE notifications_delivery d SET attempts = d.attempts + 1, next_try_at = now.at + %(lease)s
FROM (
    SELECT id FROM notifications_delivery
    WHERE status = 'waiting' AND next_try_at <= (SELECT gongduan_clock())
    ORDER BY next_try_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) due, (SELECT gongduan_clock() AS at) now
WHERE d.id = due.id
RETURNING d.id
"""
RECORD = """
UPDATE notifications_delivery SET status = %(status)s, error = %(error)s,
    sent_at = CASE WHEN %(status)s = 'sent' THEN gongduan_clock() END,
    next_try_at = CASE WHEN %(status)s = 'waiting' THEN gongduan_clock() + %(pause)s ELSE next_try_at END
WHERE id = %(id)s AND attempts = %(attempts)s AND status = 'waiting'
"""
"""Only whoever holds the latest lease records what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of the deliveries of one call."""

    tried: int
    sent: int
    server_down: bool
    """Whether it ended because the mail server did not answer."""


def send_until_done(*, limit: int = BATCH) -> Sent:
    """Send what is due, batch after batch, until the mail server is down or enough was sent for one call."""
    tried = sent = 0
    for _batch in range(MOST_BATCHES):
        batch = send_batch(limit=limit)
        tried, sent = tried + batch.tried, sent + batch.sent
        if batch.server_down or not batch.tried:
            break
    return Sent(tried=tried, sent=sent, server_down=batch.server_down)


def send_batch(*, limit: int = BATCH) -> Sent:
    """Lease and send up to `limit` due deliveries. Nothing is locked while the mail server is talked to.

    Once the server does not answer, the rest of the batch is put off without asking it again and again.
    """
    leased = _lease(limit)
    reach = reach_of(delivery.notification.recipient_id for delivery in leased)
    mailer, sent, failure = get_connection(), 0, None
    try:
        for delivery in leased:
            signs.sign()  # a slow mail server is waited for, not taken for standing still
            failure = failure or _deliver(mailer, delivery, reach.get(delivery.notification.recipient_id))
            if failure:
                _record_failure(delivery, failure)
                failure = failure if is_the_servers(failure) else None
            else:
                sent += delivery.status == Delivery.Status.SENT
    finally:
        mailer.close()
    return Sent(tried=len(leased), sent=sent, server_down=failure is not None)


def _lease(limit: int) -> Sequence[Delivery]:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"lease": LEASE, "limit": limit}
        cursor.execute(LEASE_DUE, values)
        ids = [row[0] for row in cursor.fetchall()]
    return list(Delivery.objects.select_related("notification").filter(pk__in=ids).order_by("notification_id"))


def _deliver(mailer: BaseEmailBackend, delivery: Delivery, reach: Reach | None) -> Exception | None:
    """Send one; what went wrong, if anything did. Who wants no mail, or has left the case's side, is left alone."""
    if (
        reach is None or not reach.person.email or reach.person.is_suspended or not reach.preference.email
        or not still_concerns(delivery.notification)
    ):  # fmt: skip
        _record(delivery, Delivery.Status.SKIPPED)
        return None
    try:
        mailer.open()
        mailer.send_messages([mail_of(delivery, reach.person)])
    except Exception as error:  # whatever a mail server answers, the next mail is tried
        return error
    _record(delivery, Delivery.Status.SENT)
    return None


def still_concerns(notification: Notification) -> bool:
    """Whether the recipient is still what they were told as: a seller's agent may have left the shop since."""
    return seen_as(notification.recipient_id, notification.case_id) == notification.role


def _record_failure(delivery: Delivery, error: Exception) -> None:
    """Keep why, and when to try again; an address that is refused for good, or too many attempts, end it."""
    over = delivery.attempts >= MOST_ATTEMPTS or is_refused_for_good(error)
    logger.warning("delivery %s, attempt %s: %s", delivery.pk, delivery.attempts, type(error).__name__)
    _record(delivery, Delivery.Status.GIVEN_UP if over else Delivery.Status.WAITING, error=type(error).__name__)


def is_refused_for_good(error: Exception) -> bool:
    """Whether the mail server said that this address will never take mail (a 5xx answer)."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _text in error.recipients.values())


def is_the_servers(error: Exception) -> bool:
    """Whether the failure is the mail server's, so that every other mail would meet it too."""
    of_one_mail = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
    return isinstance(error, OSError) and not isinstance(error, of_one_mail)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from a minute to six hours."""
    return min(LAST_RETRY, FIRST_RETRY * 2 ** min(max(attempts - 1, 0), 20))


def _record(delivery: Delivery, status: str, *, error: str = "") -> None:
    values: dict[str, Any] = {
        "id": delivery.pk, "attempts": delivery.attempts, "status": str(status), "error": error[:300],
        "pause": pause_after(delivery.attempts),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
    delivery.status = status
