"""What administrators look after: cases that are overdue, stuck or held, payouts that failed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from contract.clock import database_now
from contract.money import Money
from contract.paging import CursorPage, PageRequest, page_of
from disputes.labels.words import HOLDS, STAGES, name_of
from disputes.models import Case, Payout, StuckCase
from disputes.selectors.access import Somebody
from disputes.selectors.cases import platform_word
from disputes.selectors.list_views import HeldRow, OverdueRow, PayoutRow, StuckRow
from disputes.selectors.lists import platforms_worked_for
from disputes.selectors.records import payout_status
from disputes.selectors.wording import Worded
from rules.engine.reconciling import STOPPED


def overdue_cases(user: Somebody, page: PageRequest) -> CursorPage[OverdueRow]:
    """The cases that wait to be settled, the longest first. Cursor: `overdue`."""
    now = database_now()
    cases = Case.objects.filter(wake_at__lte=now, stuck__isnull=True, platform__in=platforms_worked_for(user))
    if page.after is not None:
        since, last = page.after
        cases = cases.filter(wake_at__gte=since).filter(Q(wake_at__gt=since) | Q(pk__gt=last))
    found = list(cases.order_by("wake_at", "pk")[: page.limit + 1])
    cut = page_of(found, page.limit, lambda case: (case.wake_at, case.pk), of="overdue")
    return cut.shown_as(lambda case: _overdue(case, now))


def _overdue(case: Case, now: datetime) -> OverdueRow:
    assert case.wake_at is not None
    seconds = int((now - case.wake_at).total_seconds())
    return OverdueRow(
        number=case.number, platform=platform_word(case.platform), since=case.wake_at, seconds=max(seconds, 0)
    )


def stuck_cases(user: Somebody, page: PageRequest) -> CursorPage[StuckRow]:
    """Cases that could not be decided, the oldest trouble first. Cursor: `stuck`."""
    rows = StuckCase.objects.filter(case__platform__in=platforms_worked_for(user)).select_related("case")
    if page.after is not None:
        since, last = page.after
        rows = rows.filter(Q(first_at__gt=since) | Q(first_at=since, pk__gt=last))
    found = list(rows.order_by("first_at", "pk")[: page.limit + 1])
    return page_of(found, page.limit, lambda row: (row.first_at, row.pk), of="stuck").shown_as(_stuck)


def _stuck(row: StuckCase) -> StuckRow:
    return StuckRow(
        number=row.case.number, platform=platform_word(row.case.platform), reason=row.reason, detail=row.detail,
        attempts=row.attempts, first_at=row.first_at, retry_at=row.retry_at,
    )  # fmt: skip


def held_cases(user: Somebody, page: PageRequest) -> CursorPage[HeldRow]:
    """Cases whose clocks stand still, the longest first. Cursor: `held`.

    A held case waits for the platform since it was held, so the platform's index by due time serves.
    """
    cases = Case.objects.filter(platform__in=platforms_worked_for(user), platform_due_at__isnull=False)
    cases = cases.exclude(held__in=("", STOPPED))
    if page.after is not None:
        since, last = page.after
        cases = cases.filter(platform_due_at__gte=since).filter(Q(platform_due_at__gt=since) | Q(pk__gt=last))
    found = list(cases.order_by("platform_due_at", "pk")[: page.limit + 1])
    return page_of(found, page.limit, lambda case: (case.platform_due_at, case.pk), of="held").shown_as(_held)


def _held(case: Case) -> HeldRow:
    assert case.platform_due_at is not None
    return HeldRow(
        number=case.number, platform=platform_word(case.platform), since=case.platform_due_at,
        stage=Worded(code=case.stage, text=name_of(STAGES, case.stage)),
        reason=Worded(code=case.held, text=name_of(HOLDS, case.held)),
    )  # fmt: skip


def open_payouts(user: Somebody, page: PageRequest, *, status: str = "failed") -> CursorPage[PayoutRow]:
    """Payouts that failed or wait for the marketplace, oldest first. Cursor: `payouts`."""
    rows = Payout.objects.filter(status=status, case__platform__in=platforms_worked_for(user)).select_related("case")
    if page.after is not None:
        rows = rows.filter(pk__gt=page.after[0])
    found = list(rows.order_by("pk")[: page.limit + 1])
    return page_of(found, page.limit, lambda row: (row.pk,), of="payouts").shown_as(_payout)


def _payout(row: Payout) -> PayoutRow:
    return PayoutRow(
        id=row.pk, number=row.case.number, platform=platform_word(row.case.platform),
        amount=Money(row.amount, row.currency), status=payout_status(row.status, refund=row.refund),
        reason=row.reason, ordered_at=row.ordered_at,
    )  # fmt: skip
