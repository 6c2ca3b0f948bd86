"""Who is told what of an event: from the journal's codes to kinds of notifications and their audiences. Pure.

The parties are told what the other side, the platform or the clock did, together with what it means to them
(`next`); staff are told what waits for them. Nobody is told what he did himself: the relay leaves the actor out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from notifications.audiences import Audience, Telling
from notifications.reading import AUTOMATIC_STOPPED, DUTIES, PARTIES, Declared, Next, Told, next_for, told_of_stop
from notifications.recipients_staff import to_staff

TOLD_TO_OTHERS: Final[Mapping[str, str]] = {
    # the journal's kind -> what the sides that did not do it are told
    "file": "filed", "accept": "request_agreed", "refuse": "request_declined",
    "refund_without_return": "refunded_without_return", "edit_request": "request_edited", "propose": "proposal_made",
    "accept_proposal": "proposal_accepted", "request_intervention": "intervention_requested",
    "step_in": "platform_stepped_in", "admit": "intervention_admitted", "reject": "intervention_rejected",
    "submit_exhibit": "evidence_submitted", "withdraw_exhibit": "evidence_withdrawn",
    "complete_evidence": "evidence_completed", "request_evidence": "evidence_asked",
    "change_evidence_from": "evidence_asked", "admit_late_evidence": "late_evidence_admitted",
    "set_return_address": "return_address_shown", "ship_return": "return_shipped",
    "correct_tracking": "tracking_corrected", "confirm_return": "return_received", "object_return": "return_objected",
    "withdraw_objection": "objection_withdrawn", "extend_return_receipt": "receipt_extended",
    "send_replacement": "replacement_sent", "confirm_replacement": "replacement_confirmed",
    "reject_replacement": "replacement_rejected", "correct_ruling": "ruling_reopened",
    "order_second_review": "second_review_ordered", "appeal": "second_review_asked",
    "submit_appeal": "second_review_submitted", "decide_appeal": "second_review_decided", "message": "message_received",
    "phone_note": "call_noted", "pause": "held", "resume": "resumed", "extend": "more_time_given",
    "payout_succeeded": "payout_succeeded", "adopt": "taken_over", "moved_outside": "moved_outside",
}  # fmt: skip
"""What changes only its words by how it ends (withdrawing, ruling, lapsing) is told by functions below."""

TOLD_TO_ONE: Final[Mapping[str, tuple[str, str]]] = {
    "return_signed": ("seller", "return_arrived"),
    "replacement_signed": ("buyer", "replacement_arrived"),
    "payout_failed": ("buyer", "payout_delayed"),
}

SILENT: Final = frozenset(
    "note assign unassign hand_over recuse queue_action cancel_queued record_external_escalation urge return_ruling"
    " window_closed target_passed order_shipped order_completed carrier_signed promise_changed receipt_extended"
    " return_scanned digital_delivered code_viewed".split()
)
"""What the parties are not told by itself. What closes the case is told all the same."""

LOW: Final = frozenset(
    "evidence_submitted evidence_withdrawn evidence_completed tracking_corrected taken_over call_noted"
    " liability_counted automatic_stopped feed_stalled feed_returned frozen frozen_over rules_changed".split()
)
WITHOUT_NEXT: Final = frozenset(
    "message_received call_noted evidence_submitted evidence_withdrawn payout_succeeded payout_delayed payment_made"
    " tracking_corrected automatic_stopped feed_stalled frozen".split()
)
"""What changes nobody's turn."""

OF_CLOCKS: Final[Mapping[str, str]] = {
    "feed_stalled": "feed_stalled", "feed_returned": "feed_returned", "freeze": "frozen", "thaw": "frozen_over"
}  # fmt: skip
"""Told only where a clock of the case stood still, or ran on."""
LAST_REMINDER: Final = timedelta(hours=2, minutes=30)
"""A reminder this near to the end asks to act at once."""


def tellings(told: Told) -> tuple[Telling, ...]:
    """Everybody who is told something of this event."""
    return (*_to_parties(told), *to_staff(told))


def _to_parties(told: Told) -> Iterator[Telling]:
    if told.kind == "reminder_due":
        yield from _reminders(told)
        return
    if told.kind == "gate_opened":
        yield from _gates(told)
        return
    if told.kind == "migrated":
        yield from (_rules_changed(told, party) for party in PARTIES)
        return
    kind, parties = _beside_the_refund(told) if told.data.get("refund") is False else _what(told)
    for party in parties if kind else ():
        yield _telling(told, party, kind)
    late = told.emitted("new_date_told")
    for party in PARTIES if late else ():
        yield Telling(audience=Audience(party), kind="platform_late", facts={"due_at": (late or {}).get("due_at")})


