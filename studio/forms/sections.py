"""The form of one entry of a draft: made of what the document itself says can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from disputes.labels.words import CONFIDENCE
from rules.drafts import DraftView
from rules.drafts_changes import Change, DeepPath, changes_between
from rules.drafts_documents import Mistake, mistakes_in
from rules.drafts_editing import CONFIDENCES, LONGEST_SOURCE, stated_changes
from rules.drafts_fields import DATED, Entry, Field, Kind
from rules.drafts_filling import filled
from studio.forms.section_fields import is_no_length, made_of, read_from
from studio.proof_words import deadline_in_words
from studio.section_words import entry_label

NUMBERS = frozenset({Kind.LENGTH, Kind.WHOLE, Kind.MONEY, Kind.REMINDERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What stands together in a form: fields, and the source of their numbers where they are numbers."""

    rows: tuple[tuple[forms.BoundField, ...], ...]
    """An amount stands beside its unit."""
    source: forms.BoundField | None
    sure: forms.BoundField | None
    open: bool
    """Whether the number differs from the version the draft builds on, so that its source matters."""
    missing: bool
    """Whether a source is needed and none is said yet."""


class EntryForm(forms.Form):
    """Every field of an entry, and beside its numbers on what they rest."""

    def __init__(self, draft: DraftView, entry: Entry, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.draft, self.entry = draft, entry
        self.document = draft.document
        self.said = [each for each in stated_changes(draft) if entry.group_of(each.change.path)]
        for field in entry.fields:
            self.fields.update(made_of(field, entry.key(field), draft.policy))
        for group in self._numbered():
            self._add_source(group)

    def parts(self) -> Iterator[Part]:
        """The form as it is shown."""
        changed = {self.entry.group_of(change.path) for change in self.changes()}
        missing = {self.entry.group_of(each.change.path) for each in self.said if each.missing}
        numbered = set(self._numbered())
        for group in dict.fromkeys(self.entry.group(field.path) for field in self.entry.fields):
            fields = [field for field in self.entry.fields if self.entry.group(field.path) == group]
            name = _name(group) if group in numbered else ""
            yield Part(
                rows=tuple(tuple(self._row(field)) for field in fields),
                source=self[f"source-{name}"] if name else None, sure=self[f"sure-{name}"] if name else None,
                open=group in changed, missing=group in missing,
            )  # fmt: skip

    def changes(self) -> list[Change]:
        """What this entry would say differently from the version the draft builds on."""
        found = changes_between(self.draft.base.policy.document, self.document)
        return [change for change in found if self.entry.group_of(change.path) and not change.is_origin]

    def sources(self) -> dict[str, tuple[str, str]]:
        """On what the changed numbers rest, as entered, by their pointers."""
        told = {}
        for change in self.changes():
            name = _name(self.entry.group_of(change.path))
            source = self.cleaned_data.get(f"source-{name}", "")
            if change.needs_source and source:
                told[change.pointer] = (source, self.cleaned_data.get(f"sure-{name}") or CONFIDENCES[0])
        return told

    def typed(self) -> list[tuple[Field, Any]]:
        """Each field with what was entered. Of a form whose fields could all be read."""
        return [(field, read_from(self.cleaned_data, self.entry.key(field), field)) for field in self.entry.fields]

    def differing(self) -> list[forms.BoundField]:
        """Fields in which the draft says something else than what was typed."""
        given = self.typed() if self.is_bound and not self.errors else []
        return [self._row(field)[0] for field, value in given if value != field.value]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field in self.entry.fields:
            if is_no_length(cleaned, self.entry.key(field), field):
                self.add_error(f"{self.entry.key(field)}-amount", _("A deadline needs some time: enter 1 or more."))
        if not self.errors:
            document = filled(self.draft.document, self.typed())
            mistakes = mistakes_in(document, base=self.draft.base.policy)
            for mistake in mistakes:
                self._tell(mistake)
            if not mistakes:
                self.document = document
        return cleaned

    def _tell(self, mistake: Mistake) -> None:
        """A mistake at the field it speaks of; one of another entry above them all, with its name."""
        path = tuple(mistake.field.split("."))
        near = max(self.entry.fields, key=lambda field: _shared(field.path, path))
        guess = " " + _("Did you mean “%(word)s”?") % {"word": mistake.nearest} if mistake.nearest else ""
        if _shared(near.path, path) >= len(self.entry.group(near.path)):
            self.add_error(self._row(near)[0].name, mistake.problem + guess)
        else:
            told = {"where": self._elsewhere(path), "problem": mistake.problem + guess}
            self.add_error(None, _("“%(where)s”: %(problem)s") % told)

    def _elsewhere(self, path: tuple[str, ...]) -> str:
        """What another entry is called: a deadline by its label, anything else by its path."""
        if path[0] in DATED and len(path) > 1 and path[1] in self.draft.policy.deadlines:
            return deadline_in_words(path[1], self.draft.policy)
        return ".".join(path)

    def _numbered(self) -> list[DeepPath]:
        return list(dict.fromkeys(self.entry.group(field.path) for field in self.entry.fields if field.kind in NUMBERS))

    def _row(self, field: Field) -> list[forms.BoundField]:
        name = self.entry.key(field)
        return [self[f"{name}-amount"], self[f"{name}-unit"]] if field.kind is Kind.LENGTH else [self[name]]

    def _add_source(self, group: DeepPath) -> None:
        sources = (each.source for each in self.said if self.entry.group_of(each.change.path) == group)
        told = next(filter(None, sources), None)
        self.fields[f"source-{_name(group)}"] = forms.CharField(
            label=_("Source of the new number"), max_length=LONGEST_SOURCE, required=False,
            initial=told.source if told else "",
            help_text=_("Where does it come from? A link to the platform's notice, or who decided it."),
        )  # fmt: skip
        self.fields[f"sure-{_name(group)}"] = forms.ChoiceField(
            label=_("How sure is it?"), required=False, initial=told.confidence if told else CONFIDENCES[0],
            choices=[(code, CONFIDENCE[code]) for code in CONFIDENCES],
        )  # fmt: skip


def entry_title(draft: DraftView, entry: Entry) -> str:
    """What an entry of a draft is called."""
    return entry_label(entry, draft.policy)


def _name(group: DeepPath) -> str:
    return "-".join(map(str, group))


def _shared(path: DeepPath, other: tuple[str, ...]) -> int:
    """How far two paths go together; a single alternative may be named with its position or without."""
    plain = [str(part) for part in path if not isinstance(part, int)]
    others = [part for part in other if not part.isdecimal()]
    return max(_common(list(map(str, path)), list(other)), _common(plain, others))


def _common(one: list[str], other: list[str]) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length
