"""Looking for the first thing that is not as the journal says, one case at a time."""

from __future__ import annotations

from collections.abc import Iterator

from disputes.models import Case
from disputes.services.verifying import Difference, compare_rows, replay, verify_digests


def numbers_of_cases() -> Iterator[str]:
    """The numbers of all cases, oldest first."""
    yield from Case.objects.order_by("pk").values_list("number", flat=True).iterator(chunk_size=2000)


def first_difference(number: str) -> Difference | None:
    """The first wrong thing about a case: its digests, its rows, its history. Raises LookupError when it is unknown."""
    case_id = Case.objects.filter(number=number).values_list("pk", flat=True).first()
    if case_id is None:
        raise LookupError(number)
    broken = verify_digests(case_id, number)
    if broken:
        return broken
    try:
        return next(iter(compare_rows(case_id)), None) or replay(case_id)
    except Exception as error:  # rows so wrong that they cannot be read are a finding, not a failure
        return Difference(case=number, sequence=0, what="the case", stored=repr(error), expected="something readable")
