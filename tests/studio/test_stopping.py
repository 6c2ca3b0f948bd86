"""Stopping automatic outcomes in the studio: ask, result, banner, and the second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from disputes.models import AutomaticStop, Case

pytestmark = pytest.mark.django_db
STOP, RESUME = (reverse(f"studio:{name}", args=["taobao.general"]) for name in ("stop", "resume-pack"))


def test_an_administrator_stops_with_the_numbers_before_them(
    studio: Client, order_of: Any, file: Any, travel: Any
) -> None:
    number = file(order_of()).number
    travel(days=4, hours=12)
    asked = studio.get(STOP).content.decode()
    assert "Would happen by itself in the next 24 hours" in asked
    assert '<dd class="num">1</dd>' in asked
    refused = studio.post(STOP, {"reason": " "})
    assert "This field is required" in refused.content.decode()
    assert not AutomaticStop.objects.exists()
    told = studio.post(STOP, {"reason": "The carrier's feed is wrong."}).content.decode()
    assert "are stopped." in told
    assert Case.objects.get(number=number).held == "automatic_stopped"
    for page in ("/studio/", "/studio/timers/", "/studio/packs/taobao.general/"):
        words = studio.get(page).content.decode()
        assert "The carrier&#x27;s feed is wrong." in words, page
        assert "somebody else has to resume it" in words, page


def test_whoever_stopped_it_is_refused_and_a_second_person_resumes(
    studio: Client, order_of: Any, file: Any, person: Callable[..., Any]
) -> None:
    number = file(order_of()).number
    studio.post(STOP, {"reason": "x"})
    refused = studio.post(RESUME, follow=True).content.decode()
    assert "You stopped this yourself" in refused
    second = person("second", "administrator", language="en")
    studio.force_login(second)
    assert RESUME in studio.get("/studio/timers/").content.decode()
    assert "are resumed." in studio.post(RESUME).content.decode()
    assert Case.objects.get(number=number).held == ""
    assert RESUME not in studio.get("/studio/timers/").content.decode()


def test_the_page_refuses_a_form_from_elsewhere(root: Any, published: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(root)
    assert client.post(STOP, {"reason": "x"}).status_code == 403
    assert not AutomaticStop.objects.exists()


def test_a_program_stops_and_another_person_resumes(root: Any, zhou: Any, order_of: Any, file: Any) -> None:
    file(order_of())
    client = APIClient()
    client.force_authenticate(root)
    empty = client.post("/api/v1/packs/taobao.general/stop/", {}, format="json")
    assert (empty.status_code, empty.headers["Content-Type"]) == (422, "application/problem+json")
    assert empty.json()["errors"][0]["pointer"] == "/reason"
    done = client.post("/api/v1/packs/taobao.general/stop/", {"reason": "x"}, format="json").json()
    assert (done["changed"], done["finished"]) == (1, True)
    again = client.post("/api/v1/packs/taobao.general/resume/")
    assert (again.status_code, again.json()["code"]) == (409, "stopped_by_yourself")
    client.force_authenticate(zhou)
    assert client.post("/api/v1/packs/taobao.general/resume/").json()["changed"] == 1
    assert client.post("/api/v1/packs/none/resume/").status_code == 404
