"""What is not allowed is said before what is wrong with the fields; fields have one type each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from contract.clock import database_now
from disputes.api.action_fields import FIELDS_OF
from disputes.api.cases import CASE_ACTIONS
from disputes.models import Message
from rules.loader import load_policy

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
PACKS = ("aliexpress", "taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual")


@pytest.fixture
def act(api: Api, file: Any, order_of: Any) -> Callable[..., Any]:
    """Do something in one case; each further call is about the same case."""
    number = file(order_of()).number

    def run(person: Any, action: str, body: Any, **headers: Any) -> Any:
        return api(person).post(f"/api/v1/cases/{number}/actions/{action}/", body, format="json", headers=headers)

    return run


def told(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("action", "body", "problem"),
    [
        ("message", {"text": ["a"]}, ("/text", "not_a_text")),
        ("message", {"text": {"a": 1}}, ("/text", "not_a_text")),
        ("message", {"text": 5}, ("/text", "not_a_text")),
        ("refuse", {"refusal": "OTHER", "statement": ["x"]}, ("/statement", "not_a_text")),
        ("refuse", {"refusal": "OTHER", "statement": "x", "exhibits": 5}, ("/exhibits", "not_a_list")),
        ("refuse", {"refusal": ["OTHER"], "statement": "x"}, ("/refusal", "not_a_code")),
        ("propose", {"remedy": ["x"], "amount": "1.00"}, ("/remedy", "not_a_code")),
        ("propose", {"remedy": "refund_only", "amount": [1]}, ("/amount", "not_an_amount")),
        ("propose", {"remedy": "refund_only", "amount": "1e999999999"}, ("/amount", "not_an_amount")),
        ("record_external_escalation", {"body": ["12315"]}, ("/body", "not_a_text")),
        ("record_external_escalation", {"body": "12315", "filed_on": 5}, ("/filed_on", "not_a_date")),
        ("message", {"txt": "a"}, ("/txt", "unknown_field")),
    ],
)
def test_a_field_of_the_wrong_form_is_refused_by_name(
    act: Callable[..., Any], lan: Any, action: str, body: dict[str, Any], problem: tuple[str, str]
) -> None:
    assert told(act(lan, action, body)) == (422, [problem])
    assert not Message.objects.filter(author=lan).exists()


def test_an_unknown_field_names_the_nearest_known_one(act: Callable[..., Any], ming: Any) -> None:
    (error,) = act(ming, "message", {"texts": "Hello"}).json()["errors"]
    assert error["detail"] == "There is no such field; you may mean “text”."
    assert told(act(ming, "edit_request", {"reason": ["QUALITY"]})) == (422, [("/reason", "not_a_code")])


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("ming", "rule"), ("ming", "note"), ("lan", "phone_note"), ("ming", "decide_appeal"), ("lan", "correct_ruling"),
        ("ming", "hand_over"), ("ming", "refuse"), ("lan", "edit_request"), ("lan", "extend"), ("ming", "assign"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("body", [{}, {"findings": ["x"], "lines": "x", "text": [1], "nonsense": 1}])
def test_what_is_not_theirs_is_refused_before_its_fields_are_looked_at(
    act: Callable[..., Any], request: pytest.FixtureRequest, who: str, action: str, body: dict[str, Any]
) -> None:
    answer = act(request.getfixturevalue(who), action, body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "not_your_action"), problem
    assert (problem["errors"], problem["stage"]) == ([], "WAIT_SELLER")
    assert "message" in problem["available_actions"]


def test_what_is_not_possible_at_this_point_is_refused_before_its_fields(
    act: Callable[..., Any], ming: Any, lan: Any, zhou: Any
) -> None:
    for person, action in ((lan, "object_return"), (ming, "ship_return"), (zhou, "rule")):
        answer = act(person, action, {"nonsense": [1]})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_in_this_stage"), action


@pytest.mark.parametrize("who", ["ming", "lan", "zhou"])
def test_a_refusal_names_the_same_actions_as_the_case(
    api: Api, file: Any, order_of: Any, request: pytest.FixtureRequest, who: str
) -> None:
    number, client = file(order_of()).number, api(request.getfixturevalue(who))
    address = f"/api/v1/cases/{number}/"
    offered = [item["action"] for item in client.get(address).json()["available_actions"]]
    for action in ("confirm_return", "rule", "appeal", "admit"):
        answer = client.post(f"{address}actions/{action}/", {})
        assert (answer.status_code, answer.json()["available_actions"]) == (409, offered), action


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"findings": ["x"]}, "/findings"), ({"findings": "x"}, "/findings"), ({"findings": {"x": "y"}}, "/findings/x"),
        ({"lines": "x"}, "/lines"), ({"lines": [1]}, "/lines/0"), ({"lines": [{"kind": 1}]}, "/lines/0/kind"),
        ({"lines": [{"amonut": 1}]}, "/lines/0/amonut"), ({"seller_share": "x"}, "/seller_share"),
    ],
)  # fmt: skip
def test_a_ruling_of_the_wrong_form_is_refused_by_name(
    act: Callable[..., Any], lan: Any, ming: Any, zhou: Any, travel: Any, changes: dict[str, Any], pointer: str
) -> None:
    assert act(lan, "refuse", {"refusal": "OTHER", "statement": "No."}).status_code == 200
    assert act(ming, "request_intervention", {"statement": "Please."}).status_code == 200
    travel(days=10)
    body = {
        "outcome": "seller",
        "amount": "0.00",
        "liable": "buyer",
        "clause": "A",
        "reasons": "Both sides.",
        **changes,
    }
    status, errors = told(act(zhou, "rule", body))
    assert (status, [where for where, _code in errors]) == (422, [pointer])


def test_a_version_nobody_can_have_seen_is_412(act: Callable[..., Any], lan: Any, ming: Any) -> None:
    assert act(lan, "accept", {}, **{"If-Match": '"99"'}).status_code == 412
    assert act(ming, "accept", {}, **{"If-Match": '"99"'}).status_code == 409


def test_a_payout_is_answered_by_nobody_else_however_the_body_looks(
    api: Api, ming: Any, root: Any, file: Any, order_of: Any
) -> None:
    address = f"/api/v1/cases/{file(order_of()).number}/payout/"
    assert api(ming).post(address, {"status": 5}).status_code == 403
    assert told(api(root).post(address, {"status": "succeeded", "reasn": ""})) == (422, [("/reasn", "unknown_field")])


def test_a_moment_beyond_all_years_is_refused(api: Api, lan: Any) -> None:
    for text in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "99999-01-01T00:00:00Z", "2026-11-25"):
        assert told(api(lan).get("/api/v1/cases/", {"due_before": text})) == (400, [("/due_before", "not_a_time")])
    soon = (database_now() + timedelta(days=1)).isoformat()
    assert api(lan).get("/api/v1/cases/", {"due_before": soon}).status_code == 200


def test_the_table_of_fields_covers_every_action_and_every_pack() -> None:
    assert set(FIELDS_OF) == CASE_ACTIONS
    for pack in PACKS:
        for rule in load_policy(pack).actions.values():
            if rule.name in CASE_ACTIONS:
                outward = {name for name in rule.fields if name not in ("ruling", "slot")}
                assert outward <= set(FIELDS_OF[rule.name]), (pack, rule.name)
                assert "ruling" not in rule.fields or "reasons" in FIELDS_OF[rule.name]
