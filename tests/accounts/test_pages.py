"""The pages about oneself: language, time zone, password, role."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

from accounts.memberships import join_shop
from accounts.models import Membership, Shop, StaffRole
from accounts.services import appoint, issue_token

PASSWORD = "gongduan-demo"
PERSON_MIDDLEWARE = "accounts.middleware.PersonMiddleware"

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]


@pytest.fixture
def shop(lan: Any) -> Shop:
    """Lan's."""
    shop = Shop.objects.create(platform="taobao", name="Lan's")
    join_shop(lan, shop)
    return shop


def seen(client: Client, path: str = "/seen/", **headers: str) -> dict[str, Any]:
    return client.get(path, headers=headers or None).json()


def test_the_settings_of_the_house_use_the_middleware() -> None:
    order = settings.MIDDLEWARE
    assert order.index(PERSON_MIDDLEWARE) > order.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    assert "django.middleware.locale.LocaleMiddleware" not in order


# Language and time zone


@pytest.mark.parametrize(
    ("accepted", "language"), [("en", "en"), ("zh-CN,zh;q=0.9", "zh-hans"), ("fr", "zh-hans"), ("", "zh-hans")]
)
def test_a_stranger_is_spoken_to_in_the_browsers_language(client: Client, accepted: str, language: str) -> None:
    assert seen(client, **{"Accept-Language": accepted})["language"] == language


def test_a_person_is_spoken_to_in_their_own_language(client: Client, person: Any) -> None:
    client.force_login(person("ming", language="en"))
    assert seen(client, **{"Accept-Language": "zh-CN"})["language"] == "en"


def test_an_address_may_name_the_language(client: Client, ming: Any) -> None:
    client.force_login(ming)
    assert seen(client, "/seen/?lang=en")["language"] == "en"
    assert seen(client, "/seen/?lang=xx")["language"] == "zh-hans"


def test_the_api_speaks_as_its_header_asks(client: Client, ming: Any) -> None:
    client.force_login(ming)
    assert seen(client, "/api/seen/", **{"Accept-Language": "en"})["language"] == "en"
    assert seen(client, "/api/seen/")["language"] == "zh-hans"


def test_an_answer_says_its_language_and_what_it_depends_on(client: Client) -> None:
    response = client.get("/seen/", headers={"Accept-Language": "en"})
    assert response.headers["Content-Language"] == "en"
    assert "Accept-Language" in response.headers["Vary"]


def test_times_are_shown_in_the_persons_zone(client: Client, person: Any) -> None:
    assert seen(client)["zone"] == "Asia/Shanghai"
    client.force_login(person("ming", time_zone="Europe/Berlin"))
    assert seen(client)["zone"] == "Europe/Berlin"


