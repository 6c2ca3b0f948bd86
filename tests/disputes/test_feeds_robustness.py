"""Whatever arrives: only ParseError is raised, every row is accounted for, and no stand-in value leaves the package."""

import copy
import json
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disputes.feeds import FORMATS, ParseError, ParseResult, parse
from disputes.feeds.reading import NEVER
from disputes.feeds.reasons import ALIEXPRESS, GIFT_CARDS, TAOBAO, fold, reason_code
from tests.disputes.feed_samples import SAMPLES, running_issue, sample

FIELD_NAMES = sorted(
    {
        *"trade trades order orders refund refunds refund_id refund_fee tid oid status created payment num".split(),
        *"result_object issue_status gmt_create process_dto_list api_issue_process_dto buyer_solution_list".split(),
        *"solution_api_dto order_id id stage requested remedy platform lines title paid error_response".split(),
        *"refund_remind_timeout cs_status attachments listing attributes proposals journal x_response".split(),
    }
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=30)
    | st.sampled_from(["1.00", "2016-06-01 15:09:40", "WAIT_SELLER_AGREE", "processing", "taobao", "CLOSED", "CNY"])
)
names = st.sampled_from(FIELD_NAMES) | st.text(max_size=8)
trees = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6))
formats = st.sampled_from(sorted(FORMATS))

GOOD: list[tuple[str, Any]] = [
    ("taobao", sample("taobao_trade_fullinfo_get")),
    ("taobao", sample("taobao_trades_sold_get")),
    ("taobao", sample("taobao_refund_get")),
    ("taobao", sample("taobao_refunds_receive_get")),
    ("aliexpress", sample("aliexpress_issue_detail_get")),
    ("aliexpress", {"result_object": running_issue()}),
    ("native", sample("native")),
]


def read(format_name: str, payload: Any) -> ParseResult | ParseError:
    try:
        return parse(format_name, payload)
    except ParseError as error:
        return error


def check(result: ParseResult | ParseError) -> None:
    """What holds for every result, however mangled its payload was."""
    if isinstance(result, ParseError):
        assert result.code
        assert all(isinstance(value, str) for value in result.detail.values())
        return
    refused = {error.row for error in result.errors}
    for record in (*result.orders, *result.refunds):
        assert record.row not in refused
        assert record.outside_id
        assert record.created_at > NEVER
        assert record.created_at.tzinfo is UTC
    for order in result.orders:
        assert order.lines
        assert all(line.outside_id and line.quantity >= 1 for line in order.lines)
        assert order.buyer.outside_id
    for refund in result.refunds:
        assert refund.missing_facts == ()
        assert refund.remedy
        assert refund.requested >= 0
        assert (refund.status == "finished") == (refund.stage == "CLOSED") == bool(refund.outcome)
        assert refund.order.lines[0].outside_id == refund.line_outside_id
    json.dumps([error.detail for error in result.errors]).encode()
    "".join(error.pointer + error.field + error.outside_id for error in result.errors)


@given(formats, trees)
def test_arbitrary_json_raises_nothing_but_parse_errors(format_name: str, payload: Any):
    check(read(format_name, payload))


@given(formats, st.text(st.characters(), max_size=300) | st.binary(max_size=300))
def test_arbitrary_files_raise_nothing_but_parse_errors(format_name: str, payload: str | bytes):
    check(read(format_name, payload))


@given(st.sampled_from(GOOD), st.data())
def test_a_good_payload_with_one_value_replaced_gives_records_or_refusals(good: tuple[str, Any], data: st.DataObject):
    format_name, payload = good[0], copy.deepcopy(good[1])
    holder, key = data.draw(st.sampled_from(places(payload)))
    holder[key] = data.draw(trees)
    check(read(format_name, payload))


def places(payload: Any) -> list[tuple[Any, Any]]:
    """Every place of a value inside the payload: its holder and its key."""
    keys = list(payload) if isinstance(payload, dict) else range(len(payload)) if isinstance(payload, list) else []
    found: list[tuple[Any, Any]] = []
    for key in keys:
        found.append((payload, key))
        found.extend(places(payload[key]))
    return found


@given(st.lists(st.sampled_from(["refund_id", "order_id", "stage", "1", "", "x", '"', "\n", ",", "\x00"]), max_size=40))
def test_arbitrary_csv_raises_nothing_but_parse_errors(parts: list[str]):
    header = "refund_id,order_id,stage,remedy,requested,created_at\n"
    check(read("csv", header + ",".join(parts)))


@pytest.mark.parametrize(("format_name", "payload"), GOOD)
def test_reading_twice_gives_the_same(format_name: str, payload: Any):
    assert parse(format_name, payload) == parse(format_name, json.dumps(payload))


def test_no_sample_holds_a_receiver_s_name_or_address_after_reading():
    (order,) = parse("taobao", sample("taobao_trade_fullinfo_get")).orders

    assert "测试收货人" not in repr(order)
    assert "13800000001" not in repr(order)


@pytest.mark.parametrize("table", [TAOBAO, GIFT_CARDS, ALIEXPRESS])
def test_every_reason_of_the_tables_is_found_by_its_own_spelling(table: dict[str, str]):
    assert all(raw == fold(raw) and raw for raw in table)


@pytest.mark.parametrize(
    ("platform", "raw", "expected"),
    [
        ("taobao", "七天无理由退换货", ("NO_REASON_7D", False)),
        ("taobao", " 多拍／拍错／不想要 ", ("CHANGE_OF_MIND", False)),
        ("taobao", "未按约定时间发货", ("LATE_SHIPMENT", False)),
        ("taobao", "快递/物流一直未送到", ("NOT_RECEIVED", False)),
        ("taobao", "假冒品牌", ("COUNTERFEIT", False)),
        ("taobao", "退运费", ("FREIGHT", False)),
        ("taobao", "发票问题", ("INVOICE", False)),
        ("taobao", "其他", ("OTHER", False)),
        ("taobao", "火星人拿走了", ("OTHER", True)),
        ("taobao", "", ("OTHER", False)),
        ("taobao", "QUALITY", ("QUALITY", False)),
        ("xianyu", "质量问题", ("QUALITY", False)),
        ("aliexpress", "PersonalReasons", ("PERSONAL_REASONS", False)),
        ("aliexpress", "Shippingmethodwasnotasdescribed", ("SHIPPING_METHOD", False)),
        ("aliexpress", "Easyreturn", ("EASY_RETURN", False)),
        ("aliexpress", "质量问题", ("QUALITY", False)),
        ("aliexpress", "115", ("OTHER", True)),
    ],
)
def test_raw_reasons_are_mapped_and_unknown_ones_listed(platform: str, raw: str, expected: tuple[str, bool]):
    assert reason_code(platform, raw) == expected


def test_the_sandbox_deadline_is_the_length_of_the_unshipped_rule():
    (refund,) = parse("taobao", SAMPLES.joinpath("taobao_refund_get.json").read_bytes()).refunds

    assert refund.stated_deadline is not None
    assert refund.stated_deadline - refund.created_at == timedelta(hours=48)
