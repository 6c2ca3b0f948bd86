"""The rule lab: start a replay, watch it, stop it, read what it came to, and hold two beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contract.errors import Invalid, NotFound
from contract.paging import page_request
from studio.access import administrator, administrators_only
from studio.forms.lab import LabForm
from studio.lab import reading, running
from studio.lab.asking import asked_for
from studio.lab.plotting import plot_of
from studio.models import LabRun
from studio.tables import as_table
from studio.views.frame import places

MOST_CHANGED = 200
"""Cases shown that two runs put into different buckets."""
COLUMNS = ("case", "bucket", "event", "cause", "subject", "sentence", "before", "after", "amount", "currency")


@administrators_only
@require_http_methods(["GET", "POST"])
def lab(request: HttpRequest) -> HttpResponse:
    """The form, and the runs so far."""
    user = administrator(request)
    if request.method == "GET":
        return _page(request, LabForm(user, initial={"rules": request.GET.get("rules", "")}))
    form = LabForm(user, request.POST, request.FILES)
    if form.is_valid():
        try:
            return redirect("studio:lab-run", lab_id=_start(request, form))
        except Invalid as error:
            for problem in error.fields:
                name = problem.pointer.strip("/")
                form.add_error(name if name in form.fields else None, str(problem.detail))
    return _page(request, form)


def _start(request: HttpRequest, form: LabForm) -> int:
    user, told = administrator(request), form.cleaned_data
    if not told["rules"]:
        return running.start_verification(form.chosen(), by_id=user.pk)
    asked = asked_for(user, told["rules"], told["document"])
    return running.start_counterfactual(asked, form.chosen(), by_id=user.pk)


def _page(request: HttpRequest, form: LabForm) -> HttpResponse:
    page = reading.runs_for(administrator(request), page_request(request.GET, of=reading.RUNS, default=20))
    shown = {"places": places(request), "form": form, "runs": page.data, "next": page.next}
    return render(request, "studio/lab.html", shown, status=422 if form.errors else 200)


@administrators_only
@require_GET
def run(request: HttpRequest, lab_id: int) -> HttpResponse:
    """How far a run is, and what it came to."""
    found = _run(request, lab_id)
    view, bucket = reading.view_of(found), request.GET.get("bucket", "")
    page = reading.differences_of(found, page_request(request.GET, of=reading.DIFFERENCES), bucket)
    shown = {
        "places": places(request), "run": view, "plot": plot_of(view.days), "differences": page.data,
        "next": page.next, "bucket": bucket, "left_out": reading.left_out(view), "most": running.MOST_KEPT,
        "crumbs": _crumbs(), "here": _title(view), "others": _others(request, found),
    }  # fmt: skip
    return render(request, "studio/lab_run.html", shown)


@administrators_only
@require_POST
def cancel(request: HttpRequest, lab_id: int) -> HttpResponse:
    """Stop a run."""
    found = _run(request, lab_id)
    try:
        running.cancel(found.pk, by=administrator(request))
    except running.RunOver as over:
        messages.info(request, over.message())
    return redirect("studio:lab-run", lab_id=lab_id)


@administrators_only
@require_GET
def table(request: HttpRequest, lab_id: int) -> HttpResponse:
    """The kept differences as CSV."""
    found = _run(request, lab_id)
    return as_table(f"lab-{found.pk}", COLUMNS, _rows(found))


@administrators_only
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Two runs side by side."""
    one, other = (_run(request, _number(request.GET.get(name, ""))) for name in ("one", "other"))
    views = [reading.view_of(found) for found in (one, other)]
    codes = {bucket.code: bucket.label for view in views for bucket in view.buckets}
    counts = [{bucket.code: bucket.count for bucket in view.buckets} for view in views]
    shown = {
        "places": places(request), "views": views, "crumbs": _crumbs(), "here": _("Two runs"),
        "rows": [(label, *(count.get(code, "—") for count in counts)) for code, label in codes.items()],
        "plots": [(view, plot_of(view.days)) for view in views],
        "changed": reading.changed_between(one, other, MOST_CHANGED), "most": MOST_CHANGED,
    }  # fmt: skip
    return render(request, "studio/lab_compare.html", shown)


def _rows(found: LabRun) -> Iterator[tuple[object, ...]]:
    """The kept differences of a run."""
    for row in reading.all_differences(found):
        amount = "" if row.amount is None else f"{row.amount:.2f}"
        yield (
            row.number, row.bucket, row.sequence, row.cause, row.subject, row.sentence, row.before, row.after, amount,
            row.currency,
        )  # fmt: skip


def _run(request: HttpRequest, lab_id: int) -> LabRun:
    try:
        return reading.run_for(administrator(request), lab_id)
    except NotFound:
        raise Http404 from None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _title(view: reading.RunView) -> str:
    return f"{view.kind_label} {view.id}"


def _crumbs() -> list[dict[str, Any]]:
    return [{"url": reverse("studio:lab"), "label": _("Lab")}]


def _others(request: HttpRequest, found: LabRun) -> list[reading.RunView]:
    """Runs of the same kind that this one can be held beside."""
    page = reading.runs_for(administrator(request), page_request({}, of=reading.RUNS, default=50))
    return [view for view in page.data if view.kind == found.kind and view.id != found.pk]
