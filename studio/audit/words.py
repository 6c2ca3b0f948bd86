"""The trail in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from contract.errors import Words
from disputes.services.bulk_registry import KINDS as BULK_KINDS
from rules.circumstances import listed, readable
from rules.models import CalendarAction, RuleAction
from studio.models import LabRun

SOURCE_LABELS: Final[Mapping[str, Words]] = {
    "rules": _("Rules"),
    "calendars": _("Calendars"),
    "others": _("Feeds, people, stuck cases"),
    "stop": _("Stops of automatic outcomes"),
    "resumption": _("Ends of such stops"),
    "freeze": _("Freezes"),
    "freeze_end": _("Freezes ended early"),
    "lab": _("Lab"),
    "import": _("Imports"),
    "bulk": _("Many cases at once"),
    "bulk_cancelled": _("Cancelled work on many cases"),
    "link": _("Links of names"),
    "unlink": _("Undone links of names"),
    "member": _("Members of shops"),
}

_KINDS: Final[Mapping[str, Mapping[str, Words]]] = {
    "rules": dict(RuleAction.Kind.choices),
    "link": {"name_linked": _("Linked a marketplace's name")},
    "unlink": {"name_unlinked": _("Undid the link of a name")},
    "member": {
        "joined": _("Let somebody act for a shop"),
        "role_changed": _("Changed somebody's role in a shop"),
        "left": _("Left a shop"),
        "removed": _("Took somebody out of a shop"),
    },
    "others": {
        "feed_off": _("Let a feed count no longer"),
        "feed_on": _("Let a feed count"),
        "lab_cancelled": _("Cancelled a run of the lab"),
        "person_created": _("Made an account"),
        "person_readmitted": _("Let somebody log in again"),
        "person_suspended": _("Suspended somebody"),
        "role_given": _("Gave a role"),
        "role_taken": _("Took a role away"),
        "shop_opened": _("Opened a shop"),
        "stuck_retried": _("Had a stuck case tried again"),
    },
    "calendars": dict(CalendarAction.Kind.choices),
    "stop": {"stopped": _("Stopped automatic outcomes")},
    "resumption": {"resumed": _("Let automatic outcomes happen again")},
    "freeze": {"frozen": _("Planned a freeze")},
    "freeze_end": {"thawed": _("Ended a freeze early"), "called_off": _("Called a freeze off")},
    "lab": dict(LabRun.Kind.choices),
    "import": {"tried": _("Tried an import"), "imported": _("Imported")},
    "bulk": {code: kind.label for code, kind in BULK_KINDS.items()},
    "bulk_cancelled": {"cancelled": _("Cancelled work on many cases")},
}

FIELDS: Final[Mapping[str, Words]] = {
    "accepted": _("Accepted"),
    "amount": _("Amount"),
    "begins_at": _("Begins"),
    "base": _("Builds on version"),
    "both_changed": _("Changed by both"),
    "cases": _("How many cases"),
    "changes": _("Changes"),
    "created": _("Newly made"),
    "digest": _("Digest"),
    "ends_at": _("Ends"),
    "effective_from": _("Effective from"),
    "finding": _("Finding"),
    "format": _("Format"),
    "orders": _("Orders"),
    "origin": _("Text of version"),
    "platform": _("Platform"),
    "reason": _("Reason"),
    "refused": _("Refused"),
    "role": _("Role"),
    "rules": _("Rules"),
    "shop": _("Shop"),
    "single_operator": _("Approved alone"),
    "source": _("Source"),
    "sources": _("Sources"),
    "status": _("State"),
    "title": _("Title"),
    "unchanged": _("Unchanged"),
    "updated": _("Updated"),
    "user_name": _("User name"),
    "version": _("Version"),
}
"""What the parts of an action are called; others keep their code."""


def label_of(source: str, kind: str) -> str:
    """What was done."""
    return str(_KINDS.get(source, {}).get(kind) or readable(kind))


def told(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each part of an action: its name, what it was, and what it became; empty where nothing is told."""
    for name in dict.fromkeys([*before, *after]):
        yield str(FIELDS.get(name, readable(name))), in_words(before.get(name)), in_words(after.get(name))


def in_words(value: Any) -> str:
    """A value as JSON holds it, for people."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return listed(map(str, value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
