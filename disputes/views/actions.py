"""One page for each action of a case: ask, check, do; and what to say when it cannot be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contract.errors import Conflict, DomainError, Forbidden, Invalid, Stale
from contract.idempotency import KeyReused, Replay, StillRunning
from disputes.errors import CaseBusy
from disputes.forms.acting import INTERNAL, ActionForm, new_key, notes_of
from disputes.labels.refusals import refusal_to
from disputes.selectors.access import CaseAccess, case_for
from disputes.selectors.action_views import ActionView, Choice, FieldView, UnavailableView
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view
from disputes.selectors.foreseeing import Foreseen, foreseen
from disputes.selectors.history import timeline
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit
from disputes.views import checking, proving, showing
from disputes.views.asking import call_of, reader
from disputes.views.cases import frame

SECOND_REVIEW = "submit_appeal"
Offered = ActionView | UnavailableView


@login_required
@require_http_methods(["GET", "POST"])
def act_on(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The page of one action."""
    access = case_for(reader(request), number)
    view = case_view(access)
    offered = _offered(view, action, later="later" in request.GET or bool(request.POST.get("later")))
    if offered is None:
        return (
            _too_late(request, access, view, action)
            if request.method == "POST"
            else refusal_page(request, view, action)
        )
    fields = fields_of(view, offered)
    if request.method != "POST":
        return _asked(request, view, offered, _empty(request, view, offered, fields))
    form = ActionForm(request.POST, request.FILES, fields=fields)
    form.is_valid()
    _keep_files(request, access, form, action)
    if action == SECOND_REVIEW:
        _check_new_evidence(view, form)
    if form.errors:
        return _asked(request, view, offered, form)
    if checking.second_check_needed(view, action) and not request.POST.get("sure"):
        return _asked(request, view, offered, form, sure=True)
    return _performed(request, access, view, offered, form)


def _offered(view: CaseView, action: str, *, later: bool) -> Offered | None:
    """The action as it may be done now, or, if that is asked for, as soon as it becomes possible."""
    now = view.action(action)
    if now is not None:
        return now
    refused = view.refused(action)
    return refused if later and refused is not None and refused.queueable else None


def fields_of(view: CaseView, offered: Offered) -> tuple[FieldView, ...]:
    """What the form asks. A wish for later takes no answers yet; a second check is a page, not a tick."""
    fields = offered.fields if isinstance(offered, ActionView) else ()
    asked = (field for field in fields if field.name != "confirm")
    if offered.action == "accept" and view.remedy.code not in checking.RETURNS:
        asked = (field for field in asked if field.name != "address")
    found = tuple(_with_choices(view, offered, field) for field in asked)
    return (*found, _new_evidence(view)) if fields and offered.action == SECOND_REVIEW else found


def _new_evidence(view: CaseView) -> FieldView:
    """A second review stands on something new: chosen here, or submitted before."""
    return FieldView(
        name="exhibits",
        label=_("New evidence"),
        type="exhibits",
        required=False,
        choices=_exhibits_for(view, SECOND_REVIEW),
        help=_("At least one file that was not there before, with a note on what it shows."),
    )


def _exhibits_for(view: CaseView, action: str) -> tuple[Choice, ...]:
    """The exhibits that may go with an action; with a second review only what was not submitted before."""
    return tuple(proving.choices(view, ("draft",) if action == SECOND_REVIEW else ("draft", "submitted")))


def _check_new_evidence(view: CaseView, form: ActionForm) -> None:
    """Ask for it at its field rather than refuse the whole."""
    there = any(exhibit.second_review for exhibit in view.evidence.mine("submitted"))
    if not there and not form.cleaned_data.get("exhibits") and "files" not in form.errors:
        form.add_error("files", refusal_to(view.viewer, "no_new_evidence"))


def _with_choices(view: CaseView, offered: Offered, field: FieldView) -> FieldView:
    """The exhibits and proposals of this case, where one is to be chosen."""
    if field.type == "exhibits":
        return replace(field, choices=_exhibits_for(view, offered.action))
    if field.name == "remedy" and offered.action == "refuse":
        nothing = Choice(value="", label=_("No counter-offer"))
        return replace(field, label=_("Counter-offer: what do you offer instead?"), choices=(nothing, *field.choices))
    if field.name == "offer":
        open_to_me = {made.party for made in view.proposals if made.acceptable}
        return replace(field, choices=tuple(choice for choice in field.choices if choice.value in open_to_me))
    return field


def _empty(request: HttpRequest, view: CaseView, offered: Offered, fields: Sequence[FieldView]) -> ActionForm:
    named: dict[str, Any] = {field.name: request.GET[field.name] for field in fields if field.name in request.GET}
    if offered.action == SECOND_REVIEW:
        named["exhibits"] = [choice.value for choice in _exhibits_for(view, SECOND_REVIEW)]
    initial = {"version": view.version, "once": new_key(), "later": "later" in request.GET, **named}
    return ActionForm(initial=initial, fields=fields)


