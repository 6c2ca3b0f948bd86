"""What each party may do where, what must be told with it, and what comes of it; requests are beside."""

from __future__ import annotations

from model import appeals, hearing, moving, requests
from model.case import Case, cents
from model.doing import Doing, Opinion, stages
from model.terms import DAY

OPEN_TALK = stages("INTERVENTION_REQUESTED EVIDENCE SELLER_FOLLOWUP REVIEW")
NEGOTIATION = stages("WAIT_SELLER SELLER_REFUSED")
ANY_OPEN = NEGOTIATION | OPEN_TALK | stages("WAIT_BUYER_RETURN WAIT_SELLER_RECEIPT WAIT_REPLACEMENT WAIT_BUYER_CHECK")


# the seller's answer


def accept(case: Case, doing: Doing) -> None:
    case.address = case.address or bool(doing.data.get("address"))
    settled_after_ruling(case)
    moving.agree(case, case.remedy, case.amount, doing.at, doing.heard, "refunded_by_agreement")


def settled_after_ruling(case: Case) -> None:
    """Who settled what was ruled has nothing to appeal against (10.1/7)."""
    if case.ruling:
        case.unsure.add("M11")
        case.settled_again = True


def may_refuse(case: Case, doing: Doing) -> Opinion:
    """AliExpress: the seller's reason and proposal may be edited at any time until closing (6.1)."""
    return case.stage == "WAIT_SELLER" or case.terms.global_site


def refuse(case: Case, doing: Doing) -> None:
    if "remedy" in doing.data:
        amount = cents(doing.data["amount"]) if "amount" in doing.data else case.amount
        case.offers["seller"] = (doing.data["remedy"], amount or 0)
    if case.stage == "WAIT_SELLER":
        moving.answered(case, doing.at, doing.heard)
    case.answered = case.ever_answered = True


def refusal_told(case: Case, doing: Doing) -> Opinion:
    told = bool(doing.data.get("refusal")) and bool(doing.data.get("statement"))
    return told and doing.data["refusal"] != "NONSENSE" and offer_well_told(case, doing)


def offer_well_told(case: Case, doing: Doing) -> Opinion:
    if "amount" not in doing.data:
        return "remedy" not in doing.data or doing.act != "propose" or None
    amount = cents(doing.data["amount"])
    if amount is None or not case.within_cap(amount) or doing.data.get("remedy", "") == "NONSENSE":
        return False
    return True if case.shipped else None


def cheap(case: Case, doing: Doing) -> Opinion:
    """Refund and keep the goods: for low-value goods of which a return was asked (2.5, 10.2/18)."""
    cheap_goods = case.cap is not None and case.cap <= (cents(case.terms.low_value) or 0)
    if case.remedy == "return_and_refund" and case.stage in NEGOTIATION:
        return cheap_goods
    return None if cheap_goods else False


def keep_goods(case: Case, doing: Doing) -> None:
    settled_after_ruling(case)
    moving.close(case, "refunded_by_agreement", doing.at, doing.heard, pay=case.amount)


def may_propose(case: Case, doing: Doing) -> Opinion:
    """In evidence, review and re-review always; the appeal's evidence is not named (10.1/5)."""
    if requests.in_payout(case):
        return False
    return None if case.stage in ("APPEAL_EVIDENCE", "INTERVENTION_REQUESTED") else True


def propose(case: Case, doing: Doing) -> None:
    """The buyer's proposal is a new version of the request (10.1/5); the seller's answers it, wherever (10.1/8)."""
    if doing.who == "buyer":
        requests.edit(case, doing)
        return
    case.offers[doing.who] = (doing.data["remedy"], cents(doing.data["amount"]) or 0)
    if doing.who == "seller" and case.stage == "WAIT_SELLER":
        moving.answered(case, doing.at, doing.heard)
    elif doing.who == "seller":
        case.answered = case.ever_answered = True


def proposal_told(case: Case, doing: Doing) -> Opinion:
    told: Opinion = "remedy" in doing.data and "amount" in doing.data
    return told and (requests.request_well_told(case, doing) if doing.who == "buyer" else offer_well_told(case, doing))


def there_is_an_offer(case: Case, doing: Doing) -> Opinion:
    if requests.in_payout(case):
        return False
    if case.stage == "WAIT_REPLACEMENT" and doing.who == "seller":
        return None
    return any(party in case.offers for party in ("buyer", "seller", "platform") if party != doing.who)


def offer_exists(case: Case, doing: Doing) -> Opinion:
    return doing.data.get("offer") != doing.who and doing.data.get("offer") in case.offers


def accept_offer(case: Case, doing: Doing) -> None:
    remedy, amount = case.offers[doing.data["offer"]]
    if case.stage in ("APPEAL_EVIDENCE", "RE_REVIEW") and remedy in moving.RETURNING | moving.SENDING:
        case.lost = "a return or replacement agreed during an appeal"
        return
    waiting = case.stage == "WAIT_REPLACEMENT"
    settled_after_ruling(case)
    moving.agree(case, remedy, amount, doing.at, doing.heard, "refunded_by_agreement")
    if waiting and "E2" in case.clocks:
        case.clocks["E2"].due = None


# ending and asking the platform


