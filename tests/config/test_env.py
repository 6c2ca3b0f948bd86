"""What the environment may say, and what is made of it."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from run.places import Places

PLACES = Places(data=Path("/srv/gongduan"))


def test_a_database_address_is_taken_apart() -> None:
    made = env.database("postgresql://app:s%40y@db.example.org:5433/desk?sslmode=require")
    expected = {"NAME": "desk", "USER": "app", "PASSWORD": "s@y", "HOST": "db.example.org", "PORT": "5433"}
    assert {key: made[key] for key in expected} == expected
    assert made["OPTIONS"] == {"sslmode": "require"}
    assert made["ATOMIC_REQUESTS"] is False


def test_the_embedded_database_is_reached_over_its_socket() -> None:
    made = env.database(PLACES.database_url())
    assert (made["HOST"], made["USER"], made["NAME"]) == ("/srv/gongduan/sockets", "gongduan_app", "gongduan")


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        env.database("mysql://localhost/desk")


@pytest.mark.parametrize(
    ("given", "broker", "cache"),
    [
        ("redis://r:6379", "redis://r:6379/0", "redis://r:6379/1"),
        ("rediss://:pw@r:6379/7", "rediss://:pw@r:6379/0", "rediss://:pw@r:6379/1"),
        ("unix:///s/v.sock", "redis+socket:///s/v.sock?virtual_host=0", "unix:///s/v.sock?db=1"),
    ],
)
def test_the_broker_and_the_cache_have_databases_of_their_own(given: str, broker: str, cache: str) -> None:
    assert (env.broker_url(given), env.cache_url(given)) == (broker, cache)


def test_another_kind_of_broker_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        env.broker_url("amqp://localhost")


@pytest.mark.parametrize(
    ("role", "given", "expected"),
    [
        ("", {"DATABASE_URL": "postgresql://app@/a"}, "postgresql://app@/a"),
        ("owner", {"DATABASE_URL": "postgresql://app@/a", "DATABASE_OWNER_URL": "postgresql://own@/a"}, "postgresql://own@/a"),
        ("owner", {"DATABASE_URL": "postgresql://app@/a"}, "postgresql://app@/a"),
        ("", {}, PLACES.database_url("gongduan_app")),
        ("owner", {}, PLACES.database_url("gongduan_owner")),
    ],
)  # fmt: skip
def test_migrations_connect_as_the_owner_and_everybody_else_as_the_application(
    role: str, given: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GONGDUAN_DATABASE_ROLE", role)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert env.database_url(PLACES) == expected


@pytest.mark.parametrize(("word", "meant"), [("yes", True), ("0", False), ("TRUE", True), ("", False)])
def test_a_switch_knows_its_words(word: str, meant: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SWITCH", word)
    assert env.switched_on("A_SWITCH", default=not meant) is meant


def test_a_switch_refuses_what_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SWITCH", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="perhaps"):
        env.switched_on("A_SWITCH", default=True)


def test_what_is_required_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEEDED", raising=False)
    with pytest.raises(ImproperlyConfigured, match="NEEDED"):
        env.required("NEEDED")
