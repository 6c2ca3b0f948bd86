"""What people do to a case, from the words of a form or a request to an event with its records.

`perform` is the one way in for pages and API alike: it makes the rows an action brings along (texts,
parcels, rulings), gives the engine an event that names them by id, and hands both to the writer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from contract.idempotency import Call, Replay
from disputes.errors import ActionRefused, FieldsRefused
from disputes.models import Case, Message, Parcel
from disputes.selectors.access import CaseAccess
from disputes.selectors.builtin_actions import BUILTIN_FIELDS
from disputes.services import ruling, scans, shaping, staffing
from disputes.services.loading import LockedCase
from disputes.services.rechecking import access_now, check_party
from disputes.services.refusing import refused
from disputes.services.shaping import Shaped
from disputes.services.writer import Answer, Done, Intent, Told, act
from rules.engine.events import Via
from rules.engine.types import CaseSnapshot, Party
from rules.selectors import policy_of

RULINGS = frozenset({"rule", "correct_ruling", "decide_appeal"})

LATE_CODES = frozenset({"not_in_this_stage", "evidence_window_closed", "appeal_window_closed", "not_your_action"})
"""Refusals after which a text is kept as a message all the same."""

SHAPERS: Mapping[str, Callable[[Shaped, Mapping[str, Any]], None]] = {
    "submit_exhibit": shaping.own_exhibit, "withdraw_exhibit": shaping.own_exhibit,
    "admit_late_evidence": shaping.late_exhibit, "assign": shaping.assign, "hand_over": shaping.hand_over,
    "pause": shaping.pause,
    "message": shaping.message, "note": shaping.message, "phone_note": shaping.message,
    "ship_return": shaping.parcel, "correct_tracking": shaping.parcel, "send_replacement": shaping.parcel,
    "record_external_escalation": shaping.outside_escalation, "appeal": shaping.appeal,
    "submit_appeal": shaping.submitted_appeal, "rule": ruling.shape, "correct_ruling": ruling.shape,
    "decide_appeal": ruling.shape_second_review,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An action as it comes from outside."""

    access: CaseAccess
    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    via: Via = Via.PAGE
    expected_version: int | None = None
    when_allowed: bool = False


def perform(
    access: CaseAccess, action: str, data: Mapping[str, Any] | None = None, *, via: Via = Via.PAGE,
    expected_version: int | None = None, call: Call | None = None, answer: Answer | None = None,
    told: Told | None = None, when_allowed: bool = False,
) -> Done | Replay:  # fmt: skip
    """Do an action in a case as the party that `access` grants.

    `when_allowed` queues it instead: it is tried at once and then again after every step and gate. A text that
    comes too late is kept as a message; the refusal says so (`kept_as_message`).

    Raises NotFound, ActionRefused, FieldsRefused, CaseChanged, CaseBusy, Forbidden.
    """
    given = Act(
        access=access, action=action, data=dict(data or {}), via=via, expected_version=expected_version,
        when_allowed=when_allowed,
    )  # fmt: skip
    intent = _intent_or_answer(given, call)
    if isinstance(intent, Replay):
        return intent
    try:
        return act(intent, call=call, answer=answer, told=told)
    except ActionRefused as error:
        kept = _keep_late_text(given, error)
        if kept is None:
            raise
        raise kept from error


def _intent_or_answer(given: Act, call: Call | None) -> Intent | Replay:
    """What is to be done; where it no longer makes sense, perhaps because it was done, the first answer if any."""
    try:
        return intent_of(given)
    except FieldsRefused:
        if call is not None:
            with call.reserved() as replay:
                if replay is not None:
                    return replay
        raise


def intent_of(given: Act) -> Intent:
    """The intent behind an action: its event data, its records and its checks."""
    shaped = Shaped(
        case_id=given.access.case_id, party=given.access.party, author_id=given.access.user_id, action=given.action
    )
    shaping.common(shaped, given.data, asked=_asked(given))
    shaper = SHAPERS.get(given.action)
    if shaper is not None:
        shaper(shaped, given.data)
    kind, event = given.action, shaped.data
    if given.when_allowed:
        kind, event = "queue_action", {"action": given.action, "data": shaped.data}
    return Intent(
        number=given.access.number,
        kind=kind,
        party=Party(given.access.party),
        actor_id=given.access.user_id,
        data=event,
        via=given.via,
        expected_version=given.expected_version,
        records=tuple(shaped.records),
        check=_check_of(given, shaped),
        first=lambda: (*staffing.taking_first(given.access, given.action), *shaped.first),
        then=partial(scans.claimed, [record for record in shaped.records if isinstance(record, Parcel)]),
    )


def _asked(given: Act) -> frozenset[str]:
    """The fields that the case's rules, or the house itself, name for this action: nothing else goes into an event.

    Raises ActionRefused for an action that neither knows.
    """
    policy = policy_of(Case.objects.values_list("policy_id", flat=True).get(pk=given.access.case_id))
    rule = policy.actions.get(given.action)
    if rule is None and given.action not in BUILTIN_FIELDS:
        raise refused("not_offered", available_actions=[])
    return frozenset(rule.fields if rule else (name for name, *_ in BUILTIN_FIELDS[given.action]))


def _check_of(given: Act, shaped: Shaped) -> Callable[[LockedCase, CaseSnapshot], None]:
    """Ask again under the lock: is this person that party now, may they do this, and is what they name still there?"""

    def check(case: LockedCase, snapshot: CaseSnapshot) -> None:
        access = access_now(given.access, case, stage=str(snapshot.stage))
        if access.party == Party.PLATFORM:
            staffing.check_staff(access, given.action, snapshot)
            if given.action in ("assign", "hand_over"):
                staffing.check_assignment(access, case, snapshot, shaped.data.get("arbitrator"))
        shaping.look_again(shaped, given.data)
        if given.action in RULINGS:
            ruling.look_again(given.action, given.data, case_id=case.id, order_id=case.order_id)
            shaping.check_answered(access.case_id, given.data)

    return check


def _keep_late_text(given: Act, error: ActionRefused) -> ActionRefused | None:
    """Keep what somebody wrote although the action came too late; None when there was no text to keep."""
    text = str(given.data.get("statement") or "").strip()
    if not text or error.code not in LATE_CODES or given.action in ("message", "note", "phone_note"):
        return None
    if given.access.party == Party.PLATFORM:
        return None
    kept = _kept_before(given, text) or _keep(given, text)
    again = ActionRefused(error.code, error.sentence, **{**error.data, "kept_as_message": kept})
    again.replayed = error.replayed
    return again


def _kept_before(given: Act, text: str) -> str | None:
    """The same words of the same person, kept when they were sent the first time."""
    access = given.access
    same = Message.objects.filter(
        case_id=access.case_id, author_id=access.user_id, party=access.party, kind=Message.Kind.LATE, text=text
    )
    found = same.values_list("id", flat=True).first()
    return str(found) if found else None


def _keep(given: Act, text: str) -> str:
    access = given.access
    message = Message(
        case_id=access.case_id, author_id=access.user_id, party=access.party, kind=Message.Kind.LATE, text=text
    )
    act(
        Intent(
            number=access.number, kind="message", party=Party(access.party), actor_id=access.user_id, via=given.via,
            records=[message], data={"message": str(message.id), "late": given.action}, check=check_party(access),
        )
    )  # fmt: skip
    return str(message.id)


def queue_for_later(
    access: CaseAccess, action: str, data: Mapping[str, Any] | None = None, *, via: Via = Via.PAGE
) -> Done | Replay:
    """Ask for an action as soon as it becomes possible."""
    return perform(access, action, data, via=via, when_allowed=True)
