"""Lists of cases and orders, in pages by key: sorted by stored times, never counted beyond a cap, never skipped into.

Every list names its cursor: pass the same name to `contract.paging.page_request(..., of=...)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

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
from disputes.selectors.ranges import EVERY, OPEN, Listed, Reader, by_due, newest, parts_of
from disputes.selectors.searching import searched
from disputes.selectors.wording import Worded
from rules.engine.types import Stage
from rules.selectors import packs_in_force

DECIDED = ("REVIEW", "RULED", "RE_REVIEW", "INTERVENTION_REQUESTED")
PROVING = ("EVIDENCE", "SELLER_FOLLOWUP", "APPEAL_EVIDENCE")
SECOND = ("RULED", "RE_REVIEW")
IDLE_TABS = ("all", "running", "waiting", "intervention")
"""A seller's tabs that hold cases in which the seller is not awaited."""
STAGES_OF_TAB: Mapping[str, Sequence[str]] = {
    "to_prove": PROVING, "to_receive": ("WAIT_SELLER_RECEIPT",), "intervention": DECIDED, "closed": ("CLOSED",),
    "waiting": tuple(stage for stage in OPEN if stage not in DECIDED), "all": EVERY,
}  # fmt: skip
"""A seller's tabs that do not hold every open stage."""
OWNER_COLUMNS = {"buyer": "buyer_id", "seller": "shop_id", "platform": "platform"}


def shops_acted_for(user: Somebody) -> list[int]:
    return list(Membership.objects.filter(user_id=user.pk).order_by("shop_id").values_list("shop_id", flat=True))


def platforms_worked_for(user: Somebody) -> list[str]:
    """The platforms somebody works for, in whatever capacity."""
    held = set(StaffRole.objects.filter(user_id=user.pk).values_list("platform", flat=True))
    known = sorted({view.policy.platform for view in packs_in_force()})
    return known if StaffRole.EVERY_PLATFORM in held else sorted(held)


def cursor_of(role: str, tab: str, query: str) -> str:
    """The name of the cursor of a tab: what is searched for comes newest first in every tab."""
    return f"{role}:{tab}:found" if query.strip() else f"{role}:{tab}"


def cases_of_buyer(
    user: Somebody, *, tab: str = "all", query: str = "", page: PageRequest, now: datetime | None = None
) -> CursorPage[CaseRow]:
    """A buyer's cases. Tabs: all, mine (by remaining time), running, closed. Cursor: `cursor_of("buyer", ...)`."""
    cases = searched(Case.objects.filter(buyer_id=user.pk), query, viewer="buyer", owners=[user.pk])
    name, reader = cursor_of("buyer", tab, query), Reader(viewer="buyer", user_id=user.pk, now=now)
    if tab == "mine" and query.strip():
        cases = cases.filter(buyer_due_at__isnull=False)
    elif tab == "mine":
        return by_due(Listed(cases=cases), "buyer_due_at", page, name, reader)
    if tab in ("running", "closed"):
        cases = cases.filter(stage=Stage.CLOSED) if tab == "closed" else cases.exclude(stage=Stage.CLOSED)
    return newest(Listed(cases=cases), page, name, reader)


def cases_of_seller(
    user: Somebody, *, tab: str = "mine", query: str = "", reason: str = "", platform: str = "",
    due_before: datetime | None = None, page: PageRequest, now: datetime | None = None,
) -> CursorPage[CaseRow]:  # fmt: skip
    """The cases of the shops somebody acts for, by remaining time.

    Tabs: mine, lapses_soon, to_prove, to_receive, waiting (for the buyer), intervention, running, closed (newest
    first), all.
    Cursor: `cursor_of("seller", ...)`.
    """
    shops, stages = shops_acted_for(user), STAGES_OF_TAB.get(tab, OPEN)
    cases = _filtered(Case.objects.all(), reason=reason, platform=platform)
    if tab == "lapses_soon":
        cases = cases.filter(seller_due_at__lt=_in_a_day(now), held="")
    name, reader = cursor_of("seller", tab, query), Reader(viewer="seller", user_id=user.pk, now=now)
    if query.strip():
        cases = _due_in_tab(cases, tab, due_before).filter(shop_id__in=shops, stage__in=stages)
        return newest(Listed(cases=searched(cases, query, viewer="seller", owners=shops)), page, name, reader)
    listed = Listed(cases=cases, parts=parts_of("shop_id", shops, stages))
    if tab == "closed":
        return newest(listed, page, name, reader)
    due = None if tab == "waiting" else _due_before(listed, "seller_due_at", due_before)
    idle = listed if due_before is None and tab in IDLE_TABS else None
    return by_due(due, "seller_due_at", page, name, reader, idle=idle)


def _due_in_tab(cases: QuerySet[Case], tab: str, due_before: datetime | None) -> QuerySet[Case]:
    """Of the cases of a seller's tab, those it holds whatever their order."""
    if tab == "waiting":
        return cases.filter(seller_due_at__isnull=True)
    if due_before is not None:
        return cases.filter(seller_due_at__lt=due_before)
    return cases if tab == "closed" or tab in IDLE_TABS else cases.filter(seller_due_at__isnull=False)


