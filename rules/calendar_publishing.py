"""Publishing editions of calendars: those that come with a release, and those administrators make.

Both are numbered in one row, as they were published. The number in the name of a release's file is that file's own:
an edition keeps it as `shipped`, so that a later release knows what was seen of it. An edition of a release is
published by itself only while nobody has published over the last one; afterwards it is offered to the administrators,
who take it into their own. What they announced or took off is never replaced by an upgrade.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from rules.calendar_actions import Kind, record_on_calendar
from rules.calendar_documents import Years, said_by, text_of
from rules.calendar_editions import documents_in, shipped_documents
from rules.calendar_loader import CALENDARS, calendar_of, editions
from rules.models import CalendarEdition
from rules.services import one_at_a_time


@transaction.atomic
def publish_shipped_calendars(*, folder: Path = CALENDARS) -> tuple[str, ...]:
    """Publish every edition that came with this release, where nobody has published over the last one.

    Returns what was published, such as `cn 2`.
    """
    done = []
    for country in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        one_calendar_at_a_time(country)
        for edition in editions(country, folder=folder):
            number = _publish_shipped(country, edition, folder)
            if number:
                done.append(f"{country} {number}")
    return tuple(done)


def _publish_shipped(country: str, edition: int, folder: Path) -> int:
    """The number it is published under; 0 where it is not to be published."""
    newest = CalendarEdition.objects.filter(country=country).order_by("-number").first()
    if newest is not None and (newest.published_by_id is not None or newest.shipped >= edition):
        return 0
    years = shipped_documents(country, edition, folder)
    source = "; ".join(dict.fromkeys(each.source for each in years.values() if each.edition == edition))
    made = publish_edition(country, years, shipped=edition, source=source if edition > 1 else "")
    record_on_calendar(Kind.SHIPPED, country=country, actor_id=None, after={"edition": made.number, "shipped": edition})
    return made.number


def publish_edition(
    country: str, years: Years, *, shipped: int, published_by_id: int | None = None, source: str = "", note: str = "",
) -> CalendarEdition:  # fmt: skip
    """Publish a calendar as its next edition; new cases take it at once. Whoever calls holds the calendar's name.

    Raises CalendarDocumentError where years are missing between others.
    """
    number = newest_edition_number(country) + 1
    calendar_of(years.values(), edition=number)
    before = CalendarEdition.objects.filter(country=country, number=number - 1).first()
    text = _text(country, years, number, documents_in(before.documents) if before else {})
    return CalendarEdition.objects.create(
        country=country, number=number, documents=text, digest=hashlib.sha256(text.encode()).hexdigest(),
        shipped=shipped, published_by_id=published_by_id, source=source, note=note,
    )  # fmt: skip


def newest_edition_number(country: str) -> int:
    """0 when there is none."""
    return CalendarEdition.objects.filter(country=country).aggregate(n=Max("number"))["n"] or 0


def one_calendar_at_a_time(country: str) -> None:
    """Hold the calendar's name until the transaction ends."""
    one_at_a_time(f"calendar.{country}")


def _text(country: str, years: Years, number: int, before: Years) -> str:
    """One document a year; a year that says what it said keeps the document it had."""
    texts = {}
    for year, document in sorted(years.items()):
        kept = before.get(year)
        told = kept if kept is not None and said_by(kept) == said_by(document) else replace(document, edition=number)
        texts[f"{country}/{year}.{told.edition}.yaml"] = text_of(told)
    return json.dumps(texts, ensure_ascii=False, sort_keys=True)
