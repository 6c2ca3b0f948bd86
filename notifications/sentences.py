"""What the kinds of notifications say: a title and a sentence, and what comes next. Amounts go in, never names.

A key is a kind, or a kind with the reader's role (`.buyer`) or with who did it (`.by_platform`); the most particular
one wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
Pair = tuple[Words, Words]

NEGOTIATION: Final[Mapping[str, Pair]] = {
    "filed": (_("A buyer asks for a refund"), _("A buyer filed a request for %(amount)s.")),
    "request_agreed": (_("The seller agreed"), _("The seller agreed to your request.")),
    "request_declined": (_("The seller declined"), _("The seller declined your request and gave a reason.")),
    "refunded_without_return": (
        _("Refunded, and you keep the item"),
        _("The seller refunds you; nothing needs to be sent back."),
    ),
    "request_edited": (_("The buyer changed the request"), _("The buyer now asks for %(amount)s.")),
    "proposal_made.by_buyer": (_("The buyer made a proposal"), _("The buyer proposes %(amount)s.")),
    "proposal_made.by_seller": (_("The seller made a proposal"), _("The seller proposes %(amount)s.")),
    "proposal_made.by_platform": (
        _("The platform made a proposal"),
        _("The platform proposes %(amount)s. Both sides can accept it."),
    ),
    "proposal_accepted": (_("A proposal was accepted"), _("The other side accepted a proposal.")),
    "withdrawn": (_("The buyer withdrew the request"), _("The buyer withdrew the request.")),
    "message_received": (_("New message"), _("There is a new message in the negotiation history.")),
    "call_noted": (_("Note of a call"), _("The platform noted what was said in a call; both sides can read it.")),
}
PLATFORM: Final[Mapping[str, Pair]] = {
    "intervention_requested": (
        _("Platform intervention asked for"),
        _("The platform was asked to step in."),
    ),
    "platform_stepped_in": (_("The platform stepped in"), _("The platform took the case over.")),
    "intervention_admitted": (_("The platform takes the case up"), _("The platform admitted the request to step in.")),
    "intervention_rejected": (
        _("The platform did not take the case up yet"),
        _(
            "The platform did not admit the request. The case page says why, and what to add before asking again."
        ),
    ),
    "evidence_asked": (_("Additional evidence is asked for"), _("The platform asks for additional evidence.")),
    "evidence_submitted": (_("New evidence"), _("The other side submitted evidence.")),
    "evidence_withdrawn": (_("Evidence withdrawn"), _("The other side withdrew a piece of evidence.")),
    "evidence_completed": (
        _("The other side's evidence is complete"),
        _("The other side said that its evidence is complete."),
    ),
    "evidence_over": (_("The evidence period is over"), _("The evidence period has ended.")),
    "late_evidence_admitted": (
        _("Late evidence was admitted"),
        _("The platform admitted evidence that came late. The other side may answer it."),
    ),
    "ruling_issued": (_("The platform has decided"), _("Ruling: %(ruled)s.")),
    "ruling_reopened": (
        _("The ruling is being checked again"),
        _("The ruling is being corrected. Its payment waits until that is done."),
    ),
    "second_review_asked": (
        _("A second review is asked for"),
        _("The other side asks for a second review of the ruling."),
    ),
    "second_review_submitted": (
        _("The second review begins"),
        _("The other side submitted new evidence for the second review."),
    ),
    "second_review_ordered": (
        _("The platform reviews its ruling"),
        _("The platform itself ordered a second review of the ruling."),
    ),
    "second_review_decided": (_("The second review is decided"), _("The first ruling stands. That is final.")),
    "second_review_decided.changed": (
        _("The second review changed the ruling"),
        _("New ruling: %(ruled)s. That is final."),
    ),
    "second_review_lapsed": (
        _("A second review timed out"),
        _("No new evidence was submitted in time, so that request for a second review ended."),
    ),
    "second_review_withdrawn": (
        _("A second review was withdrawn"),
        _("The other side withdrew its request for a second review."),
    ),
    "platform_late": (
        _("The platform needs more time"),
        _("The platform is late and apologises. Its new date is %(due)s. There is nothing you need to do."),
    ),
    "held": (
        _("The clocks of the case stand still"),
        _("The platform stopped the clocks of the case. Nothing runs out meanwhile."),
    ),
    "resumed": (_("The clocks run again"), _("The platform let the clocks of the case run again.")),
    "automatic_stopped": (
        _("Automatic outcomes are stopped"),
        _("The platform stopped automatic outcomes. Nothing happens by itself until it resumes them; you may go on."),
    ),
    "automatic_resumed": (
        _("Automatic outcomes are resumed"),
        _("The platform resumed automatic outcomes. The time that was left runs on."),
    ),
    "feed_stalled": (
        _("The marketplace's %(feed)s do not arrive"),
        _("What depends on them does not happen by itself until they do; you may go on."),
    ),
    "feed_returned": (
        _("The wait for the marketplace's %(feed)s is over"),
        _("The time that was left runs on."),
    ),
    "frozen": (
        _("The clocks of the case stand still for a while"),
        _("The platform suspends its clocks until %(due)s. You may go on; the time that was left then runs on."),
    ),
    "frozen_over": (_("The platform's clocks run again"), _("The time that was left runs on.")),
    "rules_changed": (
        _("The rules of the case changed"),
        _("The platform put the case under another version of its rules. The case page says what applies now."),
    ),
    "rules_changed.calendar": (
        _("The calendar of the case was corrected"),
        _("The working days that the case counts by were corrected. The case page says what applies now."),
    ),
    "time_changed.calendar": (
        _("A time changed: %(label)s"),
        _(
            "The working days that the case counts by were corrected: %(label)s is now due on %(due)s; before it was"
            " %(before)s."
        ),
    ),
    "time_changed": (
        _("A time changed: %(label)s"),
        _("The platform's rules of the case changed: %(label)s is now due on %(due)s; before it was %(before)s."),
    ),
    "more_time_given": (_("More time was given"), _("The platform gave more time: %(label)s.")),
}
RETURNS: Final[Mapping[str, Pair]] = {
    "return_address_shown": (_("The return address is there"), _("The seller gave the return address.")),
    "return_shipped": (_("The return is on its way"), _("The buyer sent the item back.")),
    "tracking_corrected": (_("Tracking number corrected"), _("The buyer corrected the tracking number of the return.")),
    "return_arrived": (_("The return was signed for"), _("The carrier reports that the return was signed for.")),
    "return_received": (_("The seller confirmed the return"), _("The seller confirmed the returned item.")),
    "return_objected": (
        _("The seller objects to the return"),
        _("The seller says that something is wrong with the returned item."),
    ),
    "objection_withdrawn": (_("The objection was withdrawn"), _("The seller withdrew the objection to the return.")),
    "receipt_extended": (
        _("The seller asked for three more days"),
        _("The return is still on its way; the seller has three more days to confirm it."),
    ),
    "return_scan_missing": (
        _("The carrier does not know your parcel"),
        _("The tracking number you entered shows no movement yet. Check it, and keep the receipt of the carrier."),
    ),
    "replacement_sent": (_("The replacement is on its way"), _("The seller sent the replacement.")),
    "replacement_arrived": (
        _("The replacement arrived"),
        _("The carrier reports that the replacement was signed for."),
    ),
    "replacement_confirmed": (_("The buyer confirmed the replacement"), _("The buyer confirmed the replacement.")),
    "replacement_rejected": (
        _("Something is wrong with the replacement"),
        _("The buyer did not accept the replacement."),
    ),
}
CLOCK: Final[Mapping[str, Pair]] = {
    "reminder": (
        _("Due soon: %(label)s"),
        _("%(label)s ends at %(due)s. The case page says what happens by itself after that."),
    ),
    "gate_opened": (_("Possible now: %(label)s"), _("What you could not do before is possible now: %(label)s.")),
    "time_ran_out": (_("The time ran out"), _("Nothing was done in time: %(label)s.")),
    "closed": (_("The case is closed"), _("The marketplace reported something that ends the case.")),
    "case_moved": (_("The case moved on"), _("Something changed in the case.")),
    "taken_over": (_("A case was taken over"), _("A case from the marketplace goes on here.")),
    "moved_outside": (_("The marketplace moved the case"), _("The case moved on at the marketplace.")),
    "payout_succeeded.buyer": (_("Refunded"), _("%(amount)s was paid to you.")),
    "payout_succeeded.seller": (_("The refund was paid"), _("%(amount)s was paid to the buyer.")),
    "payment_made": (_("Paid to you"), _("%(amount)s was paid to you beside the refund.")),
    "payout_delayed": (
        _("The refund is delayed"),
        _(
            "The refund of %(amount)s is not through yet. The platform sees to it; there is nothing you need to do."
        ),
    ),
    "liability_counted": (
        _("The case counts in the dispute rate"),
        _("The case now counts in your shop's dispute rate."),
    ),
}
STAFF: Final[Mapping[str, Pair]] = {
    "case_assigned": (_("A case was given to you"), _("Somebody gave you this case to decide.")),
    "case_given_back": (
        _("A case went back to the queue"),
        _("An arbitrator gave this case back. It waits to be claimed."),
    ),
    "case_to_decide": (_("A case of yours can be decided"), _("The evidence is in. The case waits for your ruling.")),
    "request_changed": (
        _("The buyer changed the request"),
        _("A case of yours is about something else now. Read the request again before you decide."),
    ),
    "case_settled": (
        _("The parties settled"),
        _("A case of yours was closed before it was decided. A draft of yours is kept."),
    ),
    "second_person_asked": (_("A ruling waits for a second person"), _("A ruling is to be approved or sent back.")),
    "ruling_returned": (_("A ruling came back"), _("The second person sent your ruling back with a reason.")),
    "second_review_waits": (
        _("A second review waits"),
        _("A second review waits for an arbitrator who took no part in the first ruling."),
    ),
    "target_passed": (_("The platform's target has passed"), _("The promised time of this case has passed.")),
    "maximum_passed": (
        _("The platform is past its maximum"),
        _("The longest time promised for this case has passed. The parties were given a new date."),
    ),
    "urged": (_("A party urges"), _("A party asks the platform to hurry.")),
    "late_text_kept": (
        _("Something came late"),
        _("A party wrote or submitted something after the time. It was kept as a message."),
    ),
    "escalated_outside": (_("A complaint outside the platform"), _("A party took the matter outside the platform.")),
    "held_on_arrival": (
        _("An imported case is held"),
        _("Its time had passed when it was imported. Decide how its clocks go on."),
    ),
    "payout_failed": (
        _("A payout did not go through"),
        _("The marketplace could not pay a refund out. See to it there, then record the answer here."),
    ),
    "stuck": (
        _("A case is stuck"),
        _("The case could not be moved on by itself. It is tried again; the reason is on the timers page."),
    ),
    "untellable": (
        _("An event could not be told"),
        _("Nobody could be told of an event of this case. Look at its history."),
    ),
}

KINDS: Final[Mapping[str, Pair]] = {**NEGOTIATION, **PLATFORM, **RETURNS, **CLOCK, **STAFF}

NEXT: Final[Mapping[str, Words]] = {
    "answer": _("Please agree, decline or propose something else."),
    "decide_after_refusal": _(
        "You can change your request, accept a proposal, ask the platform to step in, or withdraw."
    ),
    "send_back": _("Please send the item back and enter the tracking number."),
    "give_address": _("Please give the address the item is to be sent back to."),
    "confirm_return": _("Please check the returned item, then confirm it or object."),
    "send_replacement": _("Please send the replacement."),
    "check_replacement": _("Please check the replacement, then confirm it or say what is wrong."),
    "give_evidence": _("Please submit your evidence."),
    "answer_evidence": _("Please answer the buyer's evidence."),
    "prove_review": _("Please submit your new evidence for the second review."),
    "wait_answer": _("The seller is to answer; there is nothing you need to do now."),
    "wait_buyer": _("The buyer is to decide what comes next."),
    "wait_address": _("The seller is to give the return address; please do not send anything yet."),
    "wait_return": _("The buyer is to send the item back."),
    "wait_receipt": _("The seller is to confirm that the return arrived."),
    "wait_replacement": _("The seller is to send the replacement; there is nothing you need to do now."),
    "wait_check": _("The buyer is to check the replacement."),
    "wait_evidence": _("The other side is to submit evidence; there is nothing you need to do now."),
    "wait_followup": _("The seller may answer your evidence; there is nothing you need to do now."),
    "wait_review_evidence": _(
        "The other side is to submit new evidence for the second review; there is nothing you need to do now."
    ),
    "wait_platform": _("The platform is at work; there is nothing you need to do now."),
}
RESPOND_BY: Final[Words] = _("Respond by %(due)s; the case page says what happens by itself after that.")
EXPECTED_BY: Final[Words] = _("It means to be done by %(due)s.")

ENDINGS: Final[Mapping[str, Words]] = {
    "refunded": _("%(amount)s is refunded and the case is closed."),
    "refunded_by_agreement": _("%(amount)s is refunded as agreed and the case is closed."),
    "refunded_by_silence": _("%(amount)s is refunded because the seller did not act in time. The case is closed."),
    "refunded_after_return": _("%(amount)s is refunded after the return. The case is closed."),
    "exchanged": _("The replacement counts as accepted and the case is closed."),
    "expired": _("The request is closed without a refund because the time ran out."),
    "withdrawn": _("The request is closed."),
    "shipped": _("The item was shipped, so the request is closed."),
    "denied": _("The case is closed without a refund."),
    "ruled_refund": _("%(amount)s is refunded and the case is closed."),
    "ruled_partial": _("%(amount)s is refunded and the case is closed."),
    "ruled_no_refund": _("The case is closed without a refund."),
    "cancelled": _("The request is closed without a refund because no evidence was submitted."),
    "return_not_sent": _("The request is closed without a refund because nothing was sent back."),
    "in_transit_received": _("The item was received, so the request is closed."),
    "imported": _("The case is closed at the marketplace."),
}
ENDED: Final[Words] = _("The case is closed.")
"""An ending with an amount where none was ordered."""

RULED: Final[Mapping[str, Words]] = {
    "buyer_refund_only": _("in favour of the buyer, refund only"),
    "buyer_return_and_refund": _("in favour of the buyer, return and refund"),
    "buyer_partial_refund": _("in favour of the buyer, partial refund"),
    "buyer_exchange": _("in favour of the buyer, replacement"),
    "seller": _("in favour of the seller"),
    "shared": _("shared liability"),
    "not_admitted": _("not admitted"),
}
"""How a ruling came out, inside a sentence."""
