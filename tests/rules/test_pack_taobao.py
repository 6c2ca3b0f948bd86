"""Taobao's rules as stories: general goods, then virtual ones."""

from __future__ import annotations

from typing import Any

import pytest

from rules.engine.events import Event, Refusal
from rules.engine.types import Party
from tests.rules.timelines import (
    ROOT,
    WU,
    Timeline,
    appealing,
    in_evidence,
    in_review,
    re_reviewed,
    replaced,
    returning,
    ruled,
    sent_back,
)


def test_evidence_is_due_after_three_days_even_over_the_national_holiday() -> None:
    """Vector G1."""
    case = Timeline("taobao.general", "2026-09-28T09:00").at("2026-09-28T10:00").seller("refuse")
    case.at("2026-09-29T14:30").buyer("request_intervention")
    assert case.due("T7") == "2026-10-02 14:30"


def test_the_seller_has_a_day_after_the_buyer_alone_has_proved() -> None:
    """The buyer clicks on 1 October at nine and is complete on the 3rd at eight in the evening."""
    case = Timeline("taobao.general", "2026-09-30T09:00", reason="NOT_AS_DESCRIBED")
    case.at("2026-09-30T10:00").seller("refuse").at("2026-10-01T09:00").buyer("request_intervention")
    assert case.fact("evidence_from") == "buyer"
    case.at("2026-10-03T20:00").buyer("submit_exhibit").buyer("complete_evidence")
    assert (case.stage, case.due("T8")) == ("SELLER_FOLLOWUP", "2026-10-04 20:00")
    assert case.at("2026-10-04T20:00").stage == "REVIEW"
    assert case.due("T9") == "2026-10-12 20:00"


def test_the_opinion_has_a_target_and_a_ladder_but_no_outcome() -> None:
    """Vector G2: from 28 September at ten, four and six working days with the make-up Saturday counted."""
    case = Timeline("taobao.general", "2026-09-27T09:00").at("2026-09-27T10:00").seller("refuse")
    case.buyer("request_intervention").at("2026-09-28T10:00").buyer("complete_evidence").seller("complete_evidence")
    assert case.due("T9") == "2026-10-09 10:00"
    case.at("2026-10-09T10:00")
    assert (case.due("T9"), case.orders()[-1]) == ("2026-10-12 10:00", "alert_lead")
    case.at("2026-10-12T10:00")
    assert case.orders()[-2:] == ["alert_administrator", "new_date_told"]
    assert case.at("2027-03-01T10:00").stage == "REVIEW"


def test_a_ruling_ends_the_lateness_of_the_platform() -> None:
    case = in_review().at("2026-12-01T10:00")
    assert case.fact("platform_late") is True
    assert case.platform("rule", outcome="seller").fact("platform_late") is None


def test_an_edit_needs_a_fresh_answer_before_intervention() -> None:
    case = Timeline("taobao.general").at("2026-11-10T10:00").seller("refuse")
    case.at("2026-11-11T10:00").buyer("edit_request", amount="70.00")
    assert (case.stage, case.due("T2")) == ("WAIT_SELLER", "2026-11-16 10:00")
    assert case.refused("buyer", "request_intervention") == "current_version_answered"
    case.at("2026-11-11T11:00").seller("refuse")
    assert case.due("T4") == "2026-11-18 11:00"
    assert case.buyer("request_intervention").stage == "EVIDENCE"


def test_a_counter_offer_counts_as_an_answer() -> None:
    case = Timeline("taobao.general").at("2026-11-10T10:00").seller("propose", remedy="partial_refund", amount="20.00")
    assert (case.stage, case.due("T4")) == ("SELLER_REFUSED", "2026-11-17 10:00")
    assert case.buyer("request_intervention").stage == "EVIDENCE"


def test_shipping_closes_an_unshipped_refund_and_the_buyer_may_ask_again() -> None:
    case = Timeline("taobao.general", facts={"shipped": False}).at("2026-11-11T09:00").told("order_shipped")
    assert (case.place, case.paid) == ("CLOSED shipped", "")
    again = Timeline("taobao.general", "2026-11-11T10:00", facts={"refilings": 1})
    assert again.stage == "WAIT_SELLER"


