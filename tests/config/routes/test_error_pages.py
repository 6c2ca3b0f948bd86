"""What somebody reads when something goes wrong: a page of the house, in their language, with a way on."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.routes.breaking")]

PAGES = {
    ("/breaks/", 500): ("Something broke on our side", "系统出错了"),
    ("/forbids/", 403): ("This is not open to you", "您不能打开此页"),
    ("/nowhere/", 404): ("This page does not exist", "没有这个页面"),
    ("/cases/TB-AAAA-BBBB-CCCC-DDDD/", 404): ("This page does not exist", "没有这个页面"),
    ("/notifications/?after=%00", 400): ("This request could not be read", "无法读取这次请求"),
}


@pytest.fixture
def reader(ming: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(ming)
    return client


@pytest.mark.parametrize(("language", "place", "mark"), [("en", 0, 'lang="en"'), ("zh-hans", 1, 'lang="zh-Hans"')])
@pytest.mark.parametrize(("address", "status"), PAGES)
def test_what_goes_wrong_is_told_by_a_page_of_the_house(
    reader: Client, address: str, status: int, language: str, place: int, mark: str
) -> None:
    assert configured.DEBUG is False
    answer = reader.get(f"{address}{'&' if '?' in address else '?'}lang={language}")
    page = answer.content.decode()
    assert answer.status_code == status
    assert mark in page
    assert PAGES[address, status][place] in page
    assert "gongduan.css" in page
    assert 'href="/"' in page
    assert "secret-of-the-trace" not in page
    assert "Traceback" not in page


def test_a_stranger_reads_them_in_the_browsers_language() -> None:
    for address, status in (("/nowhere/", 404), ("/breaks/", 500), ("/forbids/", 403)):
        client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
        answer = client.get(address)
        assert answer.status_code == status
        assert PAGES[address, status][0] in answer.content.decode()


def test_in_development_too_an_unknown_address_is_answered_by_the_house(settings: Any, reader: Client) -> None:
    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "config.not_found.OwnNotFoundPage"]
    for address in ("/nowhere/", "/cases/TB-AAAA-BBBB-CCCC-DDDD/"):
        page = reader.get(f"{address}?lang=en")
        assert page.status_code == 404
        assert "This page does not exist" in page.content.decode()
        assert "URLconf" not in page.content.decode()
    told = reader.get("/api/v1/nowhere/")
    assert told.headers["Content-Type"].startswith("application/problem+json")


# Where one is sent on

OUTSIDE = [
    "https://elsewhere.example/", "//elsewhere.example/", "///elsewhere.example/", "/\\elsewhere.example/",
    "http:elsewhere.example", "javascript:alert(1)", "https://testserver@elsewhere.example/", "\thttps://elsewhere.example",
]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
def test_no_way_on_leads_out_of_the_house(reader: Client, ming: Any, target: str) -> None:
    said = {"username": "ming", "password": "gongduan-demo", "next": target, "language": "en", "role": "buyer"}
    answers = [
        Client().post(f"/login/?next={quote(target)}", said),
        reader.get(f"/login/?next={quote(target)}"),
        reader.post("/language/", said),
        reader.post("/language/", {"language": "en"}, headers={"Referer": target.strip()}),
        reader.post("/role/", said),
        reader.post("/logout/", said),
    ]
    for answer in answers:
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_way_on_within_the_house_is_kept(reader: Client, ming: Any) -> None:
    said = {"username": "ming", "password": "gongduan-demo", "next": "/orders/?q=1"}
    assert Client().post("/login/", said).headers["Location"] == "/orders/?q=1"
    assert reader.post("/role/", {"role": "buyer", "next": "/orders/"}).headers["Location"] == "/orders/"


def test_a_files_address_asks_for_login_and_link(client: Client, ming: Any) -> None:
    answer = client.get("/evidence/forged:token")
    assert answer.headers["Location"].startswith("/login/?next=")
    client.force_login(ming)
    assert client.get("/evidence/forged:token").status_code == 404
    assert client.get("/media/anything.jpg").status_code == 404
