"""What carriers tell of returns."""

from typing import Any

import pytest

from disputes.models import Case
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.sweeping import sweep_until_done
from tests.disputes.importing.told import Native, a_parcel, ago, an_order, codes, the

pytestmark = pytest.mark.usefixtures("published")


@pytest.fixture
def returning(agreed: Case, ming: Any) -> Case:
    """Ming's bowl is on its way back to Lan, as he says."""
    perform(case_for(ming, agreed.number), "ship_return", {"tracking": "YT1"})
    return Case.objects.get()


def test_a_scanned_return_is_paid_when_the_seller_stays_silent(returning: Case, parcels: Native, travel: Any):
    travel(days=2)
    row = the(parcels(a_parcel(scanned_at=ago(hours=3))))
    assert (row.kind, row.outside_id, row.result, row.number) == ("parcel", "YT1", "updated", returning.number)

    travel(days=9)
    sweep_until_done(sweeper="test")
    returning.refresh_from_db()
    assert (returning.stage, returning.outcome) == ("CLOSED", "refunded_after_return")


def test_a_return_nobody_scanned_goes_to_the_platform_instead(returning: Case, travel: Any):
    travel(days=11)
    sweep_until_done(sweeper="test")

    assert Case.objects.get().stage == "REVIEW"


def test_a_scan_told_twice_is_no_news(returning: Case, parcels: Native):
    told = a_parcel(scanned_at=ago(hours=-0.0), signed_at=ago(hours=-0.0))
    parcels(told)

    assert the(parcels(told)).result == "unchanged"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"order_id": "T-9"}, ("order_id", "unknown_order")),
        ({"scanned_at": None}, ("scanned_at", "missing")),
    ],
)
def test_a_parcel_nobody_knows_is_refused(returning: Case, parcels: Native, changes: Any, refused: Any):
    assert codes(the(parcels({**a_parcel(scanned_at=ago(hours=0)), **changes}))) == [refused]


def test_a_shop_tells_no_news_of_parcels_and_orders_in_dispute(
    returning: Case, parcels: Native, native: Native, lan: Any
):
    assert codes(the(parcels(a_parcel(scanned_at=ago(hours=0)), by=lan.pk))) == [("", "only_administrators")]
    row = the(native([an_order(status="completed", completed_at=ago(hours=1))], by=lan.pk))
    assert codes(row) == [("", "only_administrators")]
