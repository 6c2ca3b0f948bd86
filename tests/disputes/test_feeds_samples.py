"""The five sample payloads, value by value."""

from datetime import timedelta
from decimal import Decimal

from disputes.feeds import LineRecord, OutsidePerson, RefundRecord, parse
from tests.disputes.feed_samples import sample, utc


def receipts() -> dict[str, RefundRecord]:
    return {refund.outside_id: refund for refund in parse("taobao", sample("taobao_refunds_receive_get")).refunds}


def test_a_full_trade_keeps_the_order_s_payment_and_each_line_s_own_share():
    result = parse("taobao", sample("taobao_trade_fullinfo_get"))

    (order,) = result.orders
    assert result.errors == ()
    assert order.outside_id == "500001084"
    assert order.pointer == "/trade_fullinfo_get_response/trade"
    assert order.buyer == OutsidePerson(outside_id="采购004", nick="采购004")
    assert order.seller == OutsidePerson(outside_id="淘宝店铺003_100018", nick="淘宝店铺003_100018")
    assert order.shop_name == "淘宝店铺003"
    assert (order.status, order.currency, order.paid, order.freight) == (
        "unshipped",
        "CNY",
        Decimal("323.58"),
        Decimal("0.00"),
    )
    assert order.created_at == order.paid_at == utc(2017, 7, 28, 6, 18, 32)
    assert (order.shipped_at, order.completed_at, order.receipt_ends_at) == (None, None, None)
    assert order.lines[0] == LineRecord(
        outside_id="500001083",
        title="正常001",
        quantity=1,
        unit_price=Decimal("100.00"),
        paid=Decimal("86.20"),
        status="unshipped",
        product_id="100018587597",
        sku="颜色:黑色;尺码:L",
        seller_type="B",
        pack_hint="tmall",
    )
    assert [line.paid for line in order.lines] == [Decimal("86.20"), Decimal("117.77")]
    assert sum(line.paid or 0 for line in order.lines) != order.paid


def test_a_sold_trade_falls_back_to_the_line_s_payment_even_above_its_total_fee():
    (order,) = parse("taobao", sample("taobao_trades_sold_get")).orders

    (line,) = order.lines
    assert (order.outside_id, line.outside_id) == ("194145147111084", "194145147111084")
    assert (order.paid, order.freight, line.paid) == (Decimal("510.00"), Decimal("10.00"), Decimal("510.00"))
    assert (line.quantity, line.unit_price, line.pack_hint) == (5, Decimal("100.00"), "taobao.general")
    assert (order.created_at, order.paid_at) == (utc(2016, 10, 20, 5, 27, 13), utc(2016, 10, 20, 5, 27, 49))


def test_the_sandbox_refund_states_a_deadline_exactly_48_hours_after_it_was_made():
    result = parse("taobao", sample("taobao_refund_get"))

    (refund,) = result.refunds
    assert result.errors == ()
    assert (refund.outside_id, refund.order_outside_id, refund.line_outside_id) == (
        "146535512261065",
        "194174061956510",
        "194174061976510",
    )
    assert (refund.status, refund.stage, refund.raw_status, refund.phase) == (
        "running",
        "WAIT_SELLER",
        "WAIT_SELLER_AGREE",
        "onsale",
    )
    assert refund.created_at == utc(2016, 6, 1, 7, 9, 40)
    assert refund.stated_deadline == refund.created_at + timedelta(hours=48)
    assert (refund.requested, refund.currency, refund.maximum) == (Decimal("252.77"), "CNY", None)
    assert (refund.reason_raw, refund.reason_code, refund.needs_mapping) == ("协商一致退款", "MUTUAL", False)
    assert (refund.remedy, refund.goods_received, refund.quantity) == ("refund_only", False, 3)
    assert refund.description == "部分退款2"


def test_an_unknown_order_is_told_by_its_refund_and_paid_is_refunded_plus_kept():
    (refund,) = parse("taobao", sample("taobao_refund_get")).refunds

    (line,) = refund.order.lines
    assert refund.order.paid == line.paid == Decimal("252.77")
    assert (line.quantity, line.unit_price, line.title) == (3, Decimal("90.60"), "沙箱测试商品by2048")
    assert refund.order.status is None
    assert refund.order.buyer.nick == "sandbox_c_12"
    assert refund.order.seller == OutsidePerson(outside_id="sandbox_c_1", nick="sandbox_c_1")


