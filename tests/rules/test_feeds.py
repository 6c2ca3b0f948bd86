"""Feeds that stop: outcomes that rely on them stand still, together with whatever else stops a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from rules.documents import Document, PackError, explain_error
from rules.engine.compiler import compile_policy
from rules.engine.errors import DocumentError
from rules.engine.standing import standing, wake_at
from rules.engine.types import DeadlineKind, DeadlineStatus, Stage
from rules.loader import load_document
from tests.rules import aliexpress_case
from tests.rules.timelines import Timeline, moment, policy_of, replaced, returning, sent_back, working_days, written

STOP: Mapping[str, Any] = {"kinds": ["auto"], "reason": "automatic_stopped", "stop": 1}


def unshipped(pack: str = "taobao.general") -> Timeline:
    """Refund asked before shipping on 10 November at 09:00: due by itself on the 12th at 09:00."""
    return Timeline(pack, facts={"shipped": False})


def stalled(case: Timeline, feed: str = "orders") -> Timeline:
    return case.platform("feed_stalled", feed=feed)


def returned(case: Timeline, feed: str = "orders") -> Timeline:
    return case.platform("feed_returned", feed=feed)


def test_what_relies_on_the_feed_stands_still_and_runs_on_with_the_time_left() -> None:
    case = stalled(unshipped().at("2026-11-11T09:00"))
    state = case.snapshot.deadlines["unshipped_response"]
    assert (state.status, state.pause_reason) == (DeadlineStatus.PAUSED, "feed_stalled:orders")
    assert wake_at(case.snapshot) is None
    assert case.at("2026-11-20T09:00").place == "WAIT_SELLER"
    assert returned(case).due("T1") == "2026-11-21 09:00"
    assert "feeds_stalled" not in case.snapshot.facts
    assert case.at("2026-11-21T09:00").place == "CLOSED refunded_by_silence"


def test_its_party_is_still_awaited_and_may_act() -> None:
    case = stalled(unshipped().at("2026-11-11T09:00"))
    where = standing(case.policy, working_days(), case.snapshot)
    assert (where.waiting_on, where.due_at, where.deadline) == ("seller", None, "")
    assert where.seller_due_at == moment("2026-11-12T09:00")
    assert case.refused("seller", "accept") == ""


@pytest.mark.parametrize(
    ("case", "feed", "name", "stands"),
    [
        (lambda: Timeline("taobao.general"), "orders", "seller_response", False),
        (lambda: Timeline("taobao.general", reason="NOT_RECEIVED"), "orders", "seller_response", True),
        (lambda: Timeline("taobao.general", reason="NOT_RECEIVED"), "parcels", "seller_response", False),
        (lambda: Timeline("taobao.virtual", reason="NOT_RECEIVED"), "orders", "seller_response", True),
        (lambda: Timeline("xianyu.virtual"), "orders", "seller_response", False),
        (lambda: Timeline("xianyu.virtual", reason="GC_BUYER_REASON"), "orders", "seller_response", True),
        (lambda: sent_back("taobao.general"), "parcels", "return_receipt", True),
        (lambda: sent_back("taobao.general").told("return_scanned"), "parcels", "return_receipt", False),
        (lambda: sent_back("taobao.general"), "parcels", "return_scan", True),
        (lambda: returning("taobao.general"), "parcels", "return_shipping", False),
        (lambda: replaced("taobao.general"), "parcels", "replacement_scan", True),
    ],
)
def test_only_what_a_record_of_the_feed_could_change_stands_still(
    case: Any, feed: str, name: str, stands: bool
) -> None:
    state = stalled(case(), feed).snapshot.deadlines[name]
    assert (state.status is DeadlineStatus.PAUSED) is stands


@pytest.mark.parametrize(
    ("reason", "standing_still"),
    [
        ("IN_TRANSIT", {"seller_response", "in_transit_steps_in"}),
        ("DAMAGED", set()),
        ("LOST", set()),
    ],
)
def test_on_aliexpress_a_parcel_in_transit_waits_for_news_of_its_order(reason: str, standing_still: set[str]) -> None:
    case = aliexpress_case.filed(reason=reason, anchors={"promise_ends": "30 Nov 09:00"})
    case.does("platform", "feed_stalled", "11 Nov 09:00", feed="orders")
    paused = {state.name for state in case.snapshot.deadlines.values() if state.status is DeadlineStatus.PAUSED}
    assert paused == standing_still
    if paused:
        assert case.refusal("buyer", "request_intervention", "12 Nov 09:00").code == "current_version_answered"
        case.does("platform", "step_in", "12 Nov 09:00")
        assert case.snapshot.stage is Stage.REVIEW, "the platform may come by hand"


def test_what_starts_meanwhile_stands_still_too() -> None:
    case = stalled(returning("taobao.general"), "parcels").buyer("ship_return")
    state = case.snapshot.deadlines["return_receipt"]
    assert (state.status, state.pause_reason) == (DeadlineStatus.PAUSED, "feed_stalled:parcels")


def test_the_news_itself_lets_go_what_waited_for_nothing_else() -> None:
    case = stalled(sent_back("taobao.general"), "parcels")
    due = case.snapshot.deadlines["return_receipt"].due_at
    case.now += timedelta(days=2)
    case.told("return_scanned")
    state = case.snapshot.deadlines["return_receipt"]
    assert (state.status, state.due_at) == (DeadlineStatus.PENDING, due + timedelta(days=2))


@pytest.mark.parametrize(
    ("hold", "let", "due"),
    [
        # stalled from the 11th to the 13th, held from the 12th at 03:00 to the 14th at 09:00
        ({"reason": "legal_hold"}, {"mode": "moved"}, "2026-11-15 09:00"),
        (STOP, {"mode": "moved", "stop": 1}, "2026-11-15 09:00"),
        ({"reason": "legal_hold"}, {"mode": "lapse"}, "2026-11-14 09:00"),
        ({"reason": "legal_hold"}, {"mode": "fresh"}, "2026-11-16 09:00"),
    ],
)
def test_a_hold_on_top_of_a_stalled_feed_keeps_what_the_feed_lets_go(
    hold: Mapping[str, Any], let: Mapping[str, Any], due: str
) -> None:
    case = stalled(unshipped().at("2026-11-11T09:00")).at("2026-11-12T03:00").platform("pause", **hold)
    case.at("2026-11-13T09:00")
    assert returned(case).snapshot.deadlines["unshipped_response"].status is DeadlineStatus.PAUSED
    assert (case.at("2026-11-14T09:00").platform("resume", **let).due("T1") or case.passed("T1")) == due


@pytest.mark.parametrize(
    ("hold", "let", "due"),
    [
        # held from the 11th to the 13th, stalled from the 12th to the 14th
        ({"reason": "legal_hold"}, {"mode": "moved"}, "2026-11-15 09:00"),
        (STOP, {"mode": "moved", "stop": 1}, "2026-11-15 09:00"),
        ({"reason": "legal_hold"}, {"mode": "lapse"}, "2026-11-14 09:00"),
        ({"reason": "legal_hold"}, {"mode": "fresh"}, "2026-11-16 09:00"),
    ],
)
def test_a_stalled_feed_keeps_what_the_hold_lets_go(hold: Mapping[str, Any], let: Mapping[str, Any], due: str) -> None:
    case = unshipped().at("2026-11-11T09:00").platform("pause", **hold)
    stalled(case.at("2026-11-12T09:00"))
    case.at("2026-11-13T09:00").platform("resume", **let)
    state = case.snapshot.deadlines["unshipped_response"]
    assert (state.status, state.pause_reason) == (DeadlineStatus.PAUSED, "feed_stalled:orders")
    assert (returned(case.at("2026-11-14T09:00")).due("T1") or case.passed("T1")) == due


def test_a_case_in_which_all_that_runs_waits_for_a_feed_can_still_be_held() -> None:
    case = stalled(unshipped()).platform("pause", reason="legal_hold")
    assert case.fact("held") == "legal_hold"


def test_following_a_marketplace_keeps_it_waiting_and_never_lets_lapse_what_is_past_on_arrival() -> None:
    case = stalled(unshipped().at("2026-11-11T09:00"))
    anchors = {"last_requested": "2026-11-01T09:00:00+08:00"}
    case.told("moved_outside", stage="WAIT_SELLER", facts={"shipped": False}, anchors=anchors)
    assert case.fact("held") == "overdue_on_arrival"
    case.at("2026-11-12T09:00").platform("resume", mode="lapse")
    assert case.snapshot.deadlines["unshipped_response"].pause_reason == "feed_stalled:orders"
    assert returned(case.at("2026-11-13T09:00")).at("2026-11-13T09:00").place == "CLOSED refunded_by_silence"


def test_a_due_time_the_marketplace_stated_stays_stated() -> None:
    case = stalled(unshipped().at("2026-11-11T09:00"))
    stated = {"unshipped_response": "2026-11-15T09:00:00+08:00"}
    case.told("moved_outside", stage="WAIT_SELLER", facts={"shipped": False}, stated=stated)
    state = returned(case.at("2026-11-12T09:00")).snapshot.deadlines["unshipped_response"]
    assert (state.stated, written(state.due_at)) == (True, "2026-11-16 09:00")


def test_closing_forgets_the_feed() -> None:
    case = stalled(unshipped()).buyer("withdraw")
    assert (case.stage, "feeds_stalled" in case.snapshot.facts) == (Stage.CLOSED, False)
    assert case.refused("platform", "feed_stalled", feed="orders") == "not_in_this_stage"


def test_a_feed_stalls_once_and_returns_once_and_has_a_known_name() -> None:
    case = stalled(unshipped())
    assert case.refused("platform", "feed_stalled", feed="orders") == "already_paused"
    assert case.refused("platform", "feed_returned", feed="parcels") == "not_paused"
    assert case.refused("platform", "feed_stalled", feed="weather") == "invalid_fields"
    assert case.refused("seller", "feed_returned", feed="orders") == "not_your_action"


def test_what_changes_no_clock_makes_nobodys_page_stale() -> None:
    assert not stalled(Timeline("taobao.general"), "parcels").steps[-1].material
    assert stalled(unshipped()).steps[-1].material


@pytest.mark.parametrize("pack", ["taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual"])
def test_nothing_but_automatic_outcomes_of_open_cases_names_a_feed(pack: str) -> None:
    relying = [rule for rule in policy_of(pack).deadlines.values() if rule.feed]
    assert relying
    for rule in relying:
        assert rule.kind is DeadlineKind.AUTO
        assert Stage.CLOSED not in rule.stages
        assert not rule.order_clock


def unsound(section: str, name: str, **changes: Any) -> PackError:
    """What the compiler says of Taobao's pack with one deadline changed."""
    document = load_document("taobao.general")
    values = document.values
    values = {**values, section: {**values[section], name: {**values[section][name], **changes}}}
    with pytest.raises(DocumentError) as error:
        compile_policy(values)
    return explain_error(error.value, Document(values=values, places=document.places), file="taobao.general.yaml")


@pytest.mark.parametrize(
    ("section", "name", "changes", "path", "nearest"),
    [
        ("deadlines", "unshipped_response", {"feed": "order"}, ("deadlines", "unshipped_response", "feed"), "orders"),
        ("deadlines", "unshipped_response", {"feed": {"is": "orders", "if": {}}}, ("feed", "if"), "is"),
        ("deadlines", "return_scan", {"feed": {"is": "orders", "when": {"shiped": True}}}, ("shiped",), "shipped"),
        ("deadlines", "opinion", {"feed": "orders"}, ("deadlines", "opinion", "feed"), ""),
        ("deadlines", "liability_counts", {"feed": "orders"}, ("deadlines", "liability_counts", "feed"), ""),
        ("order_clocks", "auto_confirm", {"feed": "orders"}, ("order_clocks", "auto_confirm", "feed"), ""),
    ],
)
def test_a_feed_where_none_can_be_is_refused_with_its_place(
    section: str, name: str, changes: dict[str, Any], path: tuple[str, ...], nearest: str
) -> None:
    error = unsound(section, name, **changes)
    assert error.path[-len(path) :] == path
    assert error.line > 1
    assert error.nearest == nearest
