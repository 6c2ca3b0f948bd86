"""Tmall's rules as stories: a preliminary review before anybody must prove, and a second review after closing."""

from __future__ import annotations

import pytest

from rules.engine.events import Refusal
from tests.rules.timelines import WU, Timeline, in_evidence, in_review, policy_of, sent_back


def refused() -> Timeline:
    return Timeline("tmall", "2026-11-02T09:00").at("2026-11-02T10:00").seller("refuse")


def requested() -> Timeline:
    case = refused().at("2026-11-02T11:00")
    return case.buyer("request_intervention", statement="The screen stays dark.", exhibits=[1])


def closed_on_the_tenth() -> Timeline:
    """Ruled against the seller on 10 November at nine, and thereby closed."""
    case = requested().platform("admit").at("2026-11-03T09:00").seller("complete_evidence")
    case.at("2026-11-10T09:00").platform("rule", outcome="buyer_refund_only", amount="80.00", liable="seller")
    assert case.place == "CLOSED ruled_refund"
    return case


def test_a_request_needs_words_and_at_least_one_exhibit() -> None:
    case = refused()
    assert case.refused("buyer", "request_intervention", statement="The screen stays dark.") == "exhibit_needed"
    assert case.refused("buyer", "request_intervention", exhibits=[1]) == "invalid_fields"
    case.buyer("submit_exhibit")
    assert case.refused("buyer", "request_intervention", statement="The screen stays dark.") == ""


def test_a_request_that_is_to_wait_must_be_complete_already() -> None:
    case = Timeline("tmall")
    assert case.refused("buyer", "queue_action", action="request_intervention") == "invalid_fields"
    bare = {"statement": "The screen stays dark."}
    assert case.refused("buyer", "queue_action", action="request_intervention", data=bare) == "exhibit_needed"
    form = {"statement": "The screen stays dark.", "exhibits": [1]}
    case.buyer("queue_action", action="request_intervention", data=form)
    assert case.at("2026-11-10T10:00").seller("refuse").stage == "INTERVENTION_REQUESTED"


def test_the_request_waits_for_the_preliminary_review_with_a_target_of_a_day() -> None:
    case = requested()
    assert (case.stage, case.due("M2"), case.due("M3")) == ("INTERVENTION_REQUESTED", "2026-11-03 11:00", "")
    case.at("2026-11-03T11:00")
    assert (case.stage, case.orders()[-1]) == ("INTERVENTION_REQUESTED", "alert_lead")


def test_a_request_nobody_examines_is_admitted_after_two_days() -> None:
    case = requested().at("2026-11-04T11:00")
    assert (case.stage, case.fact("admission"), case.due("M3")) == ("EVIDENCE", "admitted", "2026-11-07 11:00")


def test_the_sellers_evidence_counts_from_admission_not_from_the_click() -> None:
    case = requested().at("2026-11-03T08:00").platform("admit")
    assert (case.stage, case.fact("evidence_from"), case.due("M3")) == ("EVIDENCE", "seller", "2026-11-06 08:00")
    assert case.seller("complete_evidence").stage == "REVIEW"


def test_the_buyer_may_add_to_his_evidence_while_the_seller_proves() -> None:
    assert in_evidence("tmall").refused("buyer", "submit_exhibit") == ""


def test_thin_evidence_goes_to_review_on_what_was_filed() -> None:
    assert requested().platform("admit").at("2026-11-05T11:00").stage == "REVIEW"


def test_a_rejection_has_a_reason_from_the_list_and_starts_the_buyers_days_anew() -> None:
    case = requested().at("2026-11-03T10:00")
    assert case.refused("platform", "reject", reject_reason="NO_TIME") == "invalid_fields"
    case.platform("reject", reject_reason="EVIDENCE_MISSING")
    assert (case.stage, case.due("T4")) == ("SELLER_REFUSED", "2026-11-10 10:00")
    case.buyer("request_intervention", statement="Now with the label.", exhibits=[2])
    assert (case.stage, case.fact("admission")) == ("INTERVENTION_REQUESTED", None)


@pytest.mark.parametrize("code", policy_of("tmall").rejections)
def test_every_rejection_says_what_it_is_and_what_to_do(code: str) -> None:
    source = policy_of("tmall").document["rejections"][code]
    assert set(source["labels"]) == set(source["advice"]) == {"zh", "en"}


