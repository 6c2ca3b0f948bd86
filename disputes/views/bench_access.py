"""Who comes to the bench: only staff of the platform. Parties are parties, whatever else they are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from contract.errors import NotFound
from disputes.selectors.access import CaseAccess, case_for
from disputes.selectors.case_views import CaseView
from disputes.views.asking import reader
from disputes.views.showing import zone_note

PLATFORM = "platform"


def staff_access(request: HttpRequest, number: str) -> CaseAccess:
    """The case, for somebody who works on it for the platform. Raises NotFound for everybody else, parties included."""
    access = case_for(reader(request), number)
    if access.party != PLATFORM:
        raise NotFound
    return access


def bench_crumbs(number: str) -> list[dict[str, Any]]:
    """The way back to the queue."""
    return [
        {"url": reverse("disputes:bench-queue"), "label": _("Queue")},
        {"url": reverse("disputes:bench-case", args=[number]), "label": number},
    ]


def bench_frame(view: CaseView) -> dict[str, Any]:
    """What every page of the bench hands its template."""
    return {
        "view": view,
        "now": view.now,
        "zone_note": zone_note([view], view.now),
        "viewer": view.viewer,
        "crumbs": bench_crumbs(view.number),
        "case_url": reverse("disputes:bench-case", args=[view.number]),
    }
