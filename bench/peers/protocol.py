"""How a contender is told what to do, and where it finds it.

python -m bench.peers.<name> <dsn> <redis> <file of ids> <file of sql> [<packages of the house>]
"""

from __future__ import annotations

import os
import site
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
    house: str
    """Where the house's packages are, for a contender whose job decides; empty for one that runs the statement."""


def job() -> Job:
    dsn, redis, ids, sql, *house = sys.argv[1:]
    return Job(
        dsn=dsn, redis=redis, ids=[int(n) for n in Path(ids).read_text().split()], sql=Path(sql).read_text(),
        house="".join(house),
    )  # fmt: skip


def set_up_django(given: Job) -> None:
    """The house's own models and services, in a contender's process: its packages come after the contender's own."""
    if given.house:
        site.addsitedir(given.house)
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = given.dsn
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django

    django.setup()


def deciding(given: Job) -> Callable[[int], None]:
    """The lapse of one case by the house's engine and writer, in a transaction of its own."""
    set_up_django(given)
    from django.db import transaction

    from disputes.services.writer import settle_cases

    def lapse(case: int) -> None:
        with transaction.atomic():
            settle_cases([case])

    return lapse


def serve(**ways: Callable[[], None]) -> None:
    """Say that we are ready, and do what each line asks for."""
    print("ready", flush=True)
    for line in sys.stdin:
        ways[line.strip()]()
        print("done", flush=True)
