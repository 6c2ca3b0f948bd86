"""Effects about what is asked, offered, agreed, ruled and paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from rules.engine.draft import Draft, as_money
from rules.engine.errors import DocumentError
from rules.engine.types import Fact

if TYPE_CHECKING:
    from rules.engine.policy import Policy

Effect = Callable[[Draft], None]

_REQUEST_FIELDS = ("reason", "remedy", "amount", "goods_received")
_OFFER_FIELDS = ("remedy", "amount", "return_freight_by", "statement", "lines")


def _new_version(value: Any) -> Effect:
    """A new version of the request. `always` restarts its clocks; `changed` only when the request itself changed."""
    if value not in ("always", "changed"):
        raise DocumentError("a new version counts always or when changed", word=value, choices=("always", "changed"))

    def run(draft: Draft) -> None:
        data = draft.event.data
        changed = any(name in data and data[name] != draft.facts.get(name) for name in _REQUEST_FIELDS[:3])
        for name in _REQUEST_FIELDS:
            if name in data:
                draft.set(name, data[name])
        if changed or value == "always":
            draft.set("request_version", draft.facts.get("request_version", 0) + 1)
            draft.mark("last_requested", draft.event.at)
        draft.set("buyer_offer", {**_request_terms(draft), "version": draft.facts["request_version"]})

    return run


def _request_terms(draft: Draft) -> dict[str, Fact]:
    terms = {"remedy": draft.facts.get("remedy"), "amount": draft.facts.get("amount")}
    if "statement" in draft.event.data:
        terms["statement"] = draft.event.data["statement"]
    return terms


def _answer(value: Any) -> Effect:
    def run(draft: Draft) -> None:
        draft.set("answered_version", draft.facts.get("request_version", 0))
        draft.set("first_answered", True)

    return run


def _offer(value: Any) -> Effect:
    """Keep the event's terms as the current proposal of the named party (`party` means whoever acts).

    Without an amount it means the one asked for now, whatever is asked for later (decision 10.1.5).
    """
    if value not in ("seller", "platform", "buyer", "party"):
        raise DocumentError("unknown party of a proposal", word=value, choices=("buyer", "seller", "platform", "party"))

    def run(draft: Draft) -> None:
        party = str(draft.event.party) if value == "party" else value
        name = f"{party}_offer"
        version = (draft.facts.get(name) or {}).get("version", 0) + 1
        terms = {key: draft.event.data[key] for key in _OFFER_FIELDS if key in draft.event.data}
        asked = {"amount": draft.facts["amount"]} if "amount" in draft.facts else {}
        draft.set(name, {**asked, **terms, "version": version})

    return run


def _agree(value: Any) -> Effect:
    """Fix what was agreed: the `request`, the proposal named by the event's `offer` field, or the `ruling`."""
    if value not in ("request", "offer", "ruling"):
        raise DocumentError("unknown agreement", word=value, choices=("request", "offer", "ruling"))

    def run(draft: Draft) -> None:
        remedy, amount, whose = _agreed_terms(draft, value)
        draft.set("agreed_remedy", remedy)
        draft.set("agreed_amount", amount)
        draft.set("agreed_with", whose)
        draft.mark("settled", draft.event.at)

    return run


def _agreed_terms(draft: Draft, value: str) -> tuple[Fact, Fact, str]:
    facts = draft.facts
    if value == "request":
        return facts.get("remedy"), facts.get("amount"), "buyer"
    if value == "ruling":
        return facts.get("ruled_remedy"), facts.get("ruled_amount"), "platform"
    whose = str(draft.event.data.get("offer", ""))
    terms = facts.get(f"{whose}_offer") or {}
    return terms.get("remedy", facts.get("remedy")), terms.get("amount", facts.get("amount")), whose


