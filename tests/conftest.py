"""The servers, the clock and the cast of the tests.

Ming buys, Lan sells, Zhou, Wu and He arbitrate (Zhou leads), Root administers, Eve belongs to nobody.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from run.places import Places
from run.testing import running_servers
from run.translations import compile_translations
from tests import servers

compile_translations()

hypothesis_settings.register_profile("quick", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("thorough", parent=hypothesis_settings.get_profile("quick"), max_examples=1000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


# Servers


@pytest.fixture(scope="session")
def embedded_servers() -> Iterator[Places]:
    """PostgreSQL and Valkey of the tests, shared with every other test process of this checkout."""
    with running_servers() as places:
        yield places


@pytest.fixture(scope="session")
def database_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Where test databases are made: the environment's server, else the embedded one."""
    if os.environ.get("DATABASE_OWNER_URL"):
        return servers.maintenance_settings(None)
    return servers.maintenance_settings(request.getfixturevalue("embedded_servers"))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, database_settings: dict[str, Any], django_db_blocker: Any
) -> Iterator[None]:
    """A database of this process's own, a copy of the migrated template.

    What a transactional test leaves is not truncated, which the append-only tables refuse: the copy is made anew.
    """
    from django.db import connections
    from django.test import TransactionTestCase

    name = f"test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        servers.drop_those_of_the_dead(database_settings)
        template = servers.ensure_template(database_settings)
        servers.renew(database_settings, template, name)
        before = servers.point_to({**database_settings, "NAME": name})

        def start_over(_case: TransactionTestCase) -> None:
            connections["default"].close()
            servers.renew(database_settings, template, name)
            forget_what_was_published()

        patch.setattr(TransactionTestCase, "_fixture_teardown", start_over)
        yield
        servers.point_to(before)
        servers.drop(database_settings, name)


def forget_what_was_published() -> None:
    """The new copy gives the numbers of versions and editions out again."""
    from rules import calendar_editions, selectors

    for each in (*vars(selectors).values(), *vars(calendar_editions).values()):
        if hasattr(each, "cache_clear"):
            each.cache_clear()


@pytest.fixture(scope="session")
def redis_address(request: pytest.FixtureRequest) -> Iterator[Callable[[int], str]]:
    """Addresses of this process's own Redis databases: 0 for the broker, 1 for the cache."""
    places: Places = request.getfixturevalue("embedded_servers")
    with servers.redis_database(places) as number:
        yield lambda offset: f"{places.redis_url}?db={number + offset}"


@pytest.fixture
def redis_client(redis_address: Callable[[int], str], settings: Any) -> Iterator[Any]:
    """A client of the real server, emptied before the test, which the cache and Celery use too."""
    import redis

    from config.celery import app

    client = redis.Redis.from_url(redis_address(0))
    client.flushdb()
    cache = redis.Redis.from_url(redis_address(1))
    cache.flushdb()
    settings.CACHES = {
        "default": {"BACKEND": "config.cache.ForgivingRedisCache", "LOCATION": redis_address(1)},
    }
    path, _, query = redis_address(0).removeprefix("unix://").partition("?db=")
    before = app.conf.broker_url
    app.conf.broker_url = f"redis+socket://{path}?virtual_host={query}"
    app.pool.force_close_all()
    yield client
    app.conf.broker_url = before
    client.close()
    cache.close()


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """No test finds what another one cached."""
    from django.core.cache import cache

    cache.clear()


# The clock


class Travel(Protocol):
    """Moves the one clock; see `contract.clock.travel`."""

    def __call__(self, delta: timedelta | None = None, *, to: datetime | None = None, **units: float) -> datetime: ...


@pytest.fixture
def travel(db: None) -> Travel:
    """Move the database's clock: `travel(days=5)`, `travel(timedelta(...))` or `travel(to=moment)`.

    The move is undone with the test's transaction; in a transactional test with its database.
    """
    from contract import clock

    def move(delta: timedelta | None = None, *, to: datetime | None = None, **units: float) -> datetime:
        return clock.travel(timedelta(**units) if units else delta, to=to)

    return move


# The cast


@pytest.fixture
def person(db: None) -> Callable[..., Any]:
    """Make somebody by name, with staff roles on every platform if any are named."""
    from accounts.models import StaffRole, User

    def make(name: str, *roles: str, **fields: Any) -> User:
        user = User.objects.create_user(name, "gongduan-demo", **{"email": f"{name}@example.org", **fields})
        StaffRole.objects.bulk_create([StaffRole(user=user, kind=role) for role in roles])
        return user

    return make


@pytest.fixture
def ming(person: Callable[..., Any]) -> Any:
    """Buys."""
    return person("ming")


@pytest.fixture
def lan(person: Callable[..., Any]) -> Any:
    """Sells."""
    return person("lan")


@pytest.fixture
def zhou(person: Callable[..., Any]) -> Any:
    """Arbitrates, and leads the arbitrators."""
    return person("zhou", "arbitrator", "lead")


@pytest.fixture
def wu(person: Callable[..., Any]) -> Any:
    """Arbitrates."""
    return person("wu", "arbitrator")


@pytest.fixture
def he(person: Callable[..., Any]) -> Any:
    """Arbitrates."""
    return person("he", "arbitrator")


@pytest.fixture
def root(person: Callable[..., Any]) -> Any:
    """Administers."""
    return person("root", "administrator", is_superuser=True)


@pytest.fixture
def eve(person: Callable[..., Any]) -> Any:
    """Belongs to nobody."""
    return person("eve")


# The browser


def chromium() -> str | None:
    """The browser of the system: `CHROMIUM`, else what the path knows."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "chrome")]
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def base_url() -> str:
    """None: every page is asked for at the live server's own address."""
    return ""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; the browser tests are skipped where there is none."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium here: install chromium (and fonts-noto-cjk), or name one in CHROMIUM")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the tests
    sandbox = [] if os.getuid() else ["--no-sandbox"]
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": [*sandbox, "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
