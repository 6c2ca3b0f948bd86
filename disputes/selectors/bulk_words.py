"""A query for cases in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import Shop
from contract.moments import local_moment, moment_in_words
from disputes.labels.words import PLATFORMS, STAGES, name_of, pack_words
from disputes.selectors.bulk import HELD, RUNNING, CaseQuery
from disputes.selectors.bulk_sets import deadline_words
from rules.selectors import calendar_edition, packs_in_force, version

SHOWN = 5
"""Case numbers that are named one by one."""


def query_in_words(query: CaseQuery) -> tuple[tuple[str, str], ...]:
    """What narrows the set, each with its name: («Stage», «Waiting for the seller»)."""
    return tuple(_parts(query))


def _parts(query: CaseQuery) -> Iterator[tuple[str, str]]:
    yield _("Platform"), ", ".join(name_of(PLATFORMS, code) for code in query.platforms)
    if query.pack or query.policy:
        yield _("Rules"), _rules(query)
    if query.not_policy:
        yield _("Rules until now"), _("any version but %(number)s") % {"number": version(query.not_policy).number}
    if query.calendar_before:
        edition = calendar_edition(query.calendar_before).edition
        yield _("Calendar"), _("any edition before %(number)s") % {"number": edition}
    if query.stage:
        yield _("Stage"), name_of(STAGES, query.stage)
    if query.deadline:
        yield _("Deadline"), deadline_words()(query.deadline)
    yield from _ranges(query)
    if query.reason:
        yield _("Buyer's reason"), _reason(query.reason)
    if query.shop is not None:
        yield _("Shop"), str(Shop.objects.filter(pk=query.shop).first() or query.shop)
    if query.held:
        yield _("Clocks"), {HELD: pgettext("clocks", "stand still"), RUNNING: pgettext("clocks", "running")}[query.held]


def _ranges(query: CaseQuery) -> Iterator[tuple[str, str]]:
    if query.due_after:
        yield _("Due from"), _moment(query.due_after)
    if query.due_before:
        yield _("Due before"), _moment(query.due_before)
    if query.numbers:
        yield _("Case numbers"), _numbers(query.numbers)
    if query.held_by_run:
        yield _("Held by run"), str(query.held_by_run)


def _rules(query: CaseQuery) -> str:
    policies = {each.pack: each.policy for each in packs_in_force()}
    found = version(query.policy) if query.policy else None
    pack = found.pack if found else query.pack
    policy = found.policy if found else policies.get(pack)
    label = pack_words(policy.labels, get_language() or "", pack) if policy else pack
    return _("%(rules)s, version %(number)s") % {"rules": label, "number": found.number} if found else label


def _moment(at: datetime) -> str:
    return moment_in_words(local_moment(at, None), now=None, with_zone=False)


def _reason(code: str) -> str:
    """As the first rules in force call it."""
    for each in packs_in_force():
        if code in each.policy.reasons:
            return pack_words(each.policy.reasons[code].labels, get_language() or "", code)
    return code


def _numbers(numbers: tuple[str, ...]) -> str:
    shown = ", ".join(numbers[:SHOWN])
    more = len(numbers) - SHOWN
    return _("%(numbers)s and %(count)d more") % {"numbers": shown, "count": more} if more > 0 else shown
