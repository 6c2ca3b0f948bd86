"""Rows people see that change their state with a step: proposals, exhibits, rulings, second reviews.

They are told by the journal like everything else; this only keeps them in step with it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import connection

from disputes.services.paying import coming_into_force
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
NO_RULING = """
UPDATE disputes_ruling r SET status = 'replaced' WHERE case_id = %s AND status = 'in_force' AND EXISTS (
    SELECT FROM disputes_ruling c WHERE c.case_id = r.case_id AND c.status = 'awaiting' AND c.kind = 'correction')
"""
"""A correction that was sent back leaves no ruling: what it was to replace had been taken back for it."""
COUNT_VIOLATIONS = """
WITH found AS (
    SELECT false_evidence_by AS party FROM disputes_ruling
    WHERE case_id = %(case)s AND status = 'in_force' AND false_evidence_by <> ''
), counted AS (
    SELECT facts ->> 'by' AS party, sum(change) AS times FROM disputes_metricentry
    WHERE case_id = %(case)s AND kind = 'violation' GROUP BY facts ->> 'by'
)
INSERT INTO disputes_metricentry (case_id, sequence, shop_id, kind, change, at, recorded_at, facts)
SELECT %(case)s, %(sequence)s, %(shop)s, 'violation', CASE WHEN counted.party IS NULL OR counted.times = 0 THEN 1
    ELSE -1 END, %(at)s, %(at)s, jsonb_build_object('by', coalesce(found.party, counted.party))
FROM found FULL JOIN counted ON counted.party = found.party
WHERE (found.party IS NULL) = (coalesce(counted.times, 0) > 0)
"""
"""A finding of false evidence counts once while the ruling in force says it, and is taken back when none says it."""

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
        _execute(NO_RULING, [change.case.id])
        _execute(RETURN_RULING, [change.case.id])
    coming = coming_into_force(change, step)
    if coming or step.kind == "return_ruling":
        _rule(change, sequence, step, coming)


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
        return "upheld" if step.data.get("decision") == "uphold" else "changed"
    return "lapsed" if step.kind == "lapsed" else "withdrawn"


def _rule(change: Change, sequence: int, step: Step, coming: str | None) -> None:
    """A ruling comes into force, or none is left; what it finds of false evidence is counted or taken back."""
    case = {"case": change.case.id, "sequence": sequence, "at": step.recorded_at, "shop": change.case.shop_id}
    if coming:
        _execute(RULE_IN_FORCE, {**case, "ruling": coming, "actor": step.actor or 0})
    _execute(COUNT_VIOLATIONS, case)


def _execute(statement: str, values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
