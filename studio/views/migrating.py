"""Putting running cases under other rules: look at every time that would move, then confirm, or one case at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contract.clock import database_now
from contract.errors import DomainError, Invalid
from contract.idempotency import Replay
from disputes.errors import FieldsRefused
from disputes.forms.acting import new_key
from disputes.labels import field_sentence
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.machinery import open_cases_by_version
from disputes.services.bulk_previewing import ON_A_PAGE, preview_run, tried_cases
from disputes.services.bulk_starting import start_run
from disputes.services.repeating import once
from disputes.views.asking import call_of
from rules.selectors import VersionView, edition_numbered, versions_of
from studio.access import administrator, administrators_only, pack_for
from studio.calendar_words import country_label
from studio.forms.migrating import LossForm, MigrationForm, WhichCasesForm, WhichVersionForm
from studio.migrating_rows import case_rows, count_rows
from studio.migrating_table import COLUMNS, rows_of
from studio.selectors import pack_label
from studio.tables import as_table
from studio.views.calendars import calendars_crumbs
from studio.views.frame import crumbs, pack_crumb, places

MIGRATE = "migrate"
MOST_IN_TABLE = 5_000
"""Cases tried out for a table: some seconds of work."""
LAST = 10_000_000
"""No page of a preview begins behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page is about: which cases, and which rules."""

    query: CaseQuery
    parameters: Mapping[str, Any]
    which: forms.Form
    """How the set was chosen."""
    shown: Mapping[str, Any]
    """What the page says of it."""


@administrators_only
@require_http_methods(["GET", "POST"])
def migration(request: HttpRequest, pack: str) -> HttpResponse:
    """Running cases of a pack under another of its versions."""
    pack_for(administrator(request), pack)
    listed, running = versions_of(pack), open_cases_by_version()
    counted = [(version.number, running.get(version.id, 0)) for version in listed]
    newest = next((version for version in listed if version.effective_from <= database_now()), listed[0])
    which = WhichVersionForm(counted, _given(request, {"to": str(newest.number)}))
    if not which.is_valid():
        raise Http404
    told = which.cleaned_data
    by_number = {version.number: version for version in listed}
    target, under = by_number[told["to"]], by_number.get(told["under"] or 0)
    if target.effective_from > database_now():
        messages.warning(request, field_sentence("takes_effect_later", {}))
        return redirect("studio:pack-versions", pack)
    query = CaseQuery(
        platforms=(target.policy.platform,), pack=pack, policy=under.id if under else None, stage=told["stage"]
    )
    return _answer(request, Asked(query=query, which=which, shown=_of_pack(request, target), parameters={
        "pack": pack, "version": target.number, "keep": told["keep"],
    }))  # fmt: skip


def _of_pack(request: HttpRequest, target: VersionView) -> dict[str, Any]:
    label = pack_label(target.policy)
    return {
        "places": places(request), "crumbs": crumbs(pack_crumb(target.pack, label), (
            reverse("studio:pack-versions", args=[target.pack]), _("Versions"),
        )), "here": _("Open cases"), "label": label, "zone": target.policy.zone, "version": target,
        "title": _("Put running cases under version %(number)s") % {"number": target.number},
    }  # fmt: skip


@administrators_only
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, country: str, edition: int) -> HttpResponse:
    """Running cases, of the platforms somebody administers, under a newer edition of their calendar."""
    if edition_numbered(country, edition) is None:
        raise Http404
    which = WhichCasesForm(_given(request, {}))
    if not which.is_valid():
        raise Http404
    told = which.cleaned_data
    title = _("Put running cases under edition %(number)s of the calendar “%(country)s”")
    shown = {
        "places": places(request), "crumbs": calendars_crumbs(country), "here": _("Open cases"), "zone": None,
        "title": title % {"number": edition, "country": country_label(country)},
    }  # fmt: skip
    return _answer(request, Asked(
        query=CaseQuery(platforms=(), stage=told["stage"]), which=which, shown=shown,
        parameters={"country": country, "edition": edition, "keep": told["keep"]},
    ))  # fmt: skip


def _given(request: HttpRequest, default: Mapping[str, str]) -> Mapping[str, Any]:
    """What was chosen; the address carries it in a confirmation too."""
    return {**default, **{name: value for name, value in request.GET.items() if value}}


def _answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The page; after a confirmation the run it started."""
    if request.method == "GET" and request.GET.get("as") == "table":
        return _table(request, asked)
    if request.method == "GET":
        return _page(request, asked, MigrationForm(), LossForm())
    of_one = request.POST.get("do") == "one"
    form: forms.Form = _loss(request) if of_one else MigrationForm(request.POST)
    if form.is_valid():
        try:
            return redirect("studio:bulk-run", _started(request, asked, form, of_one=of_one))
        except (Invalid, FieldsRefused) as error:
            for problem in error.fields:
                form.add_error("reason", str(problem.detail))
        except DomainError as error:
            form.add_error(None, error.message())
    return _page(request, asked, MigrationForm() if of_one else form, form if of_one else LossForm())


