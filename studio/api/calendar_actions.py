"""What can be done with the draft of a calendar by the interface, each with the body it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer

from contract.bodies import FieldsInvalid, StrictSerializer
from contract.errors import FieldProblem
from rules.calendar_drafts import CalendarDraftView, calendar_draft
from rules.calendar_editing import add_year, carry_over_calendar, change_days, change_year, take_shipped, take_years
from rules.calendar_importing import read_file
from rules.calendar_releasing import discard_calendar, publish_calendar, return_calendar, submit_calendar
from studio.api.calendar_objects import (
    AddYearSerializer,
    CalendarTextSerializer,
    ReturnCalendarSerializer,
    SetDaysSerializer,
    SetYearSerializer,
    SubmitCalendarSerializer,
    mark_of,
)
from studio.api.draft_objects import RevisionSerializer

Given = dict[str, Any]
Doing = Callable[[str, int, Given, int], CalendarDraftView]


def _set_days(country: str, draft: int, given: Given, actor_id: int) -> CalendarDraftView:
    counted = Counter(said["day"] for said in given["days"])
    twice = [
        FieldProblem(pointer=f"/days/{place}/day", code="twice", detail=_("This day is named twice."))
        for place, said in enumerate(given["days"]) if counted[said["day"]] > 1
    ]  # fmt: skip
    if twice:
        raise FieldsInvalid(fields=twice)
    marks = {said["day"]: mark_of(said) for said in given["days"]}
    return change_days(country, draft, marks, revision=given["revision"], actor_id=actor_id)


def _import(country: str, draft: int, given: Given, actor_id: int) -> CalendarDraftView:
    years = read_file(given["text"], into=calendar_draft(country, draft).years)
    return take_years(country, draft, years, revision=given["revision"], actor_id=actor_id)


def _passed_on(do: Callable[..., CalendarDraftView]) -> Doing:
    """A service whose arguments have the names of the body's fields."""
    return lambda country, draft, given, actor_id: do(country, draft, **given, actor_id=actor_id)


ACTIONS: Mapping[str, tuple[type[StrictSerializer], Doing]] = {
    "set-days": (SetDaysSerializer, _set_days), "set-year": (SetYearSerializer, _passed_on(change_year)),
    "add-year": (AddYearSerializer, _passed_on(add_year)), "import": (CalendarTextSerializer, _import),
    "take-over": (RevisionSerializer, _passed_on(take_shipped)),
    "carry-over": (RevisionSerializer, _passed_on(carry_over_calendar)),
    "submit": (SubmitCalendarSerializer, _passed_on(submit_calendar)),
    "return": (ReturnCalendarSerializer, _passed_on(return_calendar)),
    "publish": (RevisionSerializer, _passed_on(publish_calendar)),
    "discard": (RevisionSerializer, _passed_on(discard_calendar)),
}  # fmt: skip
"""By the word in the address."""

CalendarActionBodySerializer = PolymorphicProxySerializer(
    component_name="CalendarDraftAction",
    serializers=list(dict.fromkeys(body for body, _do in ACTIONS.values())), resource_type_field_name=None,
)  # fmt: skip
