"""AliExpress from the platform's first question to the end: evidence, returns, one second review an order."""

from __future__ import annotations

import pytest

from rules.engine.compiler import compile_policy
from tests.rules.aliexpress_case import (
    TODAY,
    asked_for_evidence,
    filed,
    in_review,
    refused,
    returned,
    ruled,
)

# A5: evidence the platform asks for


def test_a_buyer_who_must_prove_and_files_nothing_loses_the_claim() -> None:
    case = asked_for_evidence("buyer")
    assert case.clocks == {"A5": "15 Nov 10:00"}
    assert case.wait("15 Nov 10:00").ends == ("CLOSED", "cancelled")


def test_a_buyer_who_filed_is_judged_on_the_file() -> None:
    case = asked_for_evidence("buyer")
    case.does("buyer", "submit_exhibit", "13 Nov 10:00", exhibit=1)
    assert (case.wait("15 Nov 10:00").stage, case.clocks) == ("REVIEW", {"A3b": "22 Nov 10:00"})


@pytest.mark.parametrize(
    ("reason", "asked"), [("LOST", "both"), ("LOST", "seller"), ("DAMAGED", "seller"), ("OTHER", "both")]
)
def test_where_the_burden_is_not_the_buyers_alone_silence_means_review_on_file(reason: str, asked: str) -> None:
    case = asked_for_evidence(asked, reason=reason)
    assert case.wait("15 Nov 10:00").stage == "REVIEW"


def test_the_asked_side_may_end_the_evidence_period_early() -> None:
    case = asked_for_evidence("buyer")
    case.does("buyer", "submit_exhibit", "12 Nov 11:00", exhibit=1)
    assert case.does("buyer", "complete_evidence", "12 Nov 12:00").stage == "REVIEW"


# A6, A7, A8: the return


def test_the_buyer_has_ten_days_from_seeing_the_address() -> None:
    case = filed(remedy="return_and_refund").does("seller", "accept", "11 Nov 09:00")
    assert case.clocks == {"T3a": "13 Nov 09:00"}
    case.does("seller", "set_return_address", "12 Nov 15:00", address="Warehouse 3")
    assert case.clocks == {"A6": "22 Nov 15:00"}
    assert case.wait("22 Nov 15:00").ends == ("CLOSED", "return_not_sent")
    assert "refund" not in case.emitted


def test_the_seller_has_thirty_days_from_the_tracking_number() -> None:
    case = returned().does("marketplace", "return_scanned", "13 Nov 09:00")
    assert case.clocks == {"A7": "12 Dec 09:00"}
    assert case.wait("12 Dec 09:00").ends == ("CLOSED", "refunded_after_return")


def test_a_return_no_carrier_ever_saw_goes_to_review() -> None:
    assert returned().wait("12 Dec 09:00").stage == "REVIEW"


def test_an_objection_is_taken_up_within_two_working_days() -> None:
    case = returned().does("seller", "object_return", "20 Nov 09:00", statement="An empty box.", exhibits=[1])
    assert case.clocks == {"A5": "23 Nov 09:00"}
    case.wait("23 Nov 09:00")
    assert (case.stage, case.clocks) == ("REVIEW", {"A3b": "30 Nov 09:00", "A8": "25 Nov 09:00"})


def test_an_objection_never_cancels_the_claim_of_a_buyer_who_sent_the_goods() -> None:
    case = returned().does("seller", "object_return", "20 Nov 09:00", statement="An empty box.", exhibits=[1])
    assert case.wait("23 Nov 09:00").ends == ("REVIEW", "")


def test_silence_on_a_return_can_be_switched_to_an_agreed_return() -> None:
    document = {**TODAY.document, "settings": {**TODAY.settings, "silence_on_return_request": "return_agreed"}}
    case = filed(policy=compile_policy(document), remedy="return_and_refund", facts={"default_return_address": True})
    assert case.wait("15 Nov 09:00").stage == "WAIT_BUYER_RETURN"


# A9, A10: one second review per order


