"""What holds at every address: methods, media types, slashes, languages, cursors, limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from contract.clock import database_now

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
CASES = "/api/v1/cases/"
PROBLEM = "application/problem+json"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(
    ("method", "address", "headers", "status", "code"),
    [
        ("put", CASES, {}, 405, "method_not_allowed"),
        ("get", CASES, {"Accept": "text/html"}, 406, "not_acceptable"),
        ("post", CASES, {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        ("post", CASES, {"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
        ("get", "/api/v1/cases", {}, 404, "not_found"),
        ("post", "/api/v1/cases", {}, 404, "not_found"),
        ("get", "/api/v2/cases/", {}, 404, "not_found"),
        ("get", f"{CASES}?limit=0", {}, 400, "bad_limit"),
        ("get", f"{CASES}?limit=201", {}, 400, "bad_limit"),
    ],
)
def test_what_is_not_offered_is_told_alike_in_both_languages(
    api: Api, ming: Any, language: str, method: str, address: str, headers: dict[str, str], status: int, code: str
) -> None:
    kind = headers.get("Content-Type", "application/json")
    sent = {} if method == "get" else {"data": "{}", "content_type": kind}
    accept = {"Accept": headers["Accept"]} if "Accept" in headers else {}
    answer = getattr(api(ming, language), method)(address, headers=accept, **sent)
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (status, PROBLEM, code)
    assert answer.headers["Content-Language"] == ("en" if language == "en" else "zh-hans")
    assert any(letter >= "\u4e00" for letter in answer.json()["title"]) == (language == "zh-CN")
    assert "RateLimit-Remaining" in answer.headers


def test_head_and_options_are_answered(api: Api, ming: Any) -> None:
    head, options = api(ming).head(CASES), api(ming).options(CASES)
    assert (head.status_code, head.content) == (200, b"")
    assert (options.status_code, options.headers["Allow"]) == (200, "GET, POST, HEAD, OPTIONS")


def test_a_cursor_of_one_order_is_refused_in_another(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    for _ in range(3):
        file(order_of())
    after = api(ming).get(CASES, {"limit": 1, "order": "due_at"}).json()["next"]
    assert api(ming).get(CASES, {"limit": 1, "order": "my_due_at", "after": after}).status_code == 200
    changed = api(ming).get(CASES, {"limit": 1, "after": after})
    assert (changed.status_code, changed.json()["errors"][0]["pointer"]) == (400, "/after")


def test_what_ends_before_a_moment_comes_in_the_order_in_which_it_ends(
    api: Api, lan: Any, order_of: Any, file: Any, travel: Any
) -> None:
    first = file(order_of()).number
    travel(hours=1)
    second = file(order_of()).number
    asked = {"role": "seller", "due_before": (database_now() + timedelta(days=30)).isoformat()}
    assert numbers_of(api(lan).get(CASES, {"role": "seller"})) == [second, first]
    assert numbers_of(api(lan).get(CASES, asked)) == [first, second]
    begun = api(lan).get(CASES, {**asked, "limit": 1}).json()
    assert numbers_of(api(lan).get(CASES, {**asked, "limit": 1, "after": begun["next"]})) == [second]


def numbers_of(answer: Any) -> list[str]:
    return [row["number"] for row in answer.json()["data"]]


@pytest.mark.parametrize("order", ["", "due_at"])
def test_pages_show_every_case_once_also_where_times_are_equal_or_missing(
    api: Api, ming: Any, lan: Any, order_of: Any, file: Any, order: str
) -> None:
    numbers = [file(order_of()).number for _ in range(5)]
    for number in numbers[:2]:
        refused = {"refusal": "OTHER", "statement": "No."}
        assert api(lan).post(f"{CASES}{number}/actions/refuse/", refused).status_code == 200
    seen, after = [], ""
    while after is not None:
        page = api(ming).get(CASES, {"limit": 2, "order": order, "after": after}).json()
        seen += [row["number"] for row in page["data"]]
        after = page["next"]
    assert sorted(seen) == sorted(numbers)


def test_every_set_of_times_names_the_platforms_zone(api: Api, ming: Any, order_of: Any, file: Any) -> None:
    order = order_of()
    number = file(order).number
    api(ming).post(f"{CASES}{number}/exhibits/", {"description": "A torn box."})
    for address in (f"{CASES}{number}/", f"/api/v1/orders/{order.pk}/", f"/api/v1/orders/{order.pk}/eligibility/"):
        assert api(ming).get(address).json()["time_zone"] == "Asia/Shanghai", address
    for address in (CASES, "/api/v1/orders/", f"{CASES}{number}/events/", f"{CASES}{number}/exhibits/"):
        rows = api(ming).get(address).json()["data"]
        assert {row["time_zone"] for row in rows} == {"Asia/Shanghai"}, address


def test_a_filing_given_again_names_its_place_and_version(api: Api, ming: Any, order_of: Any) -> None:
    order = order_of()
    body = {
        "order": order.pk, "lines": [{"line": order.lines.get().pk, "quantity": 1}], "reason": "DAMAGED",
        "remedy": "refund_only", "amount": "1.00",
    }  # fmt: skip
    first, second = (api(ming).post(CASES, body, headers={"Idempotency-Key": "a"}) for _ in range(2))
    for name in ("ETag", "Location"):
        assert first.headers[name] == second.headers[name]
