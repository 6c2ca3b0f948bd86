"""Programs that we start and that end with us, however we end."""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from run.identity import as_ordinary_user, as_ourselves
from run.postgres import EmbeddedPostgres, wait_until


def start_child(
    command: Sequence[str], ending: int = signal.SIGTERM, *, unprivileged: bool = False, **more: Any
) -> subprocess.Popen[bytes]:
    """Start a program that gets the signal `ending` when we end; `unprivileged` is one that must not be root.

    `more` is for Popen. Raises OSError where the program cannot be started.
    """
    prepare = (as_ordinary_user if unprivileged else as_ourselves)(ending)
    return subprocess.Popen(command, preexec_fn=prepare, **more)


def start_postgres(server: EmbeddedPostgres, **output: Any) -> subprocess.Popen[bytes]:
    """Start PostgreSQL; SIGINT is its fast shutdown."""
    return start_child(server.command(), signal.SIGINT, unprivileged=True, cwd="/", **output)


@contextmanager
def running_postgres(server: EmbeddedPostgres, **output: Any) -> Iterator[subprocess.Popen[bytes]]:
    """PostgreSQL with its cluster and roles made if missing, stopped afterwards. Raises CannotStart."""
    server.make()
    process = start_postgres(server, **output)
    try:
        wait_until(server.answers, 60, name="PostgreSQL")
        server.make_roles()
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
