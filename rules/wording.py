"""The numbers of a pack in sentences: what a deadline promises, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rules import phrases
from rules.circumstances import any_of, condition_in_words, failing, listed, readable
from rules.engine.anchors import Anchor
from rules.engine.clock import Length, Unit, parse_length
from rules.engine.policy import Branch, DeadlineRule, Policy, Term
from rules.engine.types import DeadlineKind, Stage

HAPPENS_ANYWAY = frozenset({"liability_counts", "liability_counts_after_review"})
"""Automatic deadlines at which nobody has left anything undone."""


def sentence_of(rule: DeadlineRule, policy: Policy) -> str:
    """The whole promise of one deadline, such as "If the seller does not answer within 5 days of ..."."""
    return capfirst(_SENTENCES[rule.kind](rule, policy))


def lapse_of(rule: DeadlineRule, policy: Policy) -> str:
    """What happens when it passes."""
    if rule.kind is DeadlineKind.AUTO:
        return capfirst(_consequences(rule, policy))
    return {
        DeadlineKind.TARGET: _("Staff are alerted; nothing happens to the parties by itself"),
        DeadlineKind.WINDOW: _("It is no longer possible"), DeadlineKind.GATE: _("It becomes possible"),
        DeadlineKind.NOTICE: _("A reminder is sent"),
    }[rule.kind]  # fmt: skip


def applies_when(rule: DeadlineRule) -> str:
    """The condition under which it runs; empty when it always does."""
    source = rule.source.get("when")
    if not source:
        return ""
    if set(source) == {"not"}:
        return capfirst(_("not where %(condition)s") % {"condition": any_of(failing(source))})
    return capfirst(_("only where %(condition)s") % {"condition": condition_in_words(source)})


def feed_of(rule: DeadlineRule) -> str:
    """When it stands still because its feed does not arrive; empty where it relies on none."""
    if not rule.feed:
        return ""
    paused, source = capfirst(str(phrases.FEEDS[rule.feed])), rule.source["feed"]
    condition = source.get("when") if isinstance(source, Mapping) else None
    if not condition:
        return paused
    if set(condition) == {"not"}:
        told = {"paused": paused, "condition": any_of(failing(condition))}
        return _("%(paused)s, not where %(condition)s") % told
    return _("%(paused)s, where %(condition)s") % {"paused": paused, "condition": condition_in_words(condition)}


def label_of(labels: Mapping[str, str], language: str, name: str) -> str:
    """A name in the reader's language (`zh-hans`, `en`), else in any, else the code made readable."""
    wanted = "zh" if language.startswith("zh") else "en"
    return labels.get(wanted) or next((text for text in labels.values() if text), readable(name))


def length_in_words(length: Length) -> str:
    """`5 days`, `48 hours`, `4 working days`."""
    words = str(phrases.AMOUNTS[length.unit] % {"count": length.amount})
    return words if length.make_up_counts else _("%(length)s (make-up days do not count)") % {"length": words}


def lengths_in_words(rule: DeadlineRule) -> str:
    """Every alternative of a length, for tables: `20 days if ..., 30 days if ..., otherwise 10 days`."""
    return _alternatives([(_when(term), _range(term)) for term in rule.terms])


def term_in_words(term: Term) -> str:
    """The condition of one alternative of a length; empty for the one that applies otherwise."""
    condition = _when(term)
    return condition_in_words(condition) if condition else ""


def unit_in_words(rule: DeadlineRule) -> str:
    """The units it is counted in."""
    units = [str(phrases.UNITS[term.length.unit]) for term in rule.terms]
    return listed(list(dict.fromkeys(units)))


def anchor_in_words(anchor: Anchor) -> str:
    """What a length is counted from."""
    parts = [_moved(_moment_named(name), anchor.plus.get(name, timedelta())) for name in anchor.names]
    if len(parts) > 1:
        words = _("the first known of: %(moments)s") if anchor.any_of else _("the later of: %(moments)s")
        parts = [words % {"moments": listed(parts)}]
    return _("the midnight after %(moment)s") % {"moment": parts[0]} if anchor.midnight else parts[0]


