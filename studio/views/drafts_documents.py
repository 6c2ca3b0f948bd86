"""A draft's whole document: read, taken away as a file, and brought in again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contract.errors import DomainError
from rules.drafts import DraftView
from rules.drafts_documents import Mistake, WrongDocument, as_text
from rules.drafts_editing import import_text
from studio.access import administrator, administrators_only
from studio.forms.drafts import DocumentForm
from studio.selectors import pack_label
from studio.views.drafts import draft_for, draft_frame, drafts_crumb, revision_seen
from studio.views.frame import crumbs, pack_crumb


@administrators_only
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """The text in a field; a wrong one is shown again with the line and field of every mistake."""
    found = draft_for(request, pack, draft_id)
    if request.method == "GET":
        return _page(request, found, DocumentForm(initial={"text": as_text(found.document)}))
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form)
    given = form.given()
    try:
        import_text(pack, draft_id, given, revision=revision_seen(request), actor_id=administrator(request).pk)
    except WrongDocument as wrong:
        form.add_error("text", _("The document is not taken. Nothing has changed."))
        return _page(request, found, form.keeping(given), mistakes=wrong.mistakes)
    except DomainError as error:
        form.add_error(None, error.message())
        return _page(request, found, form.keeping(given))
    messages.success(request, _("The document is taken into the draft."))
    return redirect("studio:draft", pack, draft_id)


@administrators_only
@require_GET
def text(request: HttpRequest, pack: str, draft_id: int) -> HttpResponse:
    """The document as a file."""
    found = draft_for(request, pack, draft_id)
    answer = HttpResponse(as_text(found.document), content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{pack}-{draft_id}-{found.revision}.yaml"'
    return answer


def _page(
    request: HttpRequest, found: DraftView, form: DocumentForm, *, mistakes: tuple[Mistake, ...] = ()
) -> HttpResponse:
    label = pack_label(found.base.policy)
    back = crumbs(pack_crumb(found.pack, label), drafts_crumb(found.pack))
    shown = {
        **draft_frame(request, found), "crumbs": back, "here": _("The whole document"), "form": form,
        "mistakes": mistakes,
    }  # fmt: skip
    return render(request, "studio/draft_document.html", shown, status=422 if form.errors else 200)
