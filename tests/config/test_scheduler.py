"""Beat rings when a deadline has come, and goes on whatever is away."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from config.celery import app
from config.scheduler import LONGEST_SLEEP, LOOK_AGAIN, DeadlineScheduler
from contract.clock import database_now
from disputes.models import Deadline
from tests.disputes.conftest import file, order_of, published, shop  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheduler(redis_client: Any) -> Iterator[DeadlineScheduler]:
    """Beat's scheduler with all chores done, so that only deadlines ring."""
    made = DeadlineScheduler(app=app)
    for chore in made.chores:
        chore.next_at = float("inf")
    yield made
    made.close()


@pytest.fixture
def due(order_of: Any, file: Any, travel: Any) -> Any:  # noqa: F811
    """A case whose first reminder comes now."""
    done = file(order_of())
    first = Deadline.objects.filter(case_id=done.case_id, status="pending").earliest("wakes_at")
    travel(to=first.wakes_at)
    return done


def messages(redis_client: Any, queue: str = "deadlines") -> list[dict[str, Any]]:
    return [json.loads(text) for text in redis_client.lrange(queue, 0, -1)]


def test_a_deadline_that_has_come_is_rung(scheduler: DeadlineScheduler, redis_client: Any, due: Any) -> None:
    assert scheduler.tick() <= LOOK_AGAIN
    (message,) = messages(redis_client)
    headers = message["headers"]
    assert headers["task"] == "disputes.tasks.sweep"
    assert (headers["argsrepr"], headers["kwargsrepr"], headers["eta"]) == ("()", "{}", None)
    assert headers["expires"] is not None


def test_one_deadline_is_not_rung_with_every_look(scheduler: DeadlineScheduler, redis_client: Any, due: Any) -> None:
    for _ in range(5):
        scheduler.tick()
    assert len(messages(redis_client)) == 1


def test_a_ring_that_came_to_nothing_is_repeated(scheduler: DeadlineScheduler, redis_client: Any, due: Any) -> None:
    scheduler.tick()
    scheduler.rung_at -= 1
    scheduler.tick()
    assert len(messages(redis_client)) == 2


def test_nothing_due_is_not_rung(scheduler: DeadlineScheduler, redis_client: Any, order_of: Any, file: Any) -> None:  # noqa: F811
    file(order_of())
    assert 0 < scheduler.tick() <= LONGEST_SLEEP
    assert messages(redis_client) == []


def test_beat_sleeps_until_the_next_deadline(
    scheduler: DeadlineScheduler, order_of: Any, file: Any, travel: Any  # noqa: F811
) -> None:
    done = file(order_of())
    first = Deadline.objects.filter(case_id=done.case_id, status="pending").earliest("wakes_at")
    travel(to=first.wakes_at - timedelta(milliseconds=300))
    assert scheduler.ring_deadlines(scheduler.rung_at) <= (first.wakes_at - database_now()).total_seconds() + 0.3


def test_every_chore_is_rung_and_exists(redis_client: Any) -> None:
    scheduler = DeadlineScheduler(app=app)
    scheduler.tick()
    scheduler.close()
    app.loader.import_default_modules()
    queues = {chore.queue for chore in scheduler.chores}
    rung = {message["headers"]["task"] for queue in queues for message in messages(redis_client, queue)}
    assert rung == {chore.task for chore in scheduler.chores}
    assert rung <= set(app.tasks)


def test_a_broker_that_is_away_stops_nothing(
    scheduler: DeadlineScheduler, redis_client: Any, due: Any, caplog: pytest.LogCaptureFixture
) -> None:
    before = app.conf.broker_url
    app.conf.broker_url = "redis+socket:///nowhere/valkey.sock"
    scheduler.hang_up()
    try:
        for _ in range(3):
            scheduler.silent_until = scheduler.rung_at = 0
            assert scheduler.tick() <= LONGEST_SLEEP
    finally:
        app.conf.broker_url = before
    assert [record.message.partition(",")[0] for record in caplog.records] == ["The broker is away"]
    scheduler.silent_until = scheduler.rung_at = 0
    scheduler.tick()
    assert caplog.records[-1].message == "The broker is back."
    assert len(messages(redis_client)) == 1


def test_a_flushed_broker_is_rung_again(scheduler: DeadlineScheduler, redis_client: Any, due: Any) -> None:
    scheduler.tick()
    redis_client.flushdb()  # the other databases belong to other test processes
    scheduler.rung_at -= 1
    scheduler.tick()
    assert len(messages(redis_client)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_stops_nothing(
    scheduler: DeadlineScheduler, due: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        connection.close()
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        assert [scheduler.tick() <= LONGEST_SLEEP for _ in range(3)] == [True] * 3
    connection.close()
    scheduler.tick()
    told = [record.message.partition(",")[0] for record in caplog.records]
    assert told == ["The database is away", "The database is back."]
