"""Putting running cases under another version of their rules, or a newer edition of their calendar, as a run.

A case in which a promise would be shortened is set aside (`needs_confirmation`), unless all promises are kept, or
somebody confirms it: that is a run of its own over this one case, which names what is confirmed and has its own reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from disputes.labels import bulk
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.bulk_sets import DeadlineWords
from disputes.services.bulk_kinds import Asked, BulkKind, Parameters, Taken, only, wrong
from disputes.services.loading import LockedCase
from disputes.snapshot import moment_text
from rules.actions import Kind, record
from rules.calendar_actions import Kind as CalendarKind
from rules.calendar_actions import record_on_calendar
from rules.engine.errors import EngineError
from rules.engine.events import Event, Refusal
from rules.engine.migrating import Move, migrate, planned
from rules.engine.pins import MIGRATED, Pin
from rules.engine.types import CaseSnapshot, DeadlineState, DeadlineStatus, Party
from rules.selectors import (
    calendar_edition,
    edition_numbered,
    newest_calendar_id,
    pack_and_number,
    policy_of,
    rules_of,
    version,
    version_numbered,
)
from rules.wording import label_of


def _checked(parameters: Parameters) -> dict[str, Any]:
    """Which rules: `pack` and `version`, or `country` and `edition`.

    `keep` keeps every promise that would be shortened. `case`, its `case_version` and `shorten` confirm what one case
    loses; they come together.
    """
    only(parameters, "pack", "version", "country", "edition", "keep", "case", "case_version", "shorten")
    told = _checked_rules(parameters)
    if not isinstance(parameters.get("keep", False), bool):
        raise wrong("keep", "not_true_or_false")
    if parameters.get("keep"):
        told["keep"] = True
    return {**told, **_checked_confirmation(parameters)}


def _checked_rules(parameters: Parameters) -> dict[str, Any]:
    named = [name for name in ("pack", "country") if parameters.get(name)]
    if len(named) != 1:
        raise wrong("pack", "pack_or_country")
    name, number = ("pack", "version") if named == ["pack"] else ("country", "edition")
    value = parameters.get(number)
    if value in (None, ""):
        raise wrong(number, "required")
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(number, "not_a_number")
    find = version_numbered if name == "pack" else edition_numbered
    found = find(str(parameters[name]), value)
    if found is None:
        raise wrong(number, "not_published")
    if name == "pack" and version(found).effective_from > database_now():
        raise wrong(number, "takes_effect_later")
    return {name: str(parameters[name]), number: value, "policy" if name == "pack" else "calendar": found}


def _checked_confirmation(parameters: Parameters) -> dict[str, Any]:
    names = ("case", "case_version", "shorten")
    given = [name for name in names if parameters.get(name) not in (None, "", [])]
    if not given:
        return {}
    for name in names:
        if name not in given:
            raise wrong(name, "required")
    shorten, seen = parameters["shorten"], parameters["case_version"]
    if not isinstance(shorten, (list, tuple)) or not all(isinstance(name, str) for name in shorten):
        raise wrong("shorten", "not_a_list")
    if isinstance(seen, bool) or not isinstance(seen, int):
        raise wrong("case_version", "not_a_number")
    return {"case": str(parameters["case"]), "case_version": seen, "shorten": sorted(set(shorten))}


def _decided(asked: Asked, case: LockedCase, snapshot: CaseSnapshot) -> Taken | Refusal:
    target = _target(asked.parameters, case)
    if target is None:
        return _refusal("another_pack", snapshot)
    if target == case.pin:
        return _refusal("same_rules", snapshot)
    confirmed = asked.parameters.get("shorten", []) if asked.parameters.get("case") == case.number else []
    if confirmed and asked.parameters["case_version"] != snapshot.version:
        return _refusal("changed_since_confirmed", snapshot)
    event = _event(asked, case, target, confirmed)
    try:
        return _moved(asked, case, snapshot, target, event)
    except EngineError:
        return _refusal("cannot_be_reckoned", snapshot)


def _moved(asked: Asked, case: LockedCase, snapshot: CaseSnapshot, target: Pin, event: Event) -> Taken | Refusal:
    """The step, or the refusal with all that would move."""
    before, after = rules_of(case.pin), rules_of(target)
    plan = planned(before, after, snapshot, event, now=case.now)
    if isinstance(plan, Refusal):
        return plan
    worse = {move.name for move in plan if move.worse}
    step = migrate(before, after, snapshot, event, now=case.now)
    unconfirmed = worse - set(event.data.get("shorten", ()))
    if isinstance(step, Refusal) or (unconfirmed and not asked.parameters.get("keep")):
        code = step.code if isinstance(step, Refusal) else "needs_confirmation"
        return _refusal(code, snapshot, moved=list(_told(plan, snapshot)))
    return Taken(step=step, case=case.under(target))


def _target(parameters: Parameters, case: LockedCase) -> Pin | None:
    """What the case would run under; None where it is a case of other rules. A calendar changes with its country."""
    if "policy" in parameters:
        policy = policy_of(parameters["policy"])
        if case.pack != parameters["pack"]:
            return None
        same = case.calendar.name == policy.calendar
        calendar = case.calendar_id if same else newest_calendar_id(policy.calendar)
        return Pin(policy=parameters["policy"], calendar=calendar)
    if case.calendar.name != parameters["country"]:
        return None
    return Pin(policy=case.policy_id, calendar=parameters["calendar"])


def _event(asked: Asked, case: LockedCase, target: Pin, confirmed: list[str]) -> Event:
    data: dict[str, Any] = {"from": _named(case.pin), "to": _named(target)}
    if confirmed:
        data["shorten"] = confirmed
    if asked.run_id is not None:
        data["run"] = asked.run_id
    return Event(kind=MIGRATED, party=Party.PLATFORM, at=case.now, actor=asked.actor_id, via=asked.via, data=data)


def _named(pin: Pin) -> dict[str, Any]:
    """A pin, so that whoever reads the journal knows what it is without asking for ids."""
    (pack, number), calendar = pack_and_number(pin.policy), calendar_edition(pin.calendar)
    return {
        "pack": pack, "number": number, "policy": pin.policy, "country": calendar.name,
        "edition": calendar.edition, "calendar": pin.calendar,
    }  # fmt: skip


def _refusal(code: str, snapshot: CaseSnapshot, **data: Any) -> Refusal:
    return Refusal(code=code, action=MIGRATED, stage=snapshot.stage, data=data)


def _told(plan: tuple[Move, ...], snapshot: CaseSnapshot) -> Iterator[dict[str, Any]]:
    """What would move, as a result keeps it."""
    for move in plan:
        state = snapshot.deadlines.get(move.name)
        runs = state is None or _runs(state)
        yield {
            "name": move.name, "worse": move.worse,
            "before": {"due_at": moment_text(move.before), "runs": runs} if move.before else None,
            "after": {"due_at": moment_text(move.after), "runs": runs} if move.after else None,
        }  # fmt: skip


def _runs(state: DeadlineState) -> bool:
    return state.status is DeadlineStatus.PENDING


def _words(parameters: Parameters, _word: DeadlineWords) -> str:
    words, named = bulk.TO_EDITION, {name: parameters.get(name, "") for name in ("country", "edition")}
    if "policy" in parameters:
        label = label_of(policy_of(parameters["policy"]).labels, get_language() or "", parameters["pack"])
        words, named = bulk.TO_VERSION, {"pack": label, "version": parameters["version"]}
    told = str(words) % named
    if "case" in parameters:
        return str(bulk.CONFIRMED) % {"what": told}
    return str(bulk.KEEPING) % {"what": told} if parameters.get("keep") else told


def _meant(query: CaseQuery, parameters: Parameters) -> CaseQuery:
    """Cases of the pack that run under another version; of a calendar, those under an older edition of its country.

    Raises FieldsRefused for rules of a platform that is not asked for: nobody learns of them, nor writes of them.
    """
    if "policy" in parameters and policy_of(parameters["policy"]).platform not in query.platforms:
        raise wrong("version", "not_published")
    if query.numbers:
        return query
    if "policy" in parameters:
        return replace(query, pack=parameters["pack"], not_policy=parameters["policy"])
    return replace(query, calendar_before=parameters["calendar"])


def _begun(parameters: Parameters, run_id: int, actor_id: int, cases: int) -> None:
    """The audit trail of the rules, or of the calendar, names the run."""
    told = {name: parameters[name] for name in ("version", "edition", "keep", "case", "shorten") if name in parameters}
    after = {**told, "run": run_id, "cases": cases}
    if "policy" in parameters:
        record(Kind.CASES_MIGRATED, pack=parameters["pack"], actor_id=actor_id, after=after)
    else:
        record_on_calendar(
            CalendarKind.CASES_MIGRATED, country=parameters["country"], actor_id=actor_id, after=after
        )  # fmt: skip


MIGRATE: Final = BulkKind(
    code="migrate", label=_("Put under other rules"), checked=_checked, decided=_decided, told=_words,
    already=frozenset({"same_rules"}), meant=_meant, begun=_begun,
)  # fmt: skip
