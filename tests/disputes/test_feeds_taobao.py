"""Taobao's shapes, its traps, and rows that are refused."""

from decimal import Decimal
from typing import Any

import pytest

from disputes.feeds import OrderFacts, OrderKey, ParseError, parse
from tests.disputes.feed_samples import refund, trade, utc


def one_refund(**changes: Any) -> Any:
    result = parse("taobao", {"refund": refund(**changes)})
    assert result.errors == ()
    return result.refunds[0]


def problems(payload: Any) -> list[tuple[int, str, str]]:
    return [(error.row, error.field, error.code) for error in parse("taobao", payload).errors]


@pytest.mark.parametrize(
    "payload",
    [
        {"refund_get_response": {"refund": refund()}},
        {"refund": refund()},
        refund(),
        [refund()],
        [{"refund_get_response": {"refund": refund()}}],
        {"refunds_receive_get_response": {"refunds": {"refund": [refund()]}}},
        {"refunds_receive_get_response": {"refunds": {"refund": refund()}}},
        {"refunds": [refund()]},
        {"refunds": {"refund": [refund()]}},
        {"refund_get_response": {"refund": refund(refund_id="146535512261065", tid="194174061956510")}},
    ],
)
def test_every_wrapping_of_a_refund_reads_the_same(payload: Any):
    result = parse("taobao", payload)

    assert [found.outside_id for found in result.refunds] == ["146535512261065"]
    assert (result.orders, result.errors) == ((), ())


@pytest.mark.parametrize(
    "payload",
    [
        {"trade_fullinfo_get_response": {"trade": trade()}},
        {"trade": trade()},
        trade(),
        {"trades_sold_get_response": {"trades": {"trade": [trade()]}}},
        {"trades": [trade()]},
        [trade()],
        trade(orders=trade()["orders"]["order"]),
    ],
)
def test_every_wrapping_of_a_trade_reads_the_same(payload: Any):
    (order,) = parse("taobao", payload).orders

    assert [line.outside_id for line in order.lines] == ["500001083", "500001084"]


@pytest.mark.parametrize(
    "payload",
    [
        {"trades_sold_get_response": {"total_results": 0, "trades": {"trade": []}}},
        {"trades_sold_get_response": {"total_results": 0}},
        {"refunds_receive_get_response": {"total_results": 0, "refunds": {}}},
        [],
    ],
)
def test_an_answer_without_rows_holds_nothing_and_is_no_error(payload: Any):
    result = parse("taobao", payload)

    assert (result.orders, result.refunds, result.errors) == ((), (), ())


@pytest.mark.parametrize(
    ("status", "intervention", "stage"),
    [
        ("WAIT_SELLER_AGREE", ..., "WAIT_SELLER"),
        ("WAIT_SELLER_AGREE", 1, "WAIT_SELLER"),
        ("SELLER_REFUSE_BUYER", 1, "SELLER_REFUSED"),
        ("SELLER_REFUSE_BUYER", 2, "INTERVENTION_REQUESTED"),
        ("SELLER_REFUSE_BUYER", 3, "REVIEW"),
        ("SELLER_REFUSE_BUYER", 4, "REVIEW"),
        ("SELLER_REFUSE_BUYER", 5, "REVIEW"),
        ("SELLER_REFUSE_BUYER", 6, "REVIEW"),
        ("SELLER_REFUSE_BUYER", 7, "SELLER_REFUSED"),
        ("SELLER_REFUSE_BUYER", "8", "REVIEW"),
        ("SELLER_REFUSE_BUYER", 9, "REVIEW"),
        ("SELLER_REFUSE_BUYER", 10, "EVIDENCE"),
        ("SELLER_REFUSE_BUYER", 11, "REVIEW"),
        ("WAIT_BUYER_RETURN_GOODS", 8, "WAIT_BUYER_RETURN"),
        ("WAIT_SELLER_CONFIRM_GOODS", 6, "WAIT_SELLER_RECEIPT"),
        ("WAIT_SELLER_CONFIRM_GOODS", 10, "EVIDENCE"),
        ("SUCCESS", 3, "CLOSED"),
    ],
)
def test_the_stage_follows_from_both_of_taobao_s_lines_of_status(status: str, intervention: Any, stage: str):
    assert one_refund(status=status, cs_status=intervention).stage == stage


