"""The queue of those who decide, and the bench: one case with both sides at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from contract.clock import database_now
from contract.errors import DomainError, NotFound
from contract.paging import CursorPage, page_request
from disputes.labels.words import PLATFORMS, name_of
from disputes.selectors.access import case_for
from disputes.selectors.list_views import CaseRow, Tile
from disputes.selectors.lists import arbitrator_queue, cases_of_platforms, platforms_worked_for
from disputes.selectors.tiles import tiles_of_queue
from disputes.services.staffing import assign_case, claim_next
from disputes.views.asking import reader
from disputes.views.bench_access import PLATFORM, staff_access
from disputes.views.bench_page import bench_context, read_bench
from disputes.views.cases import pager
from disputes.views.showing import zone_note

ON_A_PAGE = 30
TABS_OF_QUEUE = {
    "unassigned": gettext_lazy("To be claimed"),
    "mine": pgettext_lazy("queue", "Mine"),
    "due_today": gettext_lazy("Due today"),
    "evidence": gettext_lazy("Waiting for evidence"),
    "second_review": gettext_lazy("Second review"),
    "all": pgettext_lazy("queue", "All"),
}
FIRST_TAB = "unassigned"


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The cases of the reader's platforms, due first. Raises NotFound for somebody who works for none."""
    user = reader(request)
    platforms = platforms_worked_for(user)
    if not platforms:
        raise NotFound
    now = database_now()
    day_end = _end_of_day(now, user.time_zone)
    tab, platform, query = _asked(request, platforms)
    page = _page(request, platforms, tab=tab, platform=platform, query=query, day_end=day_end)
    shown = {
        "rows": [_row(row, user.pk) for row in page.data],
        "tab": tab,
        "q": query,
        "platform": platform,
        "now": now,
        "zone_note": zone_note(page.data, now),
        "tabs": _tabs(
            tiles_of_queue(user, day_end=day_end, platform=platform, works_for=platforms),
            tab if not query else "",
            platform,
        ),
        "platforms": [{"code": code, "label": name_of(PLATFORMS, code)} for code in platforms],
        **pager(request, page.next),
    }
    return render(request, "disputes/bench/queue.html", shown)


def _asked(request: HttpRequest, platforms: list[str]) -> tuple[str, str, str]:
    """Which tab, which platform, and what is searched for; what is unknown counts as not asked."""
    tab, platform = request.GET.get("tab", ""), request.GET.get("platform", "")
    return (
        tab if tab in TABS_OF_QUEUE else FIRST_TAB,
        platform if platform in platforms else "",
        request.GET.get("q", "").strip(),
    )


def _page(
    request: HttpRequest, platforms: list[str], *, tab: str, platform: str, query: str, day_end: datetime
) -> CursorPage[CaseRow]:
    """The rows: what is searched for lies anywhere, else a tab, due first."""
    user = reader(request)
    if query:
        asked = page_request(request.GET, of="platform:newest", default=ON_A_PAGE)
        return cases_of_platforms(user, query=query, platform=platform, page=asked, works_for=platforms)
    asked = page_request(request.GET, of=f"queue:{tab}", default=ON_A_PAGE)
    return arbitrator_queue(user, tab=tab, platform=platform, page=asked, due_before=day_end, works_for=platforms)


def _end_of_day(now: datetime, zone: str) -> datetime:
    """The midnight that ends the reader's day."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _tabs(tiles: tuple[Tile, ...], current: str, platform: str) -> list[dict[str, Any]]:
    counts = {tile.code: f"{tile.count}+" if tile.more else str(tile.count) for tile in tiles}
    kept = {"platform": platform} if platform else {}
    return [
        {
            "label": label,
            "url": f"?{urlencode({'tab': code, **kept})}",
            "current": code == current,
            "count": counts.get(code, ""),
        }
        for code, label in TABS_OF_QUEUE.items()
    ]


def _row(row: CaseRow, reader_id: int) -> dict[str, Any]:
    """A case in the queue, with its standing as a chip that says it in a word."""
    more = _("and %(count)s more") % {"count": row.more_lines} if row.more_lines else ""
    return {
        "url": reverse("disputes:bench-case", args=[row.number]),
        "number": row.number,
        "title": " ".join(part for part in (row.title, more) if part),
        "reason": row.reason.text,
        "remedy": row.remedy.text,
        "platform": row.platform.text,
        "order_number": row.order_number,
        "amount": row.amount.amount,
        "currency": row.amount.currency,
        "stage": row.stage.text,
        "status": row.status.text,
        "chip": _chip(row),
        "due_at": row.due_at,
        "why_url": reverse("disputes:why", args=[row.number]),
        "left_seconds": row.left_seconds,
        "tone": row.tone,
        "arbitrator": row.arbitrator,
        "free": not row.arbitrator and row.stage.code != "CLOSED",
        "held": row.held.text if row.held else "",
        "second_review": row.second_review,
        "buyer": row.buyer,
        "shop": row.shop,
        "take_url": reverse("disputes:bench-take", args=[row.number]),
    }


def _chip(row: CaseRow) -> dict[str, str]:
    """In time, due soon, timed out or paused: never a colour alone."""
    if row.held is not None and row.due_at is None:
        return {"label": _("Paused"), "tone": "info"}
    if row.tone == "settled":
        return {"label": row.outcome.text if row.outcome else row.stage.text, "tone": "empty"}
    return {
        "late": {"label": _("Timed out"), "tone": "late"},
        "soon": {"label": _("Due soon"), "tone": "soon"},
    }.get(row.tone, {"label": _("In time"), "tone": "good"})


@login_required
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the free case that is due first, and open it."""
    user = reader(request)
    platforms = platforms_worked_for(user)
    if not platforms:
        raise NotFound
    platform = request.POST.get("platform", "")
    number = claim_next(user, platform=platform if platform in platforms else None)
    if number is None:
        messages.info(request, _("Nothing waits to be claimed right now."))
        return redirect("disputes:bench-queue")
    return redirect("disputes:bench-case", number=number)


@login_required
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take this case."""
    access = staff_access(request, number)
    try:
        assign_case(access, arbitrator_id=access.user_id)
    except NotFound:
        raise
    except DomainError as refused:
        problems = [str(problem.detail) for problem in getattr(refused, "fields", ())]
        messages.error(request, " ".join(problems) or refused.message())
    return redirect("disputes:bench-case", number=number)


@login_required
@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case on the bench. A party who is also staff is only a party, and is led to the party's page."""
    access = case_for(reader(request), number)
    if access.party != PLATFORM:
        return redirect("disputes:case", number=number)
    view, told = read_bench(access)
    return render(request, "disputes/bench/case.html", bench_context(view, told, access))
