"""What is written in a case is read by whom it is meant for, on pages and by the interface alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.services import issue_token
from disputes.errors import ActionRefused
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit, submit_exhibits
from disputes.services.sweeping import sweep_until_done
from tests.disputes.test_acting import RULING, findings, in_review, picture

pytestmark = pytest.mark.django_db

SECRET = "Only between us"
COMPENSATION = {"kind": "compensation", "amount": "1.00", "payer": "seller", "clause": "T-2.3"}


@pytest.fixture
def reviewed(order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any) -> str:
    """A case that waits for Zhou's ruling."""
    number = in_review(file(order_of()), ming, lan)
    perform(case_for(zhou, number), "assign")
    return number


def reads(person: Any, number: str, words: str = SECRET) -> bool:
    return words in [message.text for message in case_view(case_for(person, number)).messages]


@pytest.mark.parametrize("action", ["hand_over", "recuse", "unassign"])
def test_words_between_colleagues_are_read_by_the_platform_alone(
    reviewed: str, action: str, ming: Any, lan: Any, zhou: Any, wu: Any
) -> None:
    perform(case_for(zhou, reviewed), action, {"arbitrator": wu.pk, "statement": SECRET})
    assert [reads(person, reviewed) for person in (ming, lan, wu)] == [False, False, True]


@pytest.mark.parametrize("returned", [False, True])
def test_words_of_a_ruling_that_waits_or_is_sent_back_are_read_by_the_platform_alone(
    reviewed: str, returned: bool, ming: Any, lan: Any, zhou: Any, wu: Any
) -> None:
    ruling = {**RULING, "findings": findings(reviewed), "lines": [COMPENSATION]}
    perform(case_for(zhou, reviewed), "rule", ruling if returned else {**ruling, "statement": SECRET})
    if returned:
        perform(case_for(wu, reviewed), "return_ruling", {"statement": SECRET})
    assert [reads(person, reviewed) for person in (ming, lan, wu)] == [False, False, True]


def test_the_interface_tells_the_parties_no_internal_words(
    reviewed: str, lan: Any, zhou: Any, wu: Any, client: Any
) -> None:
    perform(case_for(zhou, reviewed), "hand_over", {"arbitrator": wu.pk, "statement": SECRET})
    for person, told in ((lan, False), (wu, True)):
        answer = client.get(f"/api/v1/cases/{reviewed}/", headers={"Authorization": f"Bearer {issue_token(person)}"})
        assert (SECRET in answer.content.decode()) is told


def test_what_is_said_in_advance_is_said_when_its_time_comes(
    order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any, travel: Any
) -> None:
    number = file(order_of()).number
    perform(case_for(ming, number), "request_intervention", {"statement": SECRET}, when_allowed=True)
    assert [reads(person, number) for person in (ming, lan, zhou)] == [True, False, True]
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "It left whole."})
    travel(timedelta(days=2))
    sweep_until_done(sweeper="test")
    assert [reads(person, number) for person in (ming, lan, zhou)] == [True, True, True]


@pytest.fixture
def late(reviewed: str, ming: Any) -> str:
    """What Ming hands in after the period."""
    drafted = draft_exhibit(case_for(ming, reviewed), uploads=[picture("green")], description=SECRET)
    handed = submit_exhibits(case_for(ming, reviewed), [drafted.exhibit_id])
    assert handed.late == (drafted.exhibit_id,)
    return str(drafted.exhibit_id)


PAGES = ("/cases/{number}/", "/cases/{number}/evidence/", "/shop/cases/")
ANSWERS = ("/api/v1/cases/{number}/", "/api/v1/cases/{number}/exhibits/", "/api/v1/cases/{number}/events/")


def told(person: Any, number: str, paths: tuple[str, ...]) -> str:
    """All that somebody is told under these addresses."""
    client = Client()
    client.force_login(person)
    token = {"Authorization": f"Bearer {issue_token(person)}"}
    answers = [client.get(path.format(number=number), headers=token) for path in paths]
    assert {answer.status_code for answer in answers} <= {200}, [answer.status_code for answer in answers]
    return "".join(answer.content.decode() for answer in answers)


def test_evidence_that_came_late_is_read_by_its_side_and_the_platform(
    reviewed: str, late: str, ming: Any, lan: Any, zhou: Any
) -> None:
    assert [reads(person, reviewed) for person in (ming, lan, zhou)] == [True, False, True]


def test_no_page_tells_the_other_side_of_late_evidence(reviewed: str, late: str, ming: Any, lan: Any) -> None:
    assert SECRET in told(ming, reviewed, PAGES[:2])
    shown = told(lan, reviewed, PAGES)
    assert [word for word in (SECRET, "Came late", "超时提交", late) if word in shown] == []


def test_the_interface_tells_the_other_side_nothing_of_late_evidence(
    reviewed: str, late: str, ming: Any, lan: Any
) -> None:
    assert SECRET in told(ming, reviewed, ANSWERS)
    shown = told(lan, reviewed, ANSWERS)
    assert [word for word in (SECRET, '"late":"submit_exhibit"', late) if word in shown] == []


def test_late_evidence_is_read_by_both_sides_once_the_platform_takes_it_in(
    reviewed: str, late: str, lan: Any, zhou: Any
) -> None:
    perform(case_for(zhou, reviewed), "admit_late_evidence", {"party": "buyer", "exhibit": late})
    for paths in (PAGES[:1], ANSWERS[1:2]):
        assert SECRET in told(lan, reviewed, paths)


def test_a_late_answer_is_read_by_its_side_and_the_platform(
    order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any, travel: Any
) -> None:
    number = file(order_of()).number
    travel(days=6)
    with pytest.raises(ActionRefused):
        perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": SECRET})
    assert [reads(person, number) for person in (ming, lan, zhou)] == [False, True, True]
    for paths in (PAGES[:1], (ANSWERS[0], ANSWERS[2])):
        assert SECRET not in told(ming, number, paths)
