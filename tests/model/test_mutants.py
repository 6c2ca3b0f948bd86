"""A small sample of the planted mutants of each pack; `make mutants` plants them all."""

import pytest

from model.terms import PLATFORMS
from model_walks.comparing import Ground
from model_walks.mutants import caught, compiled, mutants
from rules.calendar_loader import load_calendar
from rules.loader import load_policy

SAMPLE = {
    "taobao.general": "seller_response: length 5d -> 6d",
    "taobao.virtual": "intervention_gate: length 3d -> 4d",
    "tmall": "preliminary_admission: length 48h -> 47h",
    "xianyu.general": "opinion: length target 3wd -> 3d",
    "xianyu.virtual": "buyer_after_refusal: length 3d -> 2d",
    "aliexpress": "platform_steps_in: end exclusive",
}
STEPS = 20_000


@pytest.mark.parametrize("pack", list(PLATFORMS))
def test_a_changed_number_is_noticed(pack: str) -> None:
    document = load_policy(pack).document
    mutant = next(item for item in mutants(document) if item.name == SAMPLE[pack])
    policy = compiled(mutant.of(document))
    assert policy is not None
    assert caught(Ground(pack, policy, load_calendar("cn")), STEPS, seed=7)
