"""Where people land, and what the frame of every page knows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.roles import ADMINISTRATOR, ARBITRATOR, BUYER, SELLER
from contract.clock import database_now

PLACES: dict[str, tuple[tuple[str, Any], ...]] = {
    BUYER: (("disputes:cases", lambda: _("My cases")), ("disputes:orders", lambda: _("My orders"))),
    SELLER: (
        ("disputes:shop-cases", lambda: _("Cases")),
        ("disputes:shop-orders", lambda: _("Orders")),
        ("disputes:shop-settings", lambda: _("Shop")),
    ),
    ARBITRATOR: (("disputes:bench-queue", lambda: _("Queue")),),
    ADMINISTRATOR: (("studio:home", lambda: _("Studio")), ("disputes:bench-queue", lambda: _("Queue"))),
}
"""The places of each role: the first is where it lands."""


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the first place of the role somebody acts as."""
    role = getattr(request, "acting_as", None) or BUYER
    found = next((url for name, _label in PLACES[role] if (url := _address(name))), None)
    return redirect(found or reverse("disputes:cases"))


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """How a dispute runs, for somebody who has never had one."""
    return render(request, "disputes/help.html")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """For the frame: the places of the role, help, the moment and the reader's zone. The bell is not ours.

    Nothing here is asked of the database before a template uses it; a page's own `now` wins, and a paper's own `zone`.
    """
    user = getattr(request, "user", None)
    shared = {"now": SimpleLazyObject(database_now), "help_url": _address("disputes:help")}
    if not isinstance(user, User):
        return shared
    return {**shared, "nav": _nav(request), "zone": user.time_zone}


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    role = getattr(request, "acting_as", None) or BUYER
    places = [(_address(name), label()) for name, label in PLACES[role]]
    return [{"url": url, "label": label, "current": request.path == url} for url, label in places if url]


def _address(name: str) -> str:
    """The address of a place; empty where this house does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
