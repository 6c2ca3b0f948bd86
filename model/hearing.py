"""How a case is looked at: evidence, the preliminary review, the review, and the platform's own clocks."""

from __future__ import annotations

from datetime import datetime

from model.case import Case, Clock
from model.moving import NOT_RECEIVED, close
from model.terms import DAY, HOUR, Alarm

BUYERS_PROOF = frozenset({"NOT_AS_DESCRIBED", "DAMAGED"})
"""Where proof is the buyer's alone: what the eye can see after signing (2.4, 10.1/5)."""
AS_DESCRIBED_BY_BUYER = frozenset("NOT_AS_DESCRIBED SHORT_QUANTITY DAMAGED NOT_WORKING".split())
"""Of AliExpress: the buyer's claims whose proof is the buyer's photos (6.3)."""


def burden(case: Case) -> frozenset[str]:
    """Whose evidence is asked: the buyer's where proof is the buyer's alone; of a returned parcel both sides'."""
    if case.reason in BUYERS_PROOF and not case.tracking:
        return frozenset({"buyer"})
    return frozenset({"buyer", "seller"})


def asked_by_burden(case: Case) -> bool:
    """Whether the mode of this evidence period is the reason's: nobody named a side, and nobody is done (10.1/5)."""
    named = case.asked_by == "platform" or case.terms.preliminary or case.terms.global_site
    return case.stage == "EVIDENCE" and not named and not case.complete and case.asked == burden(case)


def hear_evidence(case: Case, asked: frozenset[str], at: datetime, heard: datetime, by: str = "") -> None:
    """T7 (M3, X10, A5): three days for the asked side or sides."""
    case.asked, case.asked_by, case.asked_from = asked, by, case.stage
    case.complete.clear()
    case.filed.clear()
    case.moments.pop("late_admitted", None)
    case.receipt_dispute = case.receipt_dispute or (case.ruling is not None and case.tracking)
    case.go("EVIDENCE")
    case.stop("T7")
    case.start("T7", case.terms.evidence, at, heard)


def review(case: Case, at: datetime, heard: datetime) -> None:
    """T9 (X11, A3b) counts from the last entry into review; T8b is the picking up of a new case."""
    case.go("REVIEW")
    case.alarm("T9", case.terms.opinion, at)
    if case.objected and case.terms.global_site:
        case.alarm("A8", Alarm((2, "wd"), (4, "wd")), at)
    if case.ruling:
        case.unsure.add("T8b")
    elif case.terms.pick_up:
        case.alarm("T8b", case.terms.pick_up, at)


def answer_to_late_evidence(case: Case, at: datetime, heard: datetime) -> None:
    """E24: 24 hours from the admission for the other side, also when the case was closed meanwhile (10.1/6)."""
    admitted = case.moments.get("late_admitted")
    if admitted and at < admitted + DAY:
        case.start("E24", admitted + DAY - at, at, heard, kind="window")


def ask_preliminary(case: Case, at: datetime, heard: datetime) -> None:
    """M2: target 24 h; unexamined, admitted after 48 h (10.1/3)."""
    case.go("INTERVENTION_REQUESTED")
    case.alarm("M2", Alarm((24, "h"), (48, "h")), at)
    case.start("M2b", 48 * HOUR, at, heard, platform=True, fact=True)


def ask_platform(case: Case, at: datetime, heard: datetime) -> None:
    """Taobao and Xianyu go to the evidence period, Tmall to the preliminary review, AliExpress to the review."""
    case.receipt_dispute = case.receipt_dispute or case.ruling is not None
    if case.terms.global_site:
        review(case, at, heard)
    elif case.terms.preliminary and not case.tracking:
        ask_preliminary(case, at, heard)
    else:
        hear_evidence(case, burden(case), at, heard)


def evidence_over(case: Case, at: datetime, heard: datetime) -> None:
    """Where the evidence period leads (10.1/5, A5): the follow-up after the buyer's alone, else the review."""
    if case.asked_by == "platform":
        _asked_evidence_over(case, at, heard)
    elif case.asked == {"buyer"} and not case.terms.global_site and "buyer" in case.filed | case.complete:
        case.go("SELLER_FOLLOWUP")
        case.start("T8", case.terms.follow_up, at, heard)
    else:
        review(case, at, heard)


def _asked_evidence_over(case: Case, at: datetime, heard: datetime) -> None:
    if case.terms.preliminary and case.asked_from == "INTERVENTION_REQUESTED":
        if case.asked == {"buyer"} and "buyer" not in case.filed | case.complete:
            close(case, "expired", at, heard)
        else:
            ask_preliminary(case, at, heard)
    elif case.terms.global_site and "buyer" in case.asked and "buyer" not in case.filed:
        _buyer_proved_nothing(case, at, heard)
    else:
        review(case, at, heard)


def _buyer_proved_nothing(case: Case, at: datetime, heard: datetime) -> None:
    """A5: who bears the burden and files nothing: the buyer's claim is cancelled, else it is decided on file."""
    if "buyer" in case.complete:
        case.lost = "a buyer who declares the evidence complete without any"
    elif case.reason in AS_DESCRIBED_BY_BUYER and not case.tracking:
        close(case, "cancelled", at, heard)
    elif case.reason in NOT_RECEIVED - {"CUSTOMS"} and not case.tracking:
        review(case, at, heard)
    else:
        case.lost = "who bears the burden of this reason"


def platform_clocks(case: Case, heard: datetime) -> None:
    """A3: seven days from the first submission, inclusive, whatever is edited; for goods in transit A4 instead.

    When it comes after a request stopped being about goods in transit, the rules do not say.
    """
    first = case.moments["first_requested"]
    case.stop("A3")
    if case.reason == "IN_TRANSIT":
        in_transit_clocks(case, heard)
        return
    was_in_transit = "A4" in case.clocks
    case.stop("A4", "A4g")
    length = None if was_in_transit else 7 * DAY
    case.start("A3", length, first, first, platform=True, inclusive=True)


def in_transit_clocks(case: Case, heard: datetime, soonest: datetime | None = None) -> None:
    """A4: the buyer may not ask before the promise ends; then the platform comes, no sooner than on day seven.

    Where that is past already it comes at once: nobody loses anything by it, so there is no notice to give.
    """
    first = case.moments["first_requested"]
    ends = case.promise_ends
    if ends is None:
        case.silent("A4 without a promised date")
        return
    case.stop("A4g", "A4")
    if ends > heard:
        case.clocks["A4g"] = Clock("A4g", "gate", ends, ends)
    due = max(ends, first + 7 * DAY)
    case.clocks["A4"] = Clock("A4", "auto", due, max(due, soonest or due))
