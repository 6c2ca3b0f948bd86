"""Xianyu's rules as stories: second-hand goods between people, then gift cards."""

from __future__ import annotations

from typing import Any

import pytest

from rules.engine.events import Refusal
from tests.rules.timelines import WU, Timeline, in_evidence, in_review, policy_of, replaced, replacing, ruled


def code_of(case: Timeline) -> str:
    return case.filing.code if isinstance(case.filing, Refusal) else ""


def test_the_answer_times_are_taobaos() -> None:
    assert Timeline("xianyu.general").due("X6") == "2026-11-15 09:00"
    assert Timeline("xianyu.general", facts={"shipped": False}).due("X1") == "2026-11-12 09:00"


@pytest.mark.parametrize("party", ["buyer", "seller"])
def test_either_side_calls_the_platform_after_a_refusal(party: str) -> None:
    case = Timeline("xianyu.general").at("2026-11-10T10:00").seller("refuse").at("2026-11-10T11:00")
    result = case.attempt(party, "request_intervention")
    assert not isinstance(result, Refusal)
    assert (case.stage, case.fact("intervention_by"), case.due("X10")) == ("EVIDENCE", party, "2026-11-13 11:00")


def test_a_silent_buyer_leaves_the_money_with_the_seller() -> None:
    case = Timeline("xianyu.general").at("2026-11-10T10:00").seller("refuse").at("2026-11-17T10:00")
    assert (case.place, case.paid, case.orders()[-1]) == ("CLOSED expired", "", "release_order")


@pytest.mark.parametrize(
    ("facts", "anchors", "code"),
    [
        ({}, {}, "reason_open_here"),
        ({"no_reason_promised": True}, {}, ""),
        ({"no_reason_promised": True}, {"carrier_signed": "2026-11-01T09:00"}, "reason_open_here"),
    ],
)
def test_not_liking_it_is_a_ground_only_where_the_listing_promises_it(
    facts: dict[str, Any], anchors: dict[str, str], code: str
) -> None:
    case = Timeline("xianyu.general", reason="NO_REASON_7D", remedy="return_and_refund", facts=facts, anchors=anchors)
    assert code_of(case) == code


def test_the_opinion_aims_at_three_working_days_and_is_late_after_fifteen() -> None:
    case = in_review("xianyu.general")
    assert case.due("X11") == "2026-11-13 12:00"
    assert case.at("2026-11-13T12:00").due("X11") == "2026-12-01 12:00"
    assert case.at("2026-12-01T12:00").fact("platform_late") is True


def test_an_appeal_is_open_for_three_days_and_once() -> None:
    case = ruled("xianyu.general")
    assert case.due("X12") == "2026-11-13 13:00"
    case.at("2026-11-13T12:59").buyer("appeal").at("2026-11-13T20:00").buyer("submit_appeal")
    case.platform("decide_appeal", actor=WU)
    assert case.refused("buyer", "appeal") == "appeal_used"
    assert ruled("xianyu.general").at("2026-11-13T13:00").refused("buyer", "appeal") == "appeal_window_closed"


def test_going_outside_the_platform_is_recorded_and_moves_nothing() -> None:
    case = ruled("xianyu.general").at("2026-11-14T09:00")
    case.buyer("record_external_escalation", body="consumer_association", reference="2026-118", date="2026-11-14")
    assert (case.place, case.happened()[-1]) == ("CLOSED ruled_no_refund", "record_external_escalation")


def test_the_second_review_has_its_own_chinese_name_here() -> None:
    for pack in ("xianyu.general", "xianyu.virtual"):
        assert policy_of(pack).document["actions"]["appeal"]["labels"] == {
            "zh": "申诉",
            "en": "Ask for a second review",
        }


def test_a_return_and_a_follow_up_run_as_on_taobao() -> None:
    case = Timeline("xianyu.general", reason="NOT_AS_DESCRIBED").at("2026-11-10T10:00").seller("refuse")
    case.buyer("request_intervention").at("2026-11-11T10:00").buyer("submit_exhibit").buyer("complete_evidence")
    assert (case.stage, case.due("T8")) == ("SELLER_FOLLOWUP", "2026-11-12 10:00")


# Gift cards


