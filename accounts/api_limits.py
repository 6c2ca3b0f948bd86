"""How often somebody may ask, and the headers that say how much is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.throttling import client_address

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which reads the settings that name this module

PREFIX: Final = "/api/"
WINDOW: Final = 60
"""Seconds."""
PER_WINDOW: Final = 600
"""Requests of one person, or of one address where nobody is logged in."""


class RequestLimit(BaseThrottle):
    """Counts in fixed windows in the cache; while the cache is away nobody is refused."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        used = _counted(f"user:{request.user.pk}" if request.user.pk else _address(request._request))  # noqa: SLF001
        request._request.rate_limit_used = used  # type: ignore[attr-defined]  # noqa: SLF001  (documented by DRF)
        return used <= PER_WINDOW

    def wait(self) -> float:
        return seconds_left()


class LimitHeadersMiddleware:
    """`RateLimit` headers on every answer of the API, also where no view was reached: that counts for the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(PREFIX):
            used = getattr(request, "rate_limit_used", None)
            for name, value in _headers(_counted(_address(request)) if used is None else used).items():
                response.headers[name] = value
        return response


def _address(request: HttpRequest) -> str:
    return f"address:{client_address(request)}"


def _counted(who: str) -> int:
    """Count this request; the number within the window so far, 0 where that is not known."""
    key = f"api-limit:{who}:{int(time.time()) // WINDOW}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        return cache.incr(key)
    except ValueError:
        return 0


def seconds_left() -> int:
    """Until the window ends."""
    return WINDOW - int(time.time()) % WINDOW


def _headers(used: int) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(PER_WINDOW), "RateLimit-Remaining": str(max(0, PER_WINDOW - used)),
        "RateLimit-Reset": str(seconds_left()), "RateLimit-Policy": f"{PER_WINDOW};w={WINDOW}",
    }  # fmt: skip
