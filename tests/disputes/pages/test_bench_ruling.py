"""Ruling: two steps, nothing typed is ever lost, and a second pair of eyes where the rules ask for one."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from disputes.models import Case, CaseEvent, Exhibit, Ruling
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit
from disputes.services.staffing import assign_case
from tests.disputes.pages.cases_on_the_bench import RULING, answers, in_review, picture, ruled
from tests.disputes.pages.test_bench import logged_in, page_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(order_of: Any, ming: Any, lan: Any, zhou: Any) -> str:
    """A case in Zhou's hands that has to be decided."""
    made = in_review(order_of(), ming, lan)
    assign_case(case_for(zhou, made), arbitrator_id=zhou.pk)
    return made


def rule_of(number: str, action: str = "rule") -> str:
    return reverse("disputes:bench-rule", args=[number, action])


def do(number: str, action: str) -> str:
    return reverse("disputes:bench-action", args=[number, action])


def typed(number: str, **said: Any) -> dict[str, Any]:
    """A whole ruling as typed into the form."""
    return {**RULING, **answers(number), "version": Case.objects.get(number=number).version, "once": "key-1", **said}


def article(page: str) -> str:
    """The ruling's own text on a page, without marks."""
    found = re.search(r'<article class="card ruling.*?</article>', page, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found[0])))


def test_a_ruling_is_shown_as_both_sides_will_read_it_and_then_issued(number: str, zhou: Any, ming: Any) -> None:
    client = logged_in(zhou)
    preview = client.post(rule_of(number), {**typed(number), "step": "preview"})
    assert preview.status_code == 200
    assert Ruling.objects.count() == 0
    issued = client.post(rule_of(number), {**typed(number), "step": "issue"})
    assert issued["Location"] == f"{page_of(number)}#top"
    assert (Case.objects.get().outcome, Ruling.objects.get().findings.count()) == ("ruled_refund", 2)
    read = article(text_of(logged_in(ming).get(reverse("disputes:ruling", args=[number]))))
    shown = article(text_of(preview))
    same = shown[shown.index("In favour of the buyer") : shown.index("What happens now")]
    assert "zhou" not in same
    outcome, facts = same.split("Facts", 1)
    assert outcome.strip() in read
    assert facts.strip() in read


def test_the_preview_is_read_in_either_language(number: str, zhou: Any) -> None:
    client = logged_in(zhou)
    english = article(text_of(client.post(rule_of(number), {**typed(number), "show": "en"})))
    chinese = article(text_of(client.post(rule_of(number), {**typed(number), "show": "zh-hans"})))
    assert "Arrived damaged" in english
    assert "收到商品破损" in chinese
    assert RULING["reasons"] in english
    assert RULING["reasons"] in chinese


def test_what_was_typed_survives_errors_and_the_way_back(number: str, zhou: Any) -> None:
    client = logged_in(zhou)
    wrong = client.post(
        rule_of(number), {**typed(number, amount="1280", outbound_freight_amount="8"), "step": "preview"}
    )
    assert wrong.status_code == 422
    page = text_of(wrong)
    for kept in ("1280", RULING["reasons"], "Exhibit 1 was looked at.", "Say who pays this."):
        assert kept in page
    back = text_of(client.post(rule_of(number), {**typed(number), "step": "edit"}))
    assert RULING["reasons"] in back
    assert "Please check" not in back


def test_every_exhibit_must_be_answered(number: str, zhou: Any) -> None:
    said = {name: "" if name.startswith("finding_") else value for name, value in typed(number).items()}
    refused = logged_in(zhou).post(rule_of(number), {**said, "step": "preview"})
    assert refused.status_code == 422
    assert "Answer this piece of evidence" in text_of(refused)
    assert "data-unanswered" in text_of(refused)


