"""Short slices of the trials of files, backups and upgrades. The long forms are commands (docs/operations.md)."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest

from run.children import start_postgres
from run.places import CHECKOUT, OWNER_ROLE, Places
from run.postgres import EmbeddedPostgres, wait_until
from trials.backups import base_backup, keep_wal, replay, restore
from trials.evidence_files import made
from trials.locks import Watcher
from trials.releases import commit_before_newest_migration, export, migrations_since

pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(300),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found through /proc"),
]  # fmt: skip


def test_a_short_trial_of_uploads_finds_nothing() -> None:
    options = "--files 9 --cut 4 --kills 1 --due 40 --seconds 20 --seed 7".split()
    done = subprocess.run(
        [sys.executable, "-m", "trials.uploads", *options],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 failed" in done.stdout


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, for sockets, and passable, for a server that is somebody else."""
    with tempfile.TemporaryDirectory(prefix="gongduan-slice-", ignore_cleanup_errors=True) as made_here:
        Path(made_here).chmod(0o711)
        yield Path(made_here)


@contextmanager
def server(places: Places) -> Iterator[subprocess.Popen[bytes]]:
    postgres = EmbeddedPostgres(places=places, settings={})
    postgres.make()
    process = start_postgres(postgres, stderr=subprocess.DEVNULL)
    try:
        wait_until(postgres.answers, 60, name="PostgreSQL")
        postgres.make_roles()
        yield process
    finally:
        process.kill()
        process.wait()


def written_until_death(places: Places, process: subprocess.Popen[bytes], kill_after: int) -> list[int]:
    """Numbers whose commit was acknowledged before the server was killed."""
    acknowledged: list[int] = []
    body = random.Random(kill_after).randbytes(15_000).hex()
    connection = psycopg2.connect(places.database_url(OWNER_ROLE))
    connection.autocommit = True
    with suppress(psycopg2.OperationalError), connection.cursor() as cursor:
        while True:
            if len(acknowledged) == kill_after:
                os.kill(process.pid, signal.SIGKILL)
            cursor.execute("INSERT INTO written VALUES (%s, %s)", [len(acknowledged), body])
            acknowledged.append(len(acknowledged))
    connection.close()
    return acknowledged


def test_what_was_acknowledged_is_there_after_a_restore_elsewhere(folder: Path) -> None:
    places, archive = Places(data=folder / "data"), folder / "archive"
    keep_wal(places, archive)
    with server(places) as process:
        connection = psycopg2.connect(places.database_url(OWNER_ROLE))
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE written (number integer PRIMARY KEY, body text)")
        connection.close()
        base_backup(places, folder / "backup")
        acknowledged = written_until_death(places, process, kill_after=1_000)
    places.data.rename(folder / "dead")
    left = restore(folder / "backup", archive, Places(data=folder / "dead"), places)
    assert left
    assert len([*archive.iterdir()]) > 1
    replay(places, 60, folder / "replay.log")
    with server(places):
        connection = psycopg2.connect(places.database_url(OWNER_ROLE))
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT number FROM written ORDER BY number")
            kept = [row[0] for row in cursor.fetchall()]
        connection.close()
    assert len(acknowledged) >= 1_000
    assert kept[: len(acknowledged)] == acknowledged
    assert len(kept) <= len(acknowledged) + 1


def test_a_lock_that_is_held_too_long_is_seen(folder: Path) -> None:
    places = Places(data=folder / "data")
    with server(places):
        connection = psycopg2.connect(places.database_url(OWNER_ROLE))
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE held ()")
        connection.commit()
        watcher = Watcher(places=places)
        watcher.start()
        cursor.execute("LOCK TABLE held IN SHARE MODE")
        limit = time.monotonic() + 20
        while watcher.longest.get(("held", "ShareLock"), 0) < 0.3 and time.monotonic() < limit:
            watcher.stopping.wait(0.05)
        connection.rollback()
        connection.close()
        watcher.stop()
    assert 0.3 <= watcher.longest["held", "ShareLock"] < 20


@pytest.mark.skipif(not (CHECKOUT / ".git").exists() or not shutil.which("git"), reason="there is no history here")
def test_an_older_release_can_be_taken_out_of_the_history(folder: Path) -> None:
    commit = commit_before_newest_migration()
    missing = migrations_since(commit)
    assert missing
    older = export(commit, folder / "older")
    assert not [name for name in missing if [*older.glob(f"*/migrations/{name}.py")]]
    assert (older / "trials" / "upgrade.py").exists()


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_makes_one_file(seed: int) -> None:
    assert made(seed) == made(seed)
    assert made(seed).sha256 != made(seed + 1).sha256
