"""The forms of a draft of rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rules.drafts import LONGEST_TITLE
from rules.drafts_documents import LONGEST_TEXT
from rules.selectors import VersionView


class NewDraftForm(forms.Form):
    """What a draft is for, and with whose text it begins."""

    title = forms.CharField(
        label=gettext_lazy("What is it for?"), max_length=LONGEST_TITLE,
        help_text=gettext_lazy("A few words, such as “Six days for sellers”."),
    )  # fmt: skip
    origin = forms.TypedChoiceField(
        label=gettext_lazy("Begin with the text of"), coerce=int,
        help_text=gettext_lazy("With an older version you roll back what came after it."),
    )  # fmt: skip

    def __init__(self, versions: tuple[VersionView, ...], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(version.number, _("Version %(number)s") % {"number": version.number}) for version in versions]
        self.fields["origin"].choices = choices  # type: ignore[attr-defined]


class DocumentForm(forms.Form):
    """A whole document, typed or as a file."""

    upload = forms.FileField(label=gettext_lazy("A file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("The document"), required=False, strip=False, max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "class": "num"}),
        help_text=gettext_lazy("YAML, as it is exported. A file, where one is chosen, takes its place."),
    )  # fmt: skip

    def clean_upload(self) -> str:
        """The file's text."""
        file = self.cleaned_data.get("upload")
        if not file:
            return ""
        if file.size > LONGEST_TEXT:
            raise forms.ValidationError(_("This text is too long."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This file is not text in UTF-8.")) from None

    def given(self) -> str:
        """The text to take."""
        return str(self.cleaned_data["upload"] or self.cleaned_data["text"])

    def keeping(self, text: str) -> DocumentForm:
        """The same form with the file's content as text, because a browser does not send a file twice."""
        self.data = {**self.data, "text": text}
        return self


class SubmitForm(forms.Form):
    """From when a draft shall apply."""

    effective_from = forms.DateTimeField(
        label=gettext_lazy("Takes effect, in your time zone"), required=False,
        help_text=gettext_lazy("Leave it empty to let it take effect when it is published."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
