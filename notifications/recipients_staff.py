"""What staff are told: what waits for them, what was given to them or back, what is late. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from notifications.audiences import Audience, Telling
from notifications.reading import Told

WITH_THE_PLATFORM: Final = frozenset("INTERVENTION_REQUESTED REVIEW RULED RE_REVIEW".split())
LOOKED_AT: Final = frozenset("EVIDENCE REVIEW RE_REVIEW".split())
"""Where an arbitrator may have read the request already."""

Staff = tuple[Audience, str, str]
"""Who, what, and how urgent it is."""


def to_staff(told: Told) -> Iterator[Telling]:
    """What staff are told of an event."""
    for audience, kind, severity in (*_staff_by_kind(told), *_staff_by_stage(told), *_staff_by_alert(told)):
        due = told.due_for("platform")
        facts = {"due_at": due.isoformat()} if due else {}
        yield Telling(audience=audience, kind=kind, severity=severity, facts=facts)


def _staff_by_kind(told: Told) -> Iterator[Staff]:
    if told.kind in ("assign", "hand_over") and told.data.get("arbitrator"):
        yield Audience.ARBITRATOR, "case_assigned", "high"
    elif told.kind in ("unassign", "recuse"):
        yield Audience.LEADS, "case_given_back", "normal"
    elif told.kind == "return_ruling":
        yield Audience.ARBITRATOR, "ruling_returned", "high"
    elif told.kind == "payout_failed":
        yield Audience.ADMINISTRATORS, "payout_failed", "high"
    elif told.kind == "record_external_escalation":
        yield Audience.LEADS, "escalated_outside", "normal"
        yield Audience.ARBITRATOR, "escalated_outside", "normal"
    elif told.kind == "edit_request" and told.stage in LOOKED_AT:
        yield Audience.ARBITRATOR, "request_changed", "normal"
    elif told.kind == "message" and told.data.get("late"):
        yield Audience.ARBITRATOR, "late_text_kept", "normal"
    elif told.kind == "adopt" and told.facts.get("held"):
        yield Audience.LEADS, "held_on_arrival", "normal"


def _staff_by_stage(told: Told) -> Iterator[Staff]:
    if not told.moved:
        return
    if told.stage == "RULED":
        yield Audience.SECOND_PERSONS, "second_person_asked", "high"
    elif told.stage == "RE_REVIEW":
        yield Audience.LEADS, "second_review_waits", "normal"
    elif told.stage == "REVIEW" and told.kind != "return_ruling":
        yield Audience.ARBITRATOR, "case_to_decide", "high"
    elif told.stage == "CLOSED" and told.stage_before in WITH_THE_PLATFORM and told.party != "platform":
        yield Audience.ARBITRATOR, "case_settled", "normal"


def _staff_by_alert(told: Told) -> Iterator[Staff]:
    if told.emitted("alert_lead"):
        kind = "urged" if told.kind == "urge" else "target_passed"
        yield Audience.LEADS, kind, "high"
        yield Audience.ARBITRATOR, kind, "high"
    if told.emitted("alert_administrator"):
        yield Audience.ADMINISTRATORS, "maximum_passed", "high"
        yield Audience.LEADS, "maximum_passed", "high"
