"""AliExpress's rows: each number, where it counts from, and what its end does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rules.engine.types import DeadlineKind, Stage
from tests.rules.aliexpress_case import (
    TODAY,
    Case,
    an_order,
    filed,
    in_return,
    in_review,
    refused,
    returned,
    ruled,
)

# What the pack says, row by row: id, kind, party, length, source's trust.
ROWS = [
    ("A-1", "auto", "seller", "48h", "assumed"),
    ("A0", "gate", "buyer", "10d", "B"),
    ("A1", "window", "buyer", "15d", "B"),
    ("A2", "auto", "seller", "5d", "seed"),
    ("A3", "auto", "platform", "7d", "seed"),
    ("A3b", "target", "platform", "5wd-10wd", "assumed"),
    ("A4", "auto", "platform", "0h", "A"),
    ("A5", "auto", "both", "3d", "A"),
    ("A6", "auto", "buyer", "10d", "B"),
    ("A7", "auto", "seller", "30d", "B"),
    ("A8", "target", "platform", "2wd-4wd", "B"),
    ("A9", "window", "both", "7d", "C"),
    ("A10", "target", "platform", "5wd-10d", "C"),
    ("A11", "target", "platform", "3wd-20wd", "B"),
    ("A12", "gate", "seller", "0h", "seed"),
    ("A13", "gate", "buyer", "0h", "C"),
]


@pytest.mark.parametrize(("row", "kind", "party", "length", "confidence"), ROWS)
def test_every_row_has_its_kind_its_party_its_length_and_its_source(
    row: str, kind: str, party: str, length: str, confidence: str
) -> None:
    rule = TODAY.named(row)
    term = rule.terms[-1]
    said = str(term.length) if term.maximum is None else f"{term.length}-{term.maximum}"
    assert (rule.kind, rule.party, said, rule.provenance.confidence) == (DeadlineKind(kind), party, length, confidence)
    assert rule.provenance.source
    assert set(rule.provenance.labels) == {"zh", "en"}


def test_the_pack_runs_on_pacific_time_with_chinese_working_days_in_dollars() -> None:
    assert (TODAY.zone, TODAY.calendar, TODAY.currency) == ("America/Los_Angeles", "cn", "USD")


@pytest.mark.parametrize("code", sorted(TODAY.reasons))
def test_every_reason_has_names_a_remedy_and_only_known_slots(code: str) -> None:
    reason = TODAY.reasons[code]
    assert set(reason.labels) == {"zh", "en"}
    assert reason.remedies
    assert {slot for slots in reason.slots.values() for slot in slots} <= set(TODAY.evidence["slots"])
    assert set(reason.remedies) <= set(TODAY.remedies)


@pytest.mark.parametrize("code", ["PERSONAL_REASONS", "EASY_RETURN", "SHIPPING_METHOD"])
def test_the_three_excluded_reasons_never_count(code: str) -> None:
    assert TODAY.reasons[code].counts is False


def test_only_the_excluded_reasons_do_not_count() -> None:
    assert {code for code, reason in TODAY.reasons.items() if not reason.counts} == {
        "PERSONAL_REASONS", "EASY_RETURN", "SHIPPING_METHOD",
    }  # fmt: skip


def test_the_seller_refuses_for_a_reason_of_the_closed_list() -> None:
    refusal = filed().refusal("seller", "refuse", "11 Nov 09:00", refusal="BECAUSE", statement="No.")
    assert [problem.field for problem in refusal.problems] == ["refusal"]
    assert all(set(labels) == {"zh", "en"} for labels in TODAY.refusals.values())


def test_no_exchange_is_asked_proposed_or_ruled() -> None:
    wanted = Case().refusal(
        "buyer", "file", "10 Nov 09:00", reason="DAMAGED", remedy="exchange", amount="50.00", order=an_order()
    )
    offered = refused().refusal("seller", "propose", "12 Nov 09:00", remedy="exchange", amount="0.00")
    outcome = in_review().refusal(
        "platform", "rule", "13 Nov 09:00", outcome="buyer_exchange", amount="0.00", liable="seller", ruling=1
    )
    named = [[problem.field for problem in refusal.problems] for refusal in (wanted, offered, outcome)]
    assert named == [["remedy"], ["remedy"], ["outcome"]]
    assert {Stage.WAIT_REPLACEMENT, Stage.WAIT_BUYER_CHECK}.isdisjoint(TODAY.stages)


# A0, A1: when a dispute may be filed


def test_a_parcel_is_not_missing_before_ten_days() -> None:
    early = Case().refusal(
        "buyer", "file", "30 Oct 08:59", reason="LOST", remedy="refund_only", amount="50.00", order=an_order()
    )
    assert early.code == "filing_not_open_yet"
    assert early.available_from is not None
    assert early.available_from.isoformat() == "2026-10-30T16:00:00+00:00"
    assert filed("30 Oct 09:00", reason="LOST").stage == "WAIT_SELLER"


def test_a_promise_under_five_days_opens_filing_at_once() -> None:
    assert filed("21 Oct 09:00", reason="LOST", facts={"promise_days": 4}).stage == "WAIT_SELLER"
    order = an_order({"promise_days": 5})
    late = Case().refusal(
        "buyer", "file", "21 Oct 09:00", reason="LOST", remedy="refund_only", amount="1.00", order=order
    )
    assert late.code == "filing_not_open_yet"


def test_other_reasons_need_not_wait_ten_days() -> None:
    assert filed("21 Oct 09:00", reason="DAMAGED").stage == "WAIT_SELLER"


def test_an_edit_is_no_way_around_the_ten_days() -> None:
    case = filed("21 Oct 09:00", reason="DAMAGED")
    assert case.refusal("buyer", "edit_request", "22 Oct 09:00", reason="LOST").code == "filing_not_open_yet"


@pytest.mark.parametrize("anchor", ["completed", "receipt_ends"])
def test_filing_closes_fifteen_days_after_receipt_or_the_end_of_the_receipt_period(anchor: str) -> None:
    facts, anchors = {"completed": anchor == "completed"}, {anchor: "3 Nov 09:00"}
    assert filed("18 Nov 08:59", facts=facts, anchors=anchors).stage == "WAIT_SELLER"
    late = Case().refusal(
        "buyer", "file", "18 Nov 09:00", reason="DAMAGED", remedy="refund_only", amount="1.00",
        order=an_order(facts, anchors),
    )  # fmt: skip
    assert late.code == "filing_window_closed"
    assert late.available_until is not None


# Who may do what where


ANSWERS = {"accept", "refuse", "propose", "accept_proposal", "submit_exhibit", "withdraw_exhibit"}
MOVES = [
    ("WAIT_SELLER", filed, "buyer", {"edit_request", "propose", "withdraw", "submit_exhibit", "withdraw_exhibit"}),
    ("WAIT_SELLER", filed, "seller", ANSWERS),
    ("WAIT_SELLER", filed, "platform", {"step_in"}),
    ("SELLER_REFUSED", refused, "buyer",
     {"edit_request", "propose", "withdraw", "request_intervention", "submit_exhibit", "withdraw_exhibit"}),
    ("SELLER_REFUSED", refused, "seller",
     ANSWERS | {"request_intervention"}),
    ("SELLER_REFUSED", refused, "platform", {"step_in"}),
    ("WAIT_BUYER_RETURN", in_return, "buyer", {"ship_return", "withdraw", "submit_exhibit", "withdraw_exhibit"}),
    ("WAIT_BUYER_RETURN", in_return, "seller", {"set_return_address", "submit_exhibit", "withdraw_exhibit"}),
    ("WAIT_SELLER_RECEIPT", returned, "buyer",
     {"correct_tracking", "withdraw", "request_intervention", "submit_exhibit", "withdraw_exhibit"}),
    ("WAIT_SELLER_RECEIPT", returned, "seller",
     {"confirm_return", "object_return", "request_intervention", "submit_exhibit", "withdraw_exhibit"}),
    ("REVIEW", in_review, "buyer", {"edit_request", "propose", "withdraw", "submit_exhibit", "withdraw_exhibit"}),
    ("REVIEW", in_review, "seller", ANSWERS),
    ("REVIEW", in_review, "platform", {"propose", "request_evidence", "rule"}),
    ("CLOSED", ruled, "buyer", set()),
    ("CLOSED", ruled, "seller", {"appeal"}),
    ("CLOSED", ruled, "platform", {"correct_ruling"}),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "build", "party", "moves"), MOVES)
def test_each_party_is_offered_its_moves_and_no_others(
    stage: str, build: Callable[[], Case], party: str, moves: set[str]
) -> None:
    case = build()
    assert (case.stage, case.offered(party, "13 Nov 10:00")) == (stage, moves)
