"""What an entry of a draft would say and do, before it is kept: sentences, the drawing, an example on the time line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rules.circumstances import listed
from rules.drafts import DraftView
from rules.drafts_editing import stated_changes
from rules.drafts_fields import DATED, Entry, Field
from rules.engine.compiler import compile_policy
from rules.engine.policy import DeadlineRule, Policy
from rules.selectors import calendar_edition, newest_calendar_id
from rules.wording import applies_when, sentence_of
from studio.diagram import Diagram, compared, diagram_of
from studio.draft_words import ChangeView, differences_in_words
from studio.examples import Example, examples_of
from studio.forms.moments import StartForm, asked_start
from studio.forms.sections import EntryForm
from studio.list_words import item_in_words
from studio.section_words import choice_label, entry_label, field_label
from studio.timeline import Stretch, Timeline, stretch_of, timeline_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """An entry as it would be."""

    before: str
    """The sentence of the version the draft builds on; empty where the entry is no promise."""
    after: str
    applies: str
    changes: tuple[ChangeView, ...]
    """What differs from that version."""
    diagram: Diagram | None
    timeline: Timeline | None
    out_of_reach: bool
    """Whether the calendar of working days does not reach that far."""
    start: StartForm


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One entry in the list of a section."""

    name: str
    label: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    """What it says, where it is no sentence."""
    changed: bool
    """Whether the draft changes it."""


def entries_in_words(draft: DraftView, entries: Mapping[str, Entry]) -> list[EntryLine]:
    """Everything of a section that can be changed, as it stands in the draft."""
    policy, changed = draft.policy, [stated.change.path for stated in stated_changes(draft)]
    return [
        EntryLine(
            name=name, label=entry_label(entry, policy), sentence=_sentence(entry, policy),
            facts=tuple(_facts(entry, policy)), changed=any(entry.group_of(path) for path in changed),
        )
        for name, entry in entries.items()
    ]


def preview_of(form: EntryForm, start: str) -> Preview:
    """What would be kept now; of a form with mistakes, what the draft says."""
    draft, entry = form.draft, form.entry
    base, policy = draft.base.policy, compile_policy(form.document)
    moment, start_form = asked_start(start, base)
    dated = entry.section in DATED
    rules = [(base, base.deadlines.get(entry.name)), (policy, policy.deadlines.get(entry.name))] if dated else []
    timeline, reached = _timeline(rules, moment) if dated else (None, True)
    return Preview(
        before=_sentence(entry, base), after=_sentence(entry, policy), start=start_form,
        applies=applies_when(policy.deadlines[entry.name]) if dated else "",
        changes=differences_in_words(base, policy, form.changes()), timeline=timeline, out_of_reach=not reached,
        diagram=compared(diagram_of(base), diagram_of(policy)) if entry.section == "deadlines" else None,
    )  # fmt: skip


def _timeline(rules: Iterable[tuple[Policy, DeadlineRule | None]], start: datetime) -> tuple[Timeline | None, bool]:
    """Both promises from the same start, the present one first; and whether the calendar reaches that far."""
    (old_policy, old), (policy, new) = rules
    assert new is not None, "an entry of a draft stands in its policy"
    before, after = examples_of(old_policy, old, start) if old else (), examples_of(policy, new, start)
    return timeline_of(stretches_of(before, after), calendar_edition(newest_calendar_id(policy.calendar))), bool(after)


def stretches_of(before: tuple[Example, ...], after: tuple[Example, ...]) -> list[Stretch]:
    """Each alternative as it would be, below what it was until now where that differs."""
    found = []
    for position, example in enumerate(after):
        old = before[position] if position < len(before) else None
        if old is not None and old.due != example.due:
            found.append(stretch_of(old, _named(_("Until now"), old.condition), old=True))
        found.append(stretch_of(example, _named(_("In the draft"), example.condition)))
    return found


def _named(name: str, condition: str) -> str:
    return _("%(what)s, where %(condition)s") % {"what": name, "condition": condition} if condition else name


def _sentence(entry: Entry, policy: Policy) -> str:
    rule = policy.deadlines.get(entry.name) if entry.section in DATED else None
    return sentence_of(rule, policy) if rule else ""


def _facts(entry: Entry, policy: Policy) -> Iterator[tuple[str, str]]:
    if entry.section in DATED:
        return
    for field in entry.fields:
        values = field.value if isinstance(field.value, list) else [field.value]
        words = [choice_label(field, str(value), policy) if field.choices else _plain(field, value, policy)
                 for value in values]  # fmt: skip
        yield field_label(field), listed(filter(None, words)) or "–"


def _plain(field: Field, value: Any, policy: Policy) -> str:
    return item_in_words(value, tuple(map(str, field.path)), policy) if value not in ("", None) else ""
