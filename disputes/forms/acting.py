"""The form of one action, built from the fields the case names for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contract.errors import Invalid
from disputes.forms.fields import AmountField, FilesField, text_field
from disputes.selectors.action_views import Choice, FieldView

INTERNAL = frozenset({"csrfmiddlewaretoken", "version", "once", "later", "sure", "files", "files_description", "next"})
"""What a form carries for itself; never part of what is said to the case."""

ONE_LINE = frozenset({"body", "reference"})
"""Texts that are names rather than stories."""
BEFORE_FILES = ("version", "once", "later", "reason", "refusal", "statement")
"""What is asked before evidence; everything else comes after it."""
MOST_CARDS = 6
"""Longer lists whose choices come in groups are opened from one line."""
YES_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))


class ActionForm(forms.Form):
    """What an action takes, with the version that was seen and a key that makes a double click one action."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    once = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    later = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, fields: Sequence[FieldView] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.described = tuple(fields)
        for field in fields:
            self.fields[field.name] = field_for(field)
        if "offer" in self.fields and self["offer"].value():
            self.fields["offer"].widget = forms.HiddenInput()
        if any(field.type == "exhibits" for field in fields):
            self.fields["files"] = FilesField(label=_("Add files"), required=False)
            if not self.fields["exhibits"].choices:  # type: ignore[attr-defined]
                self.fields["exhibits"].widget = forms.MultipleHiddenInput()
            self.fields["files_description"] = text_field(
                label=_("What the files show"),
                required=False,
                rows=2,
                help_text=_("For example: “This picture shows …”"),
            )
            self.order_fields([*BEFORE_FILES, "exhibits", "files", "files_description"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        amount = self.fields.get("amount")
        if given.get("remedy") and amount is not None and "amount" not in self.errors and given.get("amount") is None:
            self.add_error("amount", _("Say how much you offer."))
        return given

    def tick_exhibit(self, exhibit: str, choices: Iterable[Choice]) -> None:
        """Count an exhibit in that was made of the files chosen here, also when the form is shown again."""
        field = self.fields["exhibits"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.widget = forms.CheckboxSelectMultiple()
        field.choices = [(choice.value, choice.label) for choice in choices]
        assert isinstance(self.data, QueryDict), "forms are filled from requests"
        kept = self.data.copy()
        kept.setlist("exhibits", [*kept.getlist("exhibits"), exhibit])
        self.data = kept
        self.cleaned_data["exhibits"] = kept.getlist("exhibits")

    def outward(self) -> dict[str, Any]:
        """What was filled in, in the words the services take; what was left empty is left out."""
        found: dict[str, Any] = {}
        for field in self.described:
            value = self.cleaned_data.get(field.name)
            if value in (None, "", [], False):
                continue
            found[field.name] = _outward(field, value)
        return found

    def blame(self, refused: Invalid) -> None:
        """Show what the case would not take at the fields it concerns; what concerns none, above them."""
        for problem in refused.fields:
            name = problem.pointer.strip("/").partition("/")[0]
            self.add_error(name if name in self.fields else None, str(problem.detail))


def new_key() -> str:
    """A key for one sending of a form."""
    return secrets.token_urlsafe(18)


def field_for(field: FieldView) -> forms.Field:
    """The form field for one field of an action."""
    maker = _line if field.name in ONE_LINE else MAKERS.get(field.type)
    if maker is not None:
        return maker(field)
    return _choice(field) if field.choices else _line(field)


def notes_of(fields: Sequence[FieldView]) -> dict[str, dict[str, str]]:
    """The lines of help under choices, by field and value."""
    return {field.name: {choice.value: choice.hint for choice in field.choices if choice.hint} for field in fields}


def _outward(field: FieldView, value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if field.type == "flag" and isinstance(value, str):
        return value == "yes"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _amount(field: FieldView) -> forms.Field:
    most = _("At most %(amount)s.") % {"amount": field.maximum} if field.maximum else ""
    return AmountField(
        label=field.label,
        required=field.required,
        maximum=field.maximum,
        zero=field.minimum_zero,
        help_text=field.help or most,
        initial=field.initial or None,
    )


def _choice(field: FieldView) -> forms.Field:
    if len(field.choices) > MOST_CARDS and any(choice.group for choice in field.choices):
        return _long_choice(field)
    choices = [(choice.value, choice.label) for choice in field.choices]
    if not field.required and "" not in dict(choices):
        choices.insert(0, ("", _empty_choice(field)))
    return forms.ChoiceField(
        label=field.label,
        required=field.required,
        help_text=field.help,
        initial=field.initial or None,
        choices=choices,
        widget=forms.RadioSelect,
    )


def _empty_choice(field: FieldView) -> str:
    """What it means to choose nothing."""
    return _("As it is now") if field.initial else _("Not said")


def _long_choice(field: FieldView) -> forms.Field:
    """One line that opens a list in parts: the telephone's own way of choosing from many."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for choice in field.choices:
        parts.setdefault(choice.group, []).append((choice.value, choice.label))
    choices: list[Any] = list(parts.items())
    if not field.required:
        choices.insert(0, ("", _empty_choice(field)))
    return forms.ChoiceField(
        label=field.label,
        required=field.required,
        help_text=field.help,
        initial=field.initial or None,
        choices=choices,
    )


def _flag(field: FieldView) -> forms.Field:
    if field.name != "goods_received":
        return forms.BooleanField(label=field.label, required=field.required, help_text=field.help)
    return forms.ChoiceField(
        label=field.label,
        required=field.required,
        help_text=field.help,
        choices=YES_NO,
        widget=forms.RadioSelect,
        initial=field.initial or None,
    )


def _text(field: FieldView) -> forms.Field:
    return text_field(label=field.label, required=field.required, help_text=field.help)


def _address(field: FieldView) -> forms.Field:
    made = text_field(label=field.label, required=field.required, help_text=field.help, rows=3)
    made.initial = field.initial or None
    return made


def _exhibits(field: FieldView) -> forms.Field:
    """Ticks for what is already there. New files make it right too, so the tick boxes alone never demand anything."""
    return forms.MultipleChoiceField(
        label=field.label,
        required=False,
        help_text=field.help,
        widget=forms.CheckboxSelectMultiple,
        choices=[(choice.value, choice.label) for choice in field.choices],
    )


def _line(field: FieldView) -> forms.Field:
    return forms.CharField(
        label=field.label,
        required=field.required,
        help_text=field.help,
        initial=field.initial or None,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _day(field: FieldView) -> forms.Field:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=field.label, required=field.required, help_text=field.help, widget=widget)


def _moment(field: FieldView) -> forms.Field:
    """A moment on the clock of the reader's wall."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=field.label,
        required=field.required,
        help_text=field.help,
        widget=widget,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )


def _number(field: FieldView) -> forms.Field:
    return forms.IntegerField(label=field.label, required=field.required, help_text=field.help, min_value=0)


MAKERS: Mapping[str, Callable[[FieldView], forms.Field]] = {
    "money": _amount,
    "flag": _flag,
    "text": _text,
    "address": _address,
    "exhibits": _exhibits,
    "tracking": _line,
    "number": _number,
    "time": _moment,
    "day": _day,
    "date": _day,
}
