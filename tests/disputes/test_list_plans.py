"""Lists read as much as they show: no table from end to end, and no more buffers than a page needs, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.crowd import Crowd
from bench.lists import Outcome, explained, lists_of, measure_list
from contract.paging import PageRequest
from disputes.models import Case
from disputes.selectors.access import case_for
from disputes.selectors.lists import cases_of_platforms
from disputes.services.acting import perform
from disputes.services.loading import CLAIM
from disputes.services.sweeping import NEXT_WAKE

pytestmark = pytest.mark.django_db

COPIES = 6_000
COPY = """
INSERT INTO disputes_case (id, number, arbitrator_id, {shifted}, {same})
SELECT 1000000 + n, 'TB-' || n, CASE WHEN c.stage = 'REVIEW' AND n %% 3 = 0 THEN %(arbitrator)s END, {moved}, {kept}
FROM generate_series(1, %(count)s) AS n
    JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS turn, count(*) OVER () AS turns FROM disputes_case) c
    ON c.turn = n %% c.turns
"""
WORDS = """
INSERT INTO disputes_casesearch (case_id, edition, words)
SELECT c.id, s.edition, s.words || array_to_tsvector(ARRAY['copy', 'copy' || c.id])
FROM disputes_case c CROSS JOIN (SELECT * FROM disputes_casesearch ORDER BY case_id LIMIT 1) s
WHERE c.id > 1000000
"""
MOMENTS = ("buyer_due_at", "seller_due_at", "platform_due_at", "due_at", "wake_at")


@pytest.fixture
def crowd(ming: Any, lan: Any, zhou: Any, shop: Any, order_of: Any, file: Any) -> Iterator[Crowd]:
    """Some thousand cases of one buyer and one shop, at seven points of their life."""
    numbers = [file(order_of(), remedy="return_and_refund").number for _each in range(7)]
    for number in numbers[1:5]:
        perform(case_for(lan, number), "refuse", {"refusal": "AS_DESCRIBED", "statement": "As described."})
    for number in numbers[2:5]:
        perform(case_for(ming, number), "request_intervention", {})
    for number, somebody in ((numbers[3], ming), (numbers[3], lan), (numbers[4], ming)):
        perform(case_for(somebody, number), "complete_evidence", {})
    perform(case_for(lan, numbers[5]), "accept", {"address": "1 Wenyi Road, Hangzhou"})
    perform(case_for(ming, numbers[6]), "withdraw", {})
    _multiply(zhou.pk)
    yield Crowd(buyer=ming, seller=lan, agent=lan, arbitrator=zhou)
    Case.objects.filter(number__regex="^TB-[0-9]+$").delete()


def _multiply(arbitrator: int) -> None:
    own = {"id", "number", "arbitrator_id", *MOMENTS}
    same = [field.column for field in Case._meta.local_fields if field.column not in own]
    names = {
        "shifted": ", ".join(MOMENTS), "same": ", ".join(same), "kept": ", ".join(f"c.{name}" for name in same),
        "moved": ", ".join(f"c.{name} + n * interval '1 second'" for name in MOMENTS),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE disputes_case DROP CONSTRAINT disputes_case_version_is_in_the_journal")
        cursor.execute(COPY.format(**names), {"arbitrator": arbitrator, "count": COPIES})
        cursor.execute(WORDS)
        cursor.execute("ANALYZE disputes_case, disputes_casesearch")


def test_no_list_reads_more_than_it_shows_however_deep(crowd: Crowd, capsys: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")  # a part of some hundred rows may well be sorted
    # Among so few cases a walk by number past six others is as good as an index; a million are measured by the bench.
    outcome = Outcome(most=400)
    for asked in lists_of(crowd):
        measure_list(asked, 600, outcome)
    assert outcome.wrong == [], capsys.readouterr().out


def test_an_idle_sweep_looks_at_the_index_of_wake_times_alone(crowd: Crowd) -> None:
    with connection.cursor() as cursor:
        for statement, values in ((CLAIM, {"grace": timedelta(), "limit": 500}), (NEXT_WAKE, {})):
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF) {statement}", values)
            plan = "\n".join(line for (line,) in cursor.fetchall() if "never executed" not in line)
            assert "using disputes_wake" in plan
            assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("query", "rows", "most"), [("copy1000007", 1, 60), ("glazed copy1000007", 1, 300), ("nowhere glazed", 0, 300)]
)
def test_a_rare_word_is_found_by_the_words_and_not_by_walking_the_list(
    crowd: Crowd, query: str, rows: int, most: int
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a few thousand cases are soon read
    page, statements = explained(lambda: cases_of_platforms(crowd.arbitrator, query=query, page=PageRequest()))
    finding = [statement for statement in statements if statement.finds_cases or "casesearch" in statement.text]
    assert len(page.data) == rows
    assert not [statement.scans for statement in finding if statement.scans]
    assert sum(statement.buffers for statement in finding) <= most


PAGES = [
    ("ming", "/cases/", 10), ("ming", "/cases/?tab=mine", 10), ("ming", "/cases/?q=mug", 11),
    ("lan", "/shop/cases/", 14), ("lan", "/shop/cases/?tab=waiting", 14), ("lan", "/shop/cases/?q=mug", 15),
    ("zhou", "/bench/", 11), ("zhou", "/bench/?tab=mine", 11), ("zhou", "/bench/?q=mug", 15), ("ming", "/orders/", 10),
    ("lan", "/shop/orders/", 11), ("ming", "/api/v1/cases/?role=buyer", 9), ("lan", "/api/v1/cases/?role=seller", 10),
    ("zhou", "/api/v1/cases/?role=platform", 13), ("zhou", "/api/v1/cases/?role=platform&q=mug", 14),
    ("lan", "/api/v1/cases/?role=seller&order=due_at", 11), ("zhou", "/api/v1/queue/?tab=all", 11),
]  # fmt: skip
"""Every statement of a page counts: session, person, roles, counts, the bell."""


@pytest.mark.parametrize(("who", "path", "count"), PAGES)
def test_a_list_asks_the_same_few_questions_however_long_it_is(
    request: pytest.FixtureRequest, order_of: Any, file: Callable[..., Any], lan: Any, who: str, path: str, count: int
) -> None:
    for number in [file(order_of()).number for _each in range(3)]:
        perform(case_for(lan, number), "refuse", {"refusal": "AS_DESCRIBED", "statement": "As described."})
        file(order_of())
    client = Client()
    client.force_login(request.getfixturevalue(who))
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        response: Any = client.get(path)
    assert response.status_code == 200
    assert len(asked) == count, "\n".join(query["sql"][:160] for query in asked)