def test_the_received_list_gives_three_refunds_and_refuses_the_fourth_naming_the_field():
    result = parse("taobao", sample("taobao_refunds_receive_get"))

    assert [refund.outside_id for refund in result.refunds] == ["40594600198410", "146535512261065", "147802226992786"]
    (error,) = result.errors
    assert (error.row, error.field, error.code) == (4, "order_status", "fact_missing")
    assert error.pointer == "/refunds_receive_get_response/refunds/refund/3/order_status"
    assert error.outside_id == "147749821182786"


def test_an_unshipped_row_needs_no_stated_deadline():
    refund = receipts()["40594600198410"]

    assert (refund.stated_deadline, refund.order.status, refund.stage) == (None, "unshipped", "WAIT_SELLER")
    assert (refund.reason_code, refund.requested) == ("OUT_OF_STOCK", Decimal("110.00"))
    assert refund.modified_at is None
    assert refund.requested_at == utc(2016, 8, 3, 3, 52, 22)


def test_a_row_waiting_for_the_seller_s_receipt_implies_shipped_and_returned_goods():
    refund = receipts()["147802226992786"]

    assert (refund.stage, refund.remedy, refund.goods_received) == ("WAIT_SELLER_RECEIPT", "return_and_refund", True)
    assert (refund.order.status, refund.order.paid) == ("shipped", Decimal("99.00"))
    assert refund.line_outside_id == refund.order_outside_id == "194164230048627"
    assert (refund.reason_raw, refund.reason_code, refund.needs_mapping) == ("", "OTHER", False)


def test_a_finished_issue_keeps_both_currencies_and_takes_a_zero_maximum_for_no_cap():
    result = parse("aliexpress", sample("aliexpress_issue_detail_get"))

    (refund,) = result.refunds
    assert result.errors == ()
    assert (refund.outside_id, refund.aliases) == ("6346213853171470", ("6345753109519425",))
    assert (refund.order_outside_id, refund.line_outside_id) == ("8194715118451470", "8194715118461470")
    assert (refund.status, refund.stage, refund.outcome) == ("finished", "CLOSED", "ruled_refund")
    assert (refund.requested, refund.currency) == (Decimal("66.65"), "USD")
    assert (refund.second_amount, refund.second_currency) == (Decimal("407.47"), "BRL")
    assert (refund.maximum, refund.settled) == (None, Decimal("66.65"))
    assert (refund.reason_raw, refund.reason_code, refund.needs_mapping) == ("115", "OTHER", True)
    assert (refund.description, refund.goods_received) == ("not receive good", False)
    assert refund.order.seller is None
    assert refund.order.buyer.outside_id == "mx000000000test"
    assert (refund.order.paid, refund.order.currency, refund.order.status) == (Decimal("66.65"), "USD", "shipped")


def test_an_issue_s_times_are_pacific_with_daylight_saving_and_its_log_is_turned_oldest_first():
    (refund,) = parse("aliexpress", sample("aliexpress_issue_detail_get")).refunds

    assert refund.created_at == utc(2024, 10, 28, 11, 23, 19)
    assert refund.modified_at is None
    assert refund.closed_at == utc(2024, 10, 29, 2, 23, 14)
    assert [(entry.action, entry.party) for entry in refund.journal] == [
        ("initiate", "buyer"),
        ("initiate", "buyer"),
        ("buyer_initiate_arbitration", "buyer"),
        ("platform_force_reach", "platform"),
        ("perform_solution", "platform"),
    ]


def test_an_issue_s_proposals_name_their_owner_and_the_platform_s_stand_in_id():
    (refund,) = parse("aliexpress", sample("aliexpress_issue_detail_get")).refunds

    buyer, platform = refund.proposals
    assert (buyer.owner, buyer.amount, buyer.currency, buyer.is_default) == ("buyer", Decimal("66.65"), "USD", True)
    assert (platform.owner, platform.outside_id) == ("platform", "-2")
    assert (platform.amount, platform.currency, platform.second_amount) == (Decimal("407.47"), "BRL", None)
