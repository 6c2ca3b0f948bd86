"""What no client should send is refused by name, and nothing unexpected is told in detail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
PROBLEM = "application/problem+json"


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("character", ["\x00", chr(0xD800), chr(0xDFFF)])
@pytest.mark.parametrize(
    ("action", "field"),
    [("message", "text"), ("refuse", "statement"), ("refuse", "refusal"), ("set_return_address", "address")],
)
def test_text_that_cannot_be_kept_is_refused_by_name(
    api: Api, lan: Any, order_of: Any, file: Any, character: str, action: str, field: str
) -> None:
    address = f"/api/v1/cases/{file(order_of()).number}/actions/{action}/"
    body = json.dumps({field: f"a{character}b"})
    answer = api(lan).post(address, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"], pointers(answer)) == (400, "unstorable_text", [f"/{field}"])
    nested = json.dumps({"lines": [{"clause": character}], character: 1})
    assert pointers(api(lan).post(address, nested, content_type="application/json")) == ["/lines/0/clause", ""]


def test_text_that_cannot_be_kept_is_refused_in_filings_forms_and_evidence(
    api: Api, ming: Any, order_of: Any, file: Any
) -> None:
    order = order_of()
    filed = api(ming).post("/api/v1/cases/", {"order": order.pk, "description": "a\x00b"})
    assert (filed.status_code, pointers(filed)) == (400, ["/description"])
    address = f"/api/v1/cases/{file(order).number}"
    form = api(ming).post(f"{address}/exhibits/", {"description": "a\x00b"}, format="multipart")
    assert (form.status_code, pointers(form)) == (400, ["/description/0"])
    encoded = api(ming).post(
        f"{address}/actions/message/", "text=a%00b", content_type="application/x-www-form-urlencoded"
    )
    assert encoded.status_code in (400, 415)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("cases/?q=%00", "/q/0"), ("cases/?stage=%00", "/stage/0"), ("orders/?status=%00", "/status/0"),
        ("cases/a%00b/", "/number"), ("cases/a%00b/events/", "/number"), ("packs/a%00b/policy/", "/pack"),
    ],
)  # fmt: skip
def test_an_address_with_such_a_character_is_refused_by_name(api: Api, ming: Any, address: str, field: str) -> None:
    answer = api(ming).get(f"/api/v1/{address}")
    assert (answer.status_code, answer.headers["Content-Type"], pointers(answer)) == (400, PROBLEM, [field])


@pytest.mark.parametrize("depth", [80, 900, 20_000, 100_000])
def test_deep_nesting_is_refused(api: Api, lan: Any, order_of: Any, file: Any, depth: int) -> None:
    body = "[" * depth + "]" * depth
    login = APIClient().post("/api/v1/auth/token/", body, content_type="application/json")
    assert (login.status_code, login.json()["code"]) == (400, "too_deep")
    address = f"/api/v1/cases/{file(order_of()).number}/actions/refuse/"
    acted = api(lan).post(address, f'{{"statement": {body}}}', content_type="application/json")
    assert (acted.status_code, acted.json()["code"]) == (400, "too_deep")


def test_what_is_no_json_is_refused_in_the_readers_language(api: Api, ming: Any) -> None:
    answer = api(ming, "zh-CN").post("/api/v1/cases/", "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
        400,
        "not_json",
        "这不是有效的 JSON。",
    )


@pytest.mark.parametrize("address", ["", "nope/", "cases/X/nope/", "auth/", "queue/claim/nope/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_address_is_answered_by_a_problem_document(api: Api, ming: Any, address: str, method: str) -> None:
    answer = getattr(api(ming), method)(f"/api/v1/{address}")
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (404, PROBLEM, "not_found")


def test_an_unexpected_error_is_answered_without_detail(api: Api, ming: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr("disputes.api.platforms.platforms", fail)
    client = api(ming)
    client.raise_request_exception = False
    answer = client.get("/api/v1/platforms/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, PROBLEM)
    assert answer.json()["code"] == "server_error"
    assert b"1234" not in answer.content


def test_a_session_without_its_token_against_forgery_is_told_so_as_a_problem(ming: Any) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ming)
    answer = client.post("/api/v1/cases/", {})
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, PROBLEM)


@pytest.mark.parametrize("address", ["/api/schema/", "/api/v1/auth/token/", "/api/v1/nope/", "/api/v1/cases/"])
def test_every_answer_says_how_often_one_may_ask(address: str) -> None:
    first, second = (int(APIClient().get(address).headers["RateLimit-Remaining"]) for _ in range(2))
    assert second == first - 1
