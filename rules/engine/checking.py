"""Why an event cannot be taken: who, where, guards, fields, confirmation, in that order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from rules.engine.conditions import gate_opens_at
from rules.engine.draft import Draft, as_money
from rules.engine.events import FieldProblem, Refusal
from rules.engine.policy import ActionRule, FieldRule, Guard
from rules.engine.types import DeadlineKind, Fact

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")
"""An amount as every platform's currency has it: at most two decimals, no exponent, no other script's digits."""

UNREADABLE = frozenset({"required", "unknown_choice", "not_true_or_false", "not_a_number", "not_an_amount"})
"""What is wrong with the form of a field, whatever the case."""


def check(draft: Draft, rule: ActionRule) -> Refusal | None:
    """The first reason against this event, or None when it may happen."""
    if draft.event.party not in rule.by:
        return refuse(draft, rule, "not_your_action")
    if draft.stage not in rule.stages:
        return refuse(draft, rule, "not_in_this_stage")
    for guard in rule.guards:
        if not guard.test(draft):
            return _unreadable(draft, rule, guard) or refuse_guard(draft, rule, guard)
    problems = tuple(field_problems(draft, rule))
    if problems:
        return refuse(draft, rule, "invalid_fields", problems=problems)
    if rule.confirm is not None and draft.event.data.get("confirm") is not True and rule.confirm(draft):
        return refuse(draft, rule, "confirmation_needed")
    return None


def check_queued(draft: Draft, rule: ActionRule, data: Mapping[str, Fact]) -> Refusal | None:
    """What is wrong with the form of an action that is to wait: it must not turn out incomplete when its time comes."""
    event = replace(draft.event, kind=rule.name, data=data)
    asked = Draft(draft.policy, draft.calendar, draft.before, event, draft.now)
    for guard in rule.guards:
        if guard.needs_event and not guard.test(asked):
            return _unreadable(asked, rule, guard) or refuse_guard(asked, rule, guard)
    problems = tuple(field_problems(asked, rule))
    return refuse(asked, rule, "invalid_fields", problems=problems) if problems else None


def _unreadable(draft: Draft, rule: ActionRule, guard: Guard) -> Refusal | None:
    """A guard that looks at what was sent cannot judge what is not there or is no answer: that is said first."""
    problems = tuple(p for p in field_problems(draft, rule) if p.code in UNREADABLE) if guard.needs_event else ()
    return refuse(draft, rule, "invalid_fields", problems=problems) if problems else None


def refuse(draft: Draft, rule: ActionRule, code: str, *, problems: tuple[FieldProblem, ...] = ()) -> Refusal:
    return Refusal(code=code, action=rule.name, stage=draft.stage, problems=problems)


def refuse_guard(draft: Draft, rule: ActionRule, guard: Guard) -> Refusal:
    """A refusal that says from when or until when the action is possible, where a deadline decides it."""
    opens, closed = _gate_time(draft, guard), _window_time(draft, guard)
    return Refusal(
        code=guard.code, action=rule.name, stage=draft.stage, available_from=opens, available_until=closed,
        data={"rule": guard.gate or guard.window} if guard.gate or guard.window else {},
    )  # fmt: skip


def _gate_time(draft: Draft, guard: Guard) -> datetime | None:
    return gate_opens_at(draft, guard.gate) if guard.gate else None


def _window_time(draft: Draft, guard: Guard) -> datetime | None:
    if not guard.window:
        return None
    state, rule = draft.deadlines.get(guard.window), draft.policy.deadlines[guard.window]
    if state is None and rule.order_clock:
        return rule.due_from_anchor(draft)
    return state.due_at if state else None


def ends_at(draft: Draft, rule: ActionRule) -> datetime | None:
    """When the permission to act ends by itself."""
    moments = [moment for guard in rule.guards if (moment := _window_time(draft, guard)) is not None]
    moments.extend(
        state.due_at
        for state in draft.deadlines.values()
        if state.pending and draft.policy.deadlines[state.name].kind is DeadlineKind.AUTO
    )
    return min((moment for moment in moments if moment > draft.now), default=None)


def field_problems(draft: Draft, rule: ActionRule) -> Iterator[FieldProblem]:
    data = draft.event.data
    for field in rule.fields.values():
        value = data.get(field.name)
        if value in (None, "", [], ()):
            if field.required:
                yield FieldProblem(field=field.name, code="required")
            continue
        yield from _value_problems(draft, field, value)
    if "goods_received" in rule.fields:
        yield from _received_problem(draft)


def _received_problem(draft: Draft) -> Iterator[FieldProblem]:
    """Nobody has an item that, by the very reason of the request, did not come."""
    said = {name: value for name, value in draft.event.data.items() if value is not None}
    told = {**draft.facts, **said}
    if said.keys().isdisjoint(("reason", "goods_received")):
        return
    reason = draft.policy.reasons.get(told.get("reason", ""))
    if reason is not None and reason.received is not None and told.get("goods_received") is (not reason.received):
        yield FieldProblem(field="goods_received", code="contradicts_reason")


def _value_problems(draft: Draft, field: FieldRule, value: Fact) -> Iterator[FieldProblem]:
    if field.type == "money":
        yield from _money_problems(draft, field, value)
    elif field.type == "remedy" and value not in draft.policy.remedies:
        yield FieldProblem(field=field.name, code="unknown_choice", data={"choices": list(draft.policy.remedies)})
    elif field.type == "reason" and value not in draft.policy.reasons:
        yield FieldProblem(field=field.name, code="unknown_choice", data={"choices": list(draft.policy.reasons)})
    elif field.type == "refusal" and value not in draft.policy.refusals:
        yield FieldProblem(field=field.name, code="unknown_choice", data={"choices": list(draft.policy.refusals)})
    elif field.type == "rejection" and value not in draft.policy.rejections:
        yield FieldProblem(field=field.name, code="unknown_choice", data={"choices": list(draft.policy.rejections)})
    elif field.type == "party" and value not in ("buyer", "seller", "both", "platform"):
        yield FieldProblem(field=field.name, code="unknown_choice", data={"choices": ["buyer", "seller", "both"]})
    elif field.type == "flag" and not isinstance(value, bool):
        yield FieldProblem(field=field.name, code="not_true_or_false")
    elif field.type == "number" and (isinstance(value, bool) or not isinstance(value, int)):
        yield FieldProblem(field=field.name, code="not_a_number")
    elif field.choices and value not in field.choices:
        yield FieldProblem(field=field.name, code="unknown_choice", data={"choices": list(field.choices)})


def _money_problems(draft: Draft, field: FieldRule, value: Fact) -> Iterator[FieldProblem]:
    amount = as_money(value) if isinstance(value, str) and _AMOUNT.fullmatch(value) else None
    if amount is None:
        yield FieldProblem(field=field.name, code="not_an_amount")
    elif amount < 0 or (amount == 0 and draft.event.party not in field.zero):
        yield FieldProblem(field=field.name, code="not_positive")
    elif field.capped:
        yield from _cap_problem(draft, field, amount)


def _cap_problem(draft: Draft, field: FieldRule, amount: Decimal) -> Iterator[FieldProblem]:
    maximum = draft.money("maximum")
    if maximum is not None and amount > maximum:
        yield FieldProblem(field=field.name, code="over_maximum", data={"maximum": str(maximum)})
