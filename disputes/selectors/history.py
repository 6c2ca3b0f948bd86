"""The history of a case: as people read it, and as programs do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from contract.errors import NotFound
from contract.moments import local_moment, moment_in_words
from contract.money import Money
from contract.paging import CursorPage, PageRequest, page_of
from disputes.labels import turns
from disputes.labels.actions import action_name
from disputes.labels.history import DONE_BY_SOMEBODY, event_title
from disputes.labels.platform_terms import in_terms_of
from disputes.labels.words import FEEDS, HOLDS, PARTIES, RULING_OUTCOMES, name_of, pack_words
from disputes.selectors.access import CaseAccess
from disputes.selectors.actions import reason_label, rejection_advice, remedy_label
from disputes.selectors.bulk_notes import note_key, notes_of_runs
from disputes.selectors.clocks import deadline_label
from disputes.selectors.events import OF_STAFF, EventRecord, events_of, may_see
from disputes.selectors.explaining import explained
from disputes.selectors.history_views import JournalEvent, TimelineEntry, TimeReason
from disputes.selectors.migrations import former_policies, migration_in_words
from disputes.selectors.reading import CaseRead, read_case
from disputes.selectors.records import author_name
from disputes.snapshot import moment
from rules.engine.freezing import FREEZE
from rules.engine.pins import MIGRATED
from rules.engine.policy import Policy
from rules.engine.types import Party, Stage

JOURNAL = "journal"
"""The name of the journal's cursor."""


def timeline(access: CaseAccess, *, now: datetime | None = None) -> tuple[TimelineEntry, ...]:
    """Everything that happened, oldest first, as this reader may see it."""
    return timeline_of(read_case(access, now=now))


def timeline_of(read: CaseRead) -> tuple[TimelineEntry, ...]:
    """The same of a case that was read already: one statement."""
    return tuple(_entries(read, events_of(read.case.pk)))


def _entries(read: CaseRead, events: list[EventRecord]) -> Iterator[TimelineEntry]:
    texts = {row["id"]: row for row in read.rows["messages"]} | (notes_of_runs(events) if read.staff else {})
    stage, facts, within = str(Stage.NEW), dict[str, Any](), _handed_in_with_an_action(events)
    policies = (read.policy, *former_policies(events))
    for event in events:
        before, facts = stage, {**facts, **event.facts.get("set", {})}
        stage = event.stage
        if may_see(event, read.viewer) and event.sequence not in within:
            yield _entry(read, event, before, facts, texts, policies)


def _handed_in_with_an_action(events: list[EventRecord]) -> set[int]:
    """Evidence handed in by the very action that names it: the action's own entry shows it."""
    named = {
        (exhibit, event.party, event.recorded_at)
        for event in events
        if event.kind != "submit_exhibit"
        for exhibit in event.data.get("exhibits") or ()
    }
    return {
        event.sequence
        for event in events
        if event.kind == "submit_exhibit" and (event.data.get("exhibit"), event.party, event.recorded_at) in named
    }


def _entry(
    read: CaseRead, event: EventRecord, before: str, facts: Mapping[str, Any], texts: Mapping[str, Any],
    policies: Sequence[Policy],
) -> TimelineEntry:
    party = event.party if event.kind in DONE_BY_SOMEBODY and not event.by_itself else "clock"
    return TimelineEntry(
        sequence=event.sequence, kind=event.kind, party=party, mine=party == read.viewer,
        who=author_name(read, event.party, event.actor_id) if party != "clock" else "",
        title=in_terms_of(read.policy.pack, event_title(_titled(event), _values(read, event, before, facts, policies))),
        text=_text(event, texts, read),
        exhibits=tuple(UUID(str(name)) for name in _exhibits(event)),
        advice=_advice(read, event, facts), at=event.at, recorded_at=event.recorded_at,
        rule=event.rule if event.rule != "import" else "", late=bool(event.data.get("late")), system=party == "clock",
    )  # fmt: skip


def _titled(event: EventRecord) -> str:
    """The kind its title goes by: an answered payout that is not the refund has words of its own."""
    return f"{event.kind}.further" if event.data.get("refund") is False else event.kind


def _text(event: EventRecord, texts: Mapping[str, Any], read: CaseRead) -> str:
    row = texts.get(str(event.data.get("statement") or event.data.get("message") or note_key(event)))
    return row["text"] if row and (row["kind"] != "note" or read.staff) else ""


def _advice(read: CaseRead, event: EventRecord, facts: Mapping[str, Any]) -> str:
    """What to do after a call that was not taken up: to whoever called, and to the platform that said it."""
    told = read.viewer in (facts.get("intervention_by"), Party.PLATFORM)
    return rejection_advice(read.policy, str(event.data.get("reject_reason") or "")) if told else ""


