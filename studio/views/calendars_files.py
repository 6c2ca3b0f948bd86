"""Days and years of a calendar's draft from a file, with what would change first; and the draft as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contract.errors import DomainError
from rules.calendar_documents import differences
from rules.calendar_drafts import CalendarDraftView
from rules.calendar_editing import take_years
from rules.calendar_importing import WrongFile, as_csv, as_yaml, read_file
from rules.calendar_loader import YearDocument
from studio.access import administrator, administrators_only
from studio.calendar_words import difference_lines
from studio.forms.calendars import CalendarFileForm
from studio.views.calendars import as_file, calendars_crumbs
from studio.views.calendars_drafts import draft_crumb, draft_for, draft_frame, sentences_of
from studio.views.drafts import revision_seen

Given = Mapping[int, YearDocument]


@administrators_only
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, country: str, calendar_draft_id: int) -> HttpResponse:
    """A file is read and shown; it is taken into the draft by the second button."""
    found = draft_for(request, country, calendar_draft_id)
    if request.method == "GET":
        return _page(request, found, CalendarFileForm())
    form = CalendarFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form)
    text = form.given()
    try:
        given = read_file(text, into=found.years)
    except WrongFile as wrong:
        form.add_error("text", _("The file is not taken. Nothing has changed."))
        return _page(request, found, form.keeping(text), mistakes=wrong.mistakes)
    if request.POST.get("do") != "take":
        return _page(request, found, form.keeping(text), lines=_changing(found, given), preview=True)
    return _taken(request, found, form.keeping(text), given)


def _taken(request: HttpRequest, found: CalendarDraftView, form: CalendarFileForm, given: Given) -> HttpResponse:
    try:
        take_years(
            found.country, found.id, given, revision=revision_seen(request), actor_id=administrator(request).pk
        )
    except DomainError as error:
        for sentence in sentences_of(error):
            form.add_error(None, sentence)
        return _page(request, draft_for(request, found.country, found.id), form)
    messages.success(request, _("The file is in the draft."))
    return redirect("studio:calendar-draft", found.country, found.id)


@administrators_only
@require_GET
def export(request: HttpRequest, country: str, calendar_draft_id: int) -> HttpResponse:
    """What the draft would publish, as a file."""
    found = draft_for(request, country, calendar_draft_id)
    kind = request.GET.get("format", "yaml")
    if kind not in ("yaml", "csv"):
        raise Http404
    text = as_csv(found.years) if kind == "csv" else as_yaml(found.years)
    return as_file(text, f"{country}-draft-{found.id}", kind)


def _changing(found: CalendarDraftView, given: Given) -> tuple[Any, ...]:
    weekend = next(iter(found.years.values())).weekend
    return difference_lines(differences(found.years, {**found.years, **given}), weekend)


def _page(
    request: HttpRequest, found: CalendarDraftView, form: CalendarFileForm, *, mistakes: tuple[Any, ...] = (),
    lines: tuple[Any, ...] = (), preview: bool = False,
) -> HttpResponse:  # fmt: skip
    shown = {
        **draft_frame(request, found), "form": form, "mistakes": mistakes, "lines": lines, "preview": preview,
        "here": _("From a file"), "crumbs": [*calendars_crumbs(found.country), draft_crumb(found)],
    }  # fmt: skip
    return render(request, "studio/calendar_file.html", shown, status=422 if form.errors else 200)
