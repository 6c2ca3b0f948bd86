"""How a contender is told what to do, and where it finds it.

python -m bench.peers.<name> <dsn> <redis> <file of ids> <file of sql>
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every contender gets."""

    dsn: str
    redis: str
    ids: list[int]
    sql: str
    """The lapse of one case, in one statement, with `%(case)s`."""


def job() -> Job:
    dsn, redis, ids, sql = sys.argv[1:5]
    return Job(dsn=dsn, redis=redis, ids=[int(n) for n in Path(ids).read_text().split()], sql=Path(sql).read_text())


def serve(**ways: Callable[[], None]) -> None:
    """Say that we are ready, and do what each line asks for."""
    print("ready", flush=True)
    for line in sys.stdin:
        ways[line.strip()]()
        print("done", flush=True)