def test_shipping_after_a_refusal_closes_nothing() -> None:
    case = Timeline("taobao.general", facts={"shipped": False}).at("2026-11-10T10:00").seller("refuse")
    assert case.at("2026-11-11T09:00").told("order_shipped").stage == "SELLER_REFUSED"


def test_silence_before_shipping_refunds_what_was_asked_not_more() -> None:
    case = Timeline("taobao.general", amount="25.27", facts={"shipped": False})
    assert case.at("2026-11-12T09:00").paid == "25.27"


def test_confirming_receipt_ends_a_claim_of_not_having_received() -> None:
    case = Timeline("taobao.general", reason="NOT_RECEIVED").at("2026-11-11T09:00").told("order_completed")
    assert case.place == "CLOSED in_transit_received"
    assert Timeline("taobao.general").at("2026-11-11T09:00").told("order_completed").stage == "WAIT_SELLER"


def test_a_return_without_an_address_refunds_after_two_days() -> None:
    case = returning(address=False)
    assert case.due("T5") == ""
    assert case.refused("buyer", "ship_return") == "no_return_address"
    assert case.at("2026-11-12T10:00").place == "CLOSED refunded"


def test_the_return_runs_from_the_address_and_a_changed_address_starts_it_anew() -> None:
    case = returning(address=False).at("2026-11-11T08:00").seller("set_return_address")
    assert (case.due("T3a"), case.due("T5")) == ("", "2026-11-18 08:00")
    assert case.at("2026-11-13T08:00").seller("set_return_address").due("T5") == "2026-11-20 08:00"


def test_an_objection_to_the_return_goes_to_both_for_evidence_and_then_to_review() -> None:
    case = sent_back().told("return_signed").at("2026-11-14T09:00").seller("object_return")
    assert (case.stage, case.fact("evidence_from"), case.due("T7")) == ("EVIDENCE", "both", "2026-11-17 09:00")
    assert case.at("2026-11-17T09:00").stage == "REVIEW"
    case.platform("rule", outcome="buyer_return_and_refund", amount="80.00", liable="seller")
    assert (case.place, case.paid) == ("CLOSED ruled_refund", "80.00")


def test_an_objection_withdrawn_or_given_up_pays_at_once() -> None:
    objected = sent_back().told("return_signed").at("2026-11-14T09:00").seller("object_return")
    assert objected.seller("withdraw_objection").place == "CLOSED refunded_after_return"
    objected = sent_back().told("return_signed").at("2026-11-14T09:00").seller("object_return")
    assert objected.seller("accept").place == "CLOSED refunded_after_return"


def test_withdrawing_after_sending_back_needs_a_second_yes() -> None:
    case = sent_back()
    assert case.refused("buyer", "withdraw", confirm=False) == "confirmation_needed"
    assert case.buyer("withdraw", confirm=True).place == "CLOSED withdrawn"


def test_a_return_no_carrier_ever_saw_is_asked_about_and_not_paid_by_itself() -> None:
    case = sent_back().at("2026-11-13T12:00")
    assert case.orders()[-1] == "ask_buyer_again"
    assert case.at("2026-11-20T12:00").place == "REVIEW"


def test_the_seller_may_wait_three_days_longer_once_while_the_parcel_travels() -> None:
    case = sent_back().at("2026-11-12T12:00").told("return_scanned").seller("extend_return_receipt")
    assert case.due("T6") == "2026-11-23 12:00"
    assert case.refused("seller", "extend_return_receipt") == "already_extended"
    signed = sent_back().at("2026-11-12T12:00").told("return_signed")
    assert signed.refused("seller", "extend_return_receipt") == "not_in_transit"


def test_an_exchange_goes_back_then_forth_and_silence_ends_it() -> None:
    case = sent_back(remedy="exchange").told("return_signed").at("2026-11-12T09:00").seller("confirm_return")
    assert (case.stage, case.due("E2")) == ("WAIT_REPLACEMENT", "2026-11-15 09:00")
    assert case.refused("seller", "send_replacement") == "tracking_needed"
    case.at("2026-11-13T09:00").seller("send_replacement", tracking="SF300")
    assert (case.due("E3"), case.due("E3b")) == ("", "2026-11-23 09:00")
    case.at("2026-11-15T18:00").told("replacement_signed")
    assert (case.due("E3"), case.due("E3b")) == ("2026-11-22 18:00", "")
    assert case.at("2026-11-22T18:00").place == "CLOSED exchanged"