@pytest.mark.parametrize(
    ("changes", "outcome", "settled"),
    [
        ({"status": "SUCCESS"}, "refunded", "252.77"),
        ({"status": "SUCCESS", "dispute_type": "REFUND_AND_RETURN"}, "refunded_after_return", "252.77"),
        ({"status": "SUCCESS", "dispute_type": "TAOBAO_EXCHANGE", "refund_fee": "0.00"}, "exchanged", "0.00"),
        ({"status": "SUCCESS", "cs_status": 8}, "ruled_refund", "252.77"),
        ({"status": "SUCCESS", "cs_status": 8, "payment": "10.00"}, "ruled_partial", "252.77"),
        ({"status": "CLOSED"}, "imported", "0.00"),
        ({"status": "CLOSED", "cs_status": 7}, "withdrawn", "0.00"),
        ({"status": "CLOSED", "cs_status": 9}, "ruled_no_refund", "0.00"),
    ],
)
def test_a_finished_row_is_closed_without_a_deadline(changes: dict[str, Any], outcome: str, settled: str):
    found = one_refund(modified="2016-06-05 10:00:00", **changes)

    assert (found.status, found.stage, found.stated_deadline) == ("finished", "CLOSED", None)
    assert (found.outcome, found.settled) == (outcome, Decimal(settled))
    assert found.closed_at == utc(2016, 6, 5, 2, 0)


@pytest.mark.parametrize(
    ("dispute_type", "remedy"),
    [
        ("REFUND", "refund_only"),
        ("REFUND_AND_RETURN", "return_and_refund"),
        ("TMALL_EXCHANGE", "exchange"),
        ("TAOBAO_EXCHANGE", "exchange"),
        ("REPAIR", "repair"),
        ("RESHIPPING", "send_again"),
        ("OTHERS", "refund_only"),
    ],
)
def test_a_dispute_type_says_the_remedy(dispute_type: str, remedy: str):
    found = one_refund(dispute_type=dispute_type)

    assert found.remedy == remedy
    assert found.pack_hint == ("tmall" if dispute_type == "TMALL_EXCHANGE" else None)


def test_an_edited_refund_counts_from_its_modification():
    assert one_refund(modified="2016-06-02 08:00:00").requested_at == utc(2016, 6, 2, 0, 0)


def test_whole_numbers_are_fen_and_texts_are_yuan():
    found = one_refund(refund_fee=25277, payment=1000, total_fee="262.77")

    assert (found.requested, found.order.paid) == (Decimal("252.77"), Decimal("262.77"))


def test_a_timeout_that_does_not_exist_is_not_a_deadline():
    timeout = {"exist_timeout": False, "timeout": "2016-06-03 15:09:40"}

    assert one_refund(refund_remind_timeout=timeout, order_status="WAIT_SELLER_SEND_GOODS").stated_deadline is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"order_status": "TRADE_FINISHED"}, "completed"),
        ({"refund_phase": "aftersale"}, "completed"),
        ({"good_status": "BUYER_RECEIVED"}, "shipped"),
        ({"has_good_return": True}, "shipped"),
        ({"status": "WAIT_BUYER_RETURN_GOODS"}, "shipped"),
    ],
)
def test_other_words_of_the_row_imply_the_order_s_status(changes: dict[str, Any], status: str):
    assert one_refund(refund_remind_timeout=..., **changes).order.status == status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "order_status"),
        ({"order_status": "WAIT_BUYER_CONFIRM_GOODS", "has_good_return": ...}, "dispute_type"),
        ({"status": "SELLER_REFUSE_BUYER", "has_good_return": ...}, "dispute_type"),
    ],
)
def test_a_row_without_a_fact_its_guard_needs_is_refused_naming_the_field(changes: dict[str, Any], field: str):
    payload = {"refund": refund(refund_remind_timeout=..., **changes)}

    assert problems(payload) == [(1, field, "fact_missing")]