def test_a_text_can_be_begun_in_either_language(number: str, zhou: Any) -> None:
    client = logged_in(zhou)
    page = text_of(client.post(rule_of(number), {**typed(number), "insert": "buyer_proved:zh-hans"}))
    assert "买家反映：收到商品破损" in page
    assert RULING["reasons"] in page
    unknown = text_of(client.post(rule_of(number), {**typed(number), "insert": "nothing:xx"}))
    assert RULING["reasons"] in unknown


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"outcome": "buyer_partial_refund"}, "less than the maximum"),
        ({"amount": "0"}, "needs an amount"),
        ({"outcome": "shared", "liable": "shared"}, "1 to 99"),
        ({"compensation_amount": "20", "compensation_payer": "seller"}, "rule it rests on"),
        ({"return_freight_payer": "seller"}, "Say how much."),
    ],
)
def test_a_ruling_that_does_not_add_up_is_not_shown(said: dict[str, str], why: str, number: str, zhou: Any) -> None:
    refused = logged_in(zhou).post(rule_of(number), {**typed(number, **said), "step": "preview"})
    assert refused.status_code == 422
    assert why in text_of(refused)


def test_in_favour_of_the_seller_no_money_moves_whatever_stood_there(number: str, zhou: Any) -> None:
    said = typed(number, outcome="seller", liable="buyer")
    logged_in(zhou).post(rule_of(number), {**said, "step": "issue"})
    assert Case.objects.get().outcome == "ruled_no_refund"
    assert list(Ruling.objects.get().lines.all()) == []


def test_a_change_meanwhile_is_shown_and_nothing_typed_is_lost(number: str, zhou: Any, lan: Any) -> None:
    client, said = logged_in(zhou), typed(number)
    told = {"remedy": "partial_refund", "amount": "64.00", "statement": "Half now."}
    perform(case_for(lan, number), "propose", told)
    changed = client.post(rule_of(number), {**said, "step": "issue"})
    assert changed.status_code == 412
    page = text_of(changed)
    for kept in ("Something changed while you were typing", "Half now.", RULING["reasons"], "Exhibit 1 was looked at."):
        assert kept in page
    assert Ruling.objects.count() == 0
    version = re.search(r'name="version" value="(\d+)"', page[page.index("data-answers") :])
    assert version
    again = client.post(rule_of(number), {**said, "version": version[1], "once": "key-2", "step": "issue"})
    assert again.status_code == 302
    assert Ruling.objects.count() == 1


def test_a_party_that_settles_meanwhile_takes_no_word_of_what_was_typed(number: str, zhou: Any, lan: Any) -> None:
    client, said = logged_in(zhou), typed(number)
    perform(case_for(lan, number), "accept")
    late = client.post(rule_of(number), {**said, "step": "issue"})
    assert late.status_code == 409
    page = unescape(text_of(late))
    for shown in ("This was not issued", "What you typed", RULING["reasons"], "Exhibit 1 was looked at."):
        assert shown in page
    assert "agreed to the request" in page


@pytest.mark.parametrize("version", ["", "-1", "x", "²", "9" * 5000])
def test_too_late_with_a_version_nobody_was_shown_is_still_only_too_late(
    version: str, number: str, zhou: Any, lan: Any
) -> None:
    client, said = logged_in(zhou), typed(number)
    perform(case_for(lan, number), "accept")
    late = client.post(rule_of(number), {**said, "version": version, "step": "issue"})
    assert late.status_code == 409
    assert RULING["reasons"] in unescape(text_of(late))


def test_a_second_click_issues_nothing_twice(number: str, zhou: Any) -> None:
    client, said = logged_in(zhou), {**typed(number, compensation_amount="", step="issue")}
    assert client.post(rule_of(number), said).status_code == 302
    client.post(rule_of(number), said)
    assert CaseEvent.objects.filter(kind="rule").count() == 1


def test_somebody_elses_case_cannot_be_decided(number: str, wu: Any) -> None:
    refused = logged_in(wu).post(rule_of(number), {**typed(number), "step": "issue"})
    assert refused.status_code == 409
    assert RULING["reasons"] in unescape(text_of(refused))
    assert Ruling.objects.count() == 0


