"""A cache that may be missing: pages answer without Redis, only more slowly."""

import logging
from typing import Any, TypeVar

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, in which a server that is away or silent is a cache that remembers nothing."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except redis.RedisError as error:
            return without(error, default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        try:
            return super().get_many(keys, version)
        except redis.RedisError as error:
            return without(error, {})

    def has_key(self, key: str, version: int | None = None) -> bool:
        try:
            return bool(super().has_key(key, version))
        except redis.RedisError as error:
            return without(error, answer=False)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        try:
            return bool(super().add(key, value, timeout, version))
        except redis.RedisError as error:
            return without(error, answer=True)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except redis.RedisError as error:
            without(error, None)

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        try:
            return super().set_many(data, timeout, version)
        except redis.RedisError as error:
            return without(error, list(data))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        try:
            return bool(super().touch(key, timeout, version))
        except redis.RedisError as error:
            return without(error, answer=False)

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except redis.RedisError as error:
            return without(error, answer=False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """As Django says: ValueError when the key is not there, and without a server none is."""
        try:
            return int(super().incr(key, delta, version))
        except redis.RedisError as error:
            raise ValueError(without(error, f"The cache is away and has no {key!r}.")) from error


def without(error: redis.RedisError, answer: Answer) -> Answer:
    """The answer of an empty cache, with a word in the log."""
    logger.warning("The cache is away: %s", error)
    return answer
