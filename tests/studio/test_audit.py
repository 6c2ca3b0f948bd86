"""The audit trail: everything administrators did in one list, each reads their own platforms' part."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.action_models import AdministratorAction
from accounts.models import StaffRole
from accounts.services import appoint, dismiss, readmit_person, suspend_person
from contract.clock import database_now
from contract.paging import PageRequest
from disputes.models import Case, StuckCase
from disputes.selectors.histories import Chosen
from disputes.services.stalling import switch
from disputes.services.stopping import stop_automatic
from disputes.services.sweeping import retry_stuck
from rules.drafts import begin_draft
from rules.selectors import versions_of
from studio.audit.trail import SOURCES, Entry, Wanted, entries_for
from studio.audit.words import SOURCE_LABELS
from studio.lab.running import cancel, start_verification

pytestmark = pytest.mark.django_db
ALL = PageRequest(limit=200)


def read(user: Any, **wanted: Any) -> list[Entry]:
    return list(entries_for(user, Wanted(**wanted), ALL).data)


def kinds(entries: list[Entry]) -> list[str]:
    return [f"{entry.source}.{entry.kind}" for entry in entries]


@pytest.fixture
def busy(published: None, root: Any, ming: Any, travel: Any) -> None:
    """One thing of most sources, an hour apart."""
    begin_draft(versions_of("tmall")[0], title="Longer evidence", author_id=root.pk)
    travel(hours=1)
    stop_automatic("tmall", actor=root, reason="The feed is wrong.")
    travel(hours=1)
    switch("taobao", "orders", on=True, actor=root)
    travel(hours=1)
    cancel(start_verification(Chosen(platforms=("taobao",)), by_id=root.pk), by=root)
    travel(hours=1)
    suspend_person(ming.pk, by=root)


@pytest.fixture
def of_tmall(person: Any, published: None) -> Any:
    somebody = person("tao")
    appoint(somebody, StaffRole.Kind.ADMINISTRATOR, "tmall")
    return somebody


def test_everything_is_in_one_list_the_newest_first(busy: None, root: Any) -> None:
    found = kinds(read(root, since=database_now() - timedelta(hours=5), who="root"))
    assert found == [
        "others.person_suspended", "others.lab_cancelled", "lab.verification", "others.feed_on", "stop.stopped",
        "rules.begun",
    ]  # fmt: skip


def test_an_administrator_of_one_platform_reads_that_ones_part(busy: None, of_tmall: Any) -> None:
    assert {entry.platform for entry in read(of_tmall)} == {"tmall"}
    assert {"rules.begun", "stop.stopped"} <= {*kinds(read(of_tmall))}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"source": "stop"}, {"stop.stopped"}),
        ({"platform": "taobao"}, {"others.feed_on", "lab.verification", "others.lab_cancelled"}),
        ({"who": "ROOT", "source": "rules"}, set()),
        ({"who": "root", "source": "rules"}, {"rules.begun"}),
    ],
)
def test_filters_narrow_the_list(busy: None, root: Any, wanted: dict[str, str], expected: set[str]) -> None:
    assert {*kinds(read(root, **wanted))} == expected


def test_pages_show_every_entry_once(busy: None, root: Any) -> None:
    found: list[Entry] = []
    page = entries_for(root, Wanted(), PageRequest(limit=2))
    found.extend(page.data)
    while page.next:
        key = (found[-1].at, found[-1].source, found[-1].id)
        page = entries_for(root, Wanted(), PageRequest(limit=2, after=key))
        found.extend(page.data)
    assert found == read(root)


MANY = """
INSERT INTO accounts_administratoraction (kind, platform, subject, actor_id, at)
SELECT 'feed_on', 'taobao', 'orders', %s, gongduan_clock() - n * interval '1 second' FROM generate_series(1, 3000) AS n
"""


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(source="others"), Wanted(platform="taobao")])
def test_a_page_reads_no_more_of_a_source_than_it_shows(published: None, root: Any, wanted: Wanted) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MANY, [root.pk])
        cursor.execute("ANALYZE accounts_administratoraction")
    page = PageRequest(limit=50, after=(database_now() - timedelta(minutes=10), "others", 0))
    found, statements = explained(lambda: entries_for(root, wanted, page))
    assert len(found.data) == 50
    assert max(map(rows_read, statements)) <= 52  # one behind those of the same moment


def explained(read: Any) -> tuple[Any, list[Any]]:
    """What it gives, and how PostgreSQL went about the trail."""
    with CaptureQueriesContext(connection) as asked:
        found = read()
    with connection.cursor() as cursor:
        plans = []
        for query in asked.captured_queries:
            if "accounts_administratoraction" in query["sql"]:
                cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + query["sql"])
                plans.append(cursor.fetchone()[0][0]["Plan"])
    return found, plans


def rows_read(plan: Any) -> float:
    """Of the table of actions, those that were left out included."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    here = own if plan.get("Relation Name") == "accounts_administratoraction" else 0.0
    return max(here, *(rows_read(each) for each in plan.get("Plans", ())), 0)