def _exhibits(event: EventRecord) -> list[Any]:
    if event.kind in ("submit_exhibit", "withdraw_exhibit", "admit_late_evidence") and event.data.get("exhibit"):
        return [event.data["exhibit"]]
    return list(event.data.get("exhibits") or ())


def _values(
    read: CaseRead, event: EventRecord, before: str, facts: Mapping[str, Any], policies: Sequence[Policy]
) -> dict[str, str]:  # fmt: skip
    """What the title names, from the event first and from the facts as they were then.

    `policies` are the case's rules, and those it ran under before.
    """
    data = event.data
    terms = {name: data.get(name, facts.get(name)) for name in ("amount", "remedy", "reason")}
    policy, reason = read.policy, read.policy.reasons.get(str(terms["reason"]))
    name = str(data.get("deadline"))
    rule = next((each.deadlines[name] for each in policies if name in each.deadlines), None)
    return {
        "amount": str(read.money(terms["amount"]) or ""), "remedy": remedy_label(policy, str(terms["remedy"] or "")),
        "reason": reason_label(reason) if reason else "",
        "refusal": _own_label(policy.refusals.get(str(data.get("refusal")))),
        "rejection": _own_label(policy.rejections.get(str(data.get("reject_reason")))),
        "offer": name_of(PARTIES, str(data.get("offer", ""))), "action": action_name(str(data.get("action", ""))),
        "ruling": name_of(RULING_OUTCOMES, str(facts.get("ruled_outcome") or data.get("outcome") or "")),
        "hold": name_of(HOLDS, str(data.get("reason") or "held_by_platform")) if event.kind == "pause" else "",
        "until": _moment_of(read, data["until"]) if event.kind == FREEZE else "",
        "feed": name_of(FEEDS, str(data.get("feed", ""))),
        "rules": migration_in_words(read, event) if event.kind == MIGRATED else "",
        "deadline": deadline_label(rule) if rule else "", "what": _what_lapsed(read, event, before),
    }  # fmt: skip


def _moment_of(read: CaseRead, text: str) -> str:
    return moment_in_words(local_moment(moment(text), read.policy.zone), now=read.now, with_zone=True)


def _own_label(labels: Mapping[str, str] | None) -> str:
    return pack_words(labels, get_language() or "")


def _what_lapsed(read: CaseRead, event: EventRecord, before: str) -> str:
    if event.kind != "lapsed":
        return ""
    paid = next((e["amount"] for e in event.facts.get("emits", ()) if e["name"] == "refund"), None)
    amount = Money.parse(paid, read.case.currency) if paid else ""
    return turns.consequence(_lapse_code(event, before), str(amount))


def _lapse_code(event: EventRecord, before: str) -> str:
    if event.stage == before:
        return next((e["name"] for e in event.facts.get("emits", ()) if e["name"] in turns.CONSEQUENCES), "nothing")
    if event.stage != Stage.CLOSED:
        return f"to_{event.stage.lower()}"
    return "to_closed" if before in (Stage.APPEAL_EVIDENCE, Stage.RE_REVIEW) else event.outcome


def journal(access: CaseAccess, page: PageRequest) -> CursorPage[JournalEvent]:
    """A part of the journal as this reader may see it; the cursor is the sequence last seen."""
    after = int(page.after[0]) if page.after else 0  # type: ignore[arg-type]
    found: list[JournalEvent] = []
    while len(found) <= page.limit:
        batch = events_of(access.case_id, after=after, limit=page.limit + 1)
        found += [_told(event, access.party) for event in batch if may_see(event, access.party)]
        if len(batch) <= page.limit:
            break
        after = batch[-1].sequence
    return page_of(found, page.limit, lambda event: (event.sequence,), of=JOURNAL)


def _told(event: EventRecord, viewer: str) -> JournalEvent:
    return JournalEvent(
        sequence=event.sequence, kind=event.kind, at=event.at, recorded_at=event.recorded_at,
        actor="clock" if event.by_itself else event.party, via=event.via, rule=event.rule, stage=event.stage,
        outcome=event.outcome, material=event.material, facts=_facts_for(event, viewer),
    )  # fmt: skip


def _facts_for(event: EventRecord, viewer: str) -> dict[str, Any]:
    """What an event carried and changed; parties see neither staff's names nor the other side's wishes."""
    told = {name: value for name, value in event.facts.items() if name != "queued"}
    if viewer == Party.PLATFORM:
        return dict(event.facts)
    for part in ("data", "set"):
        if part in told:
            told[part] = {name: value for name, value in told[part].items() if name not in OF_STAFF}
    return told


def time_reason(access: CaseAccess, name: str, *, now: datetime | None = None) -> TimeReason:
    """Why a running deadline of a case is due when it is. Raises NotFound for one that does not run."""
    read = read_case(access, now=now)
    if name not in read.snapshot.deadlines:
        raise NotFound
    return explained(read, name, [event for event in events_of(read.case.pk) if may_see(event, read.viewer)])
