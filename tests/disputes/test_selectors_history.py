"""The history as people and programs read it, and the reasons of times."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from contract.errors import NotFound
from contract.paging import PageRequest
from disputes.models import Message
from disputes.selectors.access import case_for
from disputes.selectors.history import journal, time_reason, timeline
from disputes.services.acting import perform

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def test_the_timeline_joins_events_with_what_was_written(ming: Any, lan: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    perform(case_for(lan, number), "refuse", {"refusal": "AS_DESCRIBED", "statement": "The photos show another mug."})
    entries = timeline(case_for(ming, number))
    assert [entry.kind for entry in entries] == ["file", "refuse"]
    assert entries[0].title == "asked for a refund of ¥128.00: Refund only, Arrived damaged"
    assert entries[0].mine
    assert entries[1].title == "declined the request: The item is as described"
    assert entries[1].text == "The photos show another mug."
    assert entries[1].who == "Lan Home"


def test_internal_notes_are_for_staff_only(ming: Any, zhou: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    perform(case_for(zhou, number), "note", {"text": "Looks like the same photo as last week."})
    assert [entry.kind for entry in timeline(case_for(ming, number))] == ["file"]
    assert timeline(case_for(zhou, number))[-1].text.startswith("Looks like")
    assert [event.kind for event in journal(case_for(ming, number), PageRequest()).data] == ["file"]
    assert Message.objects.count() == 1


def test_the_journal_comes_in_pages(lan: Any, order_of: Any, file: Any) -> None:
    access = case_for(lan, file(order_of()).number)
    for count in range(4):
        perform(access, "message", {"text": f"Message {count}"})
    first = journal(access, PageRequest(limit=3))
    assert [event.sequence for event in first.data] == [1, 2, 3]
    assert first.next is not None
    rest = journal(access, PageRequest(limit=3, after=(3,)))
    assert [event.sequence for event in rest.data] == [4, 5]
    assert rest.next is None


def test_a_lapse_says_what_it_did(ming: Any, order_of: Any, file: Any, travel: Any) -> None:
    from disputes.services.sweeping import sweep_until_done

    number = file(order_of()).number
    travel(days=6)
    sweep_until_done(sweeper="test")
    last = [entry for entry in timeline(case_for(ming, number)) if entry.kind == "lapsed"][-1]
    assert last.title == "Time is up for “Seller's answer”: the requested refund of ¥128.00 is paid and the case closes"
    assert last.system


def test_a_time_says_why_it_is_what_it_is(ming: Any, zhou: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    reason = time_reason(case_for(ming, number), "seller_response")
    assert reason.sentence == "Seller's answer: 5 days of 24 hours, counted from the last version of the request."
    assert reason.id == "T2"
    assert not reason.moved
    perform(case_for(zhou, number), "extend", {"deadline": "seller_response", "hours": 24})
    again = time_reason(case_for(ming, number), "seller_response")
    assert [moved.what for moved in again.moved] == ["more time was given"]
    assert (again.due_at - reason.due_at).total_seconds() == 24 * 3600
    with pytest.raises(NotFound):
        time_reason(case_for(ming, number), "return_receipt")
