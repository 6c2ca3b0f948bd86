"""Fields that the pages of cases share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from contract.money import Money
from disputes.labels import FIELD_PROBLEMS, field_sentence

LONGEST_TEXT = 10_000
ACCEPTED_FILES = "image/*,video/mp4,video/webm,video/quicktime,application/pdf,text/plain"


class FilesInput(forms.ClearableFileInput):
    """A plain file input that takes several files, for every browser and without a script."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class FilesField(forms.FileField):
    """Several files at once; the answer is a list, empty when none was chosen."""

    widget = FilesInput(attrs={"accept": ACCEPTED_FILES})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = [each for each in (data if isinstance(data, list | tuple) else [data]) if each]
        if not given:
            super().clean(None, initial)
            return []
        return [each for each in given if isinstance(each, UploadedFile)]


class AmountField(forms.DecimalField):
    """An amount of money. What was typed stays as it was typed; a list of currency signs is forgiven.

    What is too much is said with its currency, in the same words as the services say it.
    """

    def __init__(self, *, maximum: Money | None = None, zero: bool = False, **kwargs: Any) -> None:
        messages: dict[str, Any] = {
            "invalid": FIELD_PROBLEMS["not_an_amount"],
            "max_digits": FIELD_PROBLEMS["not_an_amount"],
            "max_whole_digits": FIELD_PROBLEMS["not_an_amount"],
            "max_decimal_places": _("Enter an amount with at most two digits after the point."),
            "min_value": _("Enter zero or more.") if zero else FIELD_PROBLEMS["not_positive"],
        }
        if maximum is not None:
            messages["max_value"] = field_sentence("over_maximum", {"maximum": maximum})
        super().__init__(
            max_digits=14,
            decimal_places=2,
            min_value=Decimal() if zero else Decimal("0.01"),
            max_value=maximum.amount if maximum else None,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages=messages,
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().lstrip("¥￥$US").replace(",", "").replace("，", "")
        return super().to_python(value)


def text_field(*, label: Any, required: bool, help_text: Any = "", rows: int = 5) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
    )
