"""Lists of cases and orders, in pages by key: sorted by stored times, never counted beyond a cap, never skipped into.

Every list names its cursor: pass the same name to `contract.paging.page_request(..., of=...)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import Membership, StaffRole
from contract.clock import database_now
from contract.money import Money
from contract.paging import CursorPage, PageRequest, page_of
from disputes.labels.words import ORDER_STATUSES, name_of
from disputes.models import Case, Order
from disputes.selectors.access import Somebody
from disputes.selectors.cases import platform_word
from disputes.selectors.doors import SOON
from disputes.selectors.list_views import CaseRow, OrderRow
from disputes.selectors.rows import case_rows, for_rows
from disputes.selectors.searching import searched
from disputes.selectors.wording import Worded
from rules.selectors import packs_in_force

DECIDED = ("REVIEW", "RULED", "RE_REVIEW", "INTERVENTION_REQUESTED")
PROVING = ("EVIDENCE", "SELLER_FOLLOWUP", "APPEAL_EVIDENCE")
SECOND = ("RULED", "RE_REVIEW")
IDLE_TABS = ("all", "running", "waiting", "intervention")
"""A seller's tabs that hold cases in which the seller is not awaited."""


def shops_acted_for(user: Somebody) -> list[int]:
    return list(Membership.objects.filter(user_id=user.pk).order_by("shop_id").values_list("shop_id", flat=True))


def platforms_worked_for(user: Somebody) -> list[str]:
    """The platforms somebody works for, in whatever capacity."""
    held = set(StaffRole.objects.filter(user_id=user.pk).values_list("platform", flat=True))
    known = sorted({view.policy.platform for view in packs_in_force()})
    return known if StaffRole.EVERY_PLATFORM in held else sorted(held)


def cases_of_buyer(
    user: Somebody, *, tab: str = "all", query: str = "", page: PageRequest, now: datetime | None = None
) -> CursorPage[CaseRow]:
    """A buyer's cases. Tabs: all, mine (by remaining time), running, closed. Cursor: `buyer:<tab>`."""
    cases = searched(Case.objects.filter(buyer_id=user.pk), query, viewer="buyer", owners=[user.pk])
    name = f"buyer:{tab}"
    if tab == "mine":
        return _by_due(cases, "buyer_due_at", page, name, viewer="buyer", user_id=user.pk, now=now)
    return _newest(_by_state(cases, tab), page, name, viewer="buyer", user_id=user.pk, now=now)


def cases_of_seller(
    user: Somebody, *, tab: str = "mine", query: str = "", reason: str = "", platform: str = "",
    due_before: datetime | None = None, page: PageRequest, now: datetime | None = None,
) -> CursorPage[CaseRow]:  # fmt: skip
    """The cases of the shops somebody acts for, by remaining time.

    Tabs: mine, lapses_soon, to_prove, to_receive, waiting (for the buyer), intervention, running, closed (newest
    first), all.
    Cursor: `seller:<tab>`.
    """
    shops = shops_acted_for(user)
    cases = searched(Case.objects.filter(shop_id__in=shops), query, viewer="seller", owners=shops)
    cases = _filtered(cases, reason=reason, platform=platform)
    if due_before is not None:
        cases = cases.filter(seller_due_at__lt=due_before)
    name = f"seller:{tab}"
    if tab == "closed":
        return _newest(_by_state(cases, tab), page, name, viewer="seller", user_id=user.pk, now=now)
    rows, idle = _seller_tab(cases, tab, now), due_before is None and tab in IDLE_TABS
    return _by_due(rows, "seller_due_at", page, name, viewer="seller", user_id=user.pk, now=now, idle=idle)


def _seller_tab(cases: QuerySet[Case], tab: str, now: datetime | None) -> QuerySet[Case]:
    match tab:
        case "mine":
            return cases.filter(seller_due_at__isnull=False)
        case "lapses_soon":
            return cases.filter(seller_due_at__lt=_in_a_day(now), held="")
        case "to_prove":
            return cases.filter(seller_due_at__isnull=False, stage__in=PROVING)
        case "to_receive":
            return cases.filter(seller_due_at__isnull=False, stage="WAIT_SELLER_RECEIPT")
        case "waiting":
            return cases.filter(seller_due_at__isnull=True).exclude(stage="CLOSED").exclude(stage__in=DECIDED)
        case "intervention":
            return cases.filter(stage__in=DECIDED)
    return _by_state(cases, tab)


def _in_a_day(now: datetime | None) -> datetime:
    return (now or database_now()) + SOON