def test_more_asked_of_the_buyer_and_nothing_given_closes_the_request_for_now() -> None:
    case = requested().at("2026-11-03T10:00").platform("request_evidence", **{"from": "buyer"})
    assert case.due("M3") == "2026-11-06 10:00"
    assert case.at("2026-11-06T10:00").place == "CLOSED expired"
    assert Timeline("tmall", "2026-11-06T11:00", facts={"refilings": 1}).stage == "WAIT_SELLER"


def test_more_given_by_the_buyer_comes_back_to_the_preliminary_review() -> None:
    case = requested().at("2026-11-03T10:00").platform("request_evidence", **{"from": "buyer"})
    case.at("2026-11-04T10:00").buyer("submit_exhibit").buyer("complete_evidence")
    assert (case.stage, case.due("M2"), case.due("M2b")) == (
        "INTERVENTION_REQUESTED",
        "2026-11-05 10:00",
        "2026-11-06 10:00",
    )


def test_the_parties_may_still_settle_while_they_wait() -> None:
    assert requested().seller("accept").place == "CLOSED refunded_by_agreement"
    case = (
        requested().seller("propose", remedy="partial_refund", amount="50.00").buyer("accept_proposal", offer="seller")
    )
    assert case.paid == "50.00"


def test_a_parcel_on_its_way_back_never_returns_to_the_refusal() -> None:
    case = sent_back("tmall").at("2026-11-12T09:00")
    case.seller("request_intervention", statement="Another item came back.", exhibits=[3])
    assert (case.stage, case.fact("evidence_from"), case.due("T4")) == ("EVIDENCE", "both", "")


def test_the_clocks_of_the_second_review() -> None:
    """Vector G16: closed on the 10th at nine, appealed on the 11th at five, submitted at eleven."""
    case = closed_on_the_tenth()
    assert (case.due("M7"), case.due("M11")) == ("2026-11-11 09:00", "2026-11-13 09:00")
    case.at("2026-11-11T05:00").seller("appeal")
    assert case.due("M8s") == "2026-11-11 17:00"
    case.at("2026-11-11T11:00").seller("submit_appeal")
    assert (case.due("M9"), case.due("M10")) == ("2026-11-12 23:00", "2026-11-12 11:00")
    assert case.at("2026-11-12T10:59").refused("buyer", "urge") == "not_yet"
    assert case.opens("buyer", "urge") == "2026-11-12 11:00"
    case.at("2026-11-12T11:00").buyer("urge")
    assert case.at("2026-11-12T22:59").refused("seller", "urge") == "urged_recently"
    case.platform("decide_appeal", actor=WU)
    assert case.due("M11b") == "2026-11-13 09:00"
    assert case.at("2026-11-13T09:00").orders()[-1] == "count_liability"


def test_the_second_review_happens_once_and_not_after_its_window() -> None:
    case = closed_on_the_tenth().at("2026-11-10T10:00").seller("appeal").seller("submit_appeal")
    case.at("2026-11-10T12:00").platform("decide_appeal", actor=WU)
    assert case.refused("seller", "appeal") == "appeal_used"
    assert closed_on_the_tenth().at("2026-11-11T09:00").refused("seller", "appeal") == "appeal_window_closed"


def test_late_submission_loses_the_appeal() -> None:
    case = closed_on_the_tenth().at("2026-11-11T05:00").seller("appeal").at("2026-11-11T17:00")
    assert case.place == "CLOSED ruled_refund"
    assert case.refused("seller", "appeal") == "appeal_window_closed"


def test_only_what_the_platform_ruled_can_be_reviewed_again() -> None:
    settled = Timeline("tmall").seller("accept")
    assert settled.refused("buyer", "appeal") == "not_ruled"


def test_a_preliminary_review_that_was_dead_for_a_day_leaves_the_seller_his_three_days() -> None:
    case = requested().noticed_at("2026-11-05T15:00")
    assert (case.stage, case.passed("M2b"), case.due("M3")) == ("EVIDENCE", "2026-11-04 11:00", "2026-11-08 15:00")


def test_the_words_of_the_pack() -> None:
    document = policy_of("tmall").document
    assert document["actions"]["appeal"]["labels"]["zh"] == "申请复审"
    assert policy_of("taobao.general").document["actions"]["appeal"]["labels"]["zh"] == "申请复审"


def test_an_exchange_is_a_request_of_its_own() -> None:
    case = Timeline("tmall", remedy="exchange", facts={"default_return_address": True})
    assert case.at("2026-11-15T09:00").stage == "WAIT_BUYER_RETURN"


def test_the_ruling_is_not_open_to_the_parties() -> None:
    case = in_review("tmall")
    result = case.attempt("seller", "rule", outcome="seller")
    assert isinstance(result, Refusal)
    assert result.code == "not_your_action"