def test_roles_are_told_when_they_change_and_only_then(root: Any, ming: Any) -> None:
    for _twice in range(2):
        appoint(ming, "lead", "tmall", by=root)
    for _twice in range(2):
        dismiss(ming, "lead", "tmall", by=root)
    told = [(entry.kind, entry.subject, entry.before, entry.after) for entry in read(root, platform="tmall")]
    assert told == [("role_taken", "ming", {"role": "lead"}, {}), ("role_given", "ming", {}, {"role": "lead"})]


def test_readmitting_somebody_who_was_not_suspended_is_nothing_done(root: Any, ming: Any) -> None:
    readmit_person(ming.pk, by=root)
    assert "others.person_readmitted" not in kinds(read(root))


def test_an_entry_cannot_be_changed_or_removed(root: Any, ming: Any) -> None:
    suspend_person(ming.pk, by=root)
    for statement in ("UPDATE accounts_administratoraction SET kind = 'x'", "DELETE FROM accounts_administratoraction"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AdministratorAction.objects.filter(kind="person_suspended", actor=root, person=ming).exists()


def test_every_source_has_a_name() -> None:
    assert {*SOURCE_LABELS} == {*SOURCES}


def test_the_page_shows_what_was_done_with_its_parts(studio: Client, busy: None) -> None:
    shown = studio.get("/studio/audit/?source=stop").content.decode()
    assert "Stopped automatic outcomes" in shown
    assert "The feed is wrong." in shown
    assert "Began a draft" not in shown


def test_a_wrong_filter_is_named_and_the_others_are_kept(studio: Client, busy: None) -> None:
    answer = studio.get("/studio/audit/", {"since": "2026-02-03", "until": "2026-02-01", "who": "root"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This day is before the first one." in shown
    assert 'value="2026-02-03"' in shown


def test_the_table_quotes_what_a_spreadsheet_would_compute(studio: Client, published: None, root: Any) -> None:
    stop_automatic("tmall", actor=root, reason="=1+1")
    text = studio.get("/studio/audit/audit.csv?source=stop").content.decode("utf-8-sig")
    (row,) = list(csv.DictReader(StringIO(text)))
    assert (row["kind"], row["subject"]) == ("stop.stopped", "tmall")
    assert row["after"] == "Reason: =1+1"


def test_the_interface_gives_the_same(busy: None, root: Any, client: Client) -> None:
    client.force_login(root)
    body = client.get("/api/v1/audit/", {"platform": "taobao", "limit": "1"}).json()
    assert [(entry["source"], entry["kind"]) for entry in body["data"]] == [("others", "lab_cancelled")]
    more = client.get("/api/v1/audit/", {"platform": "taobao", "after": body["next"]}).json()
    assert [entry["kind"] for entry in more["data"]] == ["verification", "feed_on"]


def test_having_stuck_cases_tried_again_is_told(root: Any, file: Any, order_of: Any, published: None) -> None:
    case = file(order_of())
    assert not retry_stuck(case.number, by=root)
    now = database_now()
    StuckCase.objects.create(
        case=Case.objects.get(number=case.number), reason="broken", first_at=now, last_at=now, retry_at=now
    )
    assert retry_stuck(case.number, by=root)
    assert [entry.subject for entry in read(root, source="others", who="root")] == [case.number]
