"""Engine and independent model agree on random walks: the slice of `make walks` that every test run takes."""

import pytest

from model.terms import PLATFORMS
from model_walks import coverage
from model_walks.comparing import Ground
from model_walks.walking import walk
from rules.calendar_loader import load_calendar
from rules.loader import load_policy

STEPS = 50_000
"""For each of the six packs."""


@pytest.mark.parametrize("half", [1, 2])
@pytest.mark.parametrize("pack", list(PLATFORMS))
def test_the_engine_and_the_model_agree_on_every_step(pack: str, half: int) -> None:
    ground = Ground(pack, load_policy(pack), load_calendar("cn"))
    tally = walk(20261122 + half, STEPS // 2, ground)
    assert not tally.failed, "\n".join(str(failure) for failure in tally.failures)
    stages, _ = coverage.declared(ground.policy)
    assert stages <= coverage.met(tally.edges)[0]
