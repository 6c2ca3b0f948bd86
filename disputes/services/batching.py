"""Taking many cases one after the other: settled first, as always, and no broken one keeps the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import InterfaceError, OperationalError

from disputes.services.loading import LockedCase
from disputes.services.writing import Change
from rules.engine.decide import apply, settle
from rules.engine.events import Step
from rules.engine.types import CaseSnapshot

BATCH = 200
"""Cases of one transaction."""

Taken = Callable[[LockedCase, CaseSnapshot], Step | None]
"""What happens to a settled case; None for one that stays as it is."""


def changes_of(cases: Iterable[LockedCase], taken: Taken) -> tuple[list[Change], int, int]:
    """The changes of locked cases, how many `taken` moved, and how many could not be decided."""
    changes, moved, broken = [], 0, 0
    for case in cases:
        try:
            change, step = _change(case, taken)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # whatever is wrong with one case must not keep the others running
            broken += 1
            continue
        changes.append(change)
        moved += step is not None
    return changes, moved, broken


def _change(case: LockedCase, taken: Taken) -> tuple[Change, Step | None]:
    """Settle first; then the step, and whatever it makes possible."""
    settled = settle(case.policy, case.calendar, case.snapshot, now=case.now)
    step = taken(case, settled.snapshot)
    if step is None:
        return Change(case=case, steps=settled.steps, after=settled.snapshot), None
    again = settle(case.policy, case.calendar, apply(settled.snapshot, step), now=case.now)
    return Change(case=case, steps=(*settled.steps, step, *again.steps), after=again.snapshot), step
