"""What nobody may do by naming more than was asked for, or by naming what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Membership
from accounts.services import issue_token
from contract.errors import DomainError
from contract.paging import PageRequest
from disputes.errors import ActionRefused
from disputes.models import Case, CaseEvent, Exhibit, LedgerEntry, Message, Payout, Ruling
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.selectors.lists import arbitrator_queue, cases_of_platforms
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit, submit_exhibits, withdraw_exhibit
from disputes.services.staffing import claim_next
from disputes.services.writer import Done
from tests.disputes.test_acting import RULING, findings, hand_in, in_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def post() -> Callable[..., Any]:
    """Somebody does something over the interface."""

    def run(person: Any, number: str, action: str, **data: Any) -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(person)}", HTTP_ACCEPT_LANGUAGE="en")
        return client.post(f"/api/v1/cases/{number}/actions/{action}/", data)

    return run


@pytest.fixture
def reviewed(order_of: Any, file: Any, ming: Any, lan: Any) -> str:
    """A case that waits for its ruling."""
    done = file(order_of())
    assert isinstance(done, Done)
    return in_review(done, ming, lan)


def test_who_recuses_cannot_choose_who_has_the_case_next(reviewed: str, zhou: Any, eve: Any) -> None:
    assert claim_next(zhou) == reviewed
    perform(case_for(zhou, reviewed), "recuse", {"arbitrator": eve.pk})
    assert Case.objects.get().arbitrator_id is None


def test_taking_the_next_case_reads_neither_all_cases_nor_the_texts_of_rules(reviewed: str, zhou: Any) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert claim_next(zhou) == reviewed
    statements = [query["sql"] for query in asked]
    assert not [sql for sql in statements if 'DISTINCT "disputes_case"' in sql]
    assert not [sql for sql in statements if "DISTINCT ON" in sql and "document" in sql]


def test_who_recused_is_not_given_the_case_again(post: Any, reviewed: str, zhou: Any) -> None:
    assert claim_next(zhou) == reviewed
    assert post(zhou, reviewed, "recuse").status_code == 200
    assert claim_next(zhou) is None
    assert post(zhou, reviewed, "assign").status_code in (409, 422)
    refused = post(zhou, reviewed, "rule", **RULING, findings=findings(reviewed))
    assert refused.status_code in (409, 422), refused.content
    assert Case.objects.get().stage == "REVIEW"


@pytest.mark.parametrize("kind", ["note", "phone_note"])
def test_a_party_writes_no_notes_of_the_platform(
    post: Any, order_of: Any, file: Any, ming: Any, zhou: Any, kind: str
) -> None:
    number = file(order_of()).number
    assert post(ming, number, kind, text="For your eyes only.").status_code == 409
    assert Message.objects.count() == 0
    assert post(zhou, number, kind, text="Called the buyer.").status_code == 200


def test_a_draft_is_handed_in_by_its_own_side_only(order_of: Any, file: Any, ming: Any, lan: Any) -> None:
    number = file(order_of()).number
    draft = draft_exhibit(case_for(lan, number), description="My own notes.").exhibit_id
    with pytest.raises(DomainError):
        perform(case_for(ming, number), "submit_exhibit", {"exhibit": str(draft)})
    assert Exhibit.objects.get().status == "draft"
    submit_exhibits(case_for(lan, number), [draft])
    assert Exhibit.objects.get().status == "submitted"


def test_an_exhibit_is_taken_back_by_its_own_side_only(order_of: Any, file: Any, ming: Any, lan: Any) -> None:
    number = file(order_of(pack="aliexpress"), reason="DAMAGED").number
    hand_in(ming, number, "red")
    exhibit = Exhibit.objects.get().pk
    with pytest.raises(DomainError):
        perform(case_for(lan, number), "withdraw_exhibit", {"exhibit": str(exhibit)})
    assert Exhibit.objects.get().status == "submitted"
    withdraw_exhibit(case_for(ming, number), exhibit)
    assert Exhibit.objects.get().status == "withdrawn"


def test_no_draft_is_admitted_as_late_evidence(reviewed: str, ming: Any, zhou: Any) -> None:
    draft = draft_exhibit(case_for(ming, reviewed), description="Not yet.").exhibit_id
    with pytest.raises(DomainError):
        perform(case_for(zhou, reviewed), "admit_late_evidence", {"party": "buyer", "exhibit": str(draft)})
    assert Exhibit.objects.get(pk=draft).status == "draft"


def test_the_journal_takes_no_words_that_were_not_asked_for(post: Any, order_of: Any, file: Any, ming: Any) -> None:
    number = file(order_of()).number
    post(ming, number, "message", text="Hello", clause="Call me: 13800000000", kinds=["Mr Wang"], reason="At home")
    told = str(list(CaseEvent.objects.values_list("facts", flat=True)))
    assert "13800000000" not in told
    assert "Mr Wang" not in told
    assert "At home" not in told


@pytest.mark.parametrize(
    "line",
    [
        {"amount": "NaN"}, {"amount": "Infinity"}, {"amount": "1E+400"}, {"amount": "99999999999999.00"},
        {"amount": "0.001"}, {"amount": None}, {"payee": "a stranger from far away"}, {"payee": "seller"}, "freight",
    ],
)  # fmt: skip
def test_a_line_of_a_ruling_that_makes_no_sense_is_named(post: Any, reviewed: str, zhou: Any, line: Any) -> None:
    given = {"kind": "return_freight", "payer": "seller", "amount": "5.00"}
    lines = [{**given, **line} if isinstance(line, dict) else line]
    refused = post(zhou, reviewed, "rule", **RULING, findings=findings(reviewed), lines=lines)
    assert refused.status_code == 422, refused.content
    assert Case.objects.get().stage == "REVIEW"


@pytest.mark.parametrize("amount", ["1E+400", "1E+99999", "NaN", "-Infinity", {"amount": "1E+400"}])
def test_an_amount_beyond_all_money_is_refused(post: Any, order_of: Any, file: Any, ming: Any, amount: Any) -> None:
    number = file(order_of()).number
    refused = post(ming, number, "edit_request", amount=amount)
    assert refused.status_code == 422, refused.content


@pytest.mark.parametrize("wrong", [["a"], {"not-an-id": "seen"}, {"00000000-0000-4000-8000-000000000000": "seen"}])
def test_answers_to_exhibits_that_are_not_there_are_refused(post: Any, reviewed: str, zhou: Any, wrong: Any) -> None:
    answers = {**findings(reviewed), **wrong} if isinstance(wrong, dict) else wrong
    refused = post(zhou, reviewed, "rule", **RULING, findings=answers)
    assert refused.status_code == 422, refused.content


def test_a_corrected_ruling_pays_compensation_once(reviewed: str, zhou: Any, wu: Any) -> None:
    line = {"kind": "compensation", "amount": "20.00", "payer": "seller", "clause": "T-2.3"}
    told = {**RULING, "findings": findings(reviewed), "lines": [line]}
    perform(case_for(zhou, reviewed), "rule", told)
    perform(case_for(wu, reviewed), "approve_ruling")
    perform(case_for(zhou, reviewed), "correct_ruling", {**told, "statement": "A slip of the pen."})
    perform(case_for(wu, reviewed), "approve_ruling")
    owed = sum(
        entry.amount if entry.payee == "buyer" else -entry.amount
        for entry in LedgerEntry.objects.filter(case__number=reviewed)
    )
    assert owed == 148


def test_staff_see_no_case_of_their_own_in_the_lists_of_staff(reviewed: str, zhou: Any, shop: Any) -> None:
    page = PageRequest(limit=10, after=None)
    assert len(arbitrator_queue(zhou, page=page).data) == 1
    Membership.objects.create(user=zhou, shop=shop)
    assert len(arbitrator_queue(zhou, page=page).data) == 0
    assert len(cases_of_platforms(zhou, page=page).data) == 0
    Membership.objects.filter(user=zhou).delete()
    Case.objects.update(buyer=zhou)
    assert len(arbitrator_queue(zhou, page=page).data) == 0


def test_who_left_the_shop_leaves_no_late_text_in_its_name(order_of: Any, file: Any, lan: Any) -> None:
    number = file(order_of()).number
    access = case_for(lan, number)
    Membership.objects.filter(user=lan).delete()
    with pytest.raises(DomainError):
        perform(access, "refuse", {"refusal": "NOT_AGREED", "statement": "Said from outside."})
    assert Message.objects.count() == 0


def test_a_late_text_that_is_sent_twice_is_kept_once(order_of: Any, file: Any, ming: Any, lan: Any) -> None:
    number = file(order_of()).number
    perform(case_for(ming, number), "withdraw")
    for _time in range(2):
        with pytest.raises(DomainError) as refused:
            perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "Too late."})
        assert refused.value.data["kept_as_message"] == str(Message.objects.get().pk)


@pytest.mark.parametrize("action", ["hand_over", "assign"])
def test_a_case_comes_into_no_hands_of_a_party(reviewed: str, zhou: Any, ming: Any, eve: Any, action: str) -> None:
    for person in (ming, eve):
        with suppress(DomainError):
            perform(case_for(zhou, reviewed), action, {"arbitrator": person.pk})
        assert Case.objects.get().arbitrator_id in (None, zhou.pk)


def test_taking_a_case_by_its_page_takes_it(reviewed: str, zhou: Any) -> None:
    perform(case_for(zhou, reviewed), "assign")
    assert Case.objects.get().arbitrator_id == zhou.pk


def test_a_case_is_held_for_a_reason_of_the_list(post: Any, order_of: Any, file: Any, zhou: Any) -> None:
    number = file(order_of()).number
    assert post(zhou, number, "pause", reason="Mr Wang of 12 Lake Road rang and asked for a week").status_code == 422
    assert Case.objects.get().held == ""
    assert post(zhou, number, "pause", reason="held_by_platform").status_code == 200


def test_the_clause_of_a_ruling_stays_out_of_the_journal(post: Any, reviewed: str, zhou: Any) -> None:
    answer = post(zhou, reviewed, "rule", **RULING, findings=findings(reviewed), clause="As Mr Wang said")
    assert answer.status_code == 200, answer.content
    assert "Mr Wang" not in str(list(CaseEvent.objects.values_list("facts", flat=True)))


def test_what_an_exhibit_shows_is_an_item_of_the_checklist(order_of: Any, file: Any, ming: Any) -> None:
    access = case_for(ming, file(order_of()).number)
    with pytest.raises(DomainError):
        draft_exhibit(access, description="A box.", slot="Mr Wang's box")
    assert Exhibit.objects.count() == 0
    assert draft_exhibit(access, description="A box.", slot="damage_photo").exhibit_id


def test_a_correction_orders_shipping_costs_once(reviewed: str, zhou: Any, wu: Any) -> None:
    line = {"kind": "outbound_freight", "amount": "5.00", "payer": "buyer"}
    words = {**RULING, "outcome": "seller", "amount": "0.00", "liable": "buyer", "findings": findings(reviewed)}
    perform(case_for(zhou, reviewed), "rule", {**words, "lines": [line]})
    perform(case_for(zhou, reviewed), "correct_ruling", {**words, "lines": [line], "statement": "A slip."})
    perform(case_for(wu, reviewed), "approve_ruling")
    assert [payout.amount for payout in Payout.objects.exclude(status="cancelled")] == [5]


@pytest.mark.parametrize("action", ["message", "note", "phone_note"])
def test_who_recused_says_nothing_more_in_the_case(reviewed: str, zhou: Any, action: str) -> None:
    assert claim_next(zhou) == reviewed
    perform(case_for(zhou, reviewed), action, {"text": "Still mine."})
    perform(case_for(zhou, reviewed), "recuse")
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(zhou, reviewed), action, {"text": "One more word."})
    assert refused.value.code == "recused"


def test_who_recused_is_no_second_person(reviewed: str, zhou: Any, wu: Any) -> None:
    assert claim_next(wu) == reviewed
    perform(case_for(wu, reviewed), "recuse")
    line = {"kind": "compensation", "amount": "20.00", "payer": "seller", "clause": "T-2.3"}
    perform(case_for(zhou, reviewed), "rule", {**RULING, "findings": findings(reviewed), "lines": [line]})
    for action in ("approve_ruling", "return_ruling"):
        with pytest.raises(ActionRefused) as refused:
            perform(case_for(wu, reviewed), action, {"statement": "As I said."})
        assert refused.value.code == "recused"
    assert Case.objects.get().stage == "RULED"
    offered = case_view(case_for(wu, reviewed))
    assert offered.available_actions == ()


def test_an_action_the_rules_do_not_know_is_refused(reviewed: str, ming: Any) -> None:
    for action in ("withdraw_exhibit", "automatic_stop", "adopt", "payout_succeeded", "nonsense"):
        with pytest.raises(ActionRefused):
            perform(case_for(ming, reviewed), action, {"statement": "Do it."})


@pytest.mark.parametrize(("pack", "reason"), [("taobao.virtual", "QUALITY"), ("xianyu.virtual", "GC_VALUE")])
def test_an_exchange_of_a_card_is_a_new_card_without_saying_so(
    order_of: Any, file: Any, lan: Any, ming: Any, zhou: Any, wu: Any, pack: str, reason: str
) -> None:
    number = file(order_of(pack=pack, goods_type="virtual", platform=pack.partition(".")[0]), reason=reason).number
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "It works."})
    perform(case_for(lan, number), "request_intervention", {"statement": "Please decide."})
    for person in (ming, lan):
        perform(case_for(person, number), "complete_evidence")
    perform(case_for(zhou, number), "rule", {**RULING, "outcome": "seller", "amount": "0.00", "liable": "buyer"})
    exchange = {**RULING, "outcome": "buyer_exchange", "amount": "0.00"}
    perform(case_for(zhou, number), "correct_ruling", {**exchange, "statement": "The card was empty."})
    perform(case_for(wu, number), "approve_ruling")
    assert Case.objects.get().stage == "WAIT_REPLACEMENT"
    assert Ruling.objects.get(status="in_force").remedy == "replacement_card"
