"""Rows people see that change their state with a step: proposals, exhibits, rulings, second reviews.

They are told by the journal like everything else; this only keeps them in step with it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import connection

from rules.engine.events import Step
from rules.engine.types import Stage

if TYPE_CHECKING:
    from disputes.services.writing import Change

INSERT_PROPOSAL = """
INSERT INTO disputes_proposal (id, case_id, sequence, at, party, version, reason, remedy, amount, return_freight_by,
    statement_id, author_id)
VALUES (%(id)s, %(case)s, %(sequence)s, %(at)s, %(party)s, %(version)s, %(reason)s, %(remedy)s, %(amount)s, %(freight)s,
    %(statement)s, %(author)s)
"""
HAND_IN = """
UPDATE disputes_exhibit e SET status = 'submitted', submitted_at = %(at)s, sequence = %(sequence)s,
    second_review = %(second_review)s,
    number = coalesce(e.number, (SELECT count(*) + 1 FROM disputes_exhibit o
        WHERE o.case_id = e.case_id AND o.party = e.party AND o.number IS NOT NULL))
WHERE e.id = %(exhibit)s AND e.case_id = %(case)s
"""
SET_EXHIBIT = (
    "UPDATE disputes_exhibit SET status = %s, submitted_at = coalesce(submitted_at, %s) WHERE id = %s AND case_id = %s"
)
SUBMIT_APPEAL = """
UPDATE disputes_appeal SET status = 'submitted', submitted_at = %s, statement_id = coalesce(%s, statement_id)
WHERE case_id = %s AND party = %s AND status = 'draft'
"""
END_APPEALS = (
    "UPDATE disputes_appeal SET status = %s WHERE case_id = %s AND party = ANY(%s) AND status IN ('draft', 'submitted')"
)
RULE_IN_FORCE = """
UPDATE disputes_ruling SET status = CASE WHEN id = %(ruling)s THEN 'in_force' ELSE 'replaced' END,
    second_person_id = CASE WHEN id = %(ruling)s AND arbitrator_id <> %(actor)s THEN %(actor)s ELSE second_person_id END
WHERE case_id = %(case)s AND (id = %(ruling)s OR status = 'in_force')
"""
RETURN_RULING = "UPDATE disputes_ruling SET status = 'returned' WHERE case_id = %s AND status = 'awaiting'"
TAKE_BACK_EXTRAS = """
INSERT INTO disputes_ledgerentry (case_id, sequence, position, kind, payer, payee, amount, currency, basis, at,
    recorded_at)
SELECT u.case_id, %(sequence)s, 99 + row_number() OVER (ORDER BY l.id), 'reversal', l.payee, l.payer, l.amount,
    %(currency)s, CASE WHEN n.kind = 'appeal' THEN 'second_review' ELSE 'correction' END, %(at)s, %(at)s
FROM disputes_ruling n JOIN disputes_ruling u ON u.case_id = n.case_id AND u.status = 'in_force' AND u.id <> n.id
    JOIN disputes_rulingline l ON l.ruling_id = u.id
WHERE n.id = %(ruling)s AND l.kind <> 'refund' AND l.amount > 0
"""
"""Before another ruling comes into force: what the one before it ordered beyond the refund is owed no more."""
RULED_EXTRAS = """
INSERT INTO disputes_ledgerentry (case_id, sequence, position, kind, payer, payee, amount, currency, basis, at,
    recorded_at)
SELECT u.case_id, %(sequence)s, 9 + row_number() OVER (ORDER BY l.id), l.kind, l.payer, l.payee, l.amount, %(currency)s,
    'ruled', %(at)s, %(at)s
FROM disputes_rulingline l JOIN disputes_ruling u ON u.id = l.ruling_id
WHERE u.id = %(ruling)s AND l.kind <> 'refund' AND l.amount > 0
"""
CANCEL_UNPAID = """
UPDATE disputes_payout p SET status = 'cancelled', answered_at = %(at)s FROM disputes_ruling n
WHERE n.id = %(ruling)s AND n.kind = 'correction' AND p.case_id = n.case_id AND p.status = 'ordered'
    AND p.sequence < %(sequence)s
"""
"""A ruling is corrected only while nothing of it was paid: what it ordered is ordered anew by its correction."""
PAY_EXTRAS = """
WITH owed AS (
    SELECT payee, min(payer) AS payer, sum(amount) AS amount FROM disputes_rulingline
    WHERE ruling_id = %(ruling)s AND kind <> 'refund' AND amount > 0 AND payee IN ('buyer', 'seller') GROUP BY payee
), had AS (
    SELECT l.payee, sum(l.amount) AS amount
    FROM disputes_rulingline l JOIN disputes_ruling u ON u.id = l.ruling_id
    WHERE u.case_id = %(case)s AND u.status = 'in_force' AND u.id <> %(ruling)s AND l.kind <> 'refund' AND EXISTS (
        SELECT FROM disputes_payout p WHERE p.case_id = u.case_id AND p.payee = l.payee AND p.status = 'succeeded')
    GROUP BY l.payee
)
INSERT INTO disputes_payout AS p (case_id, sequence, amount, currency, payer, payee, status, reason, reference,
    ordered_at)
