"""What the house reads from its environment, and nothing else does."""

import os
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from run.places import OWNER_ROLE, Places, data_folder

BROKER_DATABASE = 0
CACHE_DATABASE = 1
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})

__all__ = [
    "as_owner",
    "broker_url",
    "cache_url",
    "data_folder",
    "database",
    "database_url",
    "listed",
    "redis_url",
    "required",
    "switched_on",
]


def required(name: str) -> str:
    """The variable's value; ImproperlyConfigured when it is unset or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: it has no default outside development.")
    return value


def switched_on(name: str, *, default: bool) -> bool:
    """A yes-or-no variable; ImproperlyConfigured for any other word."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE_WORDS:
        return True
    if value.lower() in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: say yes or no.")


def listed(name: str) -> list[str]:
    """A comma-separated variable without empty members."""
    return [member.strip() for member in os.environ.get(name, "").split(",") if member.strip()]


def as_owner() -> bool:
    """Whether this process connects as the owner of the tables (migrations) and not as the application."""
    return os.environ.get("GONGDUAN_DATABASE_ROLE") == "owner"


def database_url(places: Places) -> str:
    """The address to connect to: the one given for this process's role, else the embedded server's."""
    application = os.environ.get("DATABASE_URL")
    owner = os.environ.get("DATABASE_OWNER_URL")
    if as_owner():
        return owner or application or places.database_url(OWNER_ROLE)
    return application or places.database_url()


def redis_url(places: Places) -> str:
    """`REDIS_URL`, else the embedded server's."""
    return os.environ.get("REDIS_URL") or places.redis_url


def database(url: str) -> dict[str, Any]:
    """Django's connection settings for a `postgresql://user:password@host:port/name?option=value` address.

    `?host=/folder` names a unix socket's folder; other options go to the driver.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("The database address starts with postgresql://: no other database will do.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


def broker_url(url: str) -> str:
    """Celery's address of the broker's database."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"redis+socket://{quote(parts.path)}?virtual_host={BROKER_DATABASE}"
    return _with_database(url, BROKER_DATABASE)


def cache_url(url: str) -> str:
    """Django's address of the cache's database."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{quote(parts.path)}?db={CACHE_DATABASE}"
    return _with_database(url, CACHE_DATABASE)


def _with_database(url: str, number: int) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured("REDIS_URL starts with redis://, rediss:// or unix://.")
    return parts._replace(path=f"/{number}").geturl()
