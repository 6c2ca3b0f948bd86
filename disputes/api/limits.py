"""How often somebody may ask, and the headers that say how much is left."""

from __future__ import annotations

import time
from typing import Any, Final

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.throttling import client_address

WINDOW: Final = 60
"""Seconds."""
PER_WINDOW: Final = 600
"""Requests of one person, or of one address where nobody is logged in."""


class RequestLimit(BaseThrottle):
    """Counts in fixed windows in the cache; while the cache is away nobody is refused."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        used = _counted(request)
        request._request.rate_limit_used = used  # type: ignore[attr-defined]  # noqa: SLF001  (documented by DRF)
        return used <= PER_WINDOW

    def wait(self) -> float:
        return seconds_left()


def _counted(request: Request) -> int:
    """Count this request; the number within the window so far, 0 where that is not known."""
    who = f"user:{request.user.pk}" if request.user.pk else f"address:{client_address(request._request)}"  # noqa: SLF001
    key = f"api-limit:{who}:{int(time.time()) // WINDOW}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        return cache.incr(key)
    except ValueError:
        return 0


def seconds_left() -> int:
    """Until the window ends."""
    return WINDOW - int(time.time()) % WINDOW


def limit_headers(request: Any) -> dict[str, str]:
    """`RateLimit` headers for an answer; the whole allowance where nothing was counted."""
    inner = getattr(request, "_request", request)
    left = max(0, PER_WINDOW - getattr(inner, "rate_limit_used", 0))
    return {
        "RateLimit-Limit": str(PER_WINDOW), "RateLimit-Remaining": str(left), "RateLimit-Reset": str(seconds_left()),
        "RateLimit-Policy": f"{PER_WINDOW};w={WINDOW}",
    }  # fmt: skip
