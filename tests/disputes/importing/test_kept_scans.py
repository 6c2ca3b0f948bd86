"""Carriers are faster than people: what they tell of a number that nobody has typed yet is kept until somebody does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from contract.clock import database_now
from disputes.models import Case, CaseEvent, KeptScan
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.housekeeping import forget_what_is_over
from disputes.services.sweeping import sweep_until_done
from tests.disputes.importing.told import Native, a_parcel, a_refund, ago, an_order, the
from tests.disputes.test_races import together

OF_CARRIERS = ("return_scanned", "return_signed", "replacement_signed")

Ship = Callable[..., Any]


@pytest.fixture
def ship(ming: Any) -> Ship:
    """Ming types a number: of his return, or what it should have been."""

    def run(number: str, tracking: str = "YT1", action: str = "ship_return") -> Any:
        return perform(case_for(ming, number), action, {"tracking": tracking})

    return run


def heard(case: Case) -> list[tuple[str, datetime]]:
    """What carriers told this case, in the order of its journal."""
    events = CaseEvent.objects.filter(case=case, kind__in=OF_CARRIERS)
    return list(events.order_by("sequence").values_list("kind", "at"))


def kept() -> list[tuple[str, str, int | None]]:
    return list(KeptScan.objects.order_by("tracking", "status").values_list("tracking", "status", "case_id"))


def test_a_scan_of_a_number_that_nobody_named_is_kept_and_said_so(agreed: Case, parcels: Native):
    row = the(parcels(a_parcel(scanned_at=ago(hours=1))))

    assert (row.result, row.number, [note.code for note in row.notes]) == ("created", "", ["scan_kept"])
    assert row.notes[0].sentence == "No case of this order names that tracking number yet; it is kept until one does."
    assert kept() == [("YT1", "scanned", None)]
    assert heard(agreed) == []


def test_a_scan_that_is_kept_already_is_no_news(agreed: Case, parcels: Native):
    told = a_parcel(scanned_at=ago(hours=1))
    parcels(told)

    assert the(parcels(told)).result == "unchanged"
    assert len(kept()) == 1


def test_a_dry_run_keeps_no_scan(agreed: Case, parcels: Native):
    assert the(parcels(a_parcel(scanned_at=ago(hours=1)), dry_run=True)).result == "created"
    assert kept() == []


def test_whoever_types_the_number_has_the_case_told_what_was_kept(
    agreed: Case, parcels: Native, ship: Ship, travel: Any
):
    scanned = database_now() - timedelta(hours=3)
    parcels(a_parcel(scanned_at=scanned.isoformat()))

    done = ship(agreed.number)

    assert [step.kind for step in done.steps][-2:] == ["ship_return", "return_scanned"]
    assert heard(agreed) == [("return_scanned", scanned)]
    assert kept() == [("YT1", "scanned", agreed.pk)]
    travel(days=11)
    sweep_until_done(sweeper="test")
    agreed.refresh_from_db()
    assert (agreed.stage, agreed.outcome) == ("CLOSED", "refunded_after_return")


def test_what_was_kept_is_heard_in_the_order_in_which_it_happened(agreed: Case, parcels: Native, ship: Ship):
    scanned, signed = database_now() - timedelta(hours=9), database_now() - timedelta(hours=2)
    parcels(a_parcel(signed_at=signed.isoformat()))
    parcels(a_parcel(scanned_at=scanned.isoformat()))

    ship(agreed.number)

    assert heard(agreed) == [("return_scanned", scanned), ("return_signed", signed)]


def test_what_was_claimed_is_not_heard_again(agreed: Case, parcels: Native, ship: Ship):
    told = a_parcel(scanned_at=ago(hours=3))
    parcels(told)
    ship(agreed.number)

    row = the(parcels(told))

    assert (row.result, row.number, row.notes) == ("unchanged", agreed.number, ())
    assert len(heard(agreed)) == 1


def test_one_case_claims_a_parcel_and_another_of_the_same_order_does_not(
    sides: None, native: Native, parcels: Native, ship: Ship, lan: Any
):
    lines = [{"id": name, "title": "Soup bowl", "paid": "60.00", "seller_type": "C"} for name in ("1", "2")]
    asked = {"remedy": "return_and_refund", "reason": "QUALITY"}
    refunds = [a_refund(refund_id=f"R-{name}", line_id=name, **asked) for name in ("1", "2")]
    native([an_order(lines=lines, paid="120.00", freight="0.00")], refunds)
    first, second = Case.objects.order_by("pk")
    for case in (first, second):
        perform(case_for(lan, case.number), "accept")
    parcels(a_parcel(scanned_at=ago(hours=3)))

    ship(second.number)
    ship(first.number)

    assert kept() == [("YT1", "scanned", second.pk)]
    assert [len(heard(first)), len(heard(second))] == [0, 1]


def test_a_number_that_was_mistyped_takes_its_scan_along_only_while_it_stands(
    agreed: Case, parcels: Native, ship: Ship
):
    parcels(a_parcel(scanned_at=ago(hours=3)))
    ship(agreed.number)

    ship(agreed.number, "YT2", "correct_tracking")
    agreed.refresh_from_db()
    assert "return_scanned" not in agreed.anchors
    assert [note.code for note in the(parcels(a_parcel(signed_at=ago(hours=0)))).notes] == ["scan_kept"]

    ship(agreed.number, "YT1", "correct_tracking")
    assert [kind for kind, _at in heard(agreed)] == ["return_scanned", "return_scanned", "return_signed"]
    assert kept() == [("YT1", "scanned", agreed.pk), ("YT1", "signed", agreed.pk)]


def test_a_kept_scan_of_another_number_is_left_alone(agreed: Case, parcels: Native, ship: Ship):
    parcels(a_parcel(scanned_at=ago(hours=3)))

    ship(agreed.number, "YT2")

    assert (heard(agreed), kept()) == ([], [("YT1", "scanned", None)])


def test_a_scan_nobody_claims_is_forgotten_after_ninety_days(agreed: Case, parcels: Native, ship: Ship, travel: Any):
    parcels(a_parcel(scanned_at=ago(hours=3)), a_parcel(tracking="YT9", scanned_at=ago(hours=3)))
    ship(agreed.number)

    travel(days=89)
    forget_what_is_over()
    assert len(kept()) == 2
    travel(days=2)
    forget_what_is_over()
    assert kept() == [("YT1", "scanned", agreed.pk)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_a_scan_that_comes_while_the_number_is_typed_is_heard_once(
    sides: None, native: Native, parcels: Native, ship: Ship, lan: Any
):
    for name in range(10):
        told = {"order_id": f"T-{name}", "remedy": "return_and_refund", "reason": "QUALITY"}
        native([an_order(order_id=f"T-{name}")], [a_refund(refund_id=f"R-{name}", **told)])
        case = Case.objects.get(order__outside_id=f"T-{name}")
        perform(case_for(lan, case.number), "accept")
        scan = a_parcel(order_id=f"T-{name}", scanned_at=ago(hours=1))

        shipped, report = together(lambda case=case: ship(case.number), lambda scan=scan: parcels(scan))

        assert shipped.after.stage == "WAIT_SELLER_RECEIPT"
        assert the(report).result in ("created", "updated")
        assert [kind for kind, _at in heard(case)] == ["return_scanned"]
