"""The example case of a pack goes the whole way, and ends when the pack says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from rules.calendar_loader import load_calendar
from rules.engine.types import Stage
from rules.example_case import example_case
from rules.loader import load_policy, pack_names

START = datetime(2026, 9, 25, 2, tzinfo=UTC)


@pytest.mark.parametrize("pack", pack_names())
def test_every_pack_has_an_example_that_is_decided(pack: str) -> None:
    legs = example_case(load_policy(pack), load_calendar("cn"), START)
    stages = [leg.stage for leg in legs]
    assert stages[:2] == [Stage.WAIT_SELLER, Stage.SELLER_REFUSED]
    assert stages[-2:] == [Stage.REVIEW, Stage.CLOSED]
    assert all(before.end == after.start for before, after in pairwise(legs))
    assert all(leg.due_at is not None and leg.end <= leg.due_at for leg in legs[:-1])


def test_what_is_promised_follows_the_numbers_of_the_pack() -> None:
    first, *_rest = example_case(load_policy("taobao.general"), load_calendar("cn"), START)
    assert (first.deadline, first.due_at) == ("seller_response", START + timedelta(days=5))
    assert first.event.startswith("seller refuse")
