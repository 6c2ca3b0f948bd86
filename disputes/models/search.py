"""What a case is found by."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from disputes.models.cases import Case


class CaseSearch(models.Model):
    """The words of one case, each with a mark of who may find it by them; see `disputes.selectors.lexemes`.

    A table of its own, so that a timer's step, which adds no text, touches nothing of it.
    """

    storage_parameters: ClassVar = {"toast_tuple_target": "8160"}
    """Words stay in their row, for a frequent one is looked for in one row after the other."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="search")
    words = SearchVectorField()
    edition = models.PositiveSmallIntegerField()
    """By which edition of the rules for words it was written."""

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["words"], name="disputes_search_words", fastupdate=False)]

    def __str__(self) -> str:
        return str(self.case_id)
