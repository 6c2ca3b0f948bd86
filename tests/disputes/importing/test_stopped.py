"""Refunds imported while automatic outcomes of their pack are stopped."""

from typing import Any

import pytest

from disputes.models import Case, CaseEvent
from disputes.services.stopping import resume_automatic, stop_automatic
from disputes.services.sweeping import sweep_until_done
from tests.disputes.importing.told import Native, a_refund, ago, an_order

pytestmark = pytest.mark.usefixtures("published")


def kinds() -> list[str]:
    return list(CaseEvent.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture(autouse=True)
def stopped(root: Any, published: None) -> None:
    stop_automatic("taobao.general", actor=root, reason="The feed is wrong.")


def test_an_imported_case_is_stopped_with_its_import(native: Native, zhou: Any, travel: Any):
    native([an_order()], [a_refund()])
    travel(days=40)
    sweep_until_done(sweeper="test")
    case = Case.objects.get()
    assert (kinds(), case.held, case.stage) == (["adopt", "pause"], "automatic_stopped", "WAIT_SELLER")
    resume_automatic("taobao.general", actor=zhou)
    assert Case.objects.get().wake_at is not None


def test_what_is_overdue_on_arrival_does_not_lapse_even_if_the_importer_says_so(native: Native, zhou: Any):
    native([an_order()], [a_refund(created_at=ago(days=6))], overdue="lapse")
    assert kinds() == ["adopt", "pause"]
    resume_automatic("taobao.general", actor=zhou)
    assert kinds()[2:4] == ["resume", "lapsed"]


def test_a_case_held_on_arrival_that_is_followed_outside_stays_stopped(native: Native, travel: Any):
    told = a_refund(created_at=ago(days=6))
    native([an_order()], [told])
    assert Case.objects.get().held == "overdue_on_arrival"
    native([], [told | {"stage": "SELLER_REFUSED", "modified_at": ago(hours=2), "due_at": ago(days=-6)}])
    assert Case.objects.get().held == "automatic_stopped"
    travel(days=30)
    sweep_until_done(sweeper="test")
    assert kinds() == ["adopt", "moved_outside", "pause"]


def test_a_stated_time_of_a_followed_case_is_kept_for_afterwards(native: Native):
    told = a_refund()
    native([an_order()], [told])
    native([], [told | {"stage": "SELLER_REFUSED", "modified_at": ago(hours=2), "due_at": ago(days=-6)}])
    case = Case.objects.get()
    assert (case.held, case.stage) == ("automatic_stopped", "SELLER_REFUSED")
    assert case.deadlines.get(name="buyer_after_refusal").stated
