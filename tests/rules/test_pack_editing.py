"""Changing a request while the platform looks at it, and after a replacement that was wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.timelines import WU, Timeline, in_evidence, in_review, re_reviewed, replaced, ruled, sent_back

TAOBAO = ("taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual")
AWAY = "2026-11-10T10:00"


def asked_alone(**told: Any) -> Timeline:
    """The platform was asked for by the buyer, who alone has to prove the damage."""
    case = Timeline("taobao.general", **{"reason": "DAMAGED", **told}).at(AWAY).seller("refuse")
    return case.at("2026-11-10T11:00").buyer("request_intervention")


@pytest.mark.parametrize("pack", TAOBAO)
@pytest.mark.parametrize("story", [in_evidence, in_review, re_reviewed])
def test_a_request_changed_before_the_platform_is_a_new_version_and_nothing_else(pack: str, story: Any) -> None:
    case = story(pack)
    stage, clocks, orders = case.stage, running(case), case.orders()
    case.at("2026-11-10T16:00").buyer("edit_request", amount="70.00", statement="I kept one of the two.")
    assert (case.stage, running(case), case.orders()) == (stage, clocks, orders), "no clock starts anew"
    assert (case.fact("amount"), case.fact("request_version")) == ("70.00", 2)
    assert case.snapshot.facts["buyer_offer"]["version"] == 2
    assert case.fact("edits") is None, "only an edit that sends the seller back to answer counts"


def running(case: Timeline) -> dict[str, Any]:
    return {name: state.due_at for name, state in case.snapshot.deadlines.items() if state.pending}


def test_the_seller_agrees_to_what_is_asked_now() -> None:
    case = in_review().buyer("edit_request", amount="35.00").seller("accept")
    assert (case.place, case.paid) == ("CLOSED refunded_by_agreement", "35.00")


def test_a_change_in_the_second_review_moves_only_what_is_still_owed() -> None:
    case = ruled("taobao.general", "buyer_partial_refund", "40.00", liable="seller").told("payout_succeeded")
    case.buyer("appeal").buyer("submit_appeal").buyer("edit_request", amount="55.00")
    assert (case.stage, case.paid) == ("RE_REVIEW", "40.00")
    case.seller("accept_proposal", offer="buyer")
    assert case.steps[-1].emissions[0].data == {"amount": "55.00", "paid": "40.00", "owed": "55.00"}


def test_a_change_before_the_platform_leaves_the_silent_seller_nothing_to_lose() -> None:
    case = in_review().buyer("edit_request", reason="COUNTERFEIT", amount="80.00")
    assert (case.due("T2"), case.at("2027-03-01T10:00").stage) == ("", "REVIEW")


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [("DAMAGED", "QUALITY", "both"), ("QUALITY", "DAMAGED", "buyer"), ("DAMAGED", "NOT_AS_DESCRIBED", "buyer")],
)
def test_evidence_is_asked_of_whom_the_new_reason_burdens(before: str, after: str, asked: str) -> None:
    case = asked_alone(reason=before)
    due = case.due("T7")
    case.at("2026-11-11T11:00").buyer("edit_request", reason=after)
    assert (case.stage, case.fact("evidence_from"), case.due("T7")) == ("EVIDENCE", asked, due)


@pytest.mark.parametrize("named", ["seller", "both"])
def test_a_side_the_arbitrator_named_stays_asked(named: str) -> None:
    case = asked_alone().platform("change_evidence_from", **{"from": named})
    assert case.buyer("edit_request", reason="NOT_AS_DESCRIBED").fact("evidence_from") == named
    again = in_review().platform("request_evidence", **{"from": named})
    assert again.buyer("edit_request", reason="DAMAGED").fact("evidence_from") == named


@pytest.mark.parametrize("done", ["buyer", "seller"])
def test_who_declared_the_evidence_complete_is_not_asked_differently(done: str) -> None:
    case = asked_alone(reason="QUALITY")
    case.buyer("complete_evidence") if done == "buyer" else case.seller("complete_evidence")
    assert case.buyer("edit_request", reason="DAMAGED").fact("evidence_from") == "both"


def test_evidence_about_a_returned_parcel_stays_asked_of_both() -> None:
    case = sent_back().told("return_signed").seller("object_return").buyer("edit_request", reason="DAMAGED")
    assert (case.stage, case.fact("evidence_from")) == ("EVIDENCE", "both")


def test_evidence_the_preliminary_review_asked_of_the_seller_stays_the_sellers() -> None:
    case = in_evidence("tmall").buyer("edit_request", reason="DAMAGED")
    assert (case.fact("evidence_from"), case.seller("complete_evidence").stage) == ("seller", "REVIEW")


def test_a_reason_nobody_ruled_on_does_not_count_against_the_seller() -> None:
    case = in_review("taobao.general", reason="CHANGE_OF_MIND", remedy="return_and_refund")
    case.platform("rule", outcome="buyer_partial_refund", amount="10.00", liable="seller", seller_share=100)
    case.buyer("appeal").buyer("submit_appeal").buyer("edit_request", reason="QUALITY")
    assert "count_liability" not in case.buyer("withdraw").at("2026-12-01T10:00").orders()


def test_a_second_review_rules_on_the_reason_as_it_is_then() -> None:
    case = in_review("taobao.general", reason="CHANGE_OF_MIND", remedy="return_and_refund")
    case.platform("rule", outcome="buyer_partial_refund", amount="10.00", liable="seller", seller_share=100)
    case.buyer("appeal").buyer("submit_appeal").buyer("edit_request", reason="QUALITY")
    changed = {"decision": "change", "outcome": "buyer_partial_refund", "amount": "30.00", "liable": "seller"}
    case.platform("decide_appeal", actor=WU, **changed)
    assert "count_liability" in case.at("2026-12-01T10:00").orders()


def repaired_wrongly() -> Timeline:
    case = Timeline("taobao.general", reason="REPAIR", remedy="repair", facts={"default_return_address": True})
    case.at(AWAY).seller("accept").buyer("ship_return").told("return_scanned").seller("confirm_return")
    return case.seller("send_replacement", tracking="SF200").told("replacement_signed").buyer("reject_replacement")


def test_a_wrong_repair_goes_on_as_a_refund_the_buyer_may_change() -> None:
    case = repaired_wrongly()
    assert (case.stage, case.fact("remedy")) == ("WAIT_SELLER", "refund_only")
    assert case.refused("buyer", "edit_request", amount="70.00") == ""
    assert case.refused("buyer", "edit_request", reason="REPAIR", remedy="refund_only", amount="70.00") == ""
    assert case.refused("buyer", "propose", remedy="refund_only", amount="70.00") == ""


def test_after_a_wrong_repair_the_buyer_comes_back_from_a_smaller_wish() -> None:
    case = repaired_wrongly().buyer("edit_request", remedy="partial_refund", amount="30.00").seller("refuse")
    assert case.buyer("edit_request", remedy="refund_only", amount="80.00").place == "WAIT_SELLER"


def test_only_a_wrong_replacement_opens_a_refund_to_a_reason_without_one() -> None:
    case = Timeline("taobao.general", reason="REPAIR", remedy="repair")
    assert case.refused("buyer", "edit_request", remedy="refund_only") == "remedy_of_reason"
    assert repaired_wrongly().refused("buyer", "edit_request", remedy="send_again") == "remedy_of_reason"


def test_a_wrong_replacement_does_not_let_who_changed_his_mind_keep_the_goods() -> None:
    case = Timeline(
        "taobao.general", reason="NO_REASON_7D", remedy="exchange",
        facts={"default_return_address": True}, anchors={"carrier_signed": "2026-11-09T09:00"},
    )  # fmt: skip
    case.at(AWAY).seller("accept").buyer("ship_return").seller("confirm_return")
    case.seller("send_replacement", tracking="SF200").told("replacement_signed").buyer("reject_replacement")
    assert case.fact("remedy") == "return_and_refund"
    assert case.refused("buyer", "edit_request", remedy="refund_only") == "remedy_of_reason"


@pytest.mark.parametrize("pack", TAOBAO)
def test_a_wrong_replacement_can_be_asked_about_in_other_words(pack: str) -> None:
    case = replaced(pack)
    if case.due("E3") == "":
        case.told("replacement_signed")
    assert case.buyer("reject_replacement").refused("buyer", "edit_request", amount="70.00") == ""