def _moment_named(name: str) -> str:
    return str(phrases.MOMENTS.get(name, readable(name)))


def _auto(rule: DeadlineRule, policy: Policy) -> str:
    consequence, anchor = _consequences(rule, policy), anchor_in_words(rule.anchor)
    if rule.name in HAPPENS_ANYWAY:
        return _("%(moment)s: %(consequence)s.") % {"moment": _moments(rule), "consequence": consequence}
    omission = phrases.OMISSIONS.get(rule.name) or phrases.OMISSIONS[rule.party]
    if _zero(rule):
        told = {"moment": anchor, "omission": omission, "consequence": consequence}
        return _("if %(omission)s by %(moment)s, %(consequence)s.") % told
    pattern = _("if %(omission)s %(period)s, %(consequence)s.")
    if len(_told_apart(rule)) > 1:
        pattern = _("if %(omission)s %(period)s: %(consequence)s.")
    return pattern % {"omission": omission, "period": _periods(rule), "consequence": consequence}


def _window(rule: DeadlineRule, policy: Policy) -> str:
    permission = phrases.PERMISSIONS.get(rule.name) or phrases.PERMISSIONS[rule.party]
    if _zero(rule):
        told = {"permission": permission, "moment": anchor_in_words(rule.anchor)}
        return _("%(permission)s until %(moment)s.") % told
    return _("%(permission)s %(period)s.") % {"permission": permission, "period": _periods(rule)}


def _gate(rule: DeadlineRule, policy: Policy) -> str:
    permission = phrases.PERMISSIONS.get(rule.name) or phrases.PERMISSIONS[rule.party]
    return _("from %(moment)s, %(permission)s.") % {"moment": _moments(rule), "permission": permission}


def _target(rule: DeadlineRule, policy: Policy) -> str:
    """One promise of the platform; its maximum is the second rung of the ladder."""
    task = phrases.TASKS.get(rule.name, phrases.TASKS[""])
    latest = _alternatives([(_when(term), length_in_words(term.maximum)) for term in rule.terms if term.maximum])
    told = {"task": task, "period": _periods(rule), "latest": latest}
    if not latest:
        return _("the platform aims to %(task)s %(period)s.") % told
    return _("the platform aims to %(task)s %(period)s, within %(latest)s at the latest.") % told


def _notice(rule: DeadlineRule, policy: Policy) -> str:
    return _("%(moment)s: a reminder is sent.") % {"moment": _moments(rule)}


_SENTENCES = {
    DeadlineKind.AUTO: _auto, DeadlineKind.WINDOW: _window, DeadlineKind.GATE: _gate, DeadlineKind.TARGET: _target,
    DeadlineKind.NOTICE: _notice,
}  # fmt: skip


def _zero(rule: DeadlineRule) -> bool:
    """Whether it ends in the very moment it counts from."""
    return all(term.length.amount == 0 and term.length.unit is not Unit.CALENDAR_DAYS for term in rule.terms)


def _when(term: Term) -> Any:
    return term.source.get("when") if isinstance(term.source, Mapping) else None


def _range(term: Term) -> str:
    first = _or_at_once(term.length)
    if term.maximum is None:
        return first
    return _("%(target)s to %(maximum)s") % {"target": first, "maximum": length_in_words(term.maximum)}


def _periods(rule: DeadlineRule) -> str:
    """During which time: `within 10 days of the shipping (30 days if the item was sent by post)`."""
    period = _period(rule.terms[-1].length, anchor_in_words(rule.anchor))
    if rule.inclusive:
        period = _("%(period)s (the last moment included)") % {"period": period}
    return _with_exceptions(period, rule)


