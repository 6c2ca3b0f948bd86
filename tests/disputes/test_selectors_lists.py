"""Lists: by the stored due time, in pages by key, with what lapses and how much."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from contract.paging import PageRequest, decode_cursor
from disputes.selectors.access import case_for
from disputes.selectors.administration import held_cases, open_payouts
from disputes.selectors.lists import arbitrator_queue, cases_as, cases_of_buyer, cases_of_seller, orders_as
from disputes.selectors.tiles import money_that_lapses, tabs_of_buyer, tiles_of_queue, tiles_of_seller
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit, submit_exhibits
from disputes.services.ordering import answer_payout

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def test_a_sellers_queue_is_by_remaining_time_with_what_lapses(lan: Any, order_of: Any, file: Any, travel: Any) -> None:
    first = file(order_of()).number
    travel(hours=5)
    second = file(order_of(), remedy="return_and_refund").number
    rows = cases_of_seller(lan, page=PageRequest()).data
    assert [row.number for row in rows] == [first, second]
    assert rows[0].mine
    assert str(rows[0].at_stake) == "¥128.00"
    assert rows[0].on_lapse is not None
    assert rows[0].on_lapse.text.startswith("If you do nothing by then")
    assert rows[0].main_action is not None
    assert rows[0].buyer == "ming"
    assert rows[1].at_stake is None


def test_pages_follow_each_other_without_gap_or_repetition(
    lan: Any, ming: Any, order_of: Any, file: Any, does: Any
) -> None:
    numbers = [file(order_of()).number for _ in range(5)]
    does(ming, "buyer", numbers[1], "withdraw")
    seen: list[str] = []
    after = None
    while True:
        page = cases_of_seller(lan, tab="all", page=PageRequest(limit=2, after=after))
        seen += [row.number for row in page.data]
        if page.next is None:
            break
        after = decode_cursor(page.next, of="seller:all")
    assert sorted(seen) == sorted(numbers)
    assert seen[-1] == numbers[1]


def test_a_buyer_sees_only_their_own(ming: Any, eve: Any, lan: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    assert [row.number for row in cases_of_buyer(ming, page=PageRequest()).data] == [number]
    assert cases_of_buyer(eve, page=PageRequest()).data == ()
    assert cases_as(eve, "platform", page=PageRequest()).data == ()
    assert cases_of_buyer(ming, tab="mine", page=PageRequest()).data[0:1] == ()
    assert [tile.count for tile in tabs_of_buyer(ming)] == [0, 1]


def test_a_list_needs_few_statements(lan: Any, order_of: Any, file: Any, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        file(order_of())
    cases_of_seller(lan, page=PageRequest())
    with django_assert_max_num_queries(8):
        cases_of_seller(lan, page=PageRequest())
        tiles_of_seller(lan)


def test_a_seller_finds_what_waits_for_the_buyer_apart_from_what_waits_for_the_platform(
    lan: Any, ming: Any, order_of: Any, file: Any
) -> None:
    mine, buyers, platforms, over = [file(order_of()).number for _ in range(4)]
    for number in (buyers, platforms):
        perform(case_for(lan, number), "refuse", {"refusal": "AS_DESCRIBED", "statement": "As described."})
    perform(case_for(ming, platforms), "request_intervention", {})
    for somebody in (ming, lan):
        perform(case_for(somebody, platforms), "complete_evidence", {})
    perform(case_for(ming, over), "withdraw", {})
    seen = {
        tab: [row.number for row in cases_of_seller(lan, tab=tab, page=PageRequest()).data]
        for tab in ("mine", "waiting", "intervention", "closed")
    }
    assert seen == {"mine": [mine], "waiting": [buyers], "intervention": [platforms], "closed": [over]}
    assert {tile.code: tile.count for tile in tiles_of_seller(lan)}["waiting"] == 1


def test_what_waits_for_others_goes_on_page_by_page(lan: Any, order_of: Any, file: Any) -> None:
    numbers = [file(order_of()).number for _ in range(3)]
    for number in numbers:
        perform(case_for(lan, number), "refuse", {"refusal": "AS_DESCRIBED", "statement": "As described."})
    first = cases_of_seller(lan, tab="waiting", page=PageRequest(limit=2))
    assert first.next is not None
    after = decode_cursor(first.next, of="seller:waiting")
    second = cases_of_seller(lan, tab="waiting", page=PageRequest(limit=2, after=after))
    assert [row.number for page in (first, second) for row in page.data] == numbers


def test_a_sellers_row_tells_how_much_of_the_checklist_is_handed_in(
    lan: Any, ming: Any, order_of: Any, file: Any
) -> None:
    access = case_for(lan, file(order_of()).number)
    for slot in ("packing_photo", "packing_photo", "unboxing_video"):
        submit_exhibits(access, [draft_exhibit(access, description="Packed.", slot=slot).exhibit_id])
    draft_exhibit(access, description="A draft does not count.", slot="carrier_note")
    (row,) = cases_of_seller(lan, page=PageRequest()).data
    assert row.evidence is not None
    assert (row.evidence.submitted, row.evidence.asked) == (1, 2)
    assert cases_of_buyer(ming, page=PageRequest()).data[0].evidence is None


def test_the_money_that_lapses_within_a_day_is_what_the_engine_would_pay(
    lan: Any, order_of: Any, file: Any, travel: Any
) -> None:
    file(order_of(), amount="28.00", remedy="partial_refund")
    file(order_of(), remedy="return_and_refund")
    assert money_that_lapses(lan).cases == 0
    travel(days=4, hours=1)
    told = money_that_lapses(lan)
    assert (told.cases, [str(total) for total in told.totals]) == (1, ["¥28.00"])
    tiles = {tile.code: tile.count for tile in tiles_of_seller(lan)}
    assert tiles["lapses_soon"] == 2


def test_the_arbitrators_queue_is_due_first(ming: Any, lan: Any, zhou: Any, order_of: Any, file: Any) -> None:
    number = file(order_of()).number
    perform(case_for(lan, number), "refuse", {"refusal": "AS_DESCRIBED", "statement": "As described."})
    perform(case_for(ming, number), "request_intervention", {})
    perform(case_for(ming, number), "complete_evidence", {})
    perform(case_for(lan, number), "complete_evidence", {})
    rows = arbitrator_queue(zhou, page=PageRequest()).data
    assert [row.number for row in rows] == [number]
    assert {tile.code: tile.count for tile in tiles_of_queue(zhou)}["unassigned"] == 1
    assert arbitrator_queue(zhou, tab="mine", page=PageRequest()).data == ()
    assert arbitrator_queue(ming, page=PageRequest()).data == ()


def test_orders_are_listed_newest_first_with_their_open_case(ming: Any, lan: Any, order_of: Any, file: Any) -> None:
    order_of()
    disputed = order_of()
    number = file(disputed).number
    rows = orders_as(ming, "buyer", page=PageRequest()).data
    assert {row.id: row.open_case for row in rows}[disputed.pk] == number
    assert len(orders_as(lan, "seller", page=PageRequest(limit=1)).data) == 1
    assert orders_as(lan, "buyer", page=PageRequest()).data == ()


def test_administrators_see_what_is_held_and_what_was_not_paid(
    root: Any, lan: Any, order_of: Any, file: Any, does: Any
) -> None:
    held, paid = file(order_of()).number, file(order_of()).number
    perform(case_for(root, held), "pause", {"reason": "technical"})
    does(lan, "seller", paid, "accept")
    answer_payout(case_for(root, paid), succeeded=False, reason="account closed")
    assert [row.number for row in held_cases(root, PageRequest()).data] == [held]
    assert [(row.number, row.reason) for row in open_payouts(root, PageRequest()).data] == [(paid, "account closed")]
