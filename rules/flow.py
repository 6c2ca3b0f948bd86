"""How a case can move from stage to stage under a policy: what a drawing of the pack shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rules.engine.policy import Branch, Policy
from rules.engine.types import Party, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One way from a stage to another."""

    source: Stage
    target: Stage
    timers: tuple[str, ...]
    """Deadlines that lead there when they pass."""
    actions: tuple[str, ...]
    """What somebody does to get there."""

    @property
    def by_itself(self) -> bool:
        """Whether only passing time leads there."""
        return not self.actions


def moves_of(policy: Policy) -> tuple[Move, ...]:
    """Every way a policy knows, in the order of the stages; staying where one is does not count."""
    found: dict[tuple[Stage, Stage], tuple[list[str], list[str]]] = {}
    for source, target, name, timer in _ways(policy):
        if source is not target and {source, target} <= set(policy.stages):
            timers, actions = found.setdefault((source, target), ([], []))
            kept = timers if timer else actions
            kept.extend([] if name in kept else [name])
    order = list(Stage)
    pairs = sorted(found, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    return tuple(
        Move(source=pair[0], target=pair[1], timers=tuple(found[pair][0]), actions=tuple(found[pair][1]))
        for pair in pairs
    )


def _ways(policy: Policy) -> Iterator[tuple[Stage, Stage, str, bool]]:
    for deadline in policy.deadlines.values():
        for stage in deadline.stages:
            for target in _targets(policy, deadline.lapse, stage, frozenset()):
                yield stage, target, deadline.name, True
    for action in policy.actions.values():
        if action.by == {Party.MARKETPLACE} or len(action.stages) == len(Stage):
            continue
        for stage in action.stages:
            for target in _targets(policy, action.branches, stage, frozenset()):
                yield stage, target, action.name, False


def _targets(policy: Policy, branches: tuple[Branch, ...], stage: Stage, seen: frozenset[str]) -> Iterator[Stage]:
    """Where branches can lead from a stage; one that names other stages in its condition cannot be taken."""
    for branch in branches:
        if not _possible(branch, stage):
            continue
        if branch.to is not None:
            yield branch.to
        if branch.route is not None and branch.route not in seen:
            yield from _targets(policy, policy.routes[branch.route], stage, seen | {branch.route})
        if "when" not in branch.source or set(branch.source["when"]) == {"stage"}:
            return


def _possible(branch: Branch, stage: Stage) -> bool:
    named = (branch.source.get("when") or {}).get("stage")
    return named is None or stage in (named if isinstance(named, list) else [named])
