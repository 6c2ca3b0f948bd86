"""Rulings: signed, seen by a second person, corrected, carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from model import hearing, moving
from model.case import Case, Ruling, cents
from model.doing import Doing, Opinion
from model.terms import Alarm

OUTCOMES = frozenset(
    "buyer_refund_only buyer_return_and_refund buyer_partial_refund buyer_exchange seller shared not_admitted".split()
)
LIABLE = frozenset("buyer seller shared platform carrier none".split())
NOTHING = frozenset({"seller", "not_admitted"})


def may_rule(case: Case, doing: Doing) -> Opinion:
    """Not while the other side has its 24 hours to answer late evidence (10.1/6)."""
    if "E24" not in case.clocks:
        return True
    return None if case.answer_to in case.filed else False


def well_told(case: Case, doing: Doing) -> Opinion:
    """A known outcome, somebody liable, an amount within the cap. Whether they fit each other the rules leave open."""
    data = doing.data
    amount = cents(data.get("amount", ""))
    if data.get("outcome") not in OUTCOMES or data.get("liable") not in LIABLE or not data.get("ruling"):
        return False
    if data["outcome"] == "buyer_return_and_refund" and not case.terms.return_leg:
        return False
    if data["outcome"] == "buyer_exchange" and case.terms.global_site:
        return False
    accused = data.get("false_evidence_by")
    if amount is None or not case.within_cap(amount) or (accused and accused not in case.accused):
        return False
    return True if _fits(data["outcome"], amount) else None


def _fits(outcome: str, amount: int) -> bool:
    return (amount == 0) == (outcome in NOTHING or outcome == "buyer_exchange")


def read(case: Case, doing: Doing) -> Ruling:
    data = doing.data
    exchange = "replacement_card" if case.terms.card else "exchange"
    remedy = {"buyer_return_and_refund": "return_and_refund", "buyer_exchange": exchange}.get(data["outcome"])
    share = data.get("seller_share")
    return Ruling(
        data["outcome"], data.get("remedy") or remedy or "refund_only", cents(data["amount"]) or 0, data["liable"],
        share, doing.person, (case.remedy, case.amount), case.reason,
    )  # fmt: skip


def rule(case: Case, doing: Doing) -> None:
    """Left in the same step, or waiting for a second person: R2, four hours and at most a day (10.1/7)."""
    ruling = read(case, doing)
    case.first_judge = doing.person
    if needs_second_person(case, ruling, doing):
        case.pending = ruling
        case.go("RULED")
        case.alarm("R2", Alarm((4, "h"), (24, "h")), doing.at)
    else:
        carry_out(case, ruling, doing.at, doing.heard)


def needs_second_person(case: Case, ruling: Ruling, doing: Doing) -> bool:
    above = ruling.amount > (cents(case.terms.second_person_above) or 0)
    return above or bool(doing.data.get("false_evidence_by"))


def carry_out(case: Case, ruling: Ruling, at: datetime, heard: datetime) -> None:
    case.ruling, case.pending = ruling, None
    if ruling.outcome in ("buyer_return_and_refund", "buyer_exchange"):
        moving.agree(case, ruling.remedy, ruling.amount, at, heard, _word(ruling))
    else:
        moving.close(case, _word(ruling), at, heard, pay=ruling.amount)


def _word(ruling: Ruling) -> str:
    if ruling.outcome in NOTHING:
        return "ruled_no_refund"
    return "ruled_partial" if ruling.outcome in ("buyer_partial_refund", "shared") else "ruled_refund"


def another_person(case: Case, doing: Doing) -> Opinion:
    """Neither who ruled first nor who signed what waits."""
    assert case.pending is not None
    return doing.person not in (case.first_judge, case.pending.by)


def approve(case: Case, doing: Doing) -> None:
    assert case.pending is not None
    case.seconded_by.add(doing.person)
    carry_out(case, case.pending, doing.at, doing.heard)


def send_back(case: Case, doing: Doing) -> None:
    case.pending = case.ruling = None
    hearing.review(case, doing.at, doing.heard)
    hearing.answer_to_late_evidence(case, doing.at, doing.heard)


def states(case: Case, doing: Doing) -> Opinion:
    return bool(doing.data.get("statement"))


def may_correct(case: Case, doing: Doing) -> Opinion:
    """The same arbitrator, before the marketplace has answered the payout (10.2/19)."""
    if case.stage not in ("CLOSED", "WAIT_BUYER_RETURN") or case.settled_again:
        return None if case.ruling else False
    return case.ruling is not None and doing.person == case.ruling.by and not case.payout_answered


def corrects_well(case: Case, doing: Doing) -> Opinion:
    """A correction says why."""
    return well_told(case, doing) if states(case, doing) else False


def correct(case: Case, doing: Doing) -> None:
    """The first order is cancelled, and a second person sees both versions: the ruling waits again."""
    if case.settled_again:
        case.lost = "a ruling corrected after the parties had settled"
        return
    assert case.ruling is not None
    case.pending = replace(read(case, doing), reason=case.ruling.reason)
    case.unsure.add("M11")
    case.owe(0)
    case.go("RULED")
    case.alarm("R2", Alarm((4, "h"), (24, "h")), doing.at)


def decide_told(case: Case, doing: Doing) -> Opinion:
    """Uphold needs no new ruling's figures; a change says what takes the first one's place."""
    decision = doing.data.get("decision")
    if decision not in ("uphold", "change") or not doing.data.get("ruling"):
        return False
    if decision == "change" and not {"liable", "outcome", "amount"} <= set(doing.data):
        return None
    return well_told(case, doing) if decision == "change" else True


def decide(case: Case, doing: Doing) -> None:
    """Final. What was paid stays with the buyer; more is paid if more is due (10.1/7)."""
    if doing.data["decision"] == "change" and not {"liable", "outcome", "amount"} <= set(doing.data):
        case.lost = "a changed decision that does not say what it changes"
        return
    case.moments["appeal_decided"] = doing.at
    case.drafts.clear()
    case.submitted.clear()
    if doing.data["decision"] == "uphold":
        case.go("CLOSED")
        moving.count_liability(case, doing.at, doing.heard)
        return
    case.ruling, case.decided_again = read(case, doing), True
    if case.ruling.outcome in ("buyer_return_and_refund", "buyer_exchange"):
        if case.paid:
            case.lost = "a return ruled in an appeal after the buyer was paid"
            return
        moving.agree(case, case.ruling.remedy, case.ruling.amount, doing.at, doing.heard, _word(case.ruling))
    else:
        moving.close(case, _word(case.ruling), doing.at, doing.heard, pay=case.ruling.amount)


def may_look_again(case: Case, doing: Doing) -> Opinion:
    """A lead's own motion, once the payout was answered and nothing can be corrected any more (10.2/19)."""
    if case.settled_again:
        return None
    return case.ruling is not None and case.payout_answered


def look_again(case: Case, doing: Doing) -> None:
    case.go("RE_REVIEW")
    case.alarm("M9", case.terms.appeal_decision, doing.at)
