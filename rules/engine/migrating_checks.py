"""Whether a running case can go on under other rules at all: everything it holds must mean something there too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rules.engine.checking import check_queued
from rules.engine.draft import Draft
from rules.engine.policy import Policy
from rules.engine.standing import awaited, stands_still
from rules.engine.types import DeadlineKind, DeadlineStatus, Party, QueuedAction, Stage

_REMEDIES = ("remedy", "agreed_remedy", "ruled_remedy")
_OFFERS = ("buyer_offer", "seller_offer", "platform_offer")
_STAGES = ("return_stage",)


def unmovable(old: Draft, draft: Draft) -> str:
    """The code of what keeps a case where it is; empty when nothing does."""
    if draft.event.party is not Party.PLATFORM:
        return "not_your_action"
    if _is_over(draft):
        return "not_in_this_stage"
    before, after = old.policy, draft.policy
    same = ("pack", "platform", "goods", "currency")
    if any(getattr(before, name) != getattr(after, name) for name in same):
        return "another_pack"
    if draft.calendar.name != after.calendar:
        return "other_calendar"
    return next(_unknown(old, draft), "")


def _is_over(draft: Draft) -> bool:
    """A case that was not filed, or that is closed with nothing running any more."""
    if draft.stage is Stage.CLOSED:
        return all(state.status is DeadlineStatus.PASSED for state in draft.deadlines.values())
    return draft.stage is Stage.NEW


def _unknown(old: Draft, draft: Draft) -> Iterator[str]:
    """What the case holds and the old rules know, but the new ones do not."""
    before, after, facts = old.policy, draft.policy, draft.facts
    stages = {draft.stage, *(Stage(facts[name]) for name in _STAGES if facts.get(name))}
    if any(stage in before.stages and stage not in after.stages for stage in stages):
        yield "stage_unknown"
    reason = str(facts.get("reason") or "")
    if reason in before.reasons and reason not in after.reasons:
        yield "reason_unknown"
    if any(remedy in before.remedies and remedy not in after.remedies for remedy in _remedies(draft)):
        yield "remedy_unknown"
    if reason in before.reasons and not _slots(before, reason) <= _slots(after):
        yield "slot_unknown"
    rejected = str(facts.get("reject_reason") or "")
    if rejected in before.rejections and rejected not in after.rejections:
        yield "rejection_unknown"
    if any(_can_wait(old, queued) and not _can_wait(draft, queued) for queued in draft.before.queued):
        yield "queued_unknown"


def _remedies(draft: Draft) -> Iterator[str]:
    for name in _REMEDIES:
        yield str(draft.facts.get(name) or "")
    for name in _OFFERS:
        yield str((draft.facts.get(name) or {}).get("remedy") or "")


def _slots(policy: Policy, *reasons: str) -> frozenset[str]:
    """The items of evidence that these reasons ask for; of all reasons when none is named."""
    asked = (policy.reasons[code].slots for code in reasons or policy.reasons)
    return frozenset(slot for slots in asked for names in slots.values() for slot in names)


def _can_wait(draft: Draft, queued: QueuedAction) -> bool:
    """Whether an action that was asked for in advance may wait, in the form in which it was asked for."""
    rule = draft.policy.actions.get(queued.action)
    if rule is None or not rule.queueable or queued.party not in rule.by:
        return False
    asking = replace(draft.event, party=queued.party, actor=queued.actor)
    asked = Draft(draft.policy, draft.calendar, draft.before, asking, draft.now)
    return check_queued(asked, rule, queued.data) is None


def ends_by_itself(draft: Draft) -> bool:
    """Whether the stage ends by itself where a party is awaited, or staff are alerted where the platform is."""
    if stands_still(draft.before):
        return True
    party = awaited(draft.policy, draft.calendar, draft.before)
    wanted = {"none": (), "platform": (DeadlineKind.AUTO, DeadlineKind.TARGET)}.get(party, (DeadlineKind.AUTO,))
    running = (s for s in draft.deadlines.values() if s.status is not DeadlineStatus.PASSED)
    return not wanted or any(draft.policy.deadlines[state.name].kind in wanted for state in running)
