"""The inbox: what is unread first, everybody's own, in the language of whoever reads."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from contract.errors import NotFound
from contract.paging import decode_cursor
from notifications.models import Notification, Preference
from notifications.render import render
from notifications.selectors import INBOX, inbox, unread_count
from notifications.services.inbox import mark_all_read, mark_read
from notifications.services.relay import relay_until_done

NUMBERS = ("TB-1-1-1-1", "TM-1-1-1-1", "XY-1-1-1-1", "AE-1-1-1-1")
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.notifications.addresses")]


@pytest.fixture
def three(order_of: Any, file: Any) -> list[int]:
    """Lan was told of three cases; the newest first."""
    for _case in range(3):
        file(order_of())
    relay_until_done()
    return list(Notification.objects.order_by("-pk").values_list("pk", flat=True))


def test_unread_counts_fall_by_reading(three: list[int], lan: Any, eve: Any) -> None:
    assert (unread_count(lan.pk), unread_count(eve.pk)) == (3, 0)
    mark_read(lan.pk, three[0])
    mark_read(lan.pk, three[0])
    assert unread_count(lan.pk) == 2
    assert mark_all_read(lan.pk) == 2
    assert unread_count(lan.pk) == 0


def test_xianyu_and_aliexpress_call_the_second_review_by_their_own_name() -> None:
    with translation.override("zh-hans"):
        told = {number[:2]: render("second_review_asked", role="buyer", number=number, facts={}) for number in NUMBERS}
    assert [told[prefix].title for prefix in ("TB", "TM", "XY", "AE")] == ["对方申请复审"] * 2 + ["对方申诉"] * 2
    assert "复审" not in told["XY"].sentence


def test_nobody_reads_anothers(three: list[int], lan: Any, eve: Any, client: Client) -> None:
    with pytest.raises(NotFound):
        mark_read(eve.pk, three[0])
    client.force_login(eve)
    assert client.get(f"/notifications/{three[0]}/").status_code == 404
    assert unread_count(lan.pk) == 3
    client.force_login(lan)
    assert client.get(f"/notifications/{three[0]}/").status_code == 302
    assert unread_count(lan.pk) == 2


def test_pages_go_from_what_is_unread_to_what_was_read(three: list[int], lan: Any) -> None:
    mark_read(lan.pk, three[0])
    seen, after = [], None
    while True:
        page = inbox(lan.pk, after, 1)
        seen += [(item.id, item.unread) for item in page.data]
        if page.next is None:
            break
        after = decode_cursor(page.next, of=INBOX)
    assert seen == [(three[1], True), (three[2], True), (three[0], False)]


def test_the_page_shows_words_and_links_in_the_readers_language(three: list[int], lan: Any, client: Client) -> None:
    client.force_login(lan)
    page = client.get("/notifications/").content.decode()
    assert "买家申请退款" in page
    assert f'href="/notifications/{three[0]}/"' in page
    assert "A buyer filed a request for ¥128.00." in client.get("/notifications/?lang=en").content.decode()


def test_an_empty_inbox_says_so(eve: Any, client: Client) -> None:
    client.force_login(eve)
    assert "Nothing to read" in client.get("/notifications/?lang=en").content.decode()


def test_marking_all_leaves_what_came_since_unread(three: list[int], lan: Any, client: Client) -> None:
    client.force_login(lan)
    assert client.post("/notifications/read/", {"newest": three[1]}).status_code == 302
    assert unread_count(lan.pk) == 1
    assert client.post("/notifications/read/", {"newest": "x"}).status_code == 400
    assert client.get("/notifications/read/").status_code == 405


def test_strangers_are_asked_to_log_in(client: Client) -> None:
    assert client.get("/notifications/").status_code == 302
    assert client.post("/notifications/read/").status_code == 302


def test_channels_and_quiet_hours_are_kept(lan: Any, client: Client) -> None:
    client.force_login(lan)
    assert client.get("/notifications/settings/").status_code == 200
    kept = client.post("/notifications/settings/", {"quiet_from": "22:00", "quiet_until": "08:00"})
    assert kept.status_code == 302
    chosen = Preference.objects.get(user=lan)
    assert (chosen.email, str(chosen.quiet_from), str(chosen.quiet_until)) == (False, "22:00:00", "08:00:00")
    half = client.post("/notifications/settings/", {"email": "on", "quiet_from": "22:00"})
    assert half.status_code == 422
    assert Preference.objects.get(user=lan).email is False


def test_the_bell_counts_only_for_who_is_logged_in(three: list[int], lan: Any, rf: Any) -> None:
    from django.contrib.auth.models import AnonymousUser

    from notifications.context_processors import bell

    request = rf.get("/")
    request.user = AnonymousUser()
    assert bell(request) == {}
    request.user = lan
    shown = bell(request)
    assert (shown["inbox_url"], int(shown["unread_count"] + 0)) == ("/notifications/", 3)
