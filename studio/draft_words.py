"""What a draft changes, field by field, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contract.errors import Words
from disputes.labels.words import PARTIES, name_of
from rules.circumstances import readable
from rules.drafts import DraftView
from rules.drafts_changes import NOTHING, Change, value_at
from rules.drafts_editing import Stated, stated_changes
from rules.engine.errors import EngineError
from rules.engine.lengths import LENGTH_FORM, parse_length
from rules.engine.policy import Policy
from rules.wording import label_of, length_in_words, sentence_of
from studio.settings_words import setting_label

SECTIONS: dict[str, Words] = {
    "deadlines": gettext_lazy("Deadline"), "order_clocks": gettext_lazy("Clock of the order"),
    "reasons": gettext_lazy("Reason"), "remedies": gettext_lazy("Remedy"), "actions": gettext_lazy("Action"),
    "order_actions": gettext_lazy("Action on the order"), "settings": gettext_lazy("Setting"),
    "refusals": gettext_lazy("Reason to decline"), "rejections": gettext_lazy("Reason to reject"),
    "evidence": gettext_lazy("Evidence"), "routes": gettext_lazy("Route"), "stages": gettext_lazy("Stage"),
    "labels": gettext_lazy("Name"), "effective": gettext_lazy("Effective"),
}  # fmt: skip
FIELDS: dict[str, Words] = {
    "length": gettext_lazy("Length"), "from": gettext_lazy("Counts from"), "when": gettext_lazy("Applies where"),
    "end": gettext_lazy("End"), "remind": gettext_lazy("Reminders"), "on_lapse": gettext_lazy("What happens then"),
    "burden": gettext_lazy("Who must prove"), "remedies": gettext_lazy("Can be asked for"),
    "counts": gettext_lazy("Counts in the dispute rate"), "slots": gettext_lazy("Evidence asked for"),
    "labels": gettext_lazy("Name"), "party": gettext_lazy("Whose turn"), "guards": gettext_lazy("Possible where"),
    "zh": gettext_lazy("Chinese"), "en": gettext_lazy("English"),
}  # fmt: skip

DATED = ("deadlines", "order_clocks")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One changed field."""

    pointer: str
    where: str
    """Which entry of which section."""
    field: str
    before: str
    after: str
    sentence: str
    """The promise as it would read; empty for what is none."""
    needs_source: bool
    source: str
    confidence: str
    missing: bool
    """Whether a source is needed and none is said."""


def change_views(draft: DraftView) -> tuple[ChangeView, ...]:
    """What a draft changes in its base."""
    return tuple(_view(stated, draft.base.policy, draft.policy) for stated in stated_changes(draft))


def differences_in_words(before: Policy, after: Policy, changes: list[Change]) -> tuple[ChangeView, ...]:
    """The same of any two policies."""
    return tuple(_view(Stated(change=change, source=None), before, after) for change in changes)


def value_in_words(value: Any) -> str:
    """A value of a document, lengths as `5 days`."""
    if value is NOTHING or value is None:
        return _("not stated")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, (list, tuple)) and all(isinstance(item, (str, int)) for item in value):
        return ", ".join(value_in_words(item) for item in value) or _("none")
    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    if text in PARTIES:
        return name_of(PARTIES, text)
    return _length(text) if LENGTH_FORM.fullmatch(text) else text


def _length(text: str) -> str:
    try:
        return length_in_words(parse_length(text))
    except EngineError:
        return text


def _view(stated: Stated, before: Policy, after: Policy) -> ChangeView:
    change = stated.change
    rule = after.deadlines.get(change.path[1]) if change.path[0] in DATED and len(change.path) > 1 else None
    return ChangeView(
        pointer=change.pointer, where=_where(change, before, after), field=_field(change.path),
        before=value_in_words(change.before), after=value_in_words(change.after),
        sentence=sentence_of(rule, after) if rule else "", needs_source=change.needs_source,
        source=stated.source.source if stated.source else "",
        confidence=stated.source.confidence if stated.source else "", missing=stated.missing,
    )  # fmt: skip


def _where(change: Change, before: Policy, after: Policy) -> str:
    section = str(SECTIONS.get(change.path[0], readable(change.path[0])))
    if len(change.path) < 2:
        return section
    if change.path[0] == "settings":
        return f"{section} · {setting_label(change.path[1])}"
    for policy in (after, before):
        entry = value_at(policy.document, change.path[:2])
        if isinstance(entry, Mapping) and isinstance(entry.get("labels"), Mapping):
            return f"{section} · {label_of(entry['labels'], get_language() or '', change.path[1])}"
    return f"{section} · {readable(change.path[1])}"


def _field(path: tuple[str, ...]) -> str:
    return " · ".join(str(FIELDS.get(part, readable(part))) for part in path[2:])
