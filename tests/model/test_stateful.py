"""The same comparison driven by Hypothesis, which shortens a failing story by itself.

`GONGDUAN_STATEFUL_EXAMPLES` says how many stories of at most fifty steps; the long form is 25,000.
"""

from __future__ import annotations

import os
from functools import cache
from random import Random
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from model.terms import PLATFORMS
from model_walks.comparing import Ground, Pair
from model_walks.known import known
from model_walks.steps import Drawer, draw_start
from model_walks.walking import PERSONS
from rules.calendar_loader import load_calendar
from rules.loader import load_policy

EXAMPLES = int(os.environ.get("GONGDUAN_STATEFUL_EXAMPLES", "30"))
STEPS = 50
CHANCE = st.integers(min_value=0, max_value=2**32)


@cache
def ground_of(pack: str) -> Ground:
    return Ground(pack, load_policy(pack), load_calendar("cn"))


class EngineAndModel(RuleBasedStateMachine):
    """One case; every rule lets something happen to it and looks whether the two still agree."""

    pair: Pair | None = None

    @initialize(pack=st.sampled_from(list(PLATFORMS)), chance=CHANCE)
    def file(self, pack: str, chance: int) -> None:
        self.ground = ground_of(pack)
        random = Random(chance)
        start = draw_start(random, pack, self.ground.policy)
        pair = Pair(start, self.ground)
        self._agreed(pair.file(start))
        self.pair = pair if pair.case.stage != "NEW" else None

    @rule(chance=CHANCE)
    def something_happens(self, chance: int) -> None:
        if self.pair is not None:
            step = Drawer(Random(chance), self.ground.choices).step(self.pair.snapshot, self.pair.now)
            self._agreed(self.pair.take(step))

    @rule(who=st.sampled_from(list(PERSONS)))
    def somebody_asks_what_may_be_done(self, who: str) -> None:
        if self.pair is not None:
            self._agreed(list(self.pair.permissions(who, PERSONS[who])))

    def _agreed(self, found: list[Any]) -> None:
        assert not [str(item) for item in found if not known(item)]
        if self.pair is not None and (found or self.pair.case.lost):
            self.pair = None


def test_no_story_of_hypothesis_parts_the_engine_from_the_model() -> None:
    run_state_machine_as_test(
        EngineAndModel,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
