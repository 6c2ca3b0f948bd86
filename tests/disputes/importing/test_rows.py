"""Imports row by row: who may, what is refused, what is told to cases, and the command."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.memberships import join_shop
from accounts.services import open_shop
from contract.errors import Forbidden, Invalid
from disputes.models import Case, CaseEvent, ImportRun, Order
from disputes.services.importing import run_import
from disputes.services.importing_rows import row_from
from tests.disputes.feed_samples import SAMPLES
from tests.disputes.importing.told import Native, a_refund, ago, an_order, codes, stages, the

pytestmark = pytest.mark.usefixtures("published")


def test_a_member_of_the_shop_imports_for_it(native: Native, lan: Any):
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan"))

    assert the(native([an_order()], by=lan.pk)).result == "created"


def test_a_member_of_another_shop_is_refused_row_by_row(native: Native, lan: Any):
    join_shop(lan, open_shop("taobao", "Another", outside_id="another"))

    assert codes(the(native([an_order()], by=lan.pk))) == [("", "not_your_shop")]
    assert not Order.objects.exists()


def test_a_member_of_no_shop_imports_nothing(native: Native, eve: Any):
    with pytest.raises(Forbidden):
        native([an_order()], by=eve.pk)


def test_a_member_of_a_shop_may_not_let_overdue_cases_lapse(native: Native, lan: Any):
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan"))

    with pytest.raises(Forbidden):
        native([], [a_refund()], by=lan.pk, overdue="lapse")


def test_an_administrator_of_one_platform_imports_nothing_of_another(native: Native, person: Any):
    from accounts.services import appoint

    keeper = person("keeper")
    appoint(keeper, "administrator", "aliexpress")

    assert codes(the(native([an_order()], by=keeper.pk))) == [("", "not_your_shop")]


def test_nobody_is_buyer_and_seller_of_one_order(native: Native):
    assert codes(the(native([an_order(buyer_id="u-lan")]))) == [("", "buyer_is_seller")]


def test_bad_rows_are_refused_with_row_field_and_reason_while_the_rest_goes_in(native: Native):
    report = native(
        [an_order(), an_order(order_id="T-2", paid="12,5")],
        [a_refund(created_at="yesterday"), a_refund(refund_id="R-2")],
    )

    assert [row.result for row in report.rows] == ["created", "refused", "refused", "created"]
    assert [(row.row, row.pointer) for row in report.rows] == [
        (1, "/orders/0"),
        (2, "/orders/1"),
        (3, "/refunds/0"),
        (4, "/refunds/1"),
    ]
    assert codes(report.rows[1]) == [("paid", "not_money")]
    assert report.rows[2].errors[0].sentence == "This is no time: yesterday."


def test_a_file_that_cannot_be_read_is_refused_as_a_whole(root: Any):
    with pytest.raises(Invalid) as refused:
        run_import(root.pk, format="native", payload="{")

    assert refused.value.fields[0].code == "not_json"
    assert not ImportRun.objects.exists()


def test_a_pack_nobody_published_is_refused(native: Native):
    with pytest.raises(Invalid) as refused:
        native([an_order()], pack="taobao.generel")

    assert refused.value.fields[0].pointer == "/pack"


def test_a_pack_of_another_platform_opens_no_case(native: Native):
    assert codes(the(native([], [a_refund()], pack="xianyu.general"))) == [("pack", "other_platform")]
    assert not Order.objects.exists()


def test_the_importers_pack_comes_before_the_rows_hints(native: Native):
    native([], [a_refund(order_status="unshipped", reason="OTHER")], pack="taobao.virtual")

    case = Case.objects.get()
    assert (case.pack, case.order.lines.get().goods_type) == ("taobao.virtual", "virtual")


def test_a_second_refund_about_a_line_in_dispute_is_refused_naming_the_case(native: Native):
    native([an_order()], [a_refund()])
    row = the(native([], [a_refund(refund_id="R-2")]))

    assert codes(row) == [("", "line_disputed")]
    assert Case.objects.get().number in row.errors[0].sentence


def test_what_lies_in_the_future_is_refused(native: Native):
    assert codes(the(native([], [a_refund(created_at=ago(days=-1))]))) == [("created_at", "in_the_future")]


def test_the_record_of_a_run_keeps_every_row_without_sentences(native: Native):
    report = native([an_order(paid="x")], [a_refund(reason="漏油")])

    run = ImportRun.objects.get(pk=report.run_id)
    assert (run.created, run.refused) == (1, 1)
    assert tuple(row_from(kept) for kept in run.results) == report.rows


def test_an_order_imported_again_unchanged_changes_nothing(native: Native):
    told = an_order()
    native([told])

    assert the(native([told])).result == "unchanged"


def test_what_an_order_leaves_out_later_stays(native: Native):
    native([an_order(carrier="SF")])
    assert the(native([an_order(status="completed", completed_at=ago(hours=2))])).result == "updated"

    order = Order.objects.get()
    assert (order.status, order.carrier) == ("completed", "SF")


def test_shipping_is_told_to_the_case_and_closes_an_unshipped_refund(native: Native):
    before = an_order(status="unshipped", shipped_at=...)
    native([before], [a_refund(order_status="unshipped", goods_received=False, reason="OUT_OF_STOCK")])
    row = the(native([before | {"status": "shipped", "shipped_at": ago(hours=1)}]))

    assert (row.result, [note.code for note in row.notes]) == ("updated", ["cases_told"])
    case = Case.objects.get()
    assert (case.stage, case.outcome) == ("CLOSED", "shipped")


def test_a_signed_parcel_and_a_changed_promise_are_told_with_their_own_times(native: Native):
    told = an_order()
    native([told], [a_refund()])
    signed_at = ago(hours=3)
    native([told | {"signed_at": signed_at, "promise_ends_at": ago(days=-4)}])

    events = {event.kind: event for event in CaseEvent.objects.filter(case__order__outside_id="T-1")}
    assert events["carrier_signed"].at.isoformat() == signed_at
    assert Case.objects.get().anchors["promise_ends"] == events["promise_changed"].facts["data"]["promise_ends"]


def test_how_an_order_changes_hands_is_taken_over_and_told_when_it_opens_a_case(native: Native):
    told = an_order(delivery="mailed", shipping_carrier="ems", booked_at=ago(days=8))
    native([told])
    native([told | {"shipping_carrier": "post"}], [a_refund()])

    order, case = Order.objects.get(), Case.objects.get()
    assert (order.delivery, order.shipping_carrier) == ("mailed", "post")
    assert (case.facts["delivery"], case.facts["shipping_carrier"]) == ("mailed", "post")
    assert "booked" in case.anchors


def test_a_code_that_was_delivered_and_looked_at_is_told_to_the_open_case(native: Native):
    line = {"goods_type": "gift_card", "pack": "taobao.virtual"}
    told = an_order(line=line, status="unshipped", shipped_at=...)
    reason = {"reason": "NOT_DELIVERED", "goods_received": False, "order_status": "unshipped"}
    native([told], [a_refund(goods_type="gift_card", pack="taobao.virtual", **reason)])
    viewed_at = ago(hours=1)
    row = the(native([told | {"digital_delivered_at": ago(hours=2), "code_viewed_at": viewed_at}]))

    assert (row.result, [note.code for note in row.notes]) == ("updated", ["cases_told"])
    assert Case.objects.get().facts["code_viewed"] is True
    events = {event.kind: event for event in CaseEvent.objects.filter(case__order__outside_id="T-1")}
    assert events["code_viewed"].at.isoformat() == viewed_at
    assert "digital_delivered" in events


def test_an_order_of_another_buyer_is_not_changed(native: Native):
    told = an_order()
    native([told])

    assert codes(the(native([told | {"buyer_id": "u-zhang"}]))) == [("buyer", "other_buyer")]


def test_the_command_tells_row_by_row_what_it_did(root: Any):
    told = StringIO()
    call_command("import_orders", str(SAMPLES / "orders.csv"), "--format", "csv", "--dry-run", stdout=told)

    assert "2 created, 0 updated, 0 unchanged, 0 refused" in told.getvalue()
    assert not Order.objects.exists()


def test_the_command_says_what_is_wrong_with_a_file(root: Any, tmp_path: Path):
    (tmp_path / "bad.json").write_text("[", encoding="utf-8")

    with pytest.raises(CommandError, match="not JSON"):
        call_command("import_orders", str(tmp_path / "bad.json"), "--format", "taobao")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_orders", str(tmp_path / "none.json"), "--format", "taobao")


def test_refunds_in_csv_find_their_orders(root: Any):
    run_import(root.pk, format="csv", payload=(SAMPLES / "orders.csv").read_bytes())
    shop = open_shop("aliexpress", "Lan Global", outside_id="lan")
    report = run_import(root.pk, format="csv", payload=(SAMPLES / "refunds.csv").read_bytes(), shop_id=shop.pk)

    assert [row.result for row in report.rows] == ["created", "created", "created"]
    assert stages() == {"31": "WAIT_SELLER", "32": "CLOSED", "33": "REVIEW"}
