"""Where people land, their lists, and the seller's desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.memberships import join_shop
from accounts.models import Shop
from contract.clock import database_now
from disputes.models import Case
from disputes.views.seller import span_ends
from tests.disputes.pages.conftest import Reader, words

MOST_QUERIES = 15


@pytest.mark.parametrize(
    ("who", "place"), [("ming", "/cases/"), ("lan", "/shop/cases/"), ("zhou", "/bench/"), ("root", "/studio/")]
)
def test_everybody_lands_at_their_own_place(
    request: pytest.FixtureRequest, reads: Callable[..., Reader], shop: Shop, who: str, place: str
) -> None:
    response = reads(request.getfixturevalue(who)).answer("/", 302)
    assert response.headers["Location"] == place


def test_a_buyer_sees_cases_by_tab(buyer: Reader, declined: str, seller: Reader) -> None:
    for tab in ("all", "mine", "running"):
        assert declined in buyer.page(f"/cases/?tab={tab}")
    assert declined not in buyer.page("/cases/?tab=closed")
    assert "No cases here" in buyer.page("/cases/?tab=closed")


def test_an_unknown_tab_is_the_first_one(buyer: Reader, number: str) -> None:
    assert number in buyer.page("/cases/?tab=nonsense")


def test_a_case_is_found_by_its_number(buyer: Reader, number: str) -> None:
    assert number in buyer.page(f"/cases/?q={number}")
    assert "Nothing found" in buyer.page("/cases/?q=TB-NOTHING")


def test_lists_go_on_page_by_page(buyer: Reader, order_of: Callable[..., Any], file: Callable[..., Any]) -> None:
    numbers = {file(order_of()).number for _each in range(3)}
    first: Any = buyer.answer("/cases/?limit=2")
    second: Any = buyer.answer("/cases/" + first.context["next_url"])
    shown = [row["number"] for page in (first, second) for row in page.context["rows"]]
    assert (len(shown), set(shown)) == (3, numbers)


def test_a_seller_sees_what_lapses_first(
    seller: Reader, order_of: Callable[..., Any], file: Callable[..., Any], travel: Any
) -> None:
    first = file(order_of()).number
    travel(hours=3)
    second = file(order_of()).number
    response: Any = seller.answer("/shop/cases/")
    assert [row["number"] for row in response.context["rows"]] == [first, second]
    assert "the requested refund of ¥128.00 is paid" in words(response)


def test_a_seller_finds_what_waits_for_the_buyer_with_the_evidence_given(seller: Reader, declined: str) -> None:
    assert declined not in seller.page("/shop/cases/?tab=mine&due=today")
    page = seller.page("/shop/cases/?tab=waiting")
    assert "Waiting for others 1" in page
    assert declined in page
    assert "0/2" in page


def test_the_money_that_lapses_is_added_up(seller: Reader, number: str, travel: Any) -> None:
    assert "¥128.00 Paid by itself within 24 hours" not in seller.page("/shop/cases/")
    due = Case.objects.values_list("seller_due_at", flat=True).get()
    travel(due - database_now())
    travel(hours=-3)
    assert "¥128.00 Paid by itself within 24 hours" in seller.page("/shop/cases/")


def test_a_span_leaves_out_what_is_due_later(seller: Reader, number: str) -> None:
    assert number in seller.page("/shop/cases/?due=")
    assert number not in seller.page("/shop/cases/?due=today")


def test_spans_end_on_the_readers_wall_clock() -> None:
    friday = datetime(2026, 11, 20, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    ends = {name: f"{end:%a %d %H:%M}" for name, end in span_ends(friday).items()}
    assert ends == {"today": "Sat 21 00:00", "tomorrow": "Sat 21 09:00", "weekend": "Mon 23 00:00"}


@pytest.mark.parametrize("path", ["/cases/", "/orders/", "/shop/cases/", "/shop/orders/"])
def test_a_list_is_read_in_few_statements(
    buyer: Reader, seller: Reader, order_of: Callable[..., Any], file: Callable[..., Any], path: str
) -> None:
    for _each in range(4):
        file(order_of())
    reader = seller if path.startswith("/shop") else buyer
    reader.answer(path)
    with CaptureQueriesContext(connection) as asked:
        reader.answer(path)
    assert len(asked) <= MOST_QUERIES, "\n".join(query["sql"][:120] for query in asked)


def test_orders_lead_to_a_refund_or_to_the_case_that_runs(
    buyer: Reader, order_of: Callable[..., Any], file: Callable[..., Any]
) -> None:
    idle, running = order_of(), order_of()
    number = file(running).number
    html = buyer.answer("/orders/").content.decode()
    assert f'href="/orders/{idle.pk}/dispute/"' in html
    assert f'href="/cases/{number}/"' in html
    assert f'href="/orders/{running.pk}/dispute/"' not in html


def test_an_order_tells_its_times_and_what_may_be_done(buyer: Reader, order_of: Callable[..., Any]) -> None:
    page = buyer.page(f"/orders/{order_of().pk}/")
    assert "Can I ask for a refund?" in page
    assert "Times" in page


def test_a_shop_settles_its_return_address_once(seller: Reader, shop: Shop) -> None:
    seller.send("/shop/settings/", {"shop": str(shop.pk), "return_address": "1 Wenyi Road, Hangzhou"})
    shop.refresh_from_db()
    assert shop.return_address == "1 Wenyi Road, Hangzhou"


def test_nobody_settles_another_shops_address(seller: Reader, shop: Shop) -> None:
    other = Shop.objects.create(platform="taobao", name="Not Lan's")
    response: Any = seller.post("/shop/settings/", {"shop": str(other.pk), "return_address": "Elsewhere"})
    assert response.status_code == 404


def test_help_is_for_everybody(buyer: Reader) -> None:
    assert "How a dispute runs" in buyer.page("/help/")


def test_an_owner_takes_somebody_out_of_the_shop_and_the_last_owner_stays(seller: Reader, shop: Shop, eve: Any) -> None:
    join_shop(eve, shop, "agent")
    assert "eve" in seller.page("/shop/settings/")
    seller.post("/shop/settings/", {"shop": str(shop.pk), "member": str(eve.pk)})
    assert not shop.members.filter(pk=eve.pk).exists()
    mine: Any = seller.post("/shop/settings/", {"shop": str(shop.pk), "member": str(seller.session["_auth_user_id"])})
    assert mine.headers["Location"] == "/shop/settings/"
    assert "A shop needs an owner." in seller.page("/shop/settings/")
    assert shop.members.count() == 1


def test_an_agent_leaves_and_takes_nobody_out(
    reads: Callable[..., Reader], shop: Shop, eve: Any, lan: Any, order_of: Callable[..., Any], file: Callable[..., Any]
) -> None:
    join_shop(eve, shop, "agent")
    number, agent = file(order_of()).number, reads(eve)
    agent.page(f"/cases/{number}/")
    assert agent.post("/shop/settings/", {"shop": str(shop.pk), "member": str(lan.pk)}).status_code == 403
    assert agent.post("/shop/settings/", {"shop": str(shop.pk), "member": "x"}).status_code == 400
    agent.post("/shop/settings/", {"shop": str(shop.pk), "member": str(eve.pk)})
    agent.answer(f"/cases/{number}/", 404)
    assert number not in agent.page("/shop/cases/")


def test_what_is_searched_for_stays_from_tab_to_tab_and_page_to_page(
    buyer: Reader, seller: Reader, order_of: Callable[..., Any], file: Callable[..., Any]
) -> None:
    numbers = {file(order_of()).number for _each in range(3)}
    first: Any = buyer.answer("/cases/?q=glazed&limit=2")
    assert {tab["url"] for tab in first.context["tabs"]} >= {"?tab=mine&q=glazed", "?tab=closed&q=glazed"}
    second: Any = buyer.answer("/cases/" + first.context["next_url"])
    assert {row["number"] for page in (first, second) for row in page.context["rows"]} == numbers
    assert "?tab=waiting&q=glazed" in {tab["url"] for tab in seller.answer("/shop/cases/?q=glazed").context["tabs"]}  # type: ignore[attr-defined]


def test_a_search_that_finds_nothing_says_what_to_search_by(
    buyer: Reader, seller: Reader, number: str, reads: Callable[..., Reader], zhou: Any
) -> None:
    for page in (buyer.page("/cases/?tab=closed&q=mug"), seller.page("/shop/cases/?tab=closed&q=mug")):
        assert "No case here has all of “mug”. Search by a product, a name, words of the case" in page
        assert "Search all cases" in page
    assert number in seller.page("/shop/cases/?tab=all&q=mug")
    assert "Search by a product, a name" in reads(zhou).page("/bench/?q=teapot")
    assert number in reads(zhou).page("/bench/?q=MUG&platform=taobao")