def arbitrator_queue(
    user: Somebody, *, tab: str = "unassigned", platform: str = "", page: PageRequest, now: datetime | None = None,
    due_before: datetime | None = None, works_for: Sequence[str] | None = None,
) -> CursorPage[CaseRow]:  # fmt: skip
    """The cases of the platforms somebody works for (`works_for`, if that was asked already), due first.

    Tabs: unassigned, mine, due_today (needs `due_before`, the end of the reader's day), evidence, second_review,
    all. Cursor: `queue:<tab>`.
    """
    known = platforms_worked_for(user) if works_for is None else works_for
    platforms = [name for name in known if platform in ("", name)]
    cases = _queue_tab(_of_others(user, platforms), tab, user, due_before)
    name, idle = f"queue:{tab}", tab == "evidence"
    return _by_due(cases, "platform_due_at", page, name, viewer="platform", user_id=user.pk, now=now, idle=idle)


def _of_others(user: Somebody, platforms: Sequence[str]) -> QuerySet[Case]:
    """The cases of platforms but those in which this person is a party, and so is nobody of the platform."""
    shops = Membership.objects.filter(user_id=user.pk).values("shop_id")
    return Case.objects.filter(platform__in=platforms).exclude(buyer_id=user.pk).exclude(shop_id__in=shops)


def _queue_tab(cases: QuerySet[Case], tab: str, user: Somebody, due_before: datetime | None) -> QuerySet[Case]:
    if tab == "evidence":
        return cases.filter(stage__in=PROVING, arbitrator_id=user.pk)
    due = cases.filter(platform_due_at__isnull=False)
    match tab:
        case "unassigned":
            return due.filter(arbitrator_id__isnull=True)
        case "mine":
            return due.filter(arbitrator_id=user.pk)
        case "due_today":
            return due.filter(platform_due_at__lt=due_before or _in_a_day(None))
        case "second_review":
            return due.filter(stage__in=SECOND)
    return due


def cases_of_platforms(
    user: Somebody, *, query: str = "", platform: str = "", stage: str = "", waiting_on: str = "",
    due_before: datetime | None = None, by_due: bool = False, page: PageRequest, now: datetime | None = None,
) -> CursorPage[CaseRow]:  # fmt: skip
    """Every case of the platforms somebody works for, newest first or due first. Cursor: `platform:<order>`."""
    platforms = [name for name in platforms_worked_for(user) if platform in ("", name)]
    cases = searched(_of_others(user, platforms), query, viewer="platform", owners=platforms)
    cases = _filtered(cases, stage=stage, waiting_on=waiting_on)
    if due_before is not None:
        cases = cases.filter(platform_due_at__lt=due_before)
    if by_due:
        due = cases.filter(platform_due_at__isnull=False)
        return _by_due(due, "platform_due_at", page, "platform:due_at", viewer="platform", user_id=user.pk, now=now)
    return _newest(cases, page, "platform:newest", viewer="platform", user_id=user.pk, now=now)


def cases_as(
    user: Somebody, role: str, *, query: str = "", platform: str = "", stage: str = "", waiting_on: str = "",
    due_before: datetime | None = None, by_due: bool = False, page: PageRequest,
) -> CursorPage[CaseRow]:  # fmt: skip
    """The API's list: what somebody sees as buyer, seller or platform. Cursor: `<role>:<newest or due_at>`."""
    if role == "platform":
        return cases_of_platforms(
            user, query=query, platform=platform, stage=stage, waiting_on=waiting_on, due_before=due_before,
            by_due=by_due, page=page,
        )  # fmt: skip
    owners = [user.pk] if role == "buyer" else shops_acted_for(user)
    own = Case.objects.filter(**{"buyer_id__in" if role == "buyer" else "shop_id__in": owners})
    cases = searched(own, query, viewer=role, owners=owners)
    cases = _filtered(cases, platform=platform, stage=stage, waiting_on=waiting_on)
    column = f"{role}_due_at"
    if due_before is not None:
        cases = cases.filter(**{f"{column}__lt": due_before})
    if by_due:
        name, idle = f"{role}:due_at", due_before is None
        return _by_due(cases, column, page, name, viewer=role, user_id=user.pk, now=None, idle=idle)
    return _newest(cases, page, f"{role}:newest", viewer=role, user_id=user.pk, now=None)


def _filtered(cases: QuerySet[Case], **wanted: str) -> QuerySet[Case]:
    return cases.filter(**{name: value for name, value in wanted.items() if value})


def _by_state(cases: QuerySet[Case], tab: str) -> QuerySet[Case]:
    if tab == "closed":
        return cases.filter(stage="CLOSED")
    return cases.exclude(stage="CLOSED") if tab == "running" else cases


