"""Orders: their clocks, what may be filed about them and what not, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from contract.clock import database_now
from disputes.selectors.access import order_for
from disputes.selectors.eligibility import eligibility
from disputes.selectors.order_facts import order_snapshot
from disputes.selectors.orders import order_view
from rules.engine.draft import Draft
from rules.engine.events import Event
from rules.engine.types import Party
from rules.loader import load_policy
from rules.selectors import calendar_edition, newest_calendar_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def test_an_order_says_what_may_be_filed_with_what_maximum(ming: Any, order_of: Any) -> None:
    told = eligibility(order_for(ming, order_of().pk))
    (line,) = told.lines
    assert told.eligible
    assert str(line.maximum) == "¥128.00"
    damaged = next(reason for reason in line.reasons if reason.code == "DAMAGED")
    assert damaged.burden == "buyer"
    assert "refund_only" in [remedy.code for remedy in damaged.remedies]
    assert damaged.hint == "You will be asked to show evidence; have photos or recordings ready."
    assert [slot.code for slot in damaged.evidence] == ["damage_photo", "unboxing_video", "package_label"]


def test_before_shipping_only_the_money_can_be_asked_for(ming: Any, order_of: Any) -> None:
    order = order_of(status="unshipped", shipped_at=None, signed_at=None)
    (line,) = eligibility(order_for(ming, order.pk)).lines
    remedies = {remedy.code for reason in line.reasons for remedy in reason.remedies}
    assert remedies == {"refund_only", "partial_refund"}


def test_after_the_window_nothing_can_be_filed_and_the_page_says_until_when(ming: Any, order_of: Any) -> None:
    completed = database_now() - timedelta(days=16)
    order = order_of(status="completed", completed_at=completed, received_at=completed)
    (line,) = eligibility(order_for(ming, order.pk)).lines
    assert not line.eligible
    assert line.code == "aftersale_window_closed"
    assert line.detail == "The after-sale period of this order is over."


def test_while_the_window_runs_the_page_says_until_when(ming: Any, order_of: Any) -> None:
    completed = database_now() - timedelta(days=1)
    order = order_of(status="completed", completed_at=completed, received_at=completed)
    (line,) = eligibility(order_for(ming, order.pk)).lines
    assert line.eligible
    assert line.available_until == completed + timedelta(days=15)


def test_a_line_that_is_disputed_already_says_so(ming: Any, order_of: Any, file: Any) -> None:
    order = order_of()
    number = file(order).number
    (line,) = eligibility(order_for(ming, order.pk)).lines
    assert (line.eligible, line.code, line.case) == (False, "line_disputed", number)


def test_an_order_shows_its_clocks_and_its_cases(
    lan: Any, order_of: Any, file: Any, django_assert_max_num_queries: Any
) -> None:
    order = order_of()
    number = file(order).number
    order_view(order_for(lan, order.pk))
    with django_assert_max_num_queries(15):
        seen = order_view(order_for(lan, order.pk))
    clocks = {clock.name: clock for clock in seen.clocks}
    assert clocks["auto_confirm"].held
    assert clocks["auto_confirm"].at == order.shipped_at + timedelta(days=10)
    assert seen.lines[0].cases == (number,)
    assert [event.kind.code for event in seen.events] == ["hold"]


def test_the_receipt_of_a_slow_parcel_can_be_extended_when_little_time_is_left(lan: Any, order_of: Any) -> None:
    order = order_of(pack="aliexpress", receipt_ends_at=database_now() + timedelta(days=3), destination="BR")
    seen = order_view(order_for(lan, order.pk))
    offered = {action.action for action in seen.available_actions}
    refused = {action.action: action.code for action in seen.unavailable_actions}
    assert "extend_receipt" in offered or refused["extend_receipt"] == "not_a_slow_country"
    assert refused["grant_extension"] == "nothing_asked"


@pytest.mark.parametrize(
    ("pack", "facts", "after"),
    [
        ("taobao.general", {}, timedelta(days=10)),
        ("taobao.general", {"shipping_carrier": "post"}, timedelta(days=30)),
        ("taobao.virtual", {"delivery": "recharge"}, timedelta()),
        ("taobao.virtual", {"delivery": "automatic"}, timedelta(hours=24)),
        ("xianyu.general", {"delivery": "pick_up"}, timedelta(hours=72)),
    ],
    ids=["T11", "T11 by post", "T12 top-up", "T12 automatic", "X4 pick-up"],
)
def test_receipt_confirms_itself_by_how_the_order_changes_hands(
    ming: Any, order_of: Any, pack: str, facts: dict[str, str], after: timedelta
) -> None:
    order = order_of(pack=pack, platform=pack.partition(".")[0], **facts)
    clocks = {clock.name: clock.at for clock in order_view(order_for(ming, order.pk)).clocks}
    assert clocks["auto_confirm"] == order.shipped_at + after


def test_a_meeting_that_was_booked_has_its_clock(ming: Any, order_of: Any) -> None:
    booked = database_now() - timedelta(days=1)
    order = order_of(pack="xianyu.general", platform="xianyu", delivery="meet", booked_at=booked)
    view = order_view(order_for(ming, order.pk))
    assert {clock.name: clock.at for clock in view.clocks}["meeting_booking"] == booked + timedelta(days=3)
    assert (view.delivery.code, str(view.delivery)) == ("meet", "handed over in person")


@pytest.mark.parametrize(("carrier", "days"), [("express", 24), ("ems", 28), ("post", 40)])
def test_filing_days_of_the_earlier_aliexpress_follow_the_carrier(order_of: Any, carrier: str, days: int) -> None:
    policy = load_policy("versions/aliexpress.until-2022")
    calendar = calendar_edition(newest_calendar_id(policy.calendar))
    order = order_of(pack="aliexpress", platform="aliexpress", shipping_carrier=carrier)
    snapshot = order_snapshot(order, policy)
    draft = Draft(
        policy, calendar, snapshot, Event(kind="", party=Party.PLATFORM, at=order.shipped_at), order.shipped_at
    )
    due = policy.deadlines["latest_filing"].due_from_anchor(draft)
    zone = ZoneInfo(policy.zone)
    assert due is not None
    begins = order.shipped_at.astimezone(zone).date() + timedelta(days=days - 1)
    assert due.astimezone(zone).date() == begins
