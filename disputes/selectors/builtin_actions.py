"""What every case offers whatever its pack says, and what staff may do by their role."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from disputes.selectors.access import CaseAccess
from rules.engine.policy import Policy
from rules.engine.standing import stands_still
from rules.engine.types import CaseSnapshot, Party, Stage

BUILTIN_FIELDS: Mapping[str, tuple[tuple[str, str, bool], ...]] = {
    "message": (("text", "text", True),),
    "note": (("text", "text", True),),
    "phone_note": (("text", "text", True),),
    "record_external_escalation": (("body", "text", True), ("reference", "text", False), ("filed_on", "date", False)),
    "pause": (("reason", "code", True),),
    "resume": (("mode", "code", True),),
    "extend": (("deadline", "code", True), ("hours", "number", True), ("statement", "text", False)),
    "hand_over": (("arbitrator", "number", True),),
    "cancel_queued": (),
    "assign": (),
    "unassign": (),
    "recuse": (),
}
"""Name, type and whether it must be given."""

WORK_OF_ARBITRATORS = frozenset(
    "rule request_evidence admit reject step_in propose decide_appeal admit_late_evidence correct_ruling"
    " change_evidence_from accept_proposal".split()
)
"""Done by the arbitrator who has the case; one nobody has is taken by acting."""

WORK_OF_LEADS = frozenset({"order_second_review"})
"""A pack's actions that need a lead."""


SECOND_REVIEW = frozenset({Stage.APPEAL_EVIDENCE, Stage.RE_REVIEW})


def staff_may(
    access: CaseAccess, snapshot: CaseSnapshot, action: str, signers: Collection[int] = ()
) -> tuple[bool, str]:
    """Whether somebody of the platform may do this in this case; if not, the code to tell, or nothing to tell.

    `signers` are those who signed its rulings.
    """
    if access.party != Party.PLATFORM:
        return True, ""
    if has_recused(access, snapshot):
        return False, "recused"
    if action in WORK_OF_LEADS:
        return "lead" in access.staff, ""
    if action not in WORK_OF_ARBITRATORS:
        return bool(access.staff), ""
    if "arbitrator" not in access.staff:
        return False, ""
    holder = snapshot.facts.get("arbitrator")
    if action != "correct_ruling" and holder not in (None, access.user_id):
        return False, "assigned_to_other"
    if access.user_id in signers and is_left_to_others(snapshot, action):
        return False, "other_arbitrator_needed"
    return True, ""


def is_left_to_others(snapshot: CaseSnapshot, action: str) -> bool:
    """Whether this is for somebody who signed no ruling of the case (decision 10.1.7: a different arbitrator).

    Deciding a second review is. So is all work of arbitrators while one is prepared or decided, because whoever does
    it takes the case, and nobody else could decide then.
    """
    if action == "decide_appeal":
        return True
    taking = action in WORK_OF_ARBITRATORS or action in ("assign", "hand_over")
    return taking and snapshot.stage in SECOND_REVIEW


def has_recused(access: CaseAccess, snapshot: CaseSnapshot) -> bool:
    """Whether this member of staff recused from the case: they may read it and do nothing in it again."""
    return access.party == Party.PLATFORM and access.user_id in snapshot.facts.get("recused", ())


def builtin_offers(
    access: CaseAccess, snapshot: CaseSnapshot, policy: Policy, signers: Collection[int] = ()
) -> Iterator[str]:
    """What may be done now beside the pack's own actions, by code; `signers` are those who signed its rulings."""
    if access.party != Party.PLATFORM:
        yield "message"
        yield "record_external_escalation"
        if any(item.party == access.party for item in snapshot.queued):
            yield "cancel_queued"
        return
    if has_recused(access, snapshot):
        return
    yield from ("message", "note", "phone_note")
    if snapshot.stage is not Stage.CLOSED:
        signed = access.user_id in signers and is_left_to_others(snapshot, "assign")
        yield from (name for name in _of_staff(access, snapshot, policy) if name != "assign" or not signed)


def _of_staff(access: CaseAccess, snapshot: CaseSnapshot, policy: Policy) -> Iterator[str]:
    leads, holder = bool(access.staff & {"lead", "administrator"}), snapshot.facts.get("arbitrator")
    running = any(state.pending for state in snapshot.deadlines.values())
    if leads:
        waits = running or bool(snapshot.facts.get("feeds_stalled"))
        yield from ("resume",) if stands_still(snapshot) else ("pause",) if waits else ()
    if running and (leads or holder == access.user_id):
        yield "extend"
    if holder is None and "arbitrator" in access.staff:
        yield "assign"
    if holder == access.user_id:
        yield from ("unassign", "recuse")
    if holder is not None and "lead" in access.staff:
        yield "hand_over"
