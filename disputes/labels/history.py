"""What happened, for the timeline: said after the name of whoever did it, or by itself for clocks and facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

DONE_BY_SOMEBODY: Mapping[str, Words] = {
    "file": _("asked for a refund of %(amount)s: %(remedy)s, %(reason)s"),
    "accept": _("agreed to the request"),
    "refuse": _("declined the request: %(refusal)s"),
    "refund_without_return": _("refunds without a return"),
    "edit_request": _("changed the request to %(amount)s: %(remedy)s, %(reason)s"),
    "propose": _("proposed %(amount)s: %(remedy)s"),
    "accept_proposal": _("accepted the proposal of %(offer)s"),
    "withdraw": _("withdrew the request"),
    "request_intervention": _("asked the platform to step in"),
    "submit_exhibit": _("submitted evidence"),
    "withdraw_exhibit": _("withdrew a piece of evidence"),
    "complete_evidence": _("said that the evidence is complete"),
    "change_evidence_from": _("changed who gives evidence"),
    "set_return_address": _("gave the return address"),
    "ship_return": _("sent the item back"),
    "correct_tracking": _("corrected the tracking number"),
    "confirm_return": _("confirmed the returned item"),
    "object_return": _("objected to the return"),
    "withdraw_objection": _("withdrew the objection"),
    "extend_return_receipt": _("took three more days to confirm the return"),
    "send_replacement": _("sent the replacement"),
    "confirm_replacement": _("confirmed the replacement"),
    "reject_replacement": _("said that something is wrong with the replacement"),
    "request_evidence": _("asked for evidence"),
    "admit_late_evidence": _("admitted late evidence"),
    "rule": _("ruled: %(ruling)s"),
    "approve_ruling": _("ruled: %(ruling)s"),
    "return_ruling": _("sent the ruling back"),
    "correct_ruling": _("corrected the ruling"),
    "order_second_review": _("ordered a second review"),
    "appeal": _("asked for a second review"),
    "submit_appeal": _("submitted the second review"),
    "decide_appeal": _("decided the second review"),
    "urge": _("urged the platform"),
    "step_in": _("stepped in"),
    "admit": _("took the case up"),
    "reject": _("did not take the case up: %(rejection)s"),
    "message": _("wrote"),
    "note": _("noted internally"),
    "phone_note": _("noted a call"),
    "record_external_escalation": _("went outside the platform with the matter"),
    "assign": _("took the case"),
    "unassign": _("gave the case back"),
    "hand_over": _("handed the case over"),
    "recuse": _("withdrew from the case"),
    "pause": _("stopped the clocks: %(hold)s"),
    "resume": _("let the clocks run again"),
    "extend": _("gave more time"),
    "migrated": _("put the case under other rules: %(rules)s"),
    "queue_action": _("asked for this as soon as it is allowed: %(action)s"),
    "cancel_queued": _("no longer wants what was asked for in advance"),
}
"""A statement that came late is kept as a message of its own, with a mark."""

BY_ITSELF: Mapping[str, Words] = {
    "adopt": _("The case was taken over from the marketplace as it stood"),
    "moved_outside": _("The marketplace moved the case on, and it stands here as there"),
    "order_shipped": _("The item was shipped"),
    "order_completed": _("The order was completed"),
    "carrier_signed": _("The carrier reports the item as signed for"),
    "promise_changed": _("The promised delivery time was changed"),
    "receipt_extended": _("The receipt period was extended"),
    "return_scanned": _("The carrier has the return"),
    "return_signed": _("The carrier reports the return as signed for"),
    "replacement_signed": _("The carrier reports the replacement as signed for"),
    "digital_delivered": _("The digital goods were delivered"),
    "code_viewed": _("The code was viewed"),
    "payout_succeeded": _("The marketplace paid the refund"),
    "payout_failed": _("The marketplace could not pay the refund yet"),
    "payout_succeeded.further": _("The marketplace paid what is owed beside the refund"),
    "payout_failed.further": _("The marketplace could not pay what is owed beside the refund yet"),
    "feed_stalled": _("The marketplace's %(feed)s stopped arriving: what depends on them does not happen by itself"),
    "feed_returned": _("The wait for the marketplace's %(feed)s is over: the time that was left runs on"),
    "freeze": _("The platform's clocks stand still until %(until)s"),
    "thaw": _("The platform's clocks run again: the time that was left runs on"),
    "lapsed": _("Time is up for “%(deadline)s”: %(what)s"),
    "gate_opened": _("Now possible: %(deadline)s"),
    "window_closed": _("No longer possible: %(deadline)s"),
    "target_passed": _("The platform is late: %(deadline)s. A new date was set"),
    "reminder_due": _("A reminder was sent: %(deadline)s"),
}

SOMETHING: Words = _("The case changed")

STAFF_ONLY = frozenset("note assign unassign hand_over recuse return_ruling reminder_due".split())
"""Kinds the parties are not shown."""


def event_title(kind: str, values: Mapping[str, Any]) -> str:
    """What happened, with its amounts and names filled in; a missing value is left blank."""
    words = str(DONE_BY_SOMEBODY.get(kind) or BY_ITSELF.get(kind) or SOMETHING)
    return (words % _Blank(values)).strip(" :：，,") if "%(" in words else words


class _Blank(dict[str, Any]):
    """Values of which the missing ones read as nothing."""

    def __missing__(self, name: str) -> str:
        return ""
