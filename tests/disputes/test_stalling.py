"""Feeds that stop coming: outcomes that rely on them wait, from when it is noticed until the next import."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.services import appoint
from contract.clock import database_now
from contract.errors import Forbidden, NotFound
from disputes.models import Case, CaseEvent, Deadline, Feed, Order
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.selectors.feeds import feeds_of
from disputes.selectors.history import time_reason, timeline
from disputes.services import stalling
from disputes.services.acting import perform
from disputes.services.importing import run_import
from disputes.services.stalling import LONGEST_LOOK, STALE_AFTER, WATCH_EVERY, Followed, switch, watch
from disputes.services.standing_by import Standby
from disputes.services.stopping import resume_automatic, stop_automatic
from disputes.services.sweeping import sweep_until_done
from tests.disputes.importing.told import a_refund, an_order
from tests.disputes.test_acting import RULING, findings, in_review
from tests.disputes.test_sweeping import mended_amount, mended_stage, unreadable, unwritable

pytestmark = pytest.mark.django_db

Switch = Callable[..., Followed]


@pytest.fixture
def turn(root: Any, published: None) -> Switch:
    """Root switches Taobao's feed of orders on (or another feed, or off)."""

    def run(kind: str = "orders", platform: str = "taobao", *, on: bool = True, **more: Any) -> Followed:
        return switch(platform, kind, on=on, actor=root, **more)

    return run


@pytest.fixture
def silent(travel: Any) -> Callable[..., None]:
    """Let time pass while somebody watches in their interval."""

    def run(**units: float) -> None:
        for _ in range(int(timedelta(**units) / LONGEST_LOOK)):
            travel(LONGEST_LOOK)
            watch()

    return run


@pytest.fixture
def stale(turn: Switch) -> Callable[..., None]:
    """A feed that was switched on and has been silent for just too long, as the next look notices."""

    def run(kind: str = "orders", **options: Any) -> None:
        turn(kind)
        Feed.objects.filter(kind=kind).update(silent_for=STALE_AFTER)
        watch(**options)

    return run


def imported(user: Any, *orders: dict[str, Any], **options: Any) -> None:
    payload = {"format": "gongduan", "orders": list(orders)} | options.pop("payload", {})
    run_import(user.pk, format="native", payload=payload, **options)


@pytest.fixture
def unshipped(order_of: Any, file: Any) -> Callable[[], int]:
    """A refund asked before shipping: 48 hours of silence refund it."""

    def run() -> int:
        order = order_of(status="unshipped", shipped_at=None, signed_at=None)
        return int(file(order, reason="OUT_OF_STOCK").case_id)

    return run


def kinds(case_id: int) -> list[str]:
    return list(CaseEvent.objects.filter(case_id=case_id).order_by("sequence").values_list("kind", flat=True))


def clock_of(case_id: int, name: str = "unshipped_response") -> Deadline:
    return Deadline.objects.get(case_id=case_id, name=name)


def feed_of(kind: str = "orders") -> Feed:
    return Feed.objects.get(platform="taobao", kind=kind)


def swept() -> None:
    sweep_until_done(sweeper="test")


def test_no_feed_counts_until_an_administrator_switches_it_on(unshipped: Any, silent: Any, travel: Any) -> None:
    case_id = unshipped()
    silent(hours=7)
    assert not Feed.objects.exists()
    travel(to=clock_of(case_id).due_at)
    swept()
    assert kinds(case_id)[-1] == "lapsed"


