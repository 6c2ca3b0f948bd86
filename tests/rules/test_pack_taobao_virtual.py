"""Taobao's virtual goods as stories: the gate, the queue, and nothing to send back."""

from __future__ import annotations

import pytest

from rules.engine.events import Refusal
from tests.rules.timelines import Timeline, in_review, replaced, ruled


def test_the_queued_request_works_in_the_ten_minutes_between_gate_and_closing() -> None:
    """Vector G13: asked on the 10th at nine, refused ten minutes later."""
    case = Timeline("taobao.virtual").at("2026-11-10T09:10").seller("refuse")
    assert (case.due("V2"), case.due("V3")) == ("2026-11-13 09:00", "2026-11-13 09:10")
    assert case.refused("buyer", "request_intervention") == "gate_closed"
    assert case.opens("buyer", "request_intervention") == "2026-11-13 09:00"
    case.buyer("queue_action", action="request_intervention").at("2026-11-13T09:00")
    assert (case.stage, case.due("T7")) == ("EVIDENCE", "2026-11-16 09:00")


def test_the_queued_request_works_even_when_everything_was_dead_that_day() -> None:
    case = Timeline("taobao.virtual").at("2026-11-10T09:10").seller("refuse")
    case.buyer("queue_action", action="request_intervention").noticed_at("2026-11-14T12:00")
    assert (case.stage, case.due("T7")) == ("EVIDENCE", "2026-11-17 12:00")


def test_a_gate_noticed_late_keeps_the_closing_away_for_a_day() -> None:
    case = Timeline("taobao.virtual").at("2026-11-10T09:10").seller("refuse").noticed_at("2026-11-14T12:00")
    assert (case.stage, case.due("V3")) == ("SELLER_REFUSED", "2026-11-15 12:00")
    assert case.buyer("request_intervention").stage == "EVIDENCE"


def test_without_the_queue_the_request_dies_ten_minutes_after_the_gate() -> None:
    case = Timeline("taobao.virtual").at("2026-11-10T09:10").seller("refuse")
    assert case.at("2026-11-13T09:09").refused("buyer", "request_intervention") == ""
    assert case.at("2026-11-13T09:10").place == "CLOSED expired"


def test_an_edit_restarts_the_answer_and_the_closing_but_not_the_gate() -> None:
    case = Timeline("taobao.virtual").at("2026-11-10T09:10").seller("refuse")
    case.at("2026-11-12T09:00").buyer("edit_request", amount="70.00")
    assert (case.due("V1"), case.due("V2")) == ("2026-11-15 09:00", "2026-11-13 09:00")
    case.at("2026-11-12T10:00").seller("refuse")
    assert (case.due("V2"), case.due("V3")) == ("2026-11-13 09:00", "2026-11-15 10:00")
    case.at("2026-11-13T09:00")
    assert case.refused("buyer", "request_intervention") == ""


def test_a_request_queued_before_the_answer_waits_for_answer_and_gate() -> None:
    case = Timeline("taobao.virtual").buyer("queue_action", action="request_intervention")
    assert case.at("2026-11-11T09:00").stage == "WAIT_SELLER"
    assert case.seller("refuse").stage == "SELLER_REFUSED"
    assert case.at("2026-11-13T09:00").stage == "EVIDENCE"


def test_unshipped_virtual_goods_follow_the_two_days_of_general_goods() -> None:
    case = Timeline("taobao.virtual", facts={"shipped": False})
    assert (case.due("T1"), case.due("V1")) == ("2026-11-12 09:00", "")


def test_a_wrong_replacement_card_opens_the_gate_at_once() -> None:
    case = replaced("taobao.virtual").at("2026-11-10T13:00").buyer("reject_replacement").seller("refuse")
    assert case.due("V2") == ""
    assert case.buyer("request_intervention").stage == "EVIDENCE"


def test_nothing_virtual_is_ever_sent_back() -> None:
    case = Timeline("taobao.virtual").at("2026-11-10T10:00")
    assert case.refused("seller", "propose", remedy="return_and_refund", amount="10.00") == "invalid_fields"
    assert (
        in_review("taobao.virtual").refused("platform", "rule", outcome="buyer_return_and_refund") == "invalid_fields"
    )
    filing = Timeline("taobao.virtual", remedy="return_and_refund").filing
    assert isinstance(filing, Refusal)
    assert [(problem.field, problem.code) for problem in filing.problems] == [("remedy", "unknown_choice")]


def test_the_seven_day_right_ends_with_delivery() -> None:
    waiting = Timeline("taobao.virtual", reason="NO_REASON_7D", facts={"shipped": False})
    assert waiting.stage == "WAIT_SELLER"
    filing = Timeline("taobao.virtual", reason="NO_REASON_7D").filing
    assert isinstance(filing, Refusal)
    assert filing.code == "reason_open_here"


def test_a_ruled_exchange_of_virtual_goods_is_a_new_card_within_a_day() -> None:
    case = ruled("taobao.virtual", "buyer_exchange", "80.00", liable="seller")
    assert (case.stage, case.due("E2")) == ("WAIT_REPLACEMENT", "2026-11-11 13:00")


@pytest.mark.parametrize("reason", ["CHANGE_OF_MIND", "QUALITY"])
def test_a_wrong_card_goes_on_as_a_plain_refund_whatever_the_reason(reason: str) -> None:
    case = Timeline("taobao.virtual", reason=reason).at("2026-11-10T10:00")
    case.seller("refuse", remedy="replacement_card", amount="0").buyer("accept_proposal", offer="seller")
    case.seller("send_replacement").at("2026-11-11T10:00").buyer("reject_replacement")
    assert (case.stage, case.fact("remedy")) == ("WAIT_SELLER", "refund_only")
    assert case.refused("buyer", "edit_request", amount="70.00") == ""
    assert case.at("2026-11-14T10:00").place == "CLOSED refunded_by_silence"
