"""Many cases at once by the interface: looked at, confirmed, followed, stopped; and the figures of all clocks."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest

from accounts.models import StaffRole
from contract.clock import database_now
from disputes.models import BulkRun, Case, StuckCase
from disputes.services.bulk_running import work
from disputes.services.sweeping import sweep_until_done
from rules.selectors import version_in_force
from rules.services import publish_version
from tests.disputes.api.conftest import api

__all__ = ["api"]
pytestmark = pytest.mark.django_db
RUNS = "/api/v1/bulk-runs/"
PREVIEW = f"{RUNS}preview/"
HOLD = {"kind": "hold", "parameters": {"held_for": "technical"}}


def new(count: int, **more: Any) -> dict[str, Any]:
    return {**HOLD, "reason": "An outage.", "expected_count": count, **more}


@pytest.fixture
def client(api: Any, root: Any, published: None) -> Any:
    return api(root)


def test_a_set_is_looked_at_held_and_read_case_by_case(client: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    seen = client.post(PREVIEW, {**HOLD, "query": {"stage": "WAIT_SELLER"}}).json()
    assert (seen["count"], seen["platforms"][0]["code"], seen["money"]) == (
        1, "taobao", [{"amount": "128.00", "currency": "CNY"}],
    )  # fmt: skip
    (case,) = seen["sample"]
    assert (case["number"], case["result"]) == (number, "done")
    assert {moved["code"]: moved["after_runs"] for moved in case["moved"]}["seller_response"] is False
    made = client.post(RUNS, new(1, query={"stage": "WAIT_SELLER"}))
    assert (made.status_code, made.json()["state"], made.json()["total"]) == (201, "queued", 1)
    one = f"{RUNS}{made.json()['id']}/"
    work()
    told = client.get(one).json()
    assert (told["state"], told["percent"], told["results"][0]["count"]) == ("finished", 100, 1)
    assert told["query"]["stage"] == "WAIT_SELLER"
    (result,) = client.get(f"{one}results/?result=done").json()["data"]
    assert (result["number"], result["sequence"]) == (number, 2)
    assert client.get(f"{one}results/?result=waiting").json()["data"] == []
    assert client.get(f"{one}results/?result=odd").status_code == 400
    assert [row["id"] for row in client.get(RUNS).json()["data"]] == [told["id"]]


def test_the_same_key_starts_one_run(client: Any, order_of: Any, file: Any) -> None:
    file(order_of())
    answers = [client.post(RUNS, new(1), headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert BulkRun.objects.count() == 1


def test_another_number_of_cases_than_was_seen_is_told_with_the_number(client: Any, order_of: Any, file: Any) -> None:
    file(order_of())
    answer = client.post(RUNS, new(7))
    assert (answer.status_code, answer.json()["code"]) == (412, "set_changed")
    assert (answer.json()["count"], answer.json()["seen"]) == (1, 7)


def test_a_run_is_cancelled_once(client: Any, order_of: Any, file: Any) -> None:
    file(order_of())
    one = f"{RUNS}{client.post(RUNS, new(1)).json()['id']}/"
    assert client.post(f"{one}cancel/").json()["state"] == "cancelled"
    again = client.post(f"{one}cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "run_over")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"query": {"platform": "ebay"}}, "/query/platform"), ({"query": {"version": 1}}, "/query/version"),
        ({"query": {"pack": "taobao.general", "version": 99}}, "/query/version"), ({"kind": "burn"}, "/kind"),
        ({"query": {"cases": ["TB-NONE"]}}, "/query/cases"), ({"query": {"colour": "red"}}, "/query/colour"),
        ({"query": {"due_after": "2026-11-25T00:00:00Z", "due_before": "2026-11-24T00:00:00Z"}}, "/query/due_before"),
        ({"parameters": {"held_for": "whim"}}, "/parameters/held_for"), ({"expected_count": -1}, "/expected_count"),
        ({"reason": ""}, "/reason"), ({"reason": "x" * 501}, "/reason"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_pointed_at(client: Any, body: dict[str, Any], pointer: str) -> None:
    answer = client.post(RUNS, {**new(1), **body})
    assert answer.status_code == 422, answer.json()
    assert [problem["pointer"] for problem in answer.json()["errors"]] == [pointer]


def test_only_administrators_come_in_and_only_to_their_platforms(
    api: Any, client: Any, person: Any, zhou: Any, order_of: Any, file: Any
) -> None:
    file(order_of())
    run = client.post(RUNS, new(1)).json()["id"]
    for address in (RUNS, f"{RUNS}{run}/", f"{RUNS}{run}/results/", "/api/v1/timers/", "/api/v1/timers/stuck/"):
        assert api(zhou).get(address).status_code == 403, address
    for address in (PREVIEW, RUNS, f"{RUNS}{run}/cancel/", "/api/v1/timers/stuck/retry/"):
        body = {PREVIEW: HOLD, RUNS: new(1)}.get(address, {})
        assert api(zhou).post(address, body).status_code == 403, address
    mo = person("mo")
    StaffRole.objects.create(user=mo, kind="administrator", platform="aliexpress")
    assert api(mo).get(f"{RUNS}{run}/").status_code == 404
    assert api(mo).post(f"{RUNS}{run}/cancel/").status_code == 404
    assert api(mo).get(RUNS).json()["data"] == []
    assert api(mo).post(PREVIEW, HOLD).json()["count"] == 0
    assert api(mo).get("/api/v1/timers/").status_code == 200


def test_the_figures_of_all_clocks_say_when_what_falls_due(client: Any, order_of: Any, file: Any, travel: Any) -> None:
    number = file(order_of()).number
    case = Case.objects.get(number=number)
    travel(days=4, hours=23, minutes=30)
    sweep_until_done(sweeper="worker 1")
    told = client.get("/api/v1/timers/").json()
    assert (told["due_in_hour"], told["overdue_cases"], told["overdue"]) == (1, 0, [])
    (piece,) = (bucket for bucket in told["next_hour"] if bucket["count"])
    assert piece["by_kind"] == {"auto": 1, "window": 0, "gate": 0, "target": 0}
    due = case.due_at
    assert datetime.fromisoformat(piece["since"]) <= due < datetime.fromisoformat(piece["until"])
    assert sum(bucket["count"] for bucket in told["next_day"]) == told["due_in_day"]
    assert told["sweepers"][0]["name"] == "worker 1"
    travel(hours=1)
    late = client.get("/api/v1/timers/").json()
    assert (late["overdue_cases"], [row["number"] for row in late["overdue"]]) == (1, [number])


def test_stuck_cases_are_tried_again_one_or_all(client: Any, order_of: Any, file: Any) -> None:
    numbers = [file(order_of()).number for _ in range(3)]
    for case in Case.objects.all():
        StuckCase.objects.create(
            case=case, reason="KeyError: x", detail="in decide", first_at=case.opened_at, last_at=case.opened_at,
            retry_at=case.opened_at,
        )  # fmt: skip
    assert [row["number"] for row in client.get("/api/v1/timers/stuck/").json()["data"]] == numbers
    retry = "/api/v1/timers/stuck/retry/"
    assert client.post(retry, {"cases": numbers[:1]}).json() == {"retried": 1}
    assert client.post(retry, {}).json() == {"retried": 3}
    assert client.post(retry, {"cases": []}).json() == {"retried": 0}
    assert client.post(retry, {"cases": ["TB-NONE"]}).json()["errors"][0]["pointer"] == "/cases"


def test_running_cases_are_put_under_a_version_and_a_loss_is_confirmed_for_one(
    client: Any, order_of: Any, file: Any
) -> None:
    numbers = [file(order_of()).number for _ in range(2)]
    shorter = {"kind": "migrate", "parameters": {"pack": "taobao.general", "version": with_length("3d")}}
    seen = client.post(PREVIEW, shorter).json()
    assert (seen["count"], {case["code"] for case in seen["sample"]}) == (2, {"needs_confirmation"})
    (moved,) = seen["sample"][0]["moved"]
    assert (moved["code"], moved["worse"]) == ("seller_response", True)
    assert client.post(RUNS, {**shorter, "reason": "x", "expected_count": 2}).status_code == 201
    loss = {"case": numbers[0], "case_version": seen["sample"][0]["version"], "shorten": ["seller_response"]}
    one = {**shorter, "query": {"cases": numbers[:1]}, "parameters": {**shorter["parameters"], **loss}}
    assert client.post(RUNS, {**one, "reason": "Both agreed.", "expected_count": 1}).status_code == 201
    while work():
        pass
    told = [client.get(f"{RUNS}{row['id']}/").json()["results"] for row in client.get(RUNS).json()["data"]]
    assert [[(each["result"], each["count"]) for each in results] for results in told] == [
        [("done", 1)], [("refused", 2)],
    ]  # fmt: skip
    assert client.post(PREVIEW, shorter).json()["count"] == 1
    (last,) = client.get(f"/api/v1/cases/{numbers[0]}/events/?limit=100").json()["data"][-1:]
    assert (last["kind"], last["facts"]["data"]["to"]["number"]) == ("migrated", shorter["parameters"]["version"])
    assert [item["deadline"] for item in last["facts"]["emits"]] == ["seller_response"]


def with_length(length: str) -> int:
    """Another version of the pack, with another time for the seller."""
    document = copy.deepcopy(dict(version_in_force("taobao.general").policy.document))
    document["deadlines"]["seller_response"]["length"] = length
    return publish_version("taobao.general", source="", document=document, effective_from=database_now()).number
