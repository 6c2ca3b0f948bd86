"""A slice of the trial of wrong clocks: one edge, in one process, each run undone before the next."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from trials.calendar_story import EDGES, Record
from trials.clocks import BY_NAME, Disturbance, lived, run, shifted

WRONG = ("application three days ahead", "database an hour back in between", "database an hour back when people act")


def undone(disturbance: Disturbance) -> Record:
    """The record of one run, of which nothing stays."""
    edge = "end of summer time"
    with shifted(disturbance.ahead), transaction.atomic():
        record = json.loads(json.dumps(lived(disturbance, {edge: EDGES[edge]})))
        transaction.set_rollback(True)
    return list(record)


@pytest.mark.django_db
def test_a_wrong_clock_changes_no_outcome_and_no_time() -> None:
    assert run(undone, tuple(BY_NAME[name] for name in WRONG)).failed == []
