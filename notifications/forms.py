"""What somebody says about being told."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ChannelsForm(forms.Form):
    """Mail or not, and the hours in which none should come."""

    email = forms.BooleanField(
        label=_("Send me e-mails"), required=False, help_text=_("The inbox on this site keeps everything either way.")
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Mails wait until then, unless a time of yours would run out before."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begin, end = data.get("quiet_from"), data.get("quiet_until")
        if not self.errors and (begin is None) != (end is None):
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, forms.ValidationError(_("Give both times, or neither."), code="incomplete"))
        return data

    @property
    def quiet_hours(self) -> tuple[time | None, time | None]:
        return self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
