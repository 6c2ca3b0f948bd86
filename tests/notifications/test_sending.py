"""Mails: at least once, always the same message, in the reader's language, and never louder than wished."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from accounts.memberships import end_membership, join_shop
from contract import signs
from contract.clock import database_now
from contract.models import ProgramSign
from notifications.models import Delivery, Preference
from notifications.quiet import quiet_end, time_to_send
from notifications.services.relay import relay_until_done
from notifications.services.sending import (
    FIRST_RETRY,
    LAST_RETRY,
    LEASE,
    MOST_ATTEMPTS,
    _lease,
    is_refused_for_good,
    pause_after,
    send_until_done,
)

NIGHT = {"quiet_from": time(22), "quiet_until": time(8)}


class Broken(BaseEmailBackend):
    """A mail server that is down."""

    asked = 0

    def open(self) -> bool:
        type(self).asked += 1
        raise ConnectionRefusedError("no route to the mail server")


class Choosy(BaseEmailBackend):
    """A mail server that knows nobody by the name of Lan."""

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if message.to == ["lan@example.org"]:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"unknown")})
        return len(messages)


BROKEN = f"{__name__}.Broken"
database = pytest.mark.django_db
pytestmark = pytest.mark.urls("tests.notifications.addresses")


@pytest.fixture
def told(order_of: Any, file: Any) -> str:
    """Lan was told of a case; the mail waits."""
    number = file(order_of()).number
    relay_until_done()
    return str(number)


@database
def test_a_mail_goes_out_once_in_chinese_with_its_case_and_no_names(told: str, lan: Any, ming: Any) -> None:
    assert send_until_done().sent == 1
    assert send_until_done().tried == 0
    (letter,) = mail.outbox
    assert letter.to == [lan.email]
    assert letter.subject == f"买家申请退款 · {told}"
    assert f"/cases/{told}/" in letter.body
    assert "¥128.00" in letter.body
    assert "北京时间" in letter.body
    assert not any(word in letter.body for word in ("ming", "lan", "Glazed", ming.email))
    assert letter.alternatives[0].mimetype == "text/html"
    assert Delivery.objects.get().status == "sent"


@database
def test_a_mail_speaks_the_readers_language_and_zone(order_of: Any, file: Any, lan: Any) -> None:
    lan.language, lan.time_zone = "en", "America/New_York"
    lan.save()
    file(order_of())
    relay_until_done()
    send_until_done()
    body = mail.outbox[0].body
    assert "A buyer filed a request for ¥128.00." in body
    assert "New York, UTC" in body
    assert "Please agree, decline or propose something else. Respond by" in body


@database
def test_a_mail_server_that_is_down_is_tried_again_under_the_same_message_id(
    told: str, travel: Any, settings: Any
) -> None:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, BROKEN
    first = Delivery.objects.get()
    assert (send_until_done().sent, send_until_done().tried) == (0, 0)
    waiting = Delivery.objects.get()
    assert (waiting.status, waiting.attempts, waiting.error) == ("waiting", 1, "ConnectionRefusedError")
    assert timedelta(seconds=50) < waiting.next_try_at - database_now() <= FIRST_RETRY
    settings.EMAIL_BACKEND = backend
    travel(minutes=2)
    assert send_until_done().sent == 1
    assert mail.outbox[0].message()["Message-ID"] == first.message_id
    assert mail.outbox[0].message()["References"] == f"<{told}@localhost>"


@database
def test_a_sender_that_dies_lets_the_same_message_go_again(told: str, travel: Any) -> None:
    (leased,) = _lease(10)
    assert send_until_done().tried == 0
    travel(LEASE + timedelta(seconds=1))
    assert send_until_done().sent == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == leased.message_id


@database
def test_a_server_that_is_down_is_asked_once_for_a_whole_batch(order_of: Any, file: Any, settings: Any) -> None:
    for _case in range(3):
        file(order_of())
    relay_until_done()
    settings.EMAIL_BACKEND, before = BROKEN, Broken.asked
    assert send_until_done().server_down
    assert Broken.asked == before + 1
    assert set(Delivery.objects.values_list("status", "attempts")) == {("waiting", 1)}


@database
def test_an_address_that_is_refused_stops_no_other(told: str, does: Any, lan: Any, ming: Any, settings: Any) -> None:
    does(lan, "seller", told, "refuse", refusal="NOT_AGREED", statement="x")
    relay_until_done()
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    assert send_until_done().sent == 1
    kept = dict(Delivery.objects.values_list("notification__recipient__username", "status"))
    assert kept == {"lan": "given_up", "ming": "sent"}


@database
def test_after_many_attempts_a_delivery_is_given_up(told: str, travel: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = BROKEN
    for _attempt in range(MOST_ATTEMPTS):
        assert send_until_done().tried == 1
        travel(LAST_RETRY)
    assert Delivery.objects.get().status == "given_up"
    assert send_until_done().tried == 0


@database
def test_who_waits_for_a_slow_mail_server_is_not_taken_for_standing_still(
    order_of: Any, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round may take a hundred times the mail server's ten seconds; who has not signed for 45 is killed."""
    monkeypatch.setattr(signs, "NOT_BEFORE", 0.0)
    signs.begin("relay@here")
    try:
        for _ in range(3):
            file(order_of())
        relay_until_done(limit=1)
        assert ProgramSign.objects.get().signs >= 1 + 3, "one a batch"
        before = ProgramSign.objects.get().signs
        assert send_until_done().sent == 3
        assert ProgramSign.objects.get().signs >= before + 3, "one a mail"
    finally:
        signs.end()


