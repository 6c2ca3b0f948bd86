"""What staff do beside ruling: one page for each action, with what it does to the clocks and the parties."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import ARBITRATOR
from accounts.selectors import staff_of
from contract.errors import Conflict, Forbidden, Invalid, Stale
from contract.idempotency import KeyReused, StillRunning
from disputes.errors import CaseBusy
from disputes.forms.acting import new_key, notes_of
from disputes.forms.bench_actions import StaffActionForm
from disputes.selectors.access import CaseAccess
from disputes.selectors.action_views import ActionView
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view
from disputes.selectors.history import timeline
from disputes.services.acting import perform
from disputes.services.staffing import assign_case
from disputes.views import bench_claims
from disputes.views.asking import call_of
from disputes.views.bench_access import bench_frame, staff_access
from disputes.views.bench_page import OF_SECOND_PERSON, RULING_ACTIONS
from disputes.views.bench_preview import ruling_shown

LEAVING = frozenset({"unassign", "recuse", "hand_over"})
"""After these the case is no longer the reader's: the way leads to the queue."""


@login_required
@require_http_methods(["GET", "POST"])
def act_on(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The page of one action of staff."""
    access = staff_access(request, number)
    view = case_view(access)
    offered = view.action(action)
    if offered is None or action in RULING_ACTIONS:
        return _not_possible(request, view, action)
    if request.method != "POST":
        form = _form(view, access, offered, initial=_initial(request, view, offered))
        return _asked(request, access, view, offered, form)
    form = _form(view, access, offered, data=request.POST)
    if not form.is_valid():
        return _asked(request, access, view, offered, form)
    return _performed(request, access, view, offered, form)


def _form(view: CaseView, access: CaseAccess, offered: ActionView, **given: Any) -> StaffActionForm:
    items = tuple(bench_claims.items_of(view)) if offered.action == "request_evidence" else ()
    return StaffActionForm(fields=offered.fields, items=items, arbitrators=_arbitrators(view, offered), **given)


def _arbitrators(view: CaseView, offered: ActionView) -> list[tuple[int, str]]:
    """Who could take the case over: everybody who decides for the platform, but neither holder nor party."""
    if offered.action != "hand_over":
        return []
    holder = view.people.arbitrator
    taken = {view.people.buyer.id, holder.id if holder else None}
    return [(person.id, person.name) for person in staff_of(ARBITRATOR, view.platform.code) if person.id not in taken]


def _initial(request: HttpRequest, view: CaseView, offered: ActionView) -> dict[str, Any]:
    """The version seen, a key for this sending, and what the link that led here named."""
    named = {field.name: request.GET[field.name] for field in offered.fields if field.name in request.GET}
    return {"version": view.version, "once": new_key(), "items": request.GET.getlist("items"), **named}


def _asked(
    request: HttpRequest, access: CaseAccess, view: CaseView, offered: ActionView, form: StaffActionForm, *,
    differences: Sequence[Any] = (),
) -> HttpResponse:  # fmt: skip
    """The form with what the action means; after a mistake, with what was typed."""
    shown = {
        **bench_frame(view),
        "action": offered,
        "form": form,
        "notes": notes_of(form.described),
        "consequence": consequence(offered.action),
        "differences": differences,
        "ruling": _ruling_in_view(view, offered.action),
        "draft_key": f"{view.number}-{offered.action}",
        "internal": offered.action == "note",
        "before_and_after": before_and_after(view, access, offered.action),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request, "disputes/bench/action.html", shown, status=HTTPStatus.PRECONDITION_FAILED if differences else status
    )


KINDS_OF_RUNS = {"pause": "hold", "resume": "resume", "extend": "extend"}
"""What administrators can also do with every due time before and after in view, by the action's code."""


def before_and_after(view: CaseView, access: CaseAccess, action: str) -> str:
    """Where an administrator sees each due time before and after; empty for others, and for other actions."""
    kind = KINDS_OF_RUNS.get(action)
    if kind is None or "administrator" not in access.staff:
        return ""
    return f"{reverse('studio:choose')}?{urlencode({'kind': kind, 'cases': view.number})}"


def _ruling_in_view(view: CaseView, action: str) -> dict[str, Any] | None:
    if action not in OF_SECOND_PERSON:
        return None
    made = next((ruling for ruling in view.rulings if ruling.status.code == "awaiting"), None)
    return ruling_shown(view, made) if made else None


def consequence(action: str) -> str:
    """What an action does to the parties and the clocks, in one sentence; empty where its name says it."""
    said = {
        "request_evidence": _("A new evidence period begins for whoever is asked; your own time begins anew after it."),
        "propose": _("Both sides see the proposal; either may accept it, and the case is then settled."),
        "admit": _("The case is taken up: both sides are told, and the evidence period begins."),
        "reject": _("The request goes back to negotiation. The buyer is told the reason and what can be done."),
        "step_in": _("The platform decides now instead of waiting for the seller."),
        "approve_ruling": _("The ruling takes effect at once and both sides read it."),
        "return_ruling": _("The ruling goes back to whoever made it; the parties learn nothing of it."),
        "extend": _("The due time moves by these hours. Both sides are told, with the reason."),
        "pause": _("All clocks of the case stand still until somebody lets them run again; nothing happens by itself."),
        "resume": _("The clocks run again; both sides are told."),
        "note": _("Only staff of the platform read this; the parties never do."),
        "phone_note": _("Both sides read what was said on the phone."),
        "message": _("Both sides read this."),
        "recuse": _("You never work on this case again; it goes back to the queue."),
        "unassign": _("The case goes back to the queue."),
        "order_second_review": _("Another arbitrator reviews the ruling; both sides are told."),
        "change_evidence_from": _("Whoever is asked no longer, or newly, to give evidence is told."),
    }
    return said.get(action, "")


def _performed(
    request: HttpRequest, access: CaseAccess, view: CaseView, offered: ActionView, form: StaffActionForm
) -> HttpResponse:
    """Do it, and say what became of it."""
    try:
        _do(request, access, offered.action, form)
    except Stale as changed:
        return _changed(request, access, offered, form, changed)
    except (KeyReused, StillRunning):
        messages.info(request, _("This was sent before; nothing was done twice."))
    except Invalid as refused:
        form.blame(refused)
        return _asked(request, access, view, offered, form)
    except (Conflict, Forbidden, CaseBusy) as refused:
        return _not_possible(request, case_view(access), offered.action, refused, typed=_typed(form))
    else:
        messages.success(request, _("Done: %(action)s.") % {"action": offered.label})
    if offered.action in LEAVING:
        return redirect("disputes:bench-queue")
    return redirect("disputes:bench-case", number=view.number)


def _do(request: HttpRequest, access: CaseAccess, action: str, form: StaffActionForm) -> None:
    """Through the service of the action: taking over has its own, with its checks."""
    if action == "hand_over":
        assign_case(access, arbitrator_id=form.cleaned_data["arbitrator"])
        return
    perform(
        access,
        action,
        form.outward(),
        expected_version=form.cleaned_data["version"],
        call=call_of(request),
        answer=lambda _done: (HTTPStatus.SEE_OTHER, {}),
    )


def _typed(form: StaffActionForm) -> str:
    return str(form.cleaned_data.get("statement") or form.cleaned_data.get("text") or "")


def _changed(
    request: HttpRequest, access: CaseAccess, offered: ActionView, form: StaffActionForm, changed: Stale
) -> HttpResponse:
    """Something happened in between: show what, and ask again with everything typed kept."""
    view = case_view(access)
    again = view.action(offered.action)
    if again is None:
        return _not_possible(request, view, offered.action, typed=_typed(form))
    sequences = {item["sequence"] for item in changed.data["differences"]}
    data = request.POST.copy()
    data["version"], data["once"] = str(changed.data.get("version", view.version)), new_key()
    fresh = _form(view, access, again, data=data)
    fresh.is_valid()
    happened = [entry for entry in timeline(access) if entry.sequence in sequences]
    return _asked(request, access, view, again, fresh, differences=happened or [None])


def _not_possible(
    request: HttpRequest, view: CaseView, action: str, refused: Any = None, *, typed: str = ""
) -> HttpResponse:
    """Why something cannot be done now; what was typed for it stays on the page."""
    known = view.refused(action)
    detail = (
        refused.message()
        if refused is not None
        else known.detail
        if known
        else _("This is not possible at this point of the case.")
    )
    said = typed or request.POST.get("statement", "") or request.POST.get("text", "")
    shown = {**bench_frame(view), "label": known.label if known else "", "detail": detail, "said": said}
    status = int(refused.status) if refused is not None else HTTPStatus.CONFLICT
    return render(request, "disputes/bench/refused.html", shown, status=status)
