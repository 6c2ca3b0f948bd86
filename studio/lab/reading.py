"""Runs of the lab as people read them: who may see which, their sums in words, and their differences in pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import is_administrator
from contract.errors import NotFound
from contract.moments import local_moment
from contract.paging import CursorPage, PageRequest, page_of
from disputes.labels.actions import action_name
from disputes.labels.words import OUTCOMES, PLATFORMS, STAGES, name_of
from rules import wording
from rules.engine.policy import Policy
from rules.loader import compile_canonical
from studio.access import administers_everything
from studio.lab.replaying import COUNTERFACTUAL_BUCKETS, NOT_KEPT, VERIFICATION_BUCKETS
from studio.lab.running import MOST_KEPT, UNFINISHED
from studio.models import LabDifference, LabRun

DIFFERENCES = "lab-differences"
RUNS = "lab-runs"
BUCKETS: Mapping[str, Any] = {
    "would_have_lapsed": gettext_lazy("Would have happened by itself"),
    "other_outcome": gettext_lazy("Another outcome"),
    "unchanged": gettext_lazy("Unchanged, at other times"),
    "not_affected": gettext_lazy("Not affected"),
    "diverged": gettext_lazy("Nobody can know"),
    "identical": gettext_lazy("Identical"),
    "different": gettext_lazy("Different"),
    "broken": gettext_lazy("Cannot be replayed"),
}
TONES = {"would_have_lapsed": "soon", "other_outcome": "late", "different": "late", "broken": "late"}
STATE_TONES = {"finished": "good", "failed": "late", "running": "info"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bucket of a run."""

    code: str
    label: str
    count: int
    tone: str
    listed: bool
    """Whether its cases are kept one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What would be refunded more, in one currency."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Deadlines of one day, as they were and as they would have been."""

    day: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One run."""

    id: int
    kind: str
    kind_label: str
    rules: str
    scope: str
    """Which cases, in words."""
    state: str
    state_label: str
    tone: str
    unfinished: bool
    done: int
    total: int
    percent: int
    seconds: float
    a_minute: int
    """Histories a minute of work; 0 before the first."""
    failure: str
    by: str
    as_of: datetime
    created_at: datetime
    finished_at: datetime | None
    buckets: tuple[Bucket, ...]
    money: tuple[Moved, ...]
    unknown: int
    """Cases of which nobody can know what would be refunded."""
    days: tuple[Day, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceView:
    """The first point of difference of one case, in words."""

    number: str
    bucket: str
    bucket_label: str
    sequence: int
    cause: str
    subject: str
    sentence: str
    before: str
    after: str
    amount: Decimal | None
    currency: str


def may_see(user: User, run: LabRun) -> bool:
    """Runs over one platform are its administrators', runs over all those who administer everything."""
    if not run.platforms:
        return administers_everything(user)
    return all(is_administrator(user, platform) for platform in run.platforms)


def run_for(user: User, run_id: int) -> LabRun:
    """A run somebody may see. Raises NotFound."""
    run = LabRun.objects.select_related("by").filter(pk=run_id).first()
    if run is None or not may_see(user, run):
        raise NotFound
    return run


def runs_for(user: User, page: PageRequest) -> CursorPage[RunView]:
    """The runs somebody may see, the newest first."""
    rows = LabRun.objects.select_related("by").defer("document").order_by("-pk")
    if page.after is not None:
        rows = rows.filter(pk__lt=page.after[0])
    seen = [run for run in rows[: 20 * page.limit] if may_see(user, run)][: page.limit + 1]
    return page_of([view_of(run) for run in seen], page.limit, lambda run: (run.id,), of=RUNS)


def view_of(run: LabRun) -> RunView:
    """A run with its sums."""
    totals = run.totals
    return RunView(
        id=run.pk, kind=run.kind, kind_label=str(run.get_kind_display()), rules=run.rules, scope=_scope(run),
        state=run.state, state_label=str(run.get_state_display()), tone=STATE_TONES.get(run.state, ""),
        unfinished=run.state in UNFINISHED, done=run.done, total=run.total,
        percent=100 * run.done // run.total if run.total else 100 * (run.state not in UNFINISHED),
        seconds=run.seconds, a_minute=round(60 * run.done / run.seconds) if run.seconds else 0, failure=run.failure,
        by=str(run.by) if run.by else _("every night, by itself"), as_of=run.as_of, created_at=run.created_at,
        finished_at=run.finished_at, buckets=_buckets(run),
        money=tuple(_money(totals)),
        unknown=totals.get("unknown", 0) if run.kind == LabRun.Kind.COUNTERFACTUAL else 0,
        days=tuple(_days(totals)), digest=totals.get("digest", ""),
    )  # fmt: skip


def differences_of(run: LabRun, page: PageRequest, bucket: str = "") -> CursorPage[DifferenceView]:
    """The kept differences of a run, bucket by bucket, in order of their cases."""
    rows = LabDifference.objects.filter(run=run).order_by("pk")
    if bucket:
        rows = rows.filter(bucket=bucket)
    if page.after is not None:
        rows = rows.filter(pk__gt=page.after[0])
    found = list(rows[: page.limit + 1])
    cut = page_of(found, page.limit, lambda row: (row.pk,), of=DIFFERENCES)
    policy = policy_of_run(run)
    return cut.shown_as(lambda row: difference_view(row, policy, run.zone))


def all_differences(run: LabRun) -> Iterator[DifferenceView]:
    """Every kept difference of a run."""
    policy = policy_of_run(run)
    for row in LabDifference.objects.filter(run=run).order_by("pk").iterator(chunk_size=1000):
        yield difference_view(row, policy, run.zone)