def _period(length: Length, anchor: str) -> str:
    told = {"count": length.amount, "moment": anchor, "length": length_in_words(length)}
    if length.unit is Unit.CALENDAR_DAYS:
        pattern = _("by the end of day %(count)d after %(moment)s") if length.amount else _("on the day of %(moment)s")
        return pattern % told
    if length.unit is Unit.ORDINAL_DAYS:
        return _("before day %(count)d begins, counting the day of %(moment)s as day 1") % told
    return _("within %(length)s of %(moment)s") % told


def _moments(rule: DeadlineRule) -> str:
    return _with_exceptions(_moment(rule.terms[-1].length, anchor_in_words(rule.anchor)), rule)


def _with_exceptions(usual: str, rule: DeadlineRule) -> str:
    others = [_given(_or_at_once(term.length), _when(term)) for term in rule.terms[:-1]]
    if not others:
        return usual
    listed = pgettext("between alternatives", "; ").join(others)
    return pgettext("a period and its exceptions", "%(period)s (%(others)s)") % {"period": usual, "others": listed}


def _or_at_once(length: Length) -> str:
    return length_in_words(length) if length.amount else _("at once")


def _moment(length: Length, anchor: str) -> str:
    told = {"count": length.amount, "moment": anchor, "length": length_in_words(length)}
    if length.unit is Unit.CALENDAR_DAYS:
        return _("the end of day %(count)d after %(moment)s") % told
    if length.unit is Unit.ORDINAL_DAYS:
        return _("the beginning of day %(count)d, counting the day of %(moment)s as day 1") % told
    return _("%(length)s after %(moment)s") % told if length.amount else anchor


def _moved(moment: str, by: timedelta) -> str:
    if not by:
        return moment
    words = length_in_words(_elapsed(abs(by)))
    pattern = _("%(length)s after %(moment)s") if by > timedelta() else _("%(length)s before %(moment)s")
    return pattern % {"length": words, "moment": moment}


def _elapsed(span: timedelta) -> Length:
    hours = int(span.total_seconds()) // 3600
    return parse_length(f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h")


def _consequences(rule: DeadlineRule, policy: Policy) -> str:
    if not rule.lapse:
        return str(phrases.CONSEQUENCES.get(rule.name, phrases.CONSEQUENCES[""]))
    return _alternatives(_told_apart(rule))


def _told_apart(rule: DeadlineRule) -> list[tuple[Any, str]]:
    """The ways it can end; one told apart only to end as all others do needs no words."""
    if not rule.lapse:
        return []
    *special, last = [(branch.source.get("when"), _consequence(branch)) for branch in rule.lapse]
    while special and special[-1][1] == last[1]:
        special.pop()
    return [*special, last]


def _consequence(branch: Branch) -> str:
    emitted = [effect["emit"] for effect in branch.source.get("effects", ()) if "emit" in effect]
    codes = [branch.outcome, branch.route, branch.to, *emitted]
    return str(phrases.CONSEQUENCES[next((code for code in codes if code and code in phrases.CONSEQUENCES), "")])


def _alternatives(cases: Sequence[tuple[Any, str]]) -> str:
    """`A if x, B if y, otherwise C`; of a single one only itself."""
    told = [_given(words, condition) for condition, words in cases]
    if len(told) > 1:
        told[-1] = _("otherwise %(case)s") % {"case": told[-1]}
    return pgettext("between alternatives", "; ").join(told)


def _given(words: str, condition: Any) -> str:
    if not condition:
        return words
    return _("%(case)s if %(condition)s") % {"case": words, "condition": condition_in_words(condition)}


def stages_of(rule: DeadlineRule) -> tuple[Stage, ...]:
    """The stages it lives in, in the order a case goes through them; none for a clock of the order."""
    return tuple(stage for stage in Stage if stage in rule.stages)


def reminders_in_words(reminders: tuple[str, ...]) -> str:
    """When the awaited party is reminded: `at 50%, at 80%, 2 hours before the end`."""
    return listed(_reminder(text) for text in reminders)


def _reminder(text: str) -> str:
    if text.endswith("%"):
        return _("after %(share)s of the time") % {"share": text}
    return _("%(length)s before the end") % {"length": length_in_words(parse_length(text.removeprefix("-")))}
