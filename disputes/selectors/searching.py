"""Cases found by words, each reader by the words they may read.

A word that one side alone may read is stored with that side's mark, and a query of the other never asks for it. So
are the case's buyer, shop and platform, which narrows a search to somebody's own cases within the same index; who may
see a case is decided by the list that is searched, never by the marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value

from disputes.models import Case
from disputes.selectors.lexemes import any_of, words_asked

ENOUGH: Final = 2000
"""Up to so many hits are sorted; with more, cases are looked at one after the other until the page is full."""

ONLY: Final[Mapping[str, str]] = {"buyer": "b:", "seller": "s:", "platform": "p:"}
"""The marks of words that one side may read beside the platform, or the platform alone. No word has a colon."""
READS: Final[Mapping[str, Sequence[str]]] = {
    "buyer": ("", ONLY["buyer"]), "seller": ("", ONLY["seller"]), "platform": ("", *ONLY.values()),
}  # fmt: skip
OWNER: Final[Mapping[str, str]] = {"buyer": "buyer:", "seller": "shop:", "platform": "at:"}
"""The marks of whose a case is: the buyer's number, the shop's number, the platform."""

PROBE: Final = "SELECT case_id FROM disputes_casesearch WHERE words @@ %s::tsquery LIMIT %s"


def searched(
    cases: QuerySet[Case], query: str, *, viewer: str, owners: Sequence[int | str], enough: int = ENOUGH
) -> QuerySet[Case]:
    """Of a reader's cases, those in which all words of the query are found; all of them when nothing is asked.

    `owners` are the reader's own number, the numbers of their shops, or their platforms. To be listed by the newest.
    """
    if not query.strip():
        return cases
    words = words_asked(query)
    if not words or not owners:
        return cases.none()
    asked = [any_of(mark + word for mark in READS[viewer]) for word in words]
    condition = " & ".join([*_marks(viewer, owners), *asked])
    found = _probed(condition, enough)
    if len(found) <= enough:
        return cases.filter(pk__in=found)
    return cases.filter(_Finds(condition), search__edition__gt=0)


def _marks(viewer: str, owners: Sequence[int | str]) -> list[str]:
    """Whose cases; several platforms have nearly everything, and telling so would only cost time."""
    if viewer == "platform" and len(owners) > 1:
        return []
    return [any_of(f"{OWNER[viewer]}{owner}" for owner in owners)]


def _probed(condition: str, enough: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(PROBE, [condition, enough + 1])
        return sorted(case_id for (case_id,) in cursor.fetchall())


class _Finds(Func):
    """Whether a case's words fit, asked of one case after the other, the newest first, until the page is full.

    PostgreSQL takes `@@` for rare where it cannot know, and would rather sort everything; it does not within coalesce.
    """

    template = "coalesce(%(expressions)s::tsquery, false)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, condition: str) -> None:
        super().__init__(F("search__words"), Value(condition, output_field=TextField()))
