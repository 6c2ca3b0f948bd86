"""Whose turn it is and what happens by itself, as sentences to one reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

Words = str | Promise

PLATFORM_AT_WORK = _("The platform is deciding. There is nothing you need to do.")

TURNS: Mapping[str, tuple[Words, Words, Words]] = {
    # what buyer, seller and platform read
    "wait_seller": (
        _("The seller is to answer. There is nothing you need to do now."),
        _("The buyer asks for your answer: agree, decline, or propose something else."),
        _("The seller is to answer the request."),
    ),
    "seller_refused": (
        _("The seller declined. You can change your request, ask the platform to step in, or withdraw."),
        _("You declined. The buyer is to decide what comes next."),
        _("The seller declined; the buyer is to decide what comes next."),
    ),
    "seller_refused_both": (
        _("The seller answered. You can accept a proposal, change your own, or wait for the platform to step in."),
        _("You answered. You can still accept the buyer's proposal or improve your own."),
        _("Both sides negotiate until the platform steps in."),
    ),
    "wait_return_address": (
        _("The return is agreed. The seller is to give the address; please do not send anything yet."),
        _("Give the address the item is to be sent back to."),
        _("The seller is to give the return address."),
    ),
    "wait_buyer_return": (
        _("Send the item back and enter the tracking number."),
        _("The buyer is to send the item back."),
        _("The buyer is to send the item back."),
    ),
    "wait_seller_receipt": (
        _("Your return is on its way. The seller is to confirm that it arrived."),
        _("Check the returned item, then confirm it or object."),
        _("The seller is to confirm the returned item."),
    ),
    "wait_replacement": (
        _("The seller is to send the replacement."),
        _("Send the replacement."),
        _("The seller is to send the replacement."),
    ),
    "wait_buyer_check": (
        _("Check the replacement, then confirm it or say what is wrong."),
        _("The replacement is sent. The buyer is to check it."),
        _("The buyer is to check the replacement."),
    ),
    "intervention_requested": (
        _("The platform is checking whether it takes the case up. There is nothing you need to do."),
        _("The platform is checking whether it takes the case up. There is nothing you need to do."),
        _("Decide whether to admit the request."),
    ),
    "evidence_you": (
        _("Submit your evidence, then say that it is complete."),
        _("Submit your evidence, then say that it is complete."),
        _("Evidence is being submitted."),
    ),
    "evidence_other": (
        _("The seller is submitting evidence. There is nothing you need to do."),
        _("The buyer is submitting evidence. There is nothing you need to do."),
        _("Evidence is being submitted."),
    ),
    "seller_followup": (
        _("The seller may answer your evidence. There is nothing you need to do."),
        _("Answer the buyer's evidence, then say that yours is complete."),
        _("The seller may answer the buyer's evidence."),
    ),
    "review": (PLATFORM_AT_WORK, PLATFORM_AT_WORK, _("Decide the case.")),
    "ruled": (PLATFORM_AT_WORK, PLATFORM_AT_WORK, _("A second person is to approve the ruling.")),
    "appeal_evidence_you": (
        _("Submit your new evidence for the second review."),
        _("Submit your new evidence for the second review."),
        _("New evidence for the second review is being prepared."),
    ),
    "appeal_evidence_other": (
        _("The seller is preparing a second review. There is nothing you need to do."),
        _("The buyer is preparing a second review. There is nothing you need to do."),
        _("New evidence for the second review is being prepared."),
    ),
    "re_review": (
        _("The platform is deciding a second time. There is nothing you need to do."),
        _("The platform is deciding a second time. There is nothing you need to do."),
        _("Decide the second review."),
    ),
    "held": (
        _("The clocks of this case stand still. The platform is checking it; there is nothing you need to do."),
        _("The clocks of this case stand still. The platform is checking it; there is nothing you need to do."),
        _("The clocks of this case stand still. Check it and let them run again."),
    ),
    "closed": (_("This case is closed."), _("This case is closed."), _("This case is closed.")),
}

CONDITIONS: Mapping[str, Words] = {
    "you": _("If you do nothing by then, %(what)s."),
    "buyer": _("If the buyer does nothing by then, %(what)s."),
    "seller": _("If the seller does nothing by then, %(what)s."),
    "both": _("If nothing is done by then, %(what)s."),
    "platform": _("At that time %(what)s."),
    "evidence": _("When this time is over, %(what)s."),
    "no_evidence": _("If no evidence is submitted by then, %(what)s."),
}

CONSEQUENCES: Mapping[str, Words] = {
    "refunded_by_silence": _("the requested refund of %(amount)s is paid and the case closes"),
    "refunded": _("%(amount)s is refunded and the case closes"),
    "refunded_by_agreement": _("%(amount)s is refunded as agreed and the case closes"),
    "refunded_after_return": _("the return counts as received, %(amount)s is refunded and the case closes"),
    "ruled_refund": _("the ruling is carried out and %(amount)s is refunded"),
    "ruled_partial": _("the ruling is carried out and %(amount)s is refunded"),
    "ruled_no_refund": _("the ruling stands and the case closes without a refund"),
    "expired": _("the request closes without a refund"),
    "withdrawn": _("the request counts as withdrawn"),
    "cancelled": _("the request closes without a refund because no evidence was given"),
    "return_not_sent": _("the request closes without a refund because nothing was sent back"),
    "exchanged": _("the replacement counts as accepted and the case closes"),
    "shipped": _("the request closes because the item was shipped"),
    "denied": _("the case closes without a refund"),
    "in_transit_received": _("the case closes because the item was received"),
    "imported": _("the case closes"),
    "to_closed": _("the ruling stands and the case closes again"),
    "to_wait_seller": _("the seller is asked for an answer"),
    "to_seller_refused": _("the request counts as declined"),
    "to_wait_buyer_return": _("the return counts as agreed and the buyer is asked to send the item back"),
    "to_wait_seller_receipt": _("the seller is asked to confirm the return"),
    "to_wait_replacement": _("the replacement counts as agreed and the seller is asked to send it"),
    "to_wait_buyer_check": _("the buyer is asked to check the replacement"),
    "to_intervention_requested": _("the platform checks whether it takes the case up"),
    "to_evidence": _("the platform takes the case up and asks for evidence"),
    "to_seller_followup": _("the evidence period ends and the seller may answer"),
    "to_review": _("the platform takes the case over and decides"),
    "seller_may_answer": _("the seller may answer the evidence"),
    "on_evidence": _("the platform decides on the evidence it has"),
    "to_ruled": _("the ruling waits for a second person"),
    "to_appeal_evidence": _("the second review waits for the other side's evidence"),
    "to_re_review": _("the platform decides the second review on what it has"),
    "ask_buyer_again": _("the buyer is asked again for proof that the return was sent"),
    "count_liability": _("the case counts in the shop's dispute rate"),
    "nothing": _("nothing changes"),
}

IN_EVIDENCE = {"to_review": "on_evidence", "to_seller_followup": "seller_may_answer", "cancelled": "expired"}
"""What is said otherwise where the condition has named the evidence already."""
OF_EVIDENCE = frozenset({"EVIDENCE", "SELLER_FOLLOWUP"})
"""Stages that end by the platform deciding on what it has, whether or not anything was submitted."""

NOTHING_BY_ITSELF: Words = _(
    "Nothing happens by itself to either side. If the platform is late, its supervisors are told and you get a new"
    " date."
)
NOTHING_UNTIL_RESUMED: Words = _("Nothing happens by itself while the clocks stand still.")
AUTOMATIC_STOPPED: Words = _(
    "The platform has stopped automatic outcomes: nothing happens by itself until it resumes them. Both sides may go on"
    " meanwhile, and the time that was left runs on afterwards."
)
FEED_STALLED: Words = _(
    "%(why)s: what depends on them does not happen by itself until they do. Both sides may go on meanwhile, and the"
    " time that was left runs on afterwards."
)
PAUSED_UNTIL: Words = _("Clock paused until %(moment)s")
FROZEN: Words = _(
    "%(until)s: %(reason)s. Both sides may go on meanwhile; the time that was left then runs on."
)
NO_CLOCK: Words = _("Nothing happens by itself.")
FINAL: Words = _("That is final.")
MAY_FILE_AGAIN: Words = _("The buyer may file again while the after-sale period runs.")
CLOSED_AS: Words = _("Closed: %(outcome)s")
OVER: Words = _("Nothing more happens; the outcome is final.")
APPEAL_POSSIBLE: Words = _("A second review can still be asked for; after that the outcome is final.")
PAYOUT_RUNS: Words = _("The refund of %(amount)s is being paid by the marketplace.")
PAYOUT_DONE: Words = _("Refunded: the marketplace has paid.")
PAYOUT_FAILED: Words = _("The marketplace could not pay the refund yet. The platform is dealing with it.")
PLATFORM_LATE: Words = _("The platform is late and apologises. The new date is shown here.")


def after_one_another(sentences: Iterable[object]) -> str:
    """Sentences in a row; Chinese puts nothing between them."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(map(str, sentences))


def turn_sentence(code: str, viewer: str) -> str:
    """Whose turn it is, to the buyer, the seller or somebody of the platform."""
    buyer, seller, platform = TURNS[code]
    return str({"buyer": buyer, "seller": seller}.get(viewer, platform))


def timeout_sentence(code: str, *, party: str, viewer: str, amount: str = "", stage: str = "") -> str:
    """What happens by itself, said to this reader: «If you do nothing by then, ...»."""
    asked = "you" if party == viewer and viewer != "platform" else party
    if stage == "EVIDENCE":
        asked = "evidence" if code.startswith("to_") else "no_evidence"
    code = IN_EVIDENCE.get(code, code) if stage in OF_EVIDENCE else code
    return str(CONDITIONS[asked]) % {"what": consequence(code, amount)}


def consequence(code: str, amount: str = "") -> str:
    """What happens, without the condition."""
    words = str(CONSEQUENCES.get(code) or CONSEQUENCES["nothing"])
    return words % {"amount": amount or _now("the amount")} if "%(" in words else words


def closed_sentence(outcome: str) -> str:
    """How a case ended."""
    return str(CLOSED_AS) % {"outcome": outcome}
