"""The sections of a draft, their fields and what these may say, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from contract.errors import Words
from disputes.labels.actions import ACTIONS
from disputes.labels.words import PARTIES, REMEDIES, name_of
from rules import phrases
from rules.circumstances import condition_in_words, readable
from rules.drafts_changes import value_at
from rules.drafts_endings import ENDINGS
from rules.drafts_fields import Entry, Field, Kind
from rules.engine.policy import Policy
from rules.wording import label_of
from studio.settings_words import VALUES, setting_label

SECTIONS: Mapping[str, Words] = {
    "deadlines": gettext_lazy("Deadlines"), "order_clocks": gettext_lazy("Clocks of the order"),
    "reasons": pgettext_lazy("of a dispute", "Reasons"), "evidence": gettext_lazy("Evidence"),
    "settings": gettext_lazy("Settings"),
    "actions": gettext_lazy("More time in a case"), "order_actions": gettext_lazy("More time to receive the goods"),
    "remedies": gettext_lazy("Remedies"), "refusals": gettext_lazy("Reasons to decline"),
    "rejections": gettext_lazy("Reasons not to admit"),
}  # fmt: skip
GROUPS: Mapping[str, Words] = {
    "appeals": gettext_lazy("Second review"), "filing": gettext_lazy("Filing and receiving"),
    "rulings": gettext_lazy("Rulings and amounts"), "rates": gettext_lazy("Dispute refund rate"),
    "lateness": gettext_lazy("What counts as late"), "places": gettext_lazy("Calendar and time zone"),
    "other": gettext_lazy("Other settings"), "limits": gettext_lazy("Limits"),
}  # fmt: skip
LABELS: Mapping[str, Words] = {
    "is": gettext_lazy("Length"), "target": gettext_lazy("Target"), "max": gettext_lazy("At the latest"),
    "make_up_counts": gettext_lazy("Worked weekend days count as working days"),
    "limit": gettext_lazy("Number up to which this holds"), "plus": gettext_lazy("Counts from that much later"),
    "minus": gettext_lazy("Counts from that much earlier"), "length": gettext_lazy("Length"),
    "end": gettext_lazy("The last moment itself"), "on_lapse": gettext_lazy("What happens by itself"),
    "remind": gettext_lazy("Reminders"), "burden": gettext_lazy("Who must prove"),
    "counts": gettext_lazy("Counts in the dispute rate"), "remedies": gettext_lazy("Can be asked for"),
    "by": gettext_lazy("By how much"), "calendar": gettext_lazy("Calendar of working days"),
    "timezone": gettext_lazy("Time zone"), "max_files": gettext_lazy("Most files of each side"),
    "image_megabytes": gettext_lazy("Largest picture, in megabytes"),
    "video_megabytes": gettext_lazy("Largest video, in megabytes"),
    "document_megabytes": gettext_lazy("Largest document, in megabytes"),
}  # fmt: skip
TUNED: Mapping[str, Words] = {"extend_return_receipt": gettext_lazy("More time to confirm the return")}
"""Actions whose button states the very length that is tuned."""

PAIRED: Mapping[tuple[str, str], Words] = {
    ("labels", "zh"): gettext_lazy("Name in Chinese"), ("labels", "en"): gettext_lazy("Name in English"),
    ("help", "zh"): gettext_lazy("Line of help in Chinese"), ("help", "en"): gettext_lazy("Line of help in English"),
    ("slots", "buyer"): gettext_lazy("Evidence asked of the buyer"),
    ("slots", "seller"): gettext_lazy("Evidence asked of the seller"),
}
ENDS: Mapping[str, Words] = {
    "exclusive": pgettext_lazy("the last moment itself", "is too late"),
    "inclusive": pgettext_lazy("the last moment itself", "is still in time"),
}
HELP: Mapping[str, Words] = {
    Kind.REMINDERS: gettext_lazy("Shares of the time such as 80%, or times before the end such as -2h, with commas."),
    Kind.WORDS: gettext_lazy("With commas between them."), Kind.MONEY: gettext_lazy("An amount such as 100.00."),
    "slots": gettext_lazy("Required where that side must prove, else optional."),
    "timezone": gettext_lazy("A name such as Asia/Shanghai."),
}


def section_label(section: str) -> str:
    """What a section is called."""
    return str(SECTIONS.get(section, readable(section)))


def entry_label(entry: Entry, policy: Policy) -> str:
    """What an entry of a section is called."""
    if entry.name in GROUPS and not entry.prefix:
        return str(GROUPS[entry.name])
    labels = value_at(policy.document, (*entry.prefix, "labels"))
    if isinstance(labels, Mapping):
        return label_of(labels, get_language() or "", entry.name)
    return str(TUNED.get(entry.name) or ACTIONS.get(entry.name) or readable(entry.name))


def field_label(field: Field) -> str:
    """What a field is called, with the condition under which it applies."""
    path = field.path
    if path[0] == "settings":
        return setting_label(str(path[1]))
    pair = PAIRED.get((str(path[-2]), str(path[-1]))) if len(path) > 1 else None
    word = str(path[-2] if isinstance(path[-1], int) else path[-1])
    label = str(pair or LABELS.get(word, readable(word)))
    if not field.about:
        return _("%(what)s, otherwise") % {"what": label} if isinstance(path[-1], int) and path[-1] else label
    told = {"what": label, "condition": condition_in_words(field.about)}
    return _("%(what)s, where %(condition)s") % told


def field_help(field: Field) -> str:
    """A line on how to fill it in; empty where nothing is to be said."""
    words = HELP.get(field.kind) or next((HELP[str(part)] for part in field.path if str(part) in HELP), "")
    return str(words)


def choice_label(field: Field, choice: str, policy: Policy) -> str:
    """What a value that can be chosen is called."""
    if field.kind is Kind.ENDING:
        return capfirst(_consequence(choice))
    if field.path[0] == "calendar":
        return choice.upper()
    if choice in ENDS and field.path[-1] == "end":
        return str(ENDS[choice])
    if field.path[-1] == "remedies":
        labels = (policy.document.get("remedies") or {}).get(choice, {}).get("labels")
        return label_of(labels, get_language() or "", choice) if labels else name_of(REMEDIES, choice)
    if "slots" in field.path:
        return _slot(choice, policy)
    return name_of(PARTIES, choice) if choice in PARTIES else str(VALUES.get(choice, readable(choice)))


def _consequence(code: str) -> str:
    ending: Any = ENDINGS[code]
    codes = (ending.outcome, ending.route, ending.to, "")
    return str(next(phrases.CONSEQUENCES[word] for word in codes if word in phrases.CONSEQUENCES))


def _slot(code: str, policy: Policy) -> str:
    labels = value_at(policy.evidence, ("slots", code, "labels"))
    return label_of(labels, get_language() or "", code) if isinstance(labels, Mapping) else readable(code)