def test_a_wrong_replacement_goes_on_as_a_refund_in_the_same_case() -> None:
    case = sent_back(remedy="exchange").told("return_signed").at("2026-11-12T09:00").seller("confirm_return")
    case.seller("send_replacement", tracking="SF300").at("2026-11-14T09:00").buyer("reject_replacement")
    assert (case.stage, case.fact("remedy"), case.due("T2")) == ("WAIT_SELLER", "refund_only", "2026-11-19 09:00")
    case.buyer("edit_request", remedy="return_and_refund").seller("accept")
    assert case.stage == "WAIT_BUYER_RETURN"


def test_without_stock_the_seller_offers_money() -> None:
    case = Timeline("taobao.general", reason="MISSING_WRONG", remedy="send_again").at("2026-11-10T10:00").seller("accept")
    case.seller("propose", remedy="refund_only", amount="60.00").buyer("accept_proposal", offer="seller")
    assert (case.place, case.paid) == ("CLOSED refunded_by_agreement", "60.00")


def test_cheap_goods_are_refunded_without_a_return_by_one_click() -> None:
    cheap = Timeline("taobao.general", remedy="return_and_refund", amount="12.00", facts={"maximum": "12.00"})
    assert cheap.seller("refund_without_return").place == "CLOSED refunded_by_agreement"
    assert (cheap.paid, cheap.fact("agreed_remedy")) == ("12.00", "refund_keep_goods")
    dear = Timeline("taobao.general", remedy="return_and_refund")
    assert dear.refused("seller", "refund_without_return") == "not_low_value"


def test_late_evidence_is_kept_out_until_it_is_admitted_and_answered() -> None:
    case = in_review().at("2026-11-10T13:00")
    assert case.refused("buyer", "submit_exhibit") == "evidence_window_closed"
    case.platform("admit_late_evidence", party="buyer")
    assert case.refused("buyer", "submit_exhibit") == "evidence_window_closed"
    assert case.refused("platform", "rule", outcome="seller") == "answer_pending"
    case.seller("submit_exhibit").at("2026-11-11T13:00")
    assert case.refused("seller", "submit_exhibit") == "evidence_window_closed"
    assert case.platform("rule", outcome="seller").stage == "CLOSED"


def test_more_evidence_is_asked_of_one_side_and_then_the_review_starts_anew() -> None:
    case = in_review().at("2026-11-12T12:00").platform("request_evidence", **{"from": "seller"})
    assert (case.stage, case.due("T7"), case.due("T9")) == ("EVIDENCE", "2026-11-15 12:00", "")
    assert case.refused("buyer", "submit_exhibit") == "evidence_window_closed"
    case.at("2026-11-13T12:00").seller("submit_exhibit").seller("complete_evidence")
    assert (case.stage, case.due("T9")) == ("REVIEW", "2026-11-19 12:00")


def test_nothing_filed_by_the_buyer_who_had_to_prove_goes_straight_to_review() -> None:
    case = in_evidence().platform("change_evidence_from", **{"from": "buyer"})
    assert case.fact("buyer_filed") is True, "the exhibit given with the click counts"
    silent = Timeline("taobao.general", reason="NOT_AS_DESCRIBED").at("2026-11-10T10:00").seller("refuse")
    silent.at("2026-11-10T11:00").buyer("request_intervention").at("2026-11-13T11:00")
    assert silent.stage == "REVIEW"


def test_a_large_ruling_waits_for_a_second_person() -> None:
    case = in_review("taobao.general", amount="1200.00", facts={"maximum": "1500.00"})
    case.platform("rule", outcome="buyer_refund_only", amount="1200.00", liable="seller")
    assert (case.stage, case.paid) == ("RULED", "")
    assert case.refused("platform", "approve_ruling") == "second_person_needed"
    assert case.platform("approve_ruling", actor=ROOT).paid == "1200.00"


def test_false_evidence_is_found_only_after_hearing_the_party_and_by_two_people() -> None:
    case = in_review()
    finding = {"outcome": "seller", "false_evidence_by": "buyer"}
    assert case.refused("platform", "rule", **finding) == "not_heard"
    case.platform("request_evidence", **{"from": "buyer"}, false_evidence=True).buyer("complete_evidence")
    assert case.platform("rule", **finding).stage == "RULED"
    assert "record_violation" not in case.orders()
    assert "record_violation" in case.platform("approve_ruling", actor=ROOT).orders()


