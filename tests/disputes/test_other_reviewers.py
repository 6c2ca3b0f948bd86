"""A second review is decided by somebody who signed no ruling of the case, also the one the other side asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.services import issue_token
from disputes.errors import ActionRefused, FieldsRefused
from disputes.models import Case
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit
from disputes.services.staffing import assign_case, claim_next
from disputes.services.writer import Done
from tests.disputes.test_acting import RULING, findings, in_review, picture

pytestmark = pytest.mark.django_db

SOMEBODY_ELSE = "Somebody who had no part in the ruling must decide the second review."
PARTLY = {**RULING, "outcome": "buyer_partial_refund", "liable": "shared"}

Asks = Callable[[Any, str], str]


@pytest.fixture
def number(order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any) -> str:
    """A case that Zhou ruled: neither side got all it asked for."""
    filed = file(order_of())
    assert isinstance(filed, Done)
    number = in_review(filed, ming, lan)
    perform(case_for(zhou, number), "rule", {**PARTLY, "amount": "50.00", "findings": findings(number)})
    return number


@pytest.fixture
def asks(number: str) -> Asks:
    """One side asks for a second review, with a picture of this colour; the answer to it."""

    def run(person: Any, colour: str) -> str:
        access = case_for(person, number)
        perform(access, "appeal", {"statement": "New facts."})
        fresh = draft_exhibit(access, uploads=[picture(colour)], description="what was not seen yet").exhibit_id
        perform(access, "submit_appeal", {"statement": "See.", "exhibits": [str(fresh)]})
        return str(fresh)

    return run


DECISIONS = [{"decision": "uphold"}, {"decision": "change", "amount": "80.00"}]


@pytest.fixture(params=DECISIONS, ids=["upheld", "changed"])
def reviewed(request: Any, number: str, asks: Asks, ming: Any, lan: Any, wu: Any) -> dict[str, Any]:
    """Wu decided the second review that Ming asked for, one way or the other; now Lan asks. The words of a decision."""
    words = {**PARTLY, "amount": "50.00", **request.param}
    perform(case_for(wu, number), "decide_appeal", {**words, "findings": {asks(ming, "green"): "seen"}})
    return {**words, "findings": {**findings(number), asks(lan, "yellow"): "seen"}}


def test_who_decided_one_sides_second_review_does_not_decide_the_others(
    reviewed: dict[str, Any], number: str, zhou: Any, wu: Any, he: Any
) -> None:
    for person in (zhou, wu):
        with pytest.raises(ActionRefused) as refused:
            perform(case_for(person, number), "decide_appeal", reviewed)
        assert refused.value.code == "other_arbitrator_needed"
    assert Case.objects.get().arbitrator_id is None
    assert isinstance(perform(case_for(he, number), "decide_appeal", reviewed), Done)


def test_the_next_free_case_is_none_whose_ruling_one_signed(
    reviewed: dict[str, Any], number: str, zhou: Any, wu: Any, he: Any
) -> None:
    assert [claim_next(zhou), claim_next(wu)] == [None, None]
    assert claim_next(he) == number


def test_a_second_review_comes_into_no_hands_that_signed(
    reviewed: dict[str, Any], number: str, zhou: Any, wu: Any, he: Any
) -> None:
    for giver, taker in ((wu, wu), (zhou, zhou), (zhou, wu)):
        with pytest.raises(FieldsRefused) as refused:
            assign_case(case_for(giver, number), arbitrator_id=taker.pk)
        assert [problem.code for problem in refused.value.fields] == ["other_arbitrator_needed"]
    assign_case(case_for(zhou, number), arbitrator_id=he.pk)
    assert Case.objects.get().arbitrator_id == he.pk


def test_nobody_takes_a_second_review_by_a_proposal_in_it(reviewed: dict[str, Any], number: str, wu: Any) -> None:
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(wu, number), "propose", {"remedy": "partial_refund", "amount": "60.00"})
    assert refused.value.code == "other_arbitrator_needed"
    assert Case.objects.get().arbitrator_id is None


def test_while_one_is_prepared_it_is_left_to_others_too(number: str, lan: Any, zhou: Any, wu: Any) -> None:
    perform(case_for(lan, number), "appeal", {"statement": "New facts."})
    with pytest.raises(FieldsRefused):
        assign_case(case_for(zhou, number), arbitrator_id=zhou.pk)
    assign_case(case_for(wu, number), arbitrator_id=wu.pk)
    assert Case.objects.get().arbitrator_id == wu.pk


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", SOMEBODY_ELSE), ("zh-hans", "复审须由未参与原处理的人进行。")]
)
def test_page_and_interface_say_why(
    reviewed: dict[str, Any], number: str, wu: Any, client: Any, language: str, sentence: str
) -> None:
    view = case_view(case_for(wu, number))
    assert {"decide_appeal", "propose", "assign"} & {offer.action for offer in view.available_actions} == set()
    refused = view.refused("decide_appeal")
    assert refused is not None
    assert refused.code == "other_arbitrator_needed"

    client.force_login(wu)
    wu.language = language
    wu.save()
    assert sentence in client.get(f"/bench/{number}/").content.decode()
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(wu)}", HTTP_ACCEPT_LANGUAGE=language)
    answer = api.post(f"/api/v1/cases/{number}/actions/decide_appeal/", reviewed, format="json")
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
        409, "other_arbitrator_needed", sentence,
    )  # fmt: skip


def test_the_queue_gives_no_second_review_to_whom_it_is_not_for(
    reviewed: dict[str, Any], number: str, wu: Any, client: Any
) -> None:
    wu.language = "en"
    wu.save()
    client.force_login(wu)
    assert SOMEBODY_ELSE in client.post(f"/bench/{number}/take/", follow=True).content.decode()
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_token(wu)}", HTTP_ACCEPT_LANGUAGE="en")
    assert api.post("/api/v1/queue/claim/", {}, format="json").status_code == 204
    answer = api.post(f"/api/v1/cases/{number}/actions/assign/", {}, format="json")
    assert (answer.status_code, [problem["detail"] for problem in answer.json()["errors"]]) == (422, [SOMEBODY_ELSE])
