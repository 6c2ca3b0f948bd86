"""How large a chosen set of cases is, of what it is made, and which of its cases come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from contract.money import Money
from disputes.labels.words import PLATFORMS, STAGES, name_of
from disputes.selectors.bulk import CaseQuery, conditions, deadline_conditions
from disputes.selectors.clocks import deadline_label
from rules.selectors import packs_in_force

DeadlineWords = Callable[[str], str]
"""The word for a deadline's name."""
GROUPS = """
SELECT c.platform, c.stage, c.currency, count(*), sum(c.amount),
    grouping(c.platform) = 0, grouping(c.stage) = 0, grouping(c.currency) = 0
FROM disputes_case c WHERE {conditions}
GROUP BY GROUPING SETS ((c.platform), (c.stage), (c.currency)) ORDER BY 4 DESC, 1, 2, 3
"""
DEADLINES = """
SELECT d.name, count(*), min(d.due_at), max(d.due_at) FROM disputes_case c JOIN disputes_deadline d ON d.case_id = c.id
WHERE {conditions} AND {of_deadline} GROUP BY d.name ORDER BY 2 DESC, 1
"""
FIRST = """
SELECT c.id FROM disputes_case c WHERE {conditions}
ORDER BY coalesce(c.due_at, c.wake_at) NULLS LAST, c.id LIMIT %(limit)s OFFSET %(after)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some of the cases of a set."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineGroup:
    """A deadline that runs, or stands still, in some of the cases."""

    name: str
    label: str
    count: int
    first_due_at: datetime
    last_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """What a query finds now."""

    count: int
    platforms: tuple[Group, ...]
    stages: tuple[Group, ...]
    deadlines: tuple[DeadlineGroup, ...]
    money: tuple[Money, ...]
    """What is asked for in these cases, by currency."""


def case_set(query: CaseQuery) -> CaseSet:
    """Counted now, in two statements."""
    texts, values = conditions(query)
    rows = _rows(GROUPS.format(conditions=texts), values)
    platforms = [(platform, count) for platform, _s, _c, count, _sum, of_platform, _os, _oc in rows if of_platform]
    stages = [(stage, count) for _p, stage, _c, count, _sum, _op, of_stage, _oc in rows if of_stage]
    money = [(amount, currency) for _p, _s, currency, _n, amount, _op, _os, of_currency in rows if of_currency]
    return CaseSet(
        count=sum(count for _code, count in platforms), deadlines=_deadlines(query, texts, values),
        platforms=_groups(platforms, lambda code: name_of(PLATFORMS, code)),
        stages=_groups(stages, lambda code: name_of(STAGES, code)),
        money=tuple(Money(amount, currency) for amount, currency in money),
    )  # fmt: skip


def first_cases(query: CaseQuery, *, after: int, limit: int) -> list[int]:
    """The ids of some of its cases, in the order in which a run takes them."""
    texts, values = conditions(query)
    rows = _rows(FIRST.format(conditions=texts), {**values, "after": after, "limit": limit})
    return [row[0] for row in rows]


def deadline_words() -> DeadlineWords:
    """What each deadline is called in the rules in force; its own name where none has it any more.

    The rules are looked up once, at the first name.
    """
    packs = cache(packs_in_force)

    @cache
    def word(name: str) -> str:
        rules = (version.policy.deadlines.get(name) for version in packs())
        return next((deadline_label(rule) for rule in rules if rule is not None), name)

    return word


def _deadlines(query: CaseQuery, texts: str, values: dict[str, Any]) -> tuple[DeadlineGroup, ...]:
    rows = _rows(DEADLINES.format(conditions=texts, of_deadline=deadline_conditions(query)), values)
    word = deadline_words()
    return tuple(
        DeadlineGroup(name=name, label=word(name), count=count, first_due_at=first, last_due_at=last)
        for name, count, first, last in rows
    )


def _groups(counted: list[tuple[str, int]], label: Callable[[str], str]) -> tuple[Group, ...]:
    return tuple(Group(code=code, label=label(code), count=count) for code, count in counted)


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall()
    return found
