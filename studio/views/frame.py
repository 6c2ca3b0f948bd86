"""What every page of the studio shows above its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from studio.access import administers_everything, administrator


def places(request: HttpRequest) -> list[dict[str, Any]]:
    """The rooms of the studio, as tabs."""
    rooms = [
        ("home", _("Rules")), ("calendars", _("Calendars")), ("lab", _("Lab")), ("timers", _("Timers")),
        ("bulk-runs", _("Bulk runs")), ("freezes", _("Freezes")), ("feeds", _("Feeds")), ("imports", _("Imports")),
        ("audit", _("Audit trail")),
    ]  # fmt: skip
    if administers_everything(administrator(request)):
        rooms.append(("people", _("Users")))
    addresses = [(reverse(f"studio:{name}"), label) for name, label in rooms]
    here = max((url for url, _label in addresses if request.path.startswith(url)), key=len)
    return [{"url": url, "label": label, "current": url == here} for url, label in addresses]


def crumbs(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """The way back: addresses with what stands there."""
    return [{"url": url, "label": label} for url, label in ((reverse("studio:home"), _("Rules")), *steps)]


def pack_crumb(pack: str, label: str) -> tuple[str, str]:
    return reverse("studio:pack", args=[pack]), label
