"""What a load balancer hears."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config.celery import app


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


@pytest.mark.django_db(transaction=True)
def test_without_a_database_the_house_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        connection.close()
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        answers = [client.get(path) for path in ("/readyz/", "/healthz/")]
    connection.close()
    assert [(answer.status_code, answer.json()) for answer in answers] == [(503, {"database": "unreachable"})] * 2
