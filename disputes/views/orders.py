"""Orders: a buyer's list, one order with its clocks, and what may be done with it beside filing."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contract.clock import database_now
from contract.errors import Conflict, Invalid, NotFound, Unavailable
from contract.paging import CursorPage, page_request
from disputes.forms.acting import ActionForm
from disputes.selectors.access import order_for
from disputes.selectors.action_views import ActionView, UnavailableView
from disputes.selectors.eligibility import eligibility
from disputes.selectors.list_views import OrderRow
from disputes.selectors.lists import orders_as
from disputes.selectors.order_views import OrderView
from disputes.selectors.orders import order_view
from disputes.services.ordering import act_on_order
from disputes.views.asking import reader
from disputes.views.cases import pager
from disputes.views.showing import moment, order_row, when, zone_note

ON_A_PAGE = 20


@login_required
@require_GET
def my_orders(request: HttpRequest) -> HttpResponse:
    """What somebody bought, each with its way to a refund or to the case that already runs."""
    query = request.GET.get("q", "").strip()
    asked = page_request(request.GET, of="orders:buyer", default=ON_A_PAGE)
    page = orders_as(reader(request), "buyer", query=query, page=asked)
    return render(request, "disputes/orders.html", {**orders_shown(request, page), "q": query, "of_shop": False})


def orders_shown(request: HttpRequest, page: CursorPage[OrderRow]) -> dict[str, Any]:
    """A part of a list of orders, with the moment it is shown at."""
    now = database_now()
    return {
        "rows": [order_row(row) for row in page.data],
        "now": now,
        "zone_note": zone_note(page.data, now),
        **pager(request, page.next),
    }


@login_required
@require_GET
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: its items, its clocks, what may be done with it, in words what may be filed."""
    access = order_for(reader(request), order_id)
    view = order_view(access)
    buys = view.viewer == "buyer"
    shown = {
        "order": view,
        "now": view.now,
        "zone_note": zone_note([view], view.now),
        "viewer": view.viewer,
        "eligibility": eligibility(access) if buys else None,
        "rows": order_rows(view),
        "back_url": reverse("disputes:orders" if buys else "disputes:shop-orders"),
        "actions": [
            {
                "label": item.label,
                "url": reverse("disputes:order-action", args=[order_id, item.action]),
                "until": item.until,
            }
            for item in view.available_actions
            if item.action != "file"
        ],
        "refused": [
            {"label": item.label, "detail": item.detail, "when": when(view, item)}
            for item in view.unavailable_actions
            if item.action != "file"
        ],
    }
    return render(request, "disputes/order.html", shown)


def order_rows(view: OrderView) -> list[dict[str, Any]]:
    """The order's facts."""
    summary = view.summary
    rows = [
        (_("Order number"), summary.outside_id),
        (_("Platform"), view.platform.text),
        (_("Shop"), view.shop),
        (_("Order status"), summary.status.text),
        (_("Ordered at"), _short(view, summary.created_at)),
        (_("Delivery"), view.delivery.text),
        (_("Meeting booked at"), _short(view, view.booked_at)),
        (_("Shipped at"), _short(view, summary.shipped_at)),
        (_("Signed for at"), _short(view, summary.signed_at)),
        (_("Receipt confirmed at"), _short(view, view.received_at)),
        (_("Completed at"), _short(view, summary.completed_at)),
        (_("Delivery promised until"), _short(view, view.promise_ends_at)),
        (_("Digital goods delivered at"), _short(view, view.digital_delivered_at)),
        (_("Code viewed at"), _short(view, view.code_viewed_at)),
        (_("Way of shipping"), view.shipping_carrier.text),
        (_("Carrier"), summary.carrier),
        (_("Tracking number"), summary.tracking),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _short(view: OrderView, at: Any) -> str:
    return moment(view, at) if at else ""


@login_required
@require_http_methods(["GET", "POST"])
def act_on(request: HttpRequest, order_id: int, action: str) -> HttpResponse:
    """Extend the receipt period, ask for more time, or grant it: a check page, then it is done."""
    user = reader(request)
    access = order_for(user, order_id)
    view = order_view(access)
    offered = next((item for item in view.available_actions if item.action == action), None)
    known = next((item for item in view.unavailable_actions if item.action == action), None)
    if offered is None and known is None:
        raise NotFound
    asked = [field for field in offered.fields if field.type != "text"] if offered else []
    form = ActionForm(request.POST if request.method == "POST" else None, fields=asked)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, view, offered, known, form)
    try:
        act_on_order(access, action, actor_id=user.pk, data=form.outward())
    except Invalid as refused:
        form.blame(refused)
        return _asked(request, view, offered, known, form)
    except (Conflict, Unavailable) as refused:
        messages.error(request, refused.message())
    else:
        messages.success(request, _("Done: %(action)s.") % {"action": offered.label if offered else action})
    return redirect("disputes:order", order_id=order_id)


def _asked(
    request: HttpRequest,
    view: OrderView,
    offered: ActionView | None,
    known: UnavailableView | None,
    form: ActionForm,
) -> HttpResponse:
    """The check page, or why it is not possible."""
    shown = {
        "order": view,
        "now": view.now,
        "zone_note": zone_note([view], view.now),
        "action": offered,
        "refused": known,
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK if offered else HTTPStatus.CONFLICT
    return render(request, "disputes/order_action.html", shown, status=status)
