"""What a proof found, in sentences."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contract.errors import Words
from disputes.labels.words import PARTIES, STAGES, name_of
from rules.circumstances import readable
from rules.drafts_proving import FindingView
from rules.engine.policy import Policy
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


def finding_in_words(finding: FindingView, policy: Policy) -> tuple[str, list[tuple[str, str]]]:
    """The sentence of a finding, and the path that shows it: time since filing and what happens."""
    first, second, third = (*(_named(part, policy) for part in finding.subject.split(":")), "", "", "")[:3]
    sentence = str(SENTENCES.get(finding.kind, OTHERWISE)) % {"first": first, "second": second, "third": third}
    return sentence, [(at, _step(what, policy)) for at, what in finding.path]


def _step(what: str, policy: Policy) -> str:
    event, _arrow, stage = what.rpartition(" → ")
    words = [_event_named(part, policy) for part in event.split(" ")]
    return _("%(event)s, then “%(stage)s”") % {"event": " ".join(words), "stage": _named(stage, policy)}


def _event_named(part: str, policy: Policy) -> str:
    """A word of an event: who, or which action or deadline; what it holds stays as it is."""
    if part in PARTIES:
        return name_of(PARTIES, part)
    return _label(part, policy) or part


def _named(part: str, policy: Policy) -> str:
    known: tuple[Callable[[], str], ...] = (
        lambda: name_of(STAGES, part) if part in set(map(str, Stage)) else "",
        lambda: name_of(PARTIES, part) if part in PARTIES else "",
        lambda: _label(part, policy),
    )
    return next(filter(None, (find() for find in known)), readable(part))


def _label(name: str, policy: Policy) -> str:
    rule = policy.deadlines.get(name) or policy.actions.get(name)
    return label_of(rule.provenance.labels, get_language() or "", name) if rule else ""
