"""Imports row by row: who may, what is refused, what is told to cases, what is followed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.services import join_shop, open_shop
from contract.clock import database_now
from contract.errors import Forbidden, Invalid
from disputes.models import Case, CaseAlias, CaseEvent, ImportRun, Message, Order, OrderEvent, Proposal, UnmappedReason
from disputes.services.importing import run_import
from disputes.services.importing_rows import ImportReport, RowResult, row_from
from disputes.services.sweeping import sweep_until_done
from tests.disputes.feed_samples import SAMPLES, running_issue, sample

pytestmark = pytest.mark.usefixtures("published")

Native = Callable[..., ImportReport]


def ago(**units: float) -> str:
    return (database_now() - timedelta(**units)).isoformat()


def an_order(**changes: Any) -> dict[str, Any]:
    """An order of four bowls, shipped a week ago."""
    line = {"id": "1", "title": "Soup bowl", "quantity": 4, "paid": "240.00", "seller_type": "C"}
    told = {
        "order_id": "T-1", "buyer_id": "u-ming", "seller_id": "u-lan", "shop_name": "Lan Home", "status": "shipped",
        "paid": "250.00", "freight": "10.00", "created_at": ago(days=9), "paid_at": ago(days=9),
        "shipped_at": ago(days=7), "lines": [{**line, **changes.pop("line", {})}],
    }  # fmt: skip
    return {name: value for name, value in (told | changes).items() if value is not ...}


def a_refund(**changes: Any) -> dict[str, Any]:
    """A refund of one bowl, asked yesterday."""
    told = {
        "refund_id": "R-1", "order_id": "T-1", "line_id": "1", "buyer_id": "u-ming", "seller_id": "u-lan",
        "title": "Soup bowl", "stage": "WAIT_SELLER", "requested": "60.00", "reason": "DAMAGED",
        "remedy": "refund_only", "goods_received": True, "created_at": ago(days=1), "order_status": "shipped",
    }  # fmt: skip
    return {name: value for name, value in (told | changes).items() if value is not ...}


@pytest.fixture
def native(root: Any) -> Native:
    """Root imports a document in the native format."""

    def run(
        orders: list[dict[str, Any]] | None = None, refunds: list[dict[str, Any]] | None = None, **options: Any
    ) -> ImportReport:
        payload = {
            "format": "gongduan",
            "platform": options.pop("platform", "taobao"),
            "orders": orders or [],
            "refunds": refunds or [],
        }
        return run_import(options.pop("by", root.pk), format="native", payload=payload, **options)

    return run


def the(report: ImportReport) -> RowResult:
    (row,) = report.rows
    return row


def codes(row: RowResult) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in row.errors]


def stages() -> dict[str, str]:
    return {alias.outside_id: alias.case.stage for alias in CaseAlias.objects.select_related("case")}


# Who may


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


# Rows


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


# Orders and their cases


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


def test_an_order_of_another_buyer_is_not_changed(native: Native):
    told = an_order()
    native([told])

    assert codes(the(native([told | {"buyer_id": "u-zhang"}]))) == [("buyer", "other_buyer")]


# Refunds


def test_a_running_refund_without_a_stated_time_runs_our_time_from_when_it_was_asked(native: Native):
    asked_at = ago(days=1)
    native([an_order()], [a_refund(created_at=asked_at)])

    deadline = Case.objects.get().deadlines.get(name="seller_response")
    assert deadline.due_at.isoformat() == (database_now().fromisoformat(asked_at) + timedelta(days=5)).isoformat()
    assert not deadline.stated


def test_an_edited_refund_runs_from_the_edit(native: Native):
    native([an_order()], [a_refund(created_at=ago(days=2), modified_at=ago(days=1))])

    case = Case.objects.get()
    due = case.deadlines.get(name="seller_response").due_at
    assert timedelta(days=3, hours=23) < due - database_now() < timedelta(days=4, hours=1)


@pytest.mark.parametrize(
    ("stage", "name"),
    [
        ("WAIT_SELLER", "seller_response"),
        ("SELLER_REFUSED", "buyer_after_refusal"),
        ("WAIT_BUYER_RETURN", "return_shipping"),
        ("WAIT_SELLER_RECEIPT", "return_receipt"),
        ("EVIDENCE", "evidence"),
        ("REVIEW", "opinion"),
    ],
)
def test_a_stated_time_is_that_of_the_turn_the_case_is_in(native: Native, stage: str, name: str):
    due_at = ago(days=-3)
    native([an_order()], [a_refund(stage=stage, remedy="return_and_refund", due_at=due_at)])

    deadlines = {d.name: d for d in Case.objects.get().deadlines.filter(stated=True)}
    assert {found: state.due_at.isoformat() for found, state in deadlines.items()} == {name: due_at}


def test_a_stated_time_shortly_after_arrival_is_taken_as_it_is(native: Native, travel: Any):
    due_at = ago(minutes=-5)
    native([an_order()], [a_refund(due_at=due_at)])
    assert Case.objects.get().due_at.isoformat() == due_at

    travel(minutes=6)
    sweep_until_done(sweeper="test")
    assert Case.objects.get().outcome == "refunded_by_silence"


def test_a_time_nobody_stated_leaves_a_day_of_notice(native: Native):
    native([an_order()], [a_refund(created_at=(database_now() - timedelta(days=5) + timedelta(minutes=1)).isoformat())])

    assert Case.objects.get().due_at - database_now() > timedelta(hours=23)


def test_an_imported_refund_goes_on_like_any_other_case(native: Native, does: Any, lan: Any, ming: Any):
    from accounts.services import link_identity

    link_identity("taobao", "u-ming", ming)
    shop = open_shop("taobao", "Lan Home", outside_id="u-lan")
    join_shop(lan, shop)
    native([an_order()], [a_refund()])
    number = Case.objects.get().number
    does(lan, "seller", number, "refuse", refusal="NOT_AGREED", statement="x")
    does(ming, "buyer", number, "request_intervention")

    assert Case.objects.get().stage == "EVIDENCE"


def test_a_standing_offer_of_the_seller_can_be_accepted(native: Native, does: Any, ming: Any):
    from accounts.services import link_identity

    link_identity("taobao", "u-ming", ming)
    offer = {"id": 1, "owner": "seller", "remedy": "partial_refund", "amount": "25.00", "created_at": ago(hours=4)}
    native([an_order()], [a_refund(stage="SELLER_REFUSED", proposals=[offer])])
    does(ming, "buyer", Case.objects.get().number, "accept_proposal", offer="seller")

    case = Case.objects.get()
    assert (case.outcome, case.facts["paid_amount"]) == ("refunded_by_agreement", "25.00")
    assert [(p.party, p.version) for p in Proposal.objects.order_by("at")] == [("buyer", 1), ("seller", 1)]


def test_a_finished_refund_of_money_uses_up_the_lines_cap(native: Native, ming: Any):
    ended = a_refund(stage="CLOSED", outcome="refunded_by_agreement", settled="60.00", closed_at=ago(hours=3))
    native([an_order()], [ended])
    native([], [a_refund(refund_id="R-2", requested="10.00")])

    second = CaseAlias.objects.get(outside_id="R-2").case
    assert second.lines.get().maximum == Decimal("60.00")
    assert stages() == {"R-1": "CLOSED", "R-2": "WAIT_SELLER"}


def test_an_unmapped_reason_opens_as_other_and_is_listed_once(native: Native):
    row = native([an_order()], [a_refund(reason="漏油")]).rows[1]
    native([an_order(order_id="T-2")], [a_refund(refund_id="R-2", order_id="T-2", reason="漏油")])

    assert [note.code for note in row.notes] == ["reason_unmapped"]
    listed = UnmappedReason.objects.get()
    assert (listed.text, listed.times_seen) == ("漏油", 2)
    assert set(Case.objects.values_list("reason", flat=True)) == {"OTHER"}


def test_a_reason_somebody_mapped_opens_as_that(native: Native):
    UnmappedReason.objects.create(platform="taobao", text="漏油", mapped_to="QUALITY")
    native([an_order()], [a_refund(reason="漏油")])

    assert Case.objects.get().reason == "QUALITY"


def test_an_alias_finds_the_same_case(native: Native):
    native([an_order()], [a_refund(aliases=["OLD-1"])])
    row = the(native([], [a_refund(refund_id="OLD-1")]))

    assert row.number == Case.objects.get().number


# Following


def test_a_refund_that_ended_outside_closes_here_without_ordering_money(native: Native):
    told = a_refund()
    native([an_order()], [told])
    row = the(
        native(
            [],
            [
                told
                | {
                    "stage": "CLOSED",
                    "outcome": "refunded_by_agreement",
                    "settled": "60.00",
                    "closed_at": ago(minutes=5),
                }
            ],
        )
    )

    assert (row.result, [note.code for note in row.notes]) == ("updated", ["followed_to_its_end"])
    case = Case.objects.get()
    assert (case.stage, case.outcome, case.facts["paid_amount"]) == ("CLOSED", "refunded_by_agreement", "60.00")
    assert not case.payouts.exists()
    assert case.wake_at is None


def test_a_held_refund_that_ended_outside_with_nothing_paid_releases_the_order(native: Native):
    told = a_refund(created_at=ago(days=6))
    native([an_order()], [told])
    assert Case.objects.get().held
    native([], [told | {"stage": "CLOSED", "outcome": "withdrawn", "closed_at": ago(minutes=5)}])

    case = Case.objects.get()
    assert (case.outcome, case.held) == ("withdrawn", "")
    assert list(OrderEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["hold", "release"]


def test_a_refund_that_moved_outside_is_followed_to_its_new_stage(native: Native):
    told = a_refund()
    native([an_order()], [told])
    row = the(native([], [told | {"stage": "SELLER_REFUSED", "modified_at": ago(hours=2), "due_at": ago(days=-6)}]))

    case = Case.objects.get()
    assert (row.result, case.stage, case.waiting_on) == ("updated", "SELLER_REFUSED", "buyer")
    assert set(case.deadlines.filter(status="pending", kind="auto").values_list("name", flat=True)) == {
        "buyer_after_refusal"
    }


def test_a_changed_request_is_a_new_version_of_it(native: Native):
    told = a_refund()
    native([an_order()], [told])
    native([], [told | {"requested": "45.00", "modified_at": ago(hours=2)}])

    case = Case.objects.get()
    assert (case.amount, case.facts["request_version"], case.facts["buyer_offer"]["version"]) == (
        Decimal("45.00"),
        2,
        2,
    )
    assert [(p.version, p.amount) for p in Proposal.objects.order_by("at")] == [
        (1, Decimal("60.00")),
        (2, Decimal("45.00")),
    ]


def test_a_case_that_went_on_here_is_not_pulled_back(native: Native, does: Any, lan: Any):
    told = a_refund()
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan"))
    native([an_order()], [told])
    does(lan, "seller", Case.objects.get().number, "refuse", refusal="NOT_AGREED", statement="x")
    row = the(native([], [told | {"stage": "WAIT_BUYER_RETURN", "modified_at": ago(hours=2)}]))

    assert (row.result, [note.code for note in row.notes]) == ("unchanged", ["went_on_here"])
    assert Case.objects.get().stage == "SELLER_REFUSED"


def test_a_case_closed_here_stays_closed(native: Native, does: Any, lan: Any):
    told = a_refund()
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan"))
    native([an_order()], [told])
    does(lan, "seller", Case.objects.get().number, "accept")
    row = the(native([], [told | {"stage": "REVIEW", "modified_at": ago(hours=2)}]))

    assert [note.code for note in row.notes] == ["closed_here"]


def test_an_older_state_is_not_taken(native: Native):
    native([an_order()], [a_refund(created_at=ago(days=2), modified_at=ago(hours=2), requested="45.00")])
    row = the(native([], [a_refund(created_at=ago(days=2), modified_at=ago(hours=9))]))

    assert [note.code for note in row.notes] == ["older_than_known"]


def test_a_member_of_the_shop_cannot_end_a_running_case(native: Native, lan: Any):
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan"))
    told = a_refund()
    native([an_order()], [told], by=lan.pk)
    ended = told | {"stage": "CLOSED", "outcome": "withdrawn", "closed_at": ago(minutes=5)}

    assert codes(the(native([], [ended], by=lan.pk))) == [("", "only_administrators")]
    assert stages() == {"R-1": "WAIT_SELLER"}


# AliExpress


def test_a_running_issue_keeps_its_log_with_its_own_times_and_runs_both_clocks(root: Any, travel: Any):
    from zoneinfo import ZoneInfo

    from disputes.feeds.values import read_moment

    shop = open_shop("aliexpress", "Lan Global", outside_id="lan-global")
    filed_at = read_moment("2024-10-28 04:23:19", ZoneInfo("America/Los_Angeles"))
    travel(to=filed_at + timedelta(hours=1))
    run_import(root.pk, format="aliexpress", payload=running_issue(), shop_id=shop.pk)

    case = Case.objects.get()
    assert (case.stage, case.waiting_on, case.pack) == ("WAIT_SELLER", "seller", "aliexpress")
    due = dict(case.deadlines.filter(kind="auto").values_list("name", "due_at"))
    assert due["seller_response"] == filed_at + timedelta(days=5)
    assert due["platform_steps_in"] == filed_at + timedelta(days=7)
    assert [m.at <= database_now() for m in Message.objects.filter(case=case)]

    travel(days=5)
    sweep_until_done(sweeper="test")
    case.refresh_from_db()
    assert (case.stage, case.outcome, case.facts["paid_amount"]) == ("CLOSED", "refunded_by_silence", "66.65")


def test_an_issue_without_a_seller_needs_the_importers_shop(root: Any):
    row = the(run_import(root.pk, format="aliexpress", payload=sample("aliexpress_issue_detail_get")))

    assert codes(row) == [("seller", "shop_needed")]


# The command


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


# Parcels


@pytest.fixture
def returning(native: Native, does: Any, lan: Any, ming: Any) -> Case:
    """Ming's bowl is on its way back to Lan, as he says."""
    from accounts.services import link_identity
    from disputes.selectors.access import case_for
    from disputes.services.acting import perform

    link_identity("taobao", "u-ming", ming)
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan", return_address="1 Sample Road"))
    native([an_order()], [a_refund(remedy="return_and_refund", reason="QUALITY")])
    number = Case.objects.get().number
    perform(case_for(lan, number), "accept")
    perform(case_for(ming, number), "ship_return", {"tracking": "YT1"})
    return Case.objects.get()


