"""What a proof found, in sentences."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from contract.errors import Words
from disputes.labels.actions import ACTIONS
from disputes.labels.history import BY_ITSELF, DONE_BY_SOMEBODY, event_title
from disputes.labels.words import KINDS, PARTIES, REMEDIES, RULING_OUTCOMES, STAGES, name_of
from rules import phrases
from rules.circumstances import readable
from rules.drafts_proving import FindingView
from rules.engine.policy import Policy
from rules.engine.soundness_exploring import STAFF_LATE
from rules.engine.types import Stage
from rules.wording import label_of

SENTENCES: dict[str, Words] = {
    "settle_runaway": gettext_lazy("In “%(first)s” deadlines follow one another without end."),
    "no_automatic_end": gettext_lazy("In “%(first)s” the case waits for %(second)s, and nothing ends that by itself."),
    "no_target_ladder": gettext_lazy("In “%(first)s” only the platform is awaited, and no target with a maximum runs."),
    "timer_cycle": gettext_lazy("From “%(first)s” time alone leads back to where the case stood."),
    "unreachable_stage": gettext_lazy("No way leads to “%(first)s”, which “%(second)s” speaks of."),
    "trap": gettext_lazy(
        "A trap: “%(first)s” opens when hardly any time is left before “%(second)s” ends “%(third)s”."
    ),
    "never_closes": gettext_lazy("A case in “%(first)s” would never close if nobody does anything."),
}
OTHERWISE = gettext_lazy("The proof found “%(first)s”.")


OFFSET = re.compile(r"\+(?P<days>\d+)d (?P<hours>\d\d):(?P<minutes>\d\d)")
ACTED = re.compile(r"(?P<party>\w+) (?P<kind>\w+)(?: \((?P<told>.*)\))?")
BEFORE, PASSES = "a minute before ", " passes"


def finding_in_words(finding: FindingView, policy: Policy) -> tuple[str, list[tuple[str, str]]]:
    """The sentence of a finding, and the path that shows it: time since filing and what happens."""
    first, second, third = (*(_named(part, policy) for part in finding.subject.split(":")), "", "", "")[:3]
    sentence = str(SENTENCES.get(finding.kind, OTHERWISE)) % {"first": first, "second": second, "third": third}
    return sentence, [(_when(at), _step(what, policy)) for at, what in finding.path]


def _when(offset: str) -> str:
    """A time since filing in words."""
    match = OFFSET.fullmatch(offset)
    if match is None:
        return offset
    parts = [(unit, int(count)) for unit, count in match.groupdict().items()]
    told = [str(phrases.AMOUNTS[unit] % {"count": count}) for unit, count in parts if count]
    return _("%(time)s after filing") % {"time": " ".join(told)} if told else _("at filing")


def _step(what: str, policy: Policy) -> str:
    event, _arrow, stage = what.rpartition(" → ")
    return _("%(event)s, then “%(stage)s”") % {"event": event_in_words(event, policy), "stage": _named(stage, policy)}


def event_in_words(event: str, policy: Policy) -> str:
    """What happens at a step: a deadline, staff at their latest, or somebody who acts."""
    if event == STAFF_LATE:
        return _("the platform takes as long as it may")
    if event.startswith(BEFORE):
        return _("a minute before the end of “%(deadline)s”") % {"deadline": _named(event.removeprefix(BEFORE), policy)}
    if event.endswith(PASSES):
        return _("“%(deadline)s” runs out") % {"deadline": _named(event.removesuffix(PASSES), policy)}
    match = ACTED.fullmatch(event)
    return event if match is None else _act(match["party"], match["kind"], match["told"] or "", policy)


def _act(party: str, kind: str, told: str, policy: Policy) -> str:
    pairs = (part.partition("=") for part in told.split(", "))
    values = {name: _value(name, value, policy) for name, _sign, value in pairs if value}
    if kind in BY_ITSELF:
        return event_title(kind, values)
    if kind not in DONE_BY_SOMEBODY:
        return _("%(who)s: %(what)s") % {"who": name_of(PARTIES, party), "what": _named(kind, policy)}
    title = event_title(kind, {**values, "ruling": values.get("outcome", ""), "action": values.get("kind", "")})
    return pgettext("what somebody did", "%(who)s %(what)s") % {"who": name_of(PARTIES, party), "what": title}


def _value(name: str, value: str, policy: Policy) -> str:
    """A value of an event: a reason, a remedy, an outcome; amounts stay as they are."""
    language = get_language() or ""
    reason = policy.reasons.get(value)
    if name == "reason" and reason is not None:
        return label_of(reason.labels, language, value)
    if name in ("refusal", "rejection"):
        return label_of(policy.refusals.get(value) or policy.rejections.get(value) or {}, language, value)
    tables = {"remedy": REMEDIES, "outcome": RULING_OUTCOMES, "offer": PARTIES, "from": PARTIES, "kind": ACTIONS}
    return name_of(tables[name], value) if name in tables else value


def _named(part: str, policy: Policy) -> str:
    known: tuple[Callable[[], str], ...] = (
        lambda: name_of(STAGES, part) if part in set(map(str, Stage)) else "",
        lambda: name_of(PARTIES, part) if part in PARTIES else "",
        lambda: deadline_in_words(part, policy),
        lambda: name_of(ACTIONS, part) if part in ACTIONS else "",
    )
    return next(filter(None, (find() for find in known)), readable(part))


def deadline_in_words(name: str, policy: Policy) -> str:
    """A deadline by its label; one without any by what it is and whose."""
    rule = policy.deadlines.get(name)
    if rule is None:
        action = policy.actions.get(name)
        return label_of(action.provenance.labels, get_language() or "", "") if action else ""
    label = label_of(rule.provenance.labels, get_language() or "", "")
    if not label:
        told = {"kind": name_of(KINDS, str(rule.kind)), "party": name_of(PARTIES, rule.party), "name": readable(name)}
        label = _("%(party)s: %(kind)s (%(name)s)") % told
    return _("Reminder: %(deadline)s") % {"deadline": label} if rule.reminds_of else label
