"""Cases lived through the awkward days of a calendar, on the database's clock alone, and the record of what became."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from trials.stage import Stage

PACIFIC = "America/Los_Angeles"
EDGES: dict[str, datetime] = {
    name: datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(PACIFIC)).astimezone(UTC)
    for name, local in (
        ("end of summer time", "2027-11-04T23:30"), ("year end", "2027-12-29T17:00"), ("leap day", "2028-02-26T09:00"),
        ("summer time", "2028-03-10T02:30"),
    )
}  # fmt: skip
"""When cases are opened, each a few days before its night, by AliExpress's clock."""
PACKS = ("aliexpress", "taobao.general")
LIFE = timedelta(days=30)
"""How long each edge is watched; then its cases are over or no more than waiting."""

ANSWERED = timedelta(hours=2)
"""When people act, after the opening."""

Record = list[dict[str, Any]]
Between = Callable[[datetime], None]
"""Called at every moment something fell due, after it was swept."""


@dataclass(kw_only=True)
class Story:
    """What happens; the clock of the database is frozen at each moment in turn."""

    stage: Stage
    between: Between = lambda _now: None
    acting: Callable[[Callable[[], None]], None] = lambda act: act()
    """Wraps what people do, so that a trial may disturb the clock meanwhile."""
    numbers: list[tuple[str, str]] = field(default_factory=list)
    """Edge and number of each case."""

    def live(self, edges: dict[str, datetime]) -> Record:
        """Live through the edges, one after the other, and tell what became."""
        for edge, start in edges.items():
            self._at(start)
            opened = [(plot, self._open(edge, start, pack)) for pack in PACKS for plot in PLOTS]
            self._at(start + ANSWERED)
            for plot, number in opened:
                self.acting(lambda plot=plot, number=number: PLOTS[plot](self.stage, number))  # type: ignore[misc]
            self._let_time_pass(until=start + LIFE)
        return [told(edge, number) for edge, number in self.numbers]

    def _open(self, edge: str, start: datetime, pack: str) -> str:
        reason = "NOT_AS_DESCRIBED" if pack == "aliexpress" else "DAMAGED"
        number = self.stage.file(start, pack=pack, reason=reason)
        self.numbers.append((edge, number))
        return number

    def _let_time_pass(self, *, until: datetime) -> None:
        from disputes.services.sweeping import next_wake, sweep_until_done
        from notifications.services.relay import relay_until_done

        while (wake := next_wake()) is not None and wake.at < until:
            now = wake.at.astimezone(UTC)
            self._at(now)
            sweep_until_done(sweeper="trial")
            relay_until_done()
            self.between(now)
        self._at(until)

    def _at(self, moment: datetime) -> None:
        from contract import clock

        clock.freeze(moment)


def _silent(_stage: Stage, _number: str) -> None:
    """The seller never answers."""


def _refused(stage: Stage, number: str) -> None:
    """The seller refuses, and the buyer never answers."""
    stage.does(stage.people.seller, number, "refuse", refusal="NOT_AGREED", statement="It left whole.")


def _asked(stage: Stage, number: str) -> None:
    """The platform is asked, and nobody shows anything."""
    _refused(stage, number)
    stage.does(stage.people.buyer, number, "request_intervention", statement="Please decide.")


PLOTS: dict[str, Callable[[Stage, str], None]] = {"silent": _silent, "refused": _refused, "asked": _asked}


def told(edge: str, number: str) -> dict[str, Any]:
    """All that has a time in a case, and how it ended; nothing that is random."""
    from disputes.models import Case
    from notifications.models import Delivery, Notification

    case = Case.objects.get(number=number)
    rows = Notification.objects.filter(case_id=case.pk)
    mails = Delivery.objects.filter(notification__in=rows)
    return {
        "edge": edge, "pack": case.pack, "opened": _text(case.opened_at), "stage": case.stage, "outcome": case.outcome,
        "events": _rows(case.events.order_by("sequence"), "kind", "party", "at", "recorded_at", "stage"),
        "deadlines": _rows(case.deadlines.order_by("name"), "name", "status", "started_at", "due_at"),
        "payouts": _rows(case.payouts.order_by("sequence", "pk"), "amount", "ordered_at"),
        "told": _rows(rows.order_by("sequence", "role", "kind", "pk"), "sequence", "role", "kind", "created_at"),
        "mails": _rows(
            mails.order_by("notification__sequence", "notification__role", "pk"), "notification__created_at",
            "next_try_at",
        ),
    }  # fmt: skip


def _rows(rows: Any, *names: str) -> list[list[str]]:
    return [[_text(value) for value in row] for row in rows.values_list(*names)]


def _text(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def due_times(record: Record) -> Iterator[datetime]:
    """Every due time of a record, case by case."""
    for case in record:
        yield from (datetime.fromisoformat(due) for _name, _status, _started, due in case["deadlines"])
