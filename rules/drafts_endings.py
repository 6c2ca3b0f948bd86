"""The ways a deadline of a party may end by itself, and where each of them makes sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Branch = Mapping[str, Any]
Effects = tuple[Mapping[str, Any], ...]

SETTLING = frozenset({"refund", "agree"})
"""Effects that belong to how it ends; whatever else a branch does stays."""
WHERE = ("to", "to_fact", "outcome", "route")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What happens when the time runs out: money and agreement, and where the case goes."""

    effects: Effects = ()
    to: str | None = None
    outcome: str | None = None
    route: str | None = None


ENDINGS: Mapping[str, Ending] = {
    "refund_requested": Ending(effects=({"refund": "requested"},), to="CLOSED", outcome="refunded_by_silence"),
    "request_agreed": Ending(effects=({"agree": "request"},), route="settle"),
    "refund_after_return": Ending(effects=({"refund": "agreed"},), to="CLOSED", outcome="refunded_after_return"),
    "closed_without_refund": Ending(to="CLOSED", outcome="expired"),
    "replacement_accepted": Ending(to="CLOSED", outcome="exchanged"),
    "closed_without_evidence": Ending(to="CLOSED", outcome="cancelled"),
    "evidence_over": Ending(route="evidence_over"),
    "platform_decides": Ending(to="REVIEW"),
}
POSSIBLE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("WAIT_SELLER", "seller"): ("refund_requested", "request_agreed", "platform_decides"),
    ("SELLER_REFUSED", "buyer"): ("closed_without_refund", "platform_decides"),
    ("WAIT_SELLER_RECEIPT", "seller"): ("refund_after_return", "platform_decides"),
    ("WAIT_BUYER_CHECK", "buyer"): ("replacement_accepted", "platform_decides"),
    ("EVIDENCE", "both"): ("closed_without_evidence", "evidence_over"),
}
"""By stage and the party whose silence it is: nobody gains by their own silence what was never asked or agreed."""
ONLY_ON_CONDITION = frozenset({"EVIDENCE"})
"""Stages whose last branch is the way of everybody; only a branch of its own condition may end otherwise."""


def ending_of(branch: Branch) -> str:
    """The code of the way a branch ends; empty for one of another kind."""
    settled = _settling(branch)
    told = {word: branch[word] for word in WHERE if word in branch}
    for code, ending in ENDINGS.items():
        if settled == list(ending.effects) and told == _where(ending):
            return code
    return ""


def possible_endings(entry: Mapping[str, Any], branch: Branch, document: Mapping[str, Any]) -> tuple[str, ...]:
    """The ways a branch of a deadline may end; none for a branch that is no choice.

    Only those are named that the pack has the stages and routes for.
    """
    stages = [str(stage) for stage in entry.get("in") or ()]
    tables = [POSSIBLE.get((stage, str(entry.get("party"))), ()) for stage in stages]
    if not tables or (set(stages) & ONLY_ON_CONDITION and "when" not in branch):
        return ()
    found = tuple(code for code in tables[0] if all(code in table for table in tables) and _known(code, document))
    return found if len(found) > 1 and ending_of(branch) in found else ()


def with_ending(branch: Branch, code: str) -> dict[str, Any]:
    """The branch ending another way; its condition and its other effects stay."""
    ending = ENDINGS[code]
    effects = [effect for effect in branch.get("effects") or () if not set(effect) & SETTLING]
    changed = {word: value for word, value in branch.items() if word not in (*WHERE, "effects")}
    return {**changed, **({"effects": [*effects, *ending.effects]} if effects or ending.effects else {}),
            **_where(ending)}  # fmt: skip


def _settling(branch: Branch) -> list[Mapping[str, Any]]:
    return [effect for effect in branch.get("effects") or () if set(effect) & SETTLING]


def _where(ending: Ending) -> dict[str, str]:
    told = {"to": ending.to, "outcome": ending.outcome, "route": ending.route}
    return {word: value for word, value in told.items() if value is not None}


def _known(code: str, document: Mapping[str, Any]) -> bool:
    ending = ENDINGS[code]
    stages, routes = document.get("stages") or {}, document.get("routes") or {}
    return (ending.to is None or ending.to in stages) and (ending.route is None or ending.route in routes)