@database
def test_who_wants_no_mail_any_more_gets_none(told: str, lan: Any) -> None:
    Preference.objects.create(user=lan, email=False)
    send_until_done()
    assert (mail.outbox, Delivery.objects.get().status) == ([], "skipped")


@database
def test_a_mail_does_not_reach_whoever_left_the_shop(told: str, lan: Any, eve: Any, shop: Any) -> None:
    join_shop(eve, shop)
    end_membership(shop.pk, lan.pk, by=lan)
    send_until_done()
    assert (mail.outbox, Delivery.objects.get().status) == ([], "skipped")


@database
def test_quiet_hours_hold_a_mail_back_until_the_morning(order_of: Any, file: Any, travel: Any, lan: Any) -> None:
    Preference.objects.create(user=lan, **NIGHT)
    travel(to=datetime(2027, 3, 1, 15, 30, tzinfo=UTC))  # 23:30 in Shanghai
    file(order_of())
    relay_until_done()
    assert send_until_done().tried == 0
    travel(to=datetime(2027, 3, 2, 0, 0, 1, tzinfo=UTC))
    assert send_until_done().sent == 1


def test_pauses_double_from_a_minute_to_six_hours() -> None:
    assert [pause_after(n) for n in (1, 2, 3, 20)] == [
        timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(hours=6),
    ]  # fmt: skip


def test_only_an_address_refused_for_good_ends_it_at_once() -> None:
    assert is_refused_for_good(smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"unknown")}))
    assert not is_refused_for_good(smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"later")}))
    assert not is_refused_for_good(TimeoutError())


@pytest.mark.parametrize(
    ("hour", "ends"),
    [(21, None), (22, (2, 8)), (23, (2, 8)), (0, (1, 8)), (7, (1, 8)), (8, None)],
)
def test_quiet_hours_span_midnight(hour: int, ends: tuple[int, int] | None) -> None:
    now = datetime(2026, 3, 1, hour, tzinfo=UTC)
    expected = datetime(2026, 3, ends[0], ends[1], tzinfo=UTC) if ends else None
    assert quiet_end(now, zone="UTC", **NIGHT) == expected


def test_quiet_hours_by_day_and_none_at_all() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert quiet_end(noon, zone="UTC", quiet_from=time(11), quiet_until=time(13)) == noon + timedelta(hours=1)
    assert quiet_end(noon, zone="Asia/Shanghai", quiet_from=time(11), quiet_until=time(13)) is None
    assert quiet_end(noon, zone="UTC", quiet_from=None, quiet_until=None) is None


def test_no_quiet_hours_let_a_time_run_out_unheard_of() -> None:
    now = datetime(2026, 3, 1, 23, tzinfo=UTC)
    soon, later = now + timedelta(hours=2), now + timedelta(days=2)
    assert time_to_send(now, zone="UTC", due_at=soon, **NIGHT) == now
    assert time_to_send(now, zone="UTC", due_at=later, **NIGHT) == now + timedelta(hours=9)
