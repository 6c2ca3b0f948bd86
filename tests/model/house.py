"""The same comparison with the whole house in the engine's place: the interface, the services, the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.core.cache import cache
from django.db import transaction

from contract.clock import database_now
from contract.errors import DomainError
from disputes.models import CaseEvent, Exhibit
from disputes.services.loading import lock_case
from disputes.services.sweeping import sweep_until_done
from disputes.services.writer import Intent, act
from model import lifecycle
from model.doing import Doing
from model_walks.comparing import Ground, Pair
from model_walks.known import Difference
from model_walks.steps import Drawer, Start, Step
from rules.engine.types import Party

PERSONS = {"buyer": 1, "seller": 2, "approve_ruling": 4, "return_ruling": 4, "decide_appeal": 5}
NEEDS_FILES = frozenset("submit_exhibit withdraw_exhibit admit_late_evidence object_return submit_appeal".split())
"""What brings files along has tests of its own."""
STAFF_CODES = frozenset(
    "not_your_case assigned_to_another conflict_of_interest not_your_action not_offered other_arbitrator_needed".split()
)
"""Whose case it is among staff is no rule of the platforms, nor who keeps out of a second review otherwise."""
MARGIN = timedelta(seconds=20)
"""The clock of the house goes on by itself, so nothing is tried this close to a due time."""


class HousePair(Pair):
    """One case of the house beside one of the model."""

    def __init__(self, start: Start, ground: Ground, number: str, clients: Mapping[int, Any], travel: Any) -> None:
        super().__init__(start, ground)
        self.number, self.clients, self.travel = number, clients, travel
        self.code, self.tried, self.taken = "", 0, 0
        self._read()
        order = {"facts": self.snapshot.facts, "anchors": _written(self.snapshot.anchors)}
        self.case = lifecycle.new_case(ground.pack, ground.remedies, order)
        self.now = self.snapshot.recorded_at or start.filed
        self.case.unsure.add("T8b")  # who rules takes the case first, which ends the picking up
        lifecycle.file(self.case, start.form, self.now)

    def take(self, step: Step) -> list[Difference]:
        self.travel(to=self._clear_of_due_times(max(step.now, database_now() + timedelta(seconds=1))))
        self.before, self.act, self.data = str(self.snapshot.stage), "", {}
        sweep_until_done(sweeper="test")
        self._read()
        lifecycle.pass_time(self.case, self.now)
        if (found := list(self.differences())) or not step.act or self.case.lost:
            return found
        self.before, self.act, self.data = str(self.snapshot.stage), step.act, step.data
        return self._tell(step) if step.who == "marketplace" else self._do(step)

    def _clear_of_due_times(self, moment: datetime) -> datetime:
        dues = [state.due_at for state in self.snapshot.deadlines.values() if state.pending]
        while near := [due for due in dues if abs(due - moment) < MARGIN]:
            moment = max(near) + MARGIN
        return moment

    def _read(self) -> None:
        """The case as the database has it, and when its last event was recorded."""
        with transaction.atomic():
            case = lock_case(self.number)
        assert case is not None
        version = self.snapshot.version
        self.snapshot = case.snapshot
        self.now = database_now()
        if case.snapshot.version > version and case.snapshot.recorded_at:
            self.now = case.snapshot.recorded_at
        events = CaseEvent.objects.filter(case_id=case.id, sequence__gt=version).order_by("sequence")
        self.edges |= {(self.before, kind, "") for kind in events.values_list("kind", flat=True)}

    def _tell(self, step: Step) -> list[Difference]:
        at = min(step.at or step.now, self.now)
        try:
            act(Intent(number=self.number, kind=step.act, party=Party.MARKETPLACE, actor_id=None,
                       data=dict(step.data), at=at))  # fmt: skip
        except DomainError:
            return list(self.differences())
        self._read()
        lifecycle.tell(self.case, step.act, step.data, at, self.now)
        lifecycle.pass_time(self.case, self.now)
        return list(self.differences())

    def _do(self, step: Step) -> list[Difference]:
        answer = self._post(step)
        if answer is None:
            return []
        self._read()
        doing = Doing(step.act, step.who, step.person, step.data, self.now, self.now)
        opinion, self.tried, self.taken = lifecycle.judge(self.case, doing), self.tried + 1, self.taken + answer
        if opinion is None:
            self.case.silent(f"whether {step.act} is taken")
        elif opinion is not answer:
            return [self._difference("taken", answer or self.code, opinion)]
        if answer:
            lifecycle.carry_out(self.case, doing)
            lifecycle.pass_time(self.case, self.now)
        return list(self.differences())

    def _post(self, step: Step) -> bool | None:
        """Whether the interface took it; None where a rule of the house, not of the platform, stood in the way."""
        assert step.person is not None
        address = f"/api/v1/cases/{self.number}/actions/{step.act}/"
        cache.clear()  # a walk asks more often than any person may
        answer = self.clients[step.person].post(address, outward(step.data), format="json")
        self.code = "" if answer.status_code == 200 else str(answer.json().get("code")) + str(answer.content[:300])
        if answer.status_code in (403, 404) or any(code in self.code for code in STAFF_CODES):
            return None
        assert answer.status_code in (200, 409, 422), self.code
        return bool(answer.status_code == 200)

    def _difference(self, what: str, engine: Any, model: Any, row: str = "") -> Difference:
        return replace(super()._difference(what, engine, model, row), stage=self.before)

    def differences(self) -> Any:
        self.total = self.case.paid  # the money of the house has walks of its own
        return super().differences()


def _written(anchors: Mapping[str, datetime]) -> dict[str, str]:
    return {name: moment.isoformat() for name, moment in anchors.items()}


def outward(data: Mapping[str, Any]) -> dict[str, Any]:
    """The words of the interface for what a walk draws."""
    said = {name: value for name, value in data.items() if name not in ("exhibits", "ruling")}
    if "address" in said:
        said["address"] = f"Hangzhou, {said['address']['id']} Lake Road"
    if "ruling" in data:
        answers = {str(pk): "seen" for pk in Exhibit.objects.filter(status="submitted").values_list("pk", flat=True)}
        said |= {"lines": [], "findings": answers, "reasons": "So it is.", "confirm": True}
    return said


def drawn(drawer: Drawer, pair: HousePair, random: Random) -> Step:
    """A step that needs no files, by the person who would take it."""
    while True:
        step = drawer.step(pair.snapshot, pair.now)
        if step.act in NEEDS_FILES or step.act == "payout_succeeded":
            continue
        data = {name: value for name, value in step.data.items() if name != "exhibits"}
        person = PERSONS.get(step.act, PERSONS.get(step.who, 3)) if step.who != "marketplace" else None
        return replace(step, data=data, person=person)
