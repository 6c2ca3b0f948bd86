"""A cache that may be missing: pages answer without Redis, and no slower."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

from contract.fuse import Fuse

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

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
