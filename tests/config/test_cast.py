"""What every other test leans on: the cast, and the clock that can be moved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from contract.clock import database_now
from tests.conftest import Travel


def test_time_passes_only_when_told(travel: Travel) -> None:
    began = database_now()
    assert timedelta(days=5) <= travel(days=5) - began < timedelta(days=5, minutes=1)
    arrived = travel(to=datetime(2027, 2, 17, 8, tzinfo=UTC))
    assert arrived - datetime(2027, 2, 17, 8, tzinfo=UTC) < timedelta(minutes=1)


@pytest.mark.django_db
def test_a_test_finds_the_true_time_after_another_has_travelled() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (true,) = cursor.fetchone()
    assert abs(database_now() - true) < timedelta(minutes=1)


def test_the_cast_is_what_it_says(ming: Any, zhou: Any, root: Any, eve: Any) -> None:
    assert {role.kind for role in zhou.staff_roles.all()} == {"arbitrator", "lead"}
    assert root.is_superuser
    assert not eve.staff_roles.exists()
    assert ming.check_password("gongduan-demo")


@pytest.mark.django_db
def test_the_application_may_read_what_the_owner_made() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE gongduan_app")
        cursor.execute("SELECT count(*) FROM accounts_user")
        assert cursor.fetchone() == (0,)
