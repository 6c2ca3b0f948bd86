"""The cache forgives a Redis that is away, and one that accepts and never answers."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from config.cache import ForgivingRedisCache
from contract.fuse import FIRST_PAUSE, Fuse


@pytest.fixture(params=["away", "silent"])
def lost(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForgivingRedisCache]:
    path = tmp_path_factory.mktemp("s") / "s"
    listener = listening(path) if request.param == "silent" else None
    options = {"OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}}
    lost = ForgivingRedisCache(f"unix://{path}?db=1", options)
    lost.fuse = Fuse()
    yield lost
    if listener:
        listener.close()


def listening(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_lost_cache_remembers_nothing(lost: ForgivingRedisCache) -> None:
    for word in (lost.set, lost.add):
        lost.fuse.mend()
        assert word("word", "said") in (None, True)
    for ask, nothing in (
        (lambda: lost.get("word", "nothing"), "nothing"), (lambda: lost.get_many(["word"]), {}),
        (lambda: lost.has_key("word"), False), (lambda: lost.touch("word"), False),
        (lambda: lost.delete("word"), False), (lambda: lost.set_many({"word": "said"}), ["word"]),
    ):  # fmt: skip
        lost.fuse.mend()
        assert ask() == nothing
    lost.fuse.mend()
    with pytest.raises(ValueError, match="away"):
        lost.incr("word")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_lost_server_is_asked_once_in_a_while_only(lost: ForgivingRedisCache, caplog: Any) -> None:
    for _ in range(50):
        assert lost.get("word") is None
    assert len(caplog.records) == 1
    lost.fuse.until = 0.0  # the pause is over
    assert [lost.get("word") for _ in range(50)] == [None] * 50
    assert len(caplog.records) == 2
    assert lost.fuse.pause == 2 * FIRST_PAUSE


def test_a_server_that_is_back_is_asked_always(redis_client: Any) -> None:
    fuse = cache.fuse
    fuse.blow()
    cache.set("word", "said")
    assert cache.get("word") is None
    fuse.until = 0.0
    cache.set("word", "said")
    assert cache.get("word") == "said"


def test_a_present_cache_remembers(redis_client: Any) -> None:
    cache.set("word", "said")
    cache.set("count", 1)
    assert (cache.get("word"), cache.incr("count"), cache.has_key("word")) == ("said", 2, True)
    assert (cache.add("word", "again"), cache.touch("word"), cache.delete("word")) == (False, True, True)
    assert (cache.set_many({"a": 1}), cache.get_many(["a", "b"])) == ([], {"a": 1})