def awaiting(number: str, zhou: Any) -> None:
    """A ruling with compensation, so that a second person is needed."""
    said = typed(number, compensation_amount="20", compensation_payer="seller", compensation_clause="T-2.3")
    page = logged_in(zhou).post(rule_of(number), {**said, "step": "preview"})
    assert "A second person has to approve this ruling" in text_of(page)
    logged_in(zhou).post(rule_of(number), {**said, "step": "issue"})
    assert Case.objects.get(number=number).stage == "RULED"


def test_a_second_person_approves_with_the_whole_ruling_in_view(number: str, zhou: Any, root: Any, ming: Any) -> None:
    awaiting(number, zhou)
    own = text_of(logged_in(zhou).get(page_of(number)))
    assert "A ruling waits for a second person" in own
    assert do(number, "approve_ruling") not in own
    assert logged_in(zhou).post(do(number, "approve_ruling")).status_code == 409
    client = logged_in(root)
    page = text_of(client.get(do(number, "approve_ruling")))
    assert RULING["reasons"] in unescape(page)
    assert "¥20.00" in page
    early = unescape(text_of(logged_in(ming).get(reverse("disputes:case", args=[number]))))
    assert RULING["reasons"] not in early
    assert "Agreed or ruled" not in early
    assert client.post(do(number, "approve_ruling")).status_code == 302
    assert (Case.objects.get().stage, Ruling.objects.get().second_person) == ("CLOSED", root)


def test_a_second_person_sends_a_ruling_back_and_must_say_why(number: str, zhou: Any, wu: Any) -> None:
    awaiting(number, zhou)
    client = logged_in(wu)
    assert client.post(do(number, "return_ruling"), {"statement": ""}).status_code == 422
    assert client.post(do(number, "return_ruling"), {"statement": "The clause is another."}).status_code == 302
    assert (Case.objects.get().stage, Ruling.objects.get().status) == ("REVIEW", "returned")


def test_a_ruling_is_corrected_beginning_with_what_it_said(number: str, zhou: Any, wu: Any) -> None:
    ruled(number, zhou)
    assert "correct_ruling" not in text_of(logged_in(wu).get(page_of(number)))
    client = logged_in(zhou)
    assert 'value="128.00"' in text_of(client.get(page_of(number)))
    said = typed(number, amount="12.80", outcome="buyer_partial_refund", statement="A comma was missing.")
    assert client.post(rule_of(number, "correct_ruling"), {**said, "step": "issue"}).status_code == 302
    assert Case.objects.get().stage == "RULED"
    assert logged_in(wu).post(do(number, "approve_ruling")).status_code == 302
    assert sorted(Ruling.objects.values_list("kind", "status")) == [("correction", "in_force"), ("first", "replaced")]


def appealed(number: str, zhou: Any, lan: Any) -> None:
    ruled(number, zhou)
    access = case_for(lan, number)
    perform(access, "appeal", {"statement": "There is something new."})
    fresh = draft_exhibit(access, uploads=[picture("green")], description="The carrier's own note.")
    perform(access, "submit_appeal", {"statement": "See the note.", "exhibits": [str(fresh.exhibit_id)]})


def test_another_arbitrator_upholds_a_ruling_and_answers_only_what_is_new(
    number: str, zhou: Any, wu: Any, lan: Any
) -> None:
    appealed(number, zhou, lan)
    said = {"decision": "uphold", "reasons": "The note changes nothing.", "once": "key-3", "step": "issue"}
    said |= {**answers(number, second_review=True), "amount": "128.00", "version": Case.objects.get().version}
    own = logged_in(zhou).post(rule_of(number, "decide_appeal"), said)
    assert own.status_code == 409
    client = logged_in(wu)
    preview = text_of(client.post(rule_of(number, "decide_appeal"), {**said, "step": "preview"}))
    assert "The ruling stands" in preview
    assert client.post(rule_of(number, "decide_appeal"), said).status_code == 302
    assert Ruling.objects.get(kind="appeal").upheld is True
    assert Case.objects.get().outcome == "ruled_refund"


