"""Taobao's evidence, rulings and second reviews as stories; all packs of the family share them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.timelines import (
    ROOT,
    WU,
    Timeline,
    appealing,
    in_evidence,
    in_review,
    re_reviewed,
    ruled,
    sent_back,
)


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


@pytest.mark.parametrize("pack", ["taobao.general", "tmall", "xianyu.virtual"])
@pytest.mark.parametrize(
    ("asked", "heard"),
    [
        (("buyer",), "buyer"),
        (("buyer", "seller"), "buyer seller"),
        (("seller", "buyer", "seller"), "buyer seller"),
        (("both", "seller"), "buyer seller"),
    ],
)
def test_who_was_heard_on_false_evidence_stays_heard(pack: str, asked: tuple[str, ...], heard: str) -> None:
    case = in_review(pack)
    for side in asked:
        case.platform("request_evidence", **{"from": side}, false_evidence=True)
        case.platform("change_evidence_from", **{"from": "both"})
        case.buyer("complete_evidence").seller("complete_evidence")
    for party in ("buyer", "seller"):
        refused = case.refused("platform", "rule", outcome="not_admitted", false_evidence_by=party)
        assert refused == ("" if party in heard else "not_heard"), party


def test_a_ruled_return_is_paid_only_after_the_parcel() -> None:
    case = ruled("taobao.general", "buyer_return_and_refund", "80.00", liable="seller")
    assert (case.stage, case.due("T3a"), case.paid) == ("WAIT_BUYER_RETURN", "2026-11-12 13:00", "")
    case.seller("set_return_address").buyer("ship_return").at("2026-11-12T09:00").told("return_signed")
    assert case.seller("confirm_return").paid == "80.00"
    assert case.due("M7") == "2026-11-13 09:00"


def test_a_dispute_about_a_ruled_return_stays_with_its_arbitrator_and_gives_no_new_appeal() -> None:
    case = ruled("taobao.general", "buyer_return_and_refund", "80.00", liable="seller")
    case.seller("set_return_address").buyer("ship_return").at("2026-11-13T09:00").told("return_signed")
    assert case.seller("object_return").fact("arbitrator") == 3
    assert case.at("2026-11-16T09:00").platform("rule", outcome="seller").place == "CLOSED ruled_no_refund"
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
    case.platform(
        "decide_appeal", actor=WU, decision="change", outcome="buyer_refund_only", amount="80.00", liable="seller"
    )
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


@pytest.mark.parametrize("pack", ["taobao.general", "tmall", "xianyu.general"])
@pytest.mark.parametrize(
    ("outcome", "amount", "place", "paid"),
    [
        ("buyer_exchange", "0", "WAIT_REPLACEMENT", ""),
        ("buyer_return_and_refund", "80.00", "CLOSED ruled_refund", "80.00"),
    ],
)
def test_whoever_sent_the_goods_back_gets_at_once_what_is_found_on_appeal(
    pack: str, outcome: str, amount: str, place: str, paid: str
) -> None:
    """No carrier ever saw the parcel, so the review refused everything at first."""
    case = sent_back(pack).at("2026-11-20T12:00").platform("rule", outcome="not_admitted")
    case.buyer("appeal").buyer("submit_appeal")
    case.platform("decide_appeal", actor=WU, decision="change", outcome=outcome, amount=amount)
    assert (case.place, case.paid) == (place, paid)


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


@pytest.mark.parametrize(
    ("reason", "share", "counts"), [("QUALITY", 50, True), ("QUALITY", 49, False), ("MUTUAL", 100, False)]
)
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
    case.told("payout_succeeded")
    case.buyer("appeal").buyer("submit_appeal").seller("propose", remedy="partial_refund", amount="55.00")
    case.buyer("accept_proposal", offer="seller")
    assert (case.place, case.paid, case.orders()[-1]) == ("CLOSED refunded_by_agreement", "55.00", "settle_difference")


def test_an_appeal_draft_noticed_late_leaves_the_days_of_liability_as_they_were() -> None:
    case = ruled("taobao.general", "buyer_refund_only", "80.00", liable="seller").seller("appeal")
    case.noticed_at("2026-11-12T09:00")
    assert case.place == "CLOSED ruled_refund"
    assert case.due("M11b") == "2026-11-13 13:00"


def may_appeal(case: Timeline, party: str) -> bool:
    return case.refused(party, "appeal") != "granted_in_full"


@pytest.mark.parametrize("pack", ["taobao.general", "taobao.virtual", "xianyu.virtual"])
def test_a_seller_who_has_to_exchange_may_appeal(pack: str) -> None:
    case = in_review(pack).platform("rule", outcome="buyer_exchange", liable="none")
    if pack == "taobao.general":
        case.seller("set_return_address").buyer("ship_return").seller("confirm_return")
        case.seller("send_replacement", tracking="SF200").told("replacement_signed")
    else:
        case.seller("send_replacement")
    assert case.buyer("confirm_replacement").place == "CLOSED exchanged"
    assert may_appeal(case, "seller")


@pytest.mark.parametrize("liable", ["none", "carrier", "platform", "buyer"])
@pytest.mark.parametrize("outcome", ["seller", "not_admitted"])
def test_a_seller_who_gives_nothing_and_is_not_to_blame_has_nothing_to_appeal(outcome: str, liable: str) -> None:
    assert not may_appeal(ruled("taobao.general", outcome, liable=liable), "seller")


@pytest.mark.parametrize(
    ("asked", "outcome", "amount", "appeals"),
    [
        ("partial_refund", "buyer_refund_only", "30.00", False),
        ("partial_refund", "buyer_partial_refund", "30.00", False),
        ("refund_only", "buyer_partial_refund", "30.00", False),
        ("refund_keep_goods", "buyer_refund_only", "30.00", False),
        ("partial_refund", "buyer_refund_only", "29.99", True),
        ("partial_refund", "seller", "0", True),
        ("return_and_refund", "buyer_partial_refund", "30.00", True),
        ("exchange", "buyer_refund_only", "30.00", True),
    ],
)
def test_a_buyer_who_got_every_cent_was_granted_in_full_whatever_the_money_is_called(
    asked: str, outcome: str, amount: str, appeals: bool
) -> None:
    case = in_review("taobao.general", remedy=asked, amount="30.00")
    case.platform("rule", outcome=outcome, amount=amount, liable="seller")
    assert case.stage == "CLOSED"
    assert may_appeal(case, "buyer") is appeals


@pytest.mark.parametrize("pack", ["taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual"])
def test_who_changed_a_ruling_on_appeal_corrects_it_and_another_person_approves(pack: str) -> None:
    changed = {"decision": "change", "outcome": "buyer_partial_refund", "amount": "30.00", "liable": "seller"}
    case = re_reviewed(pack).platform("decide_appeal", actor=WU, **changed)
    slip = {"outcome": "buyer_partial_refund", "amount": "3.00"}
    assert case.refused("platform", "correct_ruling", **slip) == "not_the_same_person"
    assert "correct_ruling" in {offer.action for offer in case.may("platform", actor=WU).available}
    case.platform("correct_ruling", actor=WU, **slip)
    for action in ("approve_ruling", "return_ruling"):
        assert case.refused("platform", action, actor=WU) == "second_person_needed"
        assert case.refused("platform", action, actor=3) == "second_person_needed"
    assert case.platform("approve_ruling", actor=ROOT).paid == "3.00"
    assert case.refused("platform", "correct_ruling", actor=WU, **slip) == ""


def test_who_was_upheld_on_appeal_still_corrects_the_ruling() -> None:
    case = re_reviewed().platform("decide_appeal", actor=WU)
    slip = {"outcome": "buyer_partial_refund", "amount": "3.00"}
    assert case.refused("platform", "correct_ruling", actor=WU, **slip) == "not_the_same_person"
    assert case.refused("platform", "correct_ruling", **slip) == ""


@pytest.mark.parametrize("pack", ["taobao.general", "tmall", "xianyu.virtual"])
def test_what_the_buyer_was_paid_stays_answered_when_a_higher_second_review_is_taken_back(pack: str) -> None:
    case = ruled(pack, "buyer_partial_refund", "5.00", liable="seller").told("payout_succeeded")
    case.buyer("appeal").buyer("submit_appeal")
    more = {"outcome": "buyer_partial_refund", "amount": "20.00", "liable": "seller"}
    case.platform("decide_appeal", actor=WU, decision="change", **more)
    case.platform("correct_ruling", actor=WU, outcome="seller").platform("approve_ruling", actor=ROOT)
    assert case.refused("platform", "correct_ruling", actor=WU, outcome="seller") == "payout_answered"
    assert case.refused("platform", "order_second_review", statement="The sum was mistaken.") == ""
