"""The forms of calendars and their drafts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.labels.times import DAYS_OFF
from rules.calendar_documents import DayKind, DayMark, Years
from rules.calendar_editing import LONGEST_SOURCE
from rules.calendar_importing import LONGEST_TEXT, ORDINARY
from rules.calendar_loader import LONGEST_NAME
from rules.calendar_releasing import LONGEST_NOTE
from studio.calendar_words import kind_choices

OF_THE_COUNTRY = (DayKind.OFF, DayKind.WORKED)


class DaysForm(forms.Form):
    """What the chosen days of a month are."""

    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"), error_messages={"required": gettext_lazy("Choose one day or several first.")}
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What are these days?"), widget=forms.RadioSelect, initial=str(DayKind.OFF)
    )
    group = forms.ChoiceField(
        label=gettext_lazy("Holiday"), required=False,
        help_text=gettext_lazy("For days off by law, and for working days that make up for one."),
    )  # fmt: skip
    group_code = forms.CharField(
        label=gettext_lazy("Another holiday, by its code"), required=False, max_length=40,
        help_text=gettext_lazy("Small letters and underscores, such as spring_festival."),
    )  # fmt: skip
    zh = forms.CharField(
        label=gettext_lazy("Name in Chinese, for own days"), required=False, max_length=LONGEST_NAME
    )
    en = forms.CharField(
        label=gettext_lazy("Name in English, for own days"), required=False, max_length=LONGEST_NAME
    )

    def __init__(self, years: Years, days: list[date], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["days"].choices = [(day.isoformat(), day.isoformat()) for day in days]  # type: ignore[attr-defined]
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        self.fields["group"].choices = list(_groups(years))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What a kind of day needs is there."""
        given = dict(super().clean() or {})
        kind = given.get("kind", "")
        if kind in OF_THE_COUNTRY and not (given.get("group") or given.get("group_code")):
            self.add_error("group", _("Choose the holiday, or name it by a code."))
        if kind in (DayKind.OWN_OFF, DayKind.OWN_WORKED):
            for name in ("zh", "en"):
                if not given.get(name):
                    self.add_error(name, _("Give the day a name in Chinese and in English."))
        return given

    def marks(self) -> dict[date, DayMark | None]:
        """What was said of each chosen day."""
        return dict.fromkeys(self.chosen(), self._mark())

    def chosen(self) -> list[date]:
        """The days chosen, also those of a form that is not valid."""
        known = dict(self.fields["days"].choices)  # type: ignore[attr-defined]
        given = self.data.getlist("days") if hasattr(self.data, "getlist") else []
        return [date.fromisoformat(day) for day in given if day in known]

    def _mark(self) -> DayMark | None:
        given = self.cleaned_data
        if given["kind"] == ORDINARY:
            return None
        kind = DayKind(given["kind"])
        if kind in OF_THE_COUNTRY:
            return DayMark(kind=kind, group=given["group_code"] or given["group"])
        return DayMark(kind=kind, zh=given["zh"], en=given["en"])


def _groups(years: Years) -> Iterator[tuple[str, str]]:
    """Every holiday the house has a name for, and those a calendar has besides."""
    yield "", "–"
    known = {code: str(words) for code, words in DAYS_OFF.items() if code not in ("weekend", "own")}
    used = {group for document in years.values() for group in (*document.holidays.values(), *document.make_up.values())}
    yield from {**known, **{code: code for code in sorted(used - set(known))}}.items()


class YearForm(forms.Form):
    """What a year as a whole is, and on what that rests."""

    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)
    announced = forms.ChoiceField(
        label=gettext_lazy("Are its days announced?"), widget=forms.RadioSelect, initial="yes",
        choices=[("yes", gettext_lazy("Announced")), ("no", gettext_lazy("Provisional: not announced yet"))],
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Source of its days"), max_length=LONGEST_SOURCE,
        help_text=gettext_lazy("The notice that announced them, with its date."),
    )  # fmt: skip

    def __init__(self, years: Years, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = [(year, str(year)) for year in sorted(years, reverse=True)]  # type: ignore[attr-defined]


class SubmitCalendarForm(forms.Form):
    """On what the changes rest, for whoever approves them and for later."""

    source = forms.CharField(
        label=gettext_lazy("Source of what changes"), max_length=LONGEST_SOURCE,
        help_text=gettext_lazy("The notice that announced them, with its date."),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )


class CalendarFileForm(forms.Form):
    """Years or days from a file."""

    upload = forms.FileField(label=gettext_lazy("A file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or its text"), required=False, strip=False, max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "num"}),
        help_text=gettext_lazy(
            "YAML as it is exported here, or CSV with the columns date, kind, group, zh and en. "
            "A file, where one is chosen, takes its place."
        ),
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

    def keeping(self, text: str) -> CalendarFileForm:
        """The same form with the file's content as text, because a browser does not send a file twice."""
        self.data = {**self.data, "text": text}
        return self
