"""AliExpress's shapes, its traps, and rows that are refused."""

from decimal import Decimal
from typing import Any

import pytest

from disputes.feeds import OrderFacts, ParseError, parse
from tests.disputes.feed_samples import issue, running_issue, utc


def solution(**changes: Any) -> dict[str, Any]:
    return issue()["buyer_solution_list"]["solution_api_dto"][0] | changes


def solutions(*found: dict[str, Any]) -> dict[str, Any]:
    return {"solution_api_dto": list(found)}


def entry(action: str, party: str, at: str = "2024-10-28 05:00:00") -> dict[str, Any]:
    return {"action_type": action, "submit_member_type": party, "gmt_create": at, "issue_id": 6346213853171470}


def log(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"api_issue_process_dto": list(entries)}


def one(payload: Any) -> Any:
    result = parse("aliexpress", payload)
    assert result.errors == ()
    (found,) = result.refunds
    return found


def problems(payload: Any) -> list[tuple[int, str, str]]:
    return [(error.row, error.field, error.code) for error in parse("aliexpress", payload).errors]


@pytest.mark.parametrize(
    "payload",
    [
        {"aliexpress_issue_detail_get_response": {"result_object": issue()}},
        {"aliexpress_issue_detail_get_response": {"result": {"result_object": issue()}}},
        {"result_object": issue()},
        issue(),
        [issue()],
        [{"result_object": issue()}],
        {"result_object": [issue()]},
    ],
)
def test_every_wrapping_of_an_issue_reads_the_same(payload: Any):
    assert one(payload).outside_id == "6346213853171470"


def test_a_running_issue_waits_for_the_seller_and_keeps_its_cap():
    found = one(running_issue())

    assert (found.status, found.stage, found.remedy) == ("running", "WAIT_SELLER", "refund_only")
    assert (found.maximum, found.stated_deadline) == (Decimal("66.65"), None)
    assert found.requested_at == utc(2024, 10, 28, 11, 23, 19)


def test_a_request_above_a_running_issue_s_cap_is_refused():
    assert problems(running_issue(refund_money_max="60.00")) == [(1, "refund_money_max", "above_maximum")]


def test_winter_time_is_eight_hours_behind():
    found = one(running_issue(gmt_create="2024-11-20 04:00:00"))

    assert found.created_at == utc(2024, 11, 20, 12, 0)


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        ("2024-03-10 02:30:00", utc(2024, 3, 10, 10, 30)),
        ("2024-11-03 01:30:00", utc(2024, 11, 3, 8, 30)),
        ("2024-11-03 01:30:00 -0800", utc(2024, 11, 3, 9, 30)),
        ("20241103013000000-0800", utc(2024, 11, 3, 9, 30)),
    ],
)
def test_a_time_in_a_gap_moves_forward_and_in_an_overlap_the_first_is_meant(local: str, moment: Any):
    assert one(running_issue(gmt_create=local)).created_at == moment


@pytest.mark.parametrize(
    ("changes", "stage"),
    [
        ({"process_dto_list": log(entry("seller_initiate_arbitration", "seller"))}, "REVIEW"),
        ({"platform_solution_list": solutions(solution(solution_owner="platform", id=-2))}, "REVIEW"),
        ({"seller_solution_list": solutions(solution(id=7, refund_money_post="10.00"))}, "SELLER_REFUSED"),
        ({"process_dto_list": log(entry("seller_refuse", "seller"))}, "SELLER_REFUSED"),
        ({"reverse_detail_status": "wait_buyer_return"}, "WAIT_BUYER_RETURN"),
        ({"issue_status": "ARBITRATING"}, "REVIEW"),
        ({"issue_status": "WAIT_SELLER_RECEIVE_GOODS"}, "WAIT_SELLER_RECEIPT"),
    ],
)
def test_the_stage_of_a_running_issue_follows_from_who_is_at_work(changes: dict[str, Any], stage: str):
    assert one(running_issue(**changes)).stage == stage


def test_a_seller_s_answer_to_an_older_request_is_no_answer_to_the_edited_one():
    edited = solution(gmt_modified="2024-10-29 09:00:00")
    found = one(
        running_issue(
            buyer_solution_list=solutions(edited),
            seller_solution_list=solutions(solution(id=7, gmt_create="2024-10-28 10:00:00", gmt_modified="")),
        )
    )

    assert (found.stage, found.modified_at) == ("WAIT_SELLER", utc(2024, 10, 29, 16, 0))


