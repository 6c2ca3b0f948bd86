"""Putting a running case under another version of its rules, or under a corrected calendar, as one recorded step.

What the length of a deadline says moves by as much as the two versions say it differently, and nothing else: more time
that was given, a time the marketplace stated and a clock that stands still are kept. A promise already given is never
shortened unless the event names it in `shorten`; then it still leaves the minimum notice. What has passed stays passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from rules.engine.clock import due_at
from rules.engine.draft import Draft
from rules.engine.events import Event, Refusal, Step
from rules.engine.holding import let_go
from rules.engine.migrating_checks import ends_by_itself, unmovable
from rules.engine.pins import Rules
from rules.engine.policy import DeadlineRule
from rules.engine.reconciling import STALLED, notice, reconcile
from rules.engine.records import record
from rules.engine.running import finish
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineState, DeadlineStatus

DEADLINE_MOVED: Final = "deadline_moved"
"""The emission that tells of one deadline of a migration: `deadline`, and when it was due before and is now."""
KEPT: Final = "promises_kept"
"""The fact that remembers, by deadline, what the length said under the version whose promise is kept."""
RUNS: Final = (DeadlineStatus.PENDING, DeadlineStatus.PAUSED)
PROMISES: Final = (DeadlineKind.AUTO, DeadlineKind.WINDOW)
"""Kinds that take something away when they come sooner, or are gone."""


@record
class Move:
    """What becomes of one deadline of a case, if everything the new rules say is confirmed."""

    name: str
    kind: DeadlineKind
    party: str
    before: datetime | None
    """None for one that begins."""
    after: datetime | None
    """None for one that ends."""
    worse: bool
    """Whether it takes back a promise: it has to be confirmed for this case."""


def migrate(before: Rules, after: Rules, snapshot: CaseSnapshot, event: Event, *, now: datetime) -> Step | Refusal:
    """What going on under other rules does to a settled case, or why it cannot.

    `shorten` in the event's data names the deadlines whose shortening, or end, is confirmed. The answer belongs to the
    new rules: the case is settled by them afterwards. Raises what reckoning a time raises.
    """
    old, draft = (Draft(rules.policy, rules.calendar, snapshot, event, now) for rules in (before, after))
    code = unmovable(old, draft)
    if code:
        return _refused(draft, code)
    confirmed = frozenset(map(str, event.data.get("shorten") or ()))
    _remember_windows(old, draft)
    _carry_over(old, draft, confirmed)
    carried = frozenset(draft.deadlines)
    reconcile(draft)
    _give_notice(old, draft, carried, confirmed)
    taken_away = sorted(set(_taken_away(old, carried)) - confirmed)
    if taken_away:
        return _refused(draft, "needs_confirmation", deadlines=taken_away)
    if ends_by_itself(old) and not ends_by_itself(draft):
        return _refused(draft, "nothing_ends_it")
    reconcile(draft)
    _leave_out_the_unchanged(draft)
    for move in _moves(old, draft):
        moment = {name: at and at.isoformat() for name, at in (("from", move.before), ("to", move.after))}
        draft.emit(DEADLINE_MOVED, {"deadline": move.name, **moment})
    return finish(draft, material=True)


def planned(
    before: Rules, after: Rules, snapshot: CaseSnapshot, event: Event, *, now: datetime
) -> tuple[Move, ...] | Refusal:
    """Each deadline that would move if everything were confirmed, in order of the names; or why the case cannot.

    Raises what reckoning a time raises.
    """
    everything = sorted({*snapshot.deadlines, *after.policy.deadlines})
    result = migrate(before, after, snapshot, replace(event, data={**event.data, "shorten": everything}), now=now)
    if isinstance(result, Refusal):
        return result
    old, draft = (Draft(rules.policy, rules.calendar, snapshot, event, now) for rules in (before, after))
    for state in result.deadlines.values():
        if state.status is not DeadlineStatus.CANCELLED or state.name in draft.deadlines:
            draft.put(state)
    return tuple(_moves(old, draft))


def _refused(draft: Draft, code: str, **data: object) -> Refusal:
    return Refusal(code=code, action=draft.event.kind, stage=draft.stage, data=data)


def _carry_over(old: Draft, draft: Draft, confirmed: frozenset[str]) -> None:
    """Put each deadline that the new rules still declare here under them; the others end."""
    kept = dict(draft.facts.get(KEPT) or {})
    for state in tuple(draft.deadlines.values()):
        if not _goes_on(old, draft, state.name):
            draft.cancel(state.name)
        elif not draft.policy.deadlines[state.name].reminds_of:
            draft.put(_carried(old, draft, state, confirmed, kept))
    draft.set(KEPT, {name: told for name, told in kept.items() if name in draft.deadlines} or None)


def _remember_windows(old: Draft, draft: Draft) -> None:
    """Keep the end of each window that does not run in this stage but may again, as the old rules promised it."""
    promised = dict(draft.facts.get("windows_promised") or {})
    for was in old.policy.deadlines.values():
        rule, due = draft.policy.deadlines.get(was.name), was.due_from_anchor(old)
        if rule is None or due is None or {was.kind, rule.kind} != {DeadlineKind.WINDOW} or was.name in old.deadlines:
            continue
        told = promised.get(was.name)
        if told is not None and told["anchor"] == was.signature(old):
            due = max(due, datetime.fromisoformat(told["due_at"]))
        says = rule.due_from_anchor(draft)
        if says is not None and says < due and not rule.order_clock:
            promised[was.name] = {"anchor": rule.signature(draft), "due_at": due.isoformat()}
    draft.set("windows_promised", promised or None)


def _goes_on(old: Draft, draft: Draft, name: str) -> bool:
    """Whether the new rules mean the same deadline by this name and declare it in this situation."""
    was, rule = old.policy.deadlines[name], draft.policy.deadlines.get(name)
    if rule is None or (rule.kind, rule.party, rule.reminds_of) != (was.kind, was.party, was.reminds_of):
        return False
    if rule.reminds_of:
        return rule.reminders == was.reminders
    return draft.stage in rule.stages and rule.when(draft) and rule.anchor_value(draft) is not None


def _carried(
    old: Draft, draft: Draft, state: DeadlineState, confirmed: frozenset[str], kept: dict[str, dict[str, str]]
) -> DeadlineState:
    """The same deadline under the new rules. `kept` is brought in line."""
    rule, signature = draft.policy.deadlines[state.name], draft.policy.deadlines[state.name].signature(draft)
    told = kept.pop(state.name, None)
    if state.status is DeadlineStatus.PASSED or state.stated:
        return replace(state, anchor=signature)
    said = _says(old, old.policy.deadlines[state.name], state)
    if told is not None and is_kept(told, state):
        said = datetime.fromisoformat(told["says"])
    wanted = _wanted(draft, rule, state, signature, said)
    due = _limited(draft, rule, state, wanted, confirmed=state.name in confirmed)
    wakes = rule.wakes(due)
    after = replace(
        state, anchor=signature, due_at=due, wakes_at=max(wakes, state.wakes_at) if due == state.due_at else wakes,
        started_at=state.started_at if signature == state.anchor else rule.anchor_value(draft) or state.started_at,
    )  # fmt: skip
    if due != wanted and due == state.due_at and said is not None:
        kept[state.name] = {
            "anchor": signature, "started_at": after.started_at.isoformat(), "says": said.isoformat(),
        }  # fmt: skip
    waits = state.pause_reason.startswith(STALLED) and not rule.waits_for_feed(draft)
    return let_go(draft, after, "moved") if waits else after


def is_kept(told: Mapping[str, str], state: DeadlineState) -> bool:
    """Whether a remembered promise is that of this deadline, and not of an earlier one of its name."""
    return told["anchor"] == state.anchor and datetime.fromisoformat(told["started_at"]) == state.started_at


def _wanted(
    draft: Draft, rule: DeadlineRule, state: DeadlineState, signature: str, said: datetime | None
) -> datetime:
    """When the new rules mean it to be due; counted from another moment now, they reckon it anew."""
    if signature != state.anchor:
        return rule.due_from_anchor(draft) or state.due_at
    says = _says(draft, rule, state)
    return state.due_at if says is None or said is None else state.due_at + (says - said)


def _says(draft: Draft, rule: DeadlineRule, state: DeadlineState) -> datetime | None:
    """When the length alone says it ends; None on the higher rungs of a target, which count from one another."""
    if rule.kind is not DeadlineKind.TARGET or state.rung == 0:
        return rule.due(draft, state.started_at)
    maximum = rule.term(draft).maximum
    if state.rung > 1 or maximum is None:
        return None
    return due_at(state.started_at, maximum, zone=draft.policy.zone, calendar=draft.calendar)


def _limited(
    draft: Draft, rule: DeadlineRule, state: DeadlineState, due: datetime, *, confirmed: bool
) -> datetime:  # fmt: skip
    """No promise is taken back unconfirmed, and nothing is put into the past: counted from where a pause began."""
    if _is_worse(rule.kind, state.due_at, due) and not confirmed:
        return state.due_at
    if due >= state.due_at:
        return due
    since = state.paused_at or draft.now
    earliest = since + notice(draft, state.started_at, due) if rule.kind in PROMISES else since
    return min(state.due_at, max(due, earliest))


def _is_worse(kind: DeadlineKind, before: datetime, after: datetime) -> bool:
    """An outcome or the end of a permission that comes sooner; a permission that comes later."""
    return after > before if kind is DeadlineKind.GATE else kind in PROMISES and after < before


def _give_notice(old: Draft, draft: Draft, carried: frozenset[str], confirmed: frozenset[str]) -> None:
    """What begins with the new rules leaves time, whatever it counts from, and comes not before what was promised."""
    promised = _promised(old)
    for state in tuple(draft.deadlines.values()):
        rule = draft.policy.deadlines[state.name]
        if state.name in carried or rule.reminds_of:
            continue
        least = notice(draft, state.started_at, state.due_at) if rule.kind in PROMISES else timedelta()
        due = max(state.due_at, draft.now + least)
        if rule.kind is DeadlineKind.AUTO and promised is not None and state.name not in confirmed:
            due = max(due, promised)
        draft.put(replace(state, due_at=due, wakes_at=rule.wakes(due)))


def _promised(old: Draft) -> datetime | None:
    """The earliest moment at which anything was to happen by itself; None while nothing was."""
    running = (state for state in old.before.deadlines.values() if state.status in RUNS)
    return min((s.due_at for s in running if old.policy.deadlines[s.name].kind is DeadlineKind.AUTO), default=None)


def _taken_away(old: Draft, carried: frozenset[str]) -> Iterator[str]:
    """Promises of the old rules that the new ones do not know, or mean otherwise."""
    for state in old.before.deadlines.values():
        if state.status in RUNS and state.name not in carried and old.policy.deadlines[state.name].kind in PROMISES:
            yield state.name


def _leave_out_the_unchanged(draft: Draft) -> None:
    known = draft.before.deadlines
    draft.changed_deadlines = {
        name: state for name, state in draft.changed_deadlines.items()
        if state != known.get(name) and (name in known or state.status is not DeadlineStatus.CANCELLED)
    }  # fmt: skip


def _moves(old: Draft, draft: Draft) -> Iterator[Move]:
    """The deadlines, without reminders, whose due time is another one now, that end, and that begin."""
    for name in sorted({*old.before.deadlines, *draft.deadlines}):
        was, is_now = _running(old.before.deadlines.get(name)), _running(draft.deadlines.get(name))
        before, after = old.policy.deadlines.get(name), draft.policy.deadlines.get(name)
        rule = after if is_now and after else before
        if rule is None or rule.reminds_of or (was == is_now and (was is None or _same(before, after))):
            continue
        taken = was is not None and rule.kind in PROMISES and (is_now is None or not _same(before, after))
        earlier = is_now is not None and _is_worse(rule.kind, was or _limit(old, rule) or is_now, is_now)
        yield Move(name=name, kind=rule.kind, party=rule.party, before=was, after=is_now, worse=taken or earlier)


def _same(before: DeadlineRule | None, after: DeadlineRule | None) -> bool:
    return before is not None and after is not None and (before.kind, before.party) == (after.kind, after.party)


def _limit(old: Draft, rule: DeadlineRule) -> datetime | None:
    """Before which an automatic outcome that is new must not come."""
    return _promised(old) if rule.kind is DeadlineKind.AUTO else None


def _running(state: DeadlineState | None) -> datetime | None:
    return state.due_at if state is not None and state.status in RUNS else None
