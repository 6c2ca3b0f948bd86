"""Many cases at once: choose them, look what would be done, confirm it, follow it, read what came of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contract.errors import DomainError, Invalid
from contract.idempotency import Replay
from contract.paging import page_request
from disputes.forms.acting import new_key
from disputes.selectors.bulk_words import query_in_words
from disputes.services.bulk_previewing import Preview, preview_run
from disputes.services.bulk_reading import (
    RESULTS,
    RUNS,
    MovedView,
    RunView,
    all_results,
    result_named,
    results_of,
    run_for,
    runs_for,
)
from disputes.services.bulk_registry import KINDS
from disputes.services.bulk_starting import RunEnded, SetChanged, cancel_run, start_run
from disputes.services.repeating import once
from disputes.views.asking import call_of
from studio.access import administrator, administrators_only
from studio.forms.bulk import FORMS, CasesForm, ConfirmForm
from studio.tables import as_table
from studio.views.frame import places

COLUMNS = ("case", "platform", "result", "code", "reason", "deadline", "before", "after", "event", "at")


@administrators_only
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The form; a link may have filled in some of it."""
    kind = request.GET.get("kind", "hold")
    if kind not in FORMS:
        raise Http404
    return _form_page(request, FORMS[kind](administrator(request), initial=request.GET.dict()))


@administrators_only
def preview(request: HttpRequest) -> HttpResponse:
    """What would be done to which cases; confirmed from here. Who only comes back here chooses anew."""
    if request.method != "POST":
        return redirect("studio:choose")
    kind = request.POST.get("kind", "")
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](administrator(request), request.POST)
    if not form.is_valid():
        return _form_page(request, form)
    try:
        seen = preview_run(
            kind, form.chosen(), form.parameters(), actor=administrator(request), after=_after(request)
        )  # fmt: skip
    except Invalid as error:
        form.tell(error)
        return _form_page(request, form)
    if request.POST.get("step") == "confirm":
        return _confirmed(request, form, seen)
    return _preview_page(request, form, seen, ConfirmForm())


def _after(request: HttpRequest) -> int:
    text = request.POST.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _confirmed(request: HttpRequest, form: CasesForm, seen: Preview) -> HttpResponse:
    """Start the run; where the set is another one by now, ask again."""
    confirm = ConfirmForm(request.POST)
    if confirm.is_valid():
        try:
            return redirect("studio:bulk-run", _started(request, form, confirm))
        except SetChanged as error:
            seen = preview_run(form.kind, form.chosen(), form.parameters(), actor=administrator(request))
            confirm.add_error(None, error.message())
        except DomainError as error:
            confirm.add_error(None, error.message())
    return _preview_page(request, form, seen, confirm)


def _started(request: HttpRequest, form: CasesForm, confirm: ConfirmForm) -> int:
    """The id of the run; a second click starts no second one."""
    told = confirm.cleaned_data

    def start() -> tuple[int, Any]:
        return 302, start_run(
            form.kind, form.chosen(), form.parameters(), reason=told["reason"], expected=told["expected"],
            actor=administrator(request),
        )  # fmt: skip

    done = once(call_of(request), start)
    return int(done.body if isinstance(done, Replay) else done[1])


def _form_page(request: HttpRequest, form: CasesForm) -> HttpResponse:
    address = reverse("studio:choose")
    kinds = [
        {"label": str(KINDS[code].label), "url": f"{address}?kind={code}", "current": code == form.kind}
        for code in FORMS
    ]  # fmt: skip
    shown = {
        "places": places(request), "crumbs": _crumbs(), "here": _("Choose cases"), "form": form, "kinds": kinds,
        "notes": {code: str(words) for code, words in getattr(form, "notes", {}).items()}, "run": _of_run(form),
    }  # fmt: skip
    return render(request, "studio/bulk_choose.html", shown, status=422 if form.errors else 200)


def _of_run(form: CasesForm) -> str:
    """The run whose cases are meant; empty where it is not about one."""
    return str(form["run"].value() or "")


def _preview_page(request: HttpRequest, form: CasesForm, seen: Preview, confirm: ConfirmForm) -> HttpResponse:
    shown = {
        "places": places(request), "crumbs": _crumbs(), "here": str(KINDS[form.kind].label), "form": form, "seen": seen,
        "confirm": confirm, "once": new_key(), "query": query_in_words(seen.query),
        "hidden": [form[name].as_hidden() for name in form.fields],
        "last": seen.after + len(seen.sample), "previous": max(0, seen.after - 50) if seen.after else None,
    }  # fmt: skip
    return render(request, "studio/bulk_preview.html", shown, status=422 if confirm.errors else 200)


@administrators_only
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """The runs so far."""
    page = runs_for(administrator(request), page_request(request.GET, of=RUNS, default=20))
    shown = {"places": places(request), "runs": page.data, "next": page.next}
    return render(request, "studio/bulk_runs.html", shown)


@administrators_only
@require_GET
def run(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """How far a run is, and what came of each case."""
    found, chosen = run_for(administrator(request), bulk_id), request.GET.get("result", "")
    page = results_of(bulk_id, page_request(request.GET, of=RESULTS), result_named(chosen))
    shown = {
        "places": places(request), "crumbs": [{"url": reverse("studio:bulk-runs"), "label": _("Bulk runs")}],
        "here": _title(found), "run": found, "results": page.data, "next": page.next, "result": chosen,
        "query": query_in_words(found.query), "filters": _filters(found),
    }  # fmt: skip
    return render(request, "studio/bulk_run.html", shown)


def _filters(found: RunView) -> list[dict[str, Any]]:
    """The results there are, each with its count."""
    every = {"name": "", "label": _("All"), "count": found.total}
    rest = ({"name": each.result or "waiting", "label": each.label, "count": each.count} for each in found.results)
    return [every, *rest]


@administrators_only
@require_POST
def cancel(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Stop a run."""
    run_for(administrator(request), bulk_id)
    try:
        cancel_run(bulk_id, actor=administrator(request))
    except RunEnded as over:
        messages.info(request, over.message())
    return redirect("studio:bulk-run", bulk_id)


@administrators_only
@require_GET
def table(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """What came of each case, as CSV: a line for every due time that moved."""
    found = run_for(administrator(request), bulk_id)
    return as_table(f"bulk-run-{found.id}", COLUMNS, _rows(found, result_named(request.GET.get("result"))))


def _rows(found: RunView, result: str | None) -> Iterator[tuple[object, ...]]:
    """Times in UTC."""
    for row in all_results(found.id, result):
        told = (row.number, row.platform.code, row.result.code or "waiting", row.code, row.sentence or row.error)
        ends = (row.sequence or "", row.at.isoformat() if row.at else "")
        for moved in row.moved or (None,):
            yield (*told, *_moved(moved), *ends)


def _moved(moved: MovedView | None) -> tuple[str, str, str]:
    if moved is None:
        return "", "", ""
    before = moved.before_at.isoformat() if moved.before_at and moved.before_runs else ""
    after = moved.after_at.isoformat() if moved.after_at and moved.after_runs else ""
    return moved.name, before, after


def _title(found: RunView) -> str:
    return _("%(kind)s, run %(number)s") % {"kind": found.kind.text, "number": found.id}


def _crumbs() -> list[dict[str, str]]:
    return [{"url": reverse("studio:timers"), "label": _("Timers")}]
