"""The form that starts a run of the rule lab."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from disputes.labels.words import PLATFORMS, name_of
from disputes.selectors.histories import Chosen
from studio.access import administers_everything
from studio.lab.asking import DOCUMENT, choices_for
from studio.lab.running import ZONE
from studio.selectors import platform_codes_of


class DayInput(forms.DateInput):
    """A day, as browsers offer it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class LabForm(forms.Form):
    """Which rules, over which cases."""

    rules = forms.ChoiceField(
        label=_("Rules"), required=False,
        help_text=_("A version or a draft is replayed over the cases of its own pack."),
    )  # fmt: skip
    document = forms.CharField(
        label=_("Document"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Only for rules that are brought along: a whole pack in YAML or JSON."),
    )  # fmt: skip
    upload = forms.FileField(label=_("Or a file with it"), required=False)
    platform = forms.ChoiceField(
        label=_("Platform"), required=False, help_text=_("For a verification; other rules name their own.")
    )
    opened_from = forms.DateField(label=_("Opened from"), required=False, widget=DayInput())
    opened_to = forms.DateField(label=_("Opened up to and including"), required=False, widget=DayInput())
    status = forms.ChoiceField(
        label=_("Which cases"), required=False,
        choices=[("", _("Open and closed ones")), ("open", _("Open ones only")), ("closed", _("Closed ones only"))],
    )  # fmt: skip

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        platforms = [(code, name_of(PLATFORMS, code)) for code in platform_codes_of(user)]
        verify = ("", _("Verification: each case under the rules it ran under"))
        self._offer("rules", [verify, *choices_for(user), (DOCUMENT, _("A document, below"))])
        self._offer("platform", [("", _("All you administer")), *platforms])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begin, end = cleaned.get("opened_from"), cleaned.get("opened_to")
        if begin and end and end < begin:
            self.add_error("opened_to", _("This day is before the first one."))
        if cleaned.get("rules") == DOCUMENT and "upload" not in self.errors:
            self._read_document(cleaned)
        return cleaned

    def _read_document(self, cleaned: dict[str, Any]) -> None:
        """Take the file's text; what was typed stays in the form either way."""
        upload = cleaned.get("upload")
        if upload is not None:
            try:
                cleaned["document"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("upload", _("This file is no text in UTF-8."))
        elif not (cleaned.get("document") or "").strip():
            self.add_error("document", _("Paste a document, or choose a file."))

    def chosen(self) -> Chosen:
        """The cases, as the lab takes them."""
        told = self.cleaned_data
        return Chosen(
            platforms=self._platforms(told["platform"]), opened_from=_midnight(told["opened_from"]),
            opened_until=_midnight(told["opened_to"], after=1), status=told["status"],
        )  # fmt: skip

    def _platforms(self, platform: str) -> tuple[str, ...]:
        if platform:
            return (platform,)
        return () if administers_everything(self.user) else platform_codes_of(self.user)


def _midnight(day: date | None, *, after: int = 0) -> datetime | None:
    """When a day begins, or one so many days later."""
    if day is None:
        return None
    begins = min(day, date.max - timedelta(days=after)) + timedelta(days=after)
    return datetime.combine(begins, time(), tzinfo=ZoneInfo(ZONE))
