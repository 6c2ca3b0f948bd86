"""The native format: every fact, and strictness."""

import json
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from disputes.feeds import LineRecord, ListingRecord, OrderRecord, OutsidePerson, ParseError, parse
from disputes.feeds.native_orders import LINE_FIELDS, LISTING_FIELDS, ORDER_FIELDS
from disputes.feeds.native_refunds import OUTCOMES, REFUND_FIELDS, REMEDIES
from rules.engine.vocabulary import OUTCOMES as ENGINE_OUTCOMES
from rules.engine.vocabulary import REMEDIES as ENGINE_REMEDIES
from tests.disputes.feed_samples import SAMPLES, utc


def document(**changes: Any) -> Any:
    found = json.loads((SAMPLES / "native.json").read_text(encoding="utf-8"))
    return {name: value for name, value in (found | changes).items() if value is not ...}


def order(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (document()["orders"][0] | changes).items() if value is not ...}


def refund(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (document()["refunds"][0] | changes).items() if value is not ...}


def problems(payload: Any) -> list[tuple[int, str, str]]:
    return [(error.row, error.field, error.code) for error in parse("native", payload).errors]


def test_an_order_with_every_fact_and_its_listing_snapshot():
    result = parse("native", document())

    assert result.errors == ()
    assert result.orders[0] == OrderRecord(
        row=1,
        pointer="/orders/0",
        platform="xianyu",
        outside_id="XY-1001",
        buyer=OutsidePerson(outside_id="u-ming", nick="ming"),
        seller=OutsidePerson(outside_id="u-lan", nick="lan"),
        shop_name="Lan's shelf",
        status="completed",
        currency="CNY",
        paid=Decimal("1280.00"),
        freight=Decimal("12.00"),
        created_at=utc(2026, 11, 1, 1, 0),
        paid_at=utc(2026, 11, 1, 1, 2),
        shipped_at=utc(2026, 11, 2, 2, 0),
        completed_at=utc(2026, 11, 9, 2, 0),
        received_at=utc(2026, 11, 5, 2, 0),
        promise_ends_at=utc(2026, 11, 3, 1, 2),
        receipt_ends_at=utc(2026, 11, 12, 2, 0),
        carrier="SF Express",
        tracking="SF1000001",
        delivery="mailed",
        shipping_carrier="express",
        booked_at=utc(2026, 11, 1, 2, 0),
        destination_country="CN",
        lines=(
            LineRecord(
                outside_id="XY-1001-1",
                title="Film camera, used",
                quantity=1,
                unit_price=Decimal("1268.00"),
                paid=Decimal("1268.00"),
                status="completed",
                goods_type="general",
                product_id="9001",
                sku="black",
                pack_hint="xianyu.general",
                snapshot=ListingRecord(
                    title="Film camera, used",
                    description="Works, with a scratch on the back.",
                    attributes=(("brand", "Seagull"), ("year", "1984")),
                    condition="used, good",
                    disclosed_flaws="scratch on the back",
                    promises=("no_reason_return",),
                    images=("https://example.org/camera-1.jpg",),
                    captured_at=utc(2026, 11, 1, 1, 0),
                ),
            ),
        ),
    )


def test_a_running_refund_with_its_proposals_and_journal():
    found = parse("native", document()).refunds[0]

    assert (found.outside_id, found.aliases, found.order_outside_id, found.line_outside_id) == (
        "R-1",
        ("OLD-1",),
        "XY-1001",
        "XY-1001-1",
    )
    assert (found.stage, found.status, found.remedy, found.goods_received) == (
        "SELLER_REFUSED",
        "running",
        "return_and_refund",
        True,
    )
    assert (found.reason_raw, found.reason_code, found.needs_mapping) == ("QUALITY", "QUALITY", False)
    assert (found.requested, found.maximum, found.currency) == (Decimal("1268.00"), Decimal("1268.00"), "CNY")
    assert found.stated_deadline == utc(2026, 11, 18, 2, 0)
    assert found.modified_at == utc(2026, 11, 11, 2, 0)
    assert [(proposal.owner, proposal.amount) for proposal in found.proposals] == [("seller", Decimal("300.00"))]
    assert [entry.action for entry in found.journal] == ["filed", "refused"]
    assert found.pack_hint == "xianyu.general"


def test_a_finished_refund_is_closed_with_its_outcome():
    found = parse("native", document()).refunds[1]

    assert (found.status, found.outcome, found.settled, found.closed_at) == (
        "finished",
        "refunded_by_agreement",
        Decimal("20.00"),
        utc(2026, 11, 13, 2, 0),
    )
    assert (found.platform, found.pack_hint, found.order.lines[0].seller_type) == ("taobao", "tmall", "B")


