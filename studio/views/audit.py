"""The audit trail: who did what in the studio, when, and what it was before."""

from __future__ import annotations

import csv
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contract.paging import PageRequest, page_request
from studio.access import administrator, administrators_only
from studio.audit.trail import TRAIL, Entry, entries_for
from studio.audit.words import told
from studio.forms.audit import AuditForm
from studio.views.frame import places
from studio.views.lab import harmless

MOST_EXPORTED = 10_000
"""Rows of one file, the newest; narrower filters reach the rest."""
COLUMNS = ("at", "by", "what", "kind", "platform", "subject", "before", "after")


@administrators_only
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """The newest entries of the reader's platforms, by filters."""
    user = administrator(request)
    form = AuditForm(user, request.GET)
    page = entries_for(user, form.wanted(), page_request(request.GET, of=TRAIL))
    query = request.GET.copy()
    query.pop("after", None)
    shown = {
        "places": places(request), "form": form, "next": page.next, "here": _("Audit trail"),
        "entries": [(entry, list(told(entry.before, entry.after))) for entry in page.data],
        "query": query.urlencode(), "most": MOST_EXPORTED,
    }  # fmt: skip
    return render(request, "studio/audit.html", shown, status=422 if form.errors else 200)


@administrators_only
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    user = administrator(request)
    found = entries_for(user, AuditForm(user, request.GET).wanted(), PageRequest(limit=MOST_EXPORTED))
    answer = HttpResponse(csv_text(found.data), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer


def csv_text(entries: tuple[Entry, ...]) -> str:
    """Entries with a header, for spreadsheets. What one would compute is quoted."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in entries:
        parts = list(told(entry.before, entry.after))
        before = "; ".join(f"{name}: {value}" for name, value, _after in parts if value)
        after = "; ".join(f"{name}: {value}" for name, _before, value in parts if value)
        row = (entry.at.isoformat(), entry.by, entry.label, f"{entry.source}.{entry.kind}", entry.platform,
               entry.subject, before, after)  # fmt: skip
        writer.writerow([harmless(value) for value in row])
    return f"\ufeff{text.getvalue()}"