def _refund(value: Any) -> Effect:
    """Order the payout of the requested, agreed or ruled amount."""
    sources = {"requested": "amount", "agreed": "agreed_amount", "ruled": "ruled_amount"}
    if value not in sources:
        raise DocumentError("unknown amount to refund", word=value, choices=tuple(sources))
    name = sources[value]

    def run(draft: Draft) -> None:
        amount = draft.money(name)
        if amount is None or amount <= 0:
            return
        owed, received = str(draft.facts[name]), _received(draft)
        if received:
            _settle_difference(draft, owed=owed, paid="0")
            return
        draft.set("payout", "ordered")
        draft.set("paid_amount", owed)
        draft.emit("refund", {"amount": owed, "basis": value})

    return run


def _ruling(value: Any) -> Effect:
    """Take the event's ruling as the one in force, and work out who was not granted in full.

    A second person is needed when the event says so (compensation, false evidence) or when all the ruling orders,
    the refund with its `extras` (shipping costs, compensation), is above the pack's `second_person_above`.
    """
    if value not in ("first", "correction", "appeal"):
        raise DocumentError("unknown kind of ruling", word=value, choices=("first", "correction", "appeal"))

    def run(draft: Draft) -> None:
        data = draft.event.data
        draft.set("ruled", True)
        draft.set("ruling", data.get("ruling"))
        draft.set("ruled_outcome", data.get("outcome"))
        draft.set("ruled_amount", data.get("amount", "0"))
        draft.set("ruled_remedy", data.get("remedy") or remedy_of_outcome(draft.policy, data.get("outcome")))
        draft.set("liable", data.get("liable"))
        draft.set("seller_share", _seller_share(data))
        draft.set("not_granted", _not_granted(draft))
        _take_back_findings(draft, value)
        if value == "first":
            draft.set("first_arbitrator", draft.event.actor)
        if value != "correction":
            draft.set("ruled_reason", draft.facts.get("reason"))
        draft.set("approval_needed", True if _needs_second_person(draft, value) else None)

    return run


def _take_back_findings(draft: Draft, kind: str) -> None:
    """Only what the ruling in force says is found: a later one that is silent about it takes it back.

    While a correction waits for its second person no ruling is in force, so nothing counts. What still holds counts
    again when it does.
    """
    found = draft.event.data.get("false_evidence_by") or None
    draft.set("false_evidence_by", found)
    draft.set("violation", True if kind == "appeal" and found else None)
    if kind == "correction" and draft.facts.get("liability_counted"):
        draft.emit("uncount_liability")
        draft.set("liability_counted", None)


_REMEDIES_OF_OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "buyer_refund_only": ("refund_only",), "buyer_return_and_refund": ("return_and_refund",),
    "buyer_partial_refund": ("partial_refund",), "buyer_exchange": ("exchange", "replacement_card", "send_again"),
    "shared": ("partial_refund",),
}  # fmt: skip


def remedy_of_outcome(policy: Policy, outcome: Fact) -> str | None:
    """What an outcome means when the ruling names no remedy: the first one this pack offers."""
    remedies = _REMEDIES_OF_OUTCOMES.get(str(outcome), ())
    return next((remedy for remedy in remedies if remedy in policy.remedies), None)


def _seller_share(data: Mapping[str, Fact]) -> int:
    """The seller's part of the liability in percent."""
    share = data.get("seller_share")
    if isinstance(share, int) and not isinstance(share, bool):
        return min(max(share, 0), 100)
    return 100 if data.get("liable") == "seller" else 0


_MONEY_ALONE = frozenset({"refund_only", "partial_refund", "refund_keep_goods"})
"""Remedies that give the buyer money and ask for nothing back: what they are called makes no difference."""


def _not_granted(draft: Draft) -> list[str]:
    """The parties that did not get all they asked for: the buyer less or something else, the seller any duty."""
    ruled, asked = draft.money("ruled_amount") or 0, draft.money("amount") or 0
    remedies = {draft.facts.get("ruled_remedy"), draft.facts.get("remedy")}
    something_else = len(remedies) > 1 and not remedies <= _MONEY_ALONE
    missing = []
    if ruled < asked or (something_else and ruled <= asked):
        missing.append("buyer")
    if ruled > 0 or draft.facts.get("liable") == "seller" or draft.facts.get("ruled_outcome") == "buyer_exchange":
        missing.append("seller")
    return missing


