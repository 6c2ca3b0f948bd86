"""Drafts of calendars: one a country, changed by one person at a time, approved by a second."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contract.errors import Invalid
from rules.calendar_actions import actions_on_calendar
from rules.calendar_documents import DayKind, DayMark
from rules.calendar_drafts import (
    CalendarDraftChanged,
    CalendarDraftClosed,
    CalendarDraftNotInWork,
    CalendarDraftOpen,
    CalendarDraftView,
    begin_calendar_draft,
    open_calendar_draft,
)
from rules.calendar_editing import NothingOffered, WrongDays, add_year, change_days, change_year, take_shipped
from rules.calendar_editions import edition_of
from rules.calendar_loader import calendar_of
from rules.calendar_releasing import (
    NeedsAnother,
    NothingChanged,
    NotSubmitted,
    discard_calendar,
    publish_calendar,
    return_calendar,
    submit_calendar,
)
from rules.selectors import calendar_edition, newest_calendar_id

pytestmark = pytest.mark.django_db
NOTICE = "State Council notice of 2026-11-25"
OFF = DayMark(kind=DayKind.OFF, group="spring_festival")
MADE_UP = DayMark(kind=DayKind.WORKED, group="spring_festival")
OWN_WORKED = DayMark(kind=DayKind.OWN_WORKED, zh="盘点", en="Stocktaking")


@pytest.fixture
def draft(root: Any) -> CalendarDraftView:
    return begin_calendar_draft("cn", author_id=root.pk)


def test_days_are_changed_submitted_approved_and_counted_by_new_cases(draft: Any, root: Any, wu: Any) -> None:
    days = {date(2027, 2, 11): OFF, date(2027, 2, 20): MADE_UP, date(2027, 1, 1): None, date(2027, 3, 6): OWN_WORKED}
    changed = change_days("cn", draft.id, days, revision=1, actor_id=root.pk)
    assert {change.day for change in changed.changes().days} == set(days)
    announced = change_year("cn", draft.id, 2027, provisional=False, source=NOTICE, revision=2, actor_id=root.pk)
    submit_calendar("cn", draft.id, source=NOTICE, note="As announced.", revision=announced.revision, actor_id=root.pk)
    done = publish_calendar("cn", draft.id, revision=4, actor_id=wu.pk)
    calendar = calendar_edition(newest_calendar_id("cn"))
    assert (done.status, done.published_number, calendar.edition) == ("published", 2, 2)
    assert [calendar.why_off(day) for day in sorted(days)] == [None, "spring_festival", None, None]
    newest = edition_of("cn")
    assert (newest.published_by, newest.source, newest.note) == (str(wu), NOTICE, "As announced.")
    assert newest.provisional_years == ()
    kinds = [action.kind for action in actions_on_calendar("cn", draft_id=draft.id, limit=9)]
    assert kinds == ["published", "submitted", "edited", "edited", "begun"]


def test_whoever_changed_a_draft_does_not_approve_it(draft: Any, root: Any, wu: Any) -> None:
    change_days("cn", draft.id, {date(2027, 2, 11): OFF}, revision=1, actor_id=wu.pk)
    submit_calendar("cn", draft.id, source=NOTICE, note="", revision=2, actor_id=root.pk)
    for person in (root, wu):
        with pytest.raises(NeedsAnother):
            publish_calendar("cn", draft.id, revision=3, actor_id=person.pk)


def test_a_single_operator_publishes_alone_and_that_is_written_down(draft: Any, root: Any, settings: Any) -> None:
    settings.GONGDUAN_SINGLE_OPERATOR = ["*"]
    change_days("cn", draft.id, {date(2027, 2, 11): OFF}, revision=1, actor_id=root.pk)
    submit_calendar("cn", draft.id, source=NOTICE, note="", revision=2, actor_id=root.pk)
    publish_calendar("cn", draft.id, revision=3, actor_id=root.pk)
    (action,) = actions_on_calendar("cn", limit=1)
    assert action.after is not None
    assert (action.after["single_operator"], action.after["edition"]) == (True, 2)


def test_one_platform_alone_does_not_let_a_single_operator_publish(draft: Any, root: Any, settings: Any) -> None:
    settings.GONGDUAN_SINGLE_OPERATOR = ["taobao"]
    change_days("cn", draft.id, {date(2027, 2, 11): OFF}, revision=1, actor_id=root.pk)
    submit_calendar("cn", draft.id, source=NOTICE, note="", revision=2, actor_id=root.pk)
    with pytest.raises(NeedsAnother):
        publish_calendar("cn", draft.id, revision=3, actor_id=root.pk)


@pytest.mark.parametrize(
    ("day", "mark", "code"),
    [
        (date(2027, 2, 19), MADE_UP, "not_a_weekend_day"),
        (date(2027, 2, 19), DayMark(kind=DayKind.OFF, group="Spring Festival"), "wrong_group"),
        (date(2027, 2, 19), DayMark(kind=DayKind.OFF, group="own"), "wrong_group"),
        (date(2027, 2, 19), DayMark(kind=DayKind.OWN_OFF, zh="年会"), "name_missing"),
        (date(2027, 2, 19), DayMark(kind=DayKind.OWN_OFF, zh="年会\n", en="x"), "wrong_name"),
        (date(2028, 2, 19), OFF, "no_such_year"),
    ],
)
def test_a_day_that_cannot_be_is_refused_by_its_date(draft: Any, root: Any, day: date, mark: Any, code: str) -> None:
    with pytest.raises(WrongDays) as refused:
        change_days("cn", draft.id, {date(2027, 2, 18): OFF, day: mark}, revision=1, actor_id=root.pk)
    assert [(problem.pointer, problem.code) for problem in refused.value.fields] == [(f"/days/{day}", code)]
    there = open_calendar_draft("cn")
    assert there is not None
    assert (there.revision, bool(there.changes())) == (1, False)


def test_the_second_of_two_people_is_told_who_changed_what(draft: Any, root: Any, wu: Any) -> None:
    change_days("cn", draft.id, {date(2027, 2, 11): OFF}, revision=1, actor_id=wu.pk)
    with pytest.raises(CalendarDraftChanged) as refused:
        change_days("cn", draft.id, {date(2027, 2, 12): OFF}, revision=1, actor_id=root.pk)
    told = refused.value.extensions()
    assert (told["revision"], told["by"]) == (2, str(wu))
    assert [day["day"] for each in told["differences"] for day in each["changed"]["days"]] == ["2027-02-11"]
    with pytest.raises(CalendarDraftOpen) as open_already:
        begin_calendar_draft("cn", author_id=wu.pk)
    assert open_already.value.extensions() == {"draft": draft.id, "by": str(root)}


def test_a_year_needs_a_source_and_must_be_there(draft: Any, root: Any) -> None:
    for year, source, pointer in ((2027, " ", "/source"), (2028, NOTICE, "/year")):
        with pytest.raises(Invalid) as refused:
            change_year("cn", draft.id, year, provisional=False, source=source, revision=1, actor_id=root.pk)
        assert [problem.pointer for problem in refused.value.fields] == [pointer]


def test_further_years_follow_the_last_one_estimated_or_empty(draft: Any, root: Any) -> None:
    add_year("cn", draft.id, estimated=True, revision=1, actor_id=root.pk)
    found = add_year("cn", draft.id, estimated=False, revision=2, actor_id=root.pk)
    calendar = calendar_of(found.years.values(), edition=2)
    assert (calendar.covers, calendar.provisional_years) == ((2015, 2029), frozenset({2027, 2028, 2029}))
    assert [calendar.why_off(date(2028, month, day)) for month, day in ((1, 1), (1, 3), (1, 25), (4, 4), (10, 3))] == [
        "new_year", "new_year", "spring_festival", "tomb_sweeping", "national_day",
    ]  # fmt: skip
    assert not found.years[2029].holidays


def test_nothing_is_submitted_that_changes_nothing(draft: Any, root: Any) -> None:
    with pytest.raises(NothingChanged):
        submit_calendar("cn", draft.id, source=NOTICE, note="", revision=1, actor_id=root.pk)
    with pytest.raises(NothingOffered):
        take_shipped("cn", draft.id, revision=1, actor_id=root.pk)


def test_a_draft_is_sent_back_changed_again_and_discarded(draft: Any, root: Any, wu: Any) -> None:
    with pytest.raises(NotSubmitted):
        return_calendar("cn", draft.id, reason="", revision=1, actor_id=wu.pk)
    change_days("cn", draft.id, {date(2027, 2, 11): OFF}, revision=1, actor_id=root.pk)
    submit_calendar("cn", draft.id, source=NOTICE, note="", revision=2, actor_id=root.pk)
    with pytest.raises(CalendarDraftNotInWork):
        change_days("cn", draft.id, {date(2027, 2, 12): OFF}, revision=3, actor_id=root.pk)
    back = return_calendar("cn", draft.id, reason="The 12th too", revision=3, actor_id=wu.pk)
    assert (back.status, back.submitted_by) == ("editing", "")
    gone = discard_calendar("cn", draft.id, revision=4, actor_id=root.pk)
    assert (gone.status, [change.day for change in gone.changes().days]) == ("discarded", [date(2027, 2, 11)])
    with pytest.raises(CalendarDraftClosed):
        change_days("cn", draft.id, {date(2027, 2, 12): OFF}, revision=5, actor_id=root.pk)
    assert begin_calendar_draft("cn", author_id=wu.pk).id != draft.id
