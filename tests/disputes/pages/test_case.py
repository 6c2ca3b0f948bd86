"""The page of a case: for its parties, as what they are in it, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Membership, Shop
from accounts.roles import SESSION_KEY
from disputes.labels.times import ORIGINS
from disputes.selectors.access import case_for
from disputes.services.exhibiting import draft_exhibit
from tests.disputes.pages.conftest import Reader, words

MOST_QUERIES = 15


def test_a_stranger_finds_no_case_and_no_order(reads: Callable[..., Reader], eve: Any, number: str) -> None:
    stranger = reads(eve)
    for tail in ("", "why/", "ruling/", "submitted/", "calendar.ics", "do/accept/", "evidence/"):
        stranger.answer(f"/cases/{number}/{tail}", 404)
    stranger.answer("/orders/1/", 404)
    stranger.answer("/orders/1/dispute/", 404)


def test_somebody_who_is_not_logged_in_is_asked_to_log_in(client: Client, number: str) -> None:
    response: Any = client.get(f"/cases/{number}/")
    assert (response.status_code, response.headers["Location"]) == (302, f"/login/?next=/cases/{number}/")


def test_the_door_says_whose_turn_it_is_until_when_and_what_happens_by_itself(
    buyer: Reader, seller: Reader, number: str
) -> None:
    to_buyer, to_seller = buyer.page(f"/cases/{number}/"), seller.page(f"/cases/{number}/")
    assert "The seller is to answer" in to_buyer
    assert "The buyer asks for your answer" in to_seller
    for page in (to_buyer, to_seller):
        assert "Until" in page
        assert "(Beijing, UTC+8)" in page
        assert "128.00" in page


def test_every_available_action_has_a_page_of_its_own(buyer: Reader, seller: Reader, disputed: str) -> None:
    for reader in (buyer, seller):
        response: Any = reader.answer(f"/cases/{disputed}/")
        offered = response.context["view"].available_actions
        assert offered
        for action in offered:
            path = f"/cases/{disputed}/do/{action.action}/"
            assert action.label in reader.page(path), action.action


def test_what_cannot_be_done_now_is_said_with_its_reason_and_is_no_button(buyer: Reader, number: str) -> None:
    response: Any = buyer.answer(f"/cases/{number}/")
    refused = response.context["view"].refused("request_intervention")
    page = words(response)
    assert refused.detail in page
    assert f'href="/cases/{number}/do/request_intervention/"' not in response.content.decode()
    assert f"/cases/{number}/do/request_intervention/?later=1" in response.content.decode()


def test_three_proposals_stand_side_by_side_with_the_difference_and_a_way_to_accept(
    buyer: Reader, declined: str
) -> None:
    response: Any = buyer.answer(f"/cases/{declined}/")
    assert "68.00 less than yours" in words(response)
    assert f"/cases/{declined}/do/accept_proposal/?offer=seller" in response.content.decode()
    assert "The platform has made no proposal." in words(response)
    assert words(response).count("Seller's proposal") == 1


def test_the_case_shows_the_readers_own_side_whatever_role_they_look_as(
    reads: Callable[..., Reader], lan: Any, ming: Any, number: str
) -> None:
    other = Shop.objects.create(platform="taobao", name="Ming's")
    Membership.objects.create(user=ming, shop=other)
    reader = reads(ming)
    session = reader.session
    session[SESSION_KEY] = "seller"
    session.save()
    response: Any = reader.answer(f"/cases/{number}/")
    assert response.context["view"].viewer == "buyer"


@pytest.mark.parametrize("who", ["buyer", "seller"])
def test_a_case_is_read_in_few_statements(request: pytest.FixtureRequest, who: str, disputed: str) -> None:
    reader: Reader = request.getfixturevalue(who)
    reader.answer(f"/cases/{disputed}/")
    with CaptureQueriesContext(connection) as asked:
        reader.answer(f"/cases/{disputed}/")
    assert len(asked) <= MOST_QUERIES, "\n".join(query["sql"][:120] for query in asked)


def test_why_this_time_names_the_rule_and_what_it_was_counted_from(buyer: Reader, number: str) -> None:
    response: Any = buyer.answer(f"/cases/{number}/why/")
    page = words(response)
    assert "Counting began on" in page
    assert f"Rule {response.context['reason'].id}" in page


def test_sources_are_for_staff_and_parties_read_what_they_amount_to(
    buyer: Reader, seller: Reader, reads: Callable[..., Reader], zhou: Any, number: str
) -> None:
    for party in (buyer, seller):
        response: Any = party.answer(f"/cases/{number}/why/")
        assert response.context["reason"].source not in words(response)
        with translation.override("en"):
            assert str(ORIGINS[response.context["reason"].confidence]) in words(response)
    response = reads(zhou).answer(f"/cases/{number}/why/?clock=seller_response")
    assert f"Source: {response.context['reason'].source}" in words(response)


def test_the_calendar_entry_is_at_the_due_time(buyer: Reader, number: str) -> None:
    view: Any = buyer.answer(f"/cases/{number}/").context["view"]
    response = buyer.answer(f"/cases/{number}/calendar.ics")
    text = response.content.decode()
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"DTSTART:{view.due_at:%Y%m%dT%H%M%SZ}" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_lists_and_cases_are_never_empty_of_words_in_chinese(ming: Any, number: str) -> None:
    client = Client()
    client.force_login(ming)
    page = words(client.get(f"/cases/{number}/"))
    assert "协商记录" in page
    assert "退款上限" in page


def test_pages_carry_no_code_of_their_own(buyer: Reader, disputed: str) -> None:
    html = buyer.answer(f"/cases/{disputed}/").content.decode()
    assert " style=" not in html
    assert " onclick=" not in html


def test_somebody_of_the_platform_is_shown_the_bench(reads: Callable[..., Reader], zhou: Any, number: str) -> None:
    response = reads(zhou).answer(f"/cases/{number}/", 302)
    assert response.headers["Location"] == f"/bench/{number}/"


def test_a_call_that_is_not_taken_up_says_why_and_what_to_do(
    buyer: Reader, seller: Reader, acts: Any, ming: Any, lan: Any, zhou: Any, order_of: Any, file: Any
) -> None:
    number = file(order_of(pack="tmall")).number
    acts(lan, number, "refuse", refusal="AS_DESCRIBED", statement="It left here whole.")
    drafted = draft_exhibit(case_for(ming, number), description="The crack.")
    acts(ming, number, "request_intervention", statement="Broken.", exhibits=[str(drafted.exhibit_id)])
    acts(zhou, number, "reject", reject_reason="NOT_NEGOTIATED")
    response: Any = buyer.answer(f"/cases/{number}/")
    page, advice = words(response), "Talk to the seller first and keep the chat; ask again if that does not help."
    assert "The platform did not take up your request: Not yet negotiated with the seller" in page
    assert page.count(advice) == 2, "once at the head, once in the history"
    assert advice not in seller.page(f"/cases/{number}/")
    acts(ming, number, "request_intervention", statement="Still broken.", exhibits=[str(drafted.exhibit_id)])
    assert buyer.page(f"/cases/{number}/").count(advice) == 1


def test_times_are_the_readers_and_the_platforms_zone_is_named_once(
    reads: Callable[..., Reader], ming: Any, number: str
) -> None:
    assert "counts its days in" not in reads(ming).page(f"/cases/{number}/")
    ming.time_zone = "America/New_York"
    ming.save(update_fields=["time_zone"])
    far = reads(ming)
    for path in (f"/cases/{number}/", "/cases/", "/orders/"):
        page = far.page(path)
        assert page.count("Taobao counts its days in: Beijing, UTC+8.") == 1, path
        assert "(Beijing, UTC+8)" not in page, path
    assert "(New York, UTC−" in far.page(f"/cases/{number}/")


def test_why_this_time_is_told_in_the_platforms_zone(reads: Callable[..., Reader], ming: Any, number: str) -> None:
    ming.time_zone = "America/New_York"
    ming.save(update_fields=["time_zone"])
    reasoning = reads(ming).page(f"/cases/{number}/why/").partition("Counting began on")[2]
    assert "(Beijing, UTC+8)" in reasoning.partition("Rule ")[0]
