"""Cases and calendars: which editions open cases count by, and what happens where one ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from disputes.models import Case, Deadline, StuckCase
from disputes.selectors.access import case_for
from disputes.selectors.calendar_use import deadlines_reaching, open_cases_by_edition, open_cases_on_older
from disputes.selectors.history import time_reason
from disputes.services.sweeping import sweep_until_done
from rules.calendar_editions import edition_of
from rules.calendar_estimates import estimated_year
from rules.calendar_publishing import one_calendar_at_a_time, publish_edition
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
