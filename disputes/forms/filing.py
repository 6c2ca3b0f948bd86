"""The questions of filing, one form each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from contract.money import Money
from disputes.forms.fields import AmountField, text_field
from disputes.labels.actions import field_help
from disputes.selectors.order_views import LineEligibility, ReasonOption, RemedyOption


class ItemsForm(forms.Form):
    """Which items, and how many of each."""

    lines = forms.MultipleChoiceField(label=_("Which items is it about?"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, lines: Sequence[LineEligibility], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lines"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(line.line_id), line.title) for line in lines]
        for line in lines:
            if line.quantity > 1:
                self.fields[f"quantity_{line.line_id}"] = forms.IntegerField(
                    label=_now("How many of “%(title)s”?") % {"title": line.title},
                    min_value=1,
                    max_value=line.quantity,
                    required=False,
                    initial=line.quantity,
                    help_text=_now("Ordered: %(count)s") % {"count": line.quantity},
                )

    def answer(self) -> dict[str, int]:
        """Quantities by line."""
        given = self.cleaned_data
        return {line: given.get(f"quantity_{line}") or self._all_of(line) for line in given["lines"]}

    def _all_of(self, line: str) -> int:
        field = self.fields.get(f"quantity_{line}")
        return int(field.initial) if field is not None else 1


class ReceivedForm(forms.Form):
    """Has it come?"""

    received = forms.ChoiceField(
        label=_("Have you received the item?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, I have it")), ("no", _("No, it has not come"))],
    )

    def answer(self) -> str:
        return str(self.cleaned_data["received"])


class RemedyForm(forms.Form):
    """What the buyer wants: only what is allowed."""

    remedy = forms.ChoiceField(label=_("What do you want?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, remedies: Sequence[RemedyOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["remedy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(remedy.code, remedy.label) for remedy in remedies]

    def answer(self) -> str:
        return str(self.cleaned_data["remedy"])


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.ChoiceField(label=_("What is the reason?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, reasons: Sequence[ReasonOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(reason.code, reason.label) for reason in reasons]

    def answer(self) -> str:
        return str(self.cleaned_data["reason"])


class AmountForm(forms.Form):
    """How much, at most what was paid."""

    def __init__(self, *args: Any, maximum: Money, shown: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(
            label=_("How much do you want back?"),
            maximum=maximum,
            initial=maximum.amount,
            help_text=_now("At most %(amount)s. You may ask for less.") % {"amount": shown},
        )

    def answer(self) -> str:
        return f"{self.cleaned_data['amount']:.2f}"


class DescribeForm(forms.Form):
    """What happened."""

    description = text_field(label=_("What happened?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].help_text = field_help("statement")

    def answer(self) -> str:
        return str(self.cleaned_data["description"]).strip()


class CheckForm(forms.Form):
    """Send it, once."""

    once = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
