"""The programs of the house and what waits for them, as administrators read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contract.signs import Standing, programs
from disputes.selectors.machinery import Machinery
from notifications.selectors import mail_backlog
from studio.queues import queue_depths

SILENT: Final = 60
"""Seconds without a sign after which a program counts as standing still. It is ended sooner, where somebody watches."""
NAMES: Final = {
    "beat": gettext_lazy("Rings the workers"),
    "deadlines": gettext_lazy("Settles due cases"),
    "ringer": gettext_lazy("Standby: settles what nobody settled"),
    "default": gettext_lazy("Tells people, sends mails, draws previews"),
    "evidence": gettext_lazy("Draws previews"),
    "mail": gettext_lazy("Sends mails"),
    "relay": gettext_lazy("Tells people and sends mails"),
}
EXPECTED: Final = ("deadlines", "ringer", "beat", "default")
"""Without these something does not happen, or happens in one way only."""
QUEUE_NAMES: Final = {
    "deadlines": gettext_lazy("Rings for due cases"),
    "default": gettext_lazy("Rings for telling people and for chores"),
    "evidence": gettext_lazy("Previews to be drawn"),
    "mail": gettext_lazy("Rings for sending mails"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramView:
    """One program on one machine."""

    does: str
    """What it does, in words."""
    instance: str
    """``name@host``; its name alone where it has never signed."""
    last_at: datetime | None
    """Its last sign; None for never."""
    ago: str
    worked: str
    """When it last finished something."""
    silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """Something that waits to be done."""

    what: str
    count: int | None
    """None where nobody knows."""
    note: str = ""
    late: bool = False


def program_views() -> tuple[ProgramView, ...]:
    """Every program that signed within a day, and those that should have."""
    signed = programs()
    order = {name: place for place, name in enumerate(EXPECTED)}
    there = [_program(each) for each in sorted(signed, key=lambda each: (order.get(each.program, 9), each.instance))]
    missing = [name for name in EXPECTED if name not in {each.program for each in signed}]
    return (*(_missing(name) for name in missing), *there)


def _program(standing: Standing) -> ProgramView:
    worked = standing.worked_seconds_ago
    return ProgramView(
        does=str(NAMES.get(standing.program, standing.program)), instance=standing.instance, last_at=standing.last_at,
        ago=ago_in_words(standing.seconds_ago), worked="" if worked is None else ago_in_words(worked),
        silent=standing.seconds_ago > SILENT,
    )  # fmt: skip


def _missing(name: str) -> ProgramView:
    return ProgramView(does=str(NAMES[name]), instance=name, last_at=None, ago="", worked="", silent=True)


def waiting_views(state: Machinery) -> tuple[WaitingView, ...]:
    """What waits in the database and in the broker."""
    mails, depths = mail_backlog(), queue_depths()
    oldest = _("the oldest for %(span)s") % {"span": span_in_words(mails.oldest_seconds)} if mails.due else ""
    return (
        WaitingView(what=_("Events nobody was told about yet"), count=state.relay_backlog),
        WaitingView(what=_("Mails that are due"), count=mails.due, note=oldest, late=mails.oldest_seconds > SILENT),
        *(
            WaitingView(what=str(name), count=depths[queue] if depths else None, note=queue)
            for queue, name in QUEUE_NAMES.items()
        ),
    )


def ago_in_words(seconds: float) -> str:
    """How long ago, in the largest unit that fits."""
    return _("%(span)s ago") % {"span": span_in_words(seconds)}


def span_in_words(seconds: float) -> str:
    """Seconds up to two minutes, minutes up to two hours, hours up to two days; rounded down."""
    for limit, size, words in (
        (120, 1, _("%(count)d s")), (7200, 60, _("%(count)d min")), (172_800, 3600, _("%(count)d h")),
    ):  # fmt: skip
        if seconds < limit:
            return words % {"count": int(seconds // size)}
    return _("%(count)d d") % {"count": int(seconds // 86_400)}
