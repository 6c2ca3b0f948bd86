"""Cases and calendars: which editions open cases count by, and what happens where one ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from disputes.models import Case, CaseEvent, Deadline, StuckCase
from disputes.selectors.access import case_for
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.calendar_use import deadlines_reaching, open_cases_by_edition, open_cases_on_older
from disputes.selectors.history import time_reason
from disputes.services.bulk_running import work
from disputes.services.bulk_starting import start_run
from disputes.services.sweeping import sweep_until_done
from rules.calendar_documents import DayKind, DayMark
from rules.calendar_drafts import begin_calendar_draft
from rules.calendar_editing import change_days
from rules.calendar_editions import edition_of
from rules.calendar_estimates import estimated_year
from rules.calendar_publishing import one_calendar_at_a_time, publish_edition
from rules.calendar_releasing import publish_calendar, submit_calendar
from rules.selectors import newest_calendar_id

pytestmark = pytest.mark.django_db


def next_edition(root: Any) -> int:
    years = edition_of("cn").years
    one_calendar_at_a_time("cn")
    last = years[max(years)]
    made = publish_edition(
        "cn", {**years, last.year + 1: estimated_year(last, estimated=True)}, shipped=1, published_by_id=root.pk
    )
    return made.pk


def test_new_cases_take_the_newest_edition_and_running_ones_keep_theirs(order_of: Any, file: Any, root: Any) -> None:
    first = newest_calendar_id("cn")
    old = file(order_of())
    newest = next_edition(root)
    new = file(order_of())
    assert Case.objects.get(number=old.number).calendar_id == first
    assert Case.objects.get(number=new.number).calendar_id == newest
    assert open_cases_by_edition() == {first: 1, newest: 1}
    assert open_cases_on_older("cn", newest) == 1


def test_a_deadline_beyond_the_calendars_end_is_counted_and_called_provisional(
    order_of: Any, file: Any, does: Any, ming: Any, lan: Any, zhou: Any, travel: Any
) -> None:
    travel(to=datetime(2027, 12, 27, 4, tzinfo=UTC))
    done = file(order_of())
    does(lan, "seller", done.number, "refuse", refusal="NOT_AGREED", statement="x")
    does(ming, "buyer", done.number, "request_intervention")
    travel(to=datetime(2027, 12, 27, 4, tzinfo=UTC) + timedelta(days=4))
    sweep_until_done(sweeper="test")
    case = Case.objects.get(number=done.number)
    assert (StuckCase.objects.count(), case.stage) == (0, "REVIEW")
    (target,) = Deadline.objects.filter(case=case, status="pending", name="opinion")
    assert target.due_at.year == 2028
    assert (deadlines_reaching("cn", 2028), deadlines_reaching("cn", 2029), deadlines_reaching("us", 2028)) == (1, 0, 0)
    for person in (zhou, ming, lan):
        reason = time_reason(case_for(person, done.number), "opinion")
        assert (reason.calendar, reason.provisional_years) == (("cn", 1), (2027, 2028))
        assert any("CN" in line for line in reason.lines)
        assert any("2028" in line for line in reason.lines)


def test_a_day_taken_off_reaches_a_running_case_as_a_recorded_event(
    order_of: Any, file: Any, does: Any, ming: Any, lan: Any, zhou: Any, root: Any, wu: Any, travel: Any
) -> None:
    travel(to=datetime(2026, 11, 22, 4, tzinfo=UTC))
    done = file(order_of())
    does(lan, "seller", done.number, "refuse", refusal="NOT_AGREED", statement="x")
    does(ming, "buyer", done.number, "request_intervention")
    travel(days=4)
    sweep_until_done(sweeper="test")
    deadline = Deadline.objects.get(case_id=done.case_id, name="opinion")
    draft = begin_calendar_draft("cn", author_id=root.pk)
    own = DayMark(kind=DayKind.OWN_OFF, zh="盘点", en="Stocktaking")
    change_days("cn", draft.id, {date(2026, 11, 30): own}, revision=1, actor_id=root.pk)
    submit_calendar("cn", draft.id, source="The board", note="", revision=2, actor_id=root.pk)
    publish_calendar("cn", draft.id, revision=3, actor_id=wu.pk)
    assert Deadline.objects.get(pk=deadline.pk).due_at == deadline.due_at
    told: dict[str, Any] = {"country": "cn", "edition": 2}
    start_run("migrate", CaseQuery(platforms=()), told, reason="The board", expected=1, actor=root)
    work()
    assert Deadline.objects.get(pk=deadline.pk).due_at == deadline.due_at + timedelta(days=1)
    assert CaseEvent.objects.filter(case_id=done.case_id, kind="migrated", actor_id=root.pk).count() == 1
    reason = time_reason(case_for(ming, done.number), "opinion")
    assert (reason.calendar, date(2026, 11, 30) in dict(reason.skipped)) == (("cn", 2), True)
