"""What a case page is told: by the reader's side, settled in memory, in few statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from disputes.models import Case, CaseEvent
from disputes.selectors.access import case_for
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view

pytestmark = pytest.mark.django_db
View = Callable[..., CaseView]


@pytest.fixture
def view() -> View:
    def read(person: Any, number: str, *, language: str = "en") -> CaseView:
        with translation.override(language):
            return case_view(case_for(person, number))

    return read


def test_the_door_says_whose_turn_until_when_and_what_happens_by_itself(
    ming: Any, lan: Any, order_of: Any, file: Any, view: View
) -> None:
    number = file(order_of()).number
    seller, buyer = view(lan, number), view(ming, number)
    assert seller.waiting_on == "seller"
    assert seller.due_at == buyer.due_at is not None
    assert seller.door.then.startswith("If you do nothing by then, the requested refund of ¥128.00 is paid")
    assert buyer.door.then.startswith("If the seller does nothing by then, the requested refund of ¥128.00 is paid")
    assert seller.door.final
    assert seller.main_action is seller.action("accept") is not None
    assert buyer.main_action is None
    assert buyer.door.nothing_sentence == ""


def test_after_the_due_time_the_page_shows_what_will_be_recorded_and_writes_nothing(
    ming: Any, order_of: Any, file: Any, view: View, travel: Any
) -> None:
    number = file(order_of()).number
    before = CaseEvent.objects.count()
    travel(days=6)
    seen = view(ming, number)
    assert (seen.settled_in_memory, seen.stage.code, seen.door.late) == (True, "CLOSED", True)
    assert seen.outcome is not None
    assert seen.outcome.code == "refunded_by_silence"
    assert CaseEvent.objects.count() == before
    assert Case.objects.get(number=number).stage == "WAIT_SELLER"


def test_a_case_page_needs_few_statements(
    ming: Any, order_of: Any, file: Any, view: View, django_assert_max_num_queries: Any
) -> None:
    number = file(order_of()).number
    view(ming, number)
    access = case_for(ming, number)
    with django_assert_max_num_queries(6):
        case_view(access)


def test_an_action_that_is_not_possible_says_why(ming: Any, order_of: Any, file: Any, view: View) -> None:
    seen = view(ming, file(order_of()).number)
    refused = seen.refused("request_intervention")
    assert refused is not None
    assert refused.queueable
    assert refused.detail == "The seller must decline the current version first."


def test_proposals_stand_beside_each_other_with_their_difference(
    ming: Any, lan: Any, order_of: Any, file: Any, does: Any, view: View
) -> None:
    number = file(order_of()).number
    does(lan, "seller", number, "propose", remedy="partial_refund", amount="100.00")
    seen = view(ming, number)
    offer = seen.proposal("seller")
    assert offer is not None
    assert offer.acceptable
    assert offer.difference == "¥28.00 less than yours, as “Partial refund”"


def test_a_page_speaks_chinese(lan: Any, order_of: Any, file: Any, view: View) -> None:
    seen = view(lan, file(order_of()).number, language="zh-hans")
    assert seen.reason.text == "收到商品破损"
