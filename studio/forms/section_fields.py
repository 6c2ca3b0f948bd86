"""How each kind of thing a document can say is asked for, and how the answer is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rules import phrases
from rules.drafts_fields import Field, Kind
from rules.drafts_settings import MOST
from rules.engine.clock import Length, Unit
from rules.engine.lengths import ELAPSED, LengthError, parse_length
from rules.engine.policy import Policy
from studio.section_words import choice_label, field_help, field_label

Fields = dict[str, forms.Field]
Cleaned = Mapping[str, Any]
LONGEST_TEXT = 200
WHOLE_ERRORS = {
    "invalid": gettext_lazy("Enter a whole number."), "required": gettext_lazy("Enter a whole number."),
    "min_value": gettext_lazy("A number here is never negative."),
    "max_value": gettext_lazy("This is more than can be meant."),
}  # fmt: skip


def made_of(field: Field, name: str, policy: Policy) -> Fields:
    """The fields of a form that ask for a field of a document: an amount and a unit for a length, else one."""
    if field.kind is Kind.LENGTH:
        return _length_fields(field, name)
    return {name: _MAKERS[field.kind](field, policy)}


def read_from(cleaned: Cleaned, name: str, field: Field) -> Any:
    """What was entered, as a document says it."""
    return _READERS.get(field.kind, _plain)(cleaned, name, field)


def is_no_length(cleaned: Cleaned, name: str, field: Field) -> bool:
    """Whether amount and unit, each of which could be read, are no length together."""
    amount, unit = cleaned.get(f"{name}-amount"), cleaned.get(f"{name}-unit")
    if amount is None or not unit:
        return False
    try:
        Length(amount=amount, unit=Unit(unit))
    except LengthError:
        return True
    return False


def _length_fields(field: Field, name: str) -> Fields:
    length, label = parse_length(str(field.value)), field_label(field)
    offered = [unit for unit in Unit if unit in ELAPSED or not field.elapsed]
    amount = forms.IntegerField(
        label=label, initial=length.amount, min_value=0, max_value=999_999, error_messages=WHOLE_ERRORS
    )
    unit = forms.ChoiceField(
        label=_("%(label)s: unit") % {"label": label}, initial=str(length.unit),
        choices=[(str(unit), phrases.UNITS[unit]) for unit in dict.fromkeys([*offered, length.unit])],
        error_messages={"invalid_choice": _("Choose one of the units listed.")},
    )  # fmt: skip
    return {f"{name}-amount": amount, f"{name}-unit": unit}


def _whole(field: Field, policy: Policy) -> forms.Field:
    return forms.IntegerField(min_value=0, max_value=MOST, error_messages=WHOLE_ERRORS, **_told(field, field.value))


def _flag(field: Field, policy: Policy) -> forms.Field:
    return forms.BooleanField(**{**_told(field, field.value), "required": False})


def _choice(field: Field, policy: Policy) -> forms.Field:
    widget = forms.RadioSelect if field.kind is Kind.ENDING else forms.Select
    return forms.ChoiceField(choices=_choices(field, policy), widget=widget, **_told(field, field.value))


def _several(field: Field, policy: Policy) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=_choices(field, policy), widget=forms.CheckboxSelectMultiple, **_told(field, field.value)
    )


def _list(field: Field, policy: Policy) -> forms.Field:
    return forms.CharField(max_length=LONGEST_TEXT, **_told(field, ", ".join(map(str, field.value))))


def _text(field: Field, policy: Policy) -> forms.Field:
    return forms.CharField(max_length=LONGEST_TEXT, **_told(field, field.value))


def _choices(field: Field, policy: Policy) -> list[tuple[str, str]]:
    known = dict.fromkeys([*field.choices, *(field.value if isinstance(field.value, list) else [field.value])])
    return [(choice, choice_label(field, choice, policy)) for choice in known if choice]


def _told(field: Field, initial: Any) -> dict[str, Any]:
    return {"label": field_label(field), "help_text": field_help(field), "required": field.required, "initial": initial}


def _plain(cleaned: Cleaned, name: str, field: Field) -> Any:
    return cleaned[name]


def _length(cleaned: Cleaned, name: str, field: Field) -> str:
    return str(Length(amount=cleaned[f"{name}-amount"], unit=Unit(cleaned[f"{name}-unit"])))


def _split(cleaned: Cleaned, name: str, field: Field) -> list[str]:
    text = str(cleaned[name]).replace("，", ",").replace("、", ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def _chosen(cleaned: Cleaned, name: str, field: Field) -> list[str]:
    """What stood there keeps its order; what is new comes after it."""
    chosen = cleaned[name]
    return [*(item for item in field.value if item in chosen), *(item for item in chosen if item not in field.value)]


_MAKERS: Mapping[Kind, Callable[[Field, Policy], forms.Field]] = {
    Kind.WHOLE: _whole, Kind.MONEY: _text, Kind.FLAG: _flag, Kind.CHOICE: _choice, Kind.ENDING: _choice,
    Kind.CHOICES: _several, Kind.WORDS: _list, Kind.REMINDERS: _list, Kind.TEXT: _text,
}  # fmt: skip
_READERS: Mapping[Kind, Callable[[Cleaned, str, Field], Any]] = {
    Kind.LENGTH: _length, Kind.CHOICES: _chosen, Kind.WORDS: _split, Kind.REMINDERS: _split,
}  # fmt: skip
