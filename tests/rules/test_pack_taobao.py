"""Taobao's general goods as stories: asking, answering, returning, replacing."""

from __future__ import annotations

from typing import Any

import pytest

from rules.engine.events import Event, Refusal
from rules.engine.types import Party
from tests.rules.timelines import Timeline, in_review, policy_of, returning, sent_back


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
    case = (
        Timeline("taobao.general", reason="MISSING_WRONG", remedy="send_again").at("2026-11-10T10:00").seller("accept")
    )
    case.seller("propose", remedy="refund_only", amount="60.00").buyer("accept_proposal", offer="seller")
    assert (case.place, case.paid) == ("CLOSED refunded_by_agreement", "60.00")


def test_cheap_goods_are_refunded_without_a_return_by_one_click() -> None:
    cheap = Timeline("taobao.general", remedy="return_and_refund", amount="12.00", facts={"maximum": "12.00"})
    assert cheap.seller("refund_without_return").place == "CLOSED refunded_by_agreement"
    assert (cheap.paid, cheap.fact("agreed_remedy")) == ("12.00", "refund_keep_goods")
    dear = Timeline("taobao.general", remedy="return_and_refund")
    assert dear.refused("seller", "refund_without_return") == "not_low_value"


NO_REASON = {"reason": "NO_REASON_7D", "remedy": "return_and_refund"}
FILINGS: list[tuple[dict[str, Any], dict[str, Any], dict[str, str], str]] = [
    ({"reason": "CHANGE_OF_MIND", "remedy": "refund_only"}, {}, {}, "return_needed"),
    ({"remedy": "return_and_refund"}, {"shipped": False}, {}, "return_before_shipping"),
    ({"reason": "NOT_RECEIVED", "remedy": "exchange"}, {}, {}, "remedy_of_reason"),
    ({}, {"completed": True}, {"completed": "2026-10-26T09:00"}, "aftersale_window_closed"),
    ({}, {"refilings": 4}, {}, "too_many_refilings"),
    ({}, {"earlier_ruling": True}, {}, "ruled_before"),
    ({}, {"withdrawn_reasons": ["QUALITY"]}, {}, "withdrawn_before"),
    ({}, {"goods_type": "virtual"}, {}, "other_pack"),
    ({"amount": "100.01"}, {}, {}, "invalid_fields"),
    (NO_REASON, {}, {"carrier_signed": "2026-11-02T23:59"}, "reason_open_here"),
    (NO_REASON, {"goods_type": "custom_made"}, {}, "reason_open_here"),
    (NO_REASON, {"shipped": False}, {}, "reason_open_here"),
    ({"reason": "DAMAGED"}, {"shipped": False}, {}, "reason_open_here"),
    ({"reason": "NOT_RECEIVED"}, {"shipped": False}, {}, "reason_open_here"),
    ({"reason": "LATE_SHIPMENT"}, {"shipped": False}, {}, ""),
    ({"reason": "NOT_RECEIVED", "goods_received": True}, {}, {}, "invalid_fields"),
    ({"reason": "NOT_RECEIVED", "goods_received": False}, {}, {}, ""),
    (NO_REASON, {}, {"carrier_signed": "2026-11-03T00:01"}, ""),
    ({}, {"refilings": 3, "withdrawn_reasons": ["DAMAGED"]}, {}, ""),
    ({}, {"completed": True}, {"completed": "2026-10-26T09:01"}, ""),
]


@pytest.mark.parametrize(("request_", "facts", "anchors", "code"), FILINGS)
def test_filing_is_refused_for_a_reason_that_is_named(
    request_: dict[str, Any], facts: dict[str, Any], anchors: dict[str, str], code: str
) -> None:
    filing = Timeline("taobao.general", facts=facts, anchors=anchors, **request_).filing
    assert (filing.code if isinstance(filing, Refusal) else "") == code


