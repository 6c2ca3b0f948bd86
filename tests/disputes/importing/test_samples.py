"""The five sample payloads, imported, and their unfinished cases driven to an outcome."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from disputes.models import Case, CaseAlias, Deadline, ImportRun, Message, Order, Proposal, UnmappedReason
from disputes.services.importing import run_import
from disputes.services.importing_rows import ImportReport
from disputes.services.sweeping import sweep_until_done
from tests.disputes.feed_samples import sample, utc

pytestmark = pytest.mark.usefixtures("published")

Importing = Callable[..., ImportReport]


@pytest.fixture
def imported(root: Any) -> Importing:
    """Root imports one of the samples."""

    def run(name: str, format: str = "taobao", **options: Any) -> ImportReport:
        return run_import(root.pk, format=format, payload=sample(name), **options)

    return run


def case_of(outside_id: str) -> Case:
    return CaseAlias.objects.get(outside_id=outside_id).case


def test_a_full_trade_becomes_an_order_with_two_lines_under_tmalls_rules(imported: Importing):
    report = imported("taobao_trade_fullinfo_get")

    (row,) = report.rows
    assert (row.kind, row.outside_id, row.result, row.errors) == ("order", "500001084", "created", ())
    order = Order.objects.get()
    assert (order.status, order.paid, order.shop.platform) == ("unshipped", Decimal("323.58"), "tmall")
    assert [(line.pack, line.paid) for line in order.lines.order_by("pk")] == [
        ("tmall", Decimal("86.20")),
        ("tmall", Decimal("117.77")),
    ]
    assert order.buyer.display_name == "采购004"
    assert not order.buyer.has_usable_password()


def test_a_sold_trade_becomes_an_order_under_taobaos_rules(imported: Importing):
    report = imported("taobao_trades_sold_get")

    assert report.counts == {"created": 1, "updated": 0, "unchanged": 0, "refused": 0}
    assert Order.objects.get().lines.get().pack == "taobao.general"


def test_the_sandbox_refund_arrives_held_with_its_deadline_exactly_48_hours_after_it_was_made(imported: Importing):
    (row,) = imported("taobao_refund_get").rows

    case = case_of("146535512261065")
    assert (row.result, row.number, [note.code for note in row.notes]) == (
        "created",
        case.number,
        ["held", "order_created"],
    )
    deadline = Deadline.objects.get(case=case, name="unshipped_response")
    assert deadline.due_at == utc(2016, 6, 1, 7, 9, 40) + timedelta(hours=48)
    assert (deadline.status, deadline.stated, deadline.pause_reason) == ("paused", True, "overdue_on_arrival")
    assert (case.stage, case.waiting_on, case.amount, case.reason) == (
        "WAIT_SELLER",
        "platform",
        Decimal("252.77"),
        "MUTUAL",
    )
    assert case.opened_at == utc(2016, 6, 1, 7, 9, 40)
    assert Message.objects.get(case=case).text == "部分退款2"


def test_a_held_refund_is_never_fired_by_itself(imported: Importing, travel: Any):
    imported("taobao_refund_get")
    travel(days=30)
    sweep_until_done(sweeper="test")

    assert case_of("146535512261065").stage == "WAIT_SELLER"


def test_a_held_refund_resumed_to_lapse_refunds_the_request_at_once(imported: Importing, zhou: Any, does: Any):
    imported("taobao_refund_get")
    case = case_of("146535512261065")
    does(zhou, "platform", case.number, "resume", mode="lapse")

    case.refresh_from_db()
    assert (case.stage, case.outcome) == ("CLOSED", "refunded_by_silence")


def test_imported_fresh_its_time_runs_anew_and_silence_refunds_the_request(imported: Importing, travel: Any):
    now = travel(seconds=0)
    imported("taobao_refund_get", overdue="fresh")
    deadline = Deadline.objects.get(case=case_of("146535512261065"), name="unshipped_response")
    assert timedelta() <= deadline.due_at - timedelta(hours=48) - now < timedelta(minutes=1)
    assert (deadline.status, deadline.stated) == ("pending", False)

    travel(hours=49)
    sweep_until_done(sweeper="test")

    case = case_of("146535512261065")
    assert (case.stage, case.outcome) == ("CLOSED", "refunded_by_silence")
    assert case.ledger.get().amount == Decimal("252.77")


def test_imported_to_lapse_it_ends_on_arrival(imported: Importing):
    imported("taobao_refund_get", overdue="lapse")

    case = case_of("146535512261065")
    assert (case.stage, case.outcome) == ("CLOSED", "refunded_by_silence")


def test_the_received_list_brings_three_cases_and_refuses_the_fourth_naming_the_field(imported: Importing):
    report = imported("taobao_refunds_receive_get")

    assert [row.result for row in report.rows] == ["created", "created", "created", "refused"]
    (problem,) = report.rows[3].errors
    assert (problem.field, problem.code) == ("order_status", "fact_missing")
    assert problem.pointer == "/refunds_receive_get_response/refunds/refund/3/order_status"
    assert "deadline" in problem.sentence
    assert {row.stage: row.held for row in Case.objects.all()} == {
        "WAIT_SELLER": "overdue_on_arrival",
        "WAIT_SELLER_RECEIPT": "overdue_on_arrival",
    }


def test_the_received_cases_run_anew_to_their_outcomes(imported: Importing, travel: Any):
    imported("taobao_refunds_receive_get", overdue="fresh")
    travel(days=11)
    sweep_until_done(sweeper="test")

    assert {alias.outside_id: (alias.case.stage, alias.case.outcome) for alias in CaseAlias.objects.all()} == {
        "40594600198410": ("CLOSED", "refunded_by_silence"),
        "146535512261065": ("CLOSED", "refunded_by_silence"),
        "147802226992786": ("REVIEW", ""),
    }


def test_a_finished_issue_becomes_a_closed_case_without_deadlines(imported: Importing, lan: Any):
    from accounts.memberships import join_shop
    from accounts.services import open_shop

    shop = open_shop("aliexpress", "Lan Global", outside_id="lan-global")
    join_shop(lan, shop)
    report = imported("aliexpress_issue_detail_get", "aliexpress", shop_id=shop.pk)

    (row,) = report.rows
    case = case_of("6346213853171470")
    assert case == case_of("6345753109519425")
    assert (row.result, row.number) == ("created", case.number)
    assert (case.stage, case.outcome, case.waiting_on) == ("CLOSED", "ruled_refund", "none")
    assert case.closed_at == utc(2024, 10, 29, 2, 23, 14)
    assert (case.amount, case.currency, case.facts["paid_amount"]) == (Decimal("66.65"), "USD", "66.65")
    assert not Deadline.objects.filter(case=case).exists()
    assert case.wake_at is None
    assert [(p.party, p.amount, p.at) for p in Proposal.objects.filter(case=case).order_by("at")] == [
        ("buyer", Decimal("66.65"), utc(2024, 10, 28, 11, 23, 22)),
        ("platform", Decimal("66.65"), utc(2024, 10, 28, 11, 23, 27)),
    ]
    assert UnmappedReason.objects.get().text == "115"
    assert case.reason == "OTHER"


def test_every_sample_imported_twice_changes_nothing(imported: Importing, lan: Any):
    from accounts.services import open_shop

    shop = open_shop("aliexpress", "Lan Global", outside_id="lan-global")
    samples = [
        ("taobao_trade_fullinfo_get", "taobao"),
        ("taobao_trades_sold_get", "taobao"),
        ("taobao_refund_get", "taobao"),
        ("taobao_refunds_receive_get", "taobao"),
        ("aliexpress_issue_detail_get", "aliexpress"),
    ]
    for name, format in samples:
        imported(name, format, shop_id=shop.pk)
    events = {case.number: case.version for case in Case.objects.all()}

    for name, format in samples:
        report = imported(name, format, shop_id=shop.pk)
        assert {row.result for row in report.rows} <= {"unchanged", "refused"}, name
    assert {case.number: case.version for case in Case.objects.all()} == events


def test_a_dry_run_reports_the_same_and_keeps_only_its_record(imported: Importing):
    report = imported("taobao_refunds_receive_get", dry_run=True)

    assert [row.result for row in report.rows] == ["created", "created", "created", "refused"]
    assert not Case.objects.exists()
    assert not Order.objects.exists()
    run = ImportRun.objects.get()
    assert (run.pk, run.dry_run, run.created, run.refused) == (report.run_id, True, 3, 1)
