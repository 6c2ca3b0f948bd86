"""What was offered, agreed and ordered stays what it was when the case goes on."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rules.engine.types import Fact
from tests.rules.timelines import ROOT, Timeline, in_evidence, ruled

PACKS = ("taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual", "aliexpress")


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize(("offered", "agreed"), [({}, "20.00"), ({"amount": "15.00"}, "15.00")])
def test_a_remedy_offered_with_a_refusal_means_the_amount_asked_then(
    pack: str, offered: dict[str, str], agreed: str
) -> None:
    case = Timeline(pack, amount="20.00", facts={"maximum": "1000.00"}).at("2026-11-10T10:00")
    case.seller("refuse", remedy="refund_only", **offered)
    case.buyer("propose", remedy="refund_only", amount="1000.00").buyer("accept_proposal", offer="seller")
    assert (case.place, case.paid) == ("CLOSED refunded_by_agreement", agreed)


def held(pack: str) -> Timeline:
    """Ruled 30.01, which the buyer was paid, and looked at once more."""
    case = ruled(pack, "buyer_partial_refund", "30.01", liable="seller").told("payout_succeeded")
    return case.platform("order_second_review", statement="The sum was mistaken.")


def agree(case: Timeline, amount: str) -> Mapping[str, Fact]:
    """Settle during the second review; what was ordered by it."""
    case.seller("propose", remedy="partial_refund", amount=amount).buyer("accept_proposal", offer="seller")
    assert (case.place, case.paid) == ("CLOSED refunded_by_agreement", amount)
    (order,) = case.steps[-1].emissions[:1]
    return order.data


@pytest.mark.parametrize("pack", [pack for pack in PACKS if pack != "aliexpress"])
@pytest.mark.parametrize(
    ("amount", "owed", "payout"),
    [("0.01", "30.01", "succeeded"), ("20.00", "30.01", "succeeded"), ("50.00", "50.00", "ordered")],
)
def test_what_the_buyer_holds_counts_in_every_later_agreement(pack: str, amount: str, owed: str, payout: str) -> None:
    case = held(pack)
    assert agree(case, "0.02") == {"amount": "0.02", "paid": "30.01", "owed": "30.01"}
    case.platform("order_second_review", statement="Once more.")
    assert agree(case, amount) == {"amount": amount, "paid": "30.01", "owed": owed}
    assert case.fact("payout") == payout


def test_what_is_awaited_and_no_longer_owed_is_not_paid() -> None:
    case = held("taobao.general")
    agree(case, "50.00")
    case.platform("correct_ruling", outcome="buyer_partial_refund", amount="40.00")
    assert case.steps[-1].emissions[0].data == {"amount": "19.99"}
    case.platform("approve_ruling", actor=ROOT)
    assert case.steps[-1].emissions[0].data == {"amount": "40.00", "paid": "30.01", "owed": "40.00"}


@pytest.mark.parametrize(
    ("pack", "row", "due"),
    [
        ("taobao.general", "M7", "2026-11-22 09:00"),
        ("xianyu.general", "X12", "2026-11-24 09:00"),
    ],
)
@pytest.mark.parametrize("sent_back", [False, True])
def test_a_correction_leaves_the_time_to_appeal_as_it_was_promised(
    pack: str, row: str, due: str, sent_back: bool
) -> None:
    case = ruled(pack, "buyer_return_and_refund", "80.00", liable="seller")
    case.seller("set_return_address").noticed_at("2026-11-21T09:00")
    assert (case.place, case.due(row)) == ("CLOSED return_not_sent", due)
    case.platform("correct_ruling", outcome="seller")
    if sent_back:
        case.platform("return_ruling", actor=ROOT).platform("rule", outcome="seller")
    else:
        case.platform("approve_ruling", actor=ROOT)
    assert (case.stage, case.due(row)) == ("CLOSED", due)
    assert case.refused("buyer", "appeal") == ""


def test_more_time_to_appeal_outlives_a_correction() -> None:
    case = ruled("taobao.general", "seller").platform("extend", deadline="appeal_window", hours=10)
    case.platform("correct_ruling", outcome="not_admitted").platform("approve_ruling", actor=ROOT)
    assert case.due("M7") == "2026-11-11 23:00"
    case.at("2026-11-11T22:59").buyer("appeal").at("2026-11-11T23:00")
    assert case.due("M7") == ""


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("submitted", [False, True])
def test_nobody_appeals_against_what_was_settled_during_an_appeal(pack: str, submitted: bool) -> None:
    """Nothing is refunded and yet the seller is to blame, so either side might have appealed."""
    case = to_review(pack).platform("rule", outcome="seller", liable="seller")
    assert {case.refused(party, "appeal") for party in ("buyer", "seller")} == {""}
    case.buyer("appeal")
    if submitted:
        case.buyer("submit_appeal")
    case.buyer("accept_proposal", offer="seller")
    assert case.place == "CLOSED refunded_by_agreement"
    assert case.due("appeal_window") == ""
    for party in ("buyer", "seller"):
        assert case.refused(party, "appeal") == "settled_again"
        assert "appeal" not in {offer.action for offer in case.may(party).available}


def test_what_was_settled_while_a_ruling_was_carried_out_is_not_appealed_either() -> None:
    case = to_review("taobao.virtual").platform("rule", outcome="buyer_exchange", liable="seller")
    case.seller("propose", remedy="partial_refund", amount="70.00").buyer("accept_proposal", offer="seller")
    assert (case.place, case.due("M7")) == ("CLOSED refunded_by_agreement", "")
    assert {case.refused(party, "appeal") for party in ("buyer", "seller")} == {"settled_again"}


def test_a_request_agreed_to_after_a_ruled_card_was_wrong_is_settled_too() -> None:
    case = to_review("taobao.virtual").platform("rule", outcome="buyer_exchange", liable="seller")
    case.seller("send_replacement").buyer("reject_replacement").seller("accept")
    assert (case.place, case.paid) == ("CLOSED refunded_by_agreement", "80.00")
    assert {case.refused(party, "appeal") for party in ("buyer", "seller")} == {"settled_again"}


def to_review(pack: str) -> Timeline:
    """Refused with an offer of 30.00, and before the platform."""
    case = Timeline(pack).seller("refuse", remedy="partial_refund", amount="30.00")
    if pack == "aliexpress":
        return case.platform("step_in")
    case.seller("request_intervention", statement="Please look.", exhibits=[1])
    if case.stage == "INTERVENTION_REQUESTED":
        case.platform("admit")
    case.platform("change_evidence_from", **{"from": "both"})
    return case.buyer("complete_evidence").seller("complete_evidence")


@pytest.mark.parametrize("pack", [pack for pack in PACKS if pack != "aliexpress"])
def test_the_seller_ends_the_follow_up_even_after_declaring_all_evidence_given(pack: str) -> None:
    case = in_evidence(pack).platform("change_evidence_from", **{"from": "both"}).seller("complete_evidence")
    assert case.refused("seller", "complete_evidence") == "already_complete"
    case.platform("change_evidence_from", **{"from": "buyer"}).buyer("complete_evidence")
    assert case.stage == "SELLER_FOLLOWUP"
    assert case.seller("complete_evidence").stage == "REVIEW"


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize(
    ("party", "action", "refused"),
    [("buyer", "propose", "invalid_fields"), ("buyer", "edit_request", "invalid_fields"), ("seller", "propose", "")],
)
@pytest.mark.parametrize("nothing", ["0", "0.00"])
def test_a_buyer_does_not_ask_for_nothing(pack: str, party: str, action: str, refused: str, nothing: str) -> None:
    assert Timeline(pack).refused(party, action, remedy="refund_only", amount=nothing) == refused
