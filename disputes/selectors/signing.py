"""Who signed rulings of a case."""

from __future__ import annotations

from collections.abc import Iterable

from disputes.models import Ruling

Pair = tuple[int, int | None]
"""An arbitrator and, where one was needed, the second person."""


def signers_of(case_id: int) -> frozenset[int]:
    """Everybody who made a ruling of this case, approved one, or decided an earlier second review of it.

    The rows of rulings say it, found by their case: they also keep who left a ruling as it was, which no fact does.
    """
    return signers_in(Ruling.objects.filter(case_id=case_id).values_list("arbitrator_id", "second_person_id"))


def signers_in(rulings: Iterable[Pair]) -> frozenset[int]:
    """The same of rulings that were read already."""
    return frozenset(person for pair in rulings for person in pair if person is not None)
