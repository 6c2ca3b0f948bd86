"""The queue and the bench."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disputes.models import Case
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.staffing import assign_case
from tests.disputes.pages.cases_on_the_bench import filed, hand_in, in_review, picture, ruled

pytestmark = pytest.mark.django_db

QUEUE = "/bench/"
MOST_QUERIES = 15


def page_of(number: str) -> str:
    return reverse("disputes:bench-case", args=[number])


def logged_in(person: Any, language: str = "en") -> Client:
    person.language = language
    person.save()
    client = Client()
    client.force_login(person)
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def decided_on(order_of: Any, ming: Any, lan: Any) -> str:
    return in_review(order_of(), ming, lan)


def test_a_case_goes_from_the_queue_to_the_bench(decided_on: str, zhou: Any) -> None:
    client = logged_in(zhou)
    queue = client.get(QUEUE)
    assert decided_on in text_of(queue)
    assert "To be claimed" in text_of(queue)
    taken = client.post(reverse("disputes:bench-next"))
    assert taken["Location"] == page_of(decided_on)
    shown = text_of(client.get(taken["Location"]))
    assert "This case is yours." in shown
    assert "The crack, seen from the side." in shown
    assert "How it was packed." in shown
    assert Case.objects.get().arbitrator_id == zhou.pk


def test_the_pages_speak_chinese(decided_on: str, zhou: Any) -> None:
    client = logged_in(zhou, "zh-hans")
    queue, bench = text_of(client.get(QUEUE)), text_of(client.get(page_of(decided_on)))
    assert "待领取" in queue
    assert "领取下一单" in queue
    for words in ("内部备注", "交易快照", "举证责任", "预览"):
        assert words in bench, words


def test_nothing_waits_when_the_queue_is_empty(published: None, zhou: Any) -> None:
    response = logged_in(zhou).post(reverse("disputes:bench-next"), follow=True)
    assert "Nothing waits to be claimed right now." in text_of(response)


def test_a_row_can_be_claimed_and_a_claimed_one_is_read_only_to_others(decided_on: str, zhou: Any, wu: Any) -> None:
    logged_in(zhou).post(reverse("disputes:bench-take", args=[decided_on]))
    client = logged_in(wu)
    shown = text_of(client.get(page_of(decided_on)))
    assert "zhou has this case" in shown
    assert "id_outcome" not in shown
    refused = client.post(reverse("disputes:bench-take", args=[decided_on]), follow=True)
    assert Case.objects.get().arbitrator_id == zhou.pk
    assert "another" in text_of(refused).lower()


def test_a_case_is_found_by_its_number_and_by_its_order(decided_on: str, zhou: Any) -> None:
    client = logged_in(zhou)
    assert decided_on in text_of(client.get(QUEUE, {"q": decided_on[:8]}))
    assert decided_on in text_of(client.get(QUEUE, {"q": "order-1"}))
    assert "Nothing found" in text_of(client.get(QUEUE, {"q": "nothing-like-it"}))


def test_the_queue_is_filtered_by_platform(decided_on: str, zhou: Any) -> None:
    client = logged_in(zhou)
    assert decided_on in text_of(client.get(QUEUE, {"platform": "taobao"}))
    assert decided_on not in text_of(client.get(QUEUE, {"platform": "tmall"}))


@pytest.mark.parametrize("tab", ["unassigned", "mine", "due_today", "evidence", "second_review"])
def test_every_tab_shows_a_list(tab: str, decided_on: str, zhou: Any) -> None:
    assert logged_in(zhou).get(QUEUE, {"tab": tab}).status_code == 200


def test_strangers_and_parties_see_no_queue_and_strangers_no_case(decided_on: str, eve: Any, ming: Any) -> None:
    for person in (eve, ming):
        assert logged_in(person).get(QUEUE).status_code == 404
        assert logged_in(person).post(reverse("disputes:bench-next")).status_code == 404
    assert logged_in(eve).get(page_of(decided_on)).status_code == 404
    assert Client().get(QUEUE).status_code == 302


def test_an_arbitrator_who_is_a_party_is_only_a_party(decided_on: str, ming: Any) -> None:
    from accounts.models import StaffRole

    StaffRole.objects.create(user=ming, kind="arbitrator")
    client = logged_in(ming)
    assert client.get(page_of(decided_on))["Location"] == reverse("disputes:case", args=[decided_on])
    for name, further in (("bench-take", []), ("bench-rule", ["rule"]), ("bench-action", ["request_evidence"])):
        assert client.post(reverse(f"disputes:{name}", args=[decided_on, *further])).status_code == 404


def test_pages_ask_the_database_little(
    decided_on: str, order_of: Any, ming: Any, lan: Any, zhou: Any, django_assert_max_num_queries: Any
) -> None:
    for _again in range(3):
        in_review(order_of(), ming, lan)
    client = logged_in(zhou)
    for address in (QUEUE, page_of(decided_on)):
        client.get(address)
        with django_assert_max_num_queries(MOST_QUERIES):
            assert client.get(address).status_code == 200


def test_what_is_missing_is_a_gap_with_a_link_that_asks_for_it(decided_on: str, zhou: Any) -> None:
    client = logged_in(zhou)
    link = f"{reverse('disputes:bench-action', args=[decided_on, 'request_evidence'])}?from=seller"
    assert link in text_of(client.get(page_of(decided_on)))
    form = text_of(client.get(f"{link}&items=seller:carrier_note"))
    assert 'value="seller:carrier_note" id="id_items' in form.replace("\n", "")
    assert "checked" in form


def test_evidence_is_asked_for_by_items(decided_on: str, zhou: Any) -> None:
    client = logged_in(zhou)
    assign_case(case_for(zhou, decided_on), arbitrator_id=zhou.pk)
    address = reverse("disputes:bench-action", args=[decided_on, "request_evidence"])
    nothing = client.post(address, {"from": "seller", "statement": ""})
    assert nothing.status_code == 422
    assert "Tick what is missing, or say it." in text_of(nothing)
    done = client.post(address, {"from": "seller", "items": ["seller:carrier_note"], "statement": ""})
    assert done.status_code == 302
    case = Case.objects.get()
    assert (case.stage, case.waiting_on) == ("EVIDENCE", "seller")
    assert "Note from the carrier" in case.messages.get(party="platform").text


def test_late_notes_are_shown_and_can_be_taken_in(decided_on: str, ming: Any, zhou: Any) -> None:
    assign_case(case_for(zhou, decided_on), arbitrator_id=zhou.pk)
    late = hand_in(ming, decided_on, "green", "The label, found afterwards.")
    client = logged_in(zhou)
    shown = text_of(client.get(page_of(decided_on)))
    assert "Came after the evidence period" in shown
    assert "Take in" in shown
    address = reverse("disputes:bench-action", args=[decided_on, "admit_late_evidence"])
    assert client.post(address, {"party": "buyer", "exhibit": late}).status_code == 302
    assert Case.objects.get().facts["late_evidence"] == "buyer"


def test_an_internal_note_is_read_by_staff_only(decided_on: str, zhou: Any, ming: Any) -> None:
    client = logged_in(zhou)
    client.post(reverse("disputes:bench-action", args=[decided_on, "note"]), {"text": "Looks staged to me."})
    assert "Looks staged to me." in text_of(client.get(page_of(decided_on)))
    party = logged_in(ming).get(reverse("disputes:case", args=[decided_on]))
    assert party.status_code == 200
    assert "Looks staged" not in text_of(party)


def test_a_note_of_a_call_is_read_by_both_sides(decided_on: str, zhou: Any, ming: Any) -> None:
    logged_in(zhou).post(
        reverse("disputes:bench-action", args=[decided_on, "phone_note"]), {"text": "Ming rang at noon."}
    )
    assert "Ming rang at noon." in text_of(logged_in(ming).get(reverse("disputes:case", args=[decided_on])))


def test_a_lead_stops_the_clocks_and_lets_them_run_again(decided_on: str, zhou: Any, wu: Any) -> None:
    pause = reverse("disputes:bench-action", args=[decided_on, "pause"])
    assert logged_in(wu).post(pause, {"reason": "technical"}).status_code == 409
    client = logged_in(zhou)
    assert client.post(pause, {"reason": "technical"}).status_code == 302
    assert "The clocks stand still:" in text_of(client.get(page_of(decided_on)))
    assert (
        client.post(reverse("disputes:bench-action", args=[decided_on, "resume"]), {"mode": "moved"}).status_code == 302
    )
    assert Case.objects.get().held == ""


def test_more_time_needs_a_reason_and_moves_the_due_time(decided_on: str, zhou: Any) -> None:
    assign_case(case_for(zhou, decided_on), arbitrator_id=zhou.pk)
    client = logged_in(zhou)
    name = Case.objects.get().deadlines.filter(status="pending").values_list("name", flat=True)[0]
    address = reverse("disputes:bench-action", args=[decided_on, "extend"])
    kept = client.post(address, {"deadline": name, "hours": "24", "statement": ""})
    assert kept.status_code == 422
    before = Case.objects.get().deadlines.get(name=name).due_at
    told = {"deadline": name, "hours": "24", "statement": "The carrier answers tomorrow."}
    assert client.post(address, told).status_code == 302
    assert (Case.objects.get().deadlines.get(name=name).due_at - before).total_seconds() == 86_400


def test_a_case_is_handed_over_by_a_lead_and_leaves_the_hands_of_who_recuses(
    decided_on: str, zhou: Any, wu: Any
) -> None:
    assign_case(case_for(zhou, decided_on), arbitrator_id=zhou.pk)
    address = reverse("disputes:bench-action", args=[decided_on, "hand_over"])
    client = logged_in(zhou)
    assert "wu" in text_of(client.get(address))
    assert client.post(address, {"arbitrator": wu.pk})["Location"] == QUEUE
    assert Case.objects.get().arbitrator_id == wu.pk
    done = logged_in(wu).post(reverse("disputes:bench-action", args=[decided_on, "recuse"]))
    assert done["Location"] == QUEUE
    assert Case.objects.get().arbitrator_id is None


def test_a_proposal_of_the_platform_is_capped_and_kept_on_errors(decided_on: str, zhou: Any) -> None:
    client = logged_in(zhou)
    address = reverse("disputes:bench-action", args=[decided_on, "propose"])
    told = {"remedy": "partial_refund", "amount": "1280", "statement": "Half each would be fair."}
    kept = client.post(address, told)
    assert kept.status_code == 422
    assert "Half each would be fair." in text_of(kept)
    assert client.post(address, {**told, "amount": "64"}).status_code == 302
    assert "¥64.00" in text_of(client.get(page_of(decided_on)))


def test_an_action_that_is_not_possible_says_why_and_keeps_the_text(decided_on: str, zhou: Any, wu: Any) -> None:
    assign_case(case_for(wu, decided_on), arbitrator_id=wu.pk)
    address = reverse("disputes:bench-action", args=[decided_on, "request_evidence"])
    response = logged_in(zhou).post(address, {"from": "buyer", "statement": "A long text of mine."})
    assert response.status_code == 409
    assert "A long text of mine." in text_of(response)


def test_a_request_is_admitted_or_rejected_on_tmall(order_of: Any, shop: Any, ming: Any, lan: Any, zhou: Any) -> None:
    shop.platform = "tmall"
    shop.save()
    number = filed(order_of(pack="tmall", platform="tmall"), ming)
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "It left the shop whole."})
    hand_in(ming, number, "red", "The crack.")
    perform(case_for(ming, number), "request_intervention", {"statement": "Please decide."})
    client = logged_in(zhou)
    shown = text_of(client.get(page_of(number)))
    assert "Admit" in shown
    address = reverse("disputes:bench-action", args=[number, "reject"])
    choices = text_of(client.get(address))
    assert "Not yet negotiated with the seller" in choices
    assert "Talk to the seller first" in choices
    assert client.post(address, {"reject_reason": "NOT_NEGOTIATED"}).status_code == 302
    assert Case.objects.get().stage == "SELLER_REFUSED"
    perform(case_for(ming, number), "request_intervention", {"statement": "I have asked again."})
    assert client.post(reverse("disputes:bench-action", args=[number, "admit"])).status_code == 302
    assert Case.objects.get().stage == "EVIDENCE"


def test_the_second_review_is_for_another_arbitrator_and_shows_what_is_new(
    decided_on: str, ming: Any, lan: Any, zhou: Any, wu: Any
) -> None:
    from disputes.services.exhibiting import draft_exhibit

    ruled(decided_on, zhou)
    access = case_for(lan, decided_on)
    perform(access, "appeal", {"statement": "There is something new."})
    fresh = draft_exhibit(access, uploads=[picture("green")], description="The carrier's own note.")
    perform(access, "submit_appeal", {"statement": "See the note.", "exhibits": [str(fresh.exhibit_id)]})
    first = text_of(logged_in(zhou).get(page_of(decided_on)))
    assert "id_decision" not in first
    other = text_of(logged_in(wu).get(page_of(decided_on)))
    assert "id_decision" in other
    assert "New evidence" in other
    assert "The carrier&#x27;s own note." in other