def test_six_watched_hours_of_silence_pause_what_relies_on_the_feed_until_the_next_import(
    turn: Switch, unshipped: Any, silent: Any, root: Any, travel: Any
) -> None:
    case_id = unshipped()
    due = clock_of(case_id).due_at
    turn()
    silent(hours=5, minutes=58)
    assert (feed_of().stale_since, kinds(case_id)) == (None, ["file"])
    silent(minutes=2)
    since = feed_of().stale_since
    assert since is not None
    assert kinds(case_id) == ["file", "feed_stalled"]
    assert (clock_of(case_id).status, clock_of(case_id).pause_reason) == ("paused", "feed_stalled:orders")
    travel(to=due + timedelta(days=9))
    swept()
    assert kinds(case_id) == ["file", "feed_stalled"]
    imported(root, an_order(platform="taobao", buyer_id="hong", seller_id="mei", order_id="T-9"))
    feed = feed_of()
    assert (feed.stale_since, feed.silent_for, feed.followed) == (None, timedelta(), True)
    assert kinds(case_id) == ["file", "feed_stalled", "feed_returned"]
    moved = clock_of(case_id).due_at
    assert feed.fresh_at is not None
    assert abs((moved - due) - (feed.fresh_at - since)) < timedelta(seconds=1)
    travel(to=moved + timedelta(seconds=1))
    swept()
    assert kinds(case_id)[-1] == "lapsed"


def test_our_own_downtime_is_no_silence(turn: Switch, unshipped: Any, silent: Any, travel: Any) -> None:
    unshipped()
    turn()
    silent(hours=4)
    before = feed_of().silent_for
    travel(days=3)
    watch()
    assert before < feed_of().silent_for <= before + LONGEST_LOOK
    assert feed_of().stale_since is None


def test_two_watchers_count_a_silence_once(turn: Switch, travel: Any) -> None:
    turn()
    for _ in range(30):
        travel(WATCH_EVERY)
        watch()
        watch()
    assert timedelta(minutes=30) <= feed_of().silent_for < timedelta(minutes=30, seconds=20)


def test_a_clock_set_back_counts_nothing(turn: Switch, travel: Any) -> None:
    turn()
    travel(hours=-1)
    watch()
    assert feed_of().silent_for < timedelta(seconds=10)


def test_what_was_due_when_it_was_noticed_lapses_first(stale: Any, unshipped: Any, travel: Any) -> None:
    case_id = unshipped()
    travel(to=clock_of(case_id).due_at + timedelta(minutes=1))
    stale()
    assert "feed_stalled" not in kinds(case_id)
    assert kinds(case_id)[-1] == "lapsed"


def test_a_case_opened_meanwhile_waits_too_and_so_does_one_that_is_imported(
    stale: Any, unshipped: Any, root: Any
) -> None:
    stale()
    case_id = unshipped()
    assert kinds(case_id) == ["file", "feed_stalled"]
    cancelled = a_refund(order_status="unshipped", reason="OUT_OF_STOCK", goods_received=False)
    payload = {"format": "gongduan", "platform": "taobao", "refunds": [cancelled]}
    run_import(root.pk, format="native", payload=payload)
    adopted = Case.objects.exclude(pk=case_id).get()
    assert kinds(adopted.pk) == ["adopt", "feed_stalled"]


def test_a_case_that_relies_on_no_such_feed_is_told_nothing(order_of: Any, file: Any, stale: Any) -> None:
    other = file(order_of(pack="taobao.virtual", goods_type="virtual"), reason="QUALITY").case_id
    stale("parcels")
    assert kinds(other) == ["file"]
    assert file(order_of(pack="taobao.virtual", goods_type="virtual"), reason="QUALITY").steps[-1].kind == "file"


def test_a_closed_case_hears_of_no_feed_until_a_second_review_opens_it_again(
    order_of: Any, file: Any, stale: Any, turn: Switch, lan: Any, ming: Any, zhou: Any
) -> None:
    done = file(order_of())
    number = in_review(done, ming, lan)
    ruling = {**RULING, "outcome": "seller", "amount": "0.00", "liable": "buyer"}
    perform(case_for(zhou, number), "rule", {**ruling, "findings": findings(number)})
    stale("parcels")
    assert kinds(done.case_id)[-1] != "feed_stalled"
    perform(case_for(ming, number), "appeal", {})
    assert kinds(done.case_id)[-2:] == ["appeal", "feed_stalled"]
    turn("parcels", on=False)
    assert kinds(done.case_id)[-1] == "feed_returned"


