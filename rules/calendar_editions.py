"""Reading the editions of calendars: what each says, who published it, and what a release brings that none has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from contract.errors import NotFound
from rules.calendar_documents import YearChange, Years, differences, merge
from rules.calendar_loader import CALENDARS, YearDocument, editions, latest_of, read_documents, read_year
from rules.models import CalendarEdition
from rules.selectors import packs_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionView:
    """One published edition."""

    id: int
    country: str
    number: int
    shipped: int
    """Up to which edition of the files that came with a release it has seen them."""
    published_at: datetime
    published_by: str
    """Who; empty where it came with a release."""
    source: str
    note: str

    @property
    def years(self) -> Years:
        """What it says, year by year."""
        return documents_of_edition(self.id)

    @property
    def provisional_years(self) -> tuple[int, ...]:
        return tuple(year for year, document in self.years.items() if document.provisional)

    @property
    def covers(self) -> tuple[int, int]:
        """The first and the last year it has days for."""
        return self.first_year, self.last_year

    @property
    def first_year(self) -> int:
        return min(self.years)

    @property
    def last_year(self) -> int:
        return max(self.years)


@lru_cache(maxsize=64)
def documents_of_edition(edition_id: int) -> Years:
    """What an edition says, year by year. Raises CalendarEdition.DoesNotExist."""
    return documents_in(CalendarEdition.objects.values_list("documents", flat=True).get(pk=edition_id))


def documents_in(text: str) -> dict[int, YearDocument]:
    """The documents kept in an edition's text, one a year."""
    return latest_of(read_year(source, file=file) for file, source in json.loads(text).items())


def countries() -> tuple[str, ...]:
    """Whose working days are published."""
    return tuple(CalendarEdition.objects.order_by("country").values_list("country", flat=True).distinct())


def editions_of(country: str) -> tuple[EditionView, ...]:
    """All editions of a calendar, the newest first. Raises NotFound when there is none."""
    rows = CalendarEdition.objects.filter(country=country).select_related("published_by").defer("documents")
    found = tuple(_view(row) for row in rows.order_by("-number"))
    if not found:
        raise NotFound
    return found


def edition_of(country: str, number: int | None = None) -> EditionView:
    """One edition, the newest unless one is named. Raises NotFound."""
    found = next((each for each in editions_of(country) if number in (None, each.number)), None)
    if found is None:
        raise NotFound
    return found


def platforms_using(country: str) -> frozenset[str]:
    """The platforms whose rules count by this calendar."""
    return frozenset(each.policy.platform for each in packs_in_force() if each.policy.calendar == country)


@cache
def shipped_documents(country: str, edition: int, folder: Path = CALENDARS) -> Years:
    """What an edition of the files of this release says."""
    return latest_of(read_documents(country, folder=folder), edition=edition)


@cache
def newest_shipped(country: str, folder: Path = CALENDARS) -> int:
    """The newest edition among the files of this release; 0 where it has none of the country."""
    return max(editions(country, folder=folder)) if (folder / country).is_dir() else 0


def shipped_ahead(edition: EditionView, folder: Path = CALENDARS) -> int:
    """The edition of the release that an edition has not seen and that would change a day or announce a year of it.

    0 for none. Another wording of a source alone is nobody's trouble.
    """
    newest = newest_shipped(edition.country, folder)
    if newest <= edition.shipped:
        return 0
    merged = with_shipped(edition.years, seen=edition.shipped, country=edition.country, folder=folder)
    found = differences(edition.years, merged)
    return newest if found.days or any(_matters(change) for change in found.years) else 0


def _matters(change: YearChange) -> bool:
    """Whether a year is new, or announced now."""
    return change.before is None or change.after is None or change.before.provisional != change.after.provisional


def with_shipped(years: Years, *, seen: int, country: str, folder: Path = CALENDARS) -> dict[int, YearDocument]:
    """A calendar with what the release changed since the edition it has seen; what it changed itself stands."""
    before = shipped_documents(country, seen, folder) if seen else {}
    merged, _both = merge(before, years, shipped_documents(country, newest_shipped(country, folder), folder))
    return merged


def _view(row: CalendarEdition) -> EditionView:
    return EditionView(
        id=row.pk, country=row.country, number=row.number, shipped=row.shipped, published_at=row.published_at,
        published_by=str(row.published_by or ""), source=row.source, note=row.note,
    )  # fmt: skip