ABOUT_THE_ITEM = "NO_REASON_7D NOT_RECEIVED NOT_AS_DESCRIBED QUALITY DAMAGED MISSING_WRONG COUNTERFEIT REPAIR".split()
GIFT_CARDS = "GC_AUTHENTICITY GC_UNUSABLE GC_VALUE".split()
BEFORE_SHIPPING = "CHANGE_OF_MIND MUTUAL LATE_SHIPMENT OUT_OF_STOCK INVOICE FREIGHT OTHER".split()


@pytest.mark.parametrize("pack", ["taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual"])
def test_before_shipping_nothing_can_be_said_of_an_item_that_nobody_has(pack: str) -> None:
    policy = policy_of(pack)
    for code, reason in policy.reasons.items():
        filing = Timeline(pack, reason=code, remedy=reason.remedies[0], facts={"shipped": False}).filing
        refused = filing.code if isinstance(filing, Refusal) else ""
        if code in ABOUT_THE_ITEM + GIFT_CARDS and (code, pack) != ("NO_REASON_7D", "taobao.virtual"):
            assert refused == "reason_open_here", code
        else:
            assert refused == "", code
    left = {code for code in policy.reasons if code in BEFORE_SHIPPING} or {"GC_BUYER_REASON", "GC_OTHER", "OTHER"}
    assert left <= set(policy.reasons)


def test_virtual_goods_that_were_delivered_count_as_sent() -> None:
    facts = {"shipped": False, "digital_delivered": True}
    for pack, reason in (("taobao.virtual", "QUALITY"), ("xianyu.virtual", "GC_VALUE")):
        assert Timeline(pack, reason=reason, facts=facts).place == "WAIT_SELLER"


def test_nobody_has_an_item_that_did_not_come() -> None:
    filing = Timeline("taobao.general", reason="NOT_RECEIVED", goods_received=True).filing
    assert isinstance(filing, Refusal)
    assert [(problem.field, problem.code) for problem in filing.problems] == [("goods_received", "contradicts_reason")]
    had = Timeline("taobao.general", goods_received=True)
    assert had.refused("buyer", "edit_request", reason="NOT_RECEIVED") == "invalid_fields"
    assert had.refused("buyer", "edit_request", reason="NOT_RECEIVED", goods_received=False) == ""
    assert had.refused("buyer", "edit_request", statement="It broke on the second day.") == ""


def test_a_reason_given_in_time_stays_good_for_a_later_edit() -> None:
    case = Timeline("taobao.general", **NO_REASON, anchors={"carrier_signed": "2026-11-03T09:00"})
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


def test_the_outside_world_alone_reports_facts() -> None:
    case = Timeline("taobao.general")
    event = Event(kind="order_shipped", party=Party.BUYER, actor=1, at=case.now)
    result = case.attempt(event.party, event.kind)
    assert isinstance(result, Refusal)
    assert result.code == "not_your_action"


@pytest.mark.parametrize("pack", ["taobao.general", "tmall", "xianyu.general", "aliexpress"])
@pytest.mark.parametrize("fact", ["return_scanned", "return_signed"])
def test_a_parcel_the_carrier_had_before_its_number_was_typed_is_paid(pack: str, fact: str) -> None:
    case = returning(pack).at("2026-11-10T11:00").told(fact).at("2026-11-10T12:00").buyer("ship_return")
    assert (case.stage, case.due("return_scan")) == ("WAIT_SELLER_RECEIPT", "")
    case.at(case.due("return_receipt").replace(" ", "T"))
    assert (case.place, case.paid) == ("CLOSED refunded_after_return", "80.00")


def test_a_parcel_of_the_exchange_does_not_stand_for_the_return_that_follows_it() -> None:
    case = sent_back(remedy="exchange").told("return_scanned").seller("confirm_return")
    case.seller("send_replacement", tracking="SF200").told("replacement_signed").buyer("reject_replacement")
    case.buyer("edit_request", remedy="return_and_refund").seller("accept").buyer("ship_return")
    assert case.at(case.due("return_receipt").replace(" ", "T")).stage == "REVIEW"
