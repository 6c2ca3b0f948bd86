"""Cases over the interface: filing, reading, acting, repeating, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from disputes.models import Case, CaseEvent

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]


def filing(order: Any, **changes: Any) -> dict[str, Any]:
    lines = [{"line": line.pk, "quantity": line.quantity} for line in order.lines.all()]
    return {
        "order": order.pk, "lines": lines, "reason": "DAMAGED", "remedy": "refund_only", "amount": "128.00",
        "description": "The handle is broken.", **changes,
    }  # fmt: skip


def test_a_buyer_files_and_gets_the_case(api: Api, ming: Any, order_of: Any) -> None:
    answer = api(ming).post("/api/v1/cases/", filing(order_of()))
    assert answer.status_code == 201, answer.content
    case = answer.json()
    assert answer.headers["ETag"] == f'"{case["version"]}"'
    assert answer.headers["Location"] == f"/api/v1/cases/{case['number']}/"
    assert (case["stage"], case["waiting_on"], case["viewer"]) == ("WAIT_SELLER", "seller", "buyer")
    assert case["refund"]["requested"] == {"amount": "128.00", "currency": "CNY"}
    assert case["on_timeout"]["code"] == "refunded_by_silence"
    assert case["on_timeout"]["sentence"].startswith("If the seller does nothing by then")
    assert case["deadlines"][0]["rule"]["id"] == "T2"
    assert case["messages"][0]["text"] == "The handle is broken."
    assert answer.headers["RateLimit-Limit"] == "600"


def test_filing_twice_under_one_key_files_once(api: Api, ming: Any, order_of: Any) -> None:
    order = order_of()
    first = api(ming).post("/api/v1/cases/", filing(order), headers={"Idempotency-Key": "one"})
    again = api(ming).post("/api/v1/cases/", filing(order), headers={"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Case.objects.count() == 1
    other = api(ming).post("/api/v1/cases/", filing(order, amount="1.00"), headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_what_cannot_be_filed_is_named_field_by_field(api: Api, ming: Any, order_of: Any) -> None:
    answer = api(ming).post("/api/v1/cases/", filing(order_of(), amount="500.00"))
    problem = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [("/amount", "over_maximum")]
    wrong = api(ming).post("/api/v1/cases/", {"order": "x"})
    assert wrong.status_code == 422
    assert "/lines" in [error["pointer"] for error in wrong.json()["errors"]]


def test_a_seller_declines_and_the_answer_is_repeated_under_its_key(
    api: Api, lan: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    address, body = f"/api/v1/cases/{number}/actions/refuse/", {"refusal": "AS_DESCRIBED", "statement": "As described."}
    first = api(lan).post(address, body, headers={"Idempotency-Key": "decline"})
    again = api(lan).post(address, body, headers={"Idempotency-Key": "decline"})
    assert (first.status_code, first.json()["stage"]) == (200, "SELLER_REFUSED")
    assert again.json() == first.json()
    assert CaseEvent.objects.filter(kind="refuse").count() == 1


def test_what_is_no_longer_allowed_is_409_even_when_the_version_is_stale(
    api: Api, ming: Any, lan: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    address = f"/api/v1/cases/{number}/actions"
    api(ming).post(f"{address}/withdraw/", {})
    answer = api(lan).post(f"{address}/accept/", {}, headers={"If-Match": '"1"'})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["stage"]) == (409, "not_in_this_stage", "CLOSED")
    assert "accept" not in problem["available_actions"]


def test_what_was_decided_on_an_older_case_is_412_with_the_differences(
    api: Api, ming: Any, lan: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    address = f"/api/v1/cases/{number}/actions"
    changed = api(ming).post(f"{address}/edit_request/", {"amount": "100.00"})
    assert changed.status_code == 200
    stale = api(lan).post(f"{address}/accept/", {"version": 1})
    assert stale.status_code == 412
    assert [item["kind"] for item in stale.json()["differences"]] == ["edit_request"]
    api(ming).post(f"{address}/message/", {"text": "Hello?"})
    fresh = api(lan).post(f"{address}/accept/", {}, headers={"If-Match": changed.headers["ETag"]})
    assert fresh.status_code == 200, fresh.content
    assert fresh.json()["outcome"] == "refunded_by_agreement"


def test_a_version_that_is_none_is_refused(api: Api, lan: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    answer = api(lan).post(f"/api/v1/cases/{number}/actions/accept/", {}, headers={"If-Match": "yesterday"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_version")


def test_intervention_can_be_asked_for_as_soon_as_it_is_allowed(
    api: Api, ming: Any, lan: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    address = f"/api/v1/cases/{number}/actions"
    refused = api(ming).post(f"{address}/request_intervention/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "current_version_answered")
    queued = api(ming).post(f"{address}/request_intervention/?when_allowed=1", {})
    assert [item["action"] for item in queued.json()["queued"]] == ["request_intervention"]
    assert api(lan).get(f"/api/v1/cases/{number}/").json()["queued"] == []
    declined = api(lan).post(f"{address}/refuse/", {"refusal": "OTHER", "statement": "No."})
    assert declined.json()["stage"] == "EVIDENCE"


def test_an_action_the_pack_does_not_know_is_refused_and_an_unknown_one_not_found(
    api: Api, zhou: Any, ming: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    answer = api(zhou).post(f"/api/v1/cases/{number}/actions/admit/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_offered")
    assert "note" in answer.json()["available_actions"]
    assert api(ming).post(f"/api/v1/cases/{number}/actions/adopt/", {}).status_code == 404
    assert api(ming).post(f"/api/v1/cases/{number}/actions/file/", {}).status_code == 404


def test_after_the_due_time_the_case_shows_what_will_be_recorded(
    api: Api, ming: Any, lan: Any, order_of: Any, file: Any, travel: Any
) -> None:
    number = file(order_of()).number
    travel(days=6)
    case = api(ming).get(f"/api/v1/cases/{number}/").json()
    assert (case["settled_in_memory"], case["stage"], case["outcome"]) == (True, "CLOSED", "refunded_by_silence")
    late = api(lan).post(f"/api/v1/cases/{number}/actions/refuse/", {"refusal": "OTHER", "statement": "Too late?"})
    assert (late.status_code, late.json()["code"]) == (409, "not_in_this_stage")


def test_cases_are_listed_by_role_with_filters_and_pages(
    api: Api, ming: Any, lan: Any, zhou: Any, eve: Any, order_of: Any, file: Any
) -> None:
    numbers = [file(order_of()).number for _ in range(3)]
    mine = api(ming).get("/api/v1/cases/").json()
    assert [row["number"] for row in mine["data"]] == numbers[::-1]
    assert mine["next"] is None
    page = api(lan).get("/api/v1/cases/", {"order": "due_at", "limit": 2}).json()
    rest = api(lan).get("/api/v1/cases/", {"order": "due_at", "limit": 2, "after": page["next"]}).json()
    assert [row["number"] for row in (*page["data"], *rest["data"])] == numbers
    assert page["data"][0]["at_stake"] == {"amount": "128.00", "currency": "CNY"}
    assert len(api(zhou).get("/api/v1/cases/", {"stage": "WAIT_SELLER", "platform": "taobao"}).json()["data"]) == 3
    assert api(zhou).get("/api/v1/cases/", {"stage": "REVIEW"}).json()["data"] == []
    assert api(eve).get("/api/v1/cases/").json()["data"] == []
    found = api(lan).get("/api/v1/cases/", {"q": numbers[1]}).json()["data"]
    assert [row["number"] for row in found] == [numbers[1]]
    assert api(lan).get("/api/v1/cases/", {"after": "nonsense"}).status_code == 400
    assert api(lan).get("/api/v1/cases/", {"role": "king"}).status_code == 400


def test_strangers_learn_nothing(api: Api, eve: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    answer = api(eve).get(f"/api/v1/cases/{number}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json() == api(eve).get("/api/v1/cases/TB-nothing/").json()
    assert APIClient().get(f"/api/v1/cases/{number}/").status_code == 401


def test_the_language_changes_words_and_never_codes(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    english = api(ming).get(f"/api/v1/cases/{number}/").json()
    chinese = api(ming, "zh-CN").get(f"/api/v1/cases/{number}/").json()
    assert english["reason"] == chinese["reason"] == "DAMAGED"
    assert english["labels"]["reason"]["label"] == "Arrived damaged"
    assert chinese["labels"]["reason"]["label"] == "收到商品破损"


def test_events_come_in_pages_without_what_is_internal(
    api: Api, ming: Any, zhou: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    api(zhou).post(f"/api/v1/cases/{number}/actions/note/", {"text": "Check the photo."})
    api(ming).post(f"/api/v1/cases/{number}/actions/message/", {"text": "Hello"})
    mine = api(ming).get(f"/api/v1/cases/{number}/events/").json()
    staff = api(zhou).get(f"/api/v1/cases/{number}/events/", {"limit": 2}).json()
    assert [event["kind"] for event in mine["data"]] == ["file", "message"]
    assert [event["kind"] for event in staff["data"]] == ["file", "note"]
    assert staff["next"]
    assert mine["data"][0]["facts"]["data"]["amount"] == "128.00"


def test_the_marketplace_answers_a_payout(api: Api, lan: Any, root: Any, ming: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    api(lan).post(f"/api/v1/cases/{number}/actions/accept/", {})
    address = f"/api/v1/cases/{number}/payout/"
    assert api(ming).post(address, {"status": "succeeded"}).status_code == 403
    answer = api(root).post(address, {"status": "succeeded", "reference": "P-1"}, headers={"Idempotency-Key": "p"})
    assert (answer.status_code, answer.json()["payouts"][0]["status"]) == (200, "succeeded")
    assert api(root).post(address, {"status": "failed", "reason": "late"}).status_code == 409
    assert api(root).post(address, {"status": "failed"}).status_code == 422
