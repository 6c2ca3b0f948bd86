"""One thing done to many cases: how many a second, with how many statements a case, and in how much memory.

    python -m bench.bulk [--cases 10000]

Cases are led by the real writer and multiplied. They are held, let run again and given more time, each by a run of its
own in this process, with the preview before it. Memory may not grow with the cases that are done.
"""

from __future__ import annotations

import argparse
import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bench.house import measured_house
from bench.population import FRACTION, _cast, _models, _multiply
from bench.sweep import backend_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STATEMENTS = 0.25
"""A case, whatever is done."""
MOST_GROWN = 32
"""Megabytes from the tenth batch of a run to its last."""
HEADER = """| done to each | cases | wall (s) | cases a second | statements a case | Python (ms a case) | database (ms a case) | MB at the 10th batch | MB at the end | preview (s) |
|---|---|---|---|---|---|---|---|---|---|"""  # noqa: E501
STEPS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("hold", {"held_for": "technical"}, {"held": "running"}), ("resume", {"mode": "moved"}, {"held": "held"}),
    ("extend", {"deadline": "seller_response", "hours": 48}, {"deadline": "seller_response"}),
)  # fmt: skip


@dataclass(slots=True)
class Statements:
    """Counts what goes to the database."""

    count: int = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    options = parser.parse_args()
    with measured_house():
        administrator = populate(options.cases)
        print(HEADER)
        kept = [measured(administrator, *step) for step in STEPS]
    return 0 if all(kept) else 1


def populate(count: int) -> Any:
    """So many open cases that wait for the seller, and somebody who administers everything."""
    from accounts.models import StaffRole, User
    from contract import clock
    from contract.clock import database_now

    people = _cast()
    models = _models(people, database_now().replace(microsecond=FRACTION) - timedelta(hours=30))
    clock.reset()
    _multiply(models, count - len(models), people)
    administrator = User.objects.create(username="administrator")
    StaffRole.objects.create(user=administrator, kind="administrator")
    return administrator


def measured(administrator: Any, kind: str, parameters: dict[str, Any], narrowed: dict[str, Any]) -> bool:
    """Look, confirm, do; print what it cost, and whether the bounds were kept and each case has its event."""
    from disputes.models import BulkRun, CaseEvent
    from disputes.selectors.bulk import CaseQuery
    from disputes.services.bulk_previewing import preview_run
    from disputes.services.bulk_running import go_on
    from disputes.services.bulk_starting import start_run

    query, began = CaseQuery(platforms=(), **narrowed), time.perf_counter()
    expected = preview_run(kind, query, parameters, actor=administrator).cases.count
    preview = time.perf_counter() - began
    run = start_run(kind, query, parameters, reason="A trial.", expected=expected, actor=administrator)
    memory: list[float] = []
    with counted() as statements:
        began, python, database = time.perf_counter(), time.process_time(), backend_seconds()
        while go_on(run):
            memory.append(megabytes())
        wall = time.perf_counter() - began
        python, database = time.process_time() - python, backend_seconds() - database
    done = BulkRun.objects.get(pk=run).counts.get("done", 0)
    events = CaseEvent.objects.filter(facts__data__run=run).values("case_id").distinct().count()
    early, each = memory[min(9, len(memory) - 1)], statements.count / expected
    print(
        f"| {kind} | {expected} | {wall:.1f} | {expected / wall:,.0f} | {each:.2f} | {1000 * python / expected:.2f}"
        f" | {1000 * database / expected:.2f} | {early:.0f} | {memory[-1]:.0f} | {preview:.1f} |",
        flush=True,
    )
    return each <= MOST_STATEMENTS and memory[-1] - early <= MOST_GROWN and expected == done == events


@contextmanager
def counted() -> Iterator[Statements]:
    """The statements that are sent meanwhile."""
    from django.db import connection

    statements = Statements()
    with connection.execute_wrapper(statements):
        yield statements


def megabytes() -> float:
    """The most this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    raise SystemExit(main())
