"""Counts above lists, each capped: nothing here ever counts everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from contract.clock import database_now
from contract.money import Money
from disputes.labels.words import TABS, name_of
from disputes.models import Case
from disputes.selectors.access import Somebody
from disputes.selectors.doors import SOON, lapse_of
from disputes.selectors.list_views import MoneyThatLapses, Tile
from disputes.selectors.lists import DECIDED, PROVING, SECOND, platforms_worked_for, shops_acted_for
from disputes.selectors.ranges import OPEN, Listed, parts_of
from disputes.selectors.rows import settled_cases
from disputes.selectors.windows import Freezes
from rules.engine.standing import standing

MOST_COUNTED: Final = 1000
CAPPED: Final = "(SELECT count(*) FROM (SELECT FROM disputes_case WHERE {} LIMIT 1001) counted)"

OF_BUYER: Final[Mapping[str, str]] = {
    "mine": "buyer_id = %(user)s AND buyer_due_at IS NOT NULL",
    "running": "buyer_id = %(user)s AND stage <> 'CLOSED'",
}
OF_SELLER: Final[Mapping[str, str]] = {
    "mine": "shop_id = ANY(%(shops)s) AND seller_due_at IS NOT NULL",
    "lapses_soon": "shop_id = ANY(%(shops)s) AND seller_due_at < %(soon)s AND held = ''",
    "to_prove": "shop_id = ANY(%(shops)s) AND seller_due_at IS NOT NULL AND stage = ANY(%(proving)s)",
    "to_receive": "shop_id = ANY(%(shops)s) AND seller_due_at IS NOT NULL AND stage = 'WAIT_SELLER_RECEIPT'",
    "waiting": (
        "shop_id = ANY(%(shops)s) AND seller_due_at IS NULL AND NOT stage = 'CLOSED' AND NOT stage = ANY(%(decided)s)"
    ),
    "intervention": "shop_id = ANY(%(shops)s) AND stage = ANY(%(decided)s)",
}
OF_QUEUE: Final[Mapping[str, str]] = {
    "unassigned": "platform = ANY(%(platforms)s) AND platform_due_at IS NOT NULL AND arbitrator_id IS NULL",
    "mine": "arbitrator_id = %(user)s AND platform_due_at IS NOT NULL AND NOT stage = 'CLOSED'",
    "due_today": "platform = ANY(%(platforms)s) AND platform_due_at < %(day_end)s",
    "evidence": "arbitrator_id = %(user)s AND stage = ANY(%(proving)s)",
    "second_review": "platform = ANY(%(platforms)s) AND platform_due_at IS NOT NULL AND stage = ANY(%(second)s)",
}


def tabs_of_buyer(user: Somebody) -> tuple[Tile, ...]:
    """The counts beside a buyer's tabs, in one statement."""
    return _counted(OF_BUYER, {"user": user.pk})


def tiles_of_seller(user: Somebody, *, now: datetime | None = None) -> tuple[Tile, ...]:
    """The counts above a seller's list, in two statements."""
    values = {
        "shops": shops_acted_for(user), "soon": (now or database_now()) + SOON, "proving": list(PROVING),
        "decided": list(DECIDED),
    }  # fmt: skip
    return _counted(OF_SELLER, values)


def tiles_of_queue(
    user: Somebody, *, day_end: datetime | None = None, platform: str = "", works_for: Sequence[str] | None = None
) -> tuple[Tile, ...]:
    """The counts beside an arbitrator's tabs; `day_end` is the end of the reader's day.

    `works_for` names the platforms somebody works for, if that was asked already.
    """
    known = platforms_worked_for(user) if works_for is None else works_for
    platforms = [name for name in known if platform in ("", name)]
    values = {
        "user": user.pk, "platforms": platforms, "day_end": day_end or database_now() + SOON,
        "proving": list(PROVING), "second": list(SECOND),
    }  # fmt: skip
    return _counted(OF_QUEUE, values)


def _counted(conditions: Mapping[str, str], values: Mapping[str, Any]) -> tuple[Tile, ...]:
    statement = "SELECT " + ", ".join(CAPPED.format(condition) for condition in conditions.values())
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        (counts,) = cursor.fetchall()
    return tuple(
        Tile(code=code, label=name_of(TABS, code), count=min(count, MOST_COUNTED), more=count > MOST_COUNTED)
        for code, count in zip(conditions, counts, strict=True)
    )


def money_that_lapses(user: Somebody, *, within: timedelta = SOON, now: datetime | None = None) -> MoneyThatLapses:
    """What is paid by itself within a span if the seller does nothing: the engine's own answer for each case."""
    moment = now or database_now()
    until = moment + within
    cases = Case.objects.filter(seller_due_at__lt=until, held="").annotate(freezes=Freezes())
    listed = Listed(cases=cases, parts=parts_of("shop_id", shops_acted_for(user), OPEN))
    found: Sequence[Any] = listed.first(("seller_due_at", "id"), MOST_COUNTED + 1)
    sums: dict[str, Decimal] = {}
    count = 0
    for item in settled_cases(found[:MOST_COUNTED], moment, found[0].freezes if found else None):
        where = standing(item.policy, item.calendar, item.snapshot)
        if not where.deadline or where.due_at is None or where.due_at >= until:
            continue
        lapse = lapse_of(item.policy, item.calendar, item.snapshot, where.deadline, item.case.currency)
        if lapse is not None and lapse.amount is not None:
            count += 1
            sums[lapse.amount.currency] = sums.get(lapse.amount.currency, Decimal()) + lapse.amount.amount
    totals = tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))
    return MoneyThatLapses(cases=count, more=len(found) > MOST_COUNTED, totals=totals, until=until)
