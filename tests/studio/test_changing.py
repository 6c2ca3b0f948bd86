"""An administrator changes how long a deadline is: new cases get it, running ones keep their promise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from contract.clock import database_now
from disputes.models import Case, Deadline
from rules.models import PolicyVersion
from rules.selectors import version_in_force

pytestmark = pytest.mark.django_db
ADDRESS = "/studio/packs/taobao.general/deadlines/seller_response/"


def entered(**changes: Any) -> dict[str, Any]:
    newest = PolicyVersion.objects.filter(pack="taobao.general").order_by("-number").first()
    assert newest is not None
    return {
        "amount_0": "6", "unit_0": "days", "source": "The platform's notice of today", "confidence": "A",
        "start": "now", "effective_from": "", "base": str(newest.number), "do": "publish", **changes,
    }  # fmt: skip


def publish(studio: Client, address: str = ADDRESS, **changes: Any) -> Any:
    return studio.post(address, entered(**changes))


def test_new_cases_run_under_the_new_number_and_running_ones_keep_theirs(
    studio: Client, order_of: Any, file: Any
) -> None:
    old = file(order_of())
    assert publish(studio).status_code == 302
    new = file(order_of())
    assert [_span(old.number), _span(new.number)] == [timedelta(days=5), timedelta(days=6)]
    assert Case.objects.get(number=old.number).policy_id != Case.objects.get(number=new.number).policy_id


def test_the_new_version_says_who_published_it_and_on_what_source(studio: Client, root: Any) -> None:
    publish(studio)
    version = PolicyVersion.objects.filter(pack="taobao.general").latest("number")
    rule = version_in_force("taobao.general").policy.deadlines["seller_response"]
    assert (version.published_by, version.note) == (root, "seller_response: The platform's notice of today")
    assert (rule.provenance.source, rule.provenance.confidence) == ("The platform's notice of today", "A")


def test_nothing_is_published_by_a_preview(studio: Client) -> None:
    before = PolicyVersion.objects.count()
    page = publish(studio, do="preview")
    words = page.content.decode()
    assert page.status_code == 200
    assert PolicyVersion.objects.count() == before
    assert "within 5 days of the latest request" in words
    assert "within 6 days of the latest request" in words
    assert "keep the promise they were given" in words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount_0": "0"}, "A deadline needs some time"),
        ({"amount_0": "-3"}, "A deadline needs some time"),
        ({"amount_0": "many"}, "Enter a whole number"),
        ({"amount_0": ""}, "This field is required"),
        ({"amount_0": "4000"}, "This is too long"),
        ({"amount_0": "91", "unit_0": "working_days"}, "This is too long"),
        ({"unit_0": "fortnights"}, "Choose one of the units listed"),
        ({"source": "  "}, "This field is required"),
        ({"amount_0": "5"}, "Nothing would change"),
        ({"start": "later"}, "Enter the moment from which it applies"),
        ({"start": "later", "effective_from": "2020-01-01T00:00"}, "This moment has passed"),
        ({"start": "later", "effective_from": "soon"}, "Enter a valid date/time"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_typed_is_lost(
    studio: Client, changes: dict[str, str], sentence: str
) -> None:
    before = PolicyVersion.objects.count()
    page = publish(studio, **{"source": "A notice worth keeping", **changes})
    assert page.status_code == 422
    assert PolicyVersion.objects.count() == before
    assert sentence in page.content.decode()
    if "source" not in changes:
        assert "A notice worth keeping" in page.content.decode()


def test_a_target_above_its_maximum_is_refused(studio: Client) -> None:
    address = "/studio/packs/taobao.general/deadlines/opinion/"
    targets = {"unit_0": "working_days", "max_amount_0": "6", "max_unit_0": "working_days"}
    page = publish(studio, address, **targets, amount_0="7")
    assert page.status_code == 422
    assert "This is shorter than the target" in page.content.decode()
    assert publish(studio, address, **{**targets, "amount_0": "5"}).status_code == 302
    rule = version_in_force("taobao.general").policy.deadlines["opinion"]
    assert [str(rule.terms[0].length), str(rule.terms[0].maximum)] == ["5wd", "6wd"]


def test_each_alternative_of_a_length_is_changed_alone_and_keeps_its_condition(studio: Client) -> None:
    address = "/studio/packs/taobao.general/deadlines/return_receipt/"
    amounts = {"amount_0": "25", "amount_1": "30", "amount_2": "10", **{f"unit_{n}": "days" for n in range(3)}}
    assert publish(studio, address, **amounts).status_code == 302
    terms = version_in_force("taobao.general").policy.deadlines["return_receipt"].terms
    assert [str(term.length) for term in terms] == ["25d", "30d", "10d"]
    assert terms[0].source == {"when": {"return_carrier": "overseas"}, "is": "25d"}


def test_a_version_published_by_somebody_else_meanwhile_is_shown_and_nothing_is_overwritten(studio: Client) -> None:
    seen = entered(amount_0="7", source="Mine")
    publish(studio, amount_0="6", source="Theirs")
    page = studio.post(ADDRESS, seen)
    words = page.content.decode()
    assert page.status_code == 412
    assert "Somebody else published a new version meanwhile" in words
    assert "Mine" in words
    assert 'value="7"' in words
    assert str(version_in_force("taobao.general").policy.deadlines["seller_response"].terms[0].length) == "6d"
    again = entered(amount_0="7", source="Mine")
    assert studio.post(ADDRESS, again).status_code == 302


def test_a_version_can_wait_for_its_day(studio: Client, order_of: Any, file: Any, travel: Any) -> None:
    page = publish(studio, start="later", effective_from=_in_shanghai(database_now() + timedelta(days=3)))
    assert page.status_code == 302
    early = file(order_of())
    travel(days=4)
    late = file(order_of())
    spans = [_span(number) for number in (early.number, late.number)]
    assert spans == [timedelta(days=5), timedelta(days=6)]


def _span(number: str) -> timedelta:
    deadline = Deadline.objects.get(case__number=number, name="seller_response")
    return deadline.due_at - deadline.started_at


def _in_shanghai(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")


def test_a_change_builds_on_the_version_that_waits(studio: Client) -> None:
    day = _in_shanghai(database_now() + timedelta(days=3))
    publish(studio, start="later", effective_from=day)
    page = publish(studio, amount_0="7")
    assert page.status_code == 422
    assert "takes effect later; choose its moment or a later one" in page.content.decode()


def test_a_gate_that_opens_after_the_expiry_it_serves_is_called_a_trap(studio: Client) -> None:
    address = "/studio/packs/taobao.virtual/deadlines/intervention_gate/"
    newest = PolicyVersion.objects.filter(pack="taobao.virtual").latest("number").number
    page = studio.post(address, entered(amount_0="4", base=str(newest), do="preview"))
    assert "A trap: “Intervention can be asked for” would open (4 days)" in page.content.decode()


def test_the_sentence_is_told_while_somebody_types(studio: Client) -> None:
    address = reverse("studio:sentence", args=["taobao.general", "seller_response"])
    answer = studio.get(address, {"amount_0": "8", "unit_0": "working_days"})
    assert "within 8 working days of the latest request" in answer.content.decode()
    assert "within 5 days" in studio.get(address, {"amount_0": "x"}).content.decode()


def test_publishing_twice_by_a_double_click_publishes_once(studio: Client) -> None:
    form = entered()
    studio.post(ADDRESS, form)
    assert studio.post(ADDRESS, form).status_code == 302
    assert PolicyVersion.objects.filter(pack="taobao.general").latest("number").number == int(form["base"]) + 1
