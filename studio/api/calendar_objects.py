"""How calendars, their editions and drafts are told, and what is asked of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contract.bodies import ChoiceField, FlagField, StrictSerializer, TextField, WholeNumberField
from disputes.api.fields import MomentField
from rules.calendar_documents import DayKind, DayMark, Differences, marks_of
from rules.calendar_drafts import CalendarDraftView
from rules.calendar_editing import LONGEST_SOURCE
from rules.calendar_importing import LONGEST_TEXT, ORDINARY
from rules.calendar_loader import LONGEST_NAME, YearDocument
from rules.calendar_releasing import LONGEST_NOTE
from studio.api.draft_objects import RevisionSerializer
from studio.calendar_words import country_label, day_in_words

MOST_DAYS = 366


class EditionSerializer(serializers.Serializer):
    """One published edition of a country's working days."""

    number = serializers.IntegerField()
    first_year = serializers.IntegerField()
    last_year = serializers.IntegerField()
    provisional_years = serializers.ListField(child=serializers.IntegerField())
    published_at = MomentField()
    published_by = serializers.CharField(help_text="Empty where it came with a release.")
    source = serializers.CharField()  # type: ignore[assignment]
    note = serializers.CharField()
    release_edition = serializers.IntegerField(source="shipped", help_text="Up to which edition of the release's.")


class EditionUseSerializer(serializers.Serializer):
    """How many open cases count by an edition."""

    edition = serializers.IntegerField()
    open_cases = serializers.IntegerField()


class CalendarNoticeSerializer(serializers.Serializer):
    """Something to be done about a calendar in time."""

    kind = serializers.CharField(help_text="provisional, ending, or shipped.")
    sentence = serializers.CharField()
    advice = serializers.CharField()
    year = serializers.IntegerField(source="warning.year", allow_null=True, default=None)
    reached_from = serializers.DateField(source="warning.reached_from", allow_null=True, default=None)
    days_left = serializers.IntegerField(source="warning.days_left", allow_null=True, default=None)
    running_deadlines = serializers.IntegerField(
        source="reaching", allow_null=True, help_text="Those that end in that year already."
    )


class CalendarSerializer(serializers.Serializer):
    """A country's calendar with its newest edition."""

    country = serializers.CharField()
    name = serializers.SerializerMethodField()
    newest = EditionSerializer()
    use = EditionUseSerializer(many=True)
    draft = serializers.IntegerField(allow_null=True, help_text="The id of the open draft.")
    may_change = serializers.BooleanField()
    warnings = CalendarNoticeSerializer(many=True)

    def get_name(self, calendar: Any) -> str:
        return country_label(calendar["country"])


class MarkedDaySerializer(serializers.Serializer):
    """A day that is not what its weekday makes it."""

    day = serializers.DateField()
    kind = serializers.ChoiceField(choices=[str(kind) for kind in DayKind])
    group = serializers.CharField(help_text="The holiday, of the country's days.")
    zh = serializers.CharField(help_text="The name, of the desk's own days.")
    en = serializers.CharField()
    words = serializers.CharField()


class CalendarYearSerializer(serializers.Serializer):
    """One year: every day that is not what its weekday makes it."""

    year = serializers.IntegerField()
    zone = serializers.CharField()
    weekend = serializers.ListField(child=serializers.IntegerField(), help_text="ISO weekdays; 6 is Saturday.")
    provisional = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    days = MarkedDaySerializer(many=True)


class DaySaidSerializer(serializers.Serializer):
    """What a calendar says about a day."""

    kind = serializers.CharField()
    group = serializers.CharField(required=False)
    zh = serializers.CharField(required=False)
    en = serializers.CharField(required=False)


class DayDifferenceSerializer(serializers.Serializer):
    """A day two calendars say different things about."""

    day = serializers.DateField()
    before = DaySaidSerializer(allow_null=True)
    after = DaySaidSerializer(allow_null=True)


class YearSaidSerializer(serializers.Serializer):
    """What a calendar says about a year as a whole."""

    provisional = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]


class YearDifferenceSerializer(serializers.Serializer):
    """A year two calendars say different things about as a whole."""

    year = serializers.IntegerField()
    before = YearSaidSerializer(allow_null=True)
    after = YearSaidSerializer(allow_null=True)