def setting_of_money(policy: Policy, name: str) -> Decimal | None:
    """An amount among the settings of a pack; None when it names none."""
    return as_money(policy.settings.get(name))


def _needs_second_person(draft: Draft, kind: str) -> bool:
    if kind == "appeal":
        return False
    if (
        kind == "correction"
        or draft.event.data.get("second_person") is True
        or draft.event.data.get("false_evidence_by")
    ):
        return True
    bound = setting_of_money(draft.policy, "second_person_above")
    ordered = (draft.money("ruled_amount") or 0) + (as_money(draft.event.data.get("extras")) or 0)
    return bound is not None and ordered > bound


def _balance(value: Any) -> Effect:
    """After money was ordered: order the difference to what is owed now (`ruled` or `agreed`), if there is one.

    A payout the marketplace has not carried out is cancelled and ordered anew; one that reached the buyer stays,
    and only the difference moves (decision 10.1.7: a buyer already paid is never debited).
    """
    sources = {"ruled": "ruled_amount", "agreed": "agreed_amount"}
    if value not in sources:
        raise DocumentError("unknown amount to balance", word=value, choices=tuple(sources))

    def run(draft: Draft) -> None:
        owed, paid = draft.facts.get(sources[value]) or "0", draft.facts.get("paid_amount") or "0"
        if as_money(owed) == as_money(paid):
            return
        if not _received(draft) and draft.facts.get("payout") in ("ordered", "failed"):
            _order_anew(draft, owed=str(owed), paid=str(paid))
        else:
            _settle_difference(draft, owed=str(owed), paid=str(paid))

    return run


def _settle_difference(draft: Draft, *, owed: str, paid: str) -> None:
    """Order what is missing to the `amount` owed now: the buyer has or awaits `paid`, and is to have `owed` in all.

    What reached the buyer counts in both, whatever was decided since.
    """
    received = _received(draft)
    had, due = max(as_money(paid) or Decimal(), received), max(as_money(owed) or Decimal(), received)
    draft.emit("settle_difference", {"amount": owed, "paid": str(had), "owed": str(due)})
    draft.set("paid_amount", owed)
    draft.set("payout", "ordered" if due > received else "succeeded")


def _received(draft: Draft) -> Decimal:
    """What of the refund reached the buyer, who keeps it whatever is decided later."""
    if draft.facts.get("payout") == "succeeded" and "received_amount" not in draft.facts:
        return draft.money("paid_amount") or Decimal()
    return draft.money("received_amount") or Decimal()


def _order_anew(draft: Draft, *, owed: str, paid: str) -> None:
    draft.emit("cancel_payout", {"amount": paid})
    nothing = (as_money(owed) or 0) <= 0
    draft.set("payout", None if nothing else "ordered")
    draft.set("paid_amount", None if nothing else owed)
    if not nothing:
        draft.emit("refund", {"amount": owed, "basis": "second_review"})


def _take_back(value: Any) -> Effect:
    """Cancel a payout that was ordered and not yet answered; what reached the buyer before stays."""

    def run(draft: Draft) -> None:
        if draft.facts.get("payout") == "ordered":
            left = (draft.money("paid_amount") or Decimal()) - _received(draft)
            draft.emit("cancel_payout", {"amount": str(left)})
            draft.set("payout", "succeeded" if _received(draft) else None)
            draft.set("paid_amount", None)

    return run


TERM_EFFECTS: Final[Mapping[str, Callable[[Any], Effect]]] = {
    "new_version": _new_version, "answer": _answer, "offer": _offer, "agree": _agree, "refund": _refund,
    "balance": _balance, "take_back": _take_back, "ruling": _ruling,
}  # fmt: skip
