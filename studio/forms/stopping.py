"""Why automatic outcomes are stopped."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class StopForm(forms.Form):
    """The reason everybody of the platform reads."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why automatic outcomes are stopped; kept with your name."),
    )  # fmt: skip
