"""Sees to it that nothing outlives the supervisor, however it ends.

The watchman reads what the supervisor writes: `born RANK SIGNAL GROUP` and `gone GROUP`, a line each. When the pipe
closes, it ends what is left in order of rank, and while it does, it holds the folder's lock (which it inherits).
"""

import contextlib
import os
import signal
import sys
import time

PATIENCE = 8.0
"""Seconds a rank has to end by itself."""


def watch() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, tuple[int, int]] = {}
    for line in sys.stdin:
        word, *numbers = line.split()
        if word == "born":
            rank, ending, group = map(int, numbers)
            groups[group] = (rank, ending)
        else:
            groups.pop(int(numbers[0]), None)
    for rank in sorted({rank for rank, _ in groups.values()}):
        end({group: ending for group, (its_rank, ending) in groups.items() if its_rank == rank})


def end(groups: dict[int, int]) -> None:
    for group, ending in groups.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(group, ending)  # the leader, who knows how to end its own
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit and any(map(leader_lives, groups)):
        time.sleep(0.05)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def leader_lives(group: int) -> bool:
    try:
        os.kill(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    watch()
