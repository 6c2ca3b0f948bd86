"""Logging in: who may, how often, and what the refused are told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import ApiToken, LoginCounter
from accounts.services import digest_of_token, issue_token, revoke_tokens, suspend_person
from accounts.throttling import (
    PER_ACCOUNT,
    PER_ADDRESS,
    TooManyLogins,
    client_address,
    count_login,
    forget_old_windows,
)

PASSWORD = "gongduan-demo"
LOGIN = "/login/"
TOKEN = "/api/v1/auth/token/"

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.addresses")]

Send = Callable[..., Any]


def by_page(username: str = "ming", password: str = PASSWORD, **headers: str) -> Any:
    return Client().post(LOGIN, {"username": username, "password": password}, headers=headers or None)


def by_api(username: str = "ming", password: str = PASSWORD, **headers: str) -> Any:
    return APIClient().post(TOKEN, {"username": username, "password": password}, format="json", headers=headers or None)


both_doors = pytest.mark.parametrize("send", [by_page, by_api])


def test_a_person_logs_in_and_out(client: Client, ming: Any) -> None:
    response = client.post(f"{LOGIN}?next=/settings/", {"username": "ming", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/settings/")
    assert client.get("/settings/").status_code == 200
    client.post(reverse("accounts:logout"))
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize("spelling", ["ming", "Ming", "MING"])
def test_a_user_name_is_found_in_any_case(ming: Any, spelling: str) -> None:
    assert by_page(spelling).status_code == 302


def test_nobody_is_sent_outside_the_house_after_logging_in(client: Client, ming: Any) -> None:
    response = client.post(f"{LOGIN}?next=https://elsewhere.example/", {"username": "ming", "password": PASSWORD})
    assert response.headers["Location"] == "/"


@both_doors
@pytest.mark.parametrize(("username", "password"), [("ming", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(ming: Any, send: Send, username: str, password: str) -> None:
    response = send(username, password, **{"Accept-Language": "en"})
    assert response.status_code == 400
    assert b"This user name and password do not match." in response.content


@both_doors
def test_a_suspended_person_is_refused_and_told_why(ming: Any, send: Send) -> None:
    assert send().status_code in {200, 302}
    suspend_person(ming.pk)
    response = send(**{"Accept-Language": "en"})
    assert response.status_code == 403
    assert b"This account is suspended." in response.content


def test_that_an_account_is_suspended_is_told_only_to_who_knows_its_password(ming: Any) -> None:
    suspend_person(ming.pk)
    assert b"suspended" not in by_page(password="wrong", **{"Accept-Language": "en"}).content


def test_suspending_ends_a_running_session_and_every_token(client: Client, ming: Any) -> None:
    client.force_login(ming)
    bearer = APIClient(headers={"Authorization": f"Bearer {issue_token(ming)}"})
    assert (client.get("/settings/").status_code, bearer.get("/api/whoami/").status_code) == (200, 200)
    suspend_person(ming.pk)
    assert (client.get("/settings/").status_code, bearer.get("/api/whoami/").status_code) == (302, 401)


def test_an_account_without_a_password_lets_nobody_in(person: Any) -> None:
    stand_in = person("stand-in")
    stand_in.set_unusable_password()
    stand_in.save()
    assert by_page("stand-in", "").status_code == 422
    assert by_page("stand-in", stand_in.password).status_code == 400


# How often


@both_doors
def test_too_many_attempts_on_an_account_are_refused_even_with_the_right_password(ming: Any, send: Send) -> None:
    for _attempt in range(PER_ACCOUNT):
        assert send(password="wrong").status_code == 400
    response = send()
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 15 * 60


def test_the_spelling_of_a_name_does_not_open_another_account_of_attempts(ming: Any) -> None:
    for _attempt in range(PER_ACCOUNT):
        by_page("Ming", "wrong")
    assert by_page("mING ").status_code == 429


def test_other_accounts_go_on(ming: Any, lan: Any) -> None:
    for _attempt in range(PER_ACCOUNT + 1):
        by_page(password="wrong")
    assert by_page("lan").status_code == 302


def test_a_success_lets_the_account_start_anew(ming: Any) -> None:
    for _round in range(2):
        for _attempt in range(PER_ACCOUNT - 1):
            by_page(password="wrong")
        assert by_page().status_code == 302


def test_an_address_that_tries_many_accounts_is_refused() -> None:
    for number in range(PER_ADDRESS):
        count_login(f"name-{number}", "203.0.113.7")
    with pytest.raises(TooManyLogins):
        count_login("one-more", "203.0.113.7")
    count_login("one-more", "203.0.113.8")


def test_after_the_window_one_may_try_again(ming: Any, travel: Any) -> None:
    for _attempt in range(PER_ACCOUNT + 1):
        by_page(password="wrong")
    travel(minutes=14)
    assert by_page().status_code == 429
    travel(minutes=2)
    assert by_page().status_code == 302


@pytest.mark.django_db(transaction=True)
def test_many_attempts_at_once_do_not_slip_through_together() -> None:
    def attempt(_number: int) -> bool:
        try:
            count_login("ming", "203.0.113.7")
        except TooManyLogins:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        admitted = sum(pool.map(attempt, range(PER_ACCOUNT * 3)))
    assert admitted == PER_ACCOUNT


def test_neither_names_nor_addresses_are_stored_readably() -> None:
    count_login("ming", "203.0.113.7")
    stored = set(LoginCounter.objects.values_list("subject_digest", flat=True))
    assert len(stored) == 2
    assert not any("ming" in subject or "203" in subject[:3] for subject in stored)


def test_old_counts_are_forgotten(travel: Any) -> None:
    count_login("ming", "203.0.113.7")
    assert forget_old_windows() == 0
    travel(minutes=16)
    assert forget_old_windows() == 2


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "made-up, 198.51.100.1", "198.51.100.1"),
        (2, "made-up, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_an_address_is_believed_only_from_our_own_proxies(
    settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.GONGDUAN_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert client_address(request) == address


# Tokens


def test_a_token_opens_the_api_and_only_its_digest_is_kept(ming: Any) -> None:
    token = by_api().json()["token"]
    kept = ApiToken.objects.get()
    assert kept.digest == digest_of_token(token)
    assert token not in str(vars(kept))
    response = APIClient(headers={"Authorization": f"Bearer {token}"}).get("/api/whoami/")
    assert (response.status_code, response.json()) == (200, "ming")


def test_an_answer_with_a_token_is_not_to_be_stored(ming: Any) -> None:
    assert by_api().headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["Bearer made-up", "Bearer ", "Bearer", "Bearer 钥"])
def test_an_unknown_token_is_refused(header: str) -> None:
    response = APIClient(HTTP_AUTHORIZATION=header).get("/api/whoami/")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "invalid_token"


def test_a_revoked_token_is_refused(ming: Any) -> None:
    bearer = APIClient(headers={"Authorization": f"Bearer {issue_token(ming)}"})
    assert bearer.get("/api/whoami/").status_code == 200
    assert revoke_tokens(ming.pk) == 1
    assert bearer.get("/api/whoami/").status_code == 401
    assert revoke_tokens(ming.pk) == 0


def test_the_use_of_a_token_is_noted_once_a_minute(ming: Any, travel: Any) -> None:
    bearer = APIClient(headers={"Authorization": f"Bearer {issue_token(ming)}"})
    noted = []
    for minutes in (0, 0, 2):
        travel(minutes=minutes)
        bearer.get("/api/whoami/")
        noted.append(ApiToken.objects.get().last_used_at)
    assert noted[0] == noted[1] < noted[2]


def test_a_request_without_anything_is_told_to_log_in() -> None:
    response = APIClient().get("/api/whoami/")
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, [("/username", "required"), ("/password", "required")]),
        ({"username": "ming"}, [("/password", "required")]),
        ({"username": "ming", "password": ""}, [("/password", "required")]),
        ({"username": ["ming"], "password": 1}, [("/username", "not_a_text"), ("/password", "not_a_text")]),
        ({"username": "ming", "password": "x", "otp": 1}, [("/otp", "unknown_field")]),
    ],
)
def test_credentials_that_are_missing_or_of_no_use_are_named(sent: Any, named: list[tuple[str, str]]) -> None:
    response = APIClient().post(TOKEN, sent, format="json")
    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == named


def test_credentials_that_are_no_map_are_malformed() -> None:
    response = APIClient().post(TOKEN, [], format="json")
    assert (response.status_code, response.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_a_token_is_only_ever_posted_for(method: str) -> None:
    assert getattr(APIClient(), method)(TOKEN).status_code == 405
