"""Moments typed in a pack's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from rules.engine.policy import Policy

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""No rule is worked out beyond them: every time that follows can still be reckoned, and told in any zone."""


class StartForm(forms.Form):
    """From when a worked example counts."""

    start = forms.DateTimeField(
        label=_("It starts at"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Enter a date and a time, such as 2026-09-29 14:30.")},
    )  # fmt: skip

    def __init__(self, *args: Any, zone: str, label: str = "", **options: Any) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(*args, **options)
        if label:
            self.fields["start"].label = label
        initial = self.initial.get("start")
        if initial is not None:
            self.initial["start"] = initial.astimezone(self.zone).replace(tzinfo=None)

    def full_clean(self) -> None:
        """What is typed is the wall clock of the pack's zone."""
        with timezone.override(self.zone):
            super().full_clean()

    def clean_start(self) -> datetime:
        """Within the years that can be told."""
        start: datetime = self.cleaned_data["start"]
        if not EARLIEST <= start <= LATEST:
            raise forms.ValidationError(self.fields["start"].error_messages["invalid"], "invalid")
        return start


def asked_start(text: str, policy: Policy) -> tuple[datetime, StartForm]:
    """The moment an example begins: the one typed, else now; and the form that asks for it."""
    now = database_now()
    label = str(_("The example starts at"))
    form = StartForm({"start": text} if text else None, zone=policy.zone, initial={"start": now}, label=label)
    return (form.cleaned_data["start"] if form.is_bound and form.is_valid() else now), form
