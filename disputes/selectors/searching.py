"""Cases found by words, each reader by the words they may read.

A word that one side alone may read is stored with that side's mark, and a query of the other never asks for it. So
are the case's buyer, shop and platform, which narrows a search to somebody's own cases within the same index; who may
see a case is decided by the list that is searched, never by the marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import BooleanField, Func, OuterRef, QuerySet, Subquery, TextField, Value

from disputes.models import Case, CaseSearch
from disputes.selectors.lexemes import any_of, words_asked

ENOUGH: Final = 1000
"""Up to so many hits are sorted; with more, the list is walked in its order until the page is full."""

ONLY: Final[Mapping[str, str]] = {"buyer": "b:", "seller": "s:", "platform": "p:"}
"""The marks of words that one side may read beside the platform, or the platform alone. No word has a colon."""
READS: Final[Mapping[str, Sequence[str]]] = {
    "buyer": ("", ONLY["buyer"]), "seller": ("", ONLY["seller"]), "platform": ("", *ONLY.values()),
}  # fmt: skip
OWNER: Final[Mapping[str, str]] = {"buyer": "buyer:", "seller": "shop:", "platform": "at:"}
"""The marks of whose a case is: the buyer's number, the shop's number, the platform."""

PROBE: Final = "SELECT case_id FROM disputes_casesearch WHERE words @@ %s::tsquery LIMIT %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Cases that fit a query, still to be ordered."""

    cases: QuerySet[Case]
    few: bool
    """Whether they are known one by one, and so few that sorting them costs nothing."""


def searched(
    cases: QuerySet[Case], query: str, *, viewer: str, owners: Iterable[int | str], enough: int = ENOUGH
) -> Found:
    """Of a reader's cases, those in which all words of the query are found; all of them when nothing is asked.

    `owners` are the reader's own number, the numbers of their shops, or their platforms.
    """
    if not query.strip():
        return Found(cases=cases, few=False)
    marks = [f"{OWNER[viewer]}{owner}" for owner in owners]
    words = words_asked(query)
    if not words or not marks:
        return Found(cases=cases.none(), few=True)
    condition = " & ".join([any_of(marks), *(any_of(mark + word for mark in READS[viewer]) for word in words)])
    found = _probed(condition, enough)
    few = len(found) <= enough
    return Found(cases=cases.filter(pk__in=found) if few else cases.filter(_Finds(condition)), few=few)


def _probed(condition: str, enough: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(PROBE, [condition, enough + 1])
        return sorted(case_id for (case_id,) in cursor.fetchall())


class _Finds(Func):
    """Whether a case's words fit; a subquery, so that the list is walked and not the words.

    PostgreSQL takes `@@` for rare where it cannot know, and would rather sort everything; it does not within coalesce.
    """

    template = "coalesce(%(expressions)s::tsquery, false)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, condition: str) -> None:
        words = CaseSearch.objects.filter(case_id=OuterRef("pk")).values("words")
        super().__init__(Subquery(words), Value(condition, output_field=TextField()))
