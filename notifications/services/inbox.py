"""What people do with what they are told: read it, and say how they want to be told."""

from __future__ import annotations

from datetime import time

from django.db import transaction

from contract.clock import Clock
from contract.errors import NotFound
from notifications.models import Notification, Preference


def mark_read(user_id: int, notification_id: int) -> str:
    """Mark one notification of one's own as read; the number of its case. Raises NotFound for anybody else's."""
    own = Notification.objects.filter(pk=notification_id, recipient_id=user_id)
    number = own.values_list("number", flat=True).first()
    if number is None:
        raise NotFound
    own.filter(read_at__isnull=True).update(read_at=Clock())
    return number


def mark_all_read(user_id: int, *, up_to: int | None = None) -> int:
    """Mark all as read, or those shown (`up_to` the newest id shown); how many were unread."""
    unread = Notification.objects.filter(recipient_id=user_id, read_at__isnull=True)
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    return unread.update(read_at=Clock())


def choose_channels(user_id: int, *, email: bool, quiet_from: time | None, quiet_until: time | None) -> None:
    """Keep how somebody wants to be told."""
    with transaction.atomic():
        Preference.objects.update_or_create(
            user_id=user_id, defaults={"email": email, "quiet_from": quiet_from, "quiet_until": quiet_until}
        )
