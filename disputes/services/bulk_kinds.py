"""What can be done to many cases at once: each kind in one place, with its words, its parameters and its decision.

To add one, write a `BulkKind` and put it into `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contract.clock import database_now
from contract.errors import FieldProblem, Words
from disputes.errors import FieldsRefused
from disputes.labels import field_sentence
from disputes.labels.words import HOLDS_OF_ONE_CASE
from disputes.services.loading import LockedCase
from disputes.snapshot import moment
from rules.engine.decide import decide
from rules.engine.events import Event, Refusal, Step, Via
from rules.engine.types import CaseSnapshot, Party

Parameters = Mapping[str, Any]


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
    checked: Callable[[Mapping[str, Any]], dict[str, Any]]
    """The parameters as a run keeps them. Raises FieldsRefused with pointers below `/parameters`."""
    decided: Callable[[Asked, LockedCase, CaseSnapshot], Taken | Refusal]
    """What happens to a settled case, or why not."""
    already: frozenset[str] = frozenset()
    """Refusals that say that a case is as was asked already."""


def doing(kind: str, asked: Asked, case: LockedCase, snapshot: CaseSnapshot, **data: Any) -> Taken | Refusal:
    """An event of the engine's own by who asked, with the run it belongs to."""
    told = data if asked.run_id is None else {**data, "run": asked.run_id}
    event = Event(
        kind=kind, party=Party.PLATFORM, at=case.now, actor=asked.actor_id, via=asked.via, data=told
    )  # fmt: skip
    result = decide(case.policy, case.calendar, snapshot, event, now=case.now)
    return Taken(step=result, case=case) if isinstance(result, Step) else result


def wrong(name: str, code: str, **data: Any) -> FieldsRefused:
    """One parameter that cannot be taken."""
    problem = FieldProblem(pointer=f"/parameters/{name}", code=code, detail=field_sentence(code, data))
    return FieldsRefused(fields=[problem])


def only(parameters: Mapping[str, Any], *names: str) -> None:
    """Raises FieldsRefused for a parameter that the kind does not know."""
    for name in parameters:
        if name not in names:
            raise wrong(name, "unknown_field", known=", ".join(names))


def chosen(parameters: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    """One of these. Raises FieldsRefused."""
    value = parameters.get(name)
    if value in (None, ""):
        raise wrong(name, "required")
    if value not in choices:
        raise wrong(name, "unknown_choice", choices=", ".join(choices))
    return str(value)


def _checked_hold(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Why (`held_for`), and until when that is thought to be (`until`): a reminder, nothing runs again by itself."""
    only(parameters, "held_for", "until")
    told = {"held_for": chosen(parameters, "held_for", HOLDS_OF_ONE_CASE)}
    until = parameters.get("until")
    if until in (None, ""):
        return told
    try:
        at = moment(str(until))
    except ValueError:
        raise wrong("until", "not_a_moment") from None
    if at.tzinfo is None:
        raise wrong("until", "not_a_moment")
    if at <= database_now():
        raise wrong("until", "in_the_past")
    return {**told, "until": at.isoformat()}


def _hold(asked: Asked, case: LockedCase, snapshot: CaseSnapshot) -> Taken | Refusal:
    return doing("pause", asked, case, snapshot, reason=asked.parameters["held_for"])


HOLD: Final = BulkKind(
    code="hold", label=_("Hold"), checked=_checked_hold, decided=_hold, already=frozenset({"already_paused"})
)
KINDS: Final[Mapping[str, BulkKind]] = {kind.code: kind for kind in (HOLD,)}


def kind_of(code: str) -> BulkKind:
    """Raises FieldsRefused for an unknown one."""
    found = KINDS.get(code)
    if found is None:
        detail = field_sentence("unknown_choice", {"choices": ", ".join(KINDS)})
        raise FieldsRefused(fields=[FieldProblem(pointer="/kind", code="unknown_choice", detail=detail)])
    return found
