"""The seller's desk: what lapses first stands first; orders; the shop's own settings."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.memberships import change_return_address, end_membership
from accounts.selectors import memberships_of, shops_of
from contract.clock import database_now
from contract.errors import Conflict, Malformed, NotFound
from contract.paging import page_request
from contract.templatetags.gongduan_ui import money_text
from disputes.forms.shops import MemberForm, ReturnAddressForm
from disputes.selectors.list_views import MoneyThatLapses, Tile
from disputes.selectors.lists import cases_of_seller, cursor_of, orders_as
from disputes.selectors.tiles import money_that_lapses, tiles_of_seller
from disputes.views.asking import reader
from disputes.views.cases import chosen, pager, row_of, tabs_of
from disputes.views.orders import orders_shown
from disputes.views.showing import zone_note

ON_A_PAGE = 50
WORK_BEGINS = time(9)
"""When «before work tomorrow» ends."""
MONDAY = 7


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Cases of one's shops by the time left."""
    user = reader(request)
    tabs = {
        "mine": _("My turn"),
        "waiting": _("Waiting for others"),
        "intervention": _("Platform"),
        "running": _("All running"),
        "closed": _("Closed"),
    }
    tab = chosen(request, "tab", [*tabs, "lapses_soon", "to_prove", "to_receive", "all"])
    now = database_now()
    ends = span_ends(now.astimezone(ZoneInfo(user.time_zone)))
    span = chosen(request, "due", ["", *ends])
    query = request.GET.get("q", "").strip()
    asked = page_request(request.GET, of=cursor_of("seller", tab, query), default=ON_A_PAGE)
    page = cases_of_seller(user, tab=tab, query=query, due_before=ends.get(span), page=asked)
    tiles = tiles_of_seller(user, now=now)
    counts = {tile.code: _count(tile) for tile in tiles if tile.count}
    money = money_that_lapses(user, within=ends[span] - now if span else SOON, now=now)
    shown = {
        "rows": [row_of(row) for row in page.data],
        "tabs": tabs_of(tabs, tab, counts, query),
        "tab": tab,
        "q": query,
        "tiles": [*(_tile(tile) for tile in tiles if tile.code in TILES), _money_tile(money, span)],
        "spans": _spans(request, span),
        "due": span,
        "now": now,
        "zone_note": zone_note(page.data, now),
        **pager(request, page.next),
    }
    return render(request, "disputes/shop_cases.html", shown)


TILES = ("mine", "lapses_soon", "to_prove", "to_receive")
SOON = timedelta(days=1)


def span_ends(local: datetime) -> dict[str, datetime]:
    """The ends of «today», «before work tomorrow» and «this weekend», on the clock of the reader's wall."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    return {
        "today": tomorrow,
        "tomorrow": datetime.combine(tomorrow.date(), WORK_BEGINS, tzinfo=local.tzinfo),
        "weekend": midnight + timedelta(days=MONDAY - midnight.weekday()),
    }


def _count(tile: Tile) -> str:
    return f"{tile.count}+" if tile.more else str(tile.count)


def _tile(tile: Tile) -> dict[str, Any]:
    return {
        "label": tile.label,
        "value": _count(tile),
        "tone": "soon" if tile.code == "lapses_soon" and tile.count else "",
        "url": f"{reverse('disputes:shop-cases')}?{urlencode({'tab': tile.code})}",
    }


def _money_tile(money: MoneyThatLapses, span: str) -> dict[str, Any]:
    totals = " + ".join(money_text(each.amount, each.currency) for each in money.totals) or "—"
    labels = {
        "": _("Paid by itself within 24 hours"),
        "today": _("Paid by itself today"),
        "tomorrow": _("Paid by itself before work tomorrow"),
        "weekend": _("Paid by itself by the end of the weekend"),
    }
    count = f"{money.cases}+" if money.more else money.cases
    return {
        "label": labels[span],
        "value": totals,
        "note": _("if nothing is done · cases: %(count)s") % {"count": count},
        "url": f"{reverse('disputes:shop-cases')}?{urlencode({'tab': 'mine', 'due': span or 'tomorrow'})}",
        "tone": "late" if money.cases else "",
    }


def _spans(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    labels = {
        "": _("Any time"),
        "today": _("Today"),
        "tomorrow": _("Before work tomorrow"),
        "weekend": _("This weekend"),
    }
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "due")}
    return [
        {"label": label, "url": f"?{urlencode({**kept, 'due': span})}", "current": span == current}
        for span, label in labels.items()
    ]


@login_required
@require_GET
def shop_orders(request: HttpRequest) -> HttpResponse:
    """Orders of one's shops."""
    query = request.GET.get("q", "").strip()
    asked = page_request(request.GET, of="orders:seller", default=ON_A_PAGE)
    page = orders_as(reader(request), "seller", query=query, page=asked)
    return render(request, "disputes/orders.html", {**orders_shown(request, page), "q": query, "of_shop": True})


@login_required
@require_http_methods(["GET", "POST"])
def shop_settings(request: HttpRequest) -> HttpResponse:
    """Where returns go by default, and who acts for each shop. Raises NotFound for a shop that is not one's own."""
    user = reader(request)
    shops = shops_of(user)
    chosen = request.POST.get("shop", "")
    if request.method == "POST" and chosen not in {str(shop.id) for shop in shops}:
        raise NotFound
    if "member" in request.POST:
        return _end_membership(request, int(chosen))
    forms = [_shop_form(request, shop, chosen) for shop in shops]
    bound = next((form for form in forms if form.is_bound), None)
    if bound is not None and bound.is_valid():
        change_return_address(user, int(chosen), bound.cleaned_data["return_address"])
        messages.success(request, _("The return address is saved. Cases that are open keep the address they show."))
        return redirect("disputes:shop-settings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if bound is not None else HTTPStatus.OK
    shown = [(shop, form, memberships_of(shop.id)) for shop, form in zip(shops, forms, strict=True)]
    return render(request, "disputes/shop_settings.html", {"shops": shown, "reader": user.pk}, status=status)


def _end_membership(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Leave a shop, or as its owner take somebody out of it."""
    user, form = reader(request), MemberForm(request.POST)
    if not form.is_valid():
        raise Malformed
    member = form.cleaned_data["member"]
    try:
        end_membership(shop_id, member, by=user)
    except Conflict as error:
        messages.warning(request, error.message())
        return redirect("disputes:shop-settings")
    if member != user.pk:
        messages.success(request, _("They no longer act for the shop and are told nothing of its cases."))
        return redirect("disputes:shop-settings")
    messages.success(request, _("You no longer act for the shop."))
    return redirect("disputes:home")


def _shop_form(request: HttpRequest, shop: Any, chosen: str) -> ReturnAddressForm:
    data = request.POST if request.method == "POST" and chosen == str(shop.id) else None
    return ReturnAddressForm(
        data, initial={"return_address": shop.return_address, "shop": shop.id}, auto_id=f"id_{shop.id}_%s"
    )
