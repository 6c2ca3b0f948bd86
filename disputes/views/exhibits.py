"""Evidence: upload into drafts, look at them, hand them in for good."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from contract.errors import DomainError, Invalid, NotFound
from disputes.forms.exhibiting import ExhibitForm
from disputes.selectors.access import CaseAccess, case_for
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view
from disputes.services.exhibiting import (
    Drafted,
    discard_draft,
    draft_exhibit,
    limits_of,
    submit_exhibits,
    withdraw_exhibit,
)
from disputes.views import proving
from disputes.views.asking import reader
from disputes.views.cases import frame


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Files and what they show become a draft; drafts are handed in from the same page. Parties only."""
    access = _party(request, number)
    view = case_view(access)
    slots = [(item.slot, item.label) for item in view.evidence.requirements if item.party == view.viewer]
    if request.method != "POST":
        initial = {"slot": request.GET.get("slot", ""), "answers": request.GET.get("answers") or None}
        return _page(request, access, view, ExhibitForm(initial=initial, slots=slots))
    form = ExhibitForm(request.POST, request.FILES, slots=slots)
    if not form.is_valid():
        return _page(request, access, view, form)
    drafted = _drafted(access, form)
    if drafted is None:
        return _page(request, access, view, form)
    return _told(request, access, drafted, hand_in="submit" in request.POST)


def _drafted(access: CaseAccess, form: ExhibitForm) -> Drafted | None:
    """The draft, or None with the reason shown at the form."""
    given = form.cleaned_data
    try:
        return draft_exhibit(
            access,
            uploads=given["files"],
            description=given["description"],
            slot=given["slot"],
            answers=given["answers"],
        )
    except NotFound:
        raise
    except Invalid as refused:
        for problem in refused.fields:
            form.add_error("files", str(problem.detail))
        if not refused.fields:
            form.add_error("files", refused.message())
    except DomainError as refused:
        form.add_error("files", refused.message())
    return None


def _told(request: HttpRequest, access: CaseAccess, drafted: Drafted, *, hand_in: bool) -> HttpResponse:
    """Say file by file what was not taken; hand the rest in if that was the button."""
    for refusal in drafted.receipt.refusals:
        messages.warning(request, refusal.message())
    if drafted.receipt.refusals or not hand_in:
        messages.info(request, _("Kept as a draft. Nobody else sees it until you submit it."))
        return redirect("disputes:evidence", number=access.number)
    return _handed_in(request, access, [drafted.exhibit_id])


def _handed_in(request: HttpRequest, access: CaseAccess, ids: list[UUID]) -> HttpResponse:
    try:
        done = submit_exhibits(access, ids)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.message())
        return redirect("disputes:evidence", number=access.number)
    if done.submitted:
        count = len(done.submitted)
        messages.success(
            request, ngettext("%(count)s exhibit submitted.", "%(count)s exhibits submitted.", count) % {"count": count}
        )
    if done.late:
        messages.warning(request, proving.late_sentence(access.party, access.party))
    return redirect(reverse("disputes:case", args=[access.number]) + "#checklist")


def _draft_key(view: CaseView) -> str:
    """Another one after each exhibit: what was kept or submitted is not put back into its field."""
    mine = [*view.evidence.mine("draft"), *view.evidence.mine("submitted")]
    return f"{view.number}-evidence-{len(mine)}"


def _page(request: HttpRequest, access: CaseAccess, view: CaseView, form: ExhibitForm) -> HttpResponse:
    files = proving.files_of(view, access.user_id)
    limits = limits_of(access.case_id)
    shown = {
        **frame(view),
        "form": form,
        "drafts": proving.drafts(view, files),
        "checklist": proving.checklist(view, files),
        "limits": proving.limits_sentence(limits),
        "max_files": limits.max_files,
        "draft_key": _draft_key(view),
        "max_bytes": proving.largest(limits),
        "answered": _answered(view, form),
        "late": proving.late_sentence(view.viewer, view.viewer) if not view.evidence.open_for_me else "",
    }
    return render(
        request,
        "disputes/evidence.html",
        shown,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )


def _answered(view: CaseView, form: ExhibitForm) -> Any:
    """The exhibit of the other side that this one answers."""
    named = str(form["answers"].value() or "")
    return next((e for group in view.evidence.groups for e in group.exhibits if str(e.id) == named), None)


@login_required
@require_POST
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Hand in the ticked drafts, or all."""
    access = _party(request, number)
    drafts = [exhibit.id for exhibit in case_view(access).evidence.mine("draft")]
    ticked = set(request.POST.getlist("exhibit"))
    chosen = [exhibit for exhibit in drafts if str(exhibit) in ticked] if ticked else drafts
    if not chosen:
        raise NotFound
    return _handed_in(request, access, chosen)


@login_required
@require_POST
def discard(request: HttpRequest, number: str, exhibit: UUID) -> HttpResponse:
    """Throw a draft away."""
    access = _party(request, number)
    discard_draft(access, exhibit)
    messages.success(request, _("The draft is discarded."))
    return redirect("disputes:evidence", number=number)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, number: str, exhibit: UUID) -> HttpResponse:
    """Take an exhibit back, after asking."""
    access = _party(request, number)
    view = case_view(access)
    mine = next((each for each in view.evidence.mine("submitted") if each.id == exhibit), None)
    if mine is None:
        raise NotFound
    if request.method != "POST":
        return render(request, "disputes/withdraw_exhibit.html", {**frame(view), "exhibit": mine})
    try:
        withdraw_exhibit(access, exhibit)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.message())
    else:
        messages.success(request, _("The exhibit is withdrawn. It stays visible as withdrawn."))
    return redirect("disputes:case", number=number)


def _party(request: HttpRequest, number: str) -> CaseAccess:
    """The case, for its parties. Raises NotFound for everybody else."""
    access = case_for(reader(request), number)
    if access.party not in ("buyer", "seller"):
        raise NotFound
    return access
