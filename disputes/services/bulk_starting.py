"""Runs over many cases: asked for, fixed to their cases, and stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import platforms_administered
from contract.clock import database_now
from contract.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, Stale
from disputes.errors import FieldsRefused
from disputes.labels import field_sentence
from disputes.models import BulkRun
from disputes.selectors.bulk import CaseQuery, conditions
from disputes.selectors.feeds import platforms_with_feeds
from disputes.services.bulk_registry import kind_of
from disputes.services.writer import one_transaction
from rules.engine.events import Via

State = BulkRun.State
LONGEST_REASON: Final = 500
MOST_CASES: Final = 100_000
"""Of one run."""

FIX = """
INSERT INTO disputes_bulkresult (run_id, position, case_id, result, code, told)
SELECT %(run)s, row_number() OVER (ORDER BY due_at NULLS LAST, id), id, '', '', '{{}}'
FROM (
    SELECT c.id, coalesce(c.due_at, c.wake_at) AS due_at FROM disputes_case c WHERE {conditions} LIMIT %(most)s
) chosen
"""
PLATFORMS = """
SELECT coalesce(array_agg(DISTINCT c.platform), '{}') FROM disputes_case c
JOIN disputes_bulkresult b ON b.case_id = c.id WHERE b.run_id = %s
"""


class SetChanged(Stale):
    """The query finds another number of cases than the person saw."""

    code = "set_changed"
    sentence = _("Cases found now: %(count)s; you saw %(seen)s. Look again, then confirm.")
    outward = ("count", "seen")


class NoCases(Conflict):
    """Nothing to do."""

    code = "no_cases"
    sentence = _("There are no such cases.")


class TooManyCases(Invalid):
    """More cases than one run takes."""

    code = "too_many_cases"
    sentence = _("A run takes at most %(most)s cases. Narrow the query, then do the rest with further runs.")


class RunEnded(Conflict):
    """Nothing is left to be stopped."""

    code = "run_over"
    sentence = _("The run has ended already.")


def own_platforms(user: User) -> tuple[str, ...]:
    """The platforms whose cases somebody may change as a set. Raises Forbidden for whoever administers none."""
    administered = platforms_administered(user)
    if administered is not None and not administered:
        raise Forbidden
    return tuple(code for code in platforms_with_feeds() if administered is None or code in administered)


def narrowed(query: CaseQuery, user: User) -> CaseQuery:
    """The query within what somebody administers. Raises Forbidden for a platform they do not."""
    mine = own_platforms(user)
    if not set(query.platforms) <= set(mine):
        raise Forbidden
    return replace(query, platforms=query.platforms or mine)


def start_run(
    kind: str, query: CaseQuery, parameters: Mapping[str, Any], *, reason: str, expected: int, actor: User,
    via: Via = Via.PAGE,
) -> int:  # fmt: skip
    """Fix the cases of a query and have this done to each of them; the run's id.

    `expected` is how many cases the person saw. Raises Forbidden, FieldsRefused (kind, parameters, reason), SetChanged
    (412), NoCases (409), TooManyCases (422).
    """
    found, query = kind_of(kind), narrowed(query, actor)
    told, words = found.checked(parameters), checked_reason(reason)
    query = found.meant(query, told)
    with one_transaction():
        run = BulkRun.objects.create(
            kind=kind, filters=query.as_json(), parameters=told, reason=words, platforms=[],
            of_run_id=query.held_by_run, via=via, total=0, asked_by=actor,
        )  # fmt: skip
        run.total, run.platforms = _fixed(run.pk, query)
        if run.total != expected:
            raise SetChanged(count=run.total, seen=expected)
        if not run.total:
            raise NoCases
        run.save(update_fields=["total", "platforms"])
        found.begun(told, run.pk, actor.pk, run.total)
    return run.pk


def _fixed(run_id: int, query: CaseQuery) -> tuple[int, list[str]]:
    """Write down the cases; how many there are, and of which platforms. Raises TooManyCases."""
    texts, values = conditions(query)
    with connection.cursor() as cursor:
        cursor.execute(FIX.format(conditions=texts), {**values, "run": run_id, "most": MOST_CASES + 1})
        count = cursor.rowcount
        if count > MOST_CASES:
            raise TooManyCases(most=MOST_CASES)
        cursor.execute(PLATFORMS, [run_id])
        return count, sorted(cursor.fetchone()[0])


def checked_reason(reason: str) -> str:
    """Raises FieldsRefused for no reason, or one that is too long."""
    words = reason.strip()
    if words and len(words) <= LONGEST_REASON:
        return words
    code = "text_too_long" if words else "required"
    detail = field_sentence(code, {"most": LONGEST_REASON})
    raise FieldsRefused(fields=[FieldProblem(pointer="/reason", code=code, detail=detail)])


def cancel_run(run_id: int, *, actor: User) -> None:
    """Stop a run between two batches; what is done stays done. Raises NotFound, RunEnded, Forbidden."""
    with one_transaction():
        run = BulkRun.objects.select_for_update().filter(pk=run_id).first()
        if run is None:
            raise NotFound
        narrowed(CaseQuery(platforms=tuple(run.platforms)), actor)
        if run.state not in BulkRun.UNFINISHED:
            raise RunEnded
        run.state, run.finished_at, run.cancelled_by = State.CANCELLED, database_now(), actor
        run.save(update_fields=["state", "finished_at", "cancelled_by"])
