"""The question of filing that takes files: each is received at once and stays until the request is sent."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contract.errors import DomainError
from disputes.forms.exhibiting import FilingEvidenceForm
from disputes.selectors.access import OrderAccess
from disputes.services.filing_evidence import limits_of_pack, receive_for_filing
from disputes.views import proving
from disputes.views.asking import reader
from disputes.views.drafting import Draft, keep_answers
from disputes.views.filing import draft_of, own_order, step_url, too_early
from evidence.selectors import files_by_id
from evidence.services import Receipt

STEP = "evidence"


@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, order_id: int) -> HttpResponse:
    """Files with what they show, as often as wanted; none at all is an answer too."""
    access = own_order(request, order_id)
    draft = draft_of(request, access)
    if not draft.eligibility.eligible:
        return redirect("disputes:file", order_id=order_id)
    if too_early(draft, STEP):
        return redirect(step_url(order_id, draft.next_step))
    if request.method != "POST":
        return _asked(request, access, draft, FilingEvidenceForm(slots=_slots(draft)))
    if "remove" in request.POST:
        _keep(request, access, draft, list(_without(draft, request.POST["remove"])))
        return redirect(step_url(order_id, STEP))
    return _answered(request, access, draft)


def _answered(request: HttpRequest, access: OrderAccess, draft: Draft) -> HttpResponse:
    """Receive what was sent, whatever else is wrong with it; then go on, unless somebody has to look again."""
    form = FilingEvidenceForm(request.POST, request.FILES, slots=_slots(draft))
    form.is_valid()
    receipt = _received(request, draft, form)
    piece = _piece(form, receipt)
    after = _keep(request, access, draft, [*draft.pieces, *([piece] if piece else [])])
    if form.errors:
        return _asked(request, access, after, form)
    for refusal in receipt.refusals:
        messages.warning(request, refusal.message())
    stays = receipt.refusals or "more" in request.POST
    return redirect(step_url(access.order_id, STEP if stays else after.next_step))


def _received(request: HttpRequest, draft: Draft, form: FilingEvidenceForm) -> Receipt:
    """What became of the files; a reason to take none of them is shown at the form."""
    uploads = form.cleaned_data.get("files") or []
    try:
        return receive_for_filing(
            reader(request).pk, pack=draft.lines[0].pack.code, uploads=uploads,
            already_given=len(draft.files_given), pieces=len(draft.pieces),
        )  # fmt: skip
    except DomainError as refused:
        form.add_error("files", refused.message())
    return Receipt(files=(), refusals=())


def _piece(form: FilingEvidenceForm, receipt: Receipt) -> dict[str, Any] | None:
    """What the session remembers; a text that is shown again for a fault stays in the form until that is mended."""
    given, files = form.cleaned_data, [str(file.id) for file in receipt.files]
    text = "" if form.errors else given.get("description", "").strip()
    if not files and not text:
        return None
    return {"key": uuid4().hex, "slot": given.get("slot", ""), "description": text, "files": files}


def _without(draft: Draft, named: str) -> Iterator[dict[str, Any]]:
    """The pieces without a file, or without a piece that is text alone."""
    for piece in draft.pieces:
        files = [file for file in piece["files"] if file != named]
        if files or (not piece["files"] and piece["key"] != named):
            yield {**piece, "files": files}


def _keep(request: HttpRequest, access: OrderAccess, draft: Draft, pieces: list[dict[str, Any]]) -> Draft:
    answers = {**draft.answers, STEP: pieces}
    keep_answers(request.session, access.order_id, answers, draft.eligibility.now)
    return Draft(eligibility=draft.eligibility, answers=answers)


def _slots(draft: Draft) -> list[tuple[str, str]]:
    """What the reason's checklist asks the buyer for."""
    return [(item.code, item.text) for item in draft.reason.evidence] if draft.reason else []


def _asked(request: HttpRequest, access: OrderAccess, draft: Draft, form: FilingEvidenceForm) -> HttpResponse:
    limits, (position, count) = limits_of_pack(draft.lines[0].pack.code), draft.place_of(STEP)
    shown = {
        "form": form,
        "position": position,
        "count": count,
        "pieces": _shown(draft),
        "hint": draft.reason.hint if draft.reason else "",
        "limits": proving.limits_sentence(limits),
        "max_files": max(limits.max_files - len(draft.files_given), 0),
        "max_bytes": proving.largest(limits),
        "back_url": step_url(access.order_id, draft.before(STEP)),
        "draft_key": f"filing-{access.order_id}-{STEP}-{len(draft.pieces)}",
        "cancel_url": reverse("disputes:orders"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "disputes/filing_evidence.html", shown, status=status)


def _shown(draft: Draft) -> list[dict[str, Any]]:
    """The pieces with the names of their files, each with what takes it away again."""
    known, labels = files_by_id(draft.files_given), dict(_slots(draft))
    names = {str(file.id): file.name for file in known.values()}
    return [
        {
            "label": labels.get(piece["slot"]) or _("Evidence"),
            "description": piece["description"],
            "parts": [{"key": file, "name": names.get(file, "")} for file in piece["files"]]
            or [{"key": piece["key"], "name": ""}],
        }
        for piece in draft.pieces
    ]