def policy_of_run(run: LabRun) -> Policy | None:
    """The rules a counterfactual run asked about; None for a verification."""
    return compile_canonical(run.document) if run.document else None


def changed_between(one: LabRun, other: LabRun, limit: int) -> list[tuple[str, str, str]]:
    """Cases that two runs put into different buckets, by what both kept: number and both labels."""
    first = dict(LabDifference.objects.filter(run=one).values_list("number", "bucket"))
    second = dict(LabDifference.objects.filter(run=other).values_list("number", "bucket"))
    numbers = sorted(number for number in {**first, **second} if first.get(number) != second.get(number))
    return [(number, _label(first.get(number, "")), _label(second.get(number, ""))) for number in numbers[:limit]]


def difference_view(row: LabDifference, policy: Policy | None, zone: str) -> DifferenceView:
    """One difference in words, with days in the run's zone."""
    return DifferenceView(
        number=row.number, bucket=row.bucket, bucket_label=_label(row.bucket), sequence=row.sequence, cause=row.cause,
        subject=row.subject, sentence=_sentence(row, policy, zone), before=_end(row.before), after=_end(row.after),
        amount=row.amount, currency=row.currency,
    )  # fmt: skip


def _label(bucket: str) -> str:
    return str(BUCKETS[bucket]) if bucket else "—"


def _end(told: Mapping[str, str]) -> str:
    """A stage, and how it closed; of a verification the value of the field."""
    if "stage" not in told:
        return told.get("value", "")
    return name_of(OUTCOMES, told["outcome"]) if told["stage"] == "CLOSED" else name_of(STAGES, told["stage"])


def _sentence(row: LabDifference, policy: Policy | None, zone: str) -> str:
    values = {
        "what": _subject(row.subject, policy), "at": _moment(row.after.get("at", ""), zone),
        "detail": row.after.get("detail", ""), "instead": _moment(row.after.get("detail", ""), zone),
    }  # fmt: skip
    if row.cause == "other_time" and not row.after.get("detail"):
        return _("“%(what)s” due on %(at)s would not have been due then.") % values
    return str(_CAUSES[row.cause]) % values if row.cause in _CAUSES else row.subject


_CAUSES: Mapping[str, Any] = {
    "new_lapse": gettext_lazy("“%(what)s” would have run out on %(at)s."),
    "other_end": gettext_lazy("“%(what)s” would have ended otherwise."),
    "other_time": gettext_lazy("“%(what)s” due on %(at)s would have been due at another time: %(instead)s."),
    "refused": gettext_lazy("“%(what)s” on %(at)s would have been refused: %(detail)s."),
    "unknown_event": gettext_lazy("These rules do not know “%(what)s”, which happened on %(at)s."),
    "new_turn": gettext_lazy("“%(what)s” on %(at)s leads to a turn that nobody ever had to answer."),
    "more_time": gettext_lazy(
        "“%(what)s” ran out on %(at)s; it would have run until %(instead)s, and nobody knows what would have come then."
    ),
    "no_lapse": gettext_lazy("“%(what)s” ran out on %(at)s; it would not have run."),
    "held": gettext_lazy("With “%(what)s” on %(at)s other clocks would stand still."),
    "step": gettext_lazy("The field %(what)s differs."),
    "broken": gettext_lazy("The history cannot be replayed."),
}


def _subject(subject: str, policy: Policy | None) -> str:
    """The name of a deadline or of an action; a field stands for itself."""
    rule = policy.deadlines.get(subject) if policy else None
    if rule is not None:
        return wording.label_of(rule.provenance.labels, get_language() or "", subject)
    return action_name(subject) if policy else subject


def _moment(text: str, zone: str) -> str:
    try:
        return f"{local_moment(datetime.fromisoformat(text), zone):%Y-%m-%d %H:%M}"
    except ValueError:
        return "—"


def _scope(run: LabRun) -> str:
    """Which cases, in words."""
    parts = [name_of(PLATFORMS, platform) for platform in run.platforms] or [_("All platforms")]
    parts += [run.pack] if run.pack else []
    if run.opened_from:
        parts.append(_("opened from %(day)s") % {"day": _moment(run.opened_from.isoformat(), run.zone)[:10]})
    if run.opened_until:
        parts.append(_("opened before %(day)s") % {"day": _moment(run.opened_until.isoformat(), run.zone)[:10]})
    parts += {"open": [_("open cases")], "closed": [_("closed cases")]}.get(run.status, [])
    return " · ".join(parts)


def _buckets(run: LabRun) -> tuple[Bucket, ...]:
    verification = run.kind == LabRun.Kind.VERIFICATION
    counts = run.totals.get("buckets", {})
    return tuple(
        Bucket(
            code=code, label=_label(code), count=counts.get(code, 0), listed=code not in NOT_KEPT,
            tone=TONES.get(code, "") if counts.get(code) else "",
        )
        for code in (VERIFICATION_BUCKETS if verification else COUNTERFACTUAL_BUCKETS)
        if code != "broken" or counts.get(code)
    )  # fmt: skip


def _money(totals: Mapping[str, Any]) -> Iterator[Moved]:
    for currency, amount in sorted(totals.get("money", {}).items()):
        yield Moved(currency=currency, amount=Decimal(amount))


def _days(totals: Mapping[str, Any]) -> Iterator[Day]:
    before, after = totals.get("days_before", {}), totals.get("days_after", {})
    for day in sorted({*before, *after}):
        yield Day(day=day, before=before.get(day, 0), after=after.get(day, 0))


def left_out(view: RunView) -> bool:
    """Whether a bucket has more cases than are kept one by one."""
    return any(bucket.listed and bucket.count > MOST_KEPT for bucket in view.buckets)
