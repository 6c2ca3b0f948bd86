"""The relay on real PostgreSQL: exactly once, in order per case, and nothing lost whoever dies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from disputes.models import CaseEvent, PendingRelay
from notifications.models import Delivery, Notification, Preference
from notifications.services import relay
from notifications.services.journal import claim
from notifications.services.relay import relay_batch, relay_until_done

addresses = pytest.mark.urls("tests.notifications.addresses")
together = pytest.mark.django_db(transaction=True)
pytestmark = [addresses, pytest.mark.usefixtures("shop")]


@contextmanager
def another_relay(work: Callable[[], Any]) -> Iterator[None]:
    """Somebody else did `work` in a transaction of their own that is still open; at the end they are killed."""
    ready, over = threading.Event(), threading.Event()
    backends: list[int] = []
    failures: list[str] = []

    def run() -> None:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    backends.append(cursor.fetchone()[0])
                work()
                ready.set()
                over.wait(30)
        except DatabaseError as error:
            failures.append(type(error).__name__)
        finally:
            ready.set()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(30)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 20000)", backends)
        assert cursor.fetchone() == (True,)
    over.set()
    thread.join(30)
    assert failures != []


@pytest.mark.django_db
def test_what_was_told_leaves_the_outbox_and_is_not_told_again(order_of: Any, file: Any) -> None:
    file(order_of())
    assert (relay_until_done().events, PendingRelay.objects.count()) == (1, 0)
    assert relay_until_done().events == 0
    assert Notification.objects.count() == 1


@pytest.mark.django_db
def test_an_event_that_comes_back_is_not_told_twice(order_of: Any, file: Any) -> None:
    done = file(order_of())
    relay_until_done()
    event = CaseEvent.objects.get()
    PendingRelay.objects.create(event_id=event.pk, case_id=done.case_id, sequence=event.sequence)
    assert relay_until_done().notifications == 0
    assert (Notification.objects.count(), Delivery.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_news_of_days_ago_reach_the_inbox_but_no_mailbox(order_of: Any, file: Any, travel: Any) -> None:
    file(order_of())
    travel(days=2)
    relay_until_done()
    assert Notification.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_the_command_tells_and_sends_without_a_broker(order_of: Any, file: Any, capsys: Any) -> None:
    file(order_of())
    call_command("relay")
    assert capsys.readouterr().out == "1 events, 1 notifications, 1 mails\n"


@pytest.mark.django_db
def test_a_case_is_told_as_it_stood_however_late_the_relay_comes(
    order_of: Any, file: Any, does: Any, ming: Any, lan: Any
) -> None:
    number = file(order_of(), reason="QUALITY").number
    does(lan, "seller", number, "refuse", refusal="NOT_AGREED", statement="x")
    does(ming, "buyer", number, "request_intervention")
    does(ming, "buyer", number, "complete_evidence")
    does(lan, "seller", number, "complete_evidence")
    relay_until_done()
    asked = Notification.objects.get(kind="intervention_requested")
    assert (asked.facts["next"], asked.severity) == ("give_evidence", "high")
    assert Notification.objects.get(kind="evidence_completed", recipient=lan).facts["next"] == "give_evidence"
    assert Notification.objects.get(kind="evidence_completed", recipient=ming).facts["next"] == "wait_platform"


@pytest.mark.django_db
def test_an_event_nobody_understands_stops_no_other(
    order_of: Any, file: Any, root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = file(order_of()), file(order_of())
    understand = relay.tellings

    def stumble(told: Any) -> Any:
        if told.sequence == 1 and told.at == first.now:
            raise KeyError("a word nobody knows")
        return understand(told)

    monkeypatch.setattr(relay, "tellings", stumble)
    assert relay_until_done().events == 2
    told = {(row.number, row.kind) for row in Notification.objects.all()}
    assert told == {(first.number, "untellable"), (second.number, "filed")}


@together
def test_two_relays_at_once_tell_everything_once_and_in_order(
    order_of: Any, file: Any, does: Any, ming: Any, lan: Any
) -> None:
    numbers = [file(order_of()).number for _case in range(6)]
    for number in numbers:
        does(lan, "seller", number, "refuse", refusal="NOT_AGREED", statement="x")
        does(ming, "buyer", number, "edit_request", amount="90.00")
    total = PendingRelay.objects.count()
    events, errors = [], []

    def run() -> None:
        try:
            while PendingRelay.objects.exists():
                events.append(relay_batch(limit=3).events)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    relays = [threading.Thread(target=run) for _relay in range(3)]
    for thread in relays:
        thread.start()
    for thread in relays:
        thread.join(60)
    assert errors == []
    assert (sum(events), PendingRelay.objects.count()) == (total, 0)
    assert Notification.objects.count() == total
    for number in numbers:
        sequences = Notification.objects.filter(number=number).order_by("pk").values_list("sequence", flat=True)
        assert list(sequences) == [1, 2, 3]


@together
def test_a_case_whose_earlier_event_another_relay_holds_is_passed_over(
    order_of: Any, file: Any, does: Any, lan: Any
) -> None:
    held, free = file(order_of()), file(order_of())
    with another_relay(lambda: claim(1)):
        does(lan, "seller", held.number, "refuse", refusal="NOT_AGREED", statement="x")
        assert relay_until_done().events == 1
        assert set(Notification.objects.values_list("number", flat=True)) == {free.number}
    relay_until_done()
    told = Notification.objects.filter(number=held.number).order_by("pk")
    assert list(told.values_list("sequence", flat=True)) == [1, 2]


@together
def test_a_relay_that_dies_before_its_commit_loses_nothing(order_of: Any, file: Any) -> None:
    file(order_of())
    with another_relay(relay_batch):
        assert relay_batch().events == 0
        assert Notification.objects.count() == 0
    assert PendingRelay.objects.count() == 1
    assert relay_until_done().events == 1
    assert Notification.objects.count() == 1


@pytest.mark.django_db
def test_mails_are_written_for_who_has_an_address_and_wants_them(
    order_of: Any, file: Any, does: Any, lan: Any, ming: Any
) -> None:
    Preference.objects.create(user=ming, email=False)
    number = file(order_of()).number
    does(lan, "seller", number, "refuse", refusal="NOT_AGREED", statement="x")
    relay_until_done()
    assert Notification.objects.count() == 2
    assert Delivery.objects.get().notification.recipient == lan


@pytest.mark.django_db
def test_a_batch_asks_the_same_few_questions_however_many_events_it_has(order_of: Any, file: Any) -> None:
    def questions(cases: int) -> int:
        for _case in range(cases):
            file(order_of())
        with CaptureQueriesContext(connection) as asked:
            relay_until_done()
        return len(asked)

    questions(1)
    assert questions(2) == questions(6) < 20
