"""Which ways a case can take, read off the policy alone."""

from __future__ import annotations

import pytest

from rules.engine.types import Stage
from rules.flow import moves_of
from rules.loader import load_policy, pack_names


@pytest.mark.parametrize("pack", pack_names())
def test_every_stage_a_pack_speaks_of_can_be_left_and_reached(pack: str) -> None:
    policy, moves = load_policy(pack), moves_of(load_policy(pack))
    sources, targets = {move.source for move in moves}, {move.target for move in moves}
    assert {rule_stage for rule in policy.deadlines.values() for rule_stage in rule.stages} <= sources | {Stage.CLOSED}
    assert targets <= set(policy.stages)
    assert all(move.source is not move.target and (move.timers or move.actions) for move in moves)


def test_only_time_leads_from_the_sellers_followup_by_itself() -> None:
    ways = {(move.source, move.target): move for move in moves_of(load_policy("taobao.general"))}
    assert ways[Stage.SELLER_FOLLOWUP, Stage.REVIEW].timers == ("seller_followup",)
    assert ways[Stage.WAIT_BUYER_CHECK, Stage.REVIEW].by_itself
    assert ways[Stage.WAIT_SELLER, Stage.SELLER_REFUSED].actions == ("refuse", "propose")
