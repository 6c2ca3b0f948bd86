"""Moments typed in a pack's own time zone."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StartForm(forms.Form):
    """From when a worked example counts."""

    start = forms.DateTimeField(
        label=_("It starts at"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Enter a date and a time, such as 2026-09-29 14:30.")},
    )  # fmt: skip

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(*args, **options)
        initial = self.initial.get("start")
        if initial is not None:
            self.initial["start"] = initial.astimezone(self.zone).replace(tzinfo=None)

    def full_clean(self) -> None:
        """What is typed is the wall clock of the pack's zone."""
        with timezone.override(self.zone):
            super().full_clean()
