"""What the house forgets by itself, because nobody was promised it any longer."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from accounts.throttling import forget_old_windows
from contract.clock import database_now
from contract.idempotency import forget_old_keys
from disputes.services.scans import forget_unclaimed


def forget_what_is_over() -> int:
    """Delete old idempotency keys, login counters, unclaimed scans and expired sessions; how many but the sessions."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return forget_old_keys(database_now()) + forget_old_windows() + forget_unclaimed()