def _what(told: Told) -> tuple[str, tuple[str, ...]]:
    """The kind of notification and the sides it goes to."""
    if told.kind == "lapsed":
        return _lapse(told)
    if told.kind in ("rule", "correct_ruling", "approve_ruling") and told.stage != "RULED":
        return "ruling_issued", PARTIES
    if told.kind == "withdraw":
        of_review = told.stage_before in ("APPEAL_EVIDENCE", "RE_REVIEW")
        return "second_review_withdrawn" if of_review else "withdrawn", _others(told)
    if told.kind in TOLD_TO_ONE:
        party, kind = TOLD_TO_ONE[told.kind]
        return kind, (party,)
    if told.kind == "extend":
        return "more_time_given", _sides_of(told, str(told.data.get("deadline", "")))
    if told.stage == "CLOSED" and (told.kind == "adopt" or told.data.get("reason") == AUTOMATIC_STOPPED):
        return "", ()
    if told.kind in OF_CLOCKS:
        return (OF_CLOCKS[told.kind], PARTIES) if told.clocks else ("", ())
    if told.kind in TOLD_TO_OTHERS:
        return told_of_stop(told) or TOLD_TO_OTHERS[told.kind], _others(told)
    if told.kind == "rule" or (told.kind in SILENT and not told.closed):
        return "", ()
    return ("closed" if told.closed else "case_moved", PARTIES) if told.moved else ("", ())


def _beside_the_refund(told: Told) -> tuple[str, tuple[str, ...]]:
    """An answered payout that is not the refund is news to whom it went to."""
    payee = str(told.data.get("payee"))
    return ("payment_made", (payee,)) if told.kind == "payout_succeeded" and payee in PARTIES else ("", ())


def _others(told: Told) -> tuple[str, ...]:
    """The sides that did not do it; what was queued is news to its own side too, and what came late to no other."""
    if told.data.get("late"):
        return ()
    return tuple(party for party in PARTIES if party != told.party or told.by_itself)


def _sides_of(told: Told, deadline: str) -> tuple[str, ...]:
    party = told.declared[deadline].party if deadline in told.declared else "both"
    return (party,) if party in PARTIES else PARTIES


def _lapse(told: Told) -> tuple[str, tuple[str, ...]]:
    """What a passed automatic deadline is called, and whom it concerns."""
    if any(name in told.changed and told.changed[name] is None for name in ("buyer_appeal", "seller_appeal")):
        return "second_review_lapsed", PARTIES
    if told.emitted("ask_buyer_again"):
        return "return_scan_missing", ("buyer",)
    if told.emitted("count_liability"):
        return "liability_counted", ("seller",)
    if not told.moved:
        return "", ()
    if told.closed:
        return "time_ran_out", PARTIES
    if told.stage_before in ("EVIDENCE", "SELLER_FOLLOWUP"):
        return "evidence_over", PARTIES
    rule = told.declared.get(str(told.data.get("deadline", "")))
    if rule is not None and rule.party == "platform":
        return "intervention_admitted" if told.stage == "EVIDENCE" else "platform_stepped_in", PARTIES
    return "time_ran_out", PARTIES


def _telling(told: Told, party: str, kind: str) -> Telling:
    upcoming = Next(code="") if kind in WITHOUT_NEXT else _next(told, party, kind)
    facts = _facts(told, kind, upcoming)
    return Telling(audience=Audience(party), kind=kind, severity=_severity(kind, upcoming), facts=facts)


def _rules_changed(told: Told, party: str) -> Telling:
    """A side whom a moved time concerns is told from when to when; the other finds it in its inbox."""
    moved, upcoming = next(_moved_for(told, party), None), next_for(told, party)
    facts: dict[str, Any] = {"by": told.party, "decision": "calendar" if _only_the_calendar(told) else ""}
    kind, severity = "rules_changed", "low"
    if moved is not None:
        kind, severity = "time_changed", "high" if upcoming.is_a_duty else "normal"
        labels = dict(told.declared[moved["deadline"]].labels)
        facts |= {"label": labels, "before": moved["from"], "due_at": moved["to"], "next": upcoming.code}
    facts = {name: value for name, value in facts.items() if value not in (None, "")}
    return Telling(audience=Audience(party), kind=kind, severity=severity, facts=facts)


