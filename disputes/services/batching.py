"""Taking many cases one after the other: settled first, as always, and no broken one keeps the others waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError

from disputes.errors import CaseBusy
from disputes.services.loading import LockedCase, lock_cases
from disputes.services.writer import one_transaction
from disputes.services.writing import Change, write_changes
from rules.engine.decide import apply, settle
from rules.engine.events import Step
from rules.engine.types import CaseSnapshot

logger = logging.getLogger(__name__)

BATCH = 200
"""Cases of one transaction."""
NOBODYS_FAULT = (OperationalError, InterfaceError, CaseBusy)
"""The server went away, has no room or broke a deadlock, or somebody else holds a case: the whole batch is rolled back
and tried again later."""

Result = TypeVar("Result")
Counts = tuple[int, int, int]
"""As `Gone` has them: changed, counted, broken."""
Taken = Callable[[LockedCase, CaseSnapshot], Step | None]
"""What happens to a settled case; None for one that stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """How far somebody got through many cases."""

    changed: int
    counted: int
    """Cases that `counts` says yes to, after they were taken."""
    broken: int
    """Cases that could not be read, decided or written: the log says why."""
    finished: bool
    """False when it ended before the last case."""


def go_through(
    following: Callable[[int], list[int]],
    taken: Taken,
    *,
    goes_on: Callable[[], bool],
    batches: int | None,
    counts: Callable[[CaseSnapshot], bool] = lambda _after: False,
) -> Gone:
    """Take cases in order of their ids, each batch in its own transaction, until none is left.

    `following` gives the next ids after one, `goes_on` is asked under the locks of each batch whether the reason for
    all this still holds. `batches` is the most to do now, with None all.
    """
    changed = counted = broken = last = done = 0
    while (ids := following(last)) and (batches is None or done < batches):
        parts = in_halves(ids, partial(_take, taken, goes_on, counts), _left_out)
        taken_parts = [part for part in parts if part is not None]
        if len(taken_parts) < len(parts):
            break
        changed, counted, broken = map(sum, zip((changed, counted, broken), *taken_parts, strict=True))
        last, done = ids[-1], done + 1
    return Gone(changed=changed, counted=counted, broken=broken, finished=not ids)


def _take(
    taken: Taken, goes_on: Callable[[], bool], counts: Callable[[CaseSnapshot], bool], ids: list[int]
) -> Counts | None:
    """What became of a batch; None when it is no longer to go on."""
    with one_transaction():
        cases = lock_cases(ids)
        if not goes_on():
            return None
        changes, changed, broken = _changes(cases, taken)
        write_changes(changes)
    return changed, sum(counts(change.after) for change in changes), broken


def _left_out(case_id: int, error: Exception) -> Counts:
    logger.error("The case with the id %s cannot be read or written.", case_id, exc_info=error)
    return 0, 0, 1


def _changes(cases: Iterable[LockedCase], taken: Taken) -> tuple[list[Change], int, int]:
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
    settled = case.settled()
    step = taken(case, settled.snapshot)
    if step is None:
        return Change(case=case, steps=settled.steps, after=settled.snapshot), None
    again = settle(case.policy, case.calendar, apply(settled.snapshot, step), now=case.now)
    return Change(case=case, steps=(*settled.steps, step, *again.steps), after=again.snapshot), step


def in_halves(
    ids: list[int], take: Callable[[list[int]], Result], alone: Callable[[int, Exception], Result]
) -> list[Result]:
    """What `take` gives of these cases, each call a transaction; a batch it fails with is taken in halves.

    The broken case stands `alone` in the end. Raises what is no case's fault.
    """
    try:
        return [take(ids)]
    except Exception as error:  # as above
        return halves_of(ids, error, take, alone)


def halves_of(
    ids: list[int], error: Exception, take: Callable[[list[int]], Result], alone: Callable[[int, Exception], Result]
) -> list[Result]:
    """The same for a batch that has failed already. Raises its error when that is no case's fault."""
    if not ids or isinstance(error, NOBODYS_FAULT):
        raise error
    if len(ids) == 1:
        return [alone(ids[0], error)]
    middle = len(ids) // 2
    return [*in_halves(ids[:middle], take, alone), *in_halves(ids[middle:], take, alone)]
