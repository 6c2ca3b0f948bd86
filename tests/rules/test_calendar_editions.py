"""Editions of calendars: those a release brings and those administrators make, numbered in one row."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules.calendar_actions import actions_on_calendar
from rules.calendar_documents import DayKind, DayMark, differences, marks_of, merge, text_of, with_marks
from rules.calendar_drafts import begin_calendar_draft, calendar_draft
from rules.calendar_editing import NothingOffered, carry_over_calendar, change_days, take_shipped
from rules.calendar_editions import edition_of, editions_of, shipped_ahead, shipped_documents, with_shipped
from rules.calendar_loader import CALENDARS, read_year
from rules.calendar_publishing import one_calendar_at_a_time, publish_edition, publish_shipped_calendars
from rules.calendar_releasing import NewerEdition, publish_calendar, submit_calendar
from rules.models import CalendarEdition
from rules.selectors import calendar_edition, newest_calendar_id

pytestmark = pytest.mark.django_db
WOMENS_DAY = date(2027, 3, 8)
OWN = DayMark(kind=DayKind.OWN_OFF, zh="公司年会", en="Company day")


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The files of the next release: 2027 is announced in a second edition."""
    shutil.copytree(CALENDARS / "cn", tmp_path / "cn")
    text = (CALENDARS / "cn" / "2027.yaml").read_text(encoding="utf-8")
    text = text.replace("edition: 1", "edition: 2").replace("provisional: true", "provisional: false")
    text = text.replace("2027-02-05 to 2027-02-10]", "2027-02-05 to 2027-02-11], worked: [2027-02-20]")
    (tmp_path / "cn" / "2027.2.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def published_by(person: Any, *, day: date = WOMENS_DAY, mark: DayMark = OWN) -> CalendarEdition:
    """An administrator's own edition with one more day."""
    newest = edition_of("cn")
    document = newest.years[day.year]
    years = {**newest.years, day.year: with_marks(document, {**marks_of(document), day: mark})}
    one_calendar_at_a_time("cn")
    return publish_edition("cn", years, shipped=newest.shipped, published_by_id=person.pk, source="The board")


def test_what_came_with_the_release_is_its_first_edition() -> None:
    (only,) = editions_of("cn")
    assert (only.number, only.shipped, only.published_by, only.covers) == (1, 1, "", (2015, 2027))
    assert publish_shipped_calendars() == ()


def test_an_upgrade_publishes_a_shipped_edition_nobody_published_over(release: Path) -> None:
    assert publish_shipped_calendars(folder=release) == ("cn 2",)
    assert publish_shipped_calendars(folder=release) == ()
    newest = edition_of("cn")
    assert (newest.number, newest.shipped, newest.provisional_years) == (2, 2, ())
    assert not calendar_edition(newest_calendar_id("cn")).is_working_day(date(2027, 2, 11))
    assert calendar_edition(newest_calendar_id("cn")).is_working_day(date(2027, 2, 20))
    assert [action.kind for action in actions_on_calendar("cn", limit=1)] == ["shipped"]


def test_an_upgrade_never_replaces_what_an_administrator_published(release: Path, root: Any) -> None:
    published_by(root)
    assert publish_shipped_calendars(folder=release) == ()
    newest = edition_of("cn")
    assert (newest.number, newest.shipped, newest.published_by) == (2, 1, str(root))
    assert not calendar_edition(newest_calendar_id("cn")).is_working_day(WOMENS_DAY)
    assert shipped_ahead(newest, release) == 2


def test_taking_over_a_shipped_edition_keeps_the_administrators_days(release: Path, root: Any) -> None:
    made = published_by(root)
    newest = edition_of("cn")
    merged = with_shipped(newest.years, seen=made.shipped, country="cn", folder=release)
    told = differences(newest.years, merged)
    assert [change.day for change in told.days] == [date(2027, 2, 11), date(2027, 2, 20)]
    assert [(change.year, change.after.provisional) for change in told.years if change.after] == [(2027, False)]
    assert marks_of(merged[2027])[WOMENS_DAY] == OWN
    one_calendar_at_a_time("cn")
    publish_edition("cn", merged, shipped=2, published_by_id=root.pk)
    assert (edition_of("cn").number, shipped_ahead(edition_of("cn"), release)) == (3, 0)
    assert publish_shipped_calendars(folder=release) == ()


def test_a_shipped_edition_that_says_what_was_announced_already_is_not_offered(release: Path, root: Any) -> None:
    one_calendar_at_a_time("cn")
    publish_edition("cn", shipped_documents("cn", 2, release), shipped=1, published_by_id=root.pk)
    assert shipped_ahead(edition_of("cn"), release) == 0


def test_where_both_changed_a_day_the_administrators_stands(release: Path, root: Any) -> None:
    published_by(root, day=date(2027, 2, 11), mark=OWN)
    base, mine = shipped_documents("cn", 1), edition_of("cn").years
    merged, both = merge(base, mine, shipped_documents("cn", 2, release))
    assert (both, marks_of(merged[2027])[date(2027, 2, 11)]) == ((date(2027, 2, 11),), OWN)


def test_an_upgrade_under_an_open_draft_is_told_and_carried_over(release: Path, root: Any) -> None:
    draft = begin_calendar_draft("cn", author_id=root.pk)
    draft = change_days("cn", draft.id, {WOMENS_DAY: OWN}, revision=1, actor_id=root.pk)
    assert publish_shipped_calendars(folder=release) == ("cn 2",)
    with pytest.raises(NewerEdition) as refused:
        submit_calendar("cn", draft.id, source="The board", note="", revision=2, actor_id=root.pk)
    assert [each["day"] for each in refused.value.data["differences"]["days"]] == ["2027-02-11", "2027-02-20"]
    carried = carry_over_calendar("cn", draft.id, revision=2, actor_id=root.pk)
    assert [change.day for change in carried.changes().days] == [WOMENS_DAY]
    assert (carried.base.number, carried.shipped, calendar_draft("cn", draft.id).revision) == (2, 2, 3)


def test_a_year_that_says_what_it_said_keeps_its_document(root: Any) -> None:
    published_by(root)
    assert {each.edition for year, each in edition_of("cn").years.items() if year != 2027} == {1}
    assert edition_of("cn").years[2027].edition == 2


@pytest.mark.parametrize("year", [2015, 2020, 2026, 2027])
def test_a_document_is_read_back_as_it_was_written(year: int) -> None:
    document = shipped_documents("cn", 1)[year]
    marks = {**marks_of(document), date(year, 3, 9): OWN}
    marks[date(year, 3, 10)] = DayMark(kind=DayKind.OWN_WORKED, zh="“盘点”", en='Stock: "taking"')
    changed = with_marks(document, marks)
    assert read_year(text_of(changed), file=document.file) == changed
    assert marks_of(changed)[date(year, 3, 10)].en == 'Stock: "taking"'


def test_a_release_that_only_announces_a_year_is_offered_too(release: Path, root: Any) -> None:
    text = (CALENDARS / "cn" / "2027.yaml").read_text(encoding="utf-8")
    announced = text.replace("edition: 1", "edition: 2").replace("provisional: true", "provisional: false")
    (release / "cn" / "2027.2.yaml").write_text(announced, encoding="utf-8")
    published_by(root)
    assert shipped_ahead(edition_of("cn"), release) == 2


def test_what_a_release_brings_is_taken_into_a_draft_and_published(root: Any, wu: Any) -> None:
    years = edition_of("cn").years
    unseen = with_marks(years[2027], {day: mark for day, mark in marks_of(years[2027]).items() if day.month != 10})
    one_calendar_at_a_time("cn")
    publish_edition("cn", {**years, 2027: unseen}, shipped=0, published_by_id=root.pk)
    assert shipped_ahead(edition_of("cn")) == 1
    draft = begin_calendar_draft("cn", author_id=root.pk)
    taken = take_shipped("cn", draft.id, revision=1, actor_id=root.pk)
    assert ([change.day.month for change in taken.changes().days], taken.shipped) == ([10] * 5, 1)
    with pytest.raises(NothingOffered):
        take_shipped("cn", draft.id, revision=2, actor_id=root.pk)
    submit_calendar("cn", draft.id, source="The release", note="", revision=2, actor_id=root.pk)
    publish_calendar("cn", draft.id, revision=3, actor_id=wu.pk)
    assert (edition_of("cn").number, edition_of("cn").shipped, shipped_ahead(edition_of("cn"))) == (3, 1, 0)


def test_what_a_release_brings_can_be_turned_down_on_record(root: Any, wu: Any) -> None:
    years = edition_of("cn").years
    unseen = with_marks(years[2027], {day: mark for day, mark in marks_of(years[2027]).items() if day.month != 9})
    one_calendar_at_a_time("cn")
    publish_edition("cn", {**years, 2027: unseen}, shipped=0, published_by_id=root.pk)
    draft = begin_calendar_draft("cn", author_id=root.pk)
    take_shipped("cn", draft.id, revision=1, actor_id=root.pk)
    back = change_days("cn", draft.id, {date(2027, 9, 15): None}, revision=2, actor_id=root.pk)
    assert not back.changes()
    submit_calendar("cn", draft.id, source="We work that day", note="", revision=3, actor_id=root.pk)
    publish_calendar("cn", draft.id, revision=4, actor_id=wu.pk)
    assert (edition_of("cn").number, shipped_ahead(edition_of("cn"))) == (3, 0)
