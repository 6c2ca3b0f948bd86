"""What can be done to many cases at once: each kind in one place, with its words, its parameters and its decision.

To add one, write a `BulkKind` and put it into `bulk_registry.KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from contract.errors import FieldProblem, Words
from contract.moments import local_moment
from disputes.errors import FieldsRefused
from disputes.labels import bulk, field_sentence
from disputes.labels.words import HOLDS, HOLDS_OF_ONE_CASE, name_of
from disputes.selectors.bulk import CaseQuery
from disputes.selectors.bulk_sets import DeadlineWords
from disputes.services.loading import LockedCase
from rules.engine.decide import decide
from rules.engine.events import Event, Refusal, Step, Via
from rules.engine.types import CaseSnapshot, DeadlineKind, Party
from rules.selectors import packs_in_force, versions_of

Parameters = Mapping[str, Any]
MOST_HOURS: Final = 24 * 365
"""More than a year the engine gives to no deadline at once."""
LONGEST_HOLD: Final = timedelta(days=3653)
"""Ten years: whoever thinks of a longer hold mistook the year."""


def _nothing_more(_parameters: Parameters, _run_id: int, _actor_id: int, _cases: int) -> None:
    """The run itself tells who had it done, and why."""


def _as_it_is(query: CaseQuery, _parameters: Parameters) -> CaseQuery:
    return query


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a run does to each of its cases, and in whose name."""

    run_id: int | None
    """None while it is only tried out."""
    actor_id: int
    via: Via
    parameters: Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What happens to a case."""

    step: Step
    case: LockedCase
    """The case it is written as: another one than was read only where the step changes under which rules it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkKind:
    """One kind of run."""

    code: str
    label: Words
    checked: Callable[[Parameters], dict[str, Any]]
    """The parameters as a run keeps them. Raises FieldsRefused with pointers below `/parameters`."""
    decided: Callable[[Asked, LockedCase, CaseSnapshot], Taken | Refusal]
    """What happens to a settled case, or why not; a refusal's code has its words in `disputes.labels`."""
    told: Callable[[Parameters, DeadlineWords], str]
    """What is done, in a phrase with its parameters."""
    already: frozenset[str] = frozenset()
    """Refusals that say that a case is as was asked already."""
    meant: Callable[[CaseQuery, Parameters], CaseQuery] = _as_it_is
    """The query without cases that what is asked cannot be about."""
    begun: Callable[[Parameters, int, int, int], None] = _nothing_more
    """Called in the transaction that starts a run, with its parameters, its id, who asked and how many cases."""


def doing(kind: str, asked: Asked, case: LockedCase, snapshot: CaseSnapshot, **data: Any) -> Taken | Refusal:
    """An event of the engine's own by who asked, with the run it belongs to."""
    told = data if asked.run_id is None else {**data, "run": asked.run_id}
    event = Event(kind=kind, party=Party.PLATFORM, at=case.now, actor=asked.actor_id, via=asked.via, data=told)
    result = decide(case.policy, case.calendar, snapshot, event, now=case.now)
    return Taken(step=result, case=case) if isinstance(result, Step) else result


def wrong(name: str, code: str, **data: Any) -> FieldsRefused:
    """One parameter that cannot be taken."""
    problem = FieldProblem(pointer=f"/parameters/{name}", code=code, detail=field_sentence(code, data))
    return FieldsRefused(fields=[problem])


def only(parameters: Parameters, *names: str) -> None:
    """Raises FieldsRefused for a parameter that the kind does not know."""
    for name in parameters:
        if name not in names:
            raise wrong(name, "unknown_field", known=", ".join(names))


def chosen(parameters: Parameters, name: str, choices: tuple[str, ...]) -> str:
    """One of these. Raises FieldsRefused."""
    value = parameters.get(name)
    if value in (None, ""):
        raise wrong(name, "required")
    if value not in choices:
        raise wrong(name, "unknown_choice", choices=", ".join(choices))
    return str(value)


def _checked_hold(parameters: Parameters) -> dict[str, Any]:
    """Why (`held_for`), and until when that is thought to be (`until`): a reminder, nothing runs again by itself."""
    only(parameters, "held_for", "until")
    told = {"held_for": chosen(parameters, "held_for", HOLDS_OF_ONE_CASE)}
    return {**told, "until": _later(parameters["until"])} if parameters.get("until") else told


