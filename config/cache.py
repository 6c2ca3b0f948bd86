"""A cache that may be missing: pages answer without Redis, and no slower."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds for which a server that failed is not asked again; doubled with every failure in a row."""


class Fuse:
    """Blown by a failure, for a while that grows: one request now and then finds out whether the server is back.

    Every request asks the cache several times, and a server that accepts and never answers costs a timeout each time.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.until = 0.0
        self.pause = 0.0

    def blown(self) -> bool:
        """Whether the server shall not be asked now. Whoever is told it shall asks for all the others, too."""
        if not self.pause:
            return False
        with self.lock:
            now = time.monotonic()
            if now < self.until:
                return True
            self.until = now + self.pause
            return False

    def blow(self) -> None:
        with self.lock:
            self.pause = min(max(2 * self.pause, FIRST_PAUSE), LONGEST_PAUSE)
            self.until = time.monotonic() + self.pause

    def mend(self) -> None:
        self.pause = 0.0


_fuses: dict[str, Fuse] = {}
"""One for each server: Django makes a cache object for every thread."""


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, in which a server that is away or silent is a cache that remembers nothing."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.fuse = _fuses.setdefault(str(server), Fuse())

    def ask(self, call: Callable[[], Answer], otherwise: Answer) -> Answer:
        """The server's answer; that of an empty cache, with a word in the log, where there is none."""
        if self.fuse.blown():
            return otherwise
        try:
            answer = call()
        except redis.RedisError as error:
            self.fuse.blow()
            logger.warning("The cache is away for %.0f s: %s", self.fuse.pause, error)
            return otherwise
        self.fuse.mend()
        return answer

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self.ask(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        return self.ask(lambda: super(ForgivingRedisCache, self).get_many(keys, version), {})

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self.ask(lambda: bool(super(ForgivingRedisCache, self).has_key(key, version)), otherwise=False)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self.ask(
            lambda: bool(super(ForgivingRedisCache, self).add(key, value, timeout, version)), otherwise=True
        )

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self.ask(lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version), None)

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        return self.ask(lambda: super(ForgivingRedisCache, self).set_many(data, timeout, version), list(data))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self.ask(lambda: bool(super(ForgivingRedisCache, self).touch(key, timeout, version)), otherwise=False)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self.ask(lambda: bool(super(ForgivingRedisCache, self).delete(key, version)), otherwise=False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """As Django says: ValueError when the key is not there, and without a server none is."""
        found: int | None = self.ask(lambda: int(super(ForgivingRedisCache, self).incr(key, delta, version)), None)
        if found is None:
            raise ValueError(f"The cache is away and has no {key!r}.")
        return found
