"""What a run would do, before anybody confirms it: how many cases, of what kind, and what would come of the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from accounts.models import User
from disputes.labels.bulk import WOULD
from disputes.labels.words import STAGES, name_of
from disputes.selectors.bulk import CaseQuery, still_held_by
from disputes.selectors.bulk_sets import CaseSet, DeadlineWords, case_set, deadline_words, first_cases
from disputes.selectors.cases import platform_word
from disputes.selectors.wording import Worded
from disputes.services.bulk_deciding import Outcome, outcome_of, standing_of
from disputes.services.bulk_kinds import Asked, BulkKind
from disputes.services.bulk_reading import MovedView, ResultLabel, moved_views, refusal_words, result_labels
from disputes.services.bulk_registry import kind_of
from disputes.services.bulk_starting import MOST_CASES, narrowed
from disputes.services.loading import LockedCase, read_cases
from disputes.services.stopped import open_stop
from rules.engine.events import Via

TRIED: Final = 500
"""Cases the whole decision is tried out on."""
ON_A_PAGE: Final = 50
PORTION: Final = 100
"""Cases read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedCase:
    """One case, and what would come of it now."""

    number: str
    platform: Worded
    stage: Worded
    result: Worded
    code: str
    sentence: str
    """Why it would be refused; empty where it would not."""
    moved: tuple[MovedView, ...]
    version: int
    """The number of its last event, with what has passed and is not recorded yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be done to a set of cases."""

    kind: Worded
    what: str
    parameters: Mapping[str, Any]
    query: CaseQuery
    cases: CaseSet
    too_many: bool
    tried: int
    """How many cases were tried out: the most urgent ones."""
    results: tuple[ResultLabel, ...]
    """What would come of those."""
    sample: tuple[TriedCase, ...]
    after: int
    """How many cases come before the sample."""
    next: int | None
    """Where the next part of the sample begins; None at the end."""


def preview_run(
    kind: str, query: CaseQuery, parameters: Mapping[str, Any], *, actor: User, after: int = 0
) -> Preview:
    """Looked at now; nothing is written. Raises as `start_run` for its kind, query and parameters."""
    found, query, asked = _asked(kind, query, parameters, actor)
    told = asked.parameters
    cases, tried, word = case_set(query), try_out(found, asked, query, after=0, limit=TRIED), deadline_words()
    page = tried[after:][:ON_A_PAGE] or try_out(found, asked, query, after=after, limit=ON_A_PAGE)
    return Preview(
        kind=Worded(code=found.code, text=str(found.label)), what=found.told(told, word), parameters=told, query=query,
        cases=cases, too_many=cases.count > MOST_CASES, tried=len(tried),
        results=result_labels(Counter((outcome.result, outcome.code) for _case, outcome in tried), WOULD),
        sample=tuple(_tried_case(case, outcome, word) for case, outcome in page), after=after,
        next=after + ON_A_PAGE if after + ON_A_PAGE < cases.count else None,
    )  # fmt: skip


def tried_cases(
    kind: str, query: CaseQuery, parameters: Mapping[str, Any], *, actor: User, limit: int
) -> tuple[TriedCase, ...]:  # fmt: skip
    """What would come of the most urgent cases of a set, up to so many. Raises as `preview_run`."""
    found, query, asked = _asked(kind, query, parameters, actor)
    tried, word = try_out(found, asked, query, after=0, limit=limit), deadline_words()
    return tuple(_tried_case(case, outcome, word) for case, outcome in tried)


def _asked(
    kind: str, query: CaseQuery, parameters: Mapping[str, Any], actor: User
) -> tuple[BulkKind, CaseQuery, Asked]:  # fmt: skip
    """The kind, the cases it is about, and what it would do to each."""
    found, query = kind_of(kind), narrowed(query, actor)
    told = found.checked(parameters)
    return found, found.meant(query, told), Asked(run_id=None, actor_id=actor.pk, via=Via.PAGE, parameters=told)


def try_out(
    kind: BulkKind, asked: Asked, query: CaseQuery, *, after: int, limit: int
) -> list[tuple[LockedCase, Outcome]]:
    """What would come of some cases of a set, in the order in which a run takes them."""
    standing, ids, stops = standing_of(asked.actor_id), first_cases(query, after=after, limit=limit), cache(open_stop)
    found: dict[int, tuple[LockedCase, Outcome]] = {}
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        fit = portion if query.held_by_run is None else still_held_by(query.held_by_run, portion)
        for case in read_cases(portion):
            found[case.id] = case, outcome_of(kind, asked, query, standing, case, fits=case.id in fit, stops=stops)
    return [found[case_id] for case_id in ids if case_id in found]


def _tried_case(case: LockedCase, outcome: Outcome, word: DeadlineWords) -> TriedCase:
    return TriedCase(
        number=case.number, platform=platform_word(case.platform),
        stage=Worded(code=case.snapshot.stage, text=name_of(STAGES, case.snapshot.stage)),
        result=Worded(code=outcome.result, text=str(WOULD[outcome.result])), code=outcome.code,
        sentence=refusal_words(outcome.code), moved=moved_views(case.policy, outcome.told, word),
        version=outcome.change.after.version if outcome.change else case.snapshot.version,
    )  # fmt: skip
