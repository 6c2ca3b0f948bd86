"""What an address asks for beside its path: moments, flags, choices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from contract.errors import FieldProblem, Malformed
from disputes.labels.words import PLATFORMS
from disputes.selectors.platforms import platforms

_FLAGS: Final = {"1": True, "true": True, "0": False, "false": False, "": False}
_EARLIEST: Final = datetime(1, 1, 3, tzinfo=UTC)
_LATEST: Final = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
"""A moment beyond them cannot be told in every zone."""


def moment_in(request: Request, name: str) -> datetime | None:
    """A moment from the query; one without an offset is refused. Raises Malformed (400)."""
    text = request.query_params.get(name, "").replace(" ", "+")
    if not text:
        return None
    try:
        found = parse_datetime(text)
        told = found is not None and found.tzinfo is not None and _EARLIEST <= found <= _LATEST
    except (ValueError, OverflowError):
        told = False
    if not told:
        raise _refused(name, "not_a_time", _("Enter a time with its offset, such as 2026-11-25T09:30:00Z."))
    return found


def number_in(request: Request, name: str) -> int | None:
    """A whole number from the query. Raises Malformed (400)."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise _refused(name, "not_a_number", _("Enter a whole number."))
    return int(text)


def flag_in(request: Request, name: str) -> bool:
    """1 or true, 0 or false; false when it is not there. Raises Malformed (400)."""
    text = request.query_params.get(name, "").lower()
    if text not in _FLAGS:
        raise _refused(name, "not_true_or_false", _("Choose one of: %(choices)s.") % {"choices": "1, 0, true, false"})
    return _FLAGS[text]


def choice_in(request: Request, name: str, choices: Collection[str], default: str = "") -> str:
    """One of the choices; the default when nothing is asked. Raises Malformed (400)."""
    text = request.query_params.get(name, "")
    if text and text not in choices:
        raise _refused(name, "unknown_choice", _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)})
    return text or default


def platform_in(request: Request) -> str:
    """A platform from the query. Raises Malformed (400)."""
    return choice_in(
        request, "platform", list(dict.fromkeys([*PLATFORMS, *(view.platform.code for view in platforms())]))
    )


def _refused(name: str, code: str, detail: str | Promise) -> Malformed:
    return Malformed(fields=[FieldProblem(pointer=f"/{name}", code=code, detail=detail)])