def test_what_the_desk_knows_of_an_order_fills_in_what_the_row_leaves_out():
    asked: list[frozenset[OrderKey]] = []

    def known_orders(keys: frozenset[OrderKey]) -> dict[OrderKey, OrderFacts]:
        asked.append(keys)
        return {("taobao", "194174061956510"): OrderFacts(status="unshipped")}

    row = refund(refund_remind_timeout=..., has_good_return=..., good_status=...)
    result = parse("taobao", row, known_orders=known_orders)

    assert asked == [frozenset({("taobao", "194174061956510")})]
    assert result.errors == ()
    assert (result.refunds[0].order.status, result.refunds[0].remedy) == ("unshipped", "refund_only")


def test_an_order_of_the_same_payload_fills_in_what_the_row_leaves_out():
    result = parse("taobao", [refund(refund_remind_timeout=..., tid=500001084), trade()])

    assert (result.errors, result.refunds[0].order.status) == ((), "unshipped")


def test_a_virtual_trade_says_so_and_a_tmall_seller_comes_first():
    lines = {"order": [trade()["orders"]["order"][0] | {"seller_type": "C"}, trade()["orders"]["order"][1]]}
    (order,) = parse("taobao", trade(shipping_type="virtual", orders=lines)).orders

    assert [line.goods_type for line in order.lines] == ["virtual", "virtual"]
    assert [line.pack_hint for line in order.lines] == ["taobao.virtual", "tmall"]


def test_a_shipped_trade_tells_its_parcel_and_the_end_of_the_receipt_period():
    lines = {"order": [trade()["orders"]["order"][0] | {"logistics_company": "顺丰", "invoice_no": "SF0001"}]}
    (order,) = parse(
        "taobao",
        trade(
            status="WAIT_BUYER_CONFIRM_GOODS",
            consign_time="2017-07-29 10:00:00",
            timeout_action_time="2017-08-08 10:00:00",
            orders=lines,
        ),
    ).orders

    assert (order.status, order.carrier, order.tracking) == ("shipped", "顺丰", "SF0001")
    assert (order.shipped_at, order.receipt_ends_at) == (utc(2017, 7, 29, 2, 0), utc(2017, 8, 8, 2, 0))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"refund_id": ...}, "refund_id", "missing"),
        ({"refund_id": 1.46535512261065e14}, "refund_id", "identifier_not_exact"),
        ({"refund_id": "1.46535E+14"}, "refund_id", "identifier_not_exact"),
        ({"refund_id": -5}, "refund_id", "not_an_identifier"),
        ({"refund_id": True}, "refund_id", "not_an_identifier"),
        ({"refund_id": "a b"}, "refund_id", "not_an_identifier"),
        ({"refund_id": 10**5000}, "refund_id", "not_an_identifier"),
        ({"tid": None}, "tid", "missing"),
        ({"refund_fee": "-1.00"}, "refund_fee", "money_negative"),
        ({"refund_fee": -100}, "refund_fee", "money_negative"),
        ({"refund_fee": "0.00"}, "refund_fee", "money_not_positive"),
        ({"refund_fee": 252.77}, "refund_fee", "money_not_text"),
        ({"refund_fee": "1.001"}, "refund_fee", "money_too_precise"),
        ({"refund_fee": "9999999999999.00"}, "refund_fee", "money_too_large"),
        ({"refund_fee": "NaN"}, "refund_fee", "not_money"),
        ({"refund_fee": "１２.00"}, "refund_fee", "not_money"),
        ({"refund_fee": {}}, "refund_fee", "not_money"),
        ({"refund_fee": ""}, "refund_fee", "missing"),
        ({"created": "2016-02-30 10:00:00"}, "created", "not_a_time"),
        ({"created": "yesterday"}, "created", "not_a_time"),
        ({"created": 1464764980000}, "created", "not_a_time"),
        ({"created": "0001-01-01 00:00:00"}, "created", "time_out_of_range"),
        ({"num": 0}, "num", "not_a_quantity"),
        ({"num": "three"}, "num", "not_a_quantity"),
        ({"status": "WAIT_SELER_AGREE"}, "status", "unknown_value"),
        ({"status": []}, "status", "not_a_text"),
        ({"order_status": "WAIT_BUYER_PAY"}, "order_status", "order_not_paid"),
        ({"cs_status": 12}, "cs_status", "unknown_value"),
        ({"has_good_return": "maybe"}, "has_good_return", "not_a_flag"),
        ({"buyer_nick": ""}, "buyer_nick", "missing"),
        ({"refund_remind_timeout": "soon"}, "refund_remind_timeout", "not_an_object"),
    ],
)
def test_a_malformed_refund_is_refused_naming_field_and_reason(changes: dict[str, Any], field: str, code: str):
    good = refund(refund_id=1)
    result = parse("taobao", {"refunds": {"refund": [refund(**changes), good]}})

    assert [found.outside_id for found in result.refunds] == ["1"]
    assert [(error.row, error.field, error.code) for error in result.errors] == [(1, field, code)]
    assert result.errors[0].pointer == f"/refunds/refund/0/{field}"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"tid": ...}, "tid", "missing"),
        ({"payment": "-0.01"}, "payment", "money_negative"),
        ({"status": ...}, "status", "missing"),
        ({"status": "WAIT_BUYER_PAY"}, "status", "order_not_paid"),
        ({"orders": ...}, "orders", "missing"),
        ({"orders": {"order": ["x"]}}, "orders", "not_an_object"),
        ({"pay_time": "2017-13-01 00:00:00"}, "pay_time", "not_a_time"),
        ({"title": "x" * 501}, "title", "text_too_long"),
    ],
)
def test_a_malformed_trade_is_refused_naming_field_and_reason(changes: dict[str, Any], field: str, code: str):
    assert (1, field, code) in problems({"trade": trade(**changes)})


