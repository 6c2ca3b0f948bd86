"""The draft of a calendar: its months are changed, its years announced, then it is submitted and published."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contract.errors import DomainError, Invalid, Words
from disputes.selectors.calendar_use import open_cases_on_older
from rules.calendar_actions import actions_on_calendar
from rules.calendar_documents import differences
from rules.calendar_drafts import CalendarDraftChanged, CalendarDraftOpen, CalendarDraftView, begin_calendar_draft
from rules.calendar_drafts import calendar_draft as draft_called
from rules.calendar_editing import add_year, carry_over_calendar, change_days, change_year, take_shipped
from rules.calendar_editions import edition_of, newest_shipped, shipped_ahead
from rules.calendar_releasing import (
    alone_allowed,
    authors_of_calendar,
    discard_calendar,
    publish_calendar,
    return_calendar,
    submit_calendar,
)
from studio.access import administrator, administrators_only
from studio.calendar_access import changeable
from studio.calendar_grid import month_grid
from studio.calendar_words import actions_in_words, country_label, difference_lines, meanwhile_in_words
from studio.forms.calendars import DaysForm, SubmitCalendarForm, YearForm
from studio.views.calendars import SHOWN_ACTIONS, calendar_frame, calendars_crumbs
from studio.views.drafts import revision_seen

TONES = {"editing": "info", "submitted": "soon", "published": "good"}
Doing = Callable[[], CalendarDraftView]


@administrators_only
@require_POST
def begin(request: HttpRequest, country: str) -> HttpResponse:
    """Begin a draft, or go on with the one there is."""
    try:
        begun = begin_calendar_draft(changeable(administrator(request), country), author_id=administrator(request).pk)
    except CalendarDraftOpen as there:
        messages.info(request, there.message())
        return redirect("studio:calendar-draft", country, there.data["draft"])
    return redirect("studio:calendar-draft", country, begun.id)


@administrators_only
@require_GET
def draft(request: HttpRequest, country: str, calendar_draft_id: int) -> HttpResponse:
    """What the draft changes, and what comes next."""
    found = draft_for(request, country, calendar_draft_id)
    return render(request, "studio/calendar_draft.html", draft_shown(request, found))


@administrators_only
@require_http_methods(["GET", "POST"])
def days(request: HttpRequest, country: str, calendar_draft_id: int, year: int, month: int) -> HttpResponse:
    """A month of the draft: choose days, and say what they are."""
    found = draft_for(request, country, calendar_draft_id)
    if year not in found.years or not 1 <= month <= 12:
        raise Http404
    every = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    form = DaysForm(found.years, every, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = _tried(request, form, lambda: change_days(
                country, found.id, form.marks(), revision=revision_seen(request), actor_id=administrator(request).pk,
            ))  # fmt: skip
            if told is not None:
                messages.success(request, _("The days are kept in the draft."))
                return redirect("studio:calendar-days", country, found.id, year, month)
            found = draft_called(country, found.id)
    return _month_page(request, found, form, (year, month), status)


def _month_page(
    request: HttpRequest, found: CalendarDraftView, form: DaysForm, at: tuple[int, int], status: int
) -> HttpResponse:
    chosen = form.chosen() if form.is_bound else ()
    changed = {change.day for change in found.changes().days}
    grid = month_grid(found.years, *at, changed=changed, chosen=chosen)
    shown = {
        **draft_frame(request, found), "grid": grid, "form": form, "document": found.years[at[0]],
        "here": grid.title, "crumbs": [*calendars_crumbs(found.country), draft_crumb(found)],
    }  # fmt: skip
    return render(request, "studio/calendar_days.html", shown, status=status)


@administrators_only
@require_POST
def year(request: HttpRequest, country: str, calendar_draft_id: int) -> HttpResponse:
    """Mark a year as announced or provisional, with its source."""
    found = draft_for(request, country, calendar_draft_id)
    form = YearForm(found.years, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        done = _tried(request, form, lambda: change_year(
            country, found.id, given["year"], provisional=given["announced"] == "no", source=given["source"],
            revision=revision_seen(request), actor_id=administrator(request).pk,
        ))  # fmt: skip
        if done is not None:
            messages.success(request, _("The year is kept in the draft."))
            return redirect("studio:calendar-draft", country, found.id)
    shown = {**draft_shown(request, draft_called(country, found.id)), "year_form": form, "form": form}
    return render(request, "studio/calendar_draft.html", shown, status=422)


@administrators_only
@require_POST
def submit(request: HttpRequest, country: str, calendar_draft_id: int) -> HttpResponse:
    """Ask for approval, with the source."""
    found = draft_for(request, country, calendar_draft_id)
    form = SubmitCalendarForm(request.POST)
    if form.is_valid():
        done = _tried(request, form, lambda: submit_calendar(
            country, found.id, source=form.cleaned_data["source"], note=form.cleaned_data["note"],
            revision=revision_seen(request), actor_id=administrator(request).pk,
        ))  # fmt: skip
        if done is not None:
            messages.success(request, _("The draft is submitted. It waits for somebody else's approval."))
            return redirect("studio:calendar-draft", country, found.id)
    shown = {**draft_shown(request, draft_called(country, found.id)), "submit_form": form, "form": form}
    return render(request, "studio/calendar_draft.html", shown, status=422)


@administrators_only
@require_POST
def decide(request: HttpRequest, country: str, calendar_draft_id: int) -> HttpResponse:
    """Add a year, take over the release's days, carry over, send back, publish, or discard."""
    found = draft_for(request, country, calendar_draft_id)
    who: dict[str, Any] = {"revision": revision_seen(request), "actor_id": administrator(request).pk}
    reason = request.POST.get("reason", "")
    choices: dict[str, tuple[Words, Doing]] = {
        "add_estimated": (gettext_lazy("The year is added."),
                          lambda: add_year(country, found.id, estimated=True, **who)),
        "add_empty": (gettext_lazy("The year is added."), lambda: add_year(country, found.id, estimated=False, **who)),
        "take_shipped": (gettext_lazy("The days of the release are in the draft."),
                         lambda: take_shipped(country, found.id, **who)),
        "carry_over": (gettext_lazy("The draft builds on the newest edition now, and is back in work."),
                       lambda: carry_over_calendar(country, found.id, **who)),
        "return": (gettext_lazy("The draft is back in work."),
                   lambda: return_calendar(country, found.id, reason=reason, **who)),
        "publish": (gettext_lazy("The edition is published. Open cases keep the edition they count by."),
                    lambda: publish_calendar(country, found.id, **who)),
        "discard": (gettext_lazy("The draft is discarded. It stays readable."),
                    lambda: discard_calendar(country, found.id, **who)),
    }  # fmt: skip
    chosen = choices.get(request.POST.get("do", ""))
    if chosen is None:
        raise Http404
    told, do = chosen
    try:
        do()
    except DomainError as error:
        for sentence in sentences_of(error):
            messages.warning(request, sentence)
    else:
        messages.success(request, str(told))
        newest = edition_of(country)
        if request.POST["do"] == "publish" and open_cases_on_older(country, newest.id):
            return redirect("studio:repin-calendar", country, newest.number)
    return redirect("studio:calendar-draft", country, found.id)


