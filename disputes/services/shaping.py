"""The rows and the event data behind each action's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model

from disputes.models import Appeal, Case, Exhibit, ExhibitFile, Message, OutsideEscalation, Parcel, ReturnAddress
from disputes.services.refusing import fields_refused

LONGEST_TEXT = 10_000
HELD_FOR = frozenset({"held_by_platform", "payment_dispute", "technical", "legal_hold"})
"""Why somebody of the platform may hold a case."""

PLAIN = frozenset(
    "reason remedy refusal goods_received return_carrier offer confirm mode deadline hours kinds decision party exhibit"
    " arbitrator rejection return_freight_by from new_evidence rejection_reason reject_reason"
    " false_evidence".split()
)
"""Fields that go into the event as they are: codes, flags and numbers, never free text."""


@dataclass(slots=True, kw_only=True)
class Shaped:
    """An action on its way to the writer."""

    case_id: int
    party: str
    author_id: int
    action: str
    data: dict[str, Any] = field(default_factory=dict)
    records: list[Model] = field(default_factory=list)
    first: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Events that come before, such as handing in the exhibits that belong to the action."""

    def add(self, record: Any) -> str:
        """Bring a row along; its id goes into the event."""
        self.records.append(record)
        return str(record.id)


def common(shaped: Shaped, data: Mapping[str, Any], *, asked: frozenset[str]) -> None:
    """What many actions share: plain fields, an amount, a statement, an address, exhibits handed in with it.

    Plain fields the action does not ask for stay out: the journal keeps no words that nobody checks.
    """
    shaped.data.update({name: data[name] for name in PLAIN & asked if data.get(name) not in (None, "")})
    if "amount" in asked and data.get("amount") not in (None, ""):
        if isinstance(data["amount"], Mapping):
            check_currency(data["amount"], Case.objects.values_list("currency", flat=True).get(pk=shaped.case_id))
        shaped.data["amount"] = normal_amount(data["amount"])
    statement = str(data.get("statement") or "").strip()
    if statement:
        shaped.data["statement"] = shaped.add(text_record(shaped, statement, Message.Kind.STATEMENT))
    address = str(data.get("address") or "").strip()
    if address:
        row = ReturnAddress(case_id=shaped.case_id, text=checked_text(address, "address"))
        shaped.data["address"] = shaped.add(row)
    _exhibits(shaped, data)


AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


def normal_amount(value: Any) -> Any:
    """An amount with its two decimals; anything else unchanged, for the engine to refuse by name."""
    given = value.get("amount") if isinstance(value, Mapping) else value
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        return given
    text = str(given).strip()
    return f"{Decimal(text):.2f}" if AMOUNT.fullmatch(text) else text


def check_currency(value: Any, currency: str | None) -> None:
    """An amount that names a currency names the order's. Raises FieldsRefused."""
    named = value.get("currency") if isinstance(value, Mapping) else None
    if named is not None and named != currency:
        raise fields_refused([{"field": "amount", "code": "wrong_currency", "data": {"currency": currency}}])


def checked_text(text: str, name: str, most: int = LONGEST_TEXT) -> str:
    """The text, or FieldsRefused when it is too long to keep: nothing is cut off in silence."""
    if len(text) > most:
        raise fields_refused([{"field": name, "code": "text_too_long", "data": {"most": most}}])
    return text


def text_record(shaped: Shaped, text: str, kind: str, name: str = "statement") -> Message:
    return Message(
        case_id=shaped.case_id, author_id=shaped.author_id, party=shaped.party, kind=kind,
        text=checked_text(text, name),
    )  # fmt: skip