def test_the_second_review_can_be_asked_for_during_seven_days() -> None:
    assert ruled().clocks["A9"] == "20 Nov 09:00"
    assert ruled().does("seller", "appeal", "20 Nov 08:59").stage == "APPEAL_EVIDENCE"
    assert ruled().refusal("seller", "appeal", "20 Nov 09:00").code == "appeal_window_closed"


def test_one_second_review_is_all_an_order_gets_whoever_asked() -> None:
    case = ruled("buyer_partial_refund", "20.00").does("buyer", "appeal", "14 Nov 09:00")
    assert case.refusal("seller", "appeal", "14 Nov 09:30").code == "appeal_already_open"
    case.does("buyer", "submit_appeal", "14 Nov 10:00", statement="New photos.", new_evidence=True)
    assert case.clocks["A10"] == "19 Nov 10:00", "the Chinese Friday after"
    assert case.refusal("seller", "appeal", "15 Nov 09:00").code == "appeal_used"
    case.does("platform", "decide_appeal", "16 Nov 09:00", actor=9, decision="uphold", ruling=2)
    assert case.stage == "CLOSED"
    assert case.refusal("seller", "appeal", "17 Nov 09:00").code == "appeal_used"


def test_an_appeal_on_another_case_of_the_order_counts() -> None:
    case = refused(filed(facts={"order_appeals": 1})).does("platform", "step_in", "12 Nov 09:00")
    case.does("platform", "rule", "13 Nov 09:00", outcome="seller", amount="0", liable="buyer", ruling=1)
    assert case.refusal("buyer", "appeal", "14 Nov 09:00").code == "appeal_used"


def test_a_draft_that_lapses_does_not_use_up_the_right() -> None:
    case = ruled("buyer_partial_refund", "20.00").does("buyer", "appeal", "14 Nov 09:00")
    assert case.wait("17 Nov 09:00").stage == "CLOSED"
    assert case.does("seller", "appeal", "18 Nov 09:00").stage == "APPEAL_EVIDENCE"


def test_liability_counts_when_nobody_can_appeal_any_more() -> None:
    case = ruled().wait("20 Nov 09:00")
    assert case.emitted.count("count_liability") == 1


def test_an_excluded_reason_counts_nowhere_even_when_the_seller_is_liable() -> None:
    case = in_review(reason="SHIPPING_METHOD")
    case.does("platform", "rule", "13 Nov 09:00", outcome="buyer_refund_only", remedy="refund_only", amount="50.00",
              liable="seller", ruling=1)  # fmt: skip
    assert "count_liability" not in case.wait("30 Nov 09:00").emitted


# Whole stories


def test_a_ruling_for_a_return_runs_through_both_return_clocks() -> None:
    case = in_review(remedy="return_and_refund", facts={"default_return_address": True})
    case.does(
        "platform", "rule", "13 Nov 09:00", outcome="buyer_return_and_refund", amount="50.00", liable="seller", ruling=1
    )
    assert (case.stage, case.clocks) == ("WAIT_BUYER_RETURN", {"A6": "23 Nov 09:00"})
    case.does("buyer", "ship_return", "20 Nov 09:00", tracking="LX123")
    case.does("marketplace", "return_scanned", "20 Nov 18:00")
    assert case.clocks == {"A7": "20 Dec 09:00"}
    assert case.wait("20 Dec 09:00").ends == ("CLOSED", "refunded_after_return")
    assert case.clocks["A9"] == "27 Dec 09:00", "the second review counts from the first closing"


def test_an_objection_after_a_ruling_goes_back_to_the_same_arbitrator_without_a_new_appeal() -> None:
    case = in_review(remedy="return_and_refund", facts={"default_return_address": True})
    case.does(
        "platform", "rule", "13 Nov 09:00", outcome="buyer_return_and_refund", amount="50.00", liable="seller", ruling=1
    )
    case.does("buyer", "ship_return", "14 Nov 09:00", tracking="LX123")
    case.does("seller", "object_return", "20 Nov 09:00", statement="An empty box.", exhibits=[1])
    case.wait("23 Nov 09:00")
    assert (case.stage, case.snapshot.facts["arbitrator"]) == ("REVIEW", 3)
    case.does(
        "platform", "rule", "24 Nov 09:00", outcome="buyer_refund_only", amount="50.00", liable="seller", ruling=2
    )
    assert case.ends == ("CLOSED", "ruled_refund")
    assert case.refusal("seller", "appeal", "25 Nov 09:00").code == "receipt_dispute"


