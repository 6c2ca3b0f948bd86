"""A repeated request is done once, whoever comes when."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.http import QueryDict
from django.test import RequestFactory

from accounts.models import Shop
from contract import clock
from contract.errors import Conflict, DomainError, Forbidden, Invalid, Malformed, Stale, TooMany, Unavailable
from contract.idempotency import (
    KEPT_FOR,
    BadKey,
    Call,
    Fresh,
    KeyReused,
    Replay,
    StillRunning,
    begin,
    call_of,
    digest_of,
    finish,
    forget_old_keys,
    keep_refusal,
)
from contract.models import IdempotencyKey


def call(**changed: Any) -> Call:
    same: dict[str, Any] = {"user_id": 1, "key": "k-1", "method": "POST", "path": "/api/v1/cases/"}
    return Call(**{**same, "body_digest": digest_of({"amount": "100.00"}), **changed})


def open_shop_once(which: Call, before_answer: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """An action with an effect that can be counted."""
    with transaction.atomic():
        slot = which.begin()
        if isinstance(slot, Replay):
            return {**slot.body, "replayed": True}
        shop = Shop.objects.create(platform="taobao", name="Lan's")
        before_answer()
        finish(slot, status=201, body={"shop": shop.pk}, headers={"Location": f"/shops/{shop.pk}/"})
    return {"shop": shop.pk, "replayed": False}


@pytest.mark.django_db
def test_the_first_answer_is_given_again() -> None:
    first = open_shop_once(call())
    again = open_shop_once(call())
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["shop"] == again["shop"]
    assert Shop.objects.count() == 1


@pytest.mark.django_db
def test_the_answer_is_kept_whole() -> None:
    body = {"number": "7", "amount": "100.00", "a": [1, None, True], "words": "公断"}
    with transaction.atomic():
        slot = call().begin()
        assert isinstance(slot, Fresh)
        finish(slot, status=409, body=body, headers={"Retry-After": "5"})
    with transaction.atomic():
        replay = call().begin()
    assert replay == Replay(status=409, body=body, headers={"Retry-After": "5"})
    assert isinstance(replay, Replay)
    assert list(replay.body) == list(body)


def refuse_once(which: Call, error: DomainError) -> None:
    """A refusal, told after the commit."""
    with transaction.atomic():
        slot = which.begin()
        assert isinstance(slot, Fresh)
        keep_refusal(slot, error)


@pytest.mark.django_db
@pytest.mark.parametrize("error", [Conflict("not_now", "Not %(when)s.", when="now"), Stale(version=3), Forbidden()])
def test_a_refusal_is_kept_and_raised_again_as_it_was_told(error: DomainError) -> None:
    refuse_once(call(keeps_refusals=True), error)
    with pytest.raises(type(error)) as again, transaction.atomic():
        call().begin()
    assert (again.value.code, again.value.message(), dict(again.value.data), again.value.replayed) == (
        error.code, error.message(), dict(error.data), True,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("error", [Invalid(), Malformed(), Unavailable(), TooMany(retry_after=3)])
def test_what_may_be_mended_or_tried_again_leaves_the_key_free(error: DomainError) -> None:
    refuse_once(call(keeps_refusals=True), error)
    assert open_shop_once(call())["replayed"] is False


@pytest.mark.django_db
def test_a_key_that_only_tells_clicks_apart_keeps_no_refusal() -> None:
    refuse_once(call(), Conflict())
    assert open_shop_once(call())["replayed"] is False


@pytest.mark.django_db(transaction=True)
def test_a_key_is_held_for_what_comes_before_the_transaction() -> None:
    def other() -> str:
        try:
            return str(open_shop_once(call()))
        except StillRunning as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with call().reserved() as replay:
            assert replay is None
            assert pool.submit(other).result(10) == "idempotency_key_in_use"
            assert open_shop_once(call())["replayed"] is False
        assert "True" in pool.submit(other).result(10)
    with call().reserved() as replay:
        assert isinstance(replay, Replay)


@pytest.mark.django_db
def test_another_body_under_the_same_key_is_refused() -> None:
    open_shop_once(call())
    with pytest.raises(KeyReused) as refused:
        open_shop_once(call(body_digest=digest_of({"amount": "1.00"})))
    assert refused.value.status == 422
    assert Shop.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed", [{"user_id": 2}, {"key": "k-2"}, {"method": "PATCH"}, {"path": "/api/v1/orders/import/"}]
)
def test_a_key_belongs_to_one_user_and_one_route(changed: dict[str, Any]) -> None:
    open_shop_once(call())
    assert open_shop_once(call(**changed))["replayed"] is False


@pytest.mark.django_db
def test_an_action_that_failed_leaves_its_key_free() -> None:
    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        open_shop_once(call(), before_answer=fail)
    assert open_shop_once(call())["replayed"] is False
    assert Shop.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "鍵", "x" * 256, "a\n"])
def test_a_key_is_visible_ascii(key: str) -> None:
    with pytest.raises(BadKey), transaction.atomic():
        call(key=key).begin()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        begin(1, "k", "POST", "/", digest_of(None))


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_while_the_first_runs_is_refused_at_once() -> None:
    begun, may_end = Event(), Event()

    def first() -> dict[str, Any]:
        try:
            return open_shop_once(call(), before_answer=lambda: begun.set() or may_end.wait(10))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        assert begun.wait(10)
        with pytest.raises(StillRunning) as refused:
            open_shop_once(call())
        assert open_shop_once(call(key="k-2"))["replayed"] is False
        may_end.set()
        done = running.result(10)
    assert refused.value.status == 409
    assert open_shop_once(call()) == {**done, "replayed": True}
    assert Shop.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_acts_and_the_others_are_refused_or_told_its_answer() -> None:
    rounds, runners = 40, 4

    def run(barrier: Barrier, key: str) -> str:
        try:
            barrier.wait(10)
            return "replayed" if open_shop_once(call(key=key))["replayed"] else "acted"
        except StillRunning:
            return "refused"
        finally:
            connection.close()

    for number in range(rounds):
        barrier = Barrier(runners)
        with ThreadPoolExecutor(runners) as pool:
            ends = [future.result(10) for future in [pool.submit(run, barrier, f"r-{number}") for _ in range(runners)]]
        assert ends.count("acted") == 1, ends
    assert Shop.objects.count() == rounds == IdempotencyKey.objects.count()


@pytest.mark.django_db
def test_an_answer_is_kept_for_more_than_a_day_and_not_for_ever() -> None:
    clock.travel(timedelta(days=-1, hours=-1))
    open_shop_once(call())
    now = clock.reset()
    assert forget_old_keys(now) == 0
    assert forget_old_keys(now + KEPT_FOR) == 1


def test_the_digest_tells_bodies_queries_and_files_apart() -> None:
    def file(content: bytes, name: str = "a.jpg") -> dict[str, Any]:
        return {"file": SimpleUploadedFile(name, content)}

    digests = [
        digest_of(None),
        digest_of({}),
        digest_of({"a": 1}),
        digest_of({"a": "1"}),
        digest_of({"a": 1}, query="when_allowed=1"),
        digest_of({"a": 1}, files=file(b"one")),
        digest_of({"a": 1}, files=file(b"two")),
        digest_of({"a": 1}, files=file(b"one", "b.jpg")),
    ]
    assert len(set(digests)) == len(digests)
    assert {len(digest) for digest in digests} == {64}
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of(QueryDict("a=1&a=2&b=3")) == digest_of(QueryDict("b=3&a=1&a=2"))


def test_the_digest_leaves_a_file_as_it_was() -> None:
    file = SimpleUploadedFile("a.jpg", b"content")
    digest_of(None, files={"file": file})
    assert file.read() == b"content"


@pytest.mark.django_db
def test_a_request_that_names_a_key_becomes_a_call(ming: Any) -> None:
    request = RequestFactory().post("/api/v1/cases/?dry_run=1", headers={"Idempotency-Key": "k-1"})
    request.user = ming
    found = call_of(request, {"a": 1})
    assert found == Call(
        user_id=ming.pk,
        key="k-1",
        method="POST",
        path="/api/v1/cases/",
        body_digest=digest_of({"a": 1}, query="dry_run=1"),
        keeps_refusals=True,
    )


@pytest.mark.django_db
def test_a_request_without_a_key_is_no_call(ming: Any) -> None:
    request = RequestFactory().post("/api/v1/cases/")
    request.user = ming
    assert call_of(request) is None
