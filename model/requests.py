"""What the buyer asks for: whether it is well told, and what changing it brings."""

from __future__ import annotations

from model import hearing, moving
from model.case import NEGOTIATING, Case, cents
from model.doing import Data, Doing, Opinion
from model.terms import DAY


def request_well_told(case: Case, doing: Doing) -> Opinion:
    """The reason is one of the list, the remedy one the reason offers, the amount above nothing and within the cap."""
    reason = doing.data.get("reason", case.reason)
    remedy = doing.data.get("remedy", case.remedy)
    amount = cents(doing.data["amount"]) if "amount" in doing.data else case.amount
    if reason != case.reason and not old_enough(case, doing, reason):
        return False
    if reason == "NO_REASON_7D" and reason != case.reason and not no_reason_open(case, doing):
        return False
    known = remedy in case.remedies.get(reason, frozenset()) or goes_on_as_refund(case, reason, remedy)
    if keeps_unwanted(case, reason, remedy) and {"reason", "remedy"} & set(doing.data):
        return False
    if not (known and amount is not None and amount > 0 and case.within_cap(amount)):
        return False
    if not case.shipped and remedy not in ("refund_only", "partial_refund"):
        return False
    return True if case.shipped else None


def keeps_unwanted(case: Case, reason: str, remedy: str) -> bool:
    """Money alone for a change of mind is asked before the shipping (2.4); whoever did may still name another sum."""
    return reason == "CHANGE_OF_MIND" and remedy == "refund_only" and case.shipped and case.terms.return_leg


def goes_on_as_refund(case: Case, reason: str, remedy: str) -> bool:
    """Once a replacement was wrong, the case is about the money, also where the reason offered none (10.1/9)."""
    offered = case.remedies.get(reason, frozenset())
    return case.replaced_wrongly and remedy == "refund_only" and bool(offered) and "return_and_refund" not in offered


def take_request(case: Case, data: Data) -> None:
    case.reason = data.get("reason", case.reason)
    case.remedy = data.get("remedy", case.remedy)
    case.received = data.get("goods_received", case.received)
    if "amount" in data:
        case.amount = cents(data["amount"]) or 0
    case.offers["buyer"] = (case.remedy, case.amount)


def edit(case: Case, doing: Doing) -> None:
    """In the negotiation the seller must answer again; later it is only a new version (10.1/5).

    AliExpress: text and evidence alone make no new version (10.1/11).
    """
    before = (case.reason, case.remedy, case.amount)
    by_burden = hearing.asked_by_burden(case)
    take_request(case, doing.data)
    if by_burden:
        case.asked = hearing.burden(case)
    if case.terms.global_site and before == (case.reason, case.remedy, case.amount):
        return
    case.answered = False
    if case.stage not in NEGOTIATING:
        return
    moving.wait_for_seller(case, doing.at, doing.heard)
    if case.terms.global_site and (before[0] == "IN_TRANSIT") != (case.reason == "IN_TRANSIT"):
        hearing.platform_clocks(case, doing.at)


def old_enough(case: Case, doing: Doing, reason: str) -> bool:
    """A0: not received, no sooner than ten days after shipping, at once if promised in under five."""
    shipped = case.moments.get("shipped")
    if not case.terms.global_site or reason not in moving.NOT_RECEIVED - {case.reason} or not shipped:
        return True
    if case.reason in moving.NOT_RECEIVED:
        return True
    return doing.at >= shipped + 10 * DAY or (case.promise_days is not None and case.promise_days < 5)


def no_reason_open(case: Case, doing: Doing) -> bool:
    """T16 for goods; the rest until it was delivered (V5); on Xianyu only if the listing promises it (10.1/13)."""
    if case.terms.second_hand and not case.no_reason_promised:
        return False
    if not case.terms.return_leg:
        return not case.shipped
    signed = case.moments.get("carrier_signed")
    return not (signed and doing.at >= moving.no_reason_until(signed))


def may_edit(case: Case, doing: Doing) -> Opinion:
    """Until it is paid out on AliExpress (6.1). When the goods are on their way back, the rules do not say."""
    if in_payout(case):
        return False
    return None if case.tracking else True


def in_payout(case: Case) -> bool:
    """AliExpress: nobody negotiates any more once it is paid out (6.1)."""
    return case.terms.global_site and case.paid > 0
