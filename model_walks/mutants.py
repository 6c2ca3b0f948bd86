"""Mutants of a pack: one number, unit, outcome, guard, target, flag or calendar is changed, and walks must notice."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from model_walks.comparing import Ground
from model_walks.walking import walk
from rules.calendar_loader import load_calendar
from rules.engine.calendar import Calendar
from rules.engine.errors import EngineError
from rules.engine.policy import Policy
from rules.engine.types import Stage
from rules.loader import compile_canonical, load_policy

Path = tuple[str | int, ...]
LENGTH = re.compile(r"(\d+)(h|d|wd|min)")
UNITS = {"h": "d", "d": "wd", "wd": "d", "min": "h"}
OUT_OF_SIGHT = frozenset(
    "auto_confirm unpaid_close live_evidence fresh_evidence refund_arrival receipt_extension receipt_period"
    " protection_request protection_request_ends meeting_booking".split()
)
"""Clocks of an order without a case: computed for display, no step of a case depends on them (10.2/20)."""
OUTCOME_SWAPS = {"expired": "withdrawn", "withdrawn": "expired"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one place of a resolved document."""

    name: str
    path: Path
    value: Any

    def of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with this one change; a value of None takes the place away."""
        changed = copy.deepcopy(dict(document))
        place: Any = changed
        for step in self.path[:-1]:
            place = place[step]
        if self.value is None:
            del place[self.path[-1]]
        else:
            place[self.path[-1]] = self.value
        return changed


def mutants(document: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a pack, in the order of its document."""
    for section in ("deadlines", "order_clocks"):
        for name, entry in document.get(section, {}).items():
            if name not in OUT_OF_SIGHT:
                yield from _of_deadline((section, name), entry, _never_reached(document))
    for name, entry in document["actions"].items():
        yield from _of_entry(("actions", name), entry, document)
        for number, guard in enumerate(entry.get("guards", ())):
            yield Mutant(f"{name}: guard {_word(guard)} removed", ("actions", name, "guards", number), None)
    for name, branches in document.get("routes", {}).items():
        yield from _of_entry(("routes", name), branches, document)
    for name, entry in document["deadlines"].items():
        yield from _of_entry(("deadlines", name), entry.get("on_lapse", []), document, ("on_lapse",))


def _never_reached(document: Mapping[str, Any]) -> frozenset[Path]:
    """Of goods and cards, the lengths for what this pack does not have."""
    other = 1 if "replacement_card" in _remedies(document) else 0
    legs = ("replacement_sending", "replacement_check")
    return frozenset(("deadlines", leg, "length", other) for leg in legs)


def _remedies(document: Mapping[str, Any]) -> set[str]:
    return {remedy for reason in document["reasons"].values() for remedy in reason["remedies"]}


def _word(guard: Any) -> str:
    return str(guard.get("code", json.dumps(guard))) if isinstance(guard, dict) else str(guard)


def _of_deadline(path: Path, entry: Mapping[str, Any], out_of_reach: frozenset[Path]) -> Iterator[Mutant]:
    name = path[-1]
    for place, text in _places(entry.get("length"), (*path, "length")):
        if place[:4] in out_of_reach:
            continue
        yield from _lengths(f"{name}: length", place, text)
    for place, text in _places(entry.get("from"), (*path, "from")):
        yield from _lengths(f"{name}: start", place, text)
    flipped = "exclusive" if entry.get("end") == "inclusive" else "inclusive"
    if entry["kind"] == "auto":
        yield Mutant(f"{name}: end {flipped}", (*path, "end"), flipped)


def _places(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text in this part of the document that is a length above nothing."""
    if isinstance(value, str) and (found := LENGTH.fullmatch(value)) and int(found[1]):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*path, key))


def _lengths(name: str, path: Path, text: str) -> Iterator[Mutant]:
    found = LENGTH.fullmatch(text)
    assert found is not None
    count, unit = int(found[1]), found[2]
    changed = [f"{count + 1}{unit}", f"{count - 1}{unit}", f"{count * 2}{unit}", f"{count}{UNITS[unit]}"]
    changed += [f"{count // 2}{unit}"] if count > 3 else []
    for other in dict.fromkeys(changed):
        yield Mutant(f"{name} {'.'.join(map(str, path[3:])) or ''} {text} -> {other}".replace("  ", " "), path, other)


def _of_entry(path: Path, entry: Any, document: Mapping[str, Any], below: Path = ()) -> Iterator[Mutant]:
    """Targets and outcomes anywhere in the branches of an action, a route or a lapse."""
    stages = [str(stage) for stage in Stage if stage is not Stage.NEW and str(stage) in document["stages"]]
    for place, key, value in _words(entry, (*path, *below)):
        name = ".".join(map(str, place[1:]))
        if key == "to" and value in stages:
            other = next(stage for stage in (*stages[stages.index(value) + 1 :], *stages) if stage != value)
            yield Mutant(f"{name} {value} -> {other}", place, other)
        elif key == "outcome" and isinstance(value, str):
            other = OUTCOME_SWAPS.get(value, "expired")
            yield Mutant(f"{name} {value} -> {other}", place, other)


def _words(value: Any, path: Path) -> Iterator[tuple[Path, str, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key in ("to", "outcome") and "fields" not in path:
            yield (*path, key), str(key), item
        else:
            yield from _words(item, (*path, key))


def calendars(calendar: Calendar) -> Mapping[str, Calendar]:
    """The staff's calendar with one idea of it gone."""
    return {
        "calendar: make-up days do not count": replace(calendar, make_up={}),
        "calendar: holidays are ordinary days": replace(calendar, holidays={}, make_up={}),
        "calendar: Sunday only": replace(calendar, weekend=frozenset({7}), make_up={}),
    }


def grounds(pack: str, part: int = 0, parts: int = 1) -> Iterator[tuple[str, Ground | None]]:
    """Every `parts`-th mutant ready to walk; None where the compiler already refuses it."""
    document, calendar = load_policy(pack).document, load_calendar("cn")
    planted: list[tuple[str, Mutant | None, Calendar]] = [(item.name, item, calendar) for item in mutants(document)]
    planted += [(name, None, other) for name, other in calendars(calendar).items()]
    for name, mutant, days in planted[part::parts]:
        policy = compiled(mutant.of(document) if mutant else document)
        yield name, Ground(pack, policy, days) if policy else None


def compiled(document: Mapping[str, Any]) -> Policy | None:
    try:
        return compile_canonical(json.dumps(document))
    except (EngineError, ValueError):
        return None


def caught(ground: Ground, steps: int, seed: int) -> bool:
    """Whether walks of at most so many steps notice this mutant. An engine that breaks was noticed too."""
    try:
        return walk(seed, steps, ground, most_failures=1).failed > 0
    except Exception:
        return True