def test_switching_a_feed_off_lets_go_what_waited(stale: Any, turn: Switch, unshipped: Any) -> None:
    case_id = unshipped()
    stale()
    report = turn(on=False)
    assert (report.changed, report.finished, report.is_on) == (1, True, False)
    assert kinds(case_id) == ["file", "feed_stalled", "feed_returned"]
    assert (feed_of().is_on, feed_of().stale_since) == (False, None)
    assert kinds(unshipped()) == ["file"]


def test_switching_it_on_again_begins_a_new_silence(stale: Any, turn: Switch, unshipped: Any) -> None:
    unshipped()
    stale()
    turn(on=False)
    turn()
    watch()
    assert feed_of().silent_for < timedelta(minutes=1)
    assert feed_of().stale_since is None


def test_switching_to_what_it_is_changes_nothing(turn: Switch, person: Any) -> None:
    turn()
    before = feed_of().switched_at
    second = person("second", "administrator")
    assert switch("taobao", "orders", on=True, actor=second).changed == 0
    assert (feed_of().switched_at, feed_of().switched_by_id == second.pk) == (before, False)


def test_only_administrators_of_the_platform_switch(person: Any, zhou: Any, lan: Any, published: None) -> None:
    keeper = person("keeper")
    appoint(keeper, "administrator", "xianyu")
    for somebody in (keeper, zhou, lan):
        with pytest.raises(Forbidden):
            switch("taobao", "orders", on=True, actor=somebody)
    assert switch("xianyu", "orders", on=True, actor=keeper).is_on
    for platform, kind in (("ebay", "orders"), ("taobao", "weather")):
        with pytest.raises(NotFound):
            switch(platform, kind, on=True, actor=keeper)


def test_a_hold_of_staff_and_a_stop_of_the_pack_go_together_with_a_stalled_feed(
    stale: Any, turn: Switch, unshipped: Any, root: Any, zhou: Any, travel: Any
) -> None:
    held, stopped = unshipped(), unshipped()
    stale()
    perform(case_for(root, Case.objects.get(pk=held).number), "pause", {"reason": "legal_hold"})
    stop_automatic("taobao.general", actor=root, reason="x")
    turn(on=False)
    assert {clock_of(case_id).status for case_id in (held, stopped)} == {"paused"}
    assert clock_of(stopped).pause_reason == "automatic_stopped"
    resume_automatic("taobao.general", actor=zhou)
    assert (clock_of(held).pause_reason, clock_of(stopped).status) == ("legal_hold", "pending")
    perform(case_for(root, Case.objects.get(pk=held).number), "resume", {"mode": "moved"})
    assert clock_of(held).status == "pending"