def test_a_ruled_return_is_paid_only_after_the_parcel() -> None:
    case = ruled("taobao.general", "buyer_return_and_refund", "80.00", liable="seller")
    assert (case.stage, case.due("T3a"), case.paid) == ("WAIT_BUYER_RETURN", "2026-11-12 13:00", "")
    case.seller("set_return_address").buyer("ship_return").at("2026-11-12T09:00").told("return_signed")
    assert case.seller("confirm_return").paid == "80.00"
    assert case.due("M7") == "2026-11-13 09:00"


def test_a_dispute_about_a_ruled_return_stays_with_its_arbitrator_and_gives_no_new_appeal() -> None:
    case = ruled("taobao.general", "buyer_return_and_refund", "80.00", liable="seller")
    case.seller("set_return_address").buyer("ship_return").at("2026-11-13T09:00").told("return_signed")
    case.seller("object_return").at("2026-11-16T09:00").platform("rule", outcome="seller")
    assert (case.place, case.fact("arbitrator")) == ("CLOSED ruled_no_refund", 3)
    assert case.refused("buyer", "appeal") == "receipt_dispute"


def test_a_ruling_is_corrected_before_the_payout_is_answered_and_not_after() -> None:
    case = ruled("taobao.general", "buyer_refund_only", "8.00", liable="seller")
    assert case.refused("platform", "correct_ruling", outcome="buyer_refund_only", actor=WU) == "not_the_same_person"
    case.platform("correct_ruling", outcome="buyer_refund_only", amount="80.00")
    assert (case.stage, case.paid, case.orders()[-1]) == ("RULED", "", "cancel_payout")
    case.platform("approve_ruling", actor=ROOT).told("payout_succeeded")
    assert case.paid == "80.00"
    assert case.refused("platform", "correct_ruling", outcome="seller") == "payout_answered"
    assert case.platform("order_second_review", statement="The sum was mistaken.").stage == "RE_REVIEW"


def test_an_appeal_comes_from_who_was_not_granted_everything_with_something_new() -> None:
    case = ruled()
    assert case.refused("seller", "appeal") == "granted_in_full"
    case.at("2026-11-10T14:00").buyer("appeal")
    assert case.refused("buyer", "submit_appeal", new_evidence=False) == "no_new_evidence"
    case.buyer("submit_appeal")
    assert case.refused("platform", "decide_appeal") == "other_arbitrator_needed"
    case.platform("decide_appeal", actor=WU, decision="change", outcome="buyer_refund_only", amount="80.00", liable="seller")
    assert (case.place, case.paid) == ("CLOSED ruled_refund", "80.00")
    assert case.refused("buyer", "appeal") in ("granted_in_full", "appeal_used")


def test_the_second_person_does_not_decide_the_appeal() -> None:
    case = in_review().platform("rule", outcome="buyer_partial_refund", amount="10.00", second_person=True)
    case.platform("approve_ruling", actor=ROOT).buyer("appeal").buyer("submit_appeal")
    assert case.refused("platform", "decide_appeal", actor=ROOT) == "other_arbitrator_needed"
    assert case.refused("platform", "decide_appeal", actor=WU) == ""


def test_a_lapsed_draft_of_an_appeal_spends_the_right_only_with_its_window() -> None:
    case = appealing().at("2026-11-11T02:00")
    assert case.place == "CLOSED ruled_no_refund"
    case.at("2026-11-11T10:00").buyer("appeal")
    assert case.at("2026-11-11T22:00").place == "CLOSED ruled_no_refund"
    assert case.refused("buyer", "appeal") == "appeal_window_closed"


def test_both_sides_appeal_and_one_review_decides() -> None:
    case = ruled("taobao.general", "buyer_partial_refund", "40.00", liable="shared", seller_share=50)
    case.at("2026-11-10T14:00").buyer("appeal").at("2026-11-10T15:00").buyer("submit_appeal")
    case.at("2026-11-10T16:00").seller("appeal")
    assert (case.stage, case.due("M8s")) == ("APPEAL_EVIDENCE", "2026-11-11 04:00")
    case.at("2026-11-11T04:00")
    assert (case.stage, case.due("M9")) == ("RE_REVIEW", "2026-11-12 03:00")
    assert case.platform("decide_appeal", actor=WU).place == "CLOSED ruled_partial"