def _later(text: Any) -> str:
    """A moment that has not passed. Raises FieldsRefused."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise wrong("until", "not_a_moment") from None
    if at.tzinfo is None:
        raise wrong("until", "not_a_moment")
    now = database_now()
    if at <= now:
        raise wrong("until", "in_the_past")
    if at - now > LONGEST_HOLD:
        raise wrong("until", "too_far_off", days=LONGEST_HOLD.days)
    return at.astimezone(UTC).isoformat()


def _hold(asked: Asked, case: LockedCase, snapshot: CaseSnapshot) -> Taken | Refusal:
    return doing("pause", asked, case, snapshot, reason=asked.parameters["held_for"])


def _told_hold(parameters: Parameters, _word: DeadlineWords) -> str:
    why = name_of(HOLDS, parameters["held_for"])
    if "until" not in parameters:
        return str(bulk.HELD) % {"why": why}
    until = f"{local_moment(datetime.fromisoformat(parameters['until']), None):%Y-%m-%d %H:%M}"
    return str(bulk.HELD_UNTIL) % {"why": why, "until": until}


def _checked_resume(parameters: Parameters) -> dict[str, Any]:
    """How the clocks run again (`mode`): moved, lapse or fresh."""
    only(parameters, "mode")
    return {"mode": chosen(parameters, "mode", tuple(bulk.MODES))}


def _resume(asked: Asked, case: LockedCase, snapshot: CaseSnapshot) -> Taken | Refusal:
    result = doing("resume", asked, case, snapshot, mode=asked.parameters["mode"])
    if isinstance(result, Refusal) and result.problems:
        return replace(result, code="cannot_be_moved", problems=())
    return result


def _told_resume(parameters: Parameters, _word: DeadlineWords) -> str:
    return str(bulk.MODES[parameters["mode"]])


def _checked_extend(parameters: Parameters) -> dict[str, Any]:
    """Which deadline (`deadline`), and by how much: `hours` or `days` of 24 hours."""
    only(parameters, "deadline", "hours", "days")
    deadline = chosen(parameters, "deadline", deadline_names())
    given = [name for name in ("hours", "days") if parameters.get(name) is not None]
    if len(given) != 1:
        raise wrong(given[-1] if given else "hours", "hours_or_days")
    amount, most = parameters[given[0]], MOST_HOURS if given == ["hours"] else MOST_HOURS // 24
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= most:
        raise wrong(given[0], "not_within", least=1, most=most)
    return {"deadline": deadline, "hours": amount if given == ["hours"] else 24 * amount}


def deadline_names() -> tuple[str, ...]:
    """Every deadline that can be given more time, of every version: cases run under old ones too."""
    packs = dict.fromkeys(version.pack for version in packs_in_force())
    rules = (rule for pack in packs for each in versions_of(pack) for rule in each.policy.deadlines.values())
    return tuple(sorted({rule.name for rule in rules if rule.kind is not DeadlineKind.NOTICE}))


def _extend(asked: Asked, case: LockedCase, snapshot: CaseSnapshot) -> Taken | Refusal:
    told = {name: asked.parameters[name] for name in ("deadline", "hours")}
    result = doing("extend", asked, case, snapshot, **told)
    if isinstance(result, Refusal) and result.problems:
        return replace(result, code="deadline_not_running", problems=())
    return result


def _told_extend(parameters: Parameters, word: DeadlineWords) -> str:
    days, hours = divmod(parameters["hours"], 24)
    words = bulk.IN_HOURS % {"count": parameters["hours"]} if hours else bulk.IN_DAYS % {"count": days}
    return str(bulk.MORE_TIME) % {"deadline": word(parameters["deadline"]), "length": words}


HOLD: Final = BulkKind(
    code="hold", label=_("Hold"), checked=_checked_hold, decided=_hold, told=_told_hold,
    already=frozenset({"already_paused"}),
)  # fmt: skip
RESUME: Final = BulkKind(
    code="resume", label=_("Let run again"), checked=_checked_resume, decided=_resume, told=_told_resume,
    already=frozenset({"not_paused"}),
)  # fmt: skip
EXTEND: Final = BulkKind(
    code="extend", label=_("Give more time"), checked=_checked_extend, decided=_extend, told=_told_extend
)
