"""Two people at one calendar at the same moment: one wins, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from contract.errors import DomainError
from rules.calendar_documents import DayKind, DayMark
from rules.calendar_drafts import begin_calendar_draft, calendar_drafts
from rules.calendar_editing import change_days
from rules.calendar_editions import editions_of
from rules.calendar_publishing import publish_shipped_calendars
from rules.calendar_releasing import publish_calendar, submit_calendar

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
OFF = DayMark(kind=DayKind.OFF, group="spring_festival")


def at_once(*doing: Callable[[], object]) -> list[str]:
    """How each ended: done, or the code of its refusal."""
    ends: list[str] = []
    start = Barrier(len(doing))

    def run(do: Callable[[], object]) -> None:
        start.wait()
        try:
            do()
            ends.append("done")
        except DomainError as error:
            ends.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(do,)) for do in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_of_two_who_begin_at_once_one_is_told_of_the_other(root: Any, wu: Any) -> None:
    def begin(person: Any) -> Callable[[], object]:
        return lambda: begin_calendar_draft("cn", author_id=person.pk)

    assert at_once(begin(root), begin(wu)) == ["done", "draft_open"]
    assert len(calendar_drafts("cn")) == 1


def test_of_two_who_change_at_once_one_is_told_of_the_other(root: Any, wu: Any) -> None:
    draft = begin_calendar_draft("cn", author_id=root.pk)

    def change(person: Any, day: int) -> Callable[[], object]:
        days = {date(2027, 2, day): OFF}
        return lambda: change_days("cn", draft.id, days, revision=1, actor_id=person.pk)

    assert at_once(change(root, 11), change(wu, 12)) == ["done", "draft_changed"]
    (kept,) = calendar_drafts("cn")
    assert (kept.revision, len(kept.changes().days)) == (2, 1)


def test_of_two_who_publish_at_once_one_edition_comes(root: Any, wu: Any, zhou: Any) -> None:
    draft = begin_calendar_draft("cn", author_id=root.pk)
    change_days("cn", draft.id, {date(2027, 2, 11): OFF}, revision=1, actor_id=root.pk)
    submit_calendar("cn", draft.id, source="The notice", note="", revision=2, actor_id=root.pk)

    def publish(person: Any) -> Callable[[], object]:
        return lambda: publish_calendar("cn", draft.id, revision=3, actor_id=person.pk)

    assert at_once(publish(wu), publish(zhou), publish_shipped_calendars) == ["done", "done", "draft_changed"]
    assert [edition.number for edition in editions_of("cn")] == [2, 1]