def _table(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Each time that would move, as CSV."""
    cases = tried_cases(MIGRATE, asked.query, asked.parameters, actor=administrator(request), limit=MOST_IN_TABLE)
    return as_table("times", COLUMNS, rows_of(cases))


def _loss(request: HttpRequest) -> LossForm:
    """Its fields have ids of their own beside those of the whole set."""
    return LossForm(request.POST, auto_id=f"one-{request.POST.get('case', '')}-%s")


def _started(request: HttpRequest, asked: Asked, form: forms.Form, *, of_one: bool) -> int:
    """The id of the run; a second click starts no second one."""
    start = _confirmed_one if of_one else _all
    done = once(call_of(request), lambda: (302, start(request, asked, form)))
    return int(done.body if isinstance(done, Replay) else done[1])


def _all(request: HttpRequest, asked: Asked, form: forms.Form) -> int:
    return start_run(
        MIGRATE, asked.query, asked.parameters, reason=form.cleaned_data["reason"], expected=_seen(request),
        actor=administrator(request),
    )  # fmt: skip


def _confirmed_one(request: HttpRequest, asked: Asked, form: forms.Form) -> int:
    """A run of its own over the one case."""
    told = form.cleaned_data
    parameters = {
        **asked.parameters, "keep": False, "case": told["case"], "case_version": told["case_version"],
        "shorten": told["shorten"].split(),
    }  # fmt: skip
    query = CaseQuery(platforms=asked.query.platforms, pack=asked.query.pack, numbers=(told["case"],))
    return start_run(MIGRATE, query, parameters, reason=told["reason"], expected=1, actor=administrator(request))


def _seen(request: HttpRequest) -> int:
    """How many cases the person saw."""
    text = request.POST.get("expected", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _page(request: HttpRequest, asked: Asked, form: forms.Form, loss: forms.Form) -> HttpResponse:
    text = request.GET.get("after", "")
    after = min(int(text), LAST) if text.isdecimal() and len(text) < 9 else 0
    preview = preview_run(MIGRATE, asked.query, asked.parameters, actor=administrator(request), after=after)
    rows = case_rows(preview)
    shown = {
        **asked.shown, "which": asked.which, "form": form if form.is_bound else loss, "whole": form, "loss": loss,
        "lost_case": loss.data.get("case") if loss.is_bound else "", "preview": preview,
        "rows": [row for row in rows if not row.plain], "still": [row for row in rows if row.plain],
        "counts": count_rows(preview),
        "kept": bool(asked.parameters["keep"]), "first": after + 1, "last": after + len(preview.sample),
        "previous": max(after - ON_A_PAGE, 0) if after else None, "address": _address(request),
        "most": MOST_IN_TABLE, "once": new_key(),
    }  # fmt: skip
    return render(request, "studio/migration.html", shown, status=422 if form.errors or loss.errors else 200)


def _address(request: HttpRequest) -> str:
    """The choice of the set, for links to its other pages."""
    chosen = request.GET.copy()
    for name in ("after", "as"):
        chosen.pop(name, None)
    return chosen.urlencode()
