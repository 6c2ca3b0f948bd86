"""A draft section by section: every entry in words, and a form for each with what it would say before one's eyes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contract.errors import DomainError
from rules.drafts import DraftChanged, DraftView
from rules.drafts_documents import WrongDocument
from rules.drafts_editing import change_document
from rules.drafts_fields import SECTIONS, Entry, entries_of
from studio.access import administrator, administrators_only
from studio.forms.sections import EntryForm, entry_title
from studio.previews import entries_in_words, preview_of
from studio.section_words import section_label
from studio.selectors import pack_label
from studio.views.drafts import draft_for, draft_frame, drafts_crumb, revision_seen, sections_of
from studio.views.frame import crumbs, pack_crumb


@administrators_only
@require_GET
def section(request: HttpRequest, pack: str, draft_id: int, section: str) -> HttpResponse:
    """What can be changed in a section, entry by entry."""
    found = draft_for(request, pack, draft_id)
    entries = _entries(found, section)
    shown = {
        **draft_frame(request, found), "crumbs": _crumbs(found), "here": section_label(section), "section": section,
        "sections": sections_of(found), "entries": entries_in_words(found, entries),
    }  # fmt: skip
    return render(request, "studio/draft_section.html", shown)


@administrators_only
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, pack: str, draft_id: int, section: str, entry: str) -> HttpResponse:
    """The form of one entry. What is typed is kept, whatever is wrong with it."""
    found = draft_for(request, pack, draft_id)
    chosen = _entry(found, section, entry)
    if request.method == "GET":
        return _page(request, found, EntryForm(found, chosen))
    form = EntryForm(found, chosen, request.POST)
    if not form.is_valid() or request.POST.get("do") == "preview":
        return _page(request, found, form)
    return _kept(request, found, form)


@administrators_only
@require_GET
def preview(request: HttpRequest, pack: str, draft_id: int, section: str, entry: str) -> HttpResponse:
    """What the entry would say and do, while somebody types: a part of the page."""
    found = draft_for(request, pack, draft_id)
    form = EntryForm(found, _entry(found, section, entry), request.GET)
    form.is_valid()
    shown = {"form": form, "preview": preview_of(form, request.GET.get("start", "")), "zone": found.base.policy.zone}
    return render(request, "studio/_draft_preview.html", shown)


def _kept(request: HttpRequest, found: DraftView, form: EntryForm) -> HttpResponse:
    actor, sources = administrator(request), form.sources()
    try:
        change_document(
            found.pack, found.id, form.document, revision=revision_seen(request), actor_id=actor.pk, sources=sources
        )
    except WrongDocument as error:
        form.add_error(None, "; ".join(f"{one.field}: {one.problem}" for one in error.mistakes))
        return _page(request, found, form)
    except DomainError as error:
        if not isinstance(error, DraftChanged) or form.differing():
            return _page(request, found, form, refused=error)  # what the draft says already was sent twice
    messages.success(request, _("The change is in the draft."))
    return redirect("studio:draft-section", found.pack, found.id, form.entry.section)


def _page(request: HttpRequest, found: DraftView, form: EntryForm, refused: DomainError | None = None) -> HttpResponse:
    section, name = form.entry.section, form.entry.name
    back = reverse("studio:draft-section", args=[found.pack, found.id, section]), section_label(section)
    shown = {
        **draft_frame(request, found), "crumbs": [*_crumbs(found), *crumbs(back)[1:]], "form": form,
        "here": entry_title(found, form.entry), "section": section, "entry": name, "refused": refused,
        "preview": preview_of(form, request.POST.get("start", "")), "differing": form.differing() if refused else (),
    }  # fmt: skip
    status = int(refused.status) if refused else 422 if form.errors else 200
    return render(request, "studio/draft_entry.html", shown, status=status)


def _crumbs(found: DraftView) -> list[dict[str, str]]:
    label = pack_label(found.base.policy)
    here = reverse("studio:draft", args=[found.pack, found.id]), found.title
    return crumbs(pack_crumb(found.pack, label), drafts_crumb(found.pack), here)


def _entries(found: DraftView, section: str) -> dict[str, Entry]:
    if section not in SECTIONS:
        raise Http404
    return entries_of(found.document, section)


def _entry(found: DraftView, section: str, name: str) -> Entry:
    entries: dict[str, Any] = _entries(found, section)
    if name not in entries:
        raise Http404
    chosen: Entry = entries[name]
    return chosen
