"""Refunds that go on at the marketplace after they were taken over."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.memberships import join_shop
from accounts.services import open_shop
from disputes.models import Case, OrderEvent, Proposal
from tests.disputes.importing.told import Native, a_refund, ago, an_order, codes, stages, the

pytestmark = pytest.mark.usefixtures("published")


def test_a_refund_that_ended_outside_closes_here_without_ordering_money(native: Native):
    told = a_refund()
    native([an_order()], [told])
    row = the(
        native(
            [],
            [
                told
                | {
                    "stage": "CLOSED",
                    "outcome": "refunded_by_agreement",
                    "settled": "60.00",
                    "closed_at": ago(minutes=5),
                }
            ],
        )
    )

    assert (row.result, [note.code for note in row.notes]) == ("updated", ["followed_to_its_end"])
    case = Case.objects.get()
    assert (case.stage, case.outcome, case.facts["paid_amount"]) == ("CLOSED", "refunded_by_agreement", "60.00")
    assert not case.payouts.exists()
    assert case.wake_at is None


def test_a_held_refund_that_ended_outside_with_nothing_paid_releases_the_order(native: Native):
    told = a_refund(created_at=ago(days=6))
    native([an_order()], [told])
    assert Case.objects.get().held
    native([], [told | {"stage": "CLOSED", "outcome": "withdrawn", "closed_at": ago(minutes=5)}])

    case = Case.objects.get()
    assert (case.outcome, case.held) == ("withdrawn", "")
    assert list(OrderEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["hold", "release"]


def test_a_refund_that_moved_outside_is_followed_to_its_new_stage(native: Native):
    told = a_refund()
    native([an_order()], [told])
    row = the(native([], [told | {"stage": "SELLER_REFUSED", "modified_at": ago(hours=2), "due_at": ago(days=-6)}]))

    case = Case.objects.get()
    assert (row.result, case.stage, case.waiting_on) == ("updated", "SELLER_REFUSED", "buyer")
    assert set(case.deadlines.filter(status="pending", kind="auto").values_list("name", flat=True)) == {
        "buyer_after_refusal"
    }


def test_a_changed_request_is_a_new_version_of_it(native: Native):
    told = a_refund()
    native([an_order()], [told])
    native([], [told | {"requested": "45.00", "modified_at": ago(hours=2)}])

    case = Case.objects.get()
    assert (case.amount, case.facts["request_version"], case.facts["buyer_offer"]["version"]) == (
        Decimal("45.00"),
        2,
        2,
    )
    assert [(p.version, p.amount) for p in Proposal.objects.order_by("at")] == [
        (1, Decimal("60.00")),
        (2, Decimal("45.00")),
    ]


def test_a_case_that_went_on_here_is_not_pulled_back(native: Native, does: Any, lan: Any):
    told = a_refund()
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan"))
    native([an_order()], [told])
    does(lan, "seller", Case.objects.get().number, "refuse", refusal="NOT_AGREED", statement="x")
    row = the(native([], [told | {"stage": "WAIT_BUYER_RETURN", "modified_at": ago(hours=2)}]))

    assert (row.result, [note.code for note in row.notes]) == ("unchanged", ["went_on_here"])
    assert Case.objects.get().stage == "SELLER_REFUSED"


def test_a_case_closed_here_stays_closed(native: Native, does: Any, lan: Any):
    told = a_refund()
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan"))
    native([an_order()], [told])
    does(lan, "seller", Case.objects.get().number, "accept")
    row = the(native([], [told | {"stage": "REVIEW", "modified_at": ago(hours=2)}]))

    assert [note.code for note in row.notes] == ["closed_here"]


def test_an_older_state_is_not_taken(native: Native):
    native([an_order()], [a_refund(created_at=ago(days=2), modified_at=ago(hours=2), requested="45.00")])
    row = the(native([], [a_refund(created_at=ago(days=2), modified_at=ago(hours=9))]))

    assert [note.code for note in row.notes] == ["older_than_known"]


def test_a_member_of_the_shop_cannot_end_a_running_case(native: Native, lan: Any):
    join_shop(lan, open_shop("taobao", "Lan Home", outside_id="u-lan"))
    told = a_refund()
    native([an_order()], [told], by=lan.pk)
    ended = told | {"stage": "CLOSED", "outcome": "withdrawn", "closed_at": ago(minutes=5)}

    assert codes(the(native([], [ended], by=lan.pk))) == [("", "only_administrators")]
    assert stages() == {"R-1": "WAIT_SELLER"}