def test_a_return_found_on_appeal_runs_before_anything_is_paid() -> None:
    case = re_reviewed()
    change = {"decision": "change", "outcome": "buyer_return_and_refund", "amount": "80.00", "liable": "seller"}
    case.platform("decide_appeal", actor=WU, **change)
    assert (case.stage, case.paid) == ("WAIT_BUYER_RETURN", "")


def test_liability_counts_after_three_days_or_the_appeal_whichever_is_later() -> None:
    liable: dict[str, Any] = {"outcome": "buyer_refund_only", "amount": "80.00", "liable": "seller"}
    case = ruled("taobao.general", **liable).at("2026-11-10T14:00").seller("appeal").seller("submit_appeal")
    assert case.at("2026-11-14T09:00").passed("M11") == ""
    case.platform("decide_appeal", actor=WU)
    assert case.passed("M11b") == "2026-11-14 09:00"
    assert case.orders().count("count_liability") == 1
    won = ruled("taobao.general", **liable).at("2026-11-10T14:00").seller("appeal").seller("submit_appeal")
    won.platform("decide_appeal", actor=WU, decision="change", outcome="seller", amount="0", liable="buyer")
    assert "count_liability" not in won.at("2026-11-20T09:00").orders()


@pytest.mark.parametrize(("reason", "share", "counts"), [("QUALITY", 50, True), ("QUALITY", 49, False), ("MUTUAL", 100, False)])
def test_liability_counts_from_half_on_and_never_for_excluded_reasons(reason: str, share: int, counts: bool) -> None:
    case = in_review("taobao.general", reason=reason)
    case.platform("rule", outcome="shared", amount="40.00", liable="shared", seller_share=share)
    assert ("count_liability" in case.at("2026-11-20T09:00").orders()) is counts


def test_nobody_withdraws_an_appeal_of_the_other() -> None:
    case = re_reviewed()
    assert case.refused("seller", "withdraw") == "not_your_action"
    assert case.buyer("withdraw").place == "CLOSED ruled_no_refund"


def test_a_proposal_accepted_in_the_second_review_is_settled_against_what_was_paid() -> None:
    case = ruled("taobao.general", "buyer_partial_refund", "40.00", liable="seller").at("2026-11-10T14:00")
    case.buyer("appeal").buyer("submit_appeal").seller("propose", remedy="partial_refund", amount="55.00")
    case.buyer("accept_proposal", offer="seller")
    assert (case.place, case.paid, case.orders()[-1]) == ("CLOSED refunded_by_agreement", "55.00", "settle_difference")


FILINGS = [
    ({"reason": "CHANGE_OF_MIND", "remedy": "refund_only"}, {}, {}, "return_needed"),
    ({"remedy": "return_and_refund"}, {"shipped": False}, {}, "return_before_shipping"),
    ({"reason": "NOT_RECEIVED", "remedy": "exchange"}, {}, {}, "remedy_of_reason"),
    ({}, {"completed": True}, {"completed": "2026-10-26T09:00"}, "aftersale_window_closed"),
    ({}, {"refilings": 4}, {}, "too_many_refilings"),
    ({}, {"earlier_ruling": True}, {}, "ruled_before"),
    ({}, {"withdrawn_reasons": ["QUALITY"]}, {}, "withdrawn_before"),
    ({}, {"goods_type": "virtual"}, {}, "other_pack"),
    ({"amount": "100.01"}, {}, {}, "invalid_fields"),
    ({"reason": "NO_REASON_7D", "remedy": "return_and_refund"}, {}, {"carrier_signed": "2026-11-02T23:59"}, "reason_open_here"),
    ({"reason": "NO_REASON_7D", "remedy": "return_and_refund"}, {"goods_type": "custom_made"}, {}, "reason_open_here"),
    ({"reason": "NO_REASON_7D", "remedy": "return_and_refund"}, {}, {"carrier_signed": "2026-11-03T00:01"}, ""),
    ({}, {"refilings": 3, "withdrawn_reasons": ["DAMAGED"]}, {}, ""),
    ({}, {"completed": True}, {"completed": "2026-10-26T09:01"}, ""),
]