def withdraw(case: Case, doing: Doing) -> None:
    if case.stage in ("APPEAL_EVIDENCE", "RE_REVIEW"):
        appeals.withdrawn(case, doing.who, doing.at, doing.heard)
    else:
        moving.close(case, "withdrawn", doing.at, doing.heard)


def may_withdraw(case: Case, doing: Doing) -> Opinion:
    """After the closing it is the appellant's, and ends only that appeal."""
    if case.stage in ("APPEAL_EVIDENCE", "RE_REVIEW"):
        return doing.who in case.drafts | case.submitted
    return doing.who == "buyer"


def confirmed(case: Case, doing: Doing) -> Opinion:
    """A second confirmation once the parcel is on its way (10.1/2)."""
    appeal = case.stage in ("APPEAL_EVIDENCE", "RE_REVIEW")
    return bool(doing.data.get("confirm")) or appeal or not case.tracking


def may_ask(case: Case, doing: Doing) -> Opinion:
    """The buyer of virtual goods waits for V2; the seller of AliExpress may have answered an earlier version."""
    if case.terms.global_site and doing.who == "buyer" and "A4g" in case.clocks:
        return False
    if case.stage == "WAIT_SELLER":
        return case.terms.global_site and case.ever_answered
    if case.stage == "SELLER_REFUSED" and not case.answered:
        return False
    return doing.who == "seller" or "V2" not in case.clocks


def asked_well(case: Case, doing: Doing) -> Opinion:
    """Tmall: a statement and at least one exhibit (10.1/4)."""
    if not case.terms.preliminary:
        return True
    if not doing.data.get("exhibits") and doing.who in case.ever_filed:
        return None
    return bool(doing.data.get("statement") and doing.data.get("exhibits"))


def ask(case: Case, doing: Doing) -> None:
    hearing.ask_platform(case, doing.at, doing.heard)
    if doing.data.get("exhibits"):
        case.filed.add(doing.who)


# the return and the replacement


def names_address(case: Case, doing: Doing) -> Opinion:
    return bool(doing.data.get("address"))


def show_address(case: Case, doing: Doing) -> None:
    """T5 counts from the address shown; a changed one restarts it."""
    case.address = True
    case.stop("T3a", "T5")
    case.start("T5", case.terms.ship_back, doing.at, doing.heard)


def ship_back(case: Case, doing: Doing) -> None:
    case.tracking = True
    case.carrier = doing.data.get("return_carrier", "express")
    moving.wait_for_receipt(case, doing.at, doing.heard)


def carrier_known(case: Case, doing: Doing) -> Opinion:
    known = doing.data.get("return_carrier", "express") in ("express", "overseas", "post")
    return bool(doing.data.get("tracking")) and known


def correct_tracking(case: Case, doing: Doing) -> None:
    """Whether T6 starts anew, the rules do not say."""
    case.carrier = doing.data.get("return_carrier", case.carrier)
    case.silent("T6 after a corrected tracking number")
    case.clocks["T6"].due = None
    case.unsure.add("T6s")
    case.scanned = None if case.scanned else False


def names_parcel(case: Case, doing: Doing) -> Opinion:
    """Goods are checked from the carrier's scan, so their parcel has a number; a card needs none."""
    return case.terms.card or bool(doing.data.get("tracking"))


def confirm_return(case: Case, doing: Doing) -> None:
    remedy, amount = case.agreed or (case.remedy, case.amount)
    if remedy in ("exchange", "repair"):
        moving.wait_for_replacement(case, doing.at, doing.heard)
    else:
        moving.close(case, "refunded_after_return", doing.at, doing.heard, pay=amount)


def object_to_return(case: Case, doing: Doing) -> None:
    """Evidence of both sides in every pack; T4 does not run any more (10.1/2)."""
    case.objected = True
    hearing.hear_evidence(case, frozenset({"buyer", "seller"}), doing.at, doing.heard)
    case.moments["objected"] = doing.at


def told_with_exhibit(case: Case, doing: Doing) -> Opinion:
    return bool(doing.data.get("statement")) and bool(doing.data.get("exhibits"))


def in_transit(case: Case, doing: Doing) -> Opinion:
    """T6 may be extended once, while the parcel travels (10.2/22); of a corrected number nothing is said."""
    if "T6s" in case.unsure and not case.extended:
        return None
    return case.scanned and not case.return_signed and not case.extended


def extend_receipt(case: Case, doing: Doing) -> None:
    case.extended = True
    clock = case.clocks["T6"]
    clock.due = clock.due + 3 * DAY if clock.due else None


def reject_replacement(case: Case, doing: Doing) -> None:
    """«Still wrong»: the same case goes on as a refund, V2 already open (10.1/9). A further return is a new parcel."""
    offered = case.remedies.get(case.reason, frozenset())
    back = "return_and_refund" in offered and "refund_only" not in offered
    minds = case.reason == "CHANGE_OF_MIND" and case.terms.return_leg
    case.remedy = "return_and_refund" if back or minds else "refund_only"
    case.replaced_wrongly = True
    case.tracking = case.objected = False
    case.scanned = case.return_signed = case.extended = False
    case.unsure.discard("T6s")
    case.offers["buyer"] = (case.remedy, case.amount)
    case.agreed = None
    case.stop("V2")
    moving.wait_for_seller(case, doing.at, doing.heard)


def always(case: Case, doing: Doing) -> None:
    """Only told; nothing moves."""
