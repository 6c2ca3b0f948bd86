"""Stopping automatic outcomes of a pack: ask, then say what became of it; and the way back for somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contract.errors import DomainError, Invalid
from disputes.selectors.stops import reach_of
from disputes.services.stopping import Stopped, resume_automatic, stop_automatic
from rules.selectors import VersionView
from studio.access import administrator, administrators_only, pack_for
from studio.forms.stopping import StopForm
from studio.selectors import pack_label, stops_of
from studio.views.frame import crumbs, pack_crumb, places

MOST_BATCHES = 20
"""Batches done while somebody waits for the page; the workers do the rest."""


@administrators_only
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, pack: str) -> HttpResponse:
    """Ask with the numbers before one's eyes, then stop."""
    found = pack_for(administrator(request), pack)
    form = StopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            report = stop_automatic(
                pack, actor=administrator(request), reason=form.cleaned_data["reason"], batches=MOST_BATCHES
            )
        except Invalid as error:
            form.add_error("reason", error.message())
        else:
            return _told(request, found, report, stopped=True)
    shown = {"form": form, "reach": reach_of(pack), "stops": stops_of(administrator(request), pack)}
    return render(request, "studio/stop.html", {**_frame(request, found), **shown})


@administrators_only
@require_POST
def resume(request: HttpRequest, pack: str) -> HttpResponse:
    """Let automatic outcomes happen again; whoever stopped them is told that somebody else has to."""
    found = pack_for(administrator(request), pack)
    try:
        report = resume_automatic(pack, actor=administrator(request), batches=MOST_BATCHES)
    except DomainError as error:
        messages.warning(request, error.message())
        return redirect("studio:pack", pack)
    return _told(request, found, report, stopped=False)


def _told(request: HttpRequest, found: VersionView, report: Stopped, *, stopped: bool) -> HttpResponse:
    shown = {"report": report, "stopped": stopped}
    return render(request, "studio/stopped.html", {**_frame(request, found), **shown})


def _frame(request: HttpRequest, found: VersionView) -> dict[str, Any]:
    label = pack_label(found.policy)
    return {
        "places": places(request), "crumbs": crumbs(pack_crumb(found.pack, label)), "label": label,
        "here": _("Stop automatic outcomes"), "pack": found.pack, "zone": found.policy.zone,
    }  # fmt: skip
