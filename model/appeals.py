"""Appeals: a party not granted in full asks once, with new evidence, and another person decides."""

from __future__ import annotations

from datetime import datetime

from model import moving
from model.case import Case
from model.doing import Doing, Opinion
from model.terms import HOUR

PAYING = frozenset("buyer_refund_only buyer_return_and_refund buyer_partial_refund shared".split())
"""Outcomes that give the buyer money; of one that gives none the rules say nothing."""
MONEY = frozenset("refund_only partial_refund refund_keep_goods".split())


def granted_in_full(case: Case, who: str) -> Opinion:
    """The buyer who got all that was asked, the seller who had to give nothing."""
    assert case.ruling is not None
    if who == "seller" and case.ruling.outcome in PAYING and not case.ruling.amount:
        return None
    if who == "seller":
        return case.ruling.outcome in ("seller", "not_admitted")
    if case.ruling.outcome in ("seller", "not_admitted") or case.ruling.amount < case.ruling.asked[1]:
        return False
    plain = case.ruling.outcome == "buyer_refund_only" and case.ruling.asked[0] in MONEY and case.ruling.remedy in MONEY
    return True if plain and case.ruling.liable != "shared" else None


def may_appeal(case: Case, doing: Doing) -> Opinion:
    """Only what was ruled and not settled since, in the window from the first closing, once a party (10.1/7)."""
    if case.ruling is None or case.settled_again or "M7" not in case.clocks:
        return False
    if case.appeals.get(doing.who) or doing.who in case.drafts | case.submitted:
        return False
    if case.terms.one_appeal_per_order and any(case.appeals.values()):
        return None
    if case.receipt_dispute:
        return None
    granted = granted_in_full(case, doing.who)
    return None if granted is None else not granted


def appeal(case: Case, doing: Doing) -> None:
    case.appeals[doing.who] = case.appeals.get(doing.who, 0) + 1
    case.drafts.add(doing.who)
    case.go("APPEAL_EVIDENCE")
    row = "M8" if doing.who == "buyer" else "M8s"
    case.start(row, case.terms.appeal_evidence, doing.at, doing.heard)


def may_submit(case: Case, doing: Doing) -> Opinion:
    return doing.who in case.drafts


def brings_news(case: Case, doing: Doing) -> Opinion:
    """At least one exhibit that was not in the first instance, with a sentence on what it shows."""
    return bool(doing.data.get("statement")) and bool(doing.data.get("new_evidence"))


def submit(case: Case, doing: Doing) -> None:
    """M9 counts from the submission."""
    case.drafts.discard(doing.who)
    case.submitted.add(doing.who)
    case.moments["submitted"] = doing.at
    case.stop("M8" if doing.who == "buyer" else "M8s")
    if not case.drafts:
        nobody_drafts(case, doing.at, doing.heard)


def withdrawn(case: Case, who: str, at: datetime, heard: datetime) -> None:
    """Only that appeal ends; a draft's right comes back while the window is open."""
    if who in case.drafts and "M7" in case.clocks:
        case.appeals[who] -= 1
    case.drafts.discard(who)
    case.submitted.discard(who)
    case.stop("M8" if who == "buyer" else "M8s")
    if not case.drafts:
        nobody_drafts(case, at, heard)


def nobody_drafts(case: Case, at: datetime, heard: datetime) -> None:
    """Every appeal was submitted, withdrawn or given up: what was submitted is decided, else the case is as before."""
    running = case.clocks.get("M9")
    if case.submitted and running and running.since == case.moments["submitted"]:
        return
    if case.submitted:
        case.go("RE_REVIEW")
        case.alarm("M9", case.terms.appeal_decision, case.moments["submitted"])
    else:
        case.go("CLOSED")
        moving.count_liability(case, at, heard)


def another_judge(case: Case, doing: Doing) -> Opinion:
    """Not the first one; whether the second person of the first ruling may, the rules do not say."""
    if doing.person in case.seconded_by:
        return None if doing.person != case.first_judge else False
    return doing.person != case.first_judge


def may_urge(case: Case, doing: Doing) -> Opinion:
    """M10: when twelve hours or less remain, once in twelve hours."""
    clock = case.clocks.get("M9")
    before = case.terms.urge_before
    if clock is None or clock.due is None or before is None:
        return None
    first = clock.since + 36 * HOUR - before
    urged = case.moments.get("urged")
    return doing.heard >= first and (urged is None or doing.heard >= urged + 12 * HOUR)


def urge(case: Case, doing: Doing) -> None:
    case.moments["urged"] = doing.at
