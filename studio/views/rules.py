"""Reading: platforms, a pack's rules, its versions, and one deadline explained."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contract.clock import database_now
from disputes.selectors.machinery import open_cases_by_version
from rules.drafting import differences
from rules.drafts_changes import Change, changes_between
from rules.drafts_fields import DATED
from rules.engine.policy import DeadlineRule, Policy
from rules.selectors import VersionView, calendar_edition, newest_calendar_id, version_in_force, versions_of
from rules.sources import ARTICLES, DECISIONS, KINDS, anchor_of
from rules.wording import anchor_in_words, lengths_in_words
from studio.access import administrator, administrators_only, pack_for
from studio.calendar_warnings import all_notices
from studio.diagram import diagram_of
from studio.draft_words import ChangeView, differences_in_words
from studio.example_cases import example_shown
from studio.examples import examples_of
from studio.forms.moments import StartForm
from studio.selectors import declared, pack_label, platforms_of, reason_views, rule_groups, rule_view, stops_of
from studio.settings_words import setting_rows
from studio.timeline import stretch_of, timeline_of
from studio.views.frame import crumbs, pack_crumb, places


@administrators_only
@require_GET
def platforms(request: HttpRequest) -> HttpResponse:
    """The platforms somebody administers, with their packs."""
    shown = {"places": places(request), "platforms": platforms_of(administrator(request))}
    shown["stops"] = stops_of(administrator(request))
    shown["notices"] = all_notices(database_now())
    return render(request, "studio/platforms.html", shown)


@administrators_only
@require_GET
def sources(request: HttpRequest) -> HttpResponse:
    """What the short names of the sources stand for."""
    listed = (
        (_("Articles this product follows"), ARTICLES), (_("Other pages"), KINDS), (_("Decisions"), DECISIONS),
    )  # fmt: skip
    groups = [
        (title, [(name, anchor_of(name), words) for name, words in entries.items()]) for title, entries in listed
    ]
    shown = {"places": places(request), "crumbs": crumbs(), "here": _("Sources"), "groups": groups}
    return render(request, "studio/sources.html", shown)


@administrators_only
@require_GET
def pack(request: HttpRequest, pack: str) -> HttpResponse:
    """Every number of one pack in a sentence, with its source."""
    found = pack_for(administrator(request), pack, _number(request.GET.get("version")))
    policy, versions = found.policy, versions_of(pack)
    in_force, newest = version_in_force(pack), versions[0]
    rules = declared(policy)
    shown = {
        "places": places(request), "crumbs": crumbs(), "here": pack_label(policy), "version": found, "policy": policy,
        "label": pack_label(policy), "in_force": in_force, "newest": newest, "groups": rule_groups(policy),
        "reasons": reason_views(policy), "settings_rows": setting_rows(policy), "diagram": diagram_of(policy),
        "numbers": len(rules), "provisional": sum(rule.provenance.provisional for rule in rules),
        "open_cases": sum(open_cases_by_version().get(each.id, 0) for each in versions),
        "stops": stops_of(administrator(request), pack), "pack": pack,
        **example_shown(policy, request.GET.get("start", "")),
        "scheduled": newest if newest.effective_from > in_force.effective_from else None, "zone": policy.zone,
    }  # fmt: skip
    return render(request, "studio/pack.html", shown)


@administrators_only
@require_GET
def explain(request: HttpRequest, pack: str, name: str) -> HttpResponse:
    """When one deadline falls if it starts at a chosen moment, and why."""
    found = pack_for(administrator(request), pack, _number(request.GET.get("version")))
    rule, policy = rule_for(found.policy, name), found.policy
    given = request.GET if "start" in request.GET else None
    form = StartForm(given, zone=policy.zone, initial={"start": database_now()})
    start = form.cleaned_data["start"] if form.is_bound and form.is_valid() else database_now()
    examples = examples_of(policy, rule, start) if not form.errors else ()
    stretches = [stretch_of(example, example.condition) for example in examples]
    shown = {
        "places": places(request), "crumbs": crumbs(pack_crumb(pack, pack_label(policy))), "form": form,
        "rule": rule_view(rule, policy), "version": found, "policy": policy, "zone": policy.zone, "start": start,
        "examples": examples, "here": _("Worked example"),
        "timeline": timeline_of(stretches, calendar_edition(newest_calendar_id(policy.calendar))),
    }  # fmt: skip
    return render(request, "studio/explain.html", shown)


@administrators_only
@require_GET
def versions(request: HttpRequest, pack: str) -> HttpResponse:
    """All versions of a pack, and what two of them state differently."""
    pack_for(administrator(request), pack)
    listed = versions_of(pack)
    after = _chosen(listed, request.GET.get("to"), listed[0])
    earlier = next((version for version in listed if version.number < after.number), after)
    before = _chosen(listed, request.GET.get("from"), earlier)
    running = open_cases_by_version()
    shown = {
        "places": places(request), "crumbs": crumbs(pack_crumb(pack, pack_label(after.policy))), "here": _("Versions"),
        "versions": [(version, running.get(version.id, 0)) for version in listed], "before": before, "after": after,
        "changes": changes(before.policy, after.policy), "others": others(before.policy, after.policy),
        "label": pack_label(after.policy), "pack": pack,
        "in_force": version_in_force(pack), "zone": after.policy.zone,
    }  # fmt: skip
    return render(request, "studio/versions.html", shown)


def changes(before: Policy, after: Policy) -> list[dict[str, object]]:
    """What two versions state differently, number by number."""
    return [
        {
            "rule": rule_view(item.after or item.before, after if item.after else before),  # type: ignore[arg-type]
            "before": _stated(item.before, item.after), "after": _stated(item.after, item.before),
        }
        for item in differences(before, after)
    ]  # fmt: skip


def others(before: Policy, after: Policy) -> tuple[ChangeView, ...]:
    """Everything else two versions state differently: reasons, evidence, settings, endings, names."""
    found = [change for change in changes_between(before.document, after.document) if not change.is_origin]
    return differences_in_words(before, after, [change for change in found if not _is_number(change)])


def _is_number(change: Change) -> bool:
    """Whether `changes` tells it: how long a deadline is, and from when."""
    return change.path[0] in DATED and (len(change.path) < 3 or change.path[2] in ("length", "from", "end"))


def _stated(rule: DeadlineRule | None, other: DeadlineRule | None) -> str:
    """A number as one version states it, and what it counts from where that differs too."""
    if rule is None:
        return _("not stated")
    length = lengths_in_words(rule)
    if other is None or rule.anchor == other.anchor:
        return length
    return _("%(length)s, counted from %(moment)s") % {"length": length, "moment": anchor_in_words(rule.anchor)}


def rule_for(policy: Policy, name: str) -> DeadlineRule:
    """A declared deadline by its name. Raises Http404."""
    found = next((rule for rule in declared(policy) if rule.name == name), None)
    if found is None:
        raise Http404
    return found


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise Http404
    return int(text)


def _chosen(listed: tuple[VersionView, ...], text: str | None, default: VersionView) -> VersionView:
    number = _number(text)
    found = default if number is None else next((version for version in listed if version.number == number), None)
    if found is None:
        raise Http404
    return found