def test_what_a_crash_left_is_taken_up_with_the_next_look(
    stale: Any, turn: Switch, unshipped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [unshipped() for _ in range(5)]
    monkeypatch.setattr(stalling, "BATCH", 2)
    stale(batches=1)
    assert (feed_of().followed, sum(kinds(case_id) == ["file", "feed_stalled"] for case_id in cases)) == (False, 2)
    assert watch()
    assert all(kinds(case_id) == ["file", "feed_stalled"] for case_id in cases)
    assert turn(on=False, batches=1).changed == 2
    assert not feed_of().followed
    assert watch()
    assert all(kinds(case_id)[-1] == "feed_returned" for case_id in cases)


def test_a_feed_that_returns_while_cases_are_still_being_told_lets_them_go(
    stale: Any, turn: Switch, unshipped: Any, root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [unshipped() for _ in range(3)]
    monkeypatch.setattr(stalling, "BATCH", 2)
    stale(batches=1)
    imported(root, payload={"platform": "taobao"})
    assert [kinds(case_id)[1:] for case_id in cases] == [["feed_stalled", "feed_returned"]] * 2 + [[]]
    assert feed_of().followed


def test_a_case_that_cannot_be_decided_keeps_no_other_waiting_and_is_tried_again(stale: Any, unshipped: Any) -> None:
    broken, sound = unshipped(), unshipped()
    running = Deadline.objects.filter(case_id=broken, name="unshipped_response")
    running.update(name="unknown")
    stale()
    Deadline.objects.filter(case_id=broken, name="unknown").update(name="unshipped_response")
    assert (kinds(sound), kinds(broken), feed_of().followed) == (["file", "feed_stalled"], ["file"], False)
    watch()
    assert (kinds(broken), feed_of().followed) == (["file", "feed_stalled"], True)


@pytest.mark.parametrize(
    ("broken_by", "mended_by"), [(unreadable, mended_stage), (unwritable, mended_amount)], ids=["read", "written"]
)
def test_a_case_that_cannot_be_read_or_written_keeps_no_other_waiting(
    stale: Any, unshipped: Any, root: Any, broken_by: Any, mended_by: Any
) -> None:
    sound, broken, other = unshipped(), unshipped(), unshipped()
    broken_by(broken)
    try:
        stale()
        told = [kinds(case_id) for case_id in (sound, broken, other)]
        imported(root, payload={"platform": "taobao"})
    finally:
        mended_by(broken)
    assert told == [["file", "feed_stalled"], ["file"], ["file", "feed_stalled"]]
    assert kinds(other) == ["file", "feed_stalled", "feed_returned"]


def test_an_import_counts_for_what_it_brought(turn: Switch, root: Any) -> None:
    turn("orders")
    turn("parcels")
    Feed.objects.update(silent_for=timedelta(hours=1))
    imported(root, an_order(platform="taobao"))
    assert (feed_of().silent_for, feed_of("parcels").silent_for) == (timedelta(), timedelta(hours=1))
    Feed.objects.update(silent_for=timedelta(hours=1))
    imported(root, an_order(platform="taobao"))
    assert feed_of().silent_for == timedelta(), "what is known already was told all the same"


@pytest.mark.parametrize(
    "payload",
    [
        {"trades_sold_get_response": {"total_results": 0}},
        {"trades_sold_get_response": {"trades": {"trade": []}, "total_results": 0}},
        {"trades_sold_get_response": {"trades": {}}},
    ],
)
def test_an_empty_answer_to_a_question_for_orders_is_no_silence(
    turn: Switch, root: Any, payload: dict[str, Any]
) -> None:
    turn()
    Feed.objects.update(silent_for=timedelta(hours=1))
    run_import(root.pk, format="taobao", payload=payload)
    assert feed_of().silent_for == timedelta()


def test_an_empty_list_of_a_named_platform_is_no_silence(turn: Switch, root: Any) -> None:
    for kind in ("orders", "parcels"):
        turn(kind)
    Feed.objects.update(silent_for=timedelta(hours=1))
    imported(root, payload={"platform": "tmall", "parcels": []})
    assert {feed.silent_for for feed in Feed.objects.all()} == {timedelta()}


def test_what_was_refused_dry_or_of_another_platform_is_silence(turn: Switch, root: Any) -> None:
    turn()
    Feed.objects.update(silent_for=timedelta(hours=1))
    imported(root, an_order(platform="taobao", paid="-1"))
    imported(root, an_order(platform="taobao"), dry_run=True)
    imported(root, an_order(platform="xianyu"))
    imported(root)
    run_import(root.pk, format="taobao", payload={"refunds_receive_get_response": {"refunds": {"refund": []}}})
    assert feed_of().silent_for == timedelta(hours=1)


def test_what_a_shop_imports_of_itself_tells_nothing_of_the_platform(turn: Switch, lan: Any, shop: Any) -> None:
    turn()
    Feed.objects.update(silent_for=timedelta(hours=1))
    imported(lan, an_order(platform="taobao", seller_id="lan-home"), shop_id=shop.pk)
    assert Order.objects.filter(outside_id="T-1").exists()
    assert feed_of().silent_for == timedelta(hours=1)


def test_tmalls_orders_travel_among_taobaos(turn: Switch, root: Any) -> None:
    turn(platform="tmall")
    Feed.objects.update(silent_for=timedelta(hours=1))
    imported(root, an_order(platform="taobao"))
    assert Feed.objects.get(platform="tmall").silent_for == timedelta()


def test_the_case_says_why_nothing_happens_and_what_runs_on(stale: Any, turn: Switch, unshipped: Any, lan: Any) -> None:
    number = Case.objects.get(pk=unshipped()).number
    stale()
    access = case_for(lan, number)
    with translation.override("en"):
        view = case_view(access)
        (clock,) = (clock for clock in view.deadlines if clock.name == "unshipped_response")
        why = time_reason(access, "unshipped_response")
        titles = [entry.title for entry in timeline(access)]
    assert view.waiting_on == "seller"
    assert view.door.then.startswith("The marketplace's order data do not arrive: what depends on them")
    assert ([feed.code for feed in view.waits_for], str(clock.paused)) == (
        ["feed_stalled:orders"],
        "The marketplace's order data do not arrive",
    )
    assert any(line.startswith("It stands still since") for line in why.lines)
    assert titles[-1].startswith("The marketplace's order data stopped arriving")
    turn(on=False)
    with translation.override("zh-hans"):
        assert case_view(access).waits_for == ()
        assert timeline(access)[-1].title == "订单数据中断已结束：按剩余时间继续计时"


def test_parties_hear_of_no_feed_that_stops_no_clock_of_theirs(
    order_of: Any, file: Any, stale: Any, lan: Any, zhou: Any
) -> None:
    number = file(order_of()).number
    stale("parcels")
    assert [entry.kind for entry in timeline(case_for(lan, number))] == ["file"]
    assert [entry.kind for entry in timeline(case_for(zhou, number))] == ["file", "feed_stalled"]


def test_the_standby_watches_as_the_workers_do(turn: Switch, unshipped: Any) -> None:
    case_id = unshipped()
    turn()
    Feed.objects.update(silent_for=STALE_AFTER)
    standby = Standby(sweeper="standby", grace=timedelta(hours=1))
    standby.look()
    assert kinds(case_id) == ["file", "feed_stalled"]
    before = feed_of().watched_at
    standby.look()
    assert feed_of().watched_at == before, "once a minute is enough"


def test_the_standby_goes_on_at_once_where_it_has_not_told_everybody(
    turn: Switch, unshipped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [unshipped() for _ in range(3)]
    monkeypatch.setattr(stalling, "BATCH", 1)
    turn()
    Feed.objects.update(silent_for=STALE_AFTER)
    standby = Standby(sweeper="standby", grace=timedelta(hours=1))
    standby.look()
    standby.look()
    assert all(kinds(case_id) == ["file", "feed_stalled"] for case_id in cases)


def test_the_database_refuses_a_stale_feed_that_is_off(turn: Switch) -> None:
    turn(on=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feed.objects.update(is_on=False, stale_since=database_now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Feed.objects.update(silent_for=timedelta(seconds=-1))


@pytest.mark.django_db(transaction=True)
def test_no_case_slips_through_between_opening_and_noticing(turn: Switch, unshipped: Any) -> None:
    """The watcher waits for an opening that has already asked, and the case is then among those it tells."""
    turn()
    Feed.objects.update(silent_for=STALE_AFTER)
    noticed = threading.Event()

    def look() -> None:
        watch()
        noticed.set()
        connection.close()

    with transaction.atomic():
        case_id = unshipped()
        watcher = threading.Thread(target=look)
        watcher.start()
        assert not noticed.wait(0.3)
    watcher.join(10)
    assert noticed.is_set()
    assert kinds(case_id) == ["file", "feed_stalled"]


def test_the_rules_that_rely_on_a_feed_are_asked_for_once_however_many_cases_there_are(
    turn: Switch, unshipped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        unshipped()
    monkeypatch.setattr(stalling, "BATCH", 1)
    turn()
    Feed.objects.update(silent_for=STALE_AFTER)
    with CaptureQueriesContext(connection) as asked:
        watch()
    assert sum("DISTINCT policy_id" in query["sql"] for query in asked) == 1


def test_who_waits_for_a_feed_is_counted_without_reading_every_deadline(turn: Switch, unshipped: Any) -> None:
    unshipped()
    turn()
    with CaptureQueriesContext(connection) as asked:
        feeds_of(["taobao"])
    (counting,) = (query["sql"] for query in asked if "pause_reason" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {counting}")
        assert "disputes_paused_deadlines" in str(cursor.fetchall())
