"""Runs over many cases as people read them: how far they are, and what came of each case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from accounts.models import User
from accounts.selectors import platforms_administered
from contract.clock import database_now
from contract.errors import FieldProblem, Malformed, NotFound, Words
from contract.paging import CursorPage, PageRequest, page_of
from disputes.labels import refusal_sentence
from disputes.labels.words import STAGES, name_of
from disputes.models import BulkResult, BulkRun
from disputes.selectors.bulk import CaseQuery, query_from
from disputes.selectors.bulk_sets import DeadlineWords, deadline_words
from disputes.selectors.cases import platform_word
from disputes.selectors.clocks import deadline_label
from disputes.selectors.wording import Worded
from disputes.services.bulk_registry import KINDS
from disputes.snapshot import moment
from rules.engine.policy import Policy
from rules.selectors import policy_of

RUNS: Final = "bulk-runs"
RESULTS: Final = "bulk-results"
QUIET: Final = 60
"""Seconds without a sign of life after which nobody seems to work on a run."""
TONES: Final = {"done": "good", "refused": "soon", "changed": "soon", "failed": "late"}
RESULT_WORDS: Final[Mapping[str, Words]] = {str(result): result.label for result in BulkResult.Result}
STATE_TONES: Final = {"finished": "good", "running": "info"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedView:
    """A due time before and after."""

    name: str
    label: str
    before_at: datetime | None
    """None where the deadline did not exist, or is over."""
    before_runs: bool
    after_at: datetime | None
    after_runs: bool
    worse: bool = False
    """Whether it takes back a promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLabel:
    """How many cases have one result, for one reason."""

    result: str
    label: str
    code: str
    sentence: str
    count: int
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One run."""

    id: int
    kind: Worded
    what: str
    parameters: Mapping[str, Any]
    query: CaseQuery
    reason: str
    platforms: tuple[Worded, ...]
    state: Worded
    tone: str
    unfinished: bool
    quiet: bool
    """Whether nobody seems to work on it."""
    total: int
    done: int
    """Cases that were looked at."""
    percent: int
    results: tuple[ResultLabel, ...]
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    signed_at: datetime | None
    finished_at: datetime | None
    cancelled_by: str
    of_run: int | None
    changed: int
    """Cases it changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """What came of one case."""

    position: int
    number: str
    platform: Worded
    stage: Worded
    """Its stage now."""
    result: Worded
    tone: str
    code: str
    sentence: str
    moved: tuple[MovedView, ...]
    error: str
    sequence: int | None
    at: datetime | None


def runs_for(user: User, page: PageRequest) -> CursorPage[RunView]:
    """The runs whose platforms somebody administers, the newest first."""
    rows = BulkRun.objects.select_related("asked_by", "cancelled_by").order_by("-pk")
    administered = platforms_administered(user)
    if administered is not None:
        rows = rows.filter(platforms__contained_by=sorted(administered))
    if page.after is not None:
        rows = rows.filter(pk__lt=page.after[0])
    found, now, word = list(rows[: page.limit + 1]), database_now(), deadline_words()
    return page_of(found, page.limit, lambda run: (run.pk,), of=RUNS).shown_as(lambda run: _view(run, now, word))


def run_for(user: User, run_id: int) -> RunView:
    """One of them. Raises NotFound."""
    run = BulkRun.objects.select_related("asked_by", "cancelled_by").filter(pk=run_id).first()
    administered = platforms_administered(user)
    if run is None or (administered is not None and not set(run.platforms) <= administered):
        raise NotFound
    return _view(run, database_now(), deadline_words())


def _view(run: BulkRun, now: datetime, word: DeadlineWords) -> RunView:
    kind, done = KINDS[run.kind], sum(run.counts.values())
    unfinished, last = run.state in BulkRun.UNFINISHED, run.signed_at or run.asked_at
    return RunView(
        id=run.pk, kind=Worded(code=run.kind, text=str(kind.label)), what=kind.told(run.parameters, word),
        parameters=run.parameters,
        query=query_from(run.filters), reason=run.reason,
        platforms=tuple(platform_word(code) for code in run.platforms),
        state=Worded(code=run.state, text=str(run.get_state_display())), tone=STATE_TONES.get(run.state, ""),
        unfinished=unfinished, quiet=unfinished and (now - last).total_seconds() > QUIET, total=run.total, done=done,
        percent=100 * done // run.total, results=_counted(run), asked_by=run.asked_by.get_full_name(),
        asked_at=run.asked_at, started_at=run.started_at, signed_at=run.signed_at, finished_at=run.finished_at,
        cancelled_by=run.cancelled_by.get_full_name() if run.cancelled_by else "", of_run=run.of_run_id,
        changed=run.counts.get("done", 0),
    )  # fmt: skip


