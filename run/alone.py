"""`python -m run.alone NAME COMMAND ...`: one program in a container of its own, ended when it makes no progress.

A frozen program cannot end itself, and Compose starts again what ends, not what is unhealthy. So this runs beside it,
asks the database as the supervisor of `make run` does, and ends both; whoever started the container starts it again.
"""

import contextlib
import os
import signal
import subprocess
import sys

from run.children import start_child
from run.watching import Watch, instance_of

LOOK_EVERY = 0.5
"""Seconds between two looks; the database is asked more seldom."""
STUCK = 75
"""The exit code after a program that made no progress was killed."""


def main(arguments: list[str]) -> int:
    name, *command = arguments
    address = os.environ.get("DATABASE_URL", "")
    if not command or not address:
        print("usage: DATABASE_URL=postgresql://... python -m run.alone NAME COMMAND ...", file=sys.stderr)
        return 2
    process = start_child(command, start_new_session=True)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: pass_on(process, received))
    try:
        return attend(process, instance_of(name), Watch(address=address))
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def pass_on(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


def attend(process: subprocess.Popen[bytes], instance: str, watch: Watch) -> int:
    """Until the program ends, or stands still and is ended; the exit code of this container."""
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(LOOK_EVERY)
            return code if code >= 0 else 128 - code
        for why in watch.look([instance]).values():
            print(f"gongduan: {instance} makes no progress ({why}); ending it", file=sys.stderr, flush=True)
            process.kill()
            process.wait()
            return STUCK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [""]))