def _only_the_calendar(told: Told) -> bool:
    """Whether the version stayed, and its working days were corrected."""
    before, after = (told.data.get(side) or {} for side in ("from", "to"))
    return bool(after) and before.get("policy") == after.get("policy")


def _moved_for(told: Told, party: str) -> Iterator[Mapping[str, Any]]:
    """What moved that concerns a side, automatic outcomes first: those of the other side end its own waiting."""
    moves = [item for item in told.emissions if item.get("name") == "deadline_moved" and item["from"] and item["to"]]
    known = [item for item in moves if item["deadline"] in told.declared]
    known.sort(key=lambda item: (told.declared[item["deadline"]].kind != "auto", item["to"]))
    return (item for item in known if _concerns(told.declared[item["deadline"]], party))


def _concerns(rule: Declared, party: str) -> bool:
    """Whether a deadline is a side's business: any outcome, and its own permissions; not the platform's targets."""
    return rule.kind == "auto" or (rule.kind != "target" and rule.party in (party, "both"))


def _severity(kind: str, upcoming: Next) -> str:
    """An import of thousands of cases writes no mails: their reminders do."""
    if upcoming.is_a_duty and kind != "taken_over":
        return "high"
    return "low" if kind in LOW else "normal"


def _next(told: Told, party: str, kind: str) -> Next:
    """A side is told its turn when the event gave or changed it; a case closed before is not closed again."""
    if kind == "taken_over" and not told.facts.get("held"):
        upcoming = next_for(told, party)
        return Next(code=upcoming.code, due_at=upcoming.due_at) if upcoming.code in DUTIES else Next(code="")
    if told.stage == "CLOSED" and not told.closed:
        return Next(code="")
    return next_for(told, party)


def _facts(told: Told, kind: str, upcoming: Next) -> dict[str, Any]:
    """What the sentence needs: codes, an amount, a moment, a rule's own name. Never text of people."""
    facts: dict[str, Any] = {"next": upcoming.code, "due_at": _text(upcoming.due_at), "by": told.party}
    if upcoming.code == "closed":
        facts["outcome"] = told.outcome
    amount = _amount(told, kind)
    if amount is not None:
        facts |= {"amount": str(amount), "currency": told.currency}
    if kind == "ruling_issued" or (kind == "second_review_decided" and told.facts.get("second_review") == "changed"):
        facts["ruled"] = told.facts.get("ruled_outcome")
    if kind == "second_review_decided":
        facts["decision"] = told.facts.get("second_review")
    rule = told.declared.get(str(told.data.get("deadline", "")))
    if rule is not None:
        facts["label"] = dict(rule.labels)
    if told.kind in OF_CLOCKS:
        facts["feed"] = told.data.get("feed")
    if told.kind == "freeze":
        facts["due_at"] = told.data.get("until")
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _amount(told: Told, kind: str) -> Any:
    refund, balance = told.emitted("refund"), told.emitted("settle_difference")
    if refund is not None:
        return refund.get("amount")
    if balance is not None:
        return balance.get("amount")
    if kind in ("filed", "request_edited", "proposal_made"):
        return (told.changed.get(f"{told.party}_offer") or {}).get("amount")
    if kind in ("payout_succeeded", "payout_delayed", "payment_made"):
        return told.data.get("amount") or told.facts.get("paid_amount")
    return told.facts.get("ruled_amount") if kind == "ruling_issued" else None


def _reminders(told: Told) -> Iterator[Telling]:
    """Who is awaited is reminded, with the end of the time and the name of what ends."""
    rule = told.declared.get(str(told.data.get("deadline", "")))
    ends = told.declared.get(rule.reminds_of) if rule else None
    due = told.running.get(rule.reminds_of) if rule else None
    if ends is None or due is None:
        return
    for party in PARTIES if ends.party == "both" else (ends.party,):
        if party not in PARTIES or (ends.party == "both" and not next_for(told, party).is_a_duty):
            continue
        facts = {"due_at": _text(due), "label": dict(ends.labels), "next": next_for(told, party).code}
        severity = "high" if due - told.at <= LAST_REMINDER else "normal"
        yield Telling(audience=Audience(party), kind="reminder", severity=severity, facts=facts)


def _gates(told: Told) -> Iterator[Telling]:
    """A permission opened: its party may act now."""
    name = str(told.data.get("deadline", ""))
    rule = told.declared.get(name)
    if rule is None:
        return
    severity = "low" if rule.party == "both" else "normal"
    for party in _sides_of(told, name):
        yield Telling(
            audience=Audience(party), kind="gate_opened", severity=severity, facts={"label": dict(rule.labels)}
        )


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