def test_the_document_may_arrive_as_text_or_bytes_with_a_byte_order_mark():
    text = json.dumps(document(), ensure_ascii=False)

    expected = parse("native", document())
    assert parse("native", text) == expected
    assert parse("native", b"\xef\xbb\xbf" + text.encode()) == expected


@pytest.mark.parametrize(
    ("goods_type", "pack"),
    [("general", "xianyu.general"), ("virtual", "xianyu.virtual"), ("gift_card", "xianyu.virtual")],
)
def test_the_pack_follows_from_the_kind_of_goods_unless_the_line_names_one(goods_type: str, pack: str):
    line = order()["lines"][0] | {"goods_type": goods_type}
    named = line | {"id": "2", "pack": "taobao.virtual"}

    (found,) = parse("native", document(orders=[order(lines=[line, named])], refunds=...)).orders

    assert [line.pack_hint for line in found.lines] == [pack, "taobao.virtual"]


def test_a_gift_card_s_reason_has_a_code_of_its_own():
    (found,) = parse("native", document(refunds=[refund(goods_type="gift_card", reason="余额不符")])).refunds

    assert found.reason_code == "GC_VALUE"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"order_id": ...}, "order_id", "missing"),
        ({"platform": "ebay"}, "platform", "unknown_value"),
        ({"staus": "shipped"}, "staus", "unknown_field"),
        ({"status": "sent"}, "status", "unknown_value"),
        ({"paid": 1280}, "paid", "money_not_text"),
        ({"paid": "-1"}, "paid", "money_negative"),
        ({"created_at": "2026-11-01 09:00:00"}, "created_at", "time_needs_offset"),
        ({"created_at": "2026-11-01T09:00:00+99:00"}, "created_at", "not_a_time"),
        ({"currency": "yuan"}, "currency", "not_a_currency"),
        ({"destination_country": "China"}, "destination_country", "not_a_country"),
        ({"seller_id": ..., "seller_nick": ...}, "seller_id", "missing"),
        ({"lines": []}, "lines", "missing"),
        ({"lines": 4}, "lines", "not_an_object"),
    ],
)
def test_a_malformed_order_is_refused_naming_field_and_reason(changes: dict[str, Any], field: str, code: str):
    assert (1, field, code) in problems(document(orders=[order(**changes)], refunds=...))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"refund_id": 0}, "refund_id", "not_an_identifier"),
        ({"stage": ...}, "stage", "missing"),
        ({"remedy": "give it back"}, "remedy", "unknown_value"),
        ({"requested": "0"}, "requested", "money_not_positive"),
        ({"requested": "1300.00"}, "requested", "above_maximum"),
        ({"aliases": "OLD-1"}, "aliases", "not_a_list_of_texts"),
        ({"stage": "WAIT_SELLER", "due_at": ..., "order_status": ...}, "order_status", "fact_missing"),
    ],
)
def test_a_malformed_refund_is_refused_naming_field_and_reason(changes: dict[str, Any], field: str, code: str):
    assert (1, field, code) in problems(document(orders=..., refunds=[refund(**changes)]))


def test_a_misspelt_field_is_answered_with_the_nearest_one():
    (error,) = parse("native", document(orders=[order(shopname="x")], refunds=...)).errors

    assert (error.pointer, error.detail) == ("/orders/0/shopname", {"nearest": "shop_name"})


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ([], "unknown_shape"),
        ({}, "unknown_shape"),
        ({"orders": {}}, "not_a_list"),
        ({"orders": [], "version": 2}, "unknown_version"),
        ({"orders": [], "version": True}, "unknown_version"),
        ({"orders": [], "format": "other"}, "unknown_shape"),
        ({"orders": [], "order": []}, "unknown_field"),
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
    ],
)
def test_a_frame_that_is_wrong_refuses_the_whole(payload: Any, code: str):
    with pytest.raises(ParseError) as caught:
        parse("native", payload)

    assert caught.value.code == code


def test_every_field_is_described_in_the_document_for_marketplaces():
    text = (SAMPLES.parents[2] / "docs" / "native-format.md").read_text(encoding="utf-8")

    missing = [name for name in ORDER_FIELDS | LINE_FIELDS | LISTING_FIELDS | REFUND_FIELDS if f"`{name}`" not in text]
    assert missing == []


def test_the_codes_are_words_of_the_engine():
    assert set(OUTCOMES) <= ENGINE_OUTCOMES
    assert set(REMEDIES) <= ENGINE_REMEDIES


def test_every_fact_of_a_listing_record_can_be_imported():
    assert {field.name for field in fields(ListingRecord)} == LISTING_FIELDS
