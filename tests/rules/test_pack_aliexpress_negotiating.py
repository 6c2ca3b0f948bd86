"""AliExpress while the parties still talk: two clocks side by side, three proposals, parcels in transit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rules.engine.events import Refusal
from tests.rules.aliexpress_case import (
    Case,
    an_order,
    filed,
    in_return,
    in_review,
    refused,
    returned,
    ruled,
    told,
)

# not shipped


def test_a_cancellation_before_shipping_is_refunded_after_48_silent_hours() -> None:
    case = filed(reason="PERSONAL_REASONS", facts={"shipped": False}, anchors={"shipped": ""})
    assert case.clocks == {"A-1": "12 Nov 09:00", "A3": "17 Nov 09:00"}
    assert case.wait("12 Nov 08:59").stage == "WAIT_SELLER"
    assert case.wait("12 Nov 09:00").ends == ("CLOSED", "refunded_by_silence")


def test_shipping_turns_a_cancellation_into_an_ordinary_request() -> None:
    case = filed(reason="PERSONAL_REASONS", facts={"shipped": False}, anchors={"shipped": ""})
    case.does("marketplace", "order_shipped", "11 Nov 09:00")
    assert case.clocks == {"A2": "15 Nov 09:00", "A3": "17 Nov 09:00"}


def test_a_refused_cancellation_is_not_forgotten() -> None:
    case = filed(reason="PERSONAL_REASONS", facts={"shipped": False}, anchors={"shipped": ""})
    refused(case)
    assert case.clocks == {"A3": "17 Nov 09:00"}
    assert case.wait("17 Nov 09:01").stage == "REVIEW"


def test_a_return_is_not_slipped_in_before_shipping_by_an_edit_or_a_proposal() -> None:
    case = filed(reason="PERSONAL_REASONS", facts={"shipped": False}, anchors={"shipped": ""})
    edited = case.refusal("buyer", "edit_request", "10 Nov 10:00", remedy="return_and_refund")
    offered = case.refusal("seller", "propose", "10 Nov 10:00", remedy="return_and_refund", amount="50.00")
    assert (edited.code, offered.code) == ("return_before_shipping", "return_before_shipping")


def test_an_unshipped_order_has_neither_a_missing_parcel_nor_a_return() -> None:
    order = an_order({"shipped": False}, {"shipped": ""})
    codes = [
        Case().refusal("buyer", "file", "10 Nov 09:00", reason=reason, remedy=remedy, amount="1.00", order=order).code
        for reason, remedy in [("LOST", "refund_only"), ("PERSONAL_REASONS", "return_and_refund")]
    ]
    assert codes == ["reason_open_here", "return_before_shipping"]


# A2: the seller's five days


def test_five_silent_days_refund_what_was_asked() -> None:
    case = filed(remedy="return_and_refund")
    assert case.wait("15 Nov 08:59").stage == "WAIT_SELLER"
    assert case.wait("15 Nov 09:00").ends == ("CLOSED", "refunded_by_silence")
    assert (case.snapshot.facts["paid_amount"], case.rules_fired) == ("50.00", ["A2"])


@pytest.mark.parametrize(
    "change", [{"reason": "QUALITY"}, {"remedy": "return_and_refund"}, {"amount": "40.00"}], ids=lambda c: next(iter(c))
)
def test_a_change_of_reason_remedy_or_amount_gives_five_new_days(change: dict[str, Any]) -> None:
    case = filed().does("buyer", "edit_request", "12 Nov 10:00", **change)
    assert case.clocks == {"A2": "17 Nov 10:00", "A3": "17 Nov 09:00"}


def test_a_change_of_words_or_evidence_gives_no_new_days() -> None:
    case = filed().does("buyer", "edit_request", "12 Nov 10:00", statement="Look at the corner.", amount="50.00")
    case.does("buyer", "submit_exhibit", "12 Nov 10:05", exhibit=1)
    assert case.clocks == {"A2": "15 Nov 09:00", "A3": "17 Nov 09:00"}
    assert case.snapshot.facts["request_version"] == 1


def test_a_change_of_words_after_a_refusal_leaves_the_refusal_standing() -> None:
    case = refused().does("buyer", "edit_request", "16 Nov 10:00", statement="Look again.")
    assert (case.stage, case.clocks) == ("SELLER_REFUSED", {"A3": "17 Nov 09:00"})


def test_summer_time_leaves_five_days_of_24_hours() -> None:
    """Golden vector G7: 5 d from 6 March 10:00 -08 end on 11 March at 11:00 -07."""
    case = filed("2026-03-06 10:00", anchors={"shipped": "2026-02-01 09:00"})
    assert case.clocks["A2"] == "11 Mar 11:00"
    assert case.snapshot.deadlines["seller_response"].due_at.isoformat() == "2026-03-11T18:00:00+00:00"


# A3: the platform steps in


def test_on_the_seventh_day_the_platform_steps_in_before_the_restarted_five_days_end() -> None:
    case = filed().does("buyer", "edit_request", "13 Nov 09:00", amount="40.00")
    assert case.clocks == {"A2": "18 Nov 09:00", "A3": "17 Nov 09:00"}
    assert case.wait("17 Nov 09:00").stage == "WAIT_SELLER", "the seventh day is included"
    case.wait("17 Nov 09:01")
    assert (case.stage, case.rules_fired, case.snapshot.facts["seller_silent"]) == ("REVIEW", ["A3"], True)
    assert case.clocks == {"A3b": "24 Nov 09:00"}


def test_at_the_due_time_itself_the_seller_is_still_in_time() -> None:
    case = filed().does("buyer", "edit_request", "13 Nov 09:00", amount="40.00")
    case.does("seller", "accept", "17 Nov 09:00")
    assert case.ends == ("CLOSED", "refunded_by_agreement")
    assert case.snapshot.facts["paid_amount"] == "40.00"


def test_refusing_keeps_the_negotiation_going_until_the_seventh_day() -> None:
    case = refused()
    assert case.clocks == {"A3": "17 Nov 09:00"}
    case.wait("17 Nov 09:01")
    assert (case.stage, "seller_silent" in case.snapshot.facts) == ("REVIEW", False)


def test_a_late_sweep_changes_nothing() -> None:
    prompt = filed().does("buyer", "edit_request", "13 Nov 09:00", amount="40.00").wait("17 Nov 09:01")
    late = filed().does("buyer", "edit_request", "13 Nov 09:00", amount="40.00").looked_at("19 Nov 12:00")
    assert (prompt.stage, prompt.rules_fired) == (late.stage, late.rules_fired)
    assert prompt.clocks == late.clocks


def test_staff_may_step_in_at_any_time_before() -> None:
    case = filed().does("platform", "step_in", "10 Nov 10:00")
    assert (case.stage, case.snapshot.facts["intervention_by"]) == ("REVIEW", "platform")


# Asking the platform in


@pytest.mark.parametrize("party", ["buyer", "seller"])
def test_after_a_refusal_either_side_may_ask_the_platform_in(party: str) -> None:
    case = refused().does(party, "request_intervention", "11 Nov 10:00")
    assert (case.stage, case.snapshot.facts["intervention_by"]) == ("REVIEW", party)


@pytest.mark.parametrize("party", ["buyer", "seller"])
def test_an_unanswered_first_request_cannot_be_escalated(party: str) -> None:
    assert filed().refusal(party, "request_intervention", "11 Nov 10:00").code == "current_version_answered"


def test_a_silent_seller_cannot_stop_his_five_days_by_asking_the_platform_in() -> None:
    case = filed().does("buyer", "edit_request", "11 Nov 09:00", amount="45.00")
    assert isinstance(case.tries("seller", "request_intervention", "12 Nov 09:00"), Refusal)
    assert case.wait("16 Nov 09:00").ends == ("CLOSED", "refunded_by_silence")


@pytest.mark.parametrize("party", ["buyer", "seller"])
def test_an_edited_request_can_be_escalated_when_an_earlier_one_was_answered(party: str) -> None:
    case = refused().does("buyer", "edit_request", "12 Nov 09:00", amount="45.00")
    assert case.stage == "WAIT_SELLER"
    assert case.does(party, "request_intervention", "12 Nov 10:00").stage == "REVIEW"


def test_while_a_return_is_awaited_either_side_may_ask_the_platform_in() -> None:
    assert returned().does("buyer", "request_intervention", "20 Nov 09:00").stage == "REVIEW"


# A4 begins: parcels still in transit


def in_transit(promise_ends: str = "30 Nov 12:00") -> Case:
    return filed(reason="IN_TRANSIT", anchors={"promise_ends": promise_ends})


def test_a_parcel_in_transit_is_escalated_when_its_promise_ends() -> None:
    case = refused(in_transit())
    assert case.clocks == {"A4g": "30 Nov 12:00", "A4": "30 Nov 12:00"}
    assert case.wait("30 Nov 11:59").stage == "SELLER_REFUSED"
    assert (case.wait("30 Nov 12:00").stage, case.rules_fired) == ("REVIEW", ["A4"])


def test_a_parcel_in_transit_is_not_escalated_before_the_seventh_day() -> None:
    case = refused(in_transit("12 Nov 12:00"))
    assert case.clocks == {"A4g": "12 Nov 12:00", "A4": "17 Nov 09:00"}
    assert case.does("buyer", "request_intervention", "12 Nov 12:00").stage == "REVIEW"


def test_before_the_promise_ends_only_the_buyer_must_wait() -> None:
    refusal = refused(in_transit()).refusal("buyer", "request_intervention", "20 Nov 09:00")
    assert (refusal.code, refusal.available_from.isoformat() if refusal.available_from else "") == (
        "promise_not_over", "2026-11-30T20:00:00+00:00",
    )  # fmt: skip
    assert refused(in_transit()).does("seller", "request_intervention", "20 Nov 09:00").stage == "REVIEW"


@pytest.mark.parametrize("look", [Case.wait, Case.looked_at], ids=["promptly", "a day late"])
def test_a_queued_escalation_is_carried_out_when_the_promise_ends(look: Callable[[Case, str], Case]) -> None:
    case = refused(in_transit("13 Nov 12:00"))
    case.does("buyer", "queue_action", "12 Nov 09:00", action="request_intervention")
    look(case, "14 Nov 09:00")
    assert (case.stage, case.rules_fired, told(case.steps[-1].at)) == ("REVIEW", [], "13 Nov 12:00")


def test_a_queued_escalation_waits_for_the_sellers_answer() -> None:
    case = filed().does("buyer", "queue_action", "10 Nov 10:00", action="request_intervention")
    assert refused(case).wait("11 Nov 09:00").stage == "REVIEW"


def test_a_new_promise_moves_the_escalation() -> None:
    case = refused(in_transit())
    case.does("marketplace", "promise_changed", "20 Nov 09:00", promise_ends="2026-12-05T12:00:00-08:00")
    assert case.clocks == {"A4g": "5 Dec 12:00", "A4": "5 Dec 12:00"}


def test_without_a_promise_the_seventh_day_counts_for_parcels_in_transit_too() -> None:
    assert filed(reason="IN_TRANSIT").clocks == {"A2": "15 Nov 09:00", "A3": "17 Nov 09:00"}


def test_a_parcel_that_arrived_ends_the_dispute_about_its_transit() -> None:
    case = refused(in_transit()).does("marketplace", "order_completed", "20 Nov 09:00")
    assert case.ends == ("CLOSED", "in_transit_received")


def test_a_parcel_that_arrives_broken_leaves_the_seller_five_days() -> None:
    case = refused(in_transit()).does("buyer", "edit_request", "22 Nov 09:00", reason="DAMAGED")
    assert case.clocks == {"A2": "27 Nov 09:00", "A3t": "27 Nov 09:00"}
    early = in_transit().does("buyer", "edit_request", "11 Nov 09:00", reason="DAMAGED")
    assert early.clocks == {"A2": "16 Nov 09:00", "A3t": "17 Nov 09:00"}


# Three proposals, evidence and the lock


def test_buyer_seller_and_platform_each_keep_one_proposal() -> None:
    case = refused().does("seller", "propose", "12 Nov 09:00", remedy="partial_refund", amount="10.00")
    case.does("buyer", "propose", "12 Nov 10:00", remedy="partial_refund", amount="30.00")
    assert case.stage == "WAIT_SELLER", "the buyer's proposal is the request"
    case.does("platform", "step_in", "12 Nov 11:00")
    case.does("platform", "propose", "12 Nov 12:00", remedy="partial_refund", amount="20.00")
    case.does("seller", "propose", "12 Nov 13:00", remedy="partial_refund", amount="15.00")
    offers = {party: case.snapshot.facts[f"{party}_offer"]["amount"] for party in ("buyer", "seller", "platform")}
    assert offers == {"buyer": "30.00", "seller": "15.00", "platform": "20.00"}


@pytest.mark.parametrize(
    ("party", "offer", "paid"),
    [
        ("buyer", "seller", "10.00"),
        ("buyer", "platform", "20.00"),
        ("seller", "buyer", "50.00"),
        ("seller", "platform", "20.00"),
    ],
)
def test_accepting_anothers_proposal_closes_the_case(party: str, offer: str, paid: str) -> None:
    case = in_review().does("seller", "propose", "12 Nov 10:00", remedy="partial_refund", amount="10.00")
    case.does("platform", "propose", "12 Nov 11:00", remedy="partial_refund", amount="20.00")
    case.does(party, "accept_proposal", "12 Nov 12:00", offer=offer)
    assert case.ends == ("CLOSED", "refunded_by_agreement")
    assert (case.snapshot.facts["paid_amount"], case.snapshot.facts["payout"]) == (paid, "ordered")


def test_nobody_accepts_his_own_proposal() -> None:
    case = refused().does("seller", "propose", "12 Nov 10:00", remedy="partial_refund", amount="10.00")
    assert case.refusal("seller", "accept_proposal", "12 Nov 11:00", offer="seller").code == "no_such_offer"


@pytest.mark.parametrize("party", ["buyer", "seller"])
def test_once_the_payout_is_ordered_nothing_is_negotiable(party: str) -> None:
    case = filed().does("seller", "accept", "11 Nov 09:00")
    offered = case.offered(party, "11 Nov 10:00")
    assert offered == set()


def test_a_paid_case_under_appeal_is_not_negotiated_either() -> None:
    case = ruled().does("seller", "appeal", "14 Nov 09:00")
    case.does("seller", "submit_appeal", "14 Nov 10:00", statement="New proof.", new_evidence=True)
    assert (
        case.refusal("seller", "propose", "14 Nov 11:00", remedy="partial_refund", amount="1.00").code
        == "payout_ordered"
    )


def test_a_proposal_above_the_maximum_is_refused() -> None:
    refusal = refused().refusal("seller", "propose", "12 Nov 09:00", remedy="refund_only", amount="66.66")
    assert [problem.code for problem in refusal.problems] == ["over_maximum"]


@pytest.mark.parametrize("build", [filed, refused, in_return, returned, in_review], ids=lambda f: f.__name__)
@pytest.mark.parametrize("party", ["buyer", "seller"])
def test_evidence_is_submitted_and_withdrawn_until_the_end(build: Callable[[], Case], party: str) -> None:
    assert {"submit_exhibit", "withdraw_exhibit"} <= build().offered(party, "12 Nov 10:00")


def test_both_sides_change_request_answer_and_proposal_until_the_end() -> None:
    case = in_review()
    case.does("buyer", "edit_request", "12 Nov 10:00", reason="QUALITY", amount="40.00")
    case.does("seller", "refuse", "12 Nov 11:00", refusal="WORKS", statement="It works.")
    assert (case.stage, case.snapshot.facts["request_version"]) == ("REVIEW", 2)
    assert case.clocks == {"A3b": "19 Nov 09:00"}


def test_an_answer_in_review_lifts_the_mark_of_silence() -> None:
    case = filed().does("platform", "step_in", "11 Nov 09:00")
    assert case.snapshot.facts["seller_silent"] is True
    case.does("seller", "propose", "12 Nov 09:00", remedy="partial_refund", amount="10.00")
    assert "seller_silent" not in case.snapshot.facts
