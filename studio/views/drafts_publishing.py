"""A draft's way to becoming a version: proof, traps, submission, approval, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from contract.errors import DomainError, Invalid, Words
from rules.drafts import DraftView
from rules.drafts_proving import accept_trap, ask_for_proof
from rules.drafts_publishing import approve_draft, carry_over, publish_draft, return_draft, submit_draft
from studio.access import administrator, administrators_only
from studio.forms.drafts import SubmitForm
from studio.views.drafts import draft_for, draft_shown, revision_seen

Doing = Callable[[], DraftView]


@administrators_only
@require_POST
def prove(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """Ask the workers for the proof."""
    draft_for(request, pack, draft_id)
    ask_for_proof(pack, draft_id, actor_id=administrator(request).pk)
    return redirect("studio:draft", pack, draft_id)


@administrators_only
@require_POST
def accept(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """Let a trap stand, with a reason."""
    finding, reason = request.POST.get("finding", ""), request.POST.get("reason", "")

    def do() -> DraftView:
        return accept_trap(pack, draft_id, finding=finding, reason=reason, **_who(request))

    return _done(request, pack, draft_id, gettext_lazy("The trap is accepted; your reason is kept."), do)


@administrators_only
@require_POST
def submit(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """Ask for approval; a moment that cannot be is told beside its field."""
    found, form = draft_for(request, pack, draft_id), SubmitForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["effective_from"]
        try:
            submit_draft(pack, draft_id, effective_from=wanted, **_who(request))
        except Invalid as error:
            for problem in error.fields:
                form.add_error("effective_from", str(problem.detail))
        except DomainError as error:
            messages.warning(request, error.message())
            return redirect("studio:draft", pack, draft_id)
        else:
            messages.success(request, _("The draft is submitted. It waits for somebody else's approval."))
            return redirect("studio:draft", pack, draft_id)
    shown = {**draft_shown(request, found), "submit_form": form, "form": form}
    return render(request, "studio/draft.html", shown, status=422)


@administrators_only
@require_POST
def decide(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """Approve, send back, publish, or carry over to the newest version."""
    reason = request.POST.get("reason", "")
    choices: dict[str, tuple[Words, Doing]] = {
        "approve": (
            gettext_lazy("The draft is approved."), lambda: approve_draft(pack, draft_id, **_who(request)),
        ),
        "return": (
            gettext_lazy("The draft is back in work."),
            lambda: return_draft(pack, draft_id, reason=reason, **_who(request)),
        ),
        "publish": (
            gettext_lazy(
                "The draft is published. Until you put them under it, open cases keep the promise they were given."
            ),
            lambda: publish_draft(pack, draft_id, scope=_scope(request), **_who(request)),
        ),
        "carry_over": (
            gettext_lazy("The draft builds on the newest version now, and is back in work."),
            lambda: carry_over(pack, draft_id, **_who(request)),
        ),
    }  # fmt: skip
    told, do = choices.get(request.POST.get("do", ""), choices["return"])
    answer = _done(request, pack, draft_id, told, do)
    published = draft_for(request, pack, draft_id).published_number
    if request.POST.get("do") == "publish" and _scope(request) == "running" and published:
        return redirect(f"{reverse('studio:migration', args=[pack])}?to={published}")
    return answer


def _scope(request: HttpRequest) -> str:
    """Whether running cases are to be looked at next; new ones alone unless that was chosen."""
    return "running" if request.POST.get("scope") == "running" else "new"


def _done(request: HttpRequest, pack: str, draft_id: int, told: Words, do: Doing) -> HttpResponse:
    draft_for(request, pack, draft_id)
    try:
        do()
    except Invalid as error:
        for problem in error.fields:
            messages.warning(request, str(problem.detail))
    except DomainError as error:
        messages.warning(request, error.message())
    else:
        messages.success(request, str(told))
    return redirect("studio:draft", pack, draft_id)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"revision": revision_seen(request), "actor_id": administrator(request).pk}
