"""A database of its own for every test process, cloned in a moment from one that was migrated once.

The migrated one is kept as a template named by the digest of everything that shapes it, so that it is made anew
when a migration changes and only then. The servers are those of `run.testing`, or those of the environment's
`DATABASE_OWNER_URL` and `REDIS_URL`.
"""

import ast
import contextlib
import fcntl
import hashlib
import io
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from config import env
from run.places import CHECKOUT, OWNER_ROLE, Places

APPLICATIONS = ("accounts", "contract", "disputes", "evidence", "notifications", "rules", "studio")
PATIENCE = 50
KEPT_TEMPLATES = 4
TEMPLATE_LOCK = 20_260_101
"""Any number: the advisory lock of whoever makes a template."""
REDIS_DATABASES = range(2, 64, 2)


def maintenance_settings(places: Places | None) -> dict[str, Any]:
    """How to reach the database from which others are made."""
    if places is not None:
        return env.database(places.database_url(OWNER_ROLE, "postgres"))
    return {**env.database(os.environ["DATABASE_OWNER_URL"]), "NAME": "postgres"}


@contextlib.contextmanager
def maintenance(settings: dict[str, Any]) -> Iterator[Any]:
    """A cursor outside every test database, each statement committed by itself."""
    connection: Connection = psycopg2.connect(
        dbname=settings["NAME"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"],
        port=settings["PORT"] or None,
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def ensure_template(settings: dict[str, Any]) -> str:
    """The name of the migrated database, made now if there is none for today's migrations."""
    name = f"template_{shape()}"
    with maintenance(settings) as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if not exists(cursor, name):
            building = f"building_{shape()}"
            drop_by_force(cursor, building)
            cursor.execute(f"CREATE DATABASE {building}")
            migrate({**settings, "NAME": building})
            cursor.execute(f"ALTER DATABASE {building} RENAME TO {name}")
            drop_old_templates(cursor)
    return name


def drop_by_force(cursor: Any, name: str) -> None:
    """Drop a database whoever is connected. Autovacuum, which we may not end, looks in for a moment: ask again."""
    for attempt in range(PATIENCE):
        try:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        except psycopg2.errors.InsufficientPrivilege:
            if attempt == PATIENCE - 1:
                raise
            time.sleep(0.2)
        else:
            return


def exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def drop_old_templates(cursor: Any) -> None:
    cursor.execute(
        r"SELECT datname FROM pg_database WHERE datname LIKE 'template\_%%' AND NOT datistemplate ORDER BY oid DESC"
    )
    for (name,) in cursor.fetchall()[KEPT_TEMPLATES:]:
        drop_by_force(cursor, name)


def migrate(settings: dict[str, Any]) -> None:
    """Run the migrations, and what prepares a database for the application's role."""
    from django.core.management import call_command, get_commands

    with connected_to(settings):
        call_command("migrate", verbosity=0, interactive=False)
        if "prepare_database" in get_commands():
            call_command("prepare_database", verbosity=0, stdout=io.StringIO())
        publish_what_ships()


def publish_what_ships() -> None:
    """Packs and calendars are published once, into the template: most tests need them, and publishing takes seconds."""
    from rules.calendar_publishing import publish_shipped_calendars
    from rules.services import publish_shipped_packs

    publish_shipped_calendars()
    publish_shipped_packs()


@contextlib.contextmanager
def connected_to(settings: dict[str, Any]) -> Iterator[None]:
    """Django's default connection, pointed elsewhere for a moment."""
    before = point_to(settings)
    try:
        yield
    finally:
        point_to(before)


def point_to(settings: dict[str, Any]) -> dict[str, Any]:
    """Point Django's default connection, of this and later threads, elsewhere; answer where it was."""
    from django.db import connections

    connections["default"].close()
    target = connections.settings["default"]
    before = dict(target)
    target.update({key: settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    connections["default"].settings_dict.update(target)
    return before


def renew(settings: dict[str, Any], template: str, name: str) -> None:
    """Make `name` a fresh copy of the template, whoever is still connected to it."""
    with maintenance(settings) as cursor:
        drop_by_force(cursor, name)
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


def drop(settings: dict[str, Any], name: str) -> None:
    with maintenance(settings) as cursor:
        drop_by_force(cursor, name)


def drop_those_of_the_dead(settings: dict[str, Any]) -> None:
    """Drop the databases of test processes that were killed."""
    with maintenance(settings) as cursor:
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'test\_%%'")
        for (name,) in cursor.fetchall():
            number = name.split("_")[1]
            if number.isdigit() and not is_running(int(number)):
                drop_by_force(cursor, name)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def shape() -> str:
    """A digest of the migrations and of every module of ours that they import, however indirectly."""
    digest = hashlib.sha256()
    for path in sorted(shaping_files() | set((CHECKOUT / "rules").glob("**/*.yaml"))):
        digest.update(str(path.relative_to(CHECKOUT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def shaping_files() -> set[Path]:
    waiting = [path for app in APPLICATIONS for path in (CHECKOUT / app / "migrations").glob("*.py")]
    waiting += CHECKOUT.glob("*/management/commands/prepare_database.py")
    waiting += [CHECKOUT / "rules" / "services.py"]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imported_files(path)
    return found


def imported_files(path: Path) -> list[Path]:
    """The files of our applications that a module imports."""
    tree = ast.parse(path.read_bytes())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    candidates = [CHECKOUT / name.replace(".", "/") for name in names if name.split(".")[0] in APPLICATIONS]
    files = [path.with_suffix(".py") for path in candidates] + [path / "__init__.py" for path in candidates]
    return [path for path in files if path.exists()]


@contextlib.contextmanager
def redis_database(places: Places) -> Iterator[int]:
    """The number of a Redis database that no other test process uses; the next number is free too."""
    for number in REDIS_DATABASES:
        with open(places.data / f"redis-{number}.lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return
    raise RuntimeError("More test processes run than Redis has databases for.")
