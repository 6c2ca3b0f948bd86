"""Freezes: what is planned, what a new one would do, and ending one before its time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contract.errors import DomainError, Invalid
from contract.paging import page_request
from disputes.selectors.freeze_plans import FREEZES, FreezeView, freeze_view, freezes_for, standing_still
from disputes.services.freezing import end, plan, preview
from studio.access import administrator, administrators_only
from studio.forms.freezes import FreezeForm
from studio.selectors import platform_codes_of
from studio.views.frame import places

MOST_BATCHES = 20
"""Batches done while somebody waits for the page; the workers do the rest."""
TONES = {"planned": "info", "running": "soon", "over": "", "ended": "", "called_off": ""}


@administrators_only
@require_GET
def freezes(request: HttpRequest) -> HttpResponse:
    """The freezes of the platforms somebody administers."""
    mine = platform_codes_of(administrator(request))
    page = freezes_for(mine, page_request(request.GET, of=FREEZES))
    shown = {"freezes": [(view, TONES[view.state.code]) for view in page.data], "next": page.next}
    return render(request, "studio/freezes.html", {"places": places(request), **shown})


@administrators_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say what is wanted, look at what it would do, then plan it."""
    form = FreezeForm(administrator(request), request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("do") == "plan":
                return _planned(request, form)
            shown["preview"] = preview(form.plan(), actor=administrator(request))
        except Invalid as error:
            for problem in error.fields:
                form.add_error(problem.pointer.strip("/"), str(problem.detail))
        except DomainError as error:
            form.add_error(None, error.message())
    frame = {"places": places(request), "crumbs": _crumbs(), "here": _("Plan a freeze"), "form": form}
    return render(request, "studio/freeze_new.html", {**frame, **shown}, status=422 if form.errors else 200)


def _planned(request: HttpRequest, form: FreezeForm) -> HttpResponse:
    made, followed = plan(form.plan(), actor=administrator(request), batches=MOST_BATCHES)
    messages.success(request, _("The freeze is planned.") if not followed.changed else _("The clocks stand still."))
    return redirect("studio:freeze", made.pk)


@administrators_only
@require_GET
def freeze(request: HttpRequest, freeze_id: int) -> HttpResponse:
    """One freeze."""
    return render(request, "studio/freeze.html", _shown(request, _view(request, freeze_id)))


@administrators_only
@require_http_methods(["GET", "POST"])
def over(request: HttpRequest, freeze_id: int) -> HttpResponse:
    """Ask, then end it or call it off."""
    view = _view(request, freeze_id)
    if request.method == "GET":
        return render(request, "studio/freeze_over.html", _shown(request, view))
    try:
        ended, followed = end(freeze_id, actor=administrator(request), batches=MOST_BATCHES)
    except DomainError as error:
        messages.warning(request, error.message())
        return redirect("studio:freeze", freeze_id)
    done = [_("The freeze is called off.") if ended.called_off else _("The clocks run on.")]
    rest = [] if followed.finished else [_("The rest follows within minutes by itself.")]
    messages.success(request, " ".join([*done, *rest]))
    return redirect("studio:freeze", freeze_id)


def _view(request: HttpRequest, freeze_id: int) -> FreezeView:
    """Raises Http404 for a freeze of a platform somebody does not administer."""
    found = freeze_view(freeze_id, platform_codes_of(administrator(request)))
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, view: FreezeView) -> dict[str, Any]:
    return {
        "places": places(request), "crumbs": _crumbs(), "here": f"{view.pack or view.platform} #{view.id}",
        "freeze": view, "tone": TONES[view.state.code], "cases": standing_still(view.id),
    }  # fmt: skip


def _crumbs() -> list[dict[str, str]]:
    return [{"url": reverse("studio:freezes"), "label": _("Freezes")}]