def a_parcel(**changes: Any) -> dict[str, Any]:
    return {"platform": "taobao", "order_id": "T-1", "tracking": "YT1", **changes}


@pytest.fixture
def parcels(root: Any) -> Native:
    def run(*told: dict[str, Any], by: int = root.pk) -> ImportReport:
        return run_import(by, format="native", payload={"parcels": list(told)})

    return run


def test_a_scanned_return_is_paid_when_the_seller_stays_silent(returning: Case, parcels: Native, travel: Any):
    travel(days=2)
    row = the(parcels(a_parcel(scanned_at=ago(hours=3))))
    assert (row.kind, row.outside_id, row.result, row.number) == ("parcel", "YT1", "updated", returning.number)

    travel(days=9)
    sweep_until_done(sweeper="test")
    returning.refresh_from_db()
    assert (returning.stage, returning.outcome) == ("CLOSED", "refunded_after_return")


def test_a_return_nobody_scanned_goes_to_the_platform_instead(returning: Case, travel: Any):
    travel(days=11)
    sweep_until_done(sweeper="test")

    assert Case.objects.get().stage == "REVIEW"


def test_a_scan_told_twice_is_no_news(returning: Case, parcels: Native):
    told = a_parcel(scanned_at=ago(hours=-0.0), signed_at=ago(hours=-0.0))
    parcels(told)

    assert the(parcels(told)).result == "unchanged"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"order_id": "T-9"}, ("order_id", "unknown_order")),
        ({"tracking": "YT9"}, ("tracking", "unknown_parcel")),
        ({"scanned_at": None}, ("scanned_at", "missing")),
    ],
)
def test_a_parcel_nobody_knows_is_refused(returning: Case, parcels: Native, changes: Any, refused: Any):
    assert codes(the(parcels({**a_parcel(scanned_at=ago(hours=0)), **changes}))) == [refused]


def test_a_shop_tells_no_news_of_parcels_and_orders_in_dispute(
    returning: Case, parcels: Native, native: Native, lan: Any
):
    assert codes(the(parcels(a_parcel(scanned_at=ago(hours=0)), by=lan.pk))) == [("", "only_administrators")]
    row = the(native([an_order(status="completed", completed_at=ago(hours=1))], by=lan.pk))
    assert codes(row) == [("", "only_administrators")]
