"""A run that puts cases under other rules, while people act, deadlines pass and a second worker goes on beside it."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from contract.clock import database_now
from disputes.models import BulkResult, BulkRun, Case, CaseEvent
from disputes.selectors.bulk import CaseQuery
from disputes.services.auditing import first_difference
from disputes.services.bulk_running import work
from disputes.services.bulk_starting import start_run
from disputes.services.writer import Done
from rules.selectors import pack_and_number, policy_of, version_in_force
from rules.services import publish_version
from tests.disputes.test_races import doing, sweeping, together, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
PACK = "taobao.general"
ROUNDS = 5


@pytest.fixture(autouse=True)
def versions_of_this_database() -> None:
    """Each of these tests has a database of its own, whose versions bear the ids of those before."""
    policy_of.cache_clear()
    pack_and_number.cache_clear()


def longer() -> int:
    """A version in which the seller has seven days; its number."""
    document = copy.deepcopy(dict(version_in_force(PACK).policy.document))
    document["deadlines"]["seller_response"]["length"] = "7d"
    made = publish_version(PACK, source=json.dumps(document), document=document, effective_from=database_now())
    return made.number


def begun(number: int, root: Any, *cases: str) -> int:
    query = CaseQuery(platforms=(), numbers=cases)
    parameters = {"pack": PACK, "version": number}
    return start_run("migrate", query, parameters, reason="x", expected=len(cases), actor=root)


def all_done() -> Any:
    while work():
        pass


def events(number: str) -> list[str]:
    return list(CaseEvent.objects.filter(case__number=number).order_by("sequence").values_list("kind", flat=True))


def test_a_seller_who_acts_at_the_same_moment_wins_or_is_told_before_or_after(
    order_of: Any, file: Any, root: Any, lan: Any
) -> None:
    done = [file(order_of()) for _ in range(ROUNDS)]
    number = longer()
    for filed in done:
        run = begun(number, root, filed.number)
        _worked, refused = together(
            all_done, doing(filed.number, "seller", lan, "refuse", refusal="NOT_AGREED", statement="No.")
        )
        assert isinstance(refused, Done)
        all_done()
        assert BulkResult.objects.get(run_id=run).result == "done"
        assert sorted(events(filed.number)) == ["file", "migrated", "refuse"]
        assert first_difference(filed.number) is None


def test_a_case_that_closes_meanwhile_is_left_alone(order_of: Any, file: Any, root: Any, ming: Any) -> None:
    done = [file(order_of()) for _ in range(ROUNDS)]
    number = longer()
    for filed in done:
        run = begun(number, root, filed.number)
        _worked, closed = together(all_done, doing(filed.number, "buyer", ming, "withdraw", confirm=True))
        assert winners([closed]) == [0]
        all_done()
        result = BulkResult.objects.get(run_id=run)
        assert (result.result, result.code) in {("done", ""), ("refused", "not_in_this_stage")}
        assert ("migrated" in events(filed.number)) == (result.result == "done")
        assert first_difference(filed.number) is None


def test_a_deadline_that_passes_at_that_moment_passes_under_the_rules_it_was_promised_by(
    order_of: Any, file: Any, root: Any, travel: Any
) -> None:
    done = [file(order_of()) for _ in range(ROUNDS)]
    run = begun(longer(), root, *[filed.number for filed in done])
    travel(days=5, minutes=1)
    answers = together(all_done, sweeping)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    all_done()
    assert set(Case.objects.values_list("outcome", flat=True)) == {"refunded_by_silence"}
    assert set(BulkResult.objects.filter(run_id=run).values_list("result", flat=True)) == {"refused"}
    assert CaseEvent.objects.filter(kind="migrated").count() == 0


def test_two_workers_put_each_case_under_the_rules_once(order_of: Any, file: Any, root: Any) -> None:
    done = [file(order_of()) for _ in range(30)]
    due = {filed.number: filed.after.deadlines["seller_response"].due_at for filed in done}
    run = begun(longer(), root, *due)
    assert [answer for answer in together(all_done, all_done, sweeping) if isinstance(answer, Exception)] == []
    all_done()
    assert BulkRun.objects.get(pk=run).counts == {"done": 30}
    assert CaseEvent.objects.filter(kind="migrated").count() == 30
    for case in Case.objects.all():
        assert case.seller_due_at == due[case.number] + timedelta(days=2)
