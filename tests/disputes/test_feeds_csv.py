"""Flat CSV: columns, encodings, orders put together from their rows, and rows that are refused."""

import csv
import io
import time
from decimal import Decimal

import pytest

from disputes.feeds import ParseError, parse
from disputes.feeds.csv_rows import NEEDED_FOR_REFUNDS
from tests.disputes.feed_samples import SAMPLES, utc

ORDERS = (SAMPLES / "orders.csv").read_text(encoding="utf-8")
REFUNDS = (SAMPLES / "refunds.csv").read_text(encoding="utf-8")


def table(*rows: list[str], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def changed(text: str, row: int, column: str, value: str) -> str:
    rows = list(csv.reader(io.StringIO(text)))
    rows[row - 1][rows[0].index(column)] = value
    return table(*rows)


def problems(text: str) -> list[tuple[int, str, str]]:
    return [(error.row, error.field, error.code) for error in parse("csv", text).errors]


def test_rows_of_one_order_become_its_lines_wherever_they_stand():
    result = parse("csv", ORDERS)

    assert result.errors == ()
    first, second = result.orders
    assert (first.platform, first.outside_id, first.row, first.pointer) == ("taobao", "200001", 2, "/2")
    assert (first.buyer.nick, first.seller and first.seller.nick) == ("ming", "lan")
    assert [(line.outside_id, line.title, line.quantity, line.paid) for line in first.lines] == [
        ("200001-1", "Teapot, red clay", 1, Decimal("180.00")),
        ("200001-2", "Cups, four", 2, Decimal("60.00")),
    ]
    assert [line.pack_hint for line in first.lines] == ["taobao.general", "taobao.general"]
    assert first.created_at == utc(2026, 11, 1, 1, 0)
    assert (second.outside_id, second.lines[0].goods_type, second.lines[0].pack_hint) == (
        "X-7",
        "gift_card",
        "xianyu.virtual",
    )


def test_refunds_are_told_by_the_column_of_their_id():
    result = parse("csv", REFUNDS)

    assert result.errors == ()
    running, finished, overseas = result.refunds
    assert (running.outside_id, running.stage, running.requested) == ("31", "WAIT_SELLER", Decimal("60.00"))
    assert (running.order.status, running.goods_received, running.reason_code) == ("unshipped", False, "OUT_OF_STOCK")
    assert (finished.status, finished.outcome) == ("finished", "refunded")
    assert (overseas.platform, overseas.currency) == ("aliexpress", "USD")
    assert overseas.created_at == utc(2026, 11, 3, 16, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "gb18030"])
def test_the_usual_encodings_of_spreadsheets_read_the_same(encoding: str):
    text = table(
        [
            "订单编号",
            "退款编号",
            "买家昵称",
            "卖家昵称",
            "stage",
            "remedy",
            "退款金额",
            "申请时间",
            "退款原因",
            "订单状态",
        ],
        ["5", "6", "小明", "阿兰", "WAIT_SELLER", "refund_only", "8.80", "2026-11-01 09:00", "缺货", "unshipped"],
    )

    (found,) = parse("csv", text.encode(encoding)).refunds

    assert (found.order.buyer.nick, found.reason_code, found.requested) == ("小明", "OUT_OF_STOCK", Decimal("8.80"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(delimiter: str, ending: str):
    rows = list(csv.reader(io.StringIO(ORDERS)))
    text = ending.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    assert parse("csv", text) == parse("csv", ORDERS)


def test_empty_rows_are_passed_over_and_numbers_stay_those_of_the_spreadsheet():
    lines = REFUNDS.splitlines()
    text = "\n".join([lines[0], "", ",,,", lines[1]])

    assert [found.row for found in parse("csv", text).refunds] == [4]


def test_ids_a_spreadsheet_kept_as_text_are_read_and_rounded_ones_refused():
    kept = changed(REFUNDS, 2, "refund_id", '="146535512261065"')
    rounded = changed(REFUNDS, 2, "refund_id", "1.46536E+14")

    assert parse("csv", kept).refunds[0].outside_id == "146535512261065"
    assert problems(rounded) == [(2, "refund_id", "identifier_not_exact")]


@pytest.mark.parametrize(
    ("row", "column", "value", "code"),
    [
        (2, "order_id", "", "missing"),
        (2, "status", "gone", "unknown_value"),
        (2, "paid", "-1", "money_negative"),
        (2, "paid", "1,000.00", "not_money"),
        (2, "created_at", "01/11/2026", "not_a_time"),
        (4, "line_quantity", "1.5", "not_a_quantity"),
        (4, "line_id", "200001-1", "duplicate_line"),
        (4, "line_paid", "free", "not_money"),
        (4, "buyer_nick", "someone else", "contradicts_first_row"),
        (2, "platform", "ebay", "unknown_value"),
    ],
)
def test_a_malformed_order_is_refused_naming_row_column_and_reason(row: int, column: str, value: str, code: str):
    result = parse("csv", changed(ORDERS, row, column, value))

    assert (row, column, code) in [(error.row, error.field, error.code) for error in result.errors]
    assert "X-7" in [order.outside_id for order in result.orders]
    assert result.errors[0].pointer == f"/{result.errors[0].row}/{result.errors[0].field}"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("refund_id", "", "missing"),
        ("requested", "", "missing"),
        ("goods_received", "perhaps", "not_a_flag"),
        ("order_status", "", "fact_missing"),
        ("refund_id", "32", None),
    ],
)
def test_a_malformed_refund_is_refused_alone(column: str, value: str, code: str | None):
    result = parse("csv", changed(REFUNDS, 2, column, value))

    found = [(error.row, error.field, error.code) for error in result.errors]
    assert found == ([(3, "", "duplicate_in_payload")] if code is None else [(2, column, code)])
    assert len(result.refunds) == 2


def test_a_row_with_more_cells_than_columns_is_refused():
    assert problems(REFUNDS.rstrip("\n") + ",surplus\n") == [(4, "", "too_many_cells")]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("", "no_header"),
        ("\n\n", "no_header"),
        ("order_id,statuss\n1,2\n", "unknown_column"),
        ("order_id,order_id\n1,2\n", "duplicate_column"),
        ("order_id,status\n1,shipped\n", "missing_columns"),
        (b"\xff\xfe\x00", "unknown_encoding"),
        (b"order_id\n\xff\xff\xff", "unknown_encoding"),
        ([], "not_text"),
        (None, "not_text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(payload: object, code: str):
    with pytest.raises(ParseError) as caught:
        parse("csv", payload)

    assert caught.value.code == code


def test_a_cell_too_long_for_csv_refuses_the_file_and_nothing_else_happens():
    with pytest.raises(ParseError) as caught:
        parse("csv", ",".join(NEEDED_FOR_REFUNDS) + "\n" + "x" * 200_000)

    assert caught.value.code == "not_csv"


def test_ten_thousand_rows_are_read_in_seconds():
    header, row, *_ = list(csv.reader(io.StringIO(REFUNDS)))
    at = header.index("refund_id")
    text = table(header, *([*row[:at], str(number), *row[at + 1 :]] for number in range(1, 10_001)))

    started = time.perf_counter()
    result = parse("csv", text.encode())
    seconds = time.perf_counter() - started

    assert (len(result.refunds), result.errors) == (10_000, ())
    assert seconds < 20
