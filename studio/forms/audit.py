"""Which part of the audit trail somebody wants to read."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from disputes.labels.words import PLATFORMS, name_of
from studio.audit.trail import Wanted
from studio.audit.words import SOURCE_LABELS
from studio.forms.lab import DayInput
from studio.selectors import platform_codes_of


class AuditForm(forms.Form):
    """Everything is optional; days are the reader's."""

    source = forms.ChoiceField(label=_("What"), required=False)
    platform = forms.ChoiceField(label=_("Platform"), required=False)
    who = forms.CharField(
        label=_("Who"), required=False, max_length=150, help_text=_("A user name, or part of a name.")
    )
    since = forms.DateField(label=_("From"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Up to and including"), required=False, widget=DayInput())

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        sources = [("", _("Everything")), *SOURCE_LABELS.items()]
        mine = [(code, name_of(PLATFORMS, code)) for code in platform_codes_of(user)]
        for name, choices in (("source", sources), ("platform", [("", _("All you administer")), *mine])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))
        return given

    def wanted(self) -> Wanted:
        """What the form asks for; everything where a field is wrong."""
        given = self.cleaned_data if self.is_valid() else {}
        until = given.get("until")
        return Wanted(
            source=given.get("source", ""), platform=given.get("platform", ""), who=given.get("who", ""),
            since=_midnight(given.get("since")), until=_midnight(_day_after(until) if until else None),
        )  # fmt: skip


def _day_after(day: date) -> date:
    """The last day there is stands for itself."""
    return day + timedelta(days=1) if day < date.max else day


def _midnight(day: Any) -> datetime | None:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    return datetime.combine(day, time(), zone) if day else None
