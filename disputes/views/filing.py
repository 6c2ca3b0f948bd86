"""A buyer files: first what is possible, then one question a page, then everything once more to check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contract.errors import Conflict, Invalid, NotFound, Unavailable
from contract.idempotency import KeyReused, Replay, StillRunning
from contract.money import SYMBOLS
from contract.templatetags.gongduan_ui import money_text
from disputes.forms import filing as questions
from disputes.forms.acting import new_key
from disputes.selectors.access import OrderAccess, order_for
from disputes.selectors.eligibility import eligibility
from disputes.selectors.orders import order_view
from disputes.services.filing import file_dispute
from disputes.services.filing_evidence import Piece
from disputes.views.asking import call_of, reader
from disputes.views.drafting import STEPS, Draft, forget_answers, keep_answers, read_answers
from disputes.views.showing import zone_note
from evidence.selectors import files_by_id


@login_required
@require_GET
def start(request: HttpRequest, order_id: int) -> HttpResponse:
    """What may be filed about this order, line by line; and if not, why and from when."""
    access = own_order(request, order_id)
    draft = draft_of(request, access)
    view = order_view(access)
    shown = {
        "order": view,
        "now": view.now,
        "zone_note": zone_note([view], view.now),
        "eligibility": draft.eligibility,
        "begun": bool(draft.answers),
        "begin_url": step_url(order_id, draft.next_step),
    }
    return render(request, "disputes/filing_start.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, order_id: int, step: str) -> HttpResponse:
    """One question, or the check of all answers."""
    if step not in (*FORMS, "check"):
        raise Http404
    access = own_order(request, order_id)
    draft = draft_of(request, access)
    if not draft.eligibility.eligible:
        return redirect("disputes:file", order_id=order_id)
    if step == "check":
        return _check(request, access, draft)
    if too_early(draft, step):
        return redirect(step_url(order_id, draft.next_step))
    form = FORMS[step](draft, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, access, draft, step, form)
    return _asked(request, order_id, draft, step, form)


def own_order(request: HttpRequest, order_id: int) -> OrderAccess:
    """The order, for its buyer alone. Raises NotFound."""
    access = order_for(reader(request), order_id)
    if access.party != "buyer":
        raise NotFound
    return access


def draft_of(request: HttpRequest, access: OrderAccess) -> Draft:
    found = eligibility(access)
    return Draft(eligibility=found, answers=read_answers(request.session, access.order_id, found.now))


def too_early(draft: Draft, step: str) -> bool:
    """Whether an earlier question is still open."""
    return draft.next_step != "check" and STEPS.index(step) > STEPS.index(draft.next_step)


def step_url(order_id: int, step: str) -> str:
    return reverse("disputes:file-step", args=[order_id, step])


def _answered(request: HttpRequest, access: OrderAccess, draft: Draft, step: str, form: Any) -> HttpResponse:
    """Keep the answer and go to the next open question; answers it makes impossible are asked for again."""
    answers = {**draft.answers, step: form.answer()}
    after = Draft(eligibility=draft.eligibility, answers=answers)
    if step == "items" and after.several_packs:
        form.add_error("lines", _("These items follow different rules. Please file for them one after the other."))
        return _asked(request, access.order_id, draft, step, form)
    keep_answers(request.session, access.order_id, answers, draft.eligibility.now)
    return redirect(step_url(access.order_id, after.next_step))


def _asked(request: HttpRequest, order_id: int, draft: Draft, step: str, form: Any) -> HttpResponse:
    before, (position, count) = draft.before(step), draft.place_of(step)
    shown = {
        "form": form,
        "step": step,
        "position": position,
        "count": count,
        "notes": _notes(draft, step),
        "back_url": step_url(order_id, before) if before else reverse("disputes:file", args=[order_id]),
        "currency_sign": SYMBOLS.get(draft.eligibility.currency, draft.eligibility.currency),
        "draft_key": f"filing-{order_id}-{step}",
        "cancel_url": reverse("disputes:orders"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "disputes/filing_question.html", shown, status=status)


def _notes(draft: Draft, step: str) -> dict[str, str]:
    """A line under a choice: what it would mean."""
    if step == "reason":
        return {reason.code: reason.hint for reason in draft.reasons}
    if step == "remedy":
        goes_back, stays = _("You send the item back first."), _("Nothing has to be sent back.")
        return {remedy.code: goes_back if remedy.returns_goods else stays for remedy in draft.remedies}
    return {}


def _items(draft: Draft, data: Any) -> forms.Form:
    initial: dict[str, Any] = {f"quantity_{line}": quantity for line, quantity in draft.quantities.items()}
    initial["lines"] = [str(line) for line in draft.quantities]
    return questions.ItemsForm(data, lines=draft.open_lines, initial=initial)


def _received(draft: Draft, data: Any) -> forms.Form:
    return questions.ReceivedForm(data, initial={"received": draft.answers.get("received")})


def _remedy(draft: Draft, data: Any) -> forms.Form:
    return questions.RemedyForm(data, remedies=draft.remedies, initial={"remedy": draft.answers.get("remedy")})


def _reason(draft: Draft, data: Any) -> forms.Form:
    return questions.ReasonForm(data, reasons=draft.reasons, initial={"reason": draft.answers.get("reason")})


def _amount(draft: Draft, data: Any) -> forms.Form:
    shown = money_text(draft.maximum.amount, draft.maximum.currency)
    initial = {"amount": draft.answers["amount"]} if draft.is_answered("amount") else {}
    return questions.AmountForm(data, maximum=draft.maximum, shown=shown, initial=initial)


def _describe(draft: Draft, data: Any) -> forms.Form:
    return questions.DescribeForm(data, initial={"description": draft.answers.get("describe", "")})


FORMS: Mapping[str, Callable[[Draft, Any], Any]] = {
    "items": _items,
    "received": _received,
    "remedy": _remedy,
    "reason": _reason,
    "amount": _amount,
    "describe": _describe,
}


def _check(request: HttpRequest, access: OrderAccess, draft: Draft) -> HttpResponse:
    """Everything once more, with ways back; then it is sent."""
    if draft.next_step != "check":
        return redirect(step_url(access.order_id, draft.next_step))
    form = questions.CheckForm(request.POST or None, initial={"once": new_key()})
    if request.method == "POST" and form.is_valid():
        return _sent(request, access, draft, form)
    return _checked(request, access, draft, form)


def _checked(
    request: HttpRequest, access: OrderAccess, draft: Draft, form: forms.Form, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    shown = {
        "form": form,
        "answers": _summary(access.order_id, draft),
        "reason": draft.reason,
        "back_url": step_url(access.order_id, "evidence"),
    }
    return render(request, "disputes/filing_check.html", shown, status=status)


def _summary(order_id: int, draft: Draft) -> list[dict[str, Any]]:
    amount = money_text(Decimal(draft.answers["amount"]), draft.maximum.currency)
    received = {"yes": _("Yes, I have it"), "no": _("No, it has not come")}
    items = ", ".join(f"{line.title} × {draft.quantities[line.line_id]}" for line in draft.lines)
    rows = [
        ("items", _("Items"), items),
        ("received", _("Have you received the item?"), received[draft.answers["received"]]),
        ("remedy", _("What you want"), draft.remedy.label if draft.remedy else ""),
        ("reason", _("Reason"), draft.reason.label if draft.reason else ""),
        ("amount", _("Refund amount"), amount),
        ("describe", _("What happened"), draft.answers.get("describe") or "—"),
        ("evidence", _("Evidence"), _evidence(draft)),
    ]
    return [
        {
            "label": label,
            "value": value,
            "wide": step in ("describe", "evidence"),
            "change_url": "" if step == "items" and draft.items_are_clear else step_url(order_id, step),
            "change_label": _("Change"),
        }
        for step, label, value in rows
    ]


def _evidence(draft: Draft) -> str:
    """The names of the files, and the texts that stand for themselves."""
    known = files_by_id(draft.files_given)
    names = [known[file].name for file in draft.files_given if file in known]
    texts = [piece["description"] for piece in draft.pieces if not piece["files"]]
    return ", ".join(names + texts) or "—"


def _piece(draft: Draft, kept: Mapping[str, Any]) -> Piece:
    """A piece as it is handed in: what the reason chosen in the end does not ask for is evidence all the same."""
    asked = {item.code for item in draft.reason.evidence} if draft.reason else set()
    slot = kept["slot"] if kept["slot"] in asked else ""
    return Piece(files=[UUID(file) for file in kept["files"]], slot=slot, description=kept["description"])


def _sent(request: HttpRequest, access: OrderAccess, draft: Draft, form: forms.Form) -> HttpResponse:
    """File it. What was answered is forgotten only once it is filed."""
    assert draft.reason is not None, "all questions have answers"
    assert draft.remedy is not None, "all questions have answers"
    try:
        done = file_dispute(
            reader(request).pk,
            order_id=access.order_id,
            reason=draft.reason.code,
            remedy=draft.remedy.code,
            lines=[{"line": line, "quantity": quantity} for line, quantity in draft.quantities.items()],
            amount=draft.answers["amount"],
            goods_received=draft.answers["received"] == "yes",
            description=draft.answers.get("describe", ""),
            evidence=[_piece(draft, piece) for piece in draft.pieces],
            call=call_of(request),
            answer=lambda filed: (HTTPStatus.SEE_OTHER, {"number": filed.number}),
        )
    except (KeyReused, StillRunning):
        return redirect("disputes:cases")
    except (Invalid, Conflict, Unavailable) as refused:
        for sentence in [str(p.detail) for p in getattr(refused, "fields", ())] or [refused.message()]:
            form.add_error(None, sentence)
        return _checked(request, access, draft, form, status=int(refused.status))
    forget_answers(request.session, access.order_id)
    return redirect("disputes:submitted", number=done.body["number"] if isinstance(done, Replay) else done.number)
