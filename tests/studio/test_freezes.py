"""Freezes in the studio and in the interface: look at what one would do, plan it, end it, and find who did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.services import appoint
from contract.clock import database_now
from disputes.models import Case, Deadline, Freeze
from disputes.services.freezing_cases import follow_all
from tests.disputes.frozen import a_freeze

pytestmark = pytest.mark.django_db
FREEZES, NEW = reverse("studio:freezes"), reverse("studio:freeze-new")
ADDRESS = "/api/v1/freezes/"
TYPED = {
    "scope": "taobao", "begins_at": "", "ends_at": "2098-02-08T00:00", "kinds": ["automatic", "parties", "staff"],
    "reason_zh": "春节放假", "reason_en": "Spring Festival",
}  # fmt: skip


@pytest.fixture
def opened(order_of: Any, file: Any) -> Case:
    return Case.objects.get(pk=file(order_of()).case_id)


def typed(**changes: Any) -> dict[str, Any]:
    """The form as it is filled in; it ends in three weeks, in Beijing's time."""
    ends = database_now() + timedelta(days=21, hours=8)
    return {**TYPED, "ends_at": f"{ends:%Y-%m-%dT%H:%M}", **changes}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_freeze_is_looked_at_planned_and_ended(studio: Client, opened: Case) -> None:
    assert NEW in text_of(studio.get(FREEZES))
    looked = text_of(studio.post(NEW, typed(do="preview")))
    assert "In 1 case something would stand still." in looked
    assert opened.number in looked
    assert "Spring Festival" in looked, "what was typed is still there"
    assert not Freeze.objects.exists(), "looking writes nothing"
    planned = studio.post(NEW, typed(do="plan"), follow=True)
    assert "The clocks stand still." in text_of(planned)
    assert Deadline.objects.get(case=opened, name="seller_response").status == "paused"
    freeze = Freeze.objects.get()
    assert "Spring Festival" in text_of(studio.get(FREEZES))
    asked = text_of(studio.get(reverse("studio:freeze-end", args=[freeze.pk])))
    assert "End this freeze now?" in asked
    ended = text_of(studio.post(reverse("studio:freeze-end", args=[freeze.pk]), follow=True))
    assert "The clocks run on." in ended
    assert "Ended early" in ended
    assert Deadline.objects.get(case=opened, name="seller_response").status == "pending"
    again = text_of(studio.post(reverse("studio:freeze-end", args=[freeze.pk]), follow=True))
    assert "This freeze is over already, or was called off." in again


def test_one_that_has_not_begun_is_called_off(studio: Client, root: Any, published: None) -> None:
    made = a_freeze(root)
    assert "Call this freeze off?" in text_of(studio.get(reverse("studio:freeze-end", args=[made.pk])))
    told = text_of(studio.post(reverse("studio:freeze-end", args=[made.pk]), follow=True))
    assert "The freeze is called off." in told
    assert "Called off by" in told


def test_times_are_those_of_the_platform(studio: Client, published: None) -> None:
    studio.post(NEW, typed(do="plan", begins_at="2098-02-01T00:00", ends_at="2098-02-02T00:00"))
    assert Freeze.objects.get().begins_at.isoformat() == "2098-01-31T16:00:00+00:00"


def test_a_wrong_form_names_every_mistake_and_loses_nothing(studio: Client, root: Any, published: None) -> None:
    answer = studio.post(NEW, typed(do="plan", begins_at="soon", kinds=[], reason_zh=""))
    assert (answer.status_code, Freeze.objects.exists()) == (422, False)
    words = text_of(answer)
    assert "Please check 3 things" in words
    assert "Spring Festival" in words
    past = text_of(studio.post(NEW, typed(do="plan", begins_at="2020-02-01T00:00")))
    assert "This is past. Enter a later time, or leave it empty to begin now." in past
    a_freeze(root)
    times = {"begins_at": "2098-02-02T00:00", "ends_at": "2098-02-12T00:00"}
    for do in ("preview", "plan"):
        answer = studio.post(NEW, typed(do=do, **times))
        assert answer.status_code == 422
        assert "Another freeze of the same cases is planned" in text_of(answer)
    assert Freeze.objects.count() == 1


