"""Evidence: files, what they show, and what they were asked as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from disputes.forms.fields import FilesField, text_field


class ExhibitForm(forms.Form):
    """One piece of evidence."""

    slot = forms.ChoiceField(label=_("What is it?"), required=False, widget=forms.RadioSelect)
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]
    description = text_field(
        label=_("What it shows"), required=False, rows=3, help_text=_("For example: “This picture shows …”")
    )
    answers = forms.UUIDField(required=False, widget=forms.HiddenInput)
    may_be_empty = False

    def __init__(self, *args: Any, slots: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slots:
            field = self.fields["slot"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*slots, ("", _("Something else"))]
        else:
            del self.fields["slot"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given.setdefault("slot", "")
        if not self.may_be_empty and not given.get("files") and not given.get("description") and not self.errors:
            self.add_error("files", _("Choose files, or write what you want to show."))
        return given


class FilingEvidenceForm(ExhibitForm):
    """One piece of evidence while filing; none is an answer too."""

    may_be_empty = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["answers"]
