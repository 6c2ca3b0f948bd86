"""Along a whole case, each side can read it at every station, in both languages, in few statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from disputes.selectors.access import case_for
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view
from disputes.selectors.history import timeline
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit, submit_exhibits

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def stations(number: str, buyer: Any, seller: Any, arbitrator: Any) -> Iterator[str]:
    """A dispute from its filing to a request for a second review; yields the stage reached each time."""
    yield "WAIT_SELLER"
    perform(case_for(seller, number), "refuse", {"refusal": "AS_DESCRIBED", "statement": "As described."})
    yield "SELLER_REFUSED"
    access = case_for(buyer, number)
    draft = draft_exhibit(access, description="A torn box.", slot="damage_photo")
    submit_exhibits(access, [draft.exhibit_id])
    perform(access, "request_intervention", {})
    yield "EVIDENCE"
    perform(access, "complete_evidence", {})
    yield "SELLER_FOLLOWUP"
    perform(case_for(seller, number), "complete_evidence", {})
    yield "REVIEW"
    answers = {str(draft.exhibit_id): "It shows the box, not the mug."}
    ruling = {"outcome": "buyer_partial_refund", "amount": "60.00", "liable": "seller", "reasons": "The box was torn."}
    perform(case_for(arbitrator, number), "rule", {**ruling, "findings": answers})
    yield "CLOSED"
    perform(access, "appeal", {"statement": "The mug broke too."})
    yield "APPEAL_EVIDENCE"


def test_each_side_reads_the_case_at_every_station_in_both_languages(
    ming: Any, lan: Any, zhou: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of()).number
    for stage in stations(number, ming, lan, zhou):
        for person in (ming, lan, zhou):
            with translation.override("zh-hans"):
                seen = case_view(case_for(person, number))
                assert seen.stage.code == stage
                assert [text for text in sentences(seen) if not CHINESE.search(text)] == []
                assert [entry for entry in timeline(case_for(person, number)) if not CHINESE.search(entry.title)] == []
            with translation.override("en"):
                seen = case_view(case_for(person, number))
                assert [text for text in sentences(seen) if CHINESE.search(text)] == []


def sentences(view: CaseView) -> Iterator[str]:
    """Every word of a view that comes from the house."""
    yield from (view.door.what, view.door.then, view.next_for_you.text, view.stage.text, view.reason.text)
    yield from (action.label for action in view.available_actions)
    yield from (field.label for action in view.available_actions for field in action.fields)
    yield from (item.detail for item in view.unavailable_actions)
    yield from (deadline.label for deadline in view.deadlines)
    yield from (step.label for step in view.steps)
    yield from (item.label for item in view.evidence.requirements)
    yield from (ruling.outcome.text for ruling in view.rulings)


def test_a_case_with_a_whole_history_still_needs_few_statements(
    ming: Any, lan: Any, zhou: Any, order_of: Any, file: Any, django_assert_max_num_queries: Any
) -> None:
    number = file(order_of()).number
    for _stage in stations(number, ming, lan, zhou):
        pass
    access = case_for(ming, number)
    with django_assert_max_num_queries(6):
        seen = case_view(access)
    with django_assert_max_num_queries(7):
        timeline(access)
    assert seen.ruling is not None
    assert seen.ruling.findings[0].answer == "It shows the box, not the mug."
    assert [step.state for step in seen.steps if step.code == "second_review"] == ["current"]
