"""Ruling in two steps: what was typed is shown as both sides will read it, and only then issued.

Everything typed travels in the form itself, so that no error, no change of the case and no lost session of the
server takes a word of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from contract.errors import Conflict, Forbidden, Invalid, Stale
from contract.idempotency import KeyReused, StillRunning
from disputes.errors import CaseBusy
from disputes.forms.acting import INTERNAL, new_key
from disputes.forms.ruling import FINDING, LINE_LABELS, RulingForm
from disputes.forms.ruling_texts import beginning
from disputes.labels.actions import field_name
from disputes.labels.refusals import CONTRADICTIONS
from disputes.labels.words import LIABLE, PARTIES, RULING_OUTCOMES, name_of
from disputes.selectors.access import CaseAccess
from disputes.selectors.action_views import ActionView
from disputes.selectors.case_views import CaseView
from disputes.selectors.cases import case_view
from disputes.selectors.history_views import TimelineEntry
from disputes.services.acting import perform
from disputes.services.weighing import Weighed
from disputes.views.asking import call_of
from disputes.views.bench_access import bench_frame, staff_access
from disputes.views.bench_page import RULING_ACTIONS, bench_context, read_bench, ruling_form, to_answer
from disputes.views.bench_preview import preview, second_person_sentence, weigh_up

LANGUAGES = {"zh-hans": "中文", "en": "English"}
OF_THE_PAGE = INTERNAL | {"step", "insert", "show", "action", "confirm"}
TABLES = {"outcome": RULING_OUTCOMES, "liable": LIABLE, "false_evidence_by": PARTIES}

PARTS = {"amount": _lazy("Amount"), "payer": _lazy("Who pays"), "clause": _lazy("Rule it rests on")}

Told = tuple[TimelineEntry, ...]


@login_required
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Preview, change, or issue a ruling, its correction, or the decision of a second review."""
    access = staff_access(request, number)
    if request.method != "POST" or action not in RULING_ACTIONS:
        return redirect("disputes:bench-case", number=number)
    view, told = read_bench(access)
    offered = view.action(action)
    if offered is None:
        return _too_late(request, access, view, told, action)
    if "insert" in request.POST or request.POST.get("step") == "edit":
        return _typing_on(request, access, view, told, offered)
    form = ruling_form(view, offered, request.POST)
    if not form.is_valid():
        return _bench(request, access, view, told, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        weighed = weigh_up(access, form)
    except Invalid as refused:
        form.blame(refused)
        return _bench(request, access, view, told, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.POST.get("step") == "issue" and (confirmed(request) or not weighed.contradictions):
        return _issued(request, access, view, told, form)
    return _preview(request, access, view, form, weighed)


def confirmed(request: HttpRequest) -> bool:
    """Whether whoever decides has confirmed what does not fit together."""
    return request.POST.get("confirm") == "yes"


def _bench(
    request: HttpRequest,
    access: CaseAccess,
    view: CaseView,
    told: Told,
    form: RulingForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **further: Any,
) -> HttpResponse:
    """The bench with the form as it was typed."""
    shown = bench_context(view, told, access, form=form, further={"typed": True, **further})
    return render(request, "disputes/bench/case.html", shown, status=status)


def _typing_on(
    request: HttpRequest, access: CaseAccess, view: CaseView, told: Told, offered: ActionView
) -> HttpResponse:
    """Back to the form with everything typed, and with the beginning of a text if that was asked for."""
    typed = dict(_kept(request.POST))
    chosen = request.POST.get("insert", "")
    if chosen:
        text = beginning(chosen, _reason_by_language(access))
        typed["reasons"] = "\n\n".join(part for part in (typed.get("reasons", "").strip(), text) if part)
    form = ruling_form(view, offered, initial=typed)
    return _bench(request, access, view, told, form)


def _reason_by_language(access: CaseAccess) -> dict[str, str]:
    """The name of the case's reason in every language."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = case_view(access).reason.text
    return found


def _preview(
    request: HttpRequest, access: CaseAccess, view: CaseView, form: RulingForm, weighed: Weighed
) -> HttpResponse:
    """The page both sides will read, in either language, and what to know before it is issued."""
    unconfirmed = request.POST.get("step") == "issue"
    asked = request.POST.get("show", "")
    language = asked if asked in LANGUAGES else str(get_language())
    shown = {
        **bench_frame(view),
        "ruling": preview(access, form, language),
        "language": language,
        "form": form,
        "typed": list(_kept(request.POST)),
        "action": view.action(form.action),
        "languages": [{"code": code, "label": label, "current": code == language} for code, label in LANGUAGES.items()],
        "warnings": [CONTRADICTIONS[code] for code in weighed.contradictions],
        "unconfirmed": unconfirmed,
        "second_person": second_person_sentence(weighed),
        "total": weighed.total,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if unconfirmed else HTTPStatus.OK
    return render(request, "disputes/bench/preview.html", shown, status=status)


def _kept(data: QueryDict) -> Iterator[tuple[str, str]]:
    """What was typed, with the version and the key it is sent under."""
    return ((name, str(data[name])) for name in data if name not in OF_THE_PAGE - {"version", "once"})


def _issued(request: HttpRequest, access: CaseAccess, view: CaseView, told: Told, form: RulingForm) -> HttpResponse:
    """Issue it; every way in which that can fail keeps the form."""
    try:
        perform(
            access,
            form.action,
            {**form.outward(), "confirm": confirmed(request)},
            expected_version=form.cleaned_data["version"],
            call=call_of(request),
            answer=lambda _done: (HTTPStatus.SEE_OTHER, {}),
        )
    except Stale as changed:
        return _changed(request, access, form, changed)
    except (KeyReused, StillRunning):
        messages.info(request, _("This was sent before; nothing was done twice."))
        return redirect("disputes:bench-case", number=view.number)
    except Invalid as refused:
        form.blame(refused)
        return _bench(request, access, view, told, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (Conflict, Forbidden, CaseBusy) as refused:
        return _refused(request, access, form, refused)
    messages.success(request, _success(case_view(access), form.action))
    return redirect(f"{reverse('disputes:bench-case', args=[view.number])}#top")


def _success(view: CaseView, action: str) -> str:
    if view.stage.code == "RULED":
        return _("Kept. A second person has to approve it before both sides read it.")
    return (
        _("Decided and told to both sides.") if action != "correct_ruling" else _("Corrected and told to both sides.")
    )


def _changed(request: HttpRequest, access: CaseAccess, form: RulingForm, changed: Stale) -> HttpResponse:
    """Something happened in between: show what, keep everything, ask again."""
    view, told = read_bench(access)
    sequences = {item["sequence"] for item in changed.data["differences"]}
    offered = view.action(form.action)
    if offered is None:
        return _too_late(request, access, view, told, form.action)
    data = request.POST.copy()
    data["version"], data["once"] = str(changed.data.get("version", view.version)), new_key()
    again = ruling_form(view, offered, initial=data.dict())
    happened = [entry for entry in told if entry.sequence in sequences]
    return _bench(
        request, access, view, told, again, status=HTTPStatus.PRECONDITION_FAILED, differences=happened or [None]
    )


def _refused(request: HttpRequest, access: CaseAccess, form: RulingForm, refused: Any) -> HttpResponse:
    """Not allowed after all: if it is still on offer the form stays with the reason, else only what was typed."""
    view, told = read_bench(access)
    offered = view.action(form.action)
    if offered is None:
        return _too_late(request, access, view, told, form.action, detail=refused.message())
    form = ruling_form(view, offered, request.POST)
    form.add_error(None, refused.message())
    return _bench(request, access, view, told, form, status=HTTPStatus(int(refused.status)))


def _too_late(
    request: HttpRequest, access: CaseAccess, view: CaseView, told: Told, action: str, *, detail: str = ""
) -> HttpResponse:
    """The decision cannot be made any more: what happened meanwhile, why, and everything that was typed."""
    seen = request.POST.get("version", "")
    since = int(seen) if seen.isdecimal() and len(seen) < 10 else view.version
    known = view.refused(action)
    further = {
        "differences": [entry for entry in told if entry.sequence > since and entry.kind not in ("note", "assign")],
        "lost": {
            "detail": detail or (known.detail if known else _("This is not possible at this point of the case.")),
            "rows": list(_typed_rows(view, request.POST)),
            "text": _typed_text(view, request.POST),
        },
    }
    shown = bench_context(view, told, access, further=further)
    return render(request, "disputes/bench/case.html", shown, status=HTTPStatus.CONFLICT)


def _typed_rows(view: CaseView, data: QueryDict) -> Iterator[dict[str, Any]]:
    """What was typed, named, for reading and copying."""
    names = {f"{FINDING}{identity}": name for identity, name in to_answer(view, "")}
    for name, value in _kept(data):
        if name in ("version", "once") or not value.strip():
            continue
        kind, _separator, part = name.rpartition("_")
        label = names.get(name) or (
            f"{LINE_LABELS[kind]} · {PARTS[part]}" if kind in LINE_LABELS and part in PARTS else field_name(name)
        )
        table = TABLES.get(name, PARTIES if part == "payer" else {})
        yield {"label": label, "value": name_of(table, value), "wide": "\n" in value or len(value) > 60}


def _typed_text(view: CaseView, data: QueryDict) -> str:
    """The same as one text, for an internal note."""
    return "\n".join(f"{row['label']}: {row['value']}" for row in _typed_rows(view, data))
