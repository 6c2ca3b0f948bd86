"""`manage.py explain_deadline PACK DEADLINE START`: when a deadline falls, and why. Needs no database."""

from __future__ import annotations

import difflib
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from rules.calendar_loader import load_calendar
from rules.documents import PackError
from rules.engine.clock import TimeExplanation
from rules.engine.compiler import compile_policy
from rules.engine.errors import EngineError
from rules.engine.explain import DeadlineExplanation, explain_deadline
from rules.engine.policy import DeadlineRule, Policy
from rules.engine.types import DeadlineKind
from rules.engine.vocabulary import ANCHORS, FACTS
from rules.loader import load_version_document, pack_names, pack_versions

WORD = {DeadlineKind.WINDOW: "closes", DeadlineKind.GATE: "opens"}
CONFIDENCE = {
    "seed": "the project's own source articles", "A": "the platform's own page", "B": "third-party pages that agree",
    "C": "a single third-party page", "sdk": "the platform's SDK", "assumed": "assumed: nothing was found",
}  # fmt: skip


class Command(BaseCommand):
    help = "Say when a deadline of a pack falls, reckoned from a given moment, and why."
    requires_system_checks: list[str] = []  # noqa: RUF012  (Django's own way to say so)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pack", help="a pack, such as taobao.general")
        parser.add_argument("deadline", help="a deadline's name or row id, such as evidence or T7")
        parser.add_argument("start", help="what it counts from: an ISO time with its offset, 2026-09-29T14:30:00+08:00")
        parser.add_argument(
            "--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact its length depends on"
        )
        parser.add_argument(
            "--anchor", action="append", default=[], metavar="NAME=TIME", help="a further moment it counts from"
        )
        parser.add_argument(
            "--calendar-edition", type=int, default=0, help="the edition of the calendar (the newest by default)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start = _moment(options["start"], "START")
        policy = _policy(options["pack"], start)
        rule = _rule(policy, options["deadline"])
        calendar = load_calendar(policy.calendar, **_edition(options["calendar_edition"]))
        try:
            explained = explain_deadline(
                policy,
                calendar,
                rule,
                start,
                facts=dict(_facts(options["fact"])),
                anchors=dict(_anchors(options["anchor"])),
            )
        except EngineError as error:
            raise CommandError(str(error)) from None
        for line in _lines(policy, explained):
            self.stdout.write(line)


def _edition(number: int) -> dict[str, int]:
    return {"edition": number} if number else {}


def _policy(pack: str, at: datetime) -> Policy:
    """The version of the pack in force at that moment; before the first one, the first."""
    if pack not in pack_names():
        raise CommandError(
            f"There is no pack “{pack}”.{_guess(pack, pack_names())} There are: {', '.join(pack_names())}."
        )
    try:
        versions = pack_versions(pack)
        chosen = next(
            (v for v in reversed(versions) if v.effective_from is None or v.effective_from <= at), versions[0]
        )
        return compile_policy(load_version_document(chosen).values)
    except PackError as error:
        raise CommandError(str(error)) from None


def _rule(policy: Policy, word: str) -> DeadlineRule:
    try:
        return policy.named(word)
    except KeyError:
        known = [
            name
            for rule in policy.deadlines.values()
            if not rule.reminds_of
            for name in (rule.name, *rule.provenance.ids)
        ]
        raise CommandError(
            f"The pack {policy.pack} has no deadline “{word}”.{_guess(word, known)} It has: {', '.join(sorted(known))}."
        ) from None


def _guess(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, [str(item) for item in known], n=1, cutoff=0.5)
    return f" Did you mean “{close[0]}”?" if close else ""


def _moment(text: str, what: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{what}: “{text}” is not an ISO time such as 2026-09-29T14:30:00+08:00.") from None
    if moment.tzinfo is None:
        raise CommandError(f"{what}: “{text}” has no offset from UTC; write it as {text}+08:00, for example.")
    return moment


def _pairs(given: list[str], words: frozenset[str], kind: str) -> Iterator[tuple[str, str]]:
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise CommandError(f"“{text}”: write a {kind} as NAME=VALUE.")
        if name not in words:
            raise CommandError(f"There is no {kind} “{name}”.{_guess(name, words)}")
        yield name, value


def _facts(given: list[str]) -> Iterator[tuple[str, Any]]:
    plain = {"true": True, "false": False}
    for name, value in _pairs(given, FACTS, "fact"):
        yield name, int(value) if value.lstrip("-").isdigit() and name != "amount" else plain.get(value, value)


def _anchors(given: list[str]) -> Iterator[tuple[str, datetime]]:
    for name, value in _pairs(given, ANCHORS, "anchor"):
        yield name, _moment(value, name)


def _lines(policy: Policy, explained: DeadlineExplanation) -> Iterator[str]:
    zone = ZoneInfo(policy.zone)
    rule = explained.rule
    if explained.target is not None:
        yield f"target {explained.target.due_at.astimezone(zone).isoformat()}"
    yield f"{WORD.get(rule.kind, 'due')} {explained.due_at.astimezone(zone).isoformat()}"
    if explained.target is not None:
        yield "  a target for the platform's staff: nothing happens to the parties by itself"
    yield ""
    yield from _rule_lines(policy, rule)
    yield f"counts from {' or '.join(rule.anchor.names)}: {explained.anchor.astimezone(zone).isoformat()}"
    yield from _time_lines(explained)


def _rule_lines(policy: Policy, rule: DeadlineRule) -> Iterator[str]:
    origin = rule.provenance
    labels = " / ".join(text for text in (origin.labels.get("zh"), origin.labels.get("en")) if text)
    yield f"rule {', '.join(origin.ids) or rule.name} ({rule.name}): {labels}"
    yield f"pack {policy.pack}, {policy.document.get('effective') or 'no date of effect'}, format {policy.format}"
    state = ", provisional" if origin.provisional else ""
    yield f"source {origin.source or 'none'}; confidence {origin.confidence} ({CONFIDENCE[origin.confidence]}){state}"
    if rule.feed:
        yield f"stands still while an administrator's feed of {rule.feed} is stalled; the time left runs on afterwards"
    if rule.inclusive:
        yield "the due time itself is still in time (the last day is included)"


def _time_lines(explained: DeadlineExplanation) -> Iterator[str]:
    if explained.target is not None:
        yield from _length_lines("target", explained.target)
    yield from _length_lines("maximum" if explained.target else "length", explained.due)


def _length_lines(what: str, time: TimeExplanation) -> Iterator[str]:
    yield f"{what} {time.length} ({time.length.unit.name.lower().replace('_', ' ')}), reckoned in {time.zone}"
    if time.calendar is not None:
        yield f"  calendar {time.calendar[0]}, edition {time.calendar[1]}"
    for skipped in time.skipped:
        yield f"  {skipped.day.isoformat()} not counted: {skipped.why}"
    for day in time.make_up_days:
        yield f"  {day.isoformat()} counted: a make-up working day"
    for year in time.provisional_years:
        yield f"  {year} is provisional: its days off are not announced yet"
    for change in time.clock_changes:
        yield f"  the clocks change at {change.at.isoformat()} (UTC offset {change.before} → {change.after})"