def test_another_arbitrator_changes_a_ruling(number: str, zhou: Any, wu: Any, lan: Any) -> None:
    appealed(number, zhou, lan)
    said = {"decision": "change", "reasons": "The carrier broke it.", "once": "key-4", "step": "issue"}
    said |= {**answers(number, second_review=True), "version": Case.objects.get().version}
    client = logged_in(wu)
    nothing = client.post(rule_of(number, "decide_appeal"), said)
    assert nothing.status_code == 422
    assert "Say this where the ruling is changed." in text_of(nothing)
    done = client.post(rule_of(number, "decide_appeal"), {**said, "outcome": "seller", "liable": "carrier"})
    assert done.status_code == 302
    assert Case.objects.get().outcome == "ruled_no_refund"


def test_false_evidence_is_found_only_after_that_side_was_asked(number: str, zhou: Any, lan: Any) -> None:
    client = logged_in(zhou)
    too_early = client.post(rule_of(number), {**typed(number, false_evidence_by="seller"), "step": "issue"})
    assert too_early.status_code == 409
    assert "asked about it first" in text_of(too_early)
    asked = {"from": "seller", "statement": "Where was this taken?", "false_evidence": "on"}
    assert client.post(do(number, "request_evidence"), asked).status_code == 302
    perform(case_for(lan, number), "complete_evidence")
    said = typed(number, false_evidence_by="seller", once="key-5")
    assert client.post(rule_of(number), {**said, "step": "issue"}).status_code == 302
    assert (Case.objects.get().stage, Ruling.objects.get().false_evidence_by) == ("RULED", "seller")


def test_an_exhibit_that_answers_another_stands_beside_it(order_of: Any, ming: Any, lan: Any, zhou: Any) -> None:
    number = in_review(order_of(), ming, lan)
    photo = Exhibit.objects.get(case__number=number, party="buyer")
    Exhibit.objects.filter(case__number=number, party="seller").update(answers=photo, slot="")
    page = text_of(logged_in(zhou).get(page_of(number)))
    claim = page[page.index('id="claim-1"') : page.index('id="claim-2"')]
    assert "How it was packed." in claim
    assert "Answers the other side" in claim


def test_the_preview_says_that_all_it_orders_needs_a_second_person(
    order_of: Any, ming: Any, lan: Any, zhou: Any
) -> None:
    number = in_review(order_of(paid="990.00"), ming, lan)
    said = typed(number, amount="990.00", return_freight_amount="12", return_freight_payer="seller")
    page = text_of(logged_in(zhou).post(rule_of(number), {**said, "step": "preview"}))
    assert "it orders ¥1,002.00 in all, more than ¥1,000.00" in page
    alone = text_of(logged_in(zhou).post(rule_of(number), {**typed(number, amount="990.00"), "step": "preview"}))
    assert "It takes effect at once" in alone
    logged_in(zhou).post(rule_of(number), {**said, "step": "issue"})
    assert Case.objects.get().stage == "RULED"


def test_what_does_not_fit_together_is_confirmed_before_it_is_issued(number: str, zhou: Any) -> None:
    client, said = logged_in(zhou), typed(number, liable="buyer")
    page = text_of(client.post(rule_of(number), {**said, "step": "preview"}))
    assert "The buyer is found liable, and yet the buyer gets what was asked for." in page
    assert 'name="confirm"' in page
    unconfirmed = client.post(rule_of(number), {**said, "step": "issue"})
    assert unconfirmed.status_code == 422
    assert "Confirm this, or go back and change it." in text_of(unconfirmed)
    assert Ruling.objects.count() == 0
    assert client.post(rule_of(number), {**said, "confirm": "yes", "step": "issue"}).status_code == 302
    assert CaseEvent.objects.get(kind="rule").facts["data"]["contradictions"] == ["granted_though_buyer_liable"]


def test_shipping_costs_above_their_limit_are_named_where_they_were_typed(number: str, zhou: Any) -> None:
    said = typed(number, return_freight_amount="100.01", return_freight_payer="seller")
    refused = logged_in(zhou).post(rule_of(number), {**said, "step": "preview"})
    assert refused.status_code == 422
    assert "This can be at most 100.00." in text_of(refused)
