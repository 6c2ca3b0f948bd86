"""Drafts of a pack's rules: the list with what was done lately, and one draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contract.errors import DomainError
from disputes.labels.words import CONFIDENCE
from rules.actions import actions_on
from rules.drafts import DraftView, begin_draft, discard_draft, draft_of, drafts_of
from rules.drafts_changes import changes_between
from rules.drafts_editing import CONFIDENCES, state_sources
from rules.drafts_fields import SECTIONS, entries_of
from rules.drafts_proving import proof_of_draft
from rules.drafts_publishing import NOT_READY, authors_of, single_operator, what_is_missing
from rules.selectors import version_in_force, versions_of
from studio.access import administrator, administrators_only, newest_for, pack_for
from studio.draft_words import change_views, differences_in_words
from studio.forms.drafts import NewDraftForm, SubmitForm
from studio.proof_words import finding_in_words
from studio.section_words import section_label
from studio.selectors import pack_label
from studio.views.frame import crumbs, pack_crumb, places

SHOWN_ACTIONS = 30
TONES = {"editing": "info", "submitted": "soon", "approved": "good", "published": "good"}


@administrators_only
@require_http_methods(["GET", "POST"])
def drafts(request: HttpRequest, pack: str) -> HttpResponse:
    """The drafts of a pack; a new one begins here."""
    newest = newest_for(administrator(request), pack)
    versions = versions_of(pack)
    form = NewDraftForm(
        versions, request.POST if request.method == "POST" else None, initial={"origin": _asked(request, newest.number)}
    )
    if request.method == "POST" and form.is_valid():
        origin = pack_for(administrator(request), pack, form.cleaned_data["origin"])
        begun = begin_draft(origin, title=form.cleaned_data["title"], author_id=administrator(request).pk)
        return redirect("studio:draft", pack, begun.id)
    label = pack_label(newest.policy)
    shown = {
        "places": places(request), "crumbs": crumbs(pack_crumb(pack, label)), "here": _("Drafts"), "pack": pack,
        "label": label, "form": form, "drafts": [(draft, TONES.get(draft.status, "")) for draft in drafts_of(pack)],
        "actions": actions_on(pack, limit=SHOWN_ACTIONS), "zone": newest.policy.zone,
    }  # fmt: skip
    return render(request, "studio/drafts.html", shown, status=422 if form.errors else 200)


@administrators_only
@require_GET
def draft(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """One draft: what it would change, and what comes next."""
    found = draft_for(request, pack, draft_id)
    return render(request, "studio/draft.html", draft_shown(request, found))


@administrators_only
@require_POST
def discard(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """Give a draft up."""
    draft_for(request, pack, draft_id)
    try:
        discard_draft(pack, draft_id, revision=revision_seen(request), actor_id=administrator(request).pk)
    except DomainError as error:
        messages.warning(request, error.message())
        return redirect("studio:draft", pack, draft_id)
    messages.success(request, _("The draft is discarded. It stays readable."))
    return redirect("studio:drafts", pack)


@administrators_only
@require_POST
def sources(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """Say on what the changed numbers rest; those left empty are left for later."""
    found = draft_for(request, pack, draft_id)
    told = {
        view.pointer: (request.POST.get(f"source:{view.pointer}", ""), request.POST.get(f"sure:{view.pointer}", ""))
        for view in change_views(found) if request.POST.get(f"source:{view.pointer}", "").strip()
    }  # fmt: skip
    try:
        state_sources(pack, draft_id, told, revision=revision_seen(request), actor_id=administrator(request).pk)
    except DomainError as error:
        shown = {**draft_shown(request, found), "refused": error.message()}
        shown["changes"] = [
            replace(view, source=told[view.pointer][0], confidence=told[view.pointer][1])
            if view.pointer in told else view for view in change_views(found)
        ]  # fmt: skip
        return render(request, "studio/draft.html", shown, status=error.status)
    messages.success(request, _("The sources are kept."))
    return redirect("studio:draft", pack, draft_id)


def draft_for(request: HttpRequest, pack: str, draft_id: int) -> DraftView:
    """A draft of a pack that whoever asks administers. Raises Http404."""
    newest_for(administrator(request), pack)
    return draft_of(pack, draft_id)


def revision_seen(request: HttpRequest) -> int:
    """The revision the page was made of; 0, which no draft has, when it names none."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def draft_frame(request: HttpRequest, found: DraftView) -> dict[str, Any]:
    """What stands on every page about one draft."""
    label = pack_label(found.base.policy)
    return {
        "places": places(request), "pack": found.pack, "label": label, "draft": found,
        "zone": found.base.policy.zone, "tone": TONES.get(found.status, ""),
    }  # fmt: skip


def draft_shown(request: HttpRequest, found: DraftView) -> dict[str, Any]:
    """The page of one draft."""
    label = pack_label(found.base.policy)
    return {
        **draft_frame(request, found), "here": found.title, "sections": sections_of(found),
        "crumbs": crumbs(pack_crumb(found.pack, label), drafts_crumb(found.pack)),
        **_stated(found), **_standing(request, found),
        "actions": actions_on(found.pack, draft_id=found.id, limit=SHOWN_ACTIONS),
    }  # fmt: skip


def _stated(found: DraftView) -> dict[str, Any]:
    """What the draft changes in its base; where something else is in force, what it changes in that."""
    views, in_force = change_views(found), version_in_force(found.pack)
    shown: dict[str, Any] = {
        "changes": views, "missing": sum(view.missing for view in views), "in_force": in_force,
        "confidences": [(code, CONFIDENCE[code]) for code in CONFIDENCES],
    }  # fmt: skip
    if in_force.id != found.base.id:
        fields = [one for one in changes_between(in_force.policy.document, found.document) if not one.is_origin]
        shown["to_in_force"] = differences_in_words(in_force.policy, found.policy, fields)
    return shown


def _standing(request: HttpRequest, found: DraftView) -> dict[str, Any]:
    """The proof, what is missing, and what comes next for whoever looks."""
    proof, missing = proof_of_draft(found), what_is_missing(found)
    newest, alone = versions_of(found.pack)[0], administrator(request).pk in authors_of(found)
    replaced = found.is_open and newest.number != found.base.number
    since = list(changes_between(found.base.policy.document, newest.policy.document)) if replaced else []
    return {
        "proof": proof, "proof_running": proof is not None and proof.state in ("waiting", "running"),
        "findings": [(one, *finding_in_words(one, found.policy)) for one in proof.findings] if proof else [],
        "not_ready": NOT_READY.get(missing, ""), "newest": newest if replaced else None,
        "since": differences_in_words(found.base.policy, newest.policy, since) if replaced else (),
        "needs_another": alone and not single_operator(found.platform),
        "alone": alone and single_operator(found.platform), "submit_form": SubmitForm(),
    }  # fmt: skip


def sections_of(found: DraftView) -> list[tuple[str, str]]:
    """The sections in which a draft has something to change, with their names."""
    return [(code, section_label(code)) for code in SECTIONS if entries_of(found.document, code)]


def drafts_crumb(pack: str) -> tuple[str, str]:
    return reverse("studio:drafts", args=[pack]), _("Drafts")


def _asked(request: HttpRequest, newest: int) -> int:
    """The version a link named to begin with."""
    text = request.GET.get("origin", "")
    return int(text) if text.isdecimal() and len(text) < 10 else newest
