"""The closed vocabulary of packs: every word a document may use, and nothing else.

An unknown word is refused when the document is compiled, so a typing error can never silently
switch a rule off. `docs/adding-a-platform.md` explains each word for authors of packs.
"""

from __future__ import annotations

from typing import Final

ANCHORS: Final = frozenset(
    "first_requested last_requested refused return_agreed address_shown tracking_entered intervention_requested"
    " admitted buyer_completed seller_completed evidence_requested late_evidence_admitted review_started objected ruled"
    " settled appealed appeal_submitted first_closed closed stage_entered replacement_sent replacement_signed"
    " return_scanned return_signed paid booked shipped completed received carrier_signed promise_ends receipt_ends"
    " liability_from held second_person_asked urged buyer_appealed seller_appealed transit_left".split()
)
"""Moments a deadline may count from."""

FACTS: Final = frozenset(
    # the request
    "goods_type reason remedy amount maximum currency goods_received request_version answered_version first_answered"
    " low_value return_address default_return_address return_carrier return_tracking replacement_tracking"
    # the order, as far as events told
    " shipped completed promise_days slow_country shipping_carrier digital_delivered code_viewed destination"
    " no_reason_promised delivery earlier_ruling withdrawn_reasons receipt_extensions extension_asked order_appeals"
    # the procedure
    " evidence_from evidence_reply_to buyer_complete seller_complete buyer_filed seller_filed evidence_round"
    " return_stage objection exchange_leg intervention_by admission reject_reason asked_by platform_late seller_silent"
    " buyer_exhibits seller_exhibits replacement_rejected scan_reminded receipt_extended late_evidence"
    # proposals and settlement
    " buyer_offer seller_offer platform_offer agreed_remedy agreed_amount agreed_with"
    # ruling and appeal
    " ruled ruling ruled_outcome ruled_amount ruled_remedy ruled_reason liable seller_share approval_needed"
    " receipt_dispute settled_again"
    " first_arbitrator ruled_by approved_by buyer_appeal seller_appeal appeals_buyer appeals_seller"
    " second_review paid_amount received_amount not_granted"
    " urged_at liability_counted violation false_evidence_by"
    # money, holds, people
    " payout payout_reference held feeds_stalled frozen frozen_while_held windows_promised promises_kept stopped"
    " arbitrator edits refilings".split()
)
"""Names a snapshot's facts may have."""

COUNTED_FACTS: Final = frozenset(
    "request_version appeals_buyer appeals_seller order_appeals evidence_round edits refilings buyer_exhibits"
    " seller_exhibits receipt_extensions".split()
)

OUTCOMES: Final = frozenset(
    "refunded refunded_by_agreement refunded_by_silence refunded_after_return exchanged expired"
    " withdrawn shipped denied"
    " ruled_refund ruled_partial ruled_no_refund cancelled return_not_sent in_transit_received imported".split()
)
"""How a case can end."""

REMEDIES: Final = frozenset(
    "refund_only return_and_refund partial_refund refund_keep_goods exchange repair send_again replacement_card".split()
)
"""What a buyer may ask for or a party may propose."""

EMISSIONS: Final = frozenset(
    "refund hold_order release_order compensate count_liability uncount_liability alert_lead alert_administrator"
    " new_date_told settle_difference cancel_payout record_violation ask_buyer_again liability_pending".split()
)
"""What a step may order from the surrounding system, as rows of the same transaction."""

PREDICATES: Final = frozenset(
    "current_version_answered remedy_of_reason reason_open_here granted_in_full appeal_open approval_pending"
    " event_changes_request appellant_acts own_evidence_complete"
    " counts_against_seller withdrawn_with_this_reason".split()
)
"""Questions that need more than comparing a fact with values."""

FIELD_TYPES: Final = frozenset(
    "money remedy reason refusal rejection code flag party text exhibits number time tracking address ruling".split()
)
"""What kind of thing an action's field holds."""

CONDITION_WORDS: Final = tuple(
    "all any not stage by event reason_is setting present absent"
    " fewer_than anchored gate within under same_person".split()
)

EFFECT_WORDS: Final = tuple(
    "set clear count mark mark_once mark_at unmark shift take new_version answer offer agree refund balance take_back"
    " emit extend open ruling if".split()
)

FEEDS: Final = frozenset("orders parcels".split())
"""What a marketplace sends again and again, and automatic outcomes may rely on."""

BUILTIN_EVENTS: Final = frozenset(
    "adopt moved_outside migrated queue_action cancel_queued pause resume feed_stalled feed_returned freeze thaw"
    " extend message note phone_note record_external_escalation assign"
    " unassign hand_over recuse payout_succeeded payout_failed lapsed gate_opened window_closed target_passed"
    " reminder_due".split()
)
"""Events every policy understands without saying so, and the journal's words for passed deadlines."""
