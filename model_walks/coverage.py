"""Which stages and edges a pack declares, and which of them walks have met."""

from __future__ import annotations

from collections.abc import Iterable

from rules.engine.policy import Policy
from rules.engine.types import DeadlineKind, Stage

Edge = tuple[str, str]
"""A stage, and what may happen in it: an action, a fact or a deadline."""


def declared(policy: Policy) -> tuple[set[str], set[Edge]]:
    """Every stage and edge of the pack. Notices move nothing, and order clocks are no clocks of a case."""
    edges = {(str(stage), rule.name) for rule in policy.actions.values() for stage in rule.stages}
    edges |= {
        (str(stage), rule.name)
        for rule in policy.deadlines.values()
        for stage in rule.stages
        if not rule.order_clock and rule.kind is not DeadlineKind.NOTICE
    }
    stages = {str(stage) for stage in policy.stages if stage is not Stage.NEW}
    return stages, {edge for edge in edges if edge[0] in stages or edge == ("NEW", "file")}


def met(edges: Iterable[tuple[str, str, str]]) -> tuple[set[str], set[Edge]]:
    triples = list(edges)
    return {after for _, _, after in triples}, {(before, word) for before, word, _ in triples}


def report(policy: Policy, edges: Iterable[tuple[str, str, str]]) -> str:
    stages, wanted = declared(policy)
    seen_stages, seen = met(edges)
    missing = sorted(stages - seen_stages) + [f"{stage} {word}" for stage, word in sorted(wanted - seen)]
    line = f"{len(stages & seen_stages)} of {len(stages)} stages, {len(wanted & seen)} of {len(wanted)} edges"
    return line + (f"; not met: {', '.join(missing)}" if missing else "")
