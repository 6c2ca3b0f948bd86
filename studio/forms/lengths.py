"""The form in which an administrator changes how long a deadline is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contract.errors import Words
from disputes.labels.words import CONFIDENCE
from rules import phrases
from rules.drafting import LONGEST, MOST_WORKING_DAYS, NewTerm, Problem, problems_of, same_lengths
from rules.drafts import DraftView
from rules.engine.clock import Length, Unit
from rules.engine.policy import DeadlineRule, Term
from rules.wording import length_in_words, term_in_words
from studio.services import LengthChange

OFFERED = (Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.CALENDAR_DAYS, Unit.WORKING_DAYS)
SENTENCES: dict[str, Words] = {
    "not_positive": gettext_lazy("A deadline needs some time: enter 1 or more."),
    "too_long": gettext_lazy("This is too long: at most %(days)s days, and at most %(working)s working days."),
    "target_above_maximum": gettext_lazy("This is shorter than the target. Enter at least as much as the target."),
}


class LengthForm(forms.Form):
    """One amount with its unit for each alternative of the length, and where the new number comes from."""

    source = forms.CharField(
        label=gettext_lazy("Source of the new number"), max_length=500, strip=True,
        help_text=gettext_lazy("Where does it come from? A link to the platform's notice, or who decided it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    confidence = forms.ChoiceField(label=gettext_lazy("How sure is it?"), initial="assumed", required=False)
    draft = forms.TypedChoiceField(
        label=gettext_lazy("Into which draft?"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("Nothing is published by this: the draft is proven and approved first."),
    )  # fmt: skip
    base = forms.IntegerField(widget=forms.HiddenInput)
    """The version the change is made on."""

    confidences: ClassVar[tuple[str, ...]] = ("assumed", "A", "B", "C")

    def __init__(
        self, rule: DeadlineRule, *args: Any, drafts: Sequence[DraftView] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.rule = rule
        into = [("", _("A new draft")), *((draft.id, draft.title) for draft in drafts)]
        self.fields["draft"].choices = into  # type: ignore[attr-defined]
        self.fields["confidence"].choices = [(code, CONFIDENCE[code]) for code in self.confidences]  # type: ignore[attr-defined]
        for position, term in enumerate(rule.terms):
            for name, length in _parts(term):
                self._add(f"{name}_{position}", length, _label(name, term))
        self.order_fields([name for name in self.fields if name[-1].isdigit()])

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """Each amount with its unit."""
        return [(self[name], self[name.replace("amount", "unit")]) for name in self.fields if "amount" in name]

    def _add(self, name: str, length: Length, label: str) -> None:
        units = dict.fromkeys([*OFFERED, length.unit])
        self.fields[f"{name.replace('length', 'amount').replace('maximum', 'max_amount')}"] = forms.IntegerField(
            label=label, initial=length.amount, min_value=0, max_value=999_999,
            error_messages={"invalid": _("Enter a whole number."), "min_value": str(SENTENCES["not_positive"])},
        )  # fmt: skip
        self.fields[f"{name.replace('length', 'unit').replace('maximum', 'max_unit')}"] = forms.ChoiceField(
            label=_("%(label)s: unit") % {"label": label}, initial=str(length.unit),
            choices=[(str(unit), phrases.UNITS[unit]) for unit in units],
            error_messages={"invalid_choice": _("Choose one of the units listed.")},
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.is_complete():
            return cleaned
        terms = self.terms(cleaned)
        for problem in problems_of(self.rule, terms):
            self.add_error(_field(problem), _sentence(problem))
        if not self.errors and same_lengths(self.rule, terms):
            self.add_error(None, _("Nothing would change: this is the length it has."))
        return cleaned

    def is_complete(self) -> bool:
        """Whether all lengths could be read, whatever else is wrong."""
        return not any("amount" in name or "unit" in name for name in self.errors)

    def terms(self, cleaned: dict[str, Any]) -> tuple[NewTerm, ...]:
        """The lengths as entered."""
        return tuple(
            NewTerm(
                length=_length(cleaned, "", position, term.length),
                maximum=_length(cleaned, "max_", position, term.maximum) if term.maximum else None,
            )
            for position, term in enumerate(self.rule.terms)
        )

    def change(self) -> LengthChange:
        """What a valid form asks for."""
        cleaned = self.cleaned_data
        return LengthChange(
            name=self.rule.name, terms=self.terms(cleaned), source=cleaned["source"],
            confidence=cleaned["confidence"] or "assumed",
        )  # fmt: skip


def terms_in_words(terms: Sequence[NewTerm]) -> str:
    """New lengths for a title: `20 days, 30 days, 10 days`."""
    return ", ".join(length_in_words(term.length) for term in terms)


def _parts(term: Term) -> Iterator[tuple[str, Length]]:
    yield "length", term.length
    if term.maximum is not None:
        yield "maximum", term.maximum


def _label(name: str, term: Term) -> str:
    what = {"length": _("Target") if term.maximum else _("Length"), "maximum": _("At the latest")}[name]
    where = term_in_words(term)
    return _("%(what)s, where %(condition)s") % {"what": what, "condition": where} if where else what


def _length(cleaned: dict[str, Any], prefix: str, position: int, old: Length) -> Length:
    unit = Unit(cleaned[f"{prefix}unit_{position}"])
    make_up_counts = old.make_up_counts if unit is Unit.WORKING_DAYS else True
    return Length(amount=cleaned[f"{prefix}amount_{position}"], unit=unit, make_up_counts=make_up_counts)


def _field(problem: Problem) -> str:
    return f"{'max_' if problem.field == 'maximum' else ''}amount_{problem.position}"


def _sentence(problem: Problem) -> str:
    return str(SENTENCES[problem.code]) % {"days": LONGEST.days, "working": MOST_WORKING_DAYS}
