"""Looking for the first thing that is not as the journal says, one case at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from disputes.models import Case
from disputes.services.recounting import first_miscount
from disputes.services.verifying import Difference, compare_rows, replay, verify_digests

MOST_LOOKS: Final = 10
"""At a case that moves each time."""
STRAYS: Final = """
SELECT t.case_id, t.named FROM (
    SELECT case_id, 'journal' AS named FROM disputes_caseevent
    UNION SELECT case_id, 'ledger' FROM disputes_ledgerentry
    UNION SELECT case_id, 'ruling' FROM disputes_ruling
) t WHERE NOT EXISTS (SELECT FROM disputes_case c WHERE c.id = t.case_id) ORDER BY t.case_id, t.named LIMIT 1
"""


def first_stray() -> tuple[int, str] | None:
    """The id of a case that is gone, and what is still there of it: journal, ledger or ruling. None: nothing is."""
    with connection.cursor() as cursor:
        cursor.execute(STRAYS)
        found = cursor.fetchone()
    return (found[0], found[1]) if found else None


def numbers_of_cases() -> Iterator[str]:
    """The numbers of all cases, oldest first."""
    yield from Case.objects.order_by("pk").values_list("number", flat=True).iterator(chunk_size=2000)


def first_difference(number: str) -> Difference | None:
    """The first wrong thing about a case: digests, rows, history, money. Raises LookupError when it is unknown.

    It takes many statements and no lock, so that a standby can be asked too: a case that moved meanwhile is looked at
    again.
    """
    for _look in range(MOST_LOOKS):
        case_id, *before = _state(number)
        found = _difference(case_id, number)
        if found is None or _state(number) == (case_id, *before):
            break
    return found


def _state(number: str) -> tuple[Any, ...]:
    """What changes with every write to a case, its id first. Raises LookupError."""
    found = Case.objects.filter(number=number).values_list("pk", "version", "wake_at", "retry_at").first()
    if found is None:
        raise LookupError(number)
    return found


def _difference(case_id: int, number: str) -> Difference | None:
    try:
        return (
            verify_digests(case_id, number) or next(iter(compare_rows(case_id)), None) or replay(case_id)
            or first_miscount(case_id)
        )  # fmt: skip
    except Exception as error:  # rows so wrong that they cannot be read are a finding, not a failure
        return Difference(case=number, sequence=0, what="the case", stored=repr(error), expected="something readable")