def look_again(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """What an action names, once more under the lock: a draft may be gone, or handed in by the other tab.

    Raises FieldsRefused.
    """
    shaped.first.clear()
    _exhibits(shaped, data)
    again = LOOKED_AT_AGAIN.get(shaped.action)
    if again is not None:
        again(shaped, data)


def check_answered(case_id: int, data: Mapping[str, Any]) -> None:
    """No ruling answers what was taken back. Raises FieldsRefused."""
    named = [str(name) for name in data.get("findings") or {}]
    gone = Exhibit.objects.filter(case_id=case_id, status=Exhibit.Status.WITHDRAWN, id__in=_uuids(named))
    if gone.exists():
        raise fields_refused([{"field": "findings", "code": "exhibit_withdrawn"}])


def _exhibits(shaped: Shaped, data: Mapping[str, Any]) -> None:
    wanted = [str(item) for item in data.get("exhibits") or ()]
    if not wanted:
        return
    drafts = Exhibit.objects.filter(case_id=shaped.case_id, party=shaped.party, id__in=_uuids(wanted)).exclude(
        status=Exhibit.Status.WITHDRAWN
    )
    found = {str(row.id): row for row in drafts}
    missing = [item for item in wanted if item not in found]
    if missing:
        raise fields_refused([{"field": "exhibits", "code": "unknown_exhibit", "data": {"exhibits": missing}}])
    shaped.data["exhibits"] = wanted
    for row in found.values():
        if row.status == Exhibit.Status.DRAFT:
            shaped.first.append(("submit_exhibit", {"exhibit": str(row.id), "slot": row.slot}))


def _uuids(values: list[str]) -> list[str]:
    try:
        return [str(UUID(value)) for value in values]
    except ValueError:
        raise fields_refused([{"field": "exhibits", "code": "unknown_exhibit", "data": {"exhibits": values}}]) from None


def assign(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """Whoever takes a case takes it into their own hands."""
    shaped.data["arbitrator"] = shaped.author_id


def hand_over(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """A case is handed to a person. Raises FieldsRefused for what is no person's id."""
    person = str(data.get("arbitrator") or "")
    if not (person.isascii() and person.isdigit() and len(person) < 13):
        raise fields_refused([{"field": "arbitrator", "code": "not_a_number" if person else "required"}])
    shaped.data["arbitrator"] = int(person)


def pause(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """A case is held for a reason of the list, never in words: those belong in a note."""
    reason = shaped.data.get("reason", "held_by_platform")
    if reason not in HELD_FOR:
        choices = {"choices": ", ".join(sorted(HELD_FOR))}
        raise fields_refused([{"field": "reason", "code": "unknown_choice", "data": choices}])


def own_exhibit(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """What is handed in is a draft of this side; what is taken back was handed in by it."""
    status = Exhibit.Status.DRAFT if shaped.action == "submit_exhibit" else Exhibit.Status.SUBMITTED
    _check_exhibit(shaped, data, party=shaped.party, status=status)


def late_exhibit(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """What is taken in late is what that party handed in late."""
    _check_exhibit(shaped, data, party=str(data.get("party") or ""), status=Exhibit.Status.LATE)


def _check_exhibit(shaped: Shaped, data: Mapping[str, Any], *, party: str, status: str) -> None:
    wanted = data.get("exhibit")
    if not wanted:
        return
    theirs = Exhibit.objects.filter(case_id=shaped.case_id, party=party, status=status, id__in=_uuids([str(wanted)]))
    if not theirs.exists():
        raise fields_refused([{"field": "exhibit", "code": "unknown_exhibit"}])


def message(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """A message to everybody in the case, an internal note, or a note of a call that both sides see."""
    text = str(data.get("text") or "").strip()
    if not text:
        raise fields_refused([{"field": "text", "code": "required"}])
    kinds = {"note": Message.Kind.NOTE, "phone_note": Message.Kind.PHONE}
    kind = kinds.get(shaped.action, Message.Kind.MESSAGE)
    shaped.data["message"] = shaped.add(text_record(shaped, text, kind, "text"))


def parcel(shaped: Shaped, data: Mapping[str, Any]) -> None:
    tracking = str(data.get("tracking") or "").strip()
    if not tracking:
        return
    leg = Parcel.Leg.REPLACEMENT if shaped.action == "send_replacement" else Parcel.Leg.RETURN
    row = Parcel(
        case_id=shaped.case_id, leg=leg, carrier=checked_text(str(data.get("carrier") or ""), "carrier", 40),
        tracking=checked_text(tracking, "tracking", 80),
    )  # fmt: skip
    shaped.data["tracking"] = shaped.add(row)


def outside_escalation(shaped: Shaped, data: Mapping[str, Any]) -> None:
    body = str(data.get("body") or "").strip()
    if not body:
        raise fields_refused([{"field": "body", "code": "required"}])
    row = OutsideEscalation(
        case_id=shaped.case_id, party=shaped.party, body=checked_text(body, "body", 120),
        reference=checked_text(str(data.get("reference") or ""), "reference", 120), filed_on=_day(data.get("filed_on")),
    )  # fmt: skip
    shaped.data["escalation"] = shaped.add(row)


def _day(value: Any) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise fields_refused([{"field": "filed_on", "code": "not_a_date"}]) from None


def appeal(shaped: Shaped, data: Mapping[str, Any]) -> None:
    row = Appeal(
        case_id=shaped.case_id, party=shaped.party, author_id=shaped.author_id,
        status=Appeal.Status.DRAFT, statement_id=shaped.data.get("statement"),
    )  # fmt: skip
    shaped.data["appeal"] = shaped.add(row)


def submitted_appeal(shaped: Shaped, data: Mapping[str, Any]) -> None:
    """A second review needs at least one exhibit whose content was not in the first instance, and what it shows."""
    shaped.data.pop("new_evidence", None)
    ids = [entry["exhibit"] for _kind, entry in shaped.first]
    mine = Exhibit.objects.filter(case_id=shaped.case_id, party=shaped.party)
    offered = mine.filter(id__in=ids) | mine.filter(second_review=True, status=Exhibit.Status.SUBMITTED)
    known = set(
        ExhibitFile.objects.filter(exhibit__case_id=shaped.case_id, exhibit__second_review=False)
        .exclude(exhibit__in=offered)
        .exclude(exhibit__status=Exhibit.Status.DRAFT)
        .values_list("file__sha256", flat=True)
    )
    files = ExhibitFile.objects.filter(exhibit__in=offered).exclude(exhibit__description="")
    if any(sha not in known for sha in files.values_list("file__sha256", flat=True)):
        shaped.data["new_evidence"] = True


LOOKED_AT_AGAIN: Mapping[str, Callable[[Shaped, Mapping[str, Any]], None]] = {
    "submit_exhibit": own_exhibit, "withdraw_exhibit": own_exhibit, "admit_late_evidence": late_exhibit,
    "submit_appeal": submitted_appeal,
}  # fmt: skip
"""Shapers that only ask how exhibits stand."""
