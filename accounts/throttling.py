"""How often somebody may try to log in: per account and per address, counted in the database.

In the database and not in a cache, because the count must hold when the cache is away. Each attempt is
counted before the password is looked at, so that many at once cannot slip through together.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import LoginCounter
from contract.clock import ClockReading
from contract.errors import TooMany

WINDOW: Final = timedelta(minutes=15)
PER_ACCOUNT: Final = 10
PER_ADDRESS: Final = 60
"""Higher, since an office may share one address."""

_COUNT: Final = """
INSERT INTO accounts_logincounter AS counter (subject_digest, window_started_at, attempts)
VALUES (%(subject)s, gongduan_clock(), 1)
ON CONFLICT (subject_digest) DO UPDATE SET
    attempts = CASE WHEN counter.window_started_at <= excluded.window_started_at - %(window)s
                    THEN 1 ELSE counter.attempts + 1 END,
    window_started_at = CASE WHEN counter.window_started_at <= excluded.window_started_at - %(window)s
                             THEN excluded.window_started_at ELSE counter.window_started_at END
RETURNING attempts, extract(epoch FROM window_started_at + %(window)s - gongduan_clock())
"""


class TooManyLogins(TooMany):
    """Too many attempts to log in, for the account or from the address."""

    code = "too_many_logins"
    sentence = _("Too many attempts to log in. Please wait %(minutes)s minutes and try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    subject: str
    most: int


def count_login(username: str, address: str) -> None:
    """Count an attempt. Raises TooManyLogins when there were too many within the window."""
    waits = [_counted(limit) for limit in _limits(username, address)]
    if wait := max(waits):
        raise TooManyLogins(retry_after=wait, minutes=ceil(wait / 60))


def forget_logins(username: str) -> None:
    """After a success: the account starts anew. The address does not, or one good account would free it."""
    LoginCounter.objects.filter(pk=_digest(_account(username))).delete()


def forget_old_windows() -> int:
    """Delete the counters whose window is over; the number deleted."""
    deleted, _by_model = LoginCounter.objects.filter(window_started_at__lt=ClockReading() - WINDOW).delete()
    return deleted


def client_address(request: HttpRequest) -> str:
    """The address a request came from, as told by the last of the GONGDUAN_PROXY_COUNT proxies we run."""
    proxies = getattr(settings, "GONGDUAN_PROXY_COUNT", 0)
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR") or "unknown"


def _limits(username: str, address: str) -> tuple[_Limit, _Limit]:
    return (
        _Limit(subject=_account(username), most=PER_ACCOUNT),
        _Limit(subject=f"address:{address}", most=PER_ADDRESS),
    )


def _counted(limit: _Limit) -> int:
    """Count, and answer the seconds to wait: 0 while within the limit."""
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {"subject": _digest(limit.subject), "window": WINDOW}
        cursor.execute(_COUNT, parameters)
        attempts, seconds_left = cursor.fetchone()
    return max(1, ceil(seconds_left)) if attempts > limit.most else 0


def _account(username: str) -> str:
    return f"account:{username.strip().casefold()}"


def _digest(subject: str) -> str:
    return salted_hmac("accounts.throttling", subject, algorithm="sha256").hexdigest()
