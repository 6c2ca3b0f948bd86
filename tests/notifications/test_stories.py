"""Who is told what while cases take their course: exactly those who should know, and nobody else."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override

from contract.clock import database_now
from disputes.models import Feed
from disputes.selectors.access import case_for
from disputes.selectors.bulk import CaseQuery
from disputes.services.bulk_running import work
from disputes.services.bulk_starting import start_run
from disputes.services.exhibiting import submit_exhibits
from disputes.services.ordering import answer_payout
from disputes.services.staffing import assign_case
from disputes.services.stalling import STALE_AFTER, switch, watch
from disputes.services.sweeping import sweep_until_done
from notifications.models import Notification
from notifications.render import render
from rules.selectors import version_in_force
from rules.services import publish_version

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("everybody"),
    pytest.mark.urls("tests.notifications.addresses"),
]


def shop_is(kind: str) -> set[tuple[str, str]]:
    """Both who act for the shop are told."""
    return {("lan", kind), ("fang", kind)}


def both_are(kind: str) -> set[tuple[str, str]]:
    return {("ming", kind), *shop_is(kind)}


def test_a_request_is_told_to_everybody_in_the_shop_and_to_nobody_else(order_of: Any, file: Any, told: Any) -> None:
    done = file(order_of())
    assert told() == shop_is("filed")
    row = Notification.objects.filter(recipient__username="lan").get()
    assert (row.number, row.sequence, row.role, row.severity) == (done.number, 1, "seller", "high")
    assert row.facts["due_at"] == done.after.deadlines["seller_response"].due_at.isoformat()


def test_who_accepts_is_not_told_so_and_the_buyer_is(order_of: Any, file: Any, acts: Any, told: Any, lan: Any) -> None:
    done = file(order_of())
    told()
    acts(lan, done.number, "accept")
    assert told() == {("ming", "request_agreed")}
    facts = Notification.objects.get(kind="request_agreed").facts
    assert (facts["next"], facts["outcome"], facts["amount"], facts["currency"]) == (
        "closed", "refunded_by_agreement", "128.00", "CNY",
    )  # fmt: skip


def test_a_silent_seller_is_reminded_three_times_and_then_all_are_told(
    order_of: Any, file: Any, travel: Any, told: Any
) -> None:
    file(order_of())
    told()
    for days in (2.6, 1.5, 0.83):
        travel(days=days)
        sweep_until_done(sweeper="test")
        assert told() == shop_is("reminder")
    severities = Notification.objects.filter(kind="reminder", recipient__username="lan").order_by("pk")
    assert [row.severity for row in severities] == ["normal", "normal", "high"]
    travel(days=1)
    sweep_until_done(sweeper="test")
    assert told() == both_are("time_ran_out")


def test_negotiating_tells_the_other_side(order_of: Any, file: Any, acts: Any, told: Any, ming: Any, lan: Any) -> None:
    done = file(order_of())
    told()
    acts(lan, done.number, "refuse", refusal="NOT_AGREED", statement="x")
    assert told() == {("ming", "request_declined")}
    acts(ming, done.number, "edit_request", amount="90.00")
    assert told() == shop_is("request_edited")
    acts(lan, done.number, "propose", remedy="partial_refund", amount="60.00")
    assert told() == {("ming", "proposal_made")}
    acts(ming, done.number, "message", text="x")
    assert told() == shop_is("message_received")
    acts(ming, done.number, "accept_proposal", offer="seller")
    assert told() == shop_is("proposal_accepted")
    assert Notification.objects.filter(kind="proposal_accepted").first().facts["amount"] == "60.00"


def test_a_note_is_told_to_nobody(order_of: Any, file: Any, acts: Any, told: Any, zhou: Any) -> None:
    done = file(order_of())
    told()
    acts(zhou, done.number, "note", text="x")
    assert told() == set()


@pytest.fixture
def in_evidence(order_of: Any, file: Any, acts: Any, told: Any, ming: Any, lan: Any) -> str:
    """A case in its evidence period."""
    number = file(order_of(), reason="QUALITY").number
    acts(lan, number, "refuse", refusal="NOT_AGREED", statement="x")
    told()
    acts(ming, number, "request_intervention")
    assert told() == shop_is("intervention_requested")
    return str(number)


COMPENSATION = [{"kind": "compensation", "amount": "5.00", "payer": "seller", "clause": "1"}]
"""Needs a second person."""


def ruling(**data: Any) -> dict[str, Any]:
    return {
        "outcome": "buyer_refund_only",
        "amount": "128.00",
        "liable": "seller",
        "reasons": "x",
        "findings": {},
        **data,
    }


def test_intervention_evidence_ruling_and_payout(
    in_evidence: str, acts: Any, does: Any, told: Any, drafts: Any, ming: Any, lan: Any, zhou: Any, root: Any
) -> None:
    exhibit = drafts(ming, in_evidence)
    submit_exhibits(case_for(ming, in_evidence), [UUID(exhibit)])
    assert told() == shop_is("evidence_submitted")
    acts(ming, in_evidence, "complete_evidence")
    assert told() == shop_is("evidence_completed")
    assign_case(case_for(zhou, in_evidence), arbitrator_id=zhou.pk)
    assert told() == set()
    acts(lan, in_evidence, "complete_evidence")
    assert told() == {("ming", "evidence_completed"), ("zhou", "case_to_decide")}
    acts(zhou, in_evidence, "rule", **ruling(findings={exhibit: "x"}))
    assert told() == both_are("ruling_issued")
    answer_payout(case_for(root, in_evidence), succeeded=False, reason="closed account")
    assert told() == {("ming", "payout_delayed")}
    does(None, "marketplace", in_evidence, "payout_failed", reason="closed account")
    assert told() == {("ming", "payout_delayed"), ("root", "payout_failed")}
    does(None, "marketplace", in_evidence, "payout_succeeded")
    assert told() == both_are("payout_succeeded")


def test_a_ruling_that_waits_for_a_second_person_is_not_told_to_the_parties(
    in_evidence: str, acts: Any, told: Any, travel: Any, wu: Any, zhou: Any
) -> None:
    assign_case(case_for(wu, in_evidence), arbitrator_id=wu.pk)
    travel(days=4)
    sweep_until_done(sweeper="test")
    assert told() == {*both_are("reminder"), *both_are("evidence_over"), ("wu", "case_to_decide")}
    acts(wu, in_evidence, "rule", **ruling(lines=COMPENSATION))
    assert told() == {("zhou", "second_person_asked")}
    acts(zhou, in_evidence, "return_ruling", statement="x")
    assert told() == {("wu", "ruling_returned")}
    acts(wu, in_evidence, "rule", **ruling(lines=COMPENSATION))
    told()
    acts(zhou, in_evidence, "approve_ruling")
    assert told() == both_are("ruling_issued")


def test_a_lead_who_rules_leaves_the_second_look_to_the_arbitrators(
    in_evidence: str, acts: Any, told: Any, travel: Any, zhou: Any
) -> None:
    travel(days=4)
    acts(zhou, in_evidence, "rule", **ruling(lines=COMPENSATION))
    assert ("wu", "second_person_asked") in told()


def test_a_second_review_is_told_from_the_asking_to_the_decision(
    in_evidence: str, acts: Any, told: Any, drafts: Any, travel: Any, ming: Any, lan: Any, zhou: Any, wu: Any
) -> None:
    travel(days=4)
    acts(wu, in_evidence, "rule", **ruling(outcome="seller", amount="0.00", liable="buyer"))
    told()
    acts(ming, in_evidence, "appeal")
    assert told() == shop_is("second_review_asked")
    exhibit = drafts(ming, in_evidence)
    acts(ming, in_evidence, "submit_appeal", statement="x", exhibits=[exhibit])
    assert told() == {
        *shop_is("evidence_submitted"),
        *shop_is("second_review_submitted"),
        ("zhou", "second_review_waits"),
    }
    acts(zhou, in_evidence, "decide_appeal", decision="uphold", reasons="x", findings={exhibit: "x"})
    assert told() == both_are("second_review_decided")


def test_a_second_review_nobody_prepared_lapses_before_both(
    in_evidence: str, acts: Any, told: Any, travel: Any, ming: Any, wu: Any
) -> None:
    travel(days=4)
    acts(wu, in_evidence, "rule", **ruling(outcome="seller", amount="0.00", liable="buyer"))
    acts(ming, in_evidence, "appeal")
    told()
    travel(hours=13)
    sweep_until_done(sweeper="test")
    assert told() == {("ming", "reminder"), *both_are("second_review_lapsed")}


def test_a_late_platform_says_so_with_a_new_date_and_alarms_its_own(
    in_evidence: str, acts: Any, told: Any, travel: Any
) -> None:
    travel(days=4)
    sweep_until_done(sweeper="test")
    told()
    travel(days=40)
    sweep_until_done(sweeper="test")
    everyone = told()
    assert {
        ("zhou", "target_passed"),
        ("zhou", "maximum_passed"),
        ("root", "maximum_passed"),
        *both_are("platform_late"),
    } == everyone
    assert Notification.objects.filter(kind="platform_late").first().facts["due_at"]


def test_a_return_is_told_leg_by_leg(
    order_of: Any, file: Any, acts: Any, does: Any, told: Any, drafts: Any, ming: Any, lan: Any
) -> None:
    number = file(order_of(), reason="QUALITY", remedy="return_and_refund").number
    told()
    acts(lan, number, "accept")
    assert told() == {("ming", "request_agreed")}
    assert Notification.objects.get(kind="request_agreed").facts["next"] == "wait_address"
    acts(lan, number, "set_return_address", address="a")
    assert told() == {("ming", "return_address_shown")}
    assert Notification.objects.get(kind="return_address_shown").facts["next"] == "send_back"
    acts(ming, number, "ship_return", tracking="SF1")
    assert told() == shop_is("return_shipped")
    does(None, "marketplace", number, "return_signed")
    assert told() == shop_is("return_arrived")
    acts(lan, number, "object_return", statement="x", exhibits=[drafts(lan, number)])
    assert told() == {("ming", "evidence_submitted"), ("ming", "return_objected")}
    acts(lan, number, "withdraw_objection")
    assert told() == {("ming", "objection_withdrawn")}


def test_a_replacement_is_told_leg_by_leg(
    order_of: Any, file: Any, acts: Any, does: Any, told: Any, ming: Any, lan: Any
) -> None:
    number = file(order_of(), reason="DAMAGED", remedy="send_again").number
    told()
    acts(lan, number, "accept")
    assert told() == {("ming", "request_agreed")}
    acts(lan, number, "send_replacement", tracking="SF1")
    assert told() == {("ming", "replacement_sent")}
    does(None, "marketplace", number, "replacement_signed")
    assert told() == {("ming", "replacement_arrived")}
    acts(ming, number, "reject_replacement", statement="x")
    assert told() == shop_is("replacement_rejected")


def test_tmall_tells_of_its_preliminary_review(
    order_of: Any, file: Any, acts: Any, does: Any, told: Any, drafts: Any, ming: Any, lan: Any, zhou: Any
) -> None:
    number = file(order_of(pack="tmall", platform="tmall"), reason="QUALITY").number
    acts(lan, number, "refuse", refusal="NOT_AGREED", statement="x")
    told()
    acts(ming, number, "request_intervention", statement="x", exhibits=[drafts(ming, number)])
    assert told() == shop_is("evidence_submitted") | shop_is("intervention_requested")
    does(zhou, "platform", number, "reject", reject_reason="EVIDENCE_MISSING")
    assert told() == both_are("intervention_rejected")
    acts(ming, number, "request_intervention", statement="x", exhibits=[drafts(ming, number, "red")])
    told()
    acts(zhou, number, "admit")
    assert told() == both_are("intervention_admitted")
    asked = dict(
        Notification.objects.filter(kind="intervention_admitted").values_list("recipient__username", "severity")
    )
    assert asked == {"ming": "normal", "lan": "high", "fang": "high"}


def test_virtual_goods_tell_the_buyer_that_intervention_is_possible(
    order_of: Any, file: Any, acts: Any, told: Any, travel: Any, lan: Any
) -> None:
    number = file(order_of(pack="taobao.virtual", goods_type="virtual"), reason="QUALITY").number
    travel(days=2)
    acts(lan, number, "refuse", refusal="NOT_AGREED", statement="x")
    told()
    travel(days=1, minutes=1)
    sweep_until_done(sweeper="test")
    assert ("ming", "gate_opened") in told()


def test_aliexpress_steps_in_by_itself_before_both(
    order_of: Any, file: Any, acts: Any, told: Any, travel: Any, lan: Any
) -> None:
    number = file(order_of(pack="aliexpress", platform="aliexpress"), reason="NOT_AS_DESCRIBED").number
    acts(lan, number, "refuse", refusal="NOT_AGREED", statement="x")
    told()
    travel(days=7, minutes=1)
    sweep_until_done(sweeper="test")
    assert told() == both_are("platform_stepped_in")


def test_a_queued_intervention_is_news_to_who_asked_for_it(
    order_of: Any, file: Any, acts: Any, told: Any, ming: Any, lan: Any
) -> None:
    number = file(order_of()).number
    acts(ming, number, "request_intervention", when_allowed=True)
    told()
    acts(lan, number, "refuse", refusal="NOT_AGREED", statement="x")
    assert told() == {("ming", "request_declined"), *both_are("intervention_requested")}


def test_a_hold_and_its_end_are_told_to_both(order_of: Any, file: Any, acts: Any, told: Any, zhou: Any) -> None:
    number = file(order_of()).number
    told()
    acts(zhou, number, "pause")
    assert told() == both_are("held")
    acts(zhou, number, "resume")
    assert told() == both_are("resumed")
    acts(zhou, number, "extend", deadline="seller_response", hours=5)
    assert told() == shop_is("more_time_given")


def test_a_stalled_feed_is_told_to_both_where_a_clock_stands_still_and_to_nobody_else(
    order_of: Any, file: Any, told: Any, root: Any, shop: Any
) -> None:
    file(order_of())
    switch("taobao", "orders", on=True, actor=root)
    told()
    Feed.objects.update(silent_for=STALE_AFTER)
    watch()
    assert told() == set(), "damaged goods do not become whole by news of an order"
    switch("taobao", "orders", on=False, actor=root)
    file(order_of(status="unshipped", shipped_at=None, signed_at=None), reason="OUT_OF_STOCK")
    switch("taobao", "orders", on=True, actor=root)
    told()
    Feed.objects.update(silent_for=STALE_AFTER)
    watch()
    assert told() == both_are("feed_stalled")
    row = Notification.objects.filter(kind="feed_stalled").latest("pk")
    with override("zh-hans"):
        assert render(row.kind, role="seller", number=row.number, facts=row.facts).title == "订单数据中断"
    switch("taobao", "orders", on=False, actor=root)
    assert told() == both_are("feed_returned")


def test_staff_who_are_a_party_are_told_as_a_party_only(
    order_of: Any, file: Any, acts: Any, does: Any, told: Any, lan: Any, root: Any
) -> None:
    from accounts.models import StaffRole

    StaffRole.objects.create(user=lan, kind="administrator")
    number = file(order_of()).number
    acts(lan, number, "accept")
    told()
    does(None, "marketplace", number, "payout_failed", reason="x")
    assert told() == {("ming", "payout_delayed"), ("root", "payout_failed")}


def test_a_stuck_case_is_told_to_administrators_once(order_of: Any, file: Any, told: Any) -> None:
    from contract.clock import database_now
    from disputes.models import StuckCase

    done = file(order_of())
    told()
    now = database_now()
    StuckCase.objects.create(case_id=done.case_id, reason="x", detail="x", first_at=now, last_at=now, retry_at=now)
    assert told() == {("root", "stuck")}
    assert told() == set()


PACKS = [
    ("taobao", "taobao.general", "general", "NOT_AS_DESCRIBED"),
    ("taobao", "taobao.virtual", "virtual", "NOT_AS_DESCRIBED"),
    ("tmall", "tmall", "general", "NOT_AS_DESCRIBED"),
    ("xianyu", "xianyu.general", "general", "NOT_AS_DESCRIBED"),
    ("xianyu", "xianyu.virtual", "virtual", "OTHER"),
    ("aliexpress", "aliexpress", "general", "NOT_AS_DESCRIBED"),
]


@pytest.mark.parametrize(("platform", "pack", "goods", "reason"), PACKS)
def test_every_pack_tells_both_sides_from_the_request_to_the_refund(
    platform: str,
    pack: str,
    goods: str,
    reason: str,
    order_of: Any,
    file: Any,
    acts: Any,
    does: Any,
    told: Any,
    ming: Any,
    lan: Any,
) -> None:
    number = file(order_of(platform=platform, pack=pack, goods_type=goods), reason=reason).number
    assert told() == shop_is("filed")
    acts(lan, number, "refuse", refusal="NOT_AGREED", statement="x", remedy="partial_refund", amount="40.00")
    assert told() == {("ming", "request_declined")}
    acts(ming, number, "edit_request", amount="90.00")
    assert told() == shop_is("request_edited")
    acts(lan, number, "propose", remedy="partial_refund", amount="60.00")
    assert told() == {("ming", "proposal_made")}
    acts(ming, number, "accept_proposal", offer="seller")
    assert told() == shop_is("proposal_accepted")
    does(None, "marketplace", number, "payout_succeeded")
    assert told() == both_are("payout_succeeded")


@pytest.mark.parametrize(("platform", "pack", "goods", "reason"), PACKS)
def test_every_pack_tells_both_sides_of_a_ruling_and_its_second_review(
    platform: str, pack: str, goods: str, reason: str, order_of: Any, file: Any, acts: Any, told: Any,
    travel: Any, drafts: Any, ming: Any, lan: Any, wu: Any, zhou: Any,
) -> None:  # fmt: skip
    number = file(order_of(platform=platform, pack=pack, goods_type=goods), reason=reason).number
    travel(days=2)
    acts(lan, number, "refuse", refusal="NOT_AGREED", statement="x")
    exhibits = [drafts(ming, number)]
    submit_exhibits(case_for(ming, number), [UUID(exhibits[0])])
    travel(days=1, minutes=5)
    sweep_until_done(sweeper="test")
    acts(ming, number, "request_intervention", statement="x")
    if pack == "tmall":
        acts(wu, number, "admit")
    travel(days=5)
    sweep_until_done(sweeper="test")
    told()
    acts(wu, number, "rule", **ruling(outcome="seller", amount="0.00", liable="buyer", findings={exhibits[0]: "x"}))
    assert told() == both_are("ruling_issued")
    acts(ming, number, "appeal", statement="x")
    assert told() == shop_is("second_review_asked")
    fresh = drafts(ming, number, "red")
    acts(ming, number, "submit_appeal", statement="x", exhibits=[fresh])
    assert ("zhou", "second_review_waits") in told()
    acts(zhou, number, "decide_appeal", decision="uphold", reasons="x", findings={fresh: "x"})
    assert told() == both_are("second_review_decided")


def test_other_rules_are_told_to_both_with_the_time_that_moved(
    order_of: Any, file: Any, told: Any, root: Any
) -> None:
    done = file(order_of())
    before = done.after.deadlines["seller_response"].due_at
    told()
    document = copy.deepcopy(dict(version_in_force("taobao.general").policy.document))
    document["deadlines"]["seller_response"]["length"] = "7d"
    made = publish_version("taobao.general", source="", document=document, effective_from=database_now())
    parameters = {"pack": "taobao.general", "version": made.number}
    start_run("migrate", CaseQuery(platforms=()), parameters, reason="Fairer.", expected=1, actor=root)
    work()
    assert told() == both_are("time_changed")
    row = Notification.objects.filter(kind="time_changed", recipient__username="lan").get()
    assert (row.severity, row.facts["before"]) == ("high", before.isoformat())
    with override("zh-hans"):
        assert "的截止时间由" in render(row.kind, role="seller", number=row.number, facts=row.facts).sentence
    parameters = {"pack": "taobao.general", "version": 1, "keep": True}
    start_run("migrate", CaseQuery(platforms=()), parameters, reason="Back.", expected=1, actor=root)
    work()
    assert told() == both_are("rules_changed")