def test_an_administrator_of_one_platform_sees_and_plans_for_it_alone(
    client: Client, person: Any, root: Any, published: None
) -> None:
    made, keeper = a_freeze(root), person("keeper", language="en")
    appoint(keeper, "administrator", "xianyu")
    client.force_login(keeper)
    assert f"#{made.pk}" not in text_of(client.get(FREEZES))
    assert client.post(NEW, typed(do="plan")).status_code == 422
    assert client.post(NEW, typed(do="plan", scope="xianyu")).status_code == 302
    for name in ("freeze", "freeze-end"):
        assert client.get(reverse(f"studio:{name}", args=[made.pk])).status_code == 404


def test_the_audit_trail_tells_who_planned_and_who_ended_it(studio: Client, root: Any, published: None) -> None:
    made = a_freeze(root)
    studio.post(reverse("studio:freeze-end", args=[made.pk]))
    words = text_of(studio.get(reverse("studio:audit")))
    assert "Planned a freeze" in words
    assert "Called a freeze off" in words


@pytest.fixture
def program(root: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(root)
    return client


def body(**changes: Any) -> dict[str, Any]:
    ends = database_now() + timedelta(days=7)
    words = {"reason_zh": "春节放假", "reason_en": "Spring Festival"}
    return {"platform": "taobao", "ends_at": ends.isoformat(), **words, **changes}


def test_a_program_tries_plans_and_ends_a_freeze(program: APIClient, opened: Case) -> None:
    tried = program.post(f"{ADDRESS}preview/", body(clocks=["automatic"]), format="json").json()
    (moving,) = (move for move in tried["moving"] if move["kind"] == "auto")
    assert (tried["cases"], moving["number"], tried["more"]) == (1, opened.number, False)
    made = program.post(ADDRESS, body(), format="json", HTTP_IDEMPOTENCY_KEY="once")
    again = program.post(ADDRESS, body(), format="json", HTTP_IDEMPOTENCY_KEY="once")
    assert (made.status_code, Freeze.objects.count()) == (201, 1), again.json()
    freeze = made.json()
    assert (freeze["state"], freeze["pack"], [clock["code"] for clock in freeze["clocks"]]) == (
        "running", None, ["automatic", "parties", "staff"]
    )  # fmt: skip
    follow_all()
    case = program.get(f"/api/v1/cases/{opened.number}/").json()
    (clock,) = (clock for clock in case["deadlines"] if clock["name"] == "seller_response")
    assert (clock["state"], clock["paused"]["code"], clock["paused_until"]) == ("paused", "frozen", freeze["ends_at"])
    assert clock["moves_to"] > clock["due_at"]
    assert (case["freeze"]["until"], case["freeze"]["id"]) == (freeze["ends_at"], freeze["id"])
    (row,) = program.get("/api/v1/cases/?role=platform").json()["data"]
    assert row["held"] == "frozen"
    ended = program.post(f"{ADDRESS}{freeze['id']}/end/").json()
    assert (ended["state"], ended["told"], ended["ended_by"]) == ("ended", True, str(Freeze.objects.get().ended_by))
    assert program.post(f"{ADDRESS}{freeze['id']}/end/").status_code == 409
    assert [each["id"] for each in program.get(ADDRESS).json()["data"]] == [freeze["id"]]
    assert program.get(f"{ADDRESS}{freeze['id']}/").json()["state"] == "ended"


def test_a_program_is_told_field_by_field_what_is_wrong(program: APIClient, published: None) -> None:
    wrong = program.post(ADDRESS, body(ends_at="2020-01-01T00:00:00Z", clocks=["all"]), format="json")
    assert (wrong.status_code, {error["pointer"] for error in wrong.json()["errors"]}) == (422, {"/clocks/0"})
    past = program.post(ADDRESS, body(ends_at="2020-01-01T00:00:00Z"), format="json")
    assert [error["code"] for error in past.json()["errors"]] == ["not_after_the_beginning"]
    assert program.post(ADDRESS, body(platform="nowhere"), format="json").status_code == 404
    assert program.post(f"{ADDRESS}99/end/").status_code == 404
