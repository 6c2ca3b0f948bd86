"""The operators' admin site: it opens for operators alone, through the one door of the house."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.services import issue_token
from tests.config.routes.conftest import Scene, tried
from tests.config.routes.expected import ADMIN_SITE, WHO
from tests.config.routes.test_authorisation import PAGES

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
WITHOUT_LOGIN = frozenset({"login", "logout", "password_change"})


def addresses(scene: Scene) -> list[str]:
    """Every page of the site but its ways in and out, about somebody who exists."""
    given = {"object_id": scene.names["user_id"], "id": scene.names["user_id"], "app_label": "accounts"}
    given |= {"content_type_id": 1}
    found = []
    for name in sorted(set(ADMIN_SITE) - WITHOUT_LOGIN):
        pattern = PAGES[f"admin:{name}"].pattern
        parts = [part for part in given if part in pattern.converters or part in pattern.regex.groupindex]
        found.append(reverse(f"admin:{name}", kwargs={part: given[part] for part in parts}))
    return found


def test_the_admin_site_opens_for_operators_alone(scene: Scene) -> None:
    wrong = []
    for who in (who for who in WHO if who != "operator"):
        for address in addresses(scene)[:: 1 if who in ("anonymous", "second_person") else 5]:
            for method in ("get", "post"):
                answer, wrote = tried(lambda: getattr(scene.client(who), method)(address))  # noqa: B023
                led = answer.status_code == 302 and answer.headers["Location"].startswith(LOGIN)
                if not led or wrote:
                    wrong.append((who, method, address, answer.status_code, wrote))
    assert wrong == []


def test_an_operator_looks_without_changing_anything(scene: Scene) -> None:
    for address in addresses(scene):
        answer, wrote = tried(lambda: scene.client("operator").get(address))  # noqa: B023
        assert answer.status_code in (200, 302, 403, 404), address
        assert wrote == set(), address


def test_the_site_has_no_door_of_its_own(scene: Scene) -> None:
    """Its own login counts no attempts; the house's does."""
    given = {"username": "operator", "password": "gongduan-demo"}
    for method in ("get", "post"):
        answer = getattr(scene.client("anonymous"), method)(f"{LOGIN}?next=/admin/accounts/", given)
        assert (answer.status_code, answer.headers["Location"][:7]) == (302, "/login/")
        assert getattr(scene.client("buyer"), method)(LOGIN).status_code == 404
    assert scene.client("operator").get(LOGIN).headers["Location"] == "/admin/"


def test_an_operator_is_led_back_to_where_they_wanted_to_go(scene: Scene) -> None:
    client = Client()
    asked = client.get("/admin/accounts/shop/", follow=True)
    address, _status = asked.redirect_chain[-1]
    given = {"username": "operator", "password": "gongduan-demo"}
    assert client.post(address, given).headers["Location"] == "/admin/accounts/shop/"


def test_a_password_set_by_an_operator_ends_the_tokens_of_the_person(scene: Scene) -> None:
    bearer: Any = APIClient(headers={"Authorization": f"Bearer {issue_token(scene.people['buyer'])}"})
    assert bearer.get("/api/v1/cases/").status_code == 200
    address = reverse("admin:auth_user_password_change", args=[scene.names["user_id"]])
    said = {"password1": "good-word-77", "password2": "good-word-77", "usable_password": "true", "set-password": "1"}
    assert scene.client("operator").post(address, said).status_code == 302
    assert bearer.get("/api/v1/cases/").status_code == 401
