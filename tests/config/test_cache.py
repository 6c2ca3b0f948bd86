"""The cache forgives a Redis that is away, and one that accepts and never answers."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from config.cache import ForgivingRedisCache


@pytest.fixture(params=["away", "silent"])
def lost(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForgivingRedisCache]:
    path = tmp_path_factory.mktemp("s") / "s"
    listener = listening(path) if request.param == "silent" else None
    options = {"OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}}
    yield ForgivingRedisCache(f"unix://{path}?db=1", options)
    if listener:
        listener.close()


def listening(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_lost_cache_remembers_nothing_and_says_so_soon(lost: ForgivingRedisCache) -> None:
    began = time.monotonic()
    lost.set("word", "said")
    assert lost.get("word", "nothing") == "nothing"
    assert lost.get_many(["word"]) == {}
    assert lost.add("word", "said") is True
    assert lost.has_key("word") is False
    assert lost.touch("word") is False
    assert lost.delete("word") is False
    assert lost.set_many({"word": "said"}) == ["word"]
    with pytest.raises(ValueError, match="away"):
        lost.incr("word")
    assert time.monotonic() - began < 20


def test_a_present_cache_remembers(redis_client: Any) -> None:
    cache.set("word", "said")
    cache.set("count", 1)
    assert (cache.get("word"), cache.incr("count"), cache.has_key("word")) == ("said", 2, True)
    assert (cache.add("word", "again"), cache.touch("word"), cache.delete("word")) == (False, True, True)
    assert (cache.set_many({"a": 1}), cache.get_many(["a", "b"])) == ([], {"a": 1})
