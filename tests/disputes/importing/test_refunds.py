"""Refunds taken over: their time, their terms, their reasons."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.memberships import join_shop
from accounts.services import open_shop
from contract.clock import database_now
from disputes.models import Case, CaseAlias, Message, Proposal, UnmappedReason
from disputes.services.importing import run_import
from disputes.services.sweeping import sweep_until_done
from tests.disputes.feed_samples import running_issue, sample
from tests.disputes.importing.told import Native, a_refund, ago, an_order, codes, stages, the

pytestmark = pytest.mark.usefixtures("published")


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


def test_where_nobody_reviews_a_call_for_the_platform_evidence_is_taken(native: Native):
    native([an_order()], [a_refund(stage="INTERVENTION_REQUESTED")])

    case = Case.objects.get()
    assert (case.stage, case.waiting_on) == ("EVIDENCE", "both")
    assert case.due_at is not None


def test_a_return_of_goods_that_cannot_be_returned_is_refused(native: Native):
    report = native([an_order()], [a_refund(stage="WAIT_BUYER_RETURN")], pack="taobao.virtual")

    assert ("status", "other_stage") in codes(report.rows[-1])
    assert not Case.objects.exists()


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
    from accounts.identities import link_identity

    link_identity("taobao", "u-ming", ming)
    shop = open_shop("taobao", "Lan Home", outside_id="u-lan")
    join_shop(lan, shop)
    native([an_order()], [a_refund()])
    number = Case.objects.get().number
    does(lan, "seller", number, "refuse", refusal="NOT_AGREED", statement="x")
    does(ming, "buyer", number, "request_intervention")

    assert Case.objects.get().stage == "EVIDENCE"


def test_a_standing_offer_of_the_seller_can_be_accepted(native: Native, does: Any, ming: Any):
    from accounts.identities import link_identity

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
