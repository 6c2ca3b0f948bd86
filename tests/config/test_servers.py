"""The servers that the tests, and `make run`, start for themselves."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client


@pytest.mark.django_db
def test_the_database_is_postgresql_18_and_belongs_to_the_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, current_user")
        assert cursor.fetchone() == (18, "gongduan_owner")


@pytest.mark.django_db
def test_the_page_of_health_answers_without_a_login(client: Client) -> None:
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})


def test_redis_answers(redis_client: Any) -> None:
    redis_client.set("word", "heard")
    assert redis_client.get("word") == b"heard"


@pytest.mark.django_db(transaction=True)
class TestATransactionalTest:
    """Leaves nothing, not even in tables that refuse TRUNCATE."""

    def test_may_write(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE left_over ()")

    @pytest.fixture(autouse=True)
    def finds_nothing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('left_over')")
            assert cursor.fetchone() == (None,)

    test_may_write_again = test_may_write
