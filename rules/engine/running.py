"""Taking the first branch that holds, and closing a draft into a step."""

from __future__ import annotations

from rules.engine.draft import Draft
from rules.engine.errors import EngineError
from rules.engine.events import Step
from rules.engine.policy import Branch
from rules.engine.reconciling import reconcile
from rules.engine.types import Stage

DEEPEST_ROUTE = 8


def run_branches(draft: Draft, branches: tuple[Branch, ...], depth: int = 0) -> bool:
    """Run the first branch whose condition holds, following named routes. False when none holds.

    Raises EngineError when routes lead in a circle.
    """
    if depth > DEEPEST_ROUTE:
        raise EngineError("routes lead in a circle")
    for branch in branches:
        if branch.when(draft):
            _run(draft, branch, depth)
            return True
    return False


def _run(draft: Draft, branch: Branch, depth: int) -> None:
    for effect in branch.effects:
        effect(draft)
    if branch.outcome is not None:
        draft.outcome = branch.outcome
    if branch.to is not None:
        draft.enter(branch.to)
    elif branch.to_fact is not None and branch.to_fact in draft.facts:
        draft.enter(Stage(draft.facts[branch.to_fact]))
    if branch.route is not None:
        run_branches(draft, draft.policy.routes[branch.route], depth + 1)


def finish(draft: Draft, *, material: bool) -> Step:
    """Mark what entering a stage marks, bring the deadlines in line, and freeze the step."""
    if draft.stage is not draft.before.stage:
        _entered(draft)
    reconcile(draft)
    return draft.step(material=material)


def _entered(draft: Draft) -> None:
    draft.mark("stage_entered", draft.event.at)
    if draft.stage is Stage.CLOSED:
        draft.mark("closed", draft.event.at)
        if "first_closed" not in draft.anchors:
            draft.mark("first_closed", draft.event.at)
        if draft.before.queued:
            draft.queued = ()
        draft.set("held", None)
        draft.set("frozen_while_held", None)
        draft.set("feeds_stalled", None)
    rule = draft.policy.stages.get(draft.stage)
    for effect in rule.enter if rule else ():
        effect(draft)
