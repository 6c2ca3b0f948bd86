"""The servers of the tests: one PostgreSQL and one Valkey, shared by every test run of this checkout.

They start with the first test that needs them, in the background, and stop by themselves when no test run has
held the lease for a while (`GONGDUAN_TEST_LINGER` seconds, default 300), so the next run finds them warm. The lease
is a kernel lock: a test run that is killed gives it back too.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from run.children import start_child, start_postgres
from run.places import CHECKOUT, Places, private_folder
from run.postgres import FAST_AND_FORGETFUL, EmbeddedPostgres, wait_until
from run.problems import CannotStart
from run.valkey import EmbeddedValkey

LOOK_EVERY = 0.5
"""Seconds between two looks at the lease."""


def test_places() -> Places:
    """`GONGDUAN_TEST_DATA`, or `.gongduan/test` in the checkout."""
    named = os.environ.get("GONGDUAN_TEST_DATA")
    return Places(data=(Path(named) if named else CHECKOUT / ".gongduan" / "test").absolute())


@contextlib.contextmanager
def running_servers() -> Iterator[Places]:
    """Both servers, for as long as the context lasts and usually longer."""
    places = test_places()
    private_folder(places.data)
    with open(places.data / "lease", "w") as lease:
        fcntl.flock(lease, fcntl.LOCK_SH)  # waits while servers that nobody used are being stopped
        start_once(places)
        yield places


def start_once(places: Places) -> None:
    """Start the keeper unless the servers answer; of several test processes one does it and the others wait."""
    postgres, valkey = servers(places)
    with open(places.data / "start", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if postgres.answers() and valkey.answers():
            return
        log = open(places.data / "servers.log", "ab")  # noqa: SIM115 - the child's
        keeper = subprocess.Popen(
            [sys.executable, "-m", "run.testing"],
            cwd=CHECKOUT,
            env={**os.environ, "GONGDUAN_TEST_DATA": str(places.data)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()

        def ready_or_dead() -> bool:
            if keeper.poll() is not None:
                raise CannotStart(f"The test servers ended at once: see {places.data / 'servers.log'}.")
            return (places.data / "ready").exists() and postgres.answers() and valkey.answers()

        wait_until(ready_or_dead, 60, name="The test servers")
        keeper.returncode = 0  # it is meant to outlive us: silences subprocess's warning about a running child


def servers(places: Places) -> tuple[EmbeddedPostgres, EmbeddedValkey]:
    return (
        EmbeddedPostgres(places=places, settings=FAST_AND_FORGETFUL),
        EmbeddedValkey(places=places, durable=False),
    )


def keep() -> None:
    """Run both servers until the lease has been free long enough or one of them ends."""
    places = test_places()
    postgres, valkey = servers(places)
    ready = places.data / "ready"
    ready.unlink(missing_ok=True)
    postgres.make()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children = [
        start_postgres(postgres),
        start_child(valkey.command(), cwd=places.valkey),
    ]
    try:
        wait_until(postgres.answers, 60, name="PostgreSQL")
        postgres.make_roles()
        ready.touch()
        stay(places, children)
    finally:
        ready.unlink(missing_ok=True)
        stop(children)


def stay(places: Places, children: list[subprocess.Popen[bytes]]) -> None:
    linger = float(os.environ.get("GONGDUAN_TEST_LINGER", "300"))
    with open(places.data / "lease", "w") as lease:
        free_since: float | None = None
        while all(child.poll() is None for child in children):
            if not lease_is_free(lease.fileno()):
                free_since = None
            elif free_since is None:
                free_since = time.monotonic()
            elif time.monotonic() - free_since >= linger and lease_is_free(lease.fileno(), hold=True):
                # Held until our servers are gone: a test run that comes now waits and starts its own.
                stop(children)
                return
            time.sleep(LOOK_EVERY)


def lease_is_free(lease: int, *, hold: bool = False) -> bool:
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    if not hold:
        fcntl.flock(lease, fcntl.LOCK_UN)
    return True


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=10)
        if child.poll() is None:
            child.kill()
            child.wait()


if __name__ == "__main__":
    keep()
