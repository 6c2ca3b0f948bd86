"""Taking many cases one after the other: settled first, as always, and no broken one keeps the others waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.db import InterfaceError, OperationalError

from disputes.errors import CaseBusy
from disputes.services.loading import LockedCase
from disputes.services.writing import Change
from rules.engine.decide import apply, settle
from rules.engine.events import Step
from rules.engine.types import CaseSnapshot

logger = logging.getLogger(__name__)

BATCH = 200
"""Cases of one transaction."""
NOBODYS_FAULT = (OperationalError, InterfaceError, CaseBusy)
"""The server went away, or somebody else holds a case: the whole batch is tried again later."""

Counts = tuple[int, ...]
Taken = Callable[[LockedCase, CaseSnapshot], Step | None]
"""What happens to a settled case; None for one that stays as it is."""


def changes_of(cases: Iterable[LockedCase], taken: Taken) -> tuple[list[Change], int, int]:
    """The changes of locked cases, how many `taken` moved, and how many could not be decided."""
    changes, moved, broken = [], 0, 0
    for case in cases:
        try:
            change, step = _change(case, taken)
        except NOBODYS_FAULT:
            raise
        except Exception:  # whatever is wrong with one case must not keep the others waiting
            logger.exception("The case %s cannot be decided.", case.number)
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


def in_halves(ids: list[int], take: Callable[[list[int]], Counts | None], *, broken: Counts) -> Counts | None:
    """What `take` counts of these cases, each call a transaction; None when it is no longer to go on.

    A batch that cannot be read or written is halved until the broken case stands alone, and is counted as `broken`.
    """
    try:
        return take(ids)
    except NOBODYS_FAULT:
        raise
    except Exception:  # as above
        if len(ids) == 1:
            logger.exception("The case with the id %s cannot be read or written.", ids[0])
            return broken
    middle = len(ids) // 2
    halves = [in_halves(half, take, broken=broken) for half in (ids[:middle], ids[middle:])]
    counts = [half for half in halves if half is not None]
    return tuple(map(sum, zip(*counts, strict=True))) if len(counts) == len(halves) else None
