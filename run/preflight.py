"""What is looked at before anything is started, so that a start fails early and says why."""

import contextlib
import errno
import fcntl
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from run.places import Places, private_folder
from run.problems import CannotStart

ROOM_FOR_A_NEW_CLUSTER = 400 * 1024 * 1024
"""Bytes: an empty cluster, its first log files and the demo."""
ROOM_TO_GO_ON = 50 * 1024 * 1024
"""Bytes: PostgreSQL stops when it cannot write a 16 MB log file."""
PATIENCE_WITH_A_PREDECESSOR = 20.0
"""Seconds that the processes of a killed supervisor may take to go."""


def check_before_starting(places: Places) -> None:
    """CannotStart if the folder, the disk or the port will not do, or the house is running already."""
    with hold_the_folder(places):
        check_room(places)
        check_port(port())


def port() -> int:
    """`PORT`, default 8000."""
    named = os.environ.get("PORT") or "8000"
    if not named.isdigit() or not 0 < int(named) < 65536:
        raise CannotStart(f"PORT is {named!r}: give a number between 1 and 65535.")
    return int(named)


def host() -> str:
    """`HOST`, the address to listen on, default this machine only."""
    return os.environ.get("HOST") or "127.0.0.1"


def check_port(number: int) -> None:
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host(), number))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(
                    f"Port {number} is taken by another program: choose another, as in `make run PORT={number + 1}`."
                ) from error
            raise CannotStart(
                f"Port {number} on {host()} cannot be used ({error.strerror}): choose another."
            ) from error


def check_room(places: Places) -> None:
    needed = ROOM_TO_GO_ON if places.postgres.exists() else ROOM_FOR_A_NEW_CLUSTER
    free = shutil.disk_usage(places.data).free
    if free < needed:
        raise CannotStart(
            f"The disk that holds {places.data} is full: {free // 1024**2} MB are free and {needed // 1024**2} MB "
            "are needed; free some space or set GONGDUAN_DATA to another disk."
        )


@contextlib.contextmanager
def hold_the_folder(places: Places) -> Iterator[int]:
    """Be the folder's only supervisor; yields the descriptor that the watchman inherits.

    A second supervisor is refused at once. What a killed one left behind is waited for.
    """
    private_folder(places.data)
    with lock_file(places.lock) as own, lock_file(places.children_lock) as children:
        if not taken(own):
            raise CannotStart(
                f"Gongduan is running in {places.data} already: stop it with Ctrl-C there, "
                "or set GONGDUAN_DATA and PORT for a second one."
            )
        end = time.monotonic() + PATIENCE_WITH_A_PREDECESSOR
        while not taken(children):
            if time.monotonic() > end:
                raise CannotStart(f"Processes of an earlier start in {places.data} do not end: end them and try again.")
            time.sleep(0.1)
        yield children.fileno()


def lock_file(path: Path) -> IO[bytes]:
    try:
        return open(path, "ab")
    except OSError as error:
        raise CannotStart(f"{path} cannot be written ({error.strerror}).") from error


def taken(lock: IO[bytes]) -> bool:
    """Take the lock, if nobody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