@pytest.mark.parametrize(
    ("changes", "outcome", "settled"),
    [
        ({"issue_status": "canceled_issue"}, "withdrawn", "0.00"),
        (
            {"buyer_solution_list": solutions(solution(status="perform", reached_type="seller_reponse_timeout"))},
            "refunded_by_silence",
            "66.65",
        ),
        (
            {"buyer_solution_list": solutions(solution(status="reached", reached_type="negotiation_consensus"))},
            "refunded_by_agreement",
            "66.65",
        ),
        (
            {
                "platform_solution_list": solutions(
                    solution(id=-2, refund_money="100.00", refund_money_post="16.36", reached_type="platform_arbitrate")
                )
            },
            "ruled_partial",
            "16.36",
        ),
        (
            {
                "platform_solution_list": solutions(
                    solution(id=-2, refund_money="0.00", refund_money_post="0.00", reached_type="platform_arbitrate")
                )
            },
            "ruled_no_refund",
            "0.00",
        ),
        ({"platform_solution_list": ..., "process_dto_list": ...}, "imported", None),
        ({"issue_status": "SELLER_RESPONSE_ISSUE_TIMEOUT", "process_dto_list": ...}, "refunded_by_silence", "66.65"),
    ],
)
def test_a_finished_issue_says_how_it_ended(changes: dict[str, Any], outcome: str, settled: str | None):
    found = one(issue(**changes))

    assert (found.status, found.stage, found.outcome) == ("finished", "CLOSED", outcome)
    assert found.settled == (None if settled is None else Decimal(settled))


def test_a_solution_taken_back_before_the_ruling_settled_nothing():
    taken_back = solution(id=7, status="reach_cancle", reached_time="2024-10-28 06:00:00")

    found = one(issue(seller_solution_list=solutions(taken_back)))

    assert found.outcome == "ruled_refund"


def test_a_reason_in_words_is_mapped_and_its_level_is_cut_off():
    found = one(running_issue(issue_reason="Color_not_as_described@3rdIssueReason"))

    assert (found.reason_code, found.needs_mapping) == ("NOT_AS_DESCRIBED", False)


def test_a_parcel_in_transit_needs_the_end_of_the_promised_delivery():
    row = running_issue(issue_reason="In transit")
    promise = utc(2024, 12, 1)

    assert problems(row) == [(1, "promise_ends_at", "fact_missing")]
    key = ("aliexpress", "8194715118451470")
    result = parse("aliexpress", row, known_orders=lambda _keys: {key: OrderFacts(promise_ends_at=promise)})
    assert result.errors == ()
    assert result.refunds[0].order.promise_ends_at == promise


def test_the_top_level_id_stands_in_when_no_issue_id_is_told():
    bare = solution()
    del bare["issue_id"]

    found = one(issue(buyer_solution_list=solutions(bare), platform_solution_list=..., process_dto_list=...))

    assert (found.outside_id, found.aliases) == ("6345753109519425", ())


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"order_id": ...}, "order_id", "missing"),
        ({"gmt_create": "28 Oct 2024"}, "gmt_create", "not_a_time"),
        ({"issue_status": "finnish"}, "issue_status", "unknown_value"),
        ({"issue_status": ...}, "issue_status", "missing"),
        ({"buyer_login_id": ""}, "buyer_login_id", "missing"),
        ({"buyer_solution_list": ...}, "buyer_solution_list", "missing"),
        ({"buyer_solution_list": solutions(solution(refund_money_post="-1"))}, "refund_money_post", "money_negative"),
        ({"buyer_solution_list": solutions(solution(refund_money=407))}, "refund_money", "money_not_text"),
        ({"buyer_solution_list": solutions(solution(solution_type="gift"))}, "solution_type", "unknown_value"),
        ({"product_price_currency": "US$"}, "product_price_currency", "not_a_currency"),
        ({"process_dto_list": log(entry("initiate", "cat"))}, "submit_member_type", "unknown_value"),
    ],
)
def test_a_malformed_issue_is_refused_naming_field_and_reason(changes: dict[str, Any], field: str, code: str):
    good = issue(id=1, process_dto_list=..., issue_id=2)

    result = parse("aliexpress", [issue(**changes), good])

    assert [found.outside_id for found in result.refunds] == ["2"]
    assert (1, field, code) in [(error.row, error.field, error.code) for error in result.errors]


@pytest.mark.parametrize(
    ("payload", "code"),
    [({}, "unknown_shape"), ("text", "not_json"), (3, "unknown_shape"), ({"error_response": {}}, "platform_refused")],
)
def test_a_payload_of_another_shape_is_refused_as_a_whole(payload: Any, code: str):
    with pytest.raises(ParseError) as caught:
        parse("aliexpress", payload)

    assert caught.value.code == code
