"""The audit trail: who did what in the studio, when, and what it was before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contract.paging import PageRequest, page_request
from studio.access import administrator, administrators_only
from studio.audit.trail import TRAIL, Entry, entries_for
from studio.audit.words import told
from studio.forms.audit import AuditForm
from studio.tables import as_table
from studio.views.frame import places

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
    return as_table("audit", COLUMNS, _rows(found.data))


def _rows(entries: Iterable[Entry]) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        parts = list(told(entry.before, entry.after))
        before = "; ".join(f"{name}: {value}" for name, value, _after in parts if value)
        after = "; ".join(f"{name}: {value}" for name, _before, value in parts if value)
        yield (
            entry.at.isoformat(), entry.by, entry.label, f"{entry.source}.{entry.kind}", entry.platform, entry.subject,
            before, after,
        )  # fmt: skip
