"""The journal in parts, as docs/operations.md describes it: everything goes on as before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from contract.database import application_role, prepare
from disputes.models import Case, CaseEvent
from disputes.services import auditing, rooting
from disputes.services.sweeping import sweep_until_done
from notifications.services.relay import relay_until_done
from run.places import CHECKOUT

pytestmark = pytest.mark.django_db


@pytest.fixture
def part() -> Callable[[], None]:
    """Part the journal of this test's database; undone with the test."""
    script = (CHECKOUT / "deploy" / "postgres" / "partition-journal.sql").read_text()

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(script)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    return run


def test_cases_from_before_and_after_live_on_in_the_parts(
    part: Callable[[], None], order_of: Any, file: Any, does: Any, lan: Any, travel: Any
) -> None:
    numbers = [file(order_of()).number for _ in range(8)]
    before = list(CaseEvent.objects.order_by("case_id", "sequence").values_list("id", "case_id", "sequence", "digest"))
    root = rooting.root_of(Case.objects.latest("recorded_at").recorded_at)
    part()
    assert (
        list(CaseEvent.objects.order_by("case_id", "sequence").values_list("id", "case_id", "sequence", "digest"))
        == before
    )
    assert rooting.root_of(Case.objects.latest("recorded_at").recorded_at) == root
    numbers.append(file(order_of()).number)
    travel(days=6)
    assert sweep_until_done(sweeper="test").moved == 9
    assert relay_until_done().events == CaseEvent.objects.count()
    assert [auditing.first_difference(number) for number in numbers] == [None] * 9
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT tableoid) FROM disputes_caseevent")
        assert cursor.fetchone()[0] > 1
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE disputes_caseevent SET kind = 'x'", "DELETE FROM disputes_caseevent",
     "UPDATE disputes_case SET version = version + 1"],
)  # fmt: skip
def test_the_parts_refuse_what_the_whole_refused(
    part: Callable[[], None], order_of: Any, file: Any, statement: str
) -> None:
    file(order_of())
    part()
    with pytest.raises(IntegrityError), transaction.atomic():
        run_and_check(statement)


def run_and_check(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_every_part_is_guarded_and_every_name_is_that_of_the_migrations(part: Callable[[], None]) -> None:
    names = constraints()
    part()
    assert constraints() == {name for name in names if not name.endswith("_pkey")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgname = 'refuse_change'"
            " AND tgrelid::regclass::text LIKE 'disputes_caseevent%'"
        )
        assert cursor.fetchall() == [("A",)], "ALWAYS, in each part"


def test_the_application_may_change_no_part(part: Callable[[], None]) -> None:
    part()
    prepare(application_role())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), bool_and(has_table_privilege(%(role)s, oid, 'SELECT, INSERT')),"
            " bool_or(has_table_privilege(%(role)s, oid, 'UPDATE, DELETE, TRUNCATE'))"
            " FROM pg_class WHERE relname ~ '^disputes_caseevent(_[0-9]+)?$'",
            {"role": application_role()},
        )
        assert cursor.fetchone() == (33, True, False)


def constraints() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'disputes_caseevent'::regclass")
        return {name for (name,) in cursor.fetchall()}
