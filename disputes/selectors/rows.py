"""Cases of a list as rows: what a page of them needs beside themselves in three statements, each settled in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from accounts.selectors import Person, people
from contract.money import Money
from disputes.labels.actions import MAIN_BY_STAGE
from disputes.labels.words import HOLDS, OUTCOMES, name_of
from disputes.models import Deadline
from disputes.selectors.actions import action_label, reason_label, remedy_label
from disputes.selectors.cases import platform_word
from disputes.selectors.doors import stage_label, turn_of
from disputes.selectors.freezes import frozen_until, paused_until
from disputes.selectors.list_views import CaseRow, Given
from disputes.selectors.reading import Row, settled, snapshot_of
from disputes.selectors.windows import FREEZES, windows_in
from disputes.selectors.wording import Worded
from disputes.snapshot import moment_text
from rules.engine.calendar import Calendar
from rules.engine.decide import allowed
from rules.engine.policy import Policy
from rules.engine.reconciling import FROZEN
from rules.engine.types import CaseSnapshot, Party
from rules.selectors import calendar_edition, policy_of

DEADLINE_FIELDS = "name anchor started_at due_at wakes_at status rung paused_at pause_reason stated".split()

BESIDE = f"""
SELECT c.id, o.outside_id, s.name, l.title, q.lines - 1, gongduan_clock(), {FREEZES}, CASE WHEN %(slots)s THEN ARRAY(
    SELECT slot FROM disputes_exhibit e WHERE e.case_id = c.id AND e.party = 'seller' AND e.status = 'submitted') END
FROM unnest(%(ids)s::bigint[], %(orders)s::bigint[], %(shops)s::bigint[]) AS c (id, order_id, shop_id)
JOIN disputes_order o ON o.id = c.order_id
JOIN accounts_shop s ON s.id = c.shop_id
CROSS JOIN LATERAL (
    SELECT (array_agg(r.line_id ORDER BY r.id))[1] AS first, count(*) AS lines FROM disputes_requestline r
    WHERE r.case_id = c.id
) q
LEFT JOIN disputes_orderline l ON l.id = q.first
"""  # noqa: S608  (constant text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a row of a list shows that is not the case's own."""

    order_number: str
    shop: str
    title: str
    """The first product of the claim."""
    more_lines: int
    clock: datetime
    freezes: str | None
    slots_given: Sequence[str]
    """The items of the checklist that the shop handed something in for; asked for sellers alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A case of a list, settled in memory."""

    case: Any
    policy: Policy
    calendar: Calendar
    snapshot: CaseSnapshot
    overdue: bool
    now: datetime


def settled_cases(cases: Sequence[Any], now: datetime, freezes: str | None) -> list[Settled]:
    """Cases with their deadlines, settled through the freezes there are: one statement for all."""
    deadlines = _deadlines_of([case.pk for case in cases])
    return [_settled(case, deadlines.get(case.pk, []), freezes, now) for case in cases]


def _settled(case: Any, deadlines: list[Row], freezes: str | None, now: datetime) -> Settled:
    moment = max(now, case.recorded_at.astimezone(UTC))
    policy, calendar = policy_of(case.policy_id), calendar_edition(case.calendar_id)
    windows = windows_in(freezes, case.platform, case.pack)
    snapshot, overdue = settled(policy, calendar, snapshot_of(case, deadlines), windows, moment)
    return Settled(case=case, policy=policy, calendar=calendar, snapshot=snapshot, overdue=overdue, now=moment)


