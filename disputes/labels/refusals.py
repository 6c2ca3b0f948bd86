"""Why something cannot be done, and what is wrong with a field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rules.circumstances import listed

Words = str | Promise

RECUSED = _("Whoever withdrew from the case does not work on it again.")

CONTRADICTIONS: Mapping[str, Words] = {
    "granted_though_buyer_liable": _("The buyer is found liable, and yet the buyer gets what was asked for."),
    "denied_though_seller_liable": _("The seller is found liable, and yet nothing is refunded."),
    "shared_though_one_liable": _("The outcome says that both are liable; the liable party is another."),
    "liable_though_not_admitted": _("The case is not admitted, and yet somebody is found liable."),
    "paid_by_who_is_not_liable": _("Shipping costs or compensation are paid by the side that is not liable."),
}
"""What in a ruling speaks against itself, until it is confirmed (`confirm`)."""

NOT_HEARD = _("Whoever is said to have given false evidence must be asked about it first.")

REFUSALS: Mapping[str, Words] = {
    # the engine's own
    "not_your_action": _("This is not yours to do in this case."),
    "not_in_this_stage": _("This is not possible at this point of the case."),
    "invalid_fields": _("Some of what you entered cannot be accepted."),
    "confirmation_needed": _("Please confirm that you know what you give up."),
    "not_queueable": _("This cannot be asked for in advance."),
    "already_queued": _("This is asked for already and happens as soon as it is allowed."),
    "nothing_queued": _("Nothing is waiting to be done."),
    "already_paused": _("The clocks of this case stand still already."),
    "nothing_runs": _("No clock is running in this case."),
    "not_paused": _("The clocks of this case are running."),
    "cannot_be_moved": _(
        "Its time had passed when it was imported, so there is nothing to move by: choose another way for it."
    ),
    "deadline_not_running": _("This deadline does not run in the case."),
    "automatic_stopped": _(
        "Automatic outcomes are stopped for these rules. A second person resumes them in the studio."
    ),
    "not_stopped": _("Automatic outcomes of these rules are not stopped."),
    "stopped_by_yourself": _("You stopped this yourself; somebody else has to resume it."),
    # putting a case under other rules
    "same_rules": _("This case runs under these rules already."),
    "another_pack": _("This case runs under the rules of another pack."),
    "other_calendar": _("These rules count by the working days of another country."),
    "needs_confirmation": _("A promise already given would be shortened. Confirm it for this case, or leave it."),
    "changed_since_confirmed": _("The case changed since you looked. Look again, then confirm."),
    "nothing_ends_it": _("Under these rules nothing would end the step the case is at."),
    "stage_unknown": _("These rules do not know the step the case is at."),
    "reason_unknown": _("These rules do not know the buyer's reason."),
    "remedy_unknown": _("These rules do not know a solution that was asked for, offered or agreed."),
    "slot_unknown": _("These rules do not know a piece of evidence that was asked for."),
    "rejection_unknown": _("These rules do not know why the case was not taken up."),
    "queued_unknown": _("Something was asked for in advance that these rules do not allow."),
    "cannot_be_reckoned": _("A due time cannot be reckoned: the calendar does not reach that far."),
    "freeze_overlaps": _(
        "Another freeze of the same cases is planned for a part of that time. End or call off that one first, or choose"
        " another time."
    ),
    "freeze_over": _("This freeze is over already, or was called off."),
    "no_payout_ordered": _("No payout is waiting for an answer."),
    "payout_already_answered": _("This payout was answered already."),
    "payout_cancelled": _("This payout was cancelled: the ruling that ordered it no longer stands as it was."),
    # filing and changing a request
    "reason_open_here": _("This reason cannot be chosen for this order now."),
    "remedy_of_reason": _("This solution does not go with the reason."),
    "other_pack": _("Other rules apply to goods of this kind."),
    "aftersale_window_closed": _("The after-sale period of this order is over."),
    "filing_window_closed": _("The period for filing a dispute on this order is over."),
    "filing_not_open_yet": _("It is too early for this reason: the item may still arrive."),
    "return_before_shipping": _(
        "The item was not shipped yet, so there is nothing to return; ask for the refund only."
    ),
    "return_needed": _("For this reason the item has to go back; ask for return and refund."),
    "nothing_sent_yet": _("Nothing was sent yet; ask for the refund."),
    "ruled_before": _("The platform has already ruled on this item."),
    "already_ruled": _("The platform has already ruled on this item."),
    "too_many_refilings": _("A dispute about this item was filed too often."),
    "refiled_too_often": _("A dispute about this item was filed too often."),
    "withdrawn_before": _(
        "You withdrew a dispute about this item for this reason after asking the platform to step in."
    ),
    "line_disputed": _("A dispute about this item is open already."),
    "several_packs": _("These items follow different rules; please file them one after the other."),
    "nothing_left": _("Everything that was paid for this item was refunded already."),
    # negotiating
    "current_version_answered": _("The seller must decline the current version first."),
    "gate_closed": _("It is too early to ask the platform to step in."),
    "promise_not_over": _("The promised delivery time is not over yet; the item may still arrive."),
    "no_offer_yet": _("The other side has not proposed anything yet."),
    "no_such_offer": _("There is no such proposal to accept."),
    "payout_ordered": _("The refund is being paid already."),
    "no_return_asked": _("No return was asked for."),
    "not_low_value": _("The amount is too high for a refund without a return."),
    "exhibit_needed": _("Submit at least one piece of evidence first."),
    # return and replacement
    "no_return_address": _("The seller has not given the return address yet; please do not send anything."),
    "no_objection": _("There is no objection to withdraw."),
    "already_extended": _("The time was extended once already."),
    "not_in_transit": _("This is only possible while the return is on its way."),
    "not_offered": _("The platform does not offer this."),
    "tracking_needed": _("Enter the tracking number of the replacement."),
    # evidence
    "evidence_window_closed": _(
        "The evidence period is over. What you wrote is kept as a message; platform customer service can see it and"
        " decides whether to consider it."
    ),
    "perishable_evidence_closed": _("The time for evidence about fresh or live goods is over."),
    "not_asked": _("You were not asked for evidence in this round."),
    "already_complete": _("You have said already that your evidence is complete."),
    "evidence_is_open": _("Evidence can still be submitted, so nothing has to be admitted."),
    "answer_pending": _("The other side still has time to answer the late evidence."),
    "not_heard": NOT_HEARD,
    # ruling and second review
    "not_ruled": _("There is no ruling yet."),
    "not_the_same_person": _("Only the arbitrator who made the ruling can correct it."),
    "payout_answered": _("The refund was paid already, so the ruling cannot be corrected."),
    "correct_it_instead": _("The refund was not paid yet: correct the ruling instead."),
    "appeal_open": _("A second review is under way."),
    "second_person_needed": _("Somebody other than the arbitrator of the ruling must do this."),
    "other_arbitrator_needed": _("Somebody who had no part in the ruling must decide the second review."),
    "receipt_dispute": _("This ruling was about the returned item only; there is no second review of it."),
    "settled_again": _("Both sides agreed on how this ends after the ruling; there is no second review of it."),
    "granted_in_full": _("You got everything you asked for."),
    "appeal_used": _("There is only one second review, and it was used."),
    "appeal_already_open": _("You have already asked for a second review."),
    "appeal_window_closed": _("The time to ask for a second review is over."),
    "not_your_appeal": _("You have not asked for a second review."),
    "no_new_evidence": _(
        "A second review needs new evidence: at least one file that was not there before, with a note on what it shows."
    ),
    # urging
    "not_late_yet": _("The platform is still within its time."),
    "not_yet": _("It is too early to urge."),
    "urged_recently": _("You urged a short while ago; please wait a little."),
    # orders
    "already_completed": _("The order is completed already."),
    "no_receipt_period": _("The receipt period of this order is not known."),
    "receipt_period_over": _("The receipt period of this order is over."),
    "not_a_slow_country": _("This is only for countries where delivery takes long."),
    "too_much_time_left": _("There is still much time left; this becomes possible later."),
    "too_early": _("There is still much time left; this becomes possible later."),
    "too_late_to_ask": _("It is too late to ask for this; the seller can still extend the period."),
    "already_asked": _("You have asked for this already."),
    "nothing_asked": _("The buyer has not asked for longer protection."),
    "nobody_asked": _("The buyer has not asked for longer protection."),
    # staff
    "assigned_to_other": _("Another arbitrator has this case."),
    "not_your_case": _("This case is not in your hands."),
    "recused": RECUSED,
    "conflict_of_interest": _("Whoever is a party to the case cannot work on it."),
}

FIELD_PROBLEMS: Mapping[str, Words] = {
    "required": _("This is needed."),
    "unknown_choice": _("Choose one of: %(choices)s."),
    "not_an_amount": _("Enter an amount such as 128.00."),
    "not_positive": _("Enter an amount above zero."),
    "over_maximum": _("The most that can be refunded is %(maximum)s."),
    "not_true_or_false": _("Answer yes or no."),
    "contradicts_reason": _("The reason says that the item did not come; that does not go with having it."),
    "not_a_number": _("Enter a whole number."),
    "not_a_quantity": _("Choose at least one and at most as many as were ordered."),
    "not_a_date": _("Enter a date such as 2026-11-25."),
    "not_a_moment": _("Enter a time with its offset, such as 2026-11-25T09:30:00Z."),
    "pack_or_country": _("Name a pack and a version, or a country and an edition of its calendar."),
    "not_published": _("There is no such version or edition."),
    "takes_effect_later": _("This version takes effect later. Running cases can be put under it from then on."),
    "not_a_list": _("Give a list of names."),
    "hours_or_days": _("Enter hours or days, one of them."),
    "not_within": _("Enter a whole number from %(least)s to %(most)s."),
    "in_the_past": _("Enter a time that has not passed yet."),
    "too_far_off": _("This is more than %(days)s days away. Check the year."),
    "unknown_field": _("There is no such field; those known are: %(known)s."),
    "not_a_percentage": _("Enter a whole number from 0 to 100."),
    "wrong_currency": _("Amounts of this order are in %(currency)s."),
    "no_refund_in_this_outcome": _(
        "A decision in favour of the seller refunds nothing: enter 0.00 or another outcome."
    ),
    "text_too_long": _("Please write less: at most %(most)s characters."),
    "unknown_payee": _("Choose the buyer or the seller, and not the one who pays."),
    "nothing_chosen": _("Choose at least one kind of clock."),
    "begins_in_the_past": _("This is past. Enter a later time, or leave it empty to begin now."),
    "not_after_the_beginning": _("The end has to come after the beginning."),
    "freeze_too_long": _("Clocks can stand still for at most %(days)s days at once. Check the year."),
    "over_limit": _("This can be at most %(limit)s."),
    **CONTRADICTIONS,
    "not_heard": NOT_HEARD,
    "finding_without_second_person": _(
        "A second review cannot find false evidence anew: that needs a second person. It can keep or drop the finding."
    ),
    "not_a_reference": _("Enter a number or code without spaces, such as 2026-0042."),
    "unknown_payout": _("There is no such payout in this case."),
    "which_payout": _("Several payouts wait for an answer; name one of them: %(payouts)s."),
    "unknown_line": _("This is not an item of the order."),
    "line_twice": _("An item was named twice."),
    "unknown_exhibit": _("There is no such piece of evidence of yours."),
    "exhibit_withdrawn": _("One of these pieces of evidence was taken back meanwhile. Look at the case again."),
    "exhibit_unanswered": _("The ruling must answer every piece of evidence; these are left out: %(exhibits)s."),
    "unknown_kind": _("There is no such kind of payment."),
    "unknown_party": _("Choose buyer, seller, platform or carrier."),
    "clause_needed": _("A compensation needs the rule it rests on."),
    "unknown_person": _("There is no account with this user name."),
    "not_an_arbitrator": _("This person does not arbitrate on this platform."),
    "conflict_of_interest": _("Whoever is a party to the case cannot work on it."),
    "other_arbitrator_needed": _("Somebody who had no part in the ruling must decide the second review."),
    "recused": RECUSED,
}

TO_SELLER: Mapping[str, Words] = {
    "current_version_answered": _("You must answer the current version first."),
    "promise_not_over": _("The promised delivery time is not over yet."),
    "no_return_address": _("Give the return address first."),
    "nothing_asked": _("The buyer has not asked for longer protection."),
}
"""Refusals that read differently to the seller."""


def refusal_to(viewer: str, code: str) -> str:
    """The same to one reader."""
    return str((viewer == "seller" and TO_SELLER.get(code)) or refusal_sentence(code))


def refusal_sentence(code: str) -> Words:
    """A sentence for a refusal's code."""
    return REFUSALS.get(code, _("This is not possible as things stand."))


def field_sentence(code: str, data: Mapping[str, Any]) -> str:
    """A sentence for one field's problem, with its numbers filled in."""
    sentence = str(FIELD_PROBLEMS.get(code, _("This cannot be accepted.")))
    words = {name: _listed(value) for name, value in data.items()}
    return sentence % words if "%(" in sentence and words else sentence


def _listed(value: Any) -> Any:
    return listed(value) if isinstance(value, list | tuple) else value
