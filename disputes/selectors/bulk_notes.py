"""What staff read in the history of a case beside an event of a run over many cases: which run, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from disputes.models import BulkRun
from disputes.selectors.events import EventRecord


def note_key(event: EventRecord) -> str:
    """Under which the note of an event's run is kept; empty for an event of no run."""
    return f"run:{event.data['run']}" if "run" in event.data else ""


def notes_of_runs(events: Iterable[EventRecord]) -> dict[str, dict[str, Any]]:
    """The note of each run that did something here, as the texts of a history are kept."""
    runs = {event.data["run"] for event in events if "run" in event.data}
    rows = BulkRun.objects.filter(pk__in=runs).values_list("pk", "reason") if runs else ()
    words = _("Bulk run %(number)s: %(reason)s")
    return {f"run:{pk}": {"kind": "note", "text": words % {"number": pk, "reason": reason}} for pk, reason in rows}
