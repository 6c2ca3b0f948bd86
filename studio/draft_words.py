"""What a draft changes, field by field, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contract.errors import Words
from disputes.labels.actions import ACTIONS
from disputes.labels.words import CONFIDENCE, PARTIES, name_of
from rules.circumstances import listed, readable
from rules.drafts import DraftView
from rules.drafts_changes import NOTHING, Change, Path, value_at
from rules.drafts_editing import Stated, stated_changes
from rules.engine.policy import DeadlineRule, Policy
from rules.wording import anchor_in_words, applies_when, label_of, lapse_of, lengths_in_words, sentence_of
from studio.list_words import item_changes, item_in_words
from studio.section_words import LABELS
from studio.settings_words import setting_label

SECTIONS: dict[str, Words] = {
    "deadlines": gettext_lazy("Deadline"), "order_clocks": gettext_lazy("Clock of the order"),
    "reasons": gettext_lazy("Reason"), "remedies": gettext_lazy("Remedy"), "actions": gettext_lazy("Action"),
    "order_actions": gettext_lazy("Action on the order"), "settings": gettext_lazy("Setting"),
    "refusals": gettext_lazy("Reason to decline"), "rejections": gettext_lazy("Reason to reject"),
    "evidence": gettext_lazy("Evidence"), "routes": gettext_lazy("Route"), "stages": gettext_lazy("Stage"),
    "labels": gettext_lazy("Name"), "effective": gettext_lazy("Effective"), "notes": gettext_lazy("Notes"),
}  # fmt: skip
FIELDS: dict[str, Words] = {
    "length": gettext_lazy("Length"), "from": gettext_lazy("Counts from"), "when": gettext_lazy("Applies where"),
    "end": gettext_lazy("End"), "remind": gettext_lazy("Reminders"), "on_lapse": gettext_lazy("What happens then"),
    "burden": gettext_lazy("Who must prove"), "remedies": gettext_lazy("Can be asked for"),
    "counts": gettext_lazy("Counts in the dispute rate"), "slots": gettext_lazy("Evidence asked for"),
    "labels": gettext_lazy("Name"), "party": gettext_lazy("Whose turn"), "guards": gettext_lazy("Possible where"),
    "zh": gettext_lazy("Chinese"), "en": gettext_lazy("English"),
}  # fmt: skip
SPAN: dict[str, Words] = {"from": gettext_lazy("from"), "until": gettext_lazy("until")}

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
    items: tuple[str, ...]
    """Of a list: what was added, removed and stated otherwise, each in words."""
    sentence: str
    """The promise as it would read; empty for what is none."""
    needs_source: bool
    source: str
    confidence: str
    missing: bool
    """Whether a source is needed and none is said."""

    @property
    def sure(self) -> str:
        """How sure the source is, in words."""
        return name_of(CONFIDENCE, self.confidence)


def change_views(draft: DraftView) -> tuple[ChangeView, ...]:
    """What a draft changes in its base."""
    return tuple(_view(stated, draft.base.policy, draft.policy) for stated in stated_changes(draft))


def differences_in_words(before: Policy, after: Policy, changes: list[Change]) -> tuple[ChangeView, ...]:
    """The same of any two policies."""
    return tuple(_view(Stated(change=change, source=None), before, after) for change in changes)


def value_in_words(value: Any, path: Path, policy: Policy) -> str:
    """A value at a path of the document a policy was made of: lengths as `5 days`, codes by their names."""
    if value is NOTHING or value is None:
        return _("not stated")
    rule = policy.deadlines.get(path[1]) if path[0] in DATED and len(path) > 2 else None
    if rule is not None and path[2:] in WORDED:
        return WORDED[path[2:]](rule, policy)
    if isinstance(value, (list, tuple)):
        return listed(item_in_words(item, path, policy) for item in value) or _("none")
    return item_in_words(value, path, policy)


WORDED: Mapping[Path, Callable[[DeadlineRule, Policy], str]] = {
    ("length",): lambda rule, policy: lengths_in_words(rule),
    ("on_lapse",): lapse_of,
    ("when",): lambda rule, policy: applies_when(rule),
    ("from",): lambda rule, policy: anchor_in_words(rule.anchor),
}
"""Fields of a deadline that have a sentence of their own."""


def _view(stated: Stated, before: Policy, after: Policy) -> ChangeView:
    change = stated.change
    rule = after.deadlines.get(change.path[1]) if change.path[0] in DATED and len(change.path) > 1 else None
    items = item_changes(change.before, change.after, change.path, after)
    return ChangeView(
        pointer=change.pointer, where=_where(change, before, after), field=_field(change.path),
        before=value_in_words(change.before, change.path, before),
        after=value_in_words(change.after, change.path, after),
        items=tuple(item.told for item in items if change.path[2:] not in WORDED),
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
    return f"{section} · {_named(change.path)}"


def _named(path: Path) -> str:
    """What an entry without labels of its own is called: an action by its word, the others by their code."""
    table = {"actions": ACTIONS, "labels": FIELDS, "effective": SPAN, "evidence": LABELS}.get(path[0], {})
    return str(table.get(path[1], readable(path[1])))


def _field(path: tuple[str, ...]) -> str:
    tables = (FIELDS, PARTIES, LABELS)
    if path[2:] == ("by",):
        return _("who acts")
    return " · ".join(
        str(next((table[part] for table in tables if part in table), readable(part))) for part in path[2:]
    )
