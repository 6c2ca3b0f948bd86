"""Reading one case with everything that belongs to it, in a handful of statements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from accounts.selectors import Person, people
from contract.clock import ClockReading
from contract.money import Money
from disputes.models import Case, RequestLine
from disputes.selectors.access import CaseAccess
from disputes.selectors.signing import signers_in
from disputes.selectors.windows import Freezes, windows_in
from disputes.snapshot import snapshot_from
from evidence.selectors import StoredFileView, files_by_id
from rules.engine.calendar import Calendar
from rules.engine.errors import SettleRunaway
from rules.engine.policy import Policy
from rules.engine.types import CaseSnapshot, Party
from rules.engine.windows import Window, settle_through
from rules.selectors import calendar_edition, policy_of

Row = Mapping[str, Any]

PARTS: Mapping[str, str] = {
    "deadlines": """
        SELECT name, anchor, started_at, due_at, wakes_at, status, rung, paused_at, pause_reason, stated
        FROM disputes_deadline WHERE case_id = c.id AND status <> 'cancelled'""",
    "messages": """
        SELECT m.id, m.sequence, m.at, m.author_id, m.party, m.kind, m.text, e.kind AS event, e.stage,
            e.kind = 'queue_action' AND EXISTS (SELECT FROM disputes_caseevent d
                WHERE d.case_id = c.id AND d.facts #>> '{data,statement}' = m.id::text) AS happened
        FROM disputes_message m LEFT JOIN disputes_caseevent e ON e.case_id = m.case_id AND e.sequence = m.sequence
        WHERE m.case_id = c.id ORDER BY m.at, m.sequence""",
    "proposals": """
        SELECT party, version, at, statement_id FROM disputes_proposal WHERE case_id = c.id ORDER BY version""",
    "exhibits": """
        SELECT e.id, party, author_id, slot, description, answers_id, status, second_review, created_at, submitted_at,
            number, (SELECT json_agg(f.file_id ORDER BY f.position, f.id)
                FROM disputes_exhibitfile f WHERE f.exhibit_id = e.id) AS files
        FROM disputes_exhibit e WHERE case_id = c.id ORDER BY coalesce(submitted_at, created_at), number""",
    "rulings": """
        SELECT r.id, at, kind, status, arbitrator_id, second_person_id, outcome, upheld, remedy, liable, seller_share,
            clause, reasons, false_evidence_by,
            (SELECT json_agg(json_build_object('kind', l.kind, 'amount', l.amount::text, 'payer', l.payer,
                'payee', l.payee, 'clause', l.clause) ORDER BY l.id)
                FROM disputes_rulingline l WHERE l.ruling_id = r.id) AS lines,
            (SELECT json_agg(json_build_object('exhibit', g.exhibit_id, 'answer', g.answer) ORDER BY g.id)
                FROM disputes_finding g WHERE g.ruling_id = r.id) AS findings
        FROM disputes_ruling r WHERE case_id = c.id ORDER BY sequence DESC""",
    "appeals": """
        SELECT id, at, party, status, statement_id, submitted_at
        FROM disputes_appeal WHERE case_id = c.id ORDER BY at DESC""",
    "parcels": """
        SELECT at, leg, carrier, tracking FROM disputes_parcel WHERE case_id = c.id ORDER BY at DESC, sequence DESC""",
    "addresses": """
        SELECT text FROM disputes_returnaddress WHERE case_id = c.id ORDER BY sequence DESC LIMIT 1""",
    "payouts": """
        SELECT id, status, refund, amount::text, currency, payer, payee, reason, ordered_at, answered_at
        FROM disputes_payout WHERE case_id = c.id ORDER BY sequence, id""",
    "escalations": """
        SELECT party, body, reference, filed_on, at
        FROM disputes_outsideescalation WHERE case_id = c.id ORDER BY at""",
}
COLUMNS = ", ".join(f"(SELECT json_agg(x) FROM ({part}) x)::text" for part in PARTS.values())  # noqa: S608 - constants
READ = f"SELECT {COLUMNS} FROM disputes_case c WHERE c.id = %s"  # noqa: S608 - constants


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRead:
    """A case as stored, as it stands after settling in memory, and all rows that belong to it."""

    case: Case
    access: CaseAccess
    policy: Policy
    calendar: Calendar
    policy_number: int
    snapshot: CaseSnapshot
    """Settled at `now`."""
    overdue: bool
    """Whether settling found something that is not recorded yet."""
    now: datetime
    rows: Mapping[str, list[Row]]
    """By the names in `PARTS`."""
    lines: tuple[RequestLine, ...]
    files: Mapping[UUID, StoredFileView]
    people: Mapping[int, Person]

    @property
    def viewer(self) -> str:
        return self.access.party

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.snapshot.facts

    @property
    def staff(self) -> bool:
        return self.access.party == Party.PLATFORM

    @property
    def signers(self) -> frozenset[int]:
        """Who made, approved or reviewed its rulings."""
        return signers_in((row["arbitrator_id"], row["second_person_id"]) for row in self.rows["rulings"])

    def money(self, amount: Any) -> Money | None:
        """An amount in the case's currency; None for nothing."""
        return None if amount in (None, "") else Money(Decimal(str(amount)), self.case.currency)


def read_case(access: CaseAccess, *, now: datetime | None = None) -> CaseRead:
    """Read a case and settle it in memory. Six statements, two more when its policy was never read here."""
    case = (
        Case.objects.select_related("order", "shop")
        .annotate(clock=ClockReading(), policy_number=F("policy__number"), freezes=Freezes())
        .get(pk=access.case_id)
    )
    rows = _read_rows(case.pk)
    recorded = case.recorded_at.astimezone(UTC)
    moment = max(now or case.clock.astimezone(UTC), recorded)
    policy, calendar = policy_of(case.policy_id), calendar_edition(case.calendar_id)
    windows = windows_in(case.freezes, case.platform, case.pack)
    snapshot, overdue = settled(policy, calendar, snapshot_of(case, rows["deadlines"]), windows, moment)
    return CaseRead(
        case=case, access=access, policy=policy, calendar=calendar, policy_number=case.policy_number, snapshot=snapshot,
        overdue=overdue, now=moment, rows=rows,
        lines=tuple(RequestLine.objects.filter(case_id=case.pk).select_related("line__listing").order_by("pk")),
        files=files_by_id({UUID(name) for exhibit in rows["exhibits"] for name in exhibit["files"] or ()}),
        people=people(_people_in(case, rows)),
    )  # fmt: skip


def snapshot_of(case: Case, deadlines: list[Row]) -> CaseSnapshot:
    """A case's row as the engine sees it."""
    return snapshot_from(
        {
            "version": case.version, "stage": case.stage, "outcome": case.outcome, "facts": case.facts,
            "anchors": case.anchors, "queued": case.queued, "recorded_at": case.recorded_at.astimezone(UTC),
            "deadlines": deadlines,
        }
    )  # fmt: skip


def settled(
    policy: Policy, calendar: Calendar, snapshot: CaseSnapshot, windows: Sequence[Window], now: datetime
) -> tuple[CaseSnapshot, bool]:
    """The case after all that has passed, freezes among it, and whether any of that matters and is not recorded yet.

    A case that cannot be settled is shown as it is stored: it is parked, and administrators see why.
    """
    try:
        settlement = settle_through(policy, calendar, snapshot, windows, now=now)
    except SettleRunaway:
        return snapshot, False
    return settlement.snapshot, any(step.material for step in settlement.steps)


def _read_rows(case_id: int) -> dict[str, list[Row]]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [case_id])
        (values,) = cursor.fetchall()
    return {name: json.loads(text) if text else [] for name, text in zip(PARTS, values, strict=True)}


def _people_in(case: Case, rows: Mapping[str, list[Row]]) -> set[int]:
    ids = {case.buyer_id, case.arbitrator_id, case.facts.get("first_arbitrator")}
    for part in ("messages", "exhibits"):
        ids |= {row["author_id"] for row in rows[part]}
    for row in rows["rulings"]:
        ids |= {row["arbitrator_id"], row["second_person_id"]}
    return {number for number in ids if number is not None}


def at(text: str | None) -> datetime | None:
    """A moment from a row's text, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def moment(text: str) -> datetime:
    """A moment that is always there."""
    return datetime.fromisoformat(text).astimezone(UTC)