def _asked(
    request: HttpRequest,
    view: CaseView,
    offered: Offered,
    form: ActionForm,
    *,
    sure: bool = False,
    differences: Sequence[Any] = (),
) -> HttpResponse:
    """The form, with what would happen; after a mistake, with what was typed."""
    later = not isinstance(offered, ActionView)
    offer = form["offer"].value() if "offer" in form.fields else ""
    shown = {
        **frame(view),
        "action": offered,
        "form": form,
        "notes": notes_of(form.described),
        "later": later,
        "sure": sure,
        "check": checking.check_of(
            view,
            offered.action,
            offer=str(offer or ""),
            sure=sure,
            later=later,
            ahead=_ahead(request, view, offered.action, str(offer or "")) if not later else None,
        ),
        "differences": differences,
        "offers": showing.offers(view) if differences else (),
        "danger": getattr(offered, "danger", False),
        "max_files": view.evidence.max_files,
        "until": getattr(offered, "until", None),
        "draft_key": f"{view.number}-{offered.action}",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request, "disputes/action.html", shown, status=HTTPStatus.PRECONDITION_FAILED if differences else status
    )


def _ahead(request: HttpRequest, view: CaseView, action: str, offer: str) -> Foreseen | None:
    """Where the case would stand once both sides agree."""
    if action not in checking.SETTLING:
        return None
    said = {"offer": offer} if action == "accept_proposal" else {}
    return foreseen(case_for(reader(request), view.number), action, said)


def _performed(
    request: HttpRequest, access: CaseAccess, view: CaseView, offered: Offered, form: ActionForm
) -> HttpResponse:
    """Do it, and say what became of it."""
    target = reverse("disputes:case", args=[view.number])
    data = form.outward()
    try:
        if request.POST.get("sure"):
            data["confirm"] = True
        done = perform(
            access,
            offered.action,
            data,
            expected_version=form.cleaned_data["version"],
            call=call_of(request),
            answer=lambda _done: (HTTPStatus.SEE_OTHER, {"location": target}),
            when_allowed=form.cleaned_data["later"],
        )
    except Stale as changed:
        return _changed(request, access, offered, form, changed)
    except (KeyReused, StillRunning):
        messages.info(request, _("This was sent before; nothing was done twice."))
        return redirect(target)
    except Invalid as refused:
        form.blame(refused)
        return _asked(request, case_view(access), offered, form)
    except (Conflict, Forbidden, CaseBusy) as refused:
        return refusal_page(request, case_view(access), offered.action, refused)
    if not isinstance(done, Replay):
        messages.success(
            request,
            _("Kept: it will be done as soon as it is possible.")
            if form.cleaned_data["later"]
            else _("Done: %(action)s.") % {"action": offered.label},
        )
    return redirect(target)


def _keep_files(request: HttpRequest, access: CaseAccess, form: ActionForm, action: str) -> None:
    """Files chosen with the form become a draft exhibit that is ticked in it; refused ones are named.

    The draft stays whatever becomes of the form: nothing has to be chosen twice.
    """
    uploads = form.cleaned_data.get("files")
    if not uploads:
        return
    try:
        drafted = draft_exhibit(access, uploads=uploads, description=form.cleaned_data.get("files_description") or "")
    except DomainError as refused:
        form.add_error("files", refused.message())
        return
    for refusal in drafted.receipt.refusals:
        messages.warning(request, refusal.message())
    form.tick_exhibit(str(drafted.exhibit_id), _exhibits_for(case_view(access), action))


def _changed(
    request: HttpRequest, access: CaseAccess, offered: Offered, form: ActionForm, changed: Stale
) -> HttpResponse:
    """Something happened in between: show what, and ask again with everything typed kept."""
    view = case_view(access)
    sequences = {item["sequence"] for item in changed.data["differences"]}
    happened = [entry for entry in timeline(access) if entry.sequence in sequences]
    again = _offered(view, offered.action, later=form.cleaned_data["later"])
    if again is None:
        return refusal_page(request, view, offered.action)
    assert isinstance(form.data, QueryDict), "forms are filled from requests"
    data = form.data.copy()
    data["version"], data["once"] = str(changed.data.get("version", view.version)), new_key()
    fresh = ActionForm(data, fields=fields_of(view, again))
    fresh.is_valid()
    return _asked(request, view, again, fresh, differences=happened or [None])


def _too_late(request: HttpRequest, access: CaseAccess, view: CaseView, action: str) -> HttpResponse:
    """A form that arrives when its action is no longer possible: its text is kept, the refusal says why."""
    said = {name: request.POST[name] for name in request.POST if name not in INTERNAL}
    try:
        perform(access, action, said, call=call_of(request))
    except Invalid as refused:
        return refusal_page(request, view, action, refused)
    except (Conflict, Forbidden, CaseBusy) as refused:
        return refusal_page(request, case_view(access), action, refused)
    return redirect("disputes:case", number=view.number)


def refusal_page(request: HttpRequest, view: CaseView, action: str, refused: Any = None) -> HttpResponse:
    """Why something cannot be done, and what can."""
    known = view.refused(action)
    detail = (
        refused.message()
        if refused is not None
        else known.detail
        if known
        else _("This is not possible as things stand.")
    )
    shown = {
        **frame(view),
        "detail": detail,
        "kept": bool(refused is not None and refused.data.get("kept_as_message")),
        "label": known.label if known else "",
        "door": showing.door(view),
        "possible": showing.door(view)["actions"],
        "refused": [item for item in showing.refused(view) if known and item["label"] == known.label],
        "typed": request.POST.get("statement", ""),
    }
    status = refused.status if refused is not None else HTTPStatus.CONFLICT
    return render(request, "disputes/refused.html", shown, status=int(status))