def _deadlines_of(ids: list[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    rows = Deadline.objects.filter(case_id__in=ids).exclude(status="cancelled").values("case_id", *DEADLINE_FIELDS)
    for row in rows:
        found.setdefault(row["case_id"], []).append(_as_text(row))
    return found


def _as_text(row: Mapping[str, Any]) -> Row:
    return {name: moment_text(value) if isinstance(value, datetime) else value for name, value in row.items()}


def case_rows(cases: Sequence[Any], *, viewer: str, user_id: int, now: datetime | None = None) -> list[CaseRow]:
    """Rows to one reader: three statements more than reading the cases."""
    if not cases:
        return []
    beside = _beside(cases, viewer)
    names = people({case.buyer_id for case in cases} | {case.arbitrator_id for case in cases if case.arbitrator_id})
    any_of_them = next(iter(beside.values()))
    moment, freezes = now or any_of_them.clock, any_of_them.freezes
    return [_row(item, viewer, user_id, names, beside[item.case.pk]) for item in settled_cases(cases, moment, freezes)]


def _beside(cases: Sequence[Any], viewer: str) -> dict[int, Beside]:
    values: dict[str, Any] = {
        "ids": [case.pk for case in cases], "orders": [case.order_id for case in cases],
        "shops": [case.shop_id for case in cases], "slots": viewer == Party.SELLER,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, values)
        return {
            case_id: Beside(
                order_number=order, shop=shop, title=title or "", more_lines=max(more, 0), slots_given=slots or (),
                clock=clock.astimezone(UTC), freezes=freezes,
            )
            for case_id, order, shop, title, more, clock, freezes, slots in cursor.fetchall()
        }  # fmt: skip


def _given(policy: Policy, case: Any, slots: Sequence[str]) -> Given | None:
    """What the shop handed in of its checklist; None where nothing is asked of it."""
    reason = policy.reasons.get(case.reason)
    asked = set(reason.slots.get(Party.SELLER, ())) if reason else set()
    return Given(submitted=len(asked.intersection(slots)), asked=len(asked)) if asked else None


def _row(item: Settled, viewer: str, user_id: int, names: Mapping[int, Person], beside: Beside) -> CaseRow:
    case, snapshot, policy = item.case, item.snapshot, item.policy
    turn = turn_of(
        policy, item.calendar, snapshot, viewer=viewer, currency=case.currency, now=item.now, overdue=item.overdue
    )
    buyer, staff = names.get(case.buyer_id), viewer == Party.PLATFORM
    arbitrator = names.get(snapshot.facts.get("arbitrator") or 0) if staff else None
    return CaseRow(
        number=case.number, platform=platform_word(case.platform), zone=policy.zone, title=beside.title,
        more_lines=beside.more_lines, shop=beside.shop, order_number=beside.order_number,
        buyer=buyer.name if buyer and viewer != Party.BUYER else "",
        stage=Worded(code=str(snapshot.stage), text=stage_label(policy, snapshot, turn)),
        outcome=Worded(code=snapshot.outcome, text=name_of(OUTCOMES, snapshot.outcome)) if snapshot.outcome else None,
        status=turn.words, on_lapse=turn.lapse.worded(viewer) if turn.lapse else None,
        at_stake=turn.lapse.amount if turn.lapse else None, waiting_on=turn.standing.waiting_on, mine=turn.awaited,
        due_at=turn.standing.due_at, deadline=turn.standing.deadline,
        left_seconds=turn.left_seconds, tone=turn.tone, late=item.overdue,
        reason=_reason(policy, case.reason), amount=Money(case.amount, case.currency),
        remedy=Worded(code=case.remedy, text=remedy_label(policy, case.remedy)),
        evidence=_given(policy, case, beside.slots_given) if viewer == Party.SELLER else None,
        main_action=_main_action(item, viewer, user_id) if turn.awaited else None, held=_held(item),
        arbitrator=arbitrator.name if arbitrator else "", second_review=snapshot.stage in ("RE_REVIEW", "RULED"),
        opened_at=case.opened_at, closed_at=case.closed_at, version=case.version,
    )  # fmt: skip


def _reason(policy: Policy, code: str) -> Worded:
    reason = policy.reasons.get(code)
    return Worded(code=code, text=reason_label(reason) if reason else code)


def _held(item: Settled) -> Worded | None:
    """Why its clocks stand still: somebody holds it, or its platform suspends its clocks until a known moment."""
    code, until = item.snapshot.facts.get("held"), frozen_until(item.snapshot)
    if code or until is None:
        return Worded(code=str(code), text=name_of(HOLDS, str(code))) if code else None
    return Worded(code=FROZEN, text=paused_until(until, item.policy.zone, item.now))


def _main_action(item: Settled, viewer: str, user_id: int) -> Worded | None:
    wanted = MAIN_BY_STAGE.get((viewer, str(item.snapshot.stage)), ())
    may = allowed(item.policy, item.calendar, item.snapshot, Party(viewer), now=item.now, actor=user_id)
    names = {action.action for action in may.available}
    code = next((name for name in wanted if name in names), None)
    return Worded(code=code, text=action_label(item.policy, item.policy.actions[code])) if code else None
