"""Imports: try a file first, see every row's fate, then bring it in; and what was brought in before."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from contract.errors import DomainError, Invalid
from disputes.labels.words import PLATFORMS, name_of
from disputes.selectors.machinery import ImportView, import_run, import_runs, unmapped_reasons
from disputes.services.importing import run_import
from disputes.services.importing_rows import ImportReport, RowResult, row_from
from studio.access import administers_everything, administrator, administrators_only
from studio.forms.imports import FORMAT_NAMES, ImportForm, kept_text
from studio.views.frame import places

RESULTS = {
    "created": lambda: _("Created"), "updated": lambda: _("Updated"), "unchanged": lambda: _("Unchanged"),
    "refused": lambda: _("Refused"),
}  # fmt: skip
TONES = {"created": "good", "updated": "info", "refused": "late"}
KINDS = {"order": lambda: _("Order"), "refund": lambda: _("Refund"), "": lambda: _("Row")}
ROWS_SHOWN = 500


@administrators_only
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The form with the runs before; after a run, its rows above the form, which keeps what was given."""
    if request.method == "GET":
        return _page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    try:
        dry_run, content = request.POST.get("do") != "import", form.content()
    except DomainError as unreadable:
        form.add_error("upload", unreadable.message())
        return _page(request, form)
    kept = kept_text(content)
    try:
        report = run_import(administrator(request).pk, payload=content, dry_run=dry_run, **form.options())
    except Invalid as error:
        for problem in error.fields:
            name = problem.pointer.strip("/")
            form.add_error(name if name in form.fields else None, str(problem.detail))
        return _page(request, _keeping(request, form, kept))
    again = ImportForm(initial={**request.POST.dict(), "payload": kept or ""}) if dry_run else ImportForm()
    return _page(request, again, report=report, lost=dry_run and kept is None)


@administrators_only
@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One import of the past with its rows."""
    found = import_run(run_id)
    if found is None or not _may_see(administrator(request), found):
        raise Http404
    rows = [_row(row_from(row)) for row in found.results[:ROWS_SHOWN]]
    shown = {
        "places": places(request), "run": found, "format_name": FORMAT_NAMES.get(found.format, found.format),
        "rows": rows, "more": max(len(found.results) - ROWS_SHOWN, 0),
    }  # fmt: skip
    return render(request, "studio/import_run.html", shown)


def _page(
    request: HttpRequest, form: ImportForm, *, report: ImportReport | None = None, lost: bool = False
) -> HttpResponse:
    shown: dict[str, Any] = {
        "places": places(request), "form": form, "report": report, "lost": lost,
        "runs": [
            (found, FORMAT_NAMES.get(found.format, found.format))
            for found in import_runs() if _may_see(administrator(request), found)
        ],
        "unmapped": [(name_of(PLATFORMS, text.platform), text) for text in unmapped_reasons()],
    }  # fmt: skip
    if report is not None:
        shown["rows"] = [_row(row) for row in report.rows[:ROWS_SHOWN]]
        shown["more"] = max(len(report.rows) - ROWS_SHOWN, 0)
        shown["counts"] = [(RESULTS[result](), count) for result, count in report.counts.items()]
    return render(request, "studio/imports.html", shown, status=422 if form.errors else 200)


def _may_see(user: User, found: ImportView) -> bool:
    """A run names people of every platform: it is for those who administer all, and for whoever ran it."""
    return found.by_id == user.pk or administers_everything(user)


def _keeping(request: HttpRequest, form: ImportForm, kept: str | None) -> ImportForm:
    """The same form with the file's content as text, because a browser does not send a file twice."""
    if kept:
        form.data = {**request.POST.dict(), "payload": kept}
    return form


def _row(row: RowResult) -> dict[str, Any]:
    told = [(problem.field, problem.sentence) for problem in row.errors] + [("", note.sentence) for note in row.notes]
    return {
        "row": row.row, "kind": KINDS[row.kind](), "outside_id": row.outside_id, "number": row.number, "told": told,
        "chip": {"label": RESULTS[row.result](), "tone": TONES.get(row.result, "")},
    }  # fmt: skip