def _newest(
    cases: QuerySet[Case], page: PageRequest, name: str, *, viewer: str, user_id: int, now: datetime | None
) -> CursorPage[CaseRow]:
    if page.after is not None:
        cases = cases.filter(pk__lt=page.after[0])
    found: Sequence[Any] = list(for_rows(cases.order_by("-pk"), viewer=viewer)[: page.limit + 1])
    cut = page_of(found, page.limit, lambda case: (case.pk,), of=name)
    return CursorPage(data=tuple(case_rows(cut.data, viewer=viewer, user_id=user_id, now=now)), next=cut.next)


def _by_due(
    cases: QuerySet[Case],
    column: str,
    page: PageRequest,
    name: str,
    *,
    viewer: str,
    user_id: int,
    now: datetime | None,
    idle: bool = False,
) -> CursorPage[CaseRow]:
    """By a stored due time; with `idle`, cases in which the reader is not awaited come last.

    Two ranges of one index, because no single one covers «after this moment, then those without».
    """
    due, last = page.after or (None, 0)
    found: list[Any] = []
    if page.after is None or due is not None:
        found = list(for_rows(_due_after(cases, column, due, last), viewer=viewer)[: page.limit + 1])
    if idle and len(found) <= page.limit:
        rest = cases.filter(**{f"{column}__isnull": True}, pk__gt=last if page.after and due is None else 0)
        found += for_rows(rest.order_by("pk"), viewer=viewer)[: page.limit + 1 - len(found)]
    cut = page_of(found, page.limit, lambda case: (getattr(case, column), case.pk), of=name)
    return CursorPage(data=tuple(case_rows(cut.data, viewer=viewer, user_id=user_id, now=now)), next=cut.next)


def _due_after(cases: QuerySet[Case], column: str, due: Any, last: Any) -> QuerySet[Case]:
    """Cases with a due time, in order; the lower bound comes first so that the index begins there."""
    waiting = cases.filter(**{f"{column}__isnull": False})
    if due is not None:
        waiting = waiting.filter(**{f"{column}__gte": due}).filter(Q(**{f"{column}__gt": due}) | Q(pk__gt=last))
    return waiting.order_by(column, "pk")


def orders_as(
    user: Somebody, role: str, *, query: str = "", platform: str = "", status: str = "", page: PageRequest
) -> CursorPage[OrderRow]:
    """Orders as buyer, seller or platform, the newest first. Cursor: `orders:<role>`."""
    owners = {
        "buyer": lambda: Q(buyer_id=user.pk), "seller": lambda: Q(shop_id__in=shops_acted_for(user)),
        "platform": lambda: Q(platform__in=platforms_worked_for(user)),
    }  # fmt: skip
    orders = Order.objects.filter(owners[role]())
    wanted = {"outside_id__startswith": query.strip(), "platform": platform, "status": status}
    orders = orders.filter(**{name: value for name, value in wanted.items() if value})
    if page.after is not None:
        placed, last = page.after
        orders = orders.filter(Q(created_at__lt=placed) | Q(created_at=placed, pk__lt=last))
    rows = orders.select_related("shop", "buyer").prefetch_related("lines").order_by("-created_at", "-pk")
    cut = page_of(list(rows[: page.limit + 1]), page.limit, lambda row: (row.created_at, row.pk), of=f"orders:{role}")
    running, zones = _open_cases([order.pk for order in cut.data]), zones_of_platforms()
    return cut.shown_as(lambda order: _order_row(order, role, running.get(order.pk, ""), zones))


def _open_cases(ids: list[int]) -> dict[int, str]:
    rows = Case.objects.filter(order_id__in=ids).exclude(stage="CLOSED").order_by("pk")
    return dict(rows.values_list("order_id", "number"))


def _order_row(order: Order, role: str, running: str, zones: Mapping[str, str]) -> OrderRow:
    lines = list(order.lines.all())
    return OrderRow(
        id=order.pk, platform=platform_word(order.platform), outside_id=order.outside_id,
        zone=zones.get(order.platform, settings.TIME_ZONE),
        status=Worded(code=order.status, text=name_of(ORDER_STATUSES, order.status)),
        title=lines[0].title if lines else "", more_lines=max(len(lines) - 1, 0), shop=order.shop.name,
        buyer=order.buyer.get_full_name() if role != "buyer" else "", paid=Money(order.paid, order.currency),
        created_at=order.created_at, open_case=running,
    )  # fmt: skip


def zones_of_platforms() -> dict[str, str]:
    """The zone each platform counts its days in, from its packs in force."""
    return {view.policy.platform: view.policy.zone for view in packs_in_force()}
