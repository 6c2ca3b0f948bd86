"""Questions about a case that need more than comparing a fact with values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from rules.engine.draft import Draft
from rules.engine.types import Stage

Predicate = Callable[[Draft], bool]


def _current_version_answered(draft: Draft) -> bool:
    return bool(draft.facts.get("answered_version", 0) == draft.facts.get("request_version", 0))


def _remedy_of_reason(draft: Draft) -> bool:
    """Whether the remedy asked for is among those the reason allows. Without a remedy there is nothing to object to.

    After a rejected replacement the case goes on as a refund, also for a reason that offered none (decision 10.1.9).
    """
    data = draft.event.data
    remedy = data.get("remedy", draft.facts.get("remedy"))
    reason = draft.policy.reasons.get(data.get("reason", draft.facts.get("reason", "")))
    if reason is None:
        return False
    goes_on = bool(draft.facts.get("replacement_rejected")) and reason.group != "own_choice"
    return remedy is None or remedy in reason.remedies or (goes_on and remedy == "refund_only")


def _reason_open_here(draft: Draft) -> bool:
    """Whether the reason may be given now. One that was given in time stays good for later edits."""
    if draft.before.stage is not Stage.NEW and draft.event.data.get("reason") in (
        None,
        draft.before.facts.get("reason"),
    ):
        return True
    reason = draft.policy.reasons.get(draft.event.data.get("reason", draft.facts.get("reason", "")))
    return reason is not None and reason.when(draft)


def _granted_in_full(draft: Draft) -> bool:
    """Whether this party got all it asked for in the ruling in force."""
    return str(draft.event.party) not in draft.facts.get("not_granted", ())


def _appeal_open(draft: Draft) -> bool:
    return bool(draft.facts.get("buyer_appeal") or draft.facts.get("seller_appeal"))


def _approval_pending(draft: Draft) -> bool:
    return bool(draft.facts.get("approval_needed"))


def _event_changes_request(draft: Draft) -> bool:
    """Whether the edit touches reason, remedy or amount, not only text or evidence."""
    data = draft.event.data
    return any(name in data and data[name] != draft.facts.get(name) for name in ("reason", "remedy", "amount"))


def _appellant_acts(draft: Draft) -> bool:
    """Whether the acting party is one whose appeal is open."""
    return bool(draft.facts.get(f"{draft.event.party}_appeal"))


def _own_evidence_complete(draft: Draft) -> bool:
    return bool(draft.facts.get(f"{draft.event.party}_complete"))


def _counts_against_seller(draft: Draft) -> bool:
    """Whether the ruling in force counts in the dispute rate: a counted reason, at least half the liability.

    The reason is the one it was ruled on, whatever the request became in a second review.
    """
    reason = draft.policy.reasons.get(str(draft.facts.get("ruled_reason") or draft.facts.get("reason", "")))
    share = draft.facts.get("seller_share", 0)
    return reason is not None and reason.counts and share >= draft.policy.number("liability_share_counts")


def _withdrawn_with_this_reason(draft: Draft) -> bool:
    """Whether an earlier case of the same goods was withdrawn after an intervention, for the reason given now."""
    return draft.event.data.get("reason") in (draft.facts.get("withdrawn_reasons") or ())


PREDICATE_TESTS: Final[Mapping[str, Predicate]] = {
    "withdrawn_with_this_reason": _withdrawn_with_this_reason,
    "current_version_answered": _current_version_answered,
    "remedy_of_reason": _remedy_of_reason,
    "reason_open_here": _reason_open_here,
    "granted_in_full": _granted_in_full,
    "appeal_open": _appeal_open,
    "approval_pending": _approval_pending,
    "event_changes_request": _event_changes_request,
    "appellant_acts": _appellant_acts,
    "own_evidence_complete": _own_evidence_complete,
    "counts_against_seller": _counts_against_seller,
}