def test_everything_wrong_with_a_row_is_told_at_once():
    found = problems({"refund": refund(refund_fee="x", created="x", num=-1)})

    assert sorted(found) == [(1, "created", "not_a_time"), (1, "num", "not_a_quantity"), (1, "refund_fee", "not_money")]


def test_a_misspelt_status_is_answered_with_the_nearest_one():
    (error,) = parse("taobao", refund(status="WAIT_SELER_AGREE")).errors

    assert error.detail == {"seen": "WAIT_SELER_AGREE", "nearest": "WAIT_SELLER_AGREE"}


def test_the_second_of_two_rows_with_one_id_is_refused_naming_the_first():
    result = parse("taobao", {"refunds": [refund(), refund(refund_fee="1.00")]})

    assert [found.requested for found in result.refunds] == [Decimal("252.77")]
    (error,) = result.errors
    assert (error.row, error.code, error.detail) == (2, "duplicate_in_payload", {"first": "/refunds/0"})


def test_two_lines_of_a_trade_with_one_id_are_refused():
    line = trade()["orders"]["order"][0]

    assert problems(trade(orders={"order": [line, line]})) == [(1, "orders", "duplicate_line")]


def test_text_that_cannot_be_stored_is_made_storable():
    assert one_refund(desc="a\x00b\ud800c").description == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("payload", [None, 5, "5", {}, {"hello": 1}])
def test_a_payload_of_another_shape_is_refused_as_a_whole(payload: Any):
    with pytest.raises(ParseError) as caught:
        parse("taobao", payload)

    assert caught.value.code == "unknown_shape"


@pytest.mark.parametrize(
    ("item", "code"),
    [(1, "not_an_object"), ({"hello": 1}, "unknown_shape"), ({"error_response": {"msg": "busy"}}, "platform_refused")],
)
def test_an_item_of_another_shape_is_one_bad_row_among_good_ones(item: Any, code: str):
    result = parse("taobao", [item, {"refund": refund()}])

    assert [(error.row, error.pointer, error.code) for error in result.errors] == [(1, "/0", code)]
    assert [found.row for found in result.refunds] == [2]


def test_the_platform_s_own_error_answer_is_told_as_such():
    with pytest.raises(ParseError) as caught:
        parse("taobao", {"error_response": {"code": 27, "msg": "Invalid session"}})

    assert (caught.value.code, caught.value.detail["seen"]) == ("platform_refused", "Invalid session")


def test_an_unknown_format_is_answered_with_the_nearest_one():
    with pytest.raises(ParseError) as caught:
        parse("taobbao", {})

    assert (caught.value.code, caught.value.detail["nearest"]) == ("unknown_format", "taobao")
