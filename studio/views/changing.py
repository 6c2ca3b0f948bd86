"""Changing how long a deadline is: form, preview, and the draft that begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contract.clock import database_now
from contract.errors import DomainError
from disputes.selectors.machinery import open_cases_by_version
from rules.drafting import same_lengths, traps_of, with_lengths
from rules.drafts_documents import WrongDocument
from rules.engine.compiler import compile_policy
from rules.engine.policy import DeadlineRule, Policy
from rules.selectors import VersionView, calendar_edition, newest_calendar_id, versions_of
from rules.wording import sentence_of
from studio.access import administrator, administrators_only, newest_for, pack_for
from studio.examples import Example, examples_of
from studio.forms.lengths import LengthForm, terms_in_words
from studio.previews import stretches_of
from studio.selectors import pack_label, rule_view
from studio.services import LengthChange, draft_length, drafts_open_for
from studio.timeline import Timeline, timeline_of
from studio.views.frame import crumbs, pack_crumb, places
from studio.views.rules import changes, rule_for


@administrators_only
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pack: str, name: str) -> HttpResponse:
    """One page, three steps: what is typed is never lost between them."""
    base = newest_for(administrator(request), pack)
    rule = rule_for(base.policy, name)
    if request.method == "GET":
        return _page(request, base, rule, _form(request, base, rule, initial={"base": base.number}))
    form = _form(request, base, rule, request.POST)
    step = request.POST.get("do", "preview")
    seen = _seen(request, base)
    if seen.number != base.number:
        return _overtaken(request, seen, base)
    if step == "edit" or not form.is_valid():
        return _page(request, base, rule, form)
    if step != "keep":
        return _page(request, base, rule, form, preview=_preview(base, rule, form.change()))
    return _drafted(request, base, rule, form)


@administrators_only
@require_GET
def sentence(request: HttpRequest, pack: str, name: str) -> HttpResponse:
    """The sentence as it would read, while somebody types."""
    base = newest_for(administrator(request), pack)
    rule = rule_for(base.policy, name)
    form = LengthForm(rule, {**request.GET.dict(), "source": "–", "base": base.number})
    said = sentence_of(rule, base.policy)
    if form.is_valid():
        policy = _changed(base, form.change())
        said = sentence_of(policy.deadlines[name], policy)
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def _drafted(request: HttpRequest, base: VersionView, rule: DeadlineRule, form: LengthForm) -> HttpResponse:
    actor, chosen = administrator(request), form.cleaned_data["draft"]
    mine = {draft.id: draft for draft in drafts_open_for(base, rule, author_id=actor.pk)}
    told = {"what": rule_view(rule, base.policy).label, "value": terms_in_words(form.change().terms)}
    title = _("%(what)s: %(value)s") % told
    try:
        done = draft_length(base, form.change(), title=title, draft=mine.get(chosen), actor_id=actor.pk)
    except WrongDocument as error:
        form.add_error(None, "; ".join(f"{one.field}: {one.problem}" for one in error.mistakes))
        return _page(request, base, rule, form)
    except DomainError as error:
        form.add_error(None, error.message())
        return _page(request, base, rule, form)
    messages.success(request, _("The change is in the draft. Have it proven and approved to publish it."))
    return redirect("studio:draft", done.pack, done.id)


def _form(request: HttpRequest, base: VersionView, rule: DeadlineRule, *args: Any, **options: Any) -> LengthForm:
    drafts = drafts_open_for(base, rule, author_id=administrator(request).pk)
    return LengthForm(rule, *args, drafts=drafts, **options)


def _page(
    request: HttpRequest, base: VersionView, rule: DeadlineRule, form: LengthForm, *,
    preview: dict[str, Any] | None = None, overtaken: list[dict[str, object]] | None = None,
) -> HttpResponse:  # fmt: skip
    label = pack_label(base.policy)
    view = rule_view(rule, base.policy)
    shown = {
        "places": places(request), "crumbs": crumbs(pack_crumb(base.pack, label)), "here": view.label, "rule": view,
        "form": form, "version": base, "label": label, "preview": preview, "overtaken": overtaken,
        "zone": base.policy.zone,
    }  # fmt: skip
    status = 412 if overtaken is not None else 422 if form.errors else 200
    return render(request, "studio/change.html", shown, status=status)


def _seen(request: HttpRequest, base: VersionView) -> VersionView:
    """The version the form was made on; the newest where it names none."""
    text = request.POST.get("base", "")
    return pack_for(administrator(request), base.pack, int(text)) if text.isdecimal() and len(text) < 10 else base


def _overtaken(request: HttpRequest, seen: VersionView, base: VersionView) -> HttpResponse:
    """Somebody published meanwhile: show what, keep what was typed, and go on from there."""
    rule = rule_for(base.policy, _name(request))
    form = _form(request, base, rule, {**request.POST.dict(), "base": str(base.number)})
    if form.is_complete() and same_lengths(rule, form.terms(form.cleaned_data)):
        messages.info(request, _("This is what the newest version says already."))
        return redirect("studio:pack-versions", pack=base.pack)
    return _page(request, base, rule, form, overtaken=changes(seen.policy, base.policy))


def _name(request: HttpRequest) -> str:
    assert request.resolver_match is not None, "a view was reached by its address"
    return str(request.resolver_match.kwargs["name"])


def _preview(base: VersionView, rule: DeadlineRule, change: LengthChange) -> dict[str, Any]:
    """What both sentences say, what it does to an example that starts now, and who is not touched."""
    policy = _changed(base, change)
    changed = policy.deadlines[rule.name]
    start = database_now()
    running = open_cases_by_version()
    traps = sorted(traps_of(policy) - traps_of(base.policy), key=lambda trap: (trap.gate, trap.expiry))
    before, after = (examples_of(*pair, start) for pair in ((base.policy, rule), (policy, changed)))
    return {
        "before": sentence_of(rule, base.policy), "after": sentence_of(changed, policy), "start": start,
        "examples": list(zip(before, after, strict=False)), "change": change,
        "open_cases": sum(running.get(version.id, 0) for version in versions_of(base.pack)),
        "traps": [_trap(policy, trap.gate, trap.expiry) for trap in traps],
        "timeline": _timeline(policy, before, after), "out_of_reach": not after,
    }  # fmt: skip


def _timeline(policy: Policy, before: tuple[Example, ...], after: tuple[Example, ...]) -> Timeline | None:
    return timeline_of(stretches_of(before, after), calendar_edition(newest_calendar_id(policy.calendar)))


def _changed(base: VersionView, change: LengthChange) -> Policy:
    document = with_lengths(
        base.policy.document, change.name, change.terms, source=change.source, confidence=change.confidence
    )
    return compile_policy(document)


def _trap(policy: Policy, gate: str, expiry: str) -> str:
    opens, ends = (rule_view(policy.deadlines[name], policy) for name in (gate, expiry))
    told = {"gate": opens.label, "opens": opens.length, "expiry": ends.label, "ends": ends.length}
    return _("A trap: “%(gate)s” would open (%(opens)s) only after “%(expiry)s” has ended (%(ends)s).") % told
