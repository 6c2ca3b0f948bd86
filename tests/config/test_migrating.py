"""Migrations beside a house that is open."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import OperationalError, connection, transaction

from config import migrating, prepare

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def another_connection_afterwards() -> Iterator[None]:
    yield
    connection.close()


@contextmanager
def somebody_holds(table: str) -> Iterator[psycopg2.extensions.connection]:
    other = psycopg2.connect(**connection.get_connection_params())
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        yield other
    finally:
        other.close()


def changed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON TABLE disputes_feed IS NULL")
        cursor.execute("LOCK TABLE disputes_feed IN ACCESS EXCLUSIVE MODE")


def in_a_transaction() -> None:
    with transaction.atomic():
        changed()


def test_a_lock_that_is_not_to_be_had_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "LONGEST_WAIT", 0.1)
    tries = []
    with somebody_holds("disputes_feed") as other:

        def do() -> None:
            tries.append(len(tries))
            if len(tries) == 3:
                other.rollback()
            in_a_transaction()

        migrating.giving_way(do, tries=5, pause=0)
    assert tries == [0, 1, 2]


def test_whoever_gives_way_too_often_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "LONGEST_WAIT", 0.1)
    with somebody_holds("disputes_feed"), pytest.raises(OperationalError, match="lock timeout"):
        migrating.giving_way(in_a_transaction, tries=2, pause=0)


def test_another_fault_is_told_at_once() -> None:
    tries = []

    def do() -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        migrating.giving_way(do, tries=5, pause=0)
    connection.close()
    assert tries == [1]


def test_an_index_left_unfinished_is_removed_before_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "LONGEST_WAIT", 0.1)

    def build() -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX CONCURRENTLY left_over ON disputes_feed (kind)")

    with somebody_holds("disputes_feed") as other:

        def do() -> None:
            if other.closed:
                build()
                return
            try:
                build()
            finally:
                other.close()

        migrating.giving_way(do, tries=3, pause=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'left_over'::regclass")
        assert cursor.fetchone() == (True,)
        cursor.execute("DROP INDEX left_over")


def test_who_is_chosen_to_end_a_deadlock_tries_again() -> None:
    tries = []

    def do() -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE 'found' USING ERRCODE = 'deadlock_detected'; END $$")

    migrating.giving_way(do, tries=2, pause=0)
    assert tries == [0, 1]


def test_what_an_earlier_run_left_unfinished_is_removed_first() -> None:
    with somebody_holds("disputes_feed"), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(OperationalError):
            cursor.execute("CREATE INDEX CONCURRENTLY left_over ON disputes_feed (kind)")
        cursor.execute("SELECT to_regclass('left_over') IS NULL")
        assert cursor.fetchone() == (False,)
    migrating.giving_way(lambda: None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('left_over') IS NULL")
        assert cursor.fetchone() == (True,)


def test_a_step_of_the_preparation_that_does_not_exist_is_named() -> None:
    with pytest.raises(SystemExit, match="no step publsh"):
        prepare.main(["publsh"])
