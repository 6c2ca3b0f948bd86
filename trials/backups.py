"""A base backup, archived WAL, and a database made of both: the commands of docs/operations.md, on embedded servers."""

from __future__ import annotations

import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from run.children import start_postgres
from run.identity import as_ordinary_user
from run.places import SUPERUSER, Places, private_folder
from run.postgres import EmbeddedPostgres, Superuser, binary, give_to_its_owner, wait_until

ARCHIVING: Final = """
archive_mode = on
archive_command = 'test ! -f "{archive}/%f" && cp %p "{archive}/%f.part" && mv "{archive}/%f.part" "{archive}/%f"'
archive_timeout = 60
"""
RECOVERY: Final = """
restore_command = 'cp "{archive}/%f" %p'
hot_standby = off
"""
"""Nobody is let in before the last record is replayed."""
SEGMENT: Final = 24
"""Hexadecimal digits in the name of a piece of WAL."""


def keep_wal(places: Places, archive: Path) -> None:
    """Make the cluster, if it is not there, so that it hands on every piece of WAL."""
    give_to_its_owner(private_folder(archive))
    EmbeddedPostgres(places=places, settings={}).make()
    with (places.postgres / "postgresql.conf").open("a") as configuration:
        configuration.write(ARCHIVING.format(archive=archive))


def base_backup(places: Places, backup: Path) -> None:
    """Copy the running cluster. Raises CalledProcessError."""
    give_to_its_owner(private_folder(backup))
    subprocess.run(
        [
            str(binary("pg_basebackup")), "--pgdata", str(backup), "--host", str(places.sockets),
            "--username", SUPERUSER, "--checkpoint", "fast", "--wal-method", "stream",
        ],
        preexec_fn=as_ordinary_user(), cwd="/", check=True, capture_output=True,
    )  # fmt: skip


def restore(backup: Path, archive: Path, dead: Places, places: Places) -> int:
    """A cluster out of the backup, the archive, and the WAL the dead one had not handed on; how many pieces it had."""
    private_folder(places.data)
    shutil.copytree(backup, places.postgres)
    places.postgres.chmod(0o700)
    own = [path for path in (dead.postgres / "pg_wal").iterdir() if len(path.name) == SEGMENT]
    left = [path for path in own if not (archive / path.name).exists()]
    for path in left:
        shutil.copy(path, places.postgres / "pg_wal")
    with (places.postgres / "postgresql.auto.conf").open("a") as configuration:
        configuration.write(RECOVERY.format(archive=archive))
    (places.postgres / "recovery.signal").touch()
    for path in [places.postgres, *places.postgres.rglob("*")]:
        give_to_its_owner(path)
    return len(left)


def replay(places: Places, patience: float, log: Path) -> None:
    """Start the cluster, wait until the last record is replayed, and stop it. Raises CannotStart."""
    server = EmbeddedPostgres(places=places, settings={})
    with log.open("wb") as said:
        process = start_postgres(server, stdout=said, stderr=said)
    try:
        wait_until(server.answers, patience, name="PostgreSQL")
        with Superuser(places) as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            assert cursor.fetchone() == (False,)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
