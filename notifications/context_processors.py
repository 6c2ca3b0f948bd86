"""What the frame of every page knows about its reader's inbox."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from notifications.selectors import unread_count


def bell(request: HttpRequest) -> dict[str, Any]:
    """The addresses of the inbox and of its settings, and ``unread_count`` (asked for only where it is shown).

    Nothing for strangers.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    unread = SimpleLazyObject(lambda: unread_count(user.pk))
    return {
        "inbox_url": reverse("notifications:inbox"),
        "notification_settings_url": reverse("notifications:settings"),
        "unread_count": unread,
    }
