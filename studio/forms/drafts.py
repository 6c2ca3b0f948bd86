"""The forms of a draft of rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rules.drafts import LONGEST_TITLE
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
