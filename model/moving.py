"""How a case goes from stage to stage: asked, answered, agreed, returned, replaced, closed."""

from __future__ import annotations

from datetime import datetime, time

from model.calendar import SHANGHAI
from model.case import NEGOTIATING, Case, Ruling
from model.terms import DAY, HOUR

RETURNING = frozenset({"return_and_refund", "exchange", "repair"})
EXCHANGING = frozenset({"exchange", "repair"})
NOT_RECEIVED = frozenset("IN_TRANSIT TRACKING_NOT_FOUND LOST RETURNED WRONG_ADDRESS CUSTOMS".split())
SENDING = frozenset({"send_again", "replacement_card"})
BEFORE_RULING = NEGOTIATING | {"INTERVENTION_REQUESTED", "EVIDENCE", "SELLER_FOLLOWUP", "REVIEW"}
NEVER_COUNT = frozenset(
    "NO_REASON_7D CHANGE_OF_MIND MUTUAL INVOICE FREIGHT GC_BUYER_REASON PERSONAL_REASONS EASY_RETURN"
    " SHIPPING_METHOD".split()
)


def wait_for_seller(case: Case, at: datetime, heard: datetime) -> None:
    """T1 for what was not shipped, else T2 and T3 (V1, A2): from the request or its last edit."""
    case.go("WAIT_SELLER")
    case.answered = False
    case.moments["last_requested"] = at
    case.stop("T1", "T2")
    unshipped = not case.shipped
    row, length = ("T1", case.terms.unshipped_answer) if unshipped else ("T2", case.terms.answer)
    case.start(row, length, at, heard)


def answered(case: Case, at: datetime, heard: datetime) -> None:
    """The seller refused, or offered something else: T4 (V3) runs for the buyer."""
    case.answered = case.ever_answered = True
    case.go("SELLER_REFUSED")
    if case.terms.after_refusal:
        case.start("T4", case.terms.after_refusal, at, heard)


def close(case: Case, outcome: str, at: datetime, heard: datetime, pay: int | None = None) -> None:
    if pay is not None:
        case.owe(pay)
    case.go("CLOSED")
    case.outcome = outcome
    case.drafts.clear()
    case.submitted.clear()
    if "first_closed" not in case.moments:
        case.moments["first_closed"] = at
        if case.ruling:
            case.start("M7", case.terms.appeal_window, at, heard, kind="window")
    count_liability(case, at, heard)


def count_liability(case: Case, at: datetime, heard: datetime) -> None:
    """M11: three days after the refund finished, or the appeal's decision, whichever is later."""
    if not (case.ruling and counts(case.ruling)):
        return
    if "counted" in case.moments:
        return
    if case.terms.liability is None or case.ruling.reason in {"GC_OTHER", "OTHER", "REPAIR"}:
        case.unsure.add("M11")
        return
    finished = case.moments["first_closed"] + case.terms.liability
    late = heard if "liability_known" not in case.moments else at
    case.start("M11", max(finished, at) - at, at, late, platform=True, fact=True)
    case.moments["liability_known"] = at


def counts(ruling: Ruling) -> bool:
    """Only seller-liable rulings, and shared liability of half or more, and never an excluded reason (10.1/16).

    What counts is what was ruled on; a request changed afterwards is not a ruling.
    """
    half = ruling.liable == "shared" and ruling.share is not None and ruling.share >= 50
    return (ruling.liable == "seller" or half) and ruling.reason not in NEVER_COUNT


def agree(case: Case, remedy: str, amount: int, at: datetime, heard: datetime, how: str) -> None:
    """The parties, a timer or a ruling settled on a remedy: money at once, a return, or a replacement."""
    case.agreed = (remedy, amount)
    if remedy in RETURNING and not case.tracking:
        wait_for_return(case, at, heard)
    elif remedy in SENDING or remedy in EXCHANGING:
        wait_for_replacement(case, at, heard)
    else:
        close(case, _after_return(how) if case.tracking else how, at, heard, pay=amount)


def _after_return(how: str) -> str:
    """The goods are on their way back already: either word is true of what the parties agreed."""
    return "refunded_after_return|refunded_by_agreement" if how == "refunded_by_agreement" else how


def wait_for_return(case: Case, at: datetime, heard: datetime) -> None:
    """T5 (A6) counts from the address being shown, T3a until it is (10.1/1)."""
    case.go("WAIT_BUYER_RETURN")
    case.address = case.address or case.shop_address
    if case.address:
        case.start("T5", case.terms.ship_back, at, heard)
    else:
        case.start("T3a", case.terms.address, at, heard)


def wait_for_receipt(case: Case, at: datetime, heard: datetime) -> None:
    """T6 (A7) by the return's carrier, from the tracking number; 72 h until a scan is missed (10.2/22)."""
    case.go("WAIT_SELLER_RECEIPT")
    case.start("T6", case.terms.receive[case.carrier], at, heard)
    if not case.scanned:
        case.start("T6s", 72 * HOUR, at, heard)


def wait_for_replacement(case: Case, at: datetime, heard: datetime) -> None:
    """E2: 72 h for goods, 24 h for a card."""
    case.go("WAIT_REPLACEMENT")
    case.start("E2", 24 * HOUR if case.terms.card else 72 * HOUR, at, heard)


def wait_for_check(case: Case, at: datetime, heard: datetime) -> None:
    """E3: cards count from sending; goods from the carrier's signed scan, for which ten days are waited."""
    case.go("WAIT_BUYER_CHECK")
    if case.terms.card:
        case.start("E3", 3 * DAY, at, heard)
    else:
        case.start("E3b", 10 * DAY, at, heard, platform=True)


def replacement_signed(case: Case, at: datetime, heard: datetime) -> None:
    case.stop("E3b")
    case.start("E3", 7 * DAY, at, heard, fact=True)


def no_reason_until(signed: datetime) -> datetime:
    """T16: 168 hours from 00:00 of the day after the carrier's signed time."""
    midnight = datetime.combine(signed.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    return midnight + 8 * DAY