SELECT %(case)s, %(sequence)s, owed.amount - coalesce(had.amount, 0), %(currency)s, owed.payer, owed.payee, 'ordered',
    '', '', %(at)s
FROM owed LEFT JOIN had ON had.payee = owed.payee
WHERE owed.amount > coalesce(had.amount, 0)
ON CONFLICT (case_id, sequence, payee) DO UPDATE SET amount = p.amount + excluded.amount
"""
"""One payout for each payee and step, less what the ruling before it had paid; the ledger tells who bears what."""
RULED_VIOLATION = """
INSERT INTO disputes_metricentry (case_id, sequence, shop_id, kind, change, at, recorded_at, facts)
SELECT u.case_id, %(sequence)s, %(shop)s, 'violation', 1, %(at)s, %(at)s, jsonb_build_object('by', u.false_evidence_by)
FROM disputes_ruling u WHERE u.id = %(ruling)s AND u.false_evidence_by <> ''
"""

PARTIES = ("buyer", "seller", "platform")
TAKEN_OVER = frozenset({"adopt", "moved_outside"})
"""Steps whose proposals the import brings along, with the times the marketplace told."""


def follow_records(change: Change, sequence: int, step: Step) -> None:
    """Bring the rows behind one step in line with it."""
    for party in () if step.kind in TAKEN_OVER else PARTIES:
        if step.facts.get(f"{party}_offer"):
            _propose(change, sequence, step, party)
    if "exhibit" in step.data:
        _exhibit(change, sequence, step)
    _appeals(change, step)
    if step.kind == "return_ruling":
        _execute(RETURN_RULING, [change.case.id])
    if step.anchors.get("ruled") or step.facts.get("second_review") == "changed":
        _rule(change, sequence, step)


def _propose(change: Change, sequence: int, step: Step, party: str) -> None:
    offer = step.facts[f"{party}_offer"]
    if not offer.get("remedy") or offer.get("amount") is None:
        return
    _execute(
        INSERT_PROPOSAL,
        {
            "id": uuid.uuid4(), "case": change.case.id, "sequence": sequence, "at": step.at, "party": party,
            "version": offer.get("version", 1), "remedy": offer["remedy"], "amount": offer["amount"],
            "reason": change.after.facts.get("reason", "") if party == "buyer" else "",
            "freight": offer.get("return_freight_by") or "", "statement": offer.get("statement"), "author": step.actor,
        },
    )  # fmt: skip


def _exhibit(change: Change, sequence: int, step: Step) -> None:
    case, exhibit = change.case.id, step.data["exhibit"]
    if step.kind in ("submit_exhibit", "admit_late_evidence"):
        second = step.stage in (Stage.APPEAL_EVIDENCE, Stage.RE_REVIEW)
        _execute(
            HAND_IN, {"exhibit": exhibit, "case": case, "at": step.at, "sequence": sequence, "second_review": second}
        )
    elif step.kind == "withdraw_exhibit":
        _execute(SET_EXHIBIT, ["withdrawn", step.at, exhibit, case])
    elif step.data.get("late"):
        _execute(SET_EXHIBIT, ["late", step.at, exhibit, case])


def _appeals(change: Change, step: Step) -> None:
    """Second reviews handed in, timed out, withdrawn or decided."""
    case = change.case.id
    if step.kind == "submit_appeal":
        _execute(SUBMIT_APPEAL, [step.at, step.data.get("statement"), case, str(step.party)])
        return
    ended = [
        party for party in PARTIES[:2] if f"{party}_appeal" in step.facts and step.facts[f"{party}_appeal"] is None
    ]
    if ended:
        _execute(END_APPEALS, [_ending(step), case, ended])


def _ending(step: Step) -> str:
    if step.kind == "decide_appeal":
        return "upheld" if step.facts.get("second_review") == "upheld" else "changed"
    return "lapsed" if step.kind == "lapsed" else "withdrawn"


def _rule(change: Change, sequence: int, step: Step) -> None:
    ruling = change.after.facts.get("ruling")
    if not ruling:
        return
    values = {
        "ruling": ruling,
        "case": change.case.id,
        "actor": step.actor or 0,
        "sequence": sequence,
        "at": step.recorded_at,
        "currency": change.case.currency,
        "shop": change.case.shop_id,
    }
    for statement in (TAKE_BACK_EXTRAS, CANCEL_UNPAID, PAY_EXTRAS, RULE_IN_FORCE, RULED_EXTRAS, RULED_VIOLATION):
        _execute(statement, values)


def _execute(statement: str, values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
