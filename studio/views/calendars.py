"""Calendars of working days: the list, a year, a month, and the editions with what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contract.clock import database_now
from disputes.selectors.calendar_use import open_cases_by_edition, open_cases_on_older
from rules.calendar_actions import actions_on_calendar
from rules.calendar_documents import differences
from rules.calendar_drafts import CalendarDraftView, calendar_drafts, open_calendar_draft
from rules.calendar_editions import EditionView, countries, edition_of, editions_of, shipped_ahead
from rules.calendar_importing import as_csv, as_yaml
from studio.access import administrator, administrators_only
from studio.calendar_access import known_country, may_change
from studio.calendar_grid import month_grid, year_rows
from studio.calendar_warnings import NoticeView, notices_of
from studio.calendar_words import actions_in_words, country_label, difference_lines
from studio.views.frame import places

SHOWN_ACTIONS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryRow:
    """One calendar in the list."""

    country: str
    label: str
    newest: EditionView
    provisional: str
    by_edition: tuple[tuple[int, int], ...]
    """Number and open cases of each edition that open cases run under."""
    draft: CalendarDraftView | None
    may_change: bool
    notices: tuple[NoticeView, ...]


@administrators_only
@require_GET
def calendars(request: HttpRequest) -> HttpResponse:
    """Every country whose working days somebody counts."""
    used, now = open_cases_by_edition(), database_now()
    rows = []
    for country in countries():
        editions = editions_of(country)
        rows.append(CountryRow(
            country=country, label=country_label(country), newest=editions[0],
            provisional=", ".join(map(str, editions[0].provisional_years)),
            by_edition=tuple((each.number, used[each.id]) for each in editions if used.get(each.id)),
            draft=open_calendar_draft(country), may_change=may_change(administrator(request), country),
            notices=notices_of(country, now),
        ))  # fmt: skip
    shown = {"places": places(request), "rows": rows}
    return render(request, "studio/calendars.html", shown)


@administrators_only
@require_GET
def calendar(request: HttpRequest, country: str) -> HttpResponse:
    """A year of a calendar, month by month."""
    edition = edition_asked(request, known_country(country))
    year = _number(request, "year") or min(max(database_now().year, edition.covers[0]), edition.covers[1])
    if year not in edition.years:
        raise Http404
    document = edition.years[year]
    shown = {
        **calendar_frame(request, country), "edition": edition, "newest": edition_of(country), "year": year,
        "years": sorted(edition.years, reverse=True), "document": document, "months": year_rows(document),
        "draft": open_calendar_draft(country), "may_change": may_change(administrator(request), country),
        "notices": notices_of(country, database_now()), "crumbs": calendars_crumbs(), "here": country_label(country),
    }  # fmt: skip
    return render(request, "studio/calendar.html", shown)


@administrators_only
@require_GET
def month(request: HttpRequest, country: str, year: int, month: int) -> HttpResponse:
    """A month as a grid of weeks."""
    edition = edition_asked(request, known_country(country))
    if year not in edition.years or not 1 <= month <= 12:
        raise Http404
    grid = month_grid(edition.years, year, month)
    shown = {
        **calendar_frame(request, country), "edition": edition, "grid": grid, "document": edition.years[year],
        "newest": edition_of(country), "draft": open_calendar_draft(country), "here": grid.title,
        "crumbs": calendars_crumbs(country), "may_change": may_change(administrator(request), country),
    }  # fmt: skip
    return render(request, "studio/calendar_month.html", shown)


@administrators_only
@require_GET
def editions(request: HttpRequest, country: str) -> HttpResponse:
    """All editions, and what any two say differently."""
    found, used = editions_of(known_country(country)), open_cases_by_edition()
    after = edition_of(country, _number(request, "to") or found[0].number)
    before = edition_of(country, _number(request, "from") or max(after.number - 1, 1))
    weekend = next(iter(after.years.values())).weekend
    shown = {
        **calendar_frame(request, country), "editions": [(each, used.get(each.id, 0)) for each in found],
        "newest": found[0], "older": open_cases_on_older(country, found[0].id),
        "before": before, "after": after, "here": _("Editions"), "crumbs": calendars_crumbs(country),
        "lines": difference_lines(differences(before.years, after.years), weekend),
        "drafts": calendar_drafts(country) if may_change(administrator(request), country) else (),
        "actions": actions_in_words(actions_on_calendar(country, limit=SHOWN_ACTIONS)),
    }  # fmt: skip
    return render(request, "studio/calendar_editions.html", shown)


@administrators_only
@require_GET
def export(request: HttpRequest, country: str) -> HttpResponse:
    """An edition, or one of its years, as a file that can be imported again."""
    edition = edition_asked(request, known_country(country))
    year, kind = _number(request, "year"), request.GET.get("format", "yaml")
    if kind not in ("yaml", "csv") or (year and year not in edition.years):
        raise Http404
    years = {year: edition.years[year]} if year else edition.years
    return as_file(as_csv(years) if kind == "csv" else as_yaml(years), f"{country}-{edition.number}", kind)


def as_file(text: str, name: str, kind: str) -> HttpResponse:
    """A text to be kept as a file."""
    content = {"csv": "text/csv; charset=utf-8", "yaml": "application/yaml; charset=utf-8"}[kind]
    answer = HttpResponse(text, content_type=content)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def edition_asked(request: HttpRequest, country: str) -> EditionView:
    """The edition a page is asked for, the newest by default. Raises NotFound."""
    return edition_of(country, _number(request, "edition") or None)


def calendar_frame(request: HttpRequest, country: str) -> dict[str, Any]:
    """What stands on every page about one calendar."""
    newest = edition_of(country)
    return {
        "places": places(request), "country": country, "label": country_label(country),
        "zone": newest.years[newest.covers[1]].zone, "offered": shipped_ahead(newest),
    }  # fmt: skip


def calendars_crumbs(country: str = "") -> list[dict[str, str]]:
    """The way back to the list, and to the calendar."""
    steps = [(reverse("studio:calendars"), _("Calendars"))]
    if country:
        steps.append((reverse("studio:calendar", args=[country]), country_label(country)))
    return [{"url": url, "label": label} for url, label in steps]


def _number(request: HttpRequest, name: str) -> int:
    """A number of the address; 0 where there is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0
