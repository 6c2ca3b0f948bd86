"""A buyer's cases, and the page of one case for both parties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contract.clock import database_now
from contract.paging import page_request
from disputes.forms.acting import new_key
from disputes.labels.platform_terms import in_terms_of
from disputes.selectors.access import case_for
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view, view_of
from disputes.selectors.history import time_reason, timeline_of
from disputes.selectors.list_views import CaseRow
from disputes.selectors.lists import cases_of_buyer, cursor_of
from disputes.selectors.reading import read_case
from disputes.selectors.tiles import tabs_of_buyer
from disputes.views import proving, showing
from disputes.views.asking import crumbs, reader

ON_A_PAGE = 20


@login_required
@require_GET
def my_cases(request: HttpRequest) -> HttpResponse:
    """The cases somebody filed as a buyer."""
    tabs = {"all": _("All"), "mine": _("My turn"), "running": _("Running"), "closed": _("Closed")}
    tab = chosen(request, "tab", tabs)
    query = request.GET.get("q", "").strip()
    asked = page_request(request.GET, of=cursor_of("buyer", tab, query), default=ON_A_PAGE)
    user = reader(request)
    counts = {
        tile.code: f"{tile.count}+" if tile.more else str(tile.count) for tile in tabs_of_buyer(user) if tile.count
    }
    page = cases_of_buyer(user, tab=tab, query=query, page=asked)
    now = database_now()
    shown = {
        "now": now,
        "zone_note": showing.zone_note(page.data, now),
        "rows": [row_of(row) for row in page.data],
        "tabs": tabs_of(tabs, tab, counts, query),
        "q": query,
        "tab": tab,
        **pager(request, page.next),
    }
    return render(request, "disputes/my_cases.html", shown)


def chosen(request: HttpRequest, name: str, known: Iterable[str]) -> str:
    """The value of a parameter if it is a known one, else the first of those."""
    listed = list(known)
    given = request.GET.get(name, "")
    return given if given in listed else listed[0]


def tabs_of(
    labels: Mapping[str, str], current: str, counts: Mapping[str, str] = MappingProxyType({}), query: str = ""
) -> list[dict[str, Any]]:
    """Tabs by their codes, with counts where there are some; what is searched for stays."""
    kept = {"q": query} if query else {}
    return [
        {
            "label": label,
            "url": f"?{urlencode({'tab': code, **kept})}",
            "current": code == current,
            "count": counts.get(code, ""),
        }
        for code, label in labels.items()
    ]


def pager(request: HttpRequest, next_: str | None) -> dict[str, str]:
    """Where a list goes on, and back to its beginning."""
    kept = {name: value for name, value in request.GET.items() if name != "after"}
    return {
        "next_url": f"?{urlencode({**kept, 'after': next_})}" if next_ else "",
        "first_url": f"?{urlencode(kept)}" if "after" in request.GET else "",
    }


def row_of(row: CaseRow) -> dict[str, Any]:
    """A case in a list."""
    more = _("and %(count)s more") % {"count": row.more_lines} if row.more_lines else ""
    action = None
    if row.main_action is not None:
        action = {"url": showing.action_url(row.number, row.main_action.code), "label": row.main_action.text}
        if row.main_action.code in showing.ELSEWHERE:
            action["url"] = reverse("disputes:case", args=[row.number])
    return {
        "url": reverse("disputes:case", args=[row.number]),
        "number": row.number,
        "key": row.number,
        "title": " ".join(part for part in (row.title, more) if part),
        "reason": row.reason.text,
        "party_line": " · ".join(part for part in (row.buyer or row.shop, row.platform.text) if part),
        "amount": row.amount.amount,
        "currency": row.amount.currency,
        "status": row.status.text,
        "on_lapse": row.on_lapse.text if row.on_lapse else "",
        "left_seconds": row.left_seconds,
        "due_at": row.due_at,
        "why_url": reverse("disputes:why", args=[row.number]),
        "held": row.held.text if row.held else "",
        "tone": row.tone,
        "standing_line": row.remedy.text,
        "action": action,
        "stage": row.stage.text,
        "evidence": f"{row.evidence.submitted}/{row.evidence.asked}" if row.evidence else "",
    }


@login_required
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case, as whoever the reader is in it; the platform has a page of its own."""
    access = case_for(reader(request), number)
    if access.party == "platform":
        return redirect("disputes:bench-case", number=number)
    read = read_case(access)
    view = view_of(read)
    files = proving.files_of(view, access.user_id)
    shown = {
        **frame(view),
        "door": showing.door(view),
        "refused": showing.refused(view),
        "steps": showing.steps(view),
        "offers": showing.offers(view),
        "acceptable": view.action("accept_proposal") is not None,
        "checklist": proving.checklist(view, files),
        "drafts": proving.drafts(view, files),
        "groups": proving.groups(view, files),
        "entries": showing.entries(view, timeline_of(read), files),
        "money_rows": showing.money_rows(view),
        "order_rows": showing.order_rows(view),
        "claim_rows": showing.claim_rows(view),
        "snapshots": showing.snapshots(view),
        "once": new_key(),
        "second_review": in_terms_of(view.pack.code, _("Second review")),
        "can_write": view.action("message") is not None,
        "message_key": f"{number}-message-{sum(message.party == view.viewer for message in view.messages)}",
    }
    return render(request, "disputes/case.html", shown)


def frame(view: CaseView) -> dict[str, Any]:
    """What every page of a case hands its template."""
    return {
        "view": view,
        "now": view.now,
        "zone_note": showing.zone_note([view], view.now),
        "viewer": view.viewer,
        "crumbs": crumbs(view.number, view.viewer),
        "case_url": reverse("disputes:case", args=[view.number]),
    }


@login_required
@require_GET
def why(request: HttpRequest, number: str) -> HttpResponse:
    """Why this time? And what if I do nothing?"""
    access = case_for(reader(request), number)
    view = case_view(access)
    name = request.GET.get("clock") or view.door.deadline
    reason = time_reason(access, name) if name else None
    shown = {
        **frame(view),
        "reason": reason,
        "explanation": _explained(view, reason, name) if reason else None,
        "clocks": view.deadlines,
    }
    return render(request, "disputes/why.html", shown)


def _explained(view: CaseView, reason: Any, name: str) -> dict[str, Any]:
    return {
        "title": reason.label,
        "lines": reason.lines,
        "nothing_sentence": view.door.nothing_sentence if name == view.door.deadline else "",
    }


@login_required
@require_GET
def submitted(request: HttpRequest, number: str) -> HttpResponse:
    """Filed: the number, what happens next, until when."""
    access = case_for(reader(request), number)
    if access.party != "buyer":
        return redirect("disputes:case", number=number)
    view = case_view(access)
    shown = {**frame(view), "checklist": proving.checklist(view, proving.files_of(view, access.user_id))}
    return render(request, "disputes/submitted.html", shown)
