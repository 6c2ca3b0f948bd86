"""What may be done to an AliExpress order that has no case: the receipt period and the protection (A12, A13)."""

from __future__ import annotations

from typing import Any

import pytest

from rules.engine.compiler import compile_policy
from rules.engine.decide import apply
from rules.engine.errors import DocumentError, UnknownEvent
from rules.engine.events import Event, Refusal, Step
from rules.engine.orders import allowed_on_order, decide_on_order
from rules.engine.types import CaseSnapshot, Party
from tests.rules.aliexpress_case import CALENDAR, TODAY, moment, told


def order(**facts: Any) -> CaseSnapshot:
    """An order to a slow country whose receipt period ends on 20 November at noon."""
    return CaseSnapshot(facts={"slow_country": True, **facts}, anchors={"receipt_ends": moment("20 Nov 12:00")})


def tries(before: CaseSnapshot, party: str, kind: str, at: str) -> Step | Refusal:
    event = Event(kind=kind, party=Party(party), at=moment(at))
    return decide_on_order(TODAY, CALENDAR, before, event, now=moment(at))


def does(before: CaseSnapshot, party: str, kind: str, at: str) -> CaseSnapshot:
    step = tries(before, party, kind, at)
    assert isinstance(step, Step), step
    return apply(before, step)


def code(before: CaseSnapshot, party: str, kind: str, at: str) -> str:
    answer = tries(before, party, kind, at)
    return answer.code if isinstance(answer, Refusal) else ""


def test_with_under_five_days_left_the_seller_adds_thirty_days_for_a_slow_country() -> None:
    after = does(order(), "seller", "extend_receipt", "15 Nov 12:01")
    assert told(after.anchors["receipt_ends"]) == "20 Dec 12:00"


def test_exactly_five_days_are_not_under_five_days() -> None:
    refusal = tries(order(), "seller", "extend_receipt", "15 Nov 12:00")
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.available_from) == ("too_much_time_left", moment("15 Nov 12:00"))


def test_the_receipt_period_is_extended_once() -> None:
    after = does(order(), "seller", "extend_receipt", "16 Nov 09:00")
    assert code(after, "seller", "extend_receipt", "18 Dec 09:00") == "already_extended"


@pytest.mark.parametrize(
    ("facts", "at", "expected"),
    [
        ({"slow_country": False}, "16 Nov 09:00", "not_a_slow_country"),
        ({"completed": True}, "16 Nov 09:00", "already_completed"),
        ({}, "20 Nov 12:00", "receipt_period_over"),
    ],
)
def test_the_receipt_period_is_not_extended_otherwise(facts: dict[str, Any], at: str, expected: str) -> None:
    assert code(order(**facts), "seller", "extend_receipt", at) == expected


def test_without_a_receipt_period_there_is_nothing_to_extend() -> None:
    assert (
        code(CaseSnapshot(facts={"slow_country": True}), "seller", "extend_receipt", "16 Nov 09:00")
        == "no_receipt_period"
    )


def test_only_the_seller_extends() -> None:
    assert code(order(), "buyer", "extend_receipt", "16 Nov 09:00") == "not_your_action"
    assert code(order(extension_asked=True), "buyer", "grant_extension", "14 Nov 09:00") == "not_your_action"


def test_the_buyer_asks_for_longer_protection_seven_to_five_days_before_the_end() -> None:
    assert code(order(), "buyer", "request_extension", "13 Nov 11:59") == "too_much_time_left"
    assert does(order(), "buyer", "request_extension", "13 Nov 12:00").facts["extension_asked"] is True
    assert code(order(), "buyer", "request_extension", "15 Nov 12:00") == ""
    assert code(order(), "buyer", "request_extension", "15 Nov 12:01") == "too_late_to_ask"


def test_longer_protection_is_granted_only_when_it_was_asked_for() -> None:
    assert code(order(), "seller", "grant_extension", "14 Nov 09:00") == "nothing_asked"
    asked = does(order(), "buyer", "request_extension", "14 Nov 09:00")
    granted = does(asked, "seller", "grant_extension", "15 Nov 09:00")
    assert (told(granted.anchors["receipt_ends"]), "extension_asked" in granted.facts) == ("20 Dec 12:00", False)


def test_each_party_sees_what_it_may_do_and_why_not_the_rest() -> None:
    answer = allowed_on_order(TODAY, CALENDAR, order(), Party.SELLER, now=moment("16 Nov 09:00"))
    assert [(item.action, item.until) for item in answer.available] == [("extend_receipt", moment("20 Nov 12:00"))]
    assert [(item.action, item.code) for item in answer.unavailable] == [("grant_extension", "nothing_asked")]


def test_an_action_the_pack_does_not_know_is_no_action() -> None:
    with pytest.raises(UnknownEvent):
        tries(order(), "seller", "give_away", "16 Nov 09:00")


@pytest.mark.parametrize("word", ["in", "to", "route", "branches", "queueable"])
def test_an_action_on_an_order_cannot_move_a_case(word: str) -> None:
    actions = {"extend_receipt": {"by": ["seller"], word: ["REVIEW"]}}
    with pytest.raises(DocumentError, match="moves no case"):
        compile_policy({**TODAY.document, "order_actions": actions})


@pytest.mark.parametrize(
    "value", [{"anchor": "receipt_ends"}, {"anchor": "tea_time", "by": "1d"}, {"anchor": "paid", "by": "1wd"}]
)
def test_an_anchor_is_shifted_by_a_known_length_or_not_at_all(value: dict[str, str]) -> None:
    actions = {"extend_receipt": {"by": ["seller"], "effects": [{"shift": value}]}}
    with pytest.raises(DocumentError):
        compile_policy({**TODAY.document, "order_actions": actions})