class CalendarDifferencesSerializer(serializers.Serializer):
    """Everything two calendars say differently; null: nothing is said."""

    years = YearDifferenceSerializer(many=True)
    days = DayDifferenceSerializer(many=True)


class CalendarDraftSummarySerializer(serializers.Serializer):
    """A draft in a list."""

    id = serializers.IntegerField()
    country = serializers.CharField()
    status = serializers.CharField()
    revision = serializers.IntegerField()
    base_edition = serializers.IntegerField(source="base.number")
    author = serializers.CharField()
    changed_by = serializers.CharField()
    changed_at = MomentField()
    published_edition = serializers.IntegerField(source="published_number", allow_null=True)


class CalendarDraftSerializer(CalendarDraftSummarySerializer):
    """A draft whole."""

    source = serializers.CharField()  # type: ignore[assignment]
    note = serializers.CharField()
    submitted_by = serializers.CharField()
    changes = serializers.SerializerMethodField()

    @extend_schema_field(CalendarDifferencesSerializer)
    def get_changes(self, draft: CalendarDraftView) -> dict[str, Any]:
        return draft.changes().as_json()


class CalendarActionSerializer(serializers.Serializer):
    """One thing somebody did to a calendar."""

    id = serializers.IntegerField()
    draft = serializers.IntegerField(source="draft_id", allow_null=True)
    kind = serializers.CharField()
    by = serializers.CharField(help_text="Who; empty for the house itself.")
    at = MomentField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.DateField):
    """A day that was sent as text."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class DayMarkSerializer(StrictSerializer):
    """What a day is; `ordinary` is what its weekday makes it."""

    day = DayField()
    kind = ChoiceField(choices=[*map(str, DayKind), ORDINARY])
    group = TextField(max_length=40, default="")
    zh = TextField(max_length=LONGEST_NAME, default="")
    en = TextField(max_length=LONGEST_NAME, default="")


class SetDaysSerializer(RevisionSerializer):
    """What days are."""

    days = serializers.ListField(child=DayMarkSerializer(), max_length=MOST_DAYS, allow_empty=False)


class SetYearSerializer(RevisionSerializer):
    """What a year as a whole is, and on what that rests."""

    year = WholeNumberField(min_value=1900, max_value=2200)
    provisional = FlagField()
    source = TextField(max_length=LONGEST_SOURCE)  # type: ignore[assignment]


class AddYearSerializer(RevisionSerializer):
    """The year after the last one: with its statutory days as far as they are known, or weekends alone."""

    estimated = FlagField()


class CalendarTextSerializer(RevisionSerializer):
    """Years in YAML, or days in CSV."""

    text = TextField(max_length=LONGEST_TEXT, trim_whitespace=False)


class PreviewTextSerializer(StrictSerializer):
    """The same, only to be looked at."""

    text = TextField(max_length=LONGEST_TEXT, trim_whitespace=False)


class SubmitCalendarSerializer(RevisionSerializer):
    """The source of what changes, and a note."""

    source = TextField(max_length=LONGEST_SOURCE)  # type: ignore[assignment]
    note = TextField(max_length=LONGEST_NOTE, default="", allow_blank=True)


class ReturnCalendarSerializer(RevisionSerializer):
    """Why it goes back to work."""

    reason = TextField(max_length=LONGEST_NOTE)


def year_told(document: YearDocument) -> dict[str, Any]:
    """A year as the interface tells it."""
    days = [
        {"day": day, "kind": mark.kind, "group": mark.group, "zh": mark.zh, "en": mark.en,
         "words": day_in_words(mark, weekend=False)} for day, mark in marks_of(document).items()
    ]  # fmt: skip
    told = {
        "year": document.year, "zone": document.zone, "weekend": sorted(document.weekend),
        "provisional": document.provisional, "source": document.source, "days": days,
    }  # fmt: skip
    return dict(CalendarYearSerializer(told).data)


def differences_told(found: Differences) -> dict[str, Any]:
    return found.as_json()


def draft_told(draft: CalendarDraftView) -> dict[str, Any]:
    """A draft as the interface tells it."""
    return dict(CalendarDraftSerializer(draft).data)


def mark_of(said: dict[str, Any]) -> DayMark | None:
    """What was said of a day."""
    if said["kind"] == ORDINARY:
        return None
    return DayMark(kind=DayKind(said["kind"]), group=said["group"], zh=said["zh"], en=said["en"])
