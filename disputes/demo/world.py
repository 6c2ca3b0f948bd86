"""The demo's world: it lives through the stories in the order of time, with every timer noticed on time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from contract import clock
from disputes.demo.orders import Batch, batches, order_number
from disputes.demo.people import People
from disputes.demo.pictures import picture
from disputes.demo.plots import Move
from disputes.demo.stories import Story
from disputes.models import Case, Exhibit, ExhibitFile, Order
from disputes.selectors.access import CaseAccess, case_for
from disputes.selectors.cases import case_view
from disputes.services.acting import perform, queue_for_later
from disputes.services.exhibiting import draft_exhibit, submit_exhibits
from disputes.services.filing import file_dispute
from disputes.services.importing import run_import
from disputes.services.ordering import answer_payout
from disputes.services.sweeping import sweep_batch
from disputes.services.writer import Done, tell_cases

NEXT_WAKE: Final = "SELECT greatest(min(wake_at), gongduan_clock()) FROM disputes_case HAVING min(wake_at) IS NOT NULL"
WORDS_ALONE: Final = {"qiu": ("screen", "detail"), "tang": ("screen",), "olive": ("screen", "detail")}
"""Who describes without a picture: not every piece of evidence is one."""
ANSWERS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("buyer", "detail"): ("item_detail", "listing_screenshot"),
    ("buyer", "screen"): ("redemption_recording", "redemption_result", "listing_screenshot"),
    ("seller", "packing"): ("listing_proof", "delivery_record"),
    ("seller", "report"): ("listing_proof",),
    ("seller", "screen"): ("delivery_record",),
}
"""Which item of the checklist a picture of a side stands for: the first of them that the case asks for."""


@contextmanager
def clock_as_it_was() -> Iterator[datetime]:
    """The present moment; whatever happens inside, the clock goes on from there afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ahead_by, frozen_at FROM contract_clock_offset")
        row = cursor.fetchone()
    yield clock.database_now()
    now = clock.reset()
    if row is not None and row[1] is not None:
        clock.freeze(row[1])
    elif row is not None:
        clock.travel(to=now + row[0])


@dataclass(slots=True)
class World:
    """Who is there, and what they have done so far."""

    people: People
    now: datetime
    """The present: the last moment anything happens at."""
    cases: dict[int, str] = field(default_factory=dict)
    """The number of each story's case."""
    pictures: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def live(self, stories: Iterable[Story]) -> None:
        """Do everything of every story at its moment, letting timers pass in between."""
        told = list(stories)
        agenda: list[tuple[datetime, Callable[[], None]]] = [
            (batch.at, partial(self._import, batch)) for batch in batches(told, self.people, self.now)
        ]
        for index, story in enumerate(told):
            start = story.start(self.now)
            agenda += [(start + move.after, partial(self._do, index, move)) for move in story.plot.moves]
        for at, thing in sorted(agenda, key=lambda entry: entry[0]):
            self.let_pass(at)
            thing()
        self.let_pass(self.now)

    def let_pass(self, until: datetime) -> None:
        """Go to a moment, stopping wherever a deadline is due."""
        while (wake := self._next_wake()) is not None and wake <= until:
            clock.freeze(wake)
            if not sweep_batch().claimed:
                break
        clock.freeze(until)

    def _next_wake(self) -> datetime | None:
        with connection.cursor() as cursor:
            cursor.execute(NEXT_WAKE)
            row = cursor.fetchone()
        return row[0] if row else None

    # What happens

    def _import(self, batch: Batch) -> None:
        report = run_import(self.people.users["root"].pk, format="native", payload=batch.payload)
        refused = [row for row in report.rows if row.result == "refused"]
        if refused:
            raise RuntimeError(f"the demo's own orders are refused: {refused[0].errors}")

    def _do(self, index: int, move: Move) -> None:
        if move.action == "file":
            self.cases[index] = self._file(index, move)
        elif move.who == "marketplace":
            self._tell(self.cases[index], move)
        else:
            self._act(case_for(self.people.users[move.who], self.cases[index]), move)

    def _file(self, index: int, move: Move) -> str:
        order = Order.objects.get(outside_id=order_number(index))
        lines = [{"line": line.pk, "quantity": line.quantity} for line in order.lines.all()]
        data = move.data
        done = file_dispute(
            self.people.users[move.who].pk, order_id=order.pk, lines=lines, reason=data["reason"],
            remedy=data["remedy"], amount=data["amount"], goods_received=order.signed_at is not None,
            description=data["text"],
        )  # fmt: skip
        assert isinstance(done, Done)
        return done.number

    def _tell(self, number: str, move: Move) -> None:
        if move.action == "told":
            ids = list(Case.objects.filter(number=number).values_list("pk", flat=True))
            with transaction.atomic():
                tell_cases(ids, kind=move.data["kind"], at=clock.database_now(), data=move.data["data"])

    def _act(self, access: CaseAccess, move: Move) -> None:
        data = dict(move.data)
        shows = data.pop("shows", None)
        exhibits = [self._draft(access, move.who, *shows, slot=data.pop("slot", ""))] if shows else []
        if move.action == "shows":
            submit_exhibits(access, exhibits)
        elif move.action == "queues":
            queue_for_later(access, data.pop("action"), data)
        elif move.action == "paid":
            answer_payout(access, **data)
        else:
            perform(access, move.action, {**data, **_evidence(access, move.action, exhibits)})

    def _draft(self, access: CaseAccess, who: str, subject: str, text: str, *, slot: str) -> UUID:
        """A draft with a picture; one person draws each subject once and shows it again elsewhere."""
        slot = slot or _asked(access, subject)
        known = self.pictures.get((who, subject))
        if subject in WORDS_ALONE.get(who, ()):
            return draft_exhibit(access, description=text, slot=slot).exhibit_id
        uploads = [] if known else [picture(subject, who)]
        drafted = draft_exhibit(access, uploads=uploads, description=text, slot=slot)
        if known:
            ExhibitFile.objects.create(exhibit_id=drafted.exhibit_id, file_id=known)
        else:
            self.pictures[who, subject] = drafted.receipt.files[0].id
        return drafted.exhibit_id


def _asked(access: CaseAccess, subject: str) -> str:
    """The item of the checklist this picture answers; empty when the case asks for none like it."""
    asked = {item.slot for item in case_view(access).evidence.requirements if item.party == access.party}
    return next((slot for slot in ANSWERS.get((str(access.party), subject), ()) if slot in asked), "")


def _evidence(access: CaseAccess, action: str, exhibits: list[UUID]) -> dict[str, Any]:
    """Exhibits handed in with an action, or a ruling's answers to those that were."""
    if exhibits:
        return {"exhibits": [str(each) for each in exhibits]}
    if action not in ("rule", "decide_appeal"):
        return {}
    shown = Exhibit.objects.filter(case_id=access.case_id, status=Exhibit.Status.SUBMITTED)
    return {"findings": {str(row.pk): "已查看，与处理理由一并考虑。" for row in shown}}
