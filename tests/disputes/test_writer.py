"""The writer on real PostgreSQL: settle, then act; one winner; nothing is lost with a refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from disputes.errors import ActionRefused, CaseChanged, FieldsRefused
from disputes.models import Case, CaseEvent, LedgerEntry, OrderEvent, Payout, PendingRelay
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.sweeping import sweep_until_done
from disputes.services.writer import Done

pytestmark = pytest.mark.django_db


def test_filing_opens_a_case_and_holds_the_order(order_of: Any, file: Any) -> None:
    done = file(order_of())
    case = Case.objects.get(pk=done.case_id)
    assert (case.stage, case.waiting_on, case.version) == ("WAIT_SELLER", "seller", 1)
    assert case.seller_due_at == case.due_at == done.now + timedelta(days=5)
    assert OrderEvent.objects.get().kind == "hold"
    assert PendingRelay.objects.count() == 1


def test_a_silent_seller_pays_when_swept(order_of: Any, file: Any, travel: Any) -> None:
    done = file(order_of(), amount="100.00")
    travel(days=5, minutes=1)
    swept = sweep_until_done(sweeper="test")
    case = Case.objects.get(pk=done.case_id)
    assert (case.stage, case.outcome, swept.moved) == ("CLOSED", "refunded_by_silence", 1)
    assert LedgerEntry.objects.get().amount == 100
    assert Payout.objects.get().status == "ordered"
    assert sweep_until_done(sweeper="test").claimed == 0


def test_a_late_refusal_is_not_heard(order_of: Any, file: Any, travel: Any, does: Any, lan: Any) -> None:
    done = file(order_of())
    travel(days=5)
    with pytest.raises(ActionRefused) as refused:
        does(lan, "seller", done.number, "refuse", refusal="NOT_AGREED", statement="x")
    assert refused.value.code == "not_in_this_stage"
    case = Case.objects.get(pk=done.case_id)
    assert (case.stage, case.outcome) == ("CLOSED", "refunded_by_silence")


def test_a_stale_version_is_refused_with_the_differences(
    order_of: Any, file: Any, does: Any, ming: Any, lan: Any
) -> None:
    done = file(order_of())
    does(ming, "buyer", done.number, "edit_request", amount="90.00")
    with pytest.raises(CaseChanged) as changed:
        does(lan, "seller", done.number, "accept", seen=done.version)
    assert changed.value.data["differences"] == [{"sequence": 2, "kind": "edit_request", "party": "buyer"}]


def test_a_message_does_not_make_a_version_stale(order_of: Any, file: Any, does: Any, ming: Any, lan: Any) -> None:
    done = file(order_of())
    does(ming, "buyer", done.number, "message")
    assert does(lan, "seller", done.number, "accept", seen=done.version).after.outcome == "refunded_by_agreement"


def test_an_amount_above_the_maximum_names_field_and_maximum(order_of: Any, file: Any) -> None:
    with pytest.raises(FieldsRefused) as refused:
        file(order_of(), amount="128.01")
    assert refused.value.fields[0].pointer == "/amount"
    assert "128.00" in str(refused.value.fields[0].detail)


def test_a_line_is_disputed_once_at_a_time(order_of: Any, file: Any) -> None:
    order = order_of()
    file(order)
    with pytest.raises(ActionRefused) as refused:
        file(order)
    assert refused.value.code == "line_disputed"


def test_a_case_cannot_change_without_its_event(order_of: Any, file: Any) -> None:
    done = file(order_of())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE disputes_case SET version = version + 1 WHERE id = %s", [done.case_id])
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("UPDATE disputes_case SET version = version - 1 WHERE id = %s", [done.case_id])


def test_an_event_cannot_be_changed_or_written_twice(order_of: Any, file: Any) -> None:
    file(order_of())
    for statement in ("UPDATE disputes_caseevent SET kind = 'x'", "DELETE FROM disputes_caseevent"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    event = CaseEvent.objects.get()
    event.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


def test_everything_dead_for_a_day_loses_nothing(
    order_of: Any, file: Any, travel: Any, does: Any, lan: Any, ming: Any, zhou: Any
) -> None:
    """The evidence period passes while nothing runs: review starts then, and no time is shortened."""
    done = file(order_of())
    does(lan, "seller", done.number, "refuse", refusal="NOT_AGREED", statement="x")
    asked = does(ming, "buyer", done.number, "request_intervention")
    travel(days=4)
    sweep_until_done(sweeper="test")
    case = Case.objects.get(pk=done.case_id)
    lapse = CaseEvent.objects.get(case=case, kind="lapsed")
    assert case.stage == "REVIEW"
    assert lapse.at == asked.now + timedelta(days=3)
    assert lapse.recorded_at > lapse.at + timedelta(hours=23)


def test_a_ruling_above_the_limit_waits_for_a_second_person(
    order_of: Any, file: Any, travel: Any, does: Any, lan: Any, ming: Any, zhou: Any, wu: Any
) -> None:
    done = file(order_of(paid="3000.00"), amount="3000.00")
    does(lan, "seller", done.number, "refuse", refusal="NOT_AGREED", statement="x")
    does(ming, "buyer", done.number, "request_intervention")
    for who, party in ((ming, "buyer"), (lan, "seller")):
        does(who, party, done.number, "complete_evidence")
    ruling = {"outcome": "buyer_refund_only", "amount": "3000.00", "liable": "seller", "reasons": "Cracked."}
    ruled = perform(case_for(zhou, done.number), "rule", ruling)
    assert isinstance(ruled, Done)
    assert ruled.after.stage == "RULED"
    with pytest.raises(ActionRefused) as refused:
        does(zhou, "platform", done.number, "approve_ruling")
    assert refused.value.code == "second_person_needed"
    approved = does(wu, "platform", done.number, "approve_ruling")
    assert (approved.after.stage, approved.after.outcome) == ("CLOSED", "ruled_refund")
    assert LedgerEntry.objects.get().amount == 3000


def test_two_people_at_once_have_one_winner(order_of: Any, file: Any, does: Any, lan: Any, ming: Any) -> None:
    done = file(order_of())
    does(ming, "buyer", done.number, "withdraw")
    with pytest.raises(ActionRefused):
        does(lan, "seller", done.number, "accept")
