"""The demo marketplace: everything is there, and its journal is true."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from accounts.selectors import is_administrator, is_lead, shops_of, staff_kinds
from contract.clock import database_now, is_travelling
from disputes.demo.loading import load
from disputes.demo.stories import STAGES_OF
from disputes.models import Case, CaseEvent, Deadline, Exhibit, Order, Payout, Ruling
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.selectors.histories import Chosen
from disputes.selectors.history import time_reason
from disputes.services.verifying import compare_rows, replay, verify_digests
from evidence.models import StoredFile
from rules.selectors import packs_in_force, version_in_force
from studio.lab.running import Asked, finished, start_counterfactual, start_verification
from studio.models import LabDifference


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo, loaded once for this file and taken away after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


def test_every_stage_of_every_pack_has_a_case():
    assert {version.pack for version in packs_in_force()} == set(STAGES_OF)
    there = set(Case.objects.filter(held="").values_list("pack", "stage"))
    assert {(pack, stage) for pack, stages in STAGES_OF.items() for stage in stages} <= there


def test_rows_are_the_fold_of_the_journal_and_histories_replay():
    for case in Case.objects.order_by("pk"):
        assert compare_rows(case.pk) == [], case.number
        assert verify_digests(case.pk) is None, case.number
        assert replay(case.pk) is None, case.number


@pytest.mark.parametrize("name", ["ming", "olive"])
def test_a_buyer_overseas_finds_all_three_proposals_side_by_side(name: str):
    reader = User.objects.get(username=name)
    open_cases = Case.objects.filter(pack="aliexpress", buyer=reader).exclude(stage="CLOSED")
    views = [case_view(case_for(reader, case.number)) for case in open_cases]
    sides = [{made.party for made in view.proposals if made.party == "buyer" or made.acceptable} for view in views]
    assert {"buyer", "seller", "platform"} in sides


def test_every_timer_was_noticed_on_time():
    late = CaseEvent.objects.filter(via="timer").exclude(recorded_at=F("at"))
    assert not [event for event in late if event.recorded_at - event.at > timedelta(minutes=1)]


def test_nothing_is_overdue_when_the_demo_begins():
    assert not Case.objects.filter(wake_at__lte=database_now() - timedelta(minutes=1)).exists()


def test_the_clock_tells_the_true_time_afterwards():
    assert is_travelling()
    with connection.cursor() as cursor:
        cursor.execute("SELECT gongduan_clock() - clock_timestamp()")
        assert abs(cursor.fetchone()[0]) < timedelta(seconds=1)


def test_some_cases_are_due_today_and_some_tomorrow():
    left = [case.due_at - database_now() for case in Case.objects.exclude(due_at=None)]
    assert sum(timedelta() < each < timedelta(hours=24) for each in left) >= 5
    assert sum(timedelta(hours=24) < each < timedelta(hours=48) for each in left) >= 5


def test_the_cast_can_log_in_and_works_as_told(settings: Any):
    people = {user.username: user for user in User.objects.filter(outside_identities__platform="taobao")}
    assert all(
        people[name].check_password(settings.DEMO_PASSWORD)
        for name in ("ming", "lan", "zhou", "wu", "he", "root", "eve")
    )
    assert is_lead(people["zhou"])
    assert all("arbitrator" in staff_kinds(people[name]) for name in ("zhou", "wu", "he"))
    assert is_administrator(people["root"])
    assert {shop.platform for shop in shops_of(people["lan"])} >= {"taobao", "tmall", "xianyu", "aliexpress"}


def test_eve_has_nothing_to_do_with_anything():
    eve = User.objects.get(username="eve")
    assert not Order.objects.filter(buyer=eve).exists()
    assert shops_of(eve) == ()


def test_ning_buys_and_sells():
    ning = User.objects.get(username="ning")
    assert Case.objects.filter(buyer=ning).exists()
    assert Case.objects.filter(shop__in=[shop.id for shop in shops_of(ning)]).exists()


def test_nobody_is_on_both_sides_of_a_case():
    for case in Case.objects.select_related("buyer"):
        assert case.shop_id not in {shop.id for shop in shops_of(case.buyer)}


def test_the_samples_arrived_held():
    assert Case.objects.filter(held="overdue_on_arrival").count() == 3


def test_evidence_rulings_queued_requests_and_payouts_of_every_kind_are_there():
    assert StoredFile.objects.count() >= 8
    assert Exhibit.objects.filter(status="submitted", files__isnull=False).count() >= 30
    assert Exhibit.objects.filter(status="late").exists()
    assert set(Ruling.objects.values_list("status", flat=True)) >= {"awaiting", "in_force", "replaced"}
    assert Case.objects.exclude(queued=[]).exists()
    assert set(Payout.objects.values_list("status", flat=True)) >= {"ordered", "succeeded", "failed"}


def test_orders_without_a_case_are_in_each_state():
    quiet = Order.objects.filter(cases=None, outside_id__startswith="DEMO-")
    assert set(quiet.values_list("status", flat=True)) == {"unshipped", "shipped", "completed"}
    assert quiet.filter(promise_ends_at__gt=database_now()).exists()
    assert quiet.filter(lines__listing=None).count() == 0


def test_loading_it_again_changes_nothing():
    before = (Case.objects.count(), CaseEvent.objects.count(), Order.objects.count(), User.objects.count())
    told = StringIO()
    call_command("load_demo", stdout=told)

    assert (Case.objects.count(), CaseEvent.objects.count(), Order.objects.count(), User.objects.count()) == before
    assert told.getvalue().startswith("already there: 12 people")


def test_it_is_refused_where_the_clock_is_fixed(settings: Any):
    settings.GONGDUAN_TIME_TRAVEL = False
    with pytest.raises(CommandError, match="development"):
        call_command("load_demo")


def test_it_is_refused_where_no_password_is_named(settings: Any):
    del settings.DEMO_PASSWORD
    with pytest.raises(CommandError, match="development"):
        call_command("load_demo")


def test_the_lab_finds_no_difference_under_the_rules_each_case_ran_under():
    run = finished(start_verification(Chosen(), by_id=None))
    assert run.totals["buckets"] == {"identical": Case.objects.count()}


@pytest.mark.parametrize("pack", sorted(STAGES_OF))
def test_the_rules_in_force_change_nothing_about_the_demo(pack: str):
    run = finished(start_counterfactual(Asked(policy=version_in_force(pack).policy, name=pack), Chosen(), by_id=None))
    found = LabDifference.objects.filter(run=run).values_list("number", "bucket", "cause", "subject", "after")
    assert (list(found), set(run.totals["buckets"])) == ([], {"not_affected"})


def test_every_deadline_of_every_pack_explains_itself_to_everybody_who_may_see_it():
    explained: set[tuple[str, str]] = set()
    root = User.objects.get(username="root")
    for case in Case.objects.select_related("buyer", "policy").order_by("pk"):
        readers = [root, case.buyer, User.objects.filter(memberships__shop_id=case.shop_id).first()]
        running = Deadline.objects.filter(case=case).exclude(status="cancelled").exclude(kind="notice")
        for name, kind in running.values_list("name", "kind"):
            for reader in filter(None, readers):
                reason = time_reason(case_for(reader, case.number), name)
                assert all((reason.sentence, reason.length, reason.anchor, reason.then, reason.source, reason.pack))
                assert reason.version > 0
                assert reason.then in reason.lines
                assert all("%(" not in line for line in reason.lines)
            explained.add((case.pack, kind))
    assert {pack for pack, _kind in explained} == set(STAGES_OF)
    assert {kind for _pack, kind in explained} == {"auto", "window", "gate", "target"}
