"""What a load balancer hears."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config.celery import app
from contract import signs
from studio import queues
from tests.config.test_cache import listening


@pytest.fixture(autouse=True)
def no_memory_of_a_broker_that_was_away() -> None:
    queues.fuse.mend()


@pytest.mark.django_db
def test_readiness_tells_how_many_messages_wait(client: Client, redis_client: Any) -> None:
    redis_client.lpush("deadlines", "x", "y")
    answer = client.get("/readyz/")
    assert answer.status_code == 200
    assert answer.json()["queues"] == {"deadlines": 2, "default": 0, "evidence": 0, "mail": 0}


@pytest.mark.django_db
def test_a_broker_that_is_away_does_not_make_the_house_unready(client: Client, redis_client: Any) -> None:
    app.conf.broker_url = "redis+socket:///nowhere/valkey.sock"
    answer = client.get("/readyz/")
    assert (answer.status_code, answer.json()["queues"]) == (200, None)


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_broker_that_never_answers_costs_one_question_and_not_one_a_request(
    client: Client, redis_client: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("s") / "s"
    with listening(path):
        app.conf.broker_url = f"redis+socket://{path}"
        began = time.monotonic()
        answers = [client.get("/readyz/").json()["queues"] for _ in range(10)]
    assert answers == [None] * 10
    assert time.monotonic() - began < 10 * queues.PATIENCE["socket_timeout"]


@pytest.mark.django_db
def test_readiness_tells_when_each_program_signed_last_and_names_no_machine(client: Client, redis_client: Any) -> None:
    signs.Signer(instance="beat@secret-host").sign()
    answer = client.get("/readyz/")
    assert answer.json()["seconds_since_sign"].keys() == {"beat"}
    assert (answer.json()["mail_backlog"], answer.json()["oldest_mail_seconds"]) == (0, 0)
    assert "secret-host" not in answer.content.decode()


@pytest.mark.django_db
def test_readiness_tells_of_a_year_nobody_has_announced(client: Client, redis_client: Any, travel: Any) -> None:
    travel(to=datetime(2026, 6, 1, tzinfo=UTC))
    assert client.get("/readyz/").json()["calendar_warnings"] == []
    travel(to=datetime(2027, 1, 4, tzinfo=UTC))
    answer = client.get("/readyz/")
    told = {"country": "cn", "kind": "provisional", "year": 2027, "days_left": 0}
    assert (answer.status_code, answer.json()["calendar_warnings"]) == (200, [told])


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_house_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        connection.close()
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        answers = [client.get(path) for path in ("/readyz/", "/healthz/")]
    connection.close()
    assert [(answer.status_code, answer.json()) for answer in answers] == [(503, {"database": "unreachable"})] * 2