def test_a_seller_who_wins_the_second_review_is_not_counted() -> None:
    case = ruled().does("marketplace", "payout_succeeded", "14 Nov 08:00").does("seller", "appeal", "14 Nov 09:00")
    case.does("seller", "submit_appeal", "14 Nov 10:00", statement="The carrier's note.", new_evidence=True)
    case.does("platform", "decide_appeal", "18 Nov 09:00", actor=9, decision="change", outcome="seller", amount="0",
              liable="carrier", ruling=2)  # fmt: skip
    assert case.ends == ("CLOSED", "ruled_no_refund")
    assert "settle_difference" in case.emitted
    assert "count_liability" not in case.wait("20 Dec 09:00").emitted


def test_nobody_negotiates_about_what_the_buyer_was_paid_when_a_corrected_second_review_is_returned() -> None:
    case = ruled().does("marketplace", "payout_succeeded", "14 Nov 08:00").does("seller", "appeal", "14 Nov 09:00")
    case.does("seller", "submit_appeal", "14 Nov 10:00", statement="The carrier's note.", new_evidence=True)
    more = {"outcome": "buyer_refund_only", "amount": "60.00", "liable": "seller"}
    case.does("platform", "decide_appeal", "18 Nov 09:00", actor=9, decision="change", ruling=2, **more)
    case.does("platform", "correct_ruling", "18 Nov 10:00", actor=9, ruling=3, statement="A slip.", **more)
    case.does("platform", "return_ruling", "18 Nov 11:00", actor=4, statement="Look again.")
    assert case.stage == "REVIEW"
    assert case.refusal("seller", "accept_proposal", "18 Nov 12:00", offer="buyer").code == "payout_ordered"
    assert not case.offered("buyer", "18 Nov 12:00") & {"propose", "accept_proposal"}


def test_a_large_ruling_waits_for_a_second_person() -> None:
    case = in_review(amount="180.00", facts={"maximum": "200.00"})
    case.does(
        "platform", "rule", "13 Nov 09:00", outcome="buyer_refund_only", amount="180.00", liable="seller", ruling=1
    )
    assert case.stage == "RULED"
    assert case.refusal("platform", "approve_ruling", "13 Nov 10:00").code == "second_person_needed"
    assert case.does("platform", "approve_ruling", "13 Nov 11:00", actor=4).ends == ("CLOSED", "ruled_refund")


def test_everybody_silent_and_staff_slow_the_lead_and_then_the_administrator_are_told() -> None:
    case = refused().wait("17 Nov 09:01")
    case.wait("24 Nov 09:00")
    assert case.emitted.count("alert_lead") == 1
    case.wait("1 Dec 09:00")
    assert (case.emitted.count("alert_administrator"), case.snapshot.facts["platform_late"]) == (1, True)
    assert case.ends == ("REVIEW", ""), "no timer rules"
    assert case.offered("buyer", "1 Dec 10:00") >= {"urge"}


def test_a_request_is_not_changed_in_a_second_review_of_what_was_paid() -> None:
    case = ruled().does("seller", "appeal", "14 Nov 09:00")
    case.does("seller", "submit_appeal", "14 Nov 10:00", statement="New proof.", new_evidence=True)
    assert case.refusal("buyer", "edit_request", "14 Nov 11:00", amount="10.00").code == "payout_ordered"
    assert "edit_request" not in case.offered("buyer", "14 Nov 11:00")


def test_a_request_is_changed_in_a_second_review_while_nothing_was_paid() -> None:
    case = in_review().does("platform", "rule", "13 Nov 09:00", outcome="seller", amount="0", liable="buyer", ruling=1)
    case.does("buyer", "appeal", "14 Nov 09:00")
    case.does("buyer", "submit_appeal", "14 Nov 10:00", statement="New proof.", new_evidence=True)
    case.does("buyer", "edit_request", "14 Nov 11:00", amount="10.00")
    assert (case.stage, case.snapshot.facts["request_version"]) == ("RE_REVIEW", 2)
