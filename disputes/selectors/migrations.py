"""What the journal tells of a case that was put under other rules, in words for everybody who reads the case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from contract.moments import local_moment, moment_in_words
from disputes.labels import migrating
from disputes.selectors.clocks import deadline_label
from disputes.selectors.events import EventRecord
from disputes.selectors.reading import CaseRead
from disputes.snapshot import moment
from rules.engine.migrating import DEADLINE_MOVED, KEPT, is_kept
from rules.engine.pins import MIGRATED
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.types import DeadlineKind, DeadlineState
from rules.selectors import policy_of


def migration_in_words(read: CaseRead, event: EventRecord) -> str:
    """Which rules took the place of which, and what moved; staff see their own targets too."""
    moves = tuple(_moves(read, event)) or (str(migrating.NOTHING_MOVED),)
    return str(migrating.BETWEEN).join((rules_in_words(event.data), *moves))


def rules_in_words(data: Mapping[str, Any]) -> str:
    """The version, the edition or both that changed."""
    before, after = data["from"], data["to"]
    parts = (("policy", "number", migrating.VERSION), ("calendar", "edition", migrating.EDITION))
    return str(migrating.BETWEEN).join(
        str(words) % {"before": before.get(number, ""), "after": after.get(number, "")}
        for name, number, words in parts if before[name] != after[name]
    )  # fmt: skip


def former_policies(events: Iterable[EventRecord]) -> tuple[Policy, ...]:
    """The rules a case ran under before those it runs under now, by its journal."""
    return tuple(policy_of(int(event.data["from"]["policy"])) for event in events if event.kind == MIGRATED)


def _moves(read: CaseRead, event: EventRecord) -> Iterator[str]:
    for told in event.facts.get("emits", ()):
        rule = _rule(event, str(told.get("deadline"))) if told["name"] == DEADLINE_MOVED else None
        if rule is None or (rule.kind is DeadlineKind.TARGET and not read.staff):
            continue
        words = migrating.MOVED if told["from"] and told["to"] else migrating.ENDS if told["from"] else migrating.BEGINS
        moments = {"before": _said(read, told["from"]), "after": _said(read, told["to"])}
        yield str(words) % {"deadline": deadline_label(rule), **moments}


def _rule(event: EventRecord, name: str) -> DeadlineRule | None:
    """The deadline by the rules the case went on with, or else by those it left."""
    policies = (policy_of(int(event.data[side]["policy"])) for side in ("to", "from"))
    return next((policy.deadlines[name] for policy in policies if name in policy.deadlines), None)


def _said(read: CaseRead, text: str | None) -> str:
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    return moment_in_words(local_moment(at, read.policy.zone), now=read.now, with_zone=True)


def kept_promise(read: CaseRead, state: DeadlineState) -> str:
    """The sentence of a deadline whose promise a migration kept against the new rules; empty for every other."""
    told = (read.facts.get(KEPT) or {}).get(state.name)
    if told is None or not is_kept(told, state) or moment(told["says"]) > state.due_at:
        return ""
    return str(migrating.KEPT)