def test_a_stranger_chooses_a_language_for_the_browser(client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/seen/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/seen/")
    assert seen(client, **{"Accept-Language": "zh-CN"})["language"] == "en"


def test_a_person_chooses_a_language_for_good(client: Client, ming: Any) -> None:
    client.force_login(ming)
    client.post("/language/", {"language": "en"})
    ming.refresh_from_db()
    assert ming.language == "en"
    assert seen(client)["language"] == "en"


@pytest.mark.parametrize("language", ["", "fr", "zh-hans\r\nSet-Cookie: a=b"])
def test_a_language_the_house_does_not_speak_is_refused(client: Client, ming: Any, language: str) -> None:
    client.force_login(ming)
    assert client.post("/language/", {"language": language}).status_code == 400
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nobody_is_sent_outside_the_house(client: Client, target: str) -> None:
    response = client.post("/language/", {"language": "en", "next": target})
    assert response.headers["Location"] == "/"


def test_settings_are_shown_and_saved(client: Client, ming: Any) -> None:
    client.force_login(ming)
    assert "语言" in client.get("/settings/").content.decode()
    response = client.post("/settings/", {"language": "en", "time_zone": "Europe/Berlin"}, follow=True)
    assert "Your settings are saved." in response.content.decode()
    ming.refresh_from_db()
    assert (ming.language, ming.time_zone) == ("en", "Europe/Berlin")


@pytest.mark.parametrize("wrong", [{"language": "fr"}, {"time_zone": "Mars/Olympus"}, {"time_zone": ""}])
def test_settings_that_make_no_sense_are_refused_and_nothing_is_saved(
    client: Client, ming: Any, wrong: dict[str, str]
) -> None:
    client.force_login(ming)
    response = client.post("/settings/", {"language": "en", "time_zone": "Europe/Berlin", **wrong})
    assert response.status_code == 422
    ming.refresh_from_db()
    assert (ming.language, ming.time_zone) == ("zh-hans", "Asia/Shanghai")


def test_saving_settings_saves_nothing_else(client: Client, ming: Any) -> None:
    client.force_login(ming)
    client.post("/settings/", {"language": "en", "time_zone": "UTC", "is_superuser": "on", "display_name": "Root"})
    ming.refresh_from_db()
    assert (ming.is_superuser, ming.display_name) == (False, "")


# Password

NEW = "another-good-word-7"


def change_password(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> Any:
    return client.post("/settings/password/", {"old_password": old, "new_password1": new, "new_password2": again})


def test_changing_the_password_ends_every_other_session_and_token(client: Client, ming: Any) -> None:
    here, elsewhere = client, Client()
    here.force_login(ming)
    elsewhere.force_login(ming)
    bearer = APIClient(headers={"Authorization": f"Bearer {issue_token(ming)}"})
    assert change_password(here).status_code == 302
    assert here.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302
    assert bearer.get("/api/whoami/").status_code == 401
    ming.refresh_from_db()
    assert ming.check_password(NEW)


@pytest.mark.parametrize("wrong", [{"old": "wrong"}, {"again": "different-word-7"}, {"new": "123", "again": "123"}])
def test_a_password_is_not_changed_without_the_old_one_and_a_good_new_one(
    client: Client, ming: Any, wrong: dict[str, str]
) -> None:
    client.force_login(ming)
    assert change_password(client, **wrong).status_code == 422
    ming.refresh_from_db()
    assert ming.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/settings/", "/settings/password/"])
def test_a_stranger_is_sent_to_log_in(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/login/?next={path}"


# Roles


def test_a_stranger_acts_as_nobody(client: Client) -> None:
    assert seen(client)["acting_as"] is None


def test_everybody_may_buy(client: Client, eve: Any) -> None:
    client.force_login(eve)
    assert (seen(client)["acting_as"], seen(client)["roles"]) == ("buyer", ["buyer"])


def test_a_seller_comes_as_seller_and_may_buy(client: Client, lan: Any, shop: Shop) -> None:
    client.force_login(lan)
    assert (seen(client)["acting_as"], seen(client)["roles"]) == ("seller", ["seller", "buyer"])


@pytest.mark.parametrize(
    ("kind", "role"), [("arbitrator", "arbitrator"), ("lead", "arbitrator"), ("administrator", "administrator")]
)
def test_staff_come_as_staff(client: Client, eve: Any, kind: str, role: str) -> None:
    appoint(eve, kind, "taobao")
    client.force_login(eve)
    assert seen(client)["acting_as"] == role


def test_a_person_switches_among_their_roles(client: Client, lan: Any, shop: Shop) -> None:
    client.force_login(lan)
    response = client.post("/role/", {"role": "buyer", "next": "/seen/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/seen/")
    assert seen(client)["acting_as"] == "buyer"


@pytest.mark.parametrize("role", ["arbitrator", "administrator", "seller", "", "lead"])
def test_nobody_takes_a_role_they_do_not_have(client: Client, ming: Any, role: str) -> None:
    client.force_login(ming)
    assert client.post("/role/", {"role": role}).status_code == 403
    assert seen(client)["acting_as"] == "buyer"


def test_a_role_that_was_taken_away_is_gone_at_once(client: Client, lan: Any, shop: Shop) -> None:
    client.force_login(lan)
    client.post("/role/", {"role": "seller"})
    Membership.objects.all().delete()
    assert seen(client)["acting_as"] == "buyer"


def test_a_stranger_switches_no_role(client: Client) -> None:
    assert client.post("/role/", {"role": "buyer"}).headers["Location"].startswith("/login/")


@pytest.mark.parametrize("path", ["/role/", "/language/", "/logout/"])
def test_looking_changes_nothing(client: Client, ming: Any, path: str) -> None:
    client.force_login(ming)
    assert client.get(path).status_code == 405


@pytest.mark.parametrize("path", ["/role/", "/language/", "/logout/", "/login/", "/settings/"])
def test_another_site_cannot_send_these(ming: Any, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ming)
    assert client.post(path, {"role": "buyer", "language": "en"}).status_code == 403


def test_roles_cost_one_query(client: Client, zhou: Any, django_assert_num_queries: Any) -> None:
    client.force_login(zhou)
    with django_assert_num_queries(3):  # the session, the person, the roles
        assert seen(client)["roles"] == ["arbitrator", "buyer"]
    assert StaffRole.objects.filter(user=zhou).count() == 2


def test_few_zones_are_offered_first_with_their_offset_and_city(client: Client, person: Any) -> None:
    client.force_login(person("ming", language="en", time_zone="Asia/Kathmandu"))
    page = client.get("/settings/").content.decode()
    assert page.count("<option") < 40
    assert '<option value="Asia/Shanghai">UTC+8 · Beijing</option>' in page
    assert '<option value="Asia/Kathmandu" selected>UTC+5:45 · Kathmandu</option>' in page, "one's own is always there"
    assert 'href="?zones=all"' in page
    everything = client.get("/settings/?zones=all").content.decode()
    assert everything.count("<optgroup") == 10
    assert '<option value="America/Argentina/Salta">UTC−3 · Salta</option>' in everything


def test_settings_lead_to_how_one_is_told(client: Client, person: Any) -> None:
    client.force_login(person("ming"))
    page = client.get("/settings/").content.decode()
    assert 'href="/notifications/settings/"' in page