@pytest.mark.parametrize(("request_", "facts", "anchors", "code"), FILINGS)
def test_filing_is_refused_for_a_reason_that_is_named(
    request_: dict[str, Any], facts: dict[str, Any], anchors: dict[str, str], code: str
) -> None:
    filing = Timeline("taobao.general", facts=facts, anchors=anchors, **request_).filing
    assert (filing.code if isinstance(filing, Refusal) else "") == code


def test_a_reason_given_in_time_stays_good_for_a_later_edit() -> None:
    case = Timeline("taobao.general", reason="NO_REASON_7D", remedy="return_and_refund", anchors={"carrier_signed": "2026-11-03T09:00"})
    case.at("2026-11-14T09:00").buyer("edit_request", reason="NO_REASON_7D", amount="70.00")
    assert case.stage == "WAIT_SELLER"


def test_what_was_returned_for_no_fault_is_not_kept_by_way_of_an_edit() -> None:
    case = Timeline("taobao.general", reason="CHANGE_OF_MIND", remedy="return_and_refund")
    assert case.refused("buyer", "edit_request", remedy="refund_only") == "return_needed"
    assert case.refused("buyer", "propose", remedy="refund_only", amount="80.00") == "return_needed"
    other = Timeline("taobao.general")
    assert other.refused("buyer", "edit_request", reason="CHANGE_OF_MIND") == "return_needed"
    assert other.refused("buyer", "edit_request", statement="It broke on the second day.") == ""


def test_pictures_of_spoiled_food_are_due_a_day_after_delivery() -> None:
    case = Timeline("taobao.general", facts={"goods_type": "fresh"}, anchors={"carrier_signed": "2026-11-09T15:00"})
    assert case.at("2026-11-10T14:59").refused("buyer", "submit_exhibit") == ""
    assert case.at("2026-11-10T15:00").refused("buyer", "submit_exhibit") == "perishable_evidence_closed"
    assert case.refused("seller", "submit_exhibit") == ""


def test_what_lapsed_while_everything_was_dead_for_a_day_costs_nobody_a_right() -> None:
    """The refusal's seven days ended unseen: it lapsed then. The return begun late leaves its whole time."""
    refused = Timeline("taobao.general").at("2026-11-10T10:00").seller("refuse").noticed_at("2026-11-18T10:00")
    assert (refused.place, refused.passed("T4")) == ("CLOSED expired", "2026-11-17 10:00")
    agreed = Timeline("taobao.general", remedy="return_and_refund", facts={"default_return_address": True})
    agreed.noticed_at("2026-11-16T09:00")
    assert (agreed.passed("T3"), agreed.due("T5")) == ("2026-11-15 09:00", "2026-11-23 09:00")


def test_an_appeal_draft_noticed_late_leaves_the_days_of_liability_as_they_were() -> None:
    case = ruled("taobao.general", "buyer_refund_only", "80.00", liable="seller").seller("appeal")
    case.noticed_at("2026-11-12T09:00")
    assert case.place == "CLOSED ruled_refund"
    assert case.due("M11b") == "2026-11-13 13:00"


# Virtual goods


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
    assert in_review("taobao.virtual").refused("platform", "rule", outcome="buyer_return_and_refund") == "invalid_fields"
    filing = Timeline("taobao.virtual", remedy="return_and_refund").filing
    assert isinstance(filing, Refusal) and filing.code == "remedy_of_reason"


def test_the_seven_day_right_ends_with_delivery() -> None:
    waiting = Timeline("taobao.virtual", reason="NO_REASON_7D", facts={"shipped": False})
    assert waiting.stage == "WAIT_SELLER"
    filing = Timeline("taobao.virtual", reason="NO_REASON_7D").filing
    assert isinstance(filing, Refusal) and filing.code == "reason_open_here"


def test_a_ruled_exchange_of_virtual_goods_is_a_new_card_within_a_day() -> None:
    case = ruled("taobao.virtual", "buyer_exchange", "80.00", liable="seller")
    assert (case.stage, case.due("E2")) == ("WAIT_REPLACEMENT", "2026-11-11 13:00")


def test_the_outside_world_alone_reports_facts() -> None:
    case = Timeline("taobao.general")
    event = Event(kind="order_shipped", party=Party.BUYER, actor=1, at=case.now)
    result = case.attempt(event.party, event.kind)
    assert isinstance(result, Refusal) and result.code == "not_your_action"