def _due_before(listed: Listed, column: str, moment: datetime | None) -> Listed:
    if moment is None:
        return listed
    return Listed(cases=listed.cases.filter(**{f"{column}__lt": moment}), parts=listed.parts)


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
    listed = _queue_tab(_of_others(user), platforms, tab, user, due_before)
    name, reader = f"queue:{tab}", Reader(viewer="platform", user_id=user.pk, now=now)
    return by_due(listed, "platform_due_at", page, name, reader, idle=listed if tab == "evidence" else None)


def _of_others(user: Somebody) -> QuerySet[Case]:
    """All cases but those in which this person is a party, and so is nobody of the platform."""
    cases = Case.objects.exclude(buyer_id=user.pk)
    shops = shops_acted_for(user)
    return cases.exclude(shop_id__in=shops) if shops else cases


def _queue_tab(
    cases: QuerySet[Case], platforms: Sequence[str], tab: str, user: Somebody, due_before: datetime | None
) -> Listed:
    """A tab of the queue; each has an index that holds its cases by platform, or by arbitrator, due first."""
    mine, each = {"arbitrator_id": user.pk, "platform__in": platforms}, [Q(platform=name) for name in platforms]
    match tab:
        case "evidence":
            return Listed(cases=cases.filter(**mine), parts=[Q(stage=stage) for stage in PROVING])
        case "mine":
            return Listed(cases=cases.filter(**mine), parts=[Q(stage=stage) for stage in OPEN])
        case "unassigned":
            return Listed(cases=cases.filter(arbitrator_id__isnull=True), parts=each)
        case "due_today":
            return Listed(cases=cases.filter(platform_due_at__lt=due_before or _in_a_day(None)), parts=each)
        case "second_review":
            return Listed(cases=cases, parts=parts_of("platform", platforms, SECOND))
    return Listed(cases=cases, parts=each)


def cases_of_platforms(
    user: Somebody, *, query: str = "", platform: str = "", stage: str = "", waiting_on: str = "",
    due_before: datetime | None = None, order: str = "newest", page: PageRequest, now: datetime | None = None,
    works_for: Sequence[str] | None = None,
) -> CursorPage[CaseRow]:  # fmt: skip
    """Every case of the platforms somebody works for (`works_for`, if that was asked already).

    Newest first or (`due_at`) due first. Cursor: `platform:<order>`.
    """
    known = platforms_worked_for(user) if works_for is None else list(works_for)
    platforms = [name for name in known if platform in ("", name)]
    cases = _filtered(_of_others(user), stage=stage, waiting_on=waiting_on)
    found = searched(cases, query, viewer="platform", owners=platforms)
    name, reader = f"platform:{order}", Reader(viewer="platform", user_id=user.pk, now=now)
    parts = [Q(platform__in=platforms)]
    if query.strip():
        pass
    elif stage:
        parts = parts_of("platform", platforms, [stage])
    elif order == "due_at":
        parts = [Q(platform=each) for each in platforms]
    elif platforms != known:
        parts = parts_of("platform", platforms, EVERY)
    listed = _due_before(Listed(cases=found, parts=parts), "platform_due_at", due_before)
    if order == "due_at":
        due = listed if _may_be_due("platform", waiting_on) else None
        return by_due(due, "platform_due_at", page, name, reader)
    return newest(listed, page, name, reader)


def _may_be_due(role: str, waiting_on: str) -> bool:
    """Nobody has a due time in a case that waits for somebody else, so such cases need not be looked for."""
    return waiting_on in ("", role, "both")


def cases_as(
    user: Somebody, role: str, *, query: str = "", platform: str = "", stage: str = "", waiting_on: str = "",
    due_before: datetime | None = None, by_due: bool = False, page: PageRequest,
) -> CursorPage[CaseRow]:  # fmt: skip
    """The API's list: what somebody sees as buyer, seller or platform. Cursor: `<role>:<newest or due_at>`."""
    order = "due_at" if by_due else "newest"
    if role == "platform":
        return cases_of_platforms(
            user, query=query, platform=platform, stage=stage, waiting_on=waiting_on, due_before=due_before,
            order=order, page=page,
        )  # fmt: skip
    owners = [user.pk] if role == "buyer" else shops_acted_for(user)
    cases = _filtered(Case.objects.all(), platform=platform, stage=stage, waiting_on=waiting_on)
    listed = Listed(cases=cases, parts=parts_of(OWNER_COLUMNS[role], owners, [stage] if stage else EVERY))
    if query.strip() or role == "buyer":
        own = _filtered(cases.filter(**{f"{OWNER_COLUMNS[role]}__in": owners}), stage=stage)
        listed = Listed(cases=searched(own, query, viewer=role, owners=owners))
    listed = _due_before(listed, f"{role}_due_at", due_before)
    reader, idle = Reader(viewer=role, user_id=user.pk), None if due_before else listed
    if not by_due:
        return newest(listed, page, f"{role}:newest", reader)
    return _own_by_due(listed if _may_be_due(role, waiting_on) else None, idle, page, reader)


def _own_by_due(due: Listed | None, idle: Listed | None, page: PageRequest, reader: Reader) -> CursorPage[CaseRow]:
    return by_due(due, f"{reader.viewer}_due_at", page, f"{reader.viewer}:due_at", reader, idle=idle)


def _filtered(cases: QuerySet[Case], **wanted: str) -> QuerySet[Case]:
    return cases.filter(**{name: value for name, value in wanted.items() if value})


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