def test_a_gift_card_has_its_own_reasons_and_remedies() -> None:
    policy = policy_of("xianyu.virtual")
    assert set(policy.reasons) == {"GC_AUTHENTICITY", "GC_UNUSABLE", "GC_VALUE", "GC_BUYER_REASON", "GC_OTHER", "OTHER"}
    assert set(policy.remedies) == {"refund_only", "partial_refund", "replacement_card"}
    assert code_of(Timeline("xianyu.virtual", reason="QUALITY")) == "invalid_fields"


def test_a_change_of_mind_after_seeing_the_code_goes_to_review_in_silence() -> None:
    seen = Timeline("xianyu.virtual", reason="GC_BUYER_REASON", facts={"code_viewed": True}).at("2026-11-13T09:00")
    assert (seen.stage, seen.paid, seen.fact("seller_silent")) == ("REVIEW", "", True)
    unseen = Timeline("xianyu.virtual", reason="GC_BUYER_REASON").at("2026-11-13T09:00")
    assert (unseen.place, unseen.paid) == ("CLOSED refunded_by_silence", "80.00")


def test_a_code_looked_at_while_the_seller_waits_counts_as_seen() -> None:
    case = Timeline("xianyu.virtual", reason="GC_BUYER_REASON").at("2026-11-11T09:00").told("code_viewed")
    assert case.at("2026-11-13T09:00").stage == "REVIEW"


def test_other_reasons_are_refunded_in_silence_though_the_code_was_seen() -> None:
    case = Timeline("xianyu.virtual", reason="GC_UNUSABLE", facts={"code_viewed": True}).at("2026-11-13T09:00")
    assert case.place == "CLOSED refunded_by_silence"


def test_a_card_worth_less_is_settled_in_part() -> None:
    case = Timeline("xianyu.virtual", reason="GC_VALUE", remedy="partial_refund", amount="15.00").seller("accept")
    assert (case.place, case.paid) == ("CLOSED refunded_by_agreement", "15.00")


def test_a_replacement_card_comes_within_a_day_and_is_checked_for_three() -> None:
    case = replacing("xianyu.virtual")
    assert (case.stage, case.due("E2")) == ("WAIT_REPLACEMENT", "2026-11-11 10:00")
    case.at("2026-11-11T09:00").seller("send_replacement")
    assert case.due("E3") == "2026-11-14 09:00"
    assert case.at("2026-11-14T09:00").place == "CLOSED exchanged"


def test_a_replacement_card_nobody_sends_is_money() -> None:
    case = replacing("xianyu.virtual")
    assert (case.at("2026-11-11T10:00").place, case.paid) == ("CLOSED refunded_by_silence", "80.00")


def test_a_second_bad_card_may_go_to_the_platform_at_once() -> None:
    case = replaced("xianyu.virtual").at("2026-11-10T13:00").buyer("reject_replacement")
    assert (case.stage, case.fact("remedy")) == ("WAIT_SELLER", "refund_only")
    assert case.seller("refuse").buyer("request_intervention").stage == "EVIDENCE"


def test_the_gate_holds_for_gift_cards_too_and_only_for_the_buyer() -> None:
    case = Timeline("xianyu.virtual").at("2026-11-10T09:10").seller("refuse")
    assert case.refused("buyer", "request_intervention") == "gate_closed"
    assert case.refused("seller", "request_intervention") == ""
    case.buyer("queue_action", action="request_intervention")
    assert case.at("2026-11-13T09:00").stage == "EVIDENCE"


def test_a_gift_cards_evidence_and_opinion_follow_xianyu() -> None:
    assert in_evidence("xianyu.virtual").due("X10") == "2026-11-13 11:00"
    assert in_review("xianyu.virtual").due("X11") == "2026-11-13 12:00"
    assert ruled("xianyu.virtual").due("X12") == "2026-11-13 13:00"


def test_the_buyers_own_reason_never_counts_against_the_seller() -> None:
    case = in_review("xianyu.virtual", reason="GC_BUYER_REASON")
    case.platform("rule", outcome="buyer_refund_only", amount="80.00", liable="seller")
    assert "count_liability" not in case.at("2026-11-20T09:00").orders()


def test_nothing_is_sent_back() -> None:
    policy = policy_of("xianyu.virtual")
    assert not {"ship_return", "confirm_return", "object_return"} & set(policy.actions)
    assert not {"return_shipping", "return_receipt", "return_address"} & set(policy.deadlines)