def draft_for(request: HttpRequest, country: str, draft_id: int) -> CalendarDraftView:
    """A draft of a calendar that whoever asks may change. Raises Http404."""
    return draft_called(changeable(administrator(request), country), draft_id)


def draft_frame(request: HttpRequest, found: CalendarDraftView) -> dict[str, Any]:
    """What stands on every page about one draft."""
    return {**calendar_frame(request, found.country), "draft": found, "tone": TONES.get(found.status, "")}


def draft_crumb(found: CalendarDraftView) -> dict[str, str]:
    url = f"{calendars_crumbs(found.country)[-1]['url']}drafts/{found.id}/"
    return {"url": url, "label": _("Draft")}


def draft_shown(request: HttpRequest, found: CalendarDraftView) -> dict[str, Any]:
    """The page of one draft."""
    newest, me = edition_of(found.country), administrator(request)
    replaced = found.is_open and newest.number != found.base.number
    weekend = next(iter(found.years.values())).weekend
    since = difference_lines(differences(found.base.years, newest.years), weekend) if replaced else ()
    last = max(found.years)
    return {
        **draft_frame(request, found), "here": _("Draft"), "crumbs": calendars_crumbs(found.country),
        "lines": difference_lines(found.changes(), weekend), "newest": newest if replaced else None, "since": since,
        "year_form": YearForm(found.years, initial={"year": _unannounced(found), "announced": "yes"}),
        "submit_form": SubmitCalendarForm(), "last": last, "next": last + 1,
        "years": sorted(found.years, reverse=True)[:4], "months": range(1, 13),
        "offer": found.in_work and bool(shipped_ahead(newest)) and found.shipped < newest_shipped(found.country),
        "alone_allowed": alone_allowed(found.country), "mine": me.pk in authors_of_calendar(found),
        "actions": actions_in_words(actions_on_calendar(found.country, draft_id=found.id, limit=SHOWN_ACTIONS)),
        "label": country_label(found.country), "older": open_cases_on_older(found.country, newest.id),
        "newest_number": newest.number,
        "ready": bool(found.changes()) or found.shipped != found.base.shipped,
    }  # fmt: skip


def _unannounced(found: CalendarDraftView) -> int:
    return min((year for year, document in found.years.items() if document.provisional), default=max(found.years))


def _tried(request: HttpRequest, form: Form, do: Doing) -> CalendarDraftView | None:
    """What was done; None when it was refused, which the form then says."""
    try:
        return do()
    except DomainError as error:
        for sentence in sentences_of(error):
            form.add_error(None, sentence)
    return None


def sentences_of(error: DomainError) -> list[str]:
    """A refusal in sentences: each wrong part, and what somebody else changed meanwhile."""
    if isinstance(error, Invalid) and error.fields:
        return [f"{problem.pointer.rpartition('/')[2]}: {problem.detail}" for problem in error.fields]
    if isinstance(error, CalendarDraftChanged):
        return [error.message(), *(meanwhile_in_words(each) for each in error.data["differences"])]
    return [error.message()]
