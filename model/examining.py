"""The evidence period, and what the platform's staff do before they rule."""

from __future__ import annotations

from model import hearing, moving
from model.case import Case
from model.doing import Doing, Opinion


def may_file(case: Case, doing: Doing) -> Opinion:
    """The asked side, and the seller always, within the three days; afterwards only where evidence stays open."""
    if case.terms.global_site and case.stage in moving.BEFORE_RULING:
        return True
    if case.stage == "EVIDENCE":
        return doing.who in case.asked or doing.who == "seller" or None
    if case.stage == "REVIEW":
        return case.terms.global_site or (case.answer_to == doing.who and "E24" in case.clocks)
    if case.stage == "APPEAL_EVIDENCE":
        return doing.who in case.drafts or None
    if case.stage == "SELLER_FOLLOWUP" and doing.who == "seller":
        return True
    return None


def may_withdraw(case: Case, doing: Doing) -> Opinion:
    """Until closing (10.1/6); during an appeal the rules do not say."""
    return None if case.stage in ("APPEAL_EVIDENCE", "RE_REVIEW") else True


def names_exhibit(case: Case, doing: Doing) -> Opinion:
    return bool(doing.data.get("exhibit"))


def file(case: Case, doing: Doing) -> None:
    case.filed.add(doing.who)
    case.ever_filed.add(doing.who)


def may_complete(case: Case, doing: Doing) -> Opinion:
    if case.stage == "SELLER_FOLLOWUP":
        return doing.who == "seller"
    return doing.who in case.asked and doing.who not in case.complete


def complete(case: Case, doing: Doing) -> None:
    """All who were asked say they are done: the period ends early. In the follow-up the seller's word ends it."""
    if case.stage == "SELLER_FOLLOWUP":
        hearing.review(case, doing.at, doing.heard)
        return
    case.complete.add(doing.who)
    if case.complete >= case.asked:
        hearing.evidence_over(case, doing.at, doing.heard)


def sides(word: str) -> frozenset[str]:
    return frozenset({"buyer", "seller"}) if word == "both" else frozenset({word})


def names_sides(case: Case, doing: Doing) -> Opinion:
    return doing.data.get("from") in ("buyer", "seller", "both")


def change_sides(case: Case, doing: Doing) -> None:
    case.asked = sides(doing.data["from"])
    if case.complete >= case.asked:
        hearing.evidence_over(case, doing.at, doing.heard)


def asks_well(case: Case, doing: Doing) -> Opinion:
    return bool(doing.data.get("statement")) and names_sides(case, doing)


def request_evidence(case: Case, doing: Doing) -> None:
    """Whoever is accused of false evidence is heard first (10.2/18)."""
    if doing.data.get("false_evidence"):
        case.accused |= sides(doing.data["from"])
    hearing.hear_evidence(case, sides(doing.data["from"]), doing.at, doing.heard, by="platform")


def names_party(case: Case, doing: Doing) -> Opinion:
    return doing.data.get("party") in ("buyer", "seller")


def admit_late(case: Case, doing: Doing) -> None:
    """E24: the other side has 24 hours to answer (10.1/6)."""
    case.answer_to = "seller" if doing.data["party"] == "buyer" else "buyer"
    case.moments["late_admitted"] = doing.at
    hearing.answer_to_late_evidence(case, doing.at, doing.heard)


def admit(case: Case, doing: Doing) -> None:
    hearing.hear_evidence(case, frozenset({"seller"}), doing.at, doing.heard)


def rejects_well(case: Case, doing: Doing) -> Opinion:
    return bool(doing.data.get("reject_reason")) and doing.data["reject_reason"] != "NONSENSE"


def reject(case: Case, doing: Doing) -> None:
    """Back to the refusal, and T4 anew (10.1/4)."""
    answered = case.answered
    moving.answered(case, doing.at, doing.heard)
    case.answered = answered


def step_in(case: Case, doing: Doing) -> None:
    hearing.review(case, doing.at, doing.heard)


def take_back_objection(case: Case, doing: Doing) -> None:
    """Where the case stands then, the rules do not say."""
    case.lost = "what a withdrawn objection leads to"


def may_take_back(case: Case, doing: Doing) -> Opinion:
    return case.objected
