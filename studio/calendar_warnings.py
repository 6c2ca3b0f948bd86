"""What administrators have to do about calendars in time, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from disputes.selectors.calendar_use import deadlines_reaching
from rules.calendar_editions import countries, edition_of, shipped_ahead
from rules.calendar_warnings import CalendarWarning, WarningKind, warnings_of
from rules.selectors import version_in_force
from rules.wording import length_in_words
from studio.calendar_words import country_label, days_in_words
from studio.selectors import pack_label


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One thing to do about a calendar."""

    country: str
    kind: str
    """provisional, ending, or shipped."""
    sentence: str
    advice: str
    late: bool
    """Whether it is so already."""
    warning: CalendarWarning | None
    reaching: int | None
    """Running deadlines that reach the year already."""


def all_notices(now: datetime) -> tuple[NoticeView, ...]:
    """Of every calendar."""
    return tuple(notice for country in countries() for notice in notices_of(country, now))


def notices_of(country: str, now: datetime) -> tuple[NoticeView, ...]:
    """What has to be done about a calendar, the nearest first."""
    found = [_of_warning(each) for each in warnings_of(country, now)]
    newest = edition_of(country)
    if shipped_ahead(newest):
        told = {"country": country_label(country)}
        found.append(NoticeView(
            country=country, kind="shipped", late=False, warning=None, reaching=None,
            sentence=_("This release brings new days for the calendar of %(country)s; yours was not replaced.") % told,
            advice=_("Take them over into a draft, look at them, and publish."),
        ))  # fmt: skip
    return tuple(found)


def _of_warning(warning: CalendarWarning) -> NoticeView:
    told = {
        "country": country_label(warning.country), "year": warning.year, "days": warning.days_left,
        "day": days_in_words([warning.reached_from]), "length": length_in_words(warning.length),
        "pack": pack_label(version_in_force(warning.pack).policy),
    }  # fmt: skip
    return NoticeView(
        country=warning.country, kind=str(warning.kind), late=warning.days_left == 0, warning=warning,
        reaching=deadlines_reaching(warning.country, warning.year), sentence=_sentence(warning) % told,
        advice=_advice(warning),
    )  # fmt: skip


def _sentence(warning: CalendarWarning) -> str:
    if warning.kind is WarningKind.PROVISIONAL:
        if warning.days_left:
            return _(
                "%(country)s: the days off of %(year)s are not announced. Deadlines that begin on %(day)s or later "
                "(in %(days)s days) count into that year: %(length)s in %(pack)s."
            )
        return _(
            "%(country)s: the days off of %(year)s are not announced, and deadlines that begin now count into that "
            "year: %(length)s in %(pack)s."
        )
    if warning.days_left:
        return _(
            "%(country)s: the calendar has no %(year)s. Deadlines that begin on %(day)s or later (in %(days)s days) "
            "count into it, with weekends alone off: %(length)s in %(pack)s."
        )
    return _(
        "%(country)s: the calendar has no %(year)s, and deadlines that begin now count into it, with weekends alone "
        "off: %(length)s in %(pack)s."
    )


def _advice(warning: CalendarWarning) -> str:
    if warning.kind is WarningKind.PROVISIONAL:
        return _("When the notice is out, enter its days in a draft, mark the year as announced, and publish.")
    return _("Add the year in a draft, provisional if need be, and publish it.")
