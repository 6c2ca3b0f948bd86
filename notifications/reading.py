"""One event of the journal as those see it who are to be told: what happened, and what it asks of each side. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

PARTIES: Final = ("buyer", "seller")
WANTED_FACTS: Final = frozenset(
    "evidence_from buyer_complete seller_complete return_address arbitrator first_arbitrator buyer_appeal seller_appeal"
    " amount ruled_outcome ruled_amount second_review paid_amount held reject_reason refusal false_evidence_by".split()
)
"""Facts of a case that decide who is told what; the relay folds them up to the event."""

AUTOMATIC_STOPPED: Final = "automatic_stopped"
"""The reason of a hold that stops a pack's automatic outcomes and nothing else: each side still has its turn."""

DUTIES: Final = frozenset(
    "answer decide_after_refusal send_back give_address confirm_return send_replacement check_replacement give_evidence"
    " answer_evidence prove_review".split()
)
"""What may come next for a side that has to do something itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the case's policy says of one deadline."""

    kind: str
    """auto, window, gate, target or notice."""
    party: str
    """buyer, seller, both or platform."""
    labels: Mapping[str, str]
    """Its name by language, `zh` and `en`."""
    reminds_of: str = ""
    """For a reminder: the deadline it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event, with as much of the case as the journal had told by then."""

    sequence: int
    kind: str
    at: datetime
    party: str
    actor: int | None
    via: str
    stage_before: str
    """Empty for the first event."""
    stage: str
    outcome: str
    data: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)
    """Facts this event set; None for those it removed."""
    emissions: tuple[Mapping[str, Any], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """`WANTED_FACTS` as they stood after the event."""
    clocks: frozenset[str] = frozenset()
    """Names of the deadlines this event started, ended or moved."""
    running: Mapping[str, datetime] = field(default_factory=dict)
    """Due times of the deadlines that ran after the event."""
    declared: Mapping[str, Declared] = field(default_factory=dict)
    currency: str = ""

    @property
    def moved(self) -> bool:
        return self.stage != self.stage_before

    @property
    def closed(self) -> bool:
        """Whether this event closed the case."""
        return self.moved and self.stage == "CLOSED"

    @property
    def by_itself(self) -> bool:
        """Whether a timer or a queued action did it, so that even who asked for it learns of it only now."""
        return self.via in ("timer", "queue")

    def emitted(self, name: str) -> Mapping[str, Any] | None:
        """The first emission of that name."""
        return next((item for item in self.emissions if item.get("name") == name), None)

    def due_for(self, party: str) -> datetime | None:
        """When something happens by itself that ends this side's turn; for the platform, its promised date."""
        kinds = ("target",) if party == "platform" else ("auto",)
        parties = ("platform",) if party == "platform" else (party, "both", "platform")
        return min(
            (
                due for name, due in self.running.items()
                if name in self.declared and self.declared[name].kind in kinds and self.declared[name].party in parties
            ),
            default=None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What an event means to one side: what is to be done, or what is waited for."""

    code: str
    due_at: datetime | None = None

    @property
    def is_a_duty(self) -> bool:
        return self.code in DUTIES


def told_of_stop(told: Told) -> str:
    """What stopping a pack's automatic outcomes, or letting them happen again, is called; empty for anything else."""
    if told.data.get("reason") != AUTOMATIC_STOPPED:
        return ""
    return {"pause": AUTOMATIC_STOPPED, "resume": "automatic_resumed"}.get(told.kind, "")


def next_for(told: Told, party: str) -> Next:
    """What comes next for a side after the event."""
    code = _next_code(told, party)
    if code in DUTIES:
        return Next(code=code, due_at=told.due_for(party))
    return Next(code=code, due_at=told.due_for("platform") if code == "wait_platform" else None)


_BY_STAGE: Final[Mapping[str, tuple[str, str]]] = {
    # what the buyer and what the seller has before them
    "WAIT_SELLER": ("wait_answer", "answer"),
    "SELLER_REFUSED": ("decide_after_refusal", "wait_buyer"),
    "WAIT_SELLER_RECEIPT": ("wait_receipt", "confirm_return"),
    "WAIT_REPLACEMENT": ("wait_replacement", "send_replacement"),
    "WAIT_BUYER_CHECK": ("check_replacement", "wait_check"),
    "SELLER_FOLLOWUP": ("wait_followup", "answer_evidence"),
    "INTERVENTION_REQUESTED": ("wait_platform", "wait_platform"),
    "REVIEW": ("wait_platform", "wait_platform"),
    "RULED": ("wait_platform", "wait_platform"),
    "RE_REVIEW": ("wait_platform", "wait_platform"),
    "CLOSED": ("closed", "closed"),
}


def _next_code(told: Told, party: str) -> str:
    if told.facts.get("held") not in (None, "", AUTOMATIC_STOPPED):
        return "wait_platform"
    if told.stage == "WAIT_BUYER_RETURN":
        return _next_in_return(told, party)
    if told.stage == "EVIDENCE":
        return "give_evidence" if is_asked_for_evidence(told, party) else "wait_evidence"
    if told.stage == "APPEAL_EVIDENCE":
        return "prove_review" if told.facts.get(f"{party}_appeal") == "draft" else "wait_review_evidence"
    codes = _BY_STAGE.get(told.stage)
    return codes[PARTIES.index(party)] if codes else ""


def _next_in_return(told: Told, party: str) -> str:
    if told.facts.get("return_address"):
        return "send_back" if party == "buyer" else "wait_return"
    return "wait_address" if party == "buyer" else "give_address"


def is_asked_for_evidence(told: Told, party: str) -> bool:
    """Whether this side is awaited in the evidence period, and has not said that it is done."""
    return told.facts.get("evidence_from") in (party, "both") and not told.facts.get(f"{party}_complete")