def _counted(run: BulkRun) -> tuple[ResultLabel, ...]:
    """Every result with its count; those that wait come last, where any do."""
    counts = {(code, ""): run.counts[code] for code in BulkResult.Result.values if run.counts.get(code)}
    left = run.total - sum(run.counts.values())
    return result_labels({**counts, **({("", ""): left} if left else {})})


def result_labels(
    counts: Mapping[tuple[str, str], int], words: Mapping[str, Words] = RESULT_WORDS
) -> tuple[ResultLabel, ...]:
    """Counts by result and reason, in words: what is done first, then the most frequent."""
    ordered = sorted(counts.items(), key=lambda each: (each[0][0] != "done", -each[1], each[0]))
    return tuple(
        ResultLabel(
            result=result, label=str(words[result]), code=code, sentence=refusal_words(code),
            count=count, tone=TONES.get(result, ""),
        )
        for (result, code), count in ordered
    )  # fmt: skip


def results_of(run_id: int, page: PageRequest, result: str | None = None) -> CursorPage[ResultView]:
    """What came of the cases of a run, the most urgent first; of one result, or of all with None."""
    rows = _rows(run_id, result)
    if page.after is not None:
        rows = rows.filter(position__gt=page.after[0])
    found, shown = list(rows[: page.limit + 1]), partial(_result, deadline_words())
    return page_of(found, page.limit, lambda row: (row.position,), of=RESULTS).shown_as(shown)


def result_named(text: str | None) -> str | None:
    """The result that somebody filters by, `waiting` for cases not done yet; None for all. Raises Malformed."""
    names = {value or "waiting": value for value in BulkResult.Result.values}
    if not text:
        return None
    if text not in names:
        raise Malformed(fields=[FieldProblem(pointer="/result", code="unknown_choice", detail=", ".join(names))])
    return names[text]


def all_results(run_id: int, result: str | None = None) -> Iterator[ResultView]:
    """Every one of them."""
    return map(partial(_result, deadline_words()), _rows(run_id, result).iterator(chunk_size=1000))


def _rows(run_id: int, result: str | None) -> Any:
    rows = BulkResult.objects.filter(run_id=run_id).select_related("case").order_by("position")
    columns = ("case__number", "case__platform", "case__stage", "case__policy_id")
    told = ("run_id", "position", "result", "code", "told", "sequence", "at", "case_id")
    rows = rows.only(*told, *columns)
    return rows if result is None else rows.filter(result=result)


def _result(word: DeadlineWords, row: BulkResult) -> ResultView:
    case = row.case
    return ResultView(
        position=row.position, number=case.number, platform=platform_word(case.platform),
        stage=Worded(code=case.stage, text=name_of(STAGES, case.stage)),
        result=Worded(code=row.result, text=str(row.get_result_display())), tone=TONES.get(row.result, ""),
        code=row.code, sentence=refusal_words(row.code), moved=moved_views(policy_of(case.policy_id), row.told, word),
        error=row.told.get("error", ""), sequence=row.sequence, at=row.at,
    )  # fmt: skip


def refusal_words(code: str) -> str:
    """Why a case was refused; empty without a code."""
    return str(refusal_sentence(code)) if code else ""


def moved_views(policy: Policy, told: Mapping[str, Any], word: DeadlineWords) -> tuple[MovedView, ...]:
    """The due times that moved, in words."""
    return tuple(_moved(policy, each, word) for each in told.get("moved", ()))


def _moved(policy: Policy, told: Mapping[str, Any], word: DeadlineWords) -> MovedView:
    rule, before, after = policy.deadlines.get(told["name"]), told["before"], told["after"]
    return MovedView(
        name=told["name"], label=deadline_label(rule) if rule else word(told["name"]),
        before_at=moment(before["due_at"]) if before else None, before_runs=bool(before and before["runs"]),
        after_at=moment(after["due_at"]) if after else None, after_runs=bool(after and after["runs"]),
        worse=bool(told.get("worse")),
    )  # fmt: skip
