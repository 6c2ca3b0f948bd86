"""What a run does to one case: settled first, asked whether it still fits, then decided. Tried out or for good."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from accounts.models import Membership, User
from accounts.selectors import platforms_administered
from disputes.models import BulkResult
from disputes.selectors.bulk import CaseQuery, still_matches
from disputes.services.batching import NOBODYS_FAULT
from disputes.services.bulk_kinds import Asked, BulkKind, Taken
from disputes.services.loading import LockedCase
from disputes.services.stalled import kept_from_running
from disputes.services.stopped import Stops, open_stop
from disputes.services.writing import Change
from disputes.snapshot import moment_text
from rules.engine.decide import apply, settle
from rules.engine.events import Refusal
from rules.engine.types import CaseSnapshot, DeadlineKind, DeadlineState, DeadlineStatus

logger = logging.getLogger(__name__)

Result = BulkResult.Result
LONGEST_ERROR: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody is at this moment to the cases they want to change."""

    user_id: int
    platforms: frozenset[str] | None
    """Those they administer; None for all."""
    shops: frozenset[int]

    def refusal(self, case: LockedCase, snapshot: CaseSnapshot) -> str:
        """Why they may not touch this case, as a code; empty when they may. Nobody is a party and the platform."""
        if self.platforms is not None and case.platform not in self.platforms:
            return "not_your_action"
        if case.buyer_id == self.user_id or case.shop_id in self.shops:
            return "conflict_of_interest"
        return "recused" if self.user_id in snapshot.facts.get("recused", ()) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case, or would come of it."""

    case_id: int
    result: str
    code: str = ""
    told: dict[str, Any]
    change: Change | None = None
    """What is to be written: its settlement at least; None of a case that cannot be decided."""
    sequence: int | None = None


def standing_of(user_id: int) -> Standing:
    """Looked up now; whoever is suspended administers nothing. Raises User.DoesNotExist."""
    user = User.objects.get(pk=user_id)
    shops = Membership.objects.filter(user_id=user_id).values_list("shop_id", flat=True)
    administered = frozenset[str]() if user.is_suspended else platforms_administered(user)
    return Standing(user_id=user_id, platforms=administered, shops=frozenset(shops))


def outcome_of(
    kind: BulkKind, asked: Asked, query: CaseQuery, standing: Standing, case: LockedCase, *, fits: bool = True,
    stops: Stops = open_stop,
) -> Outcome:  # fmt: skip
    """Decide one case; `fits` is false where the rows beside it say that it is no longer one of the set.

    Whoever decides many in one transaction gives `stops` that remember.
    One that cannot be decided keeps nobody waiting: it has failed, and the log says why.
    """
    try:
        settled = case.settled()
        unmoved = Change(case=case, steps=settled.steps, after=settled.snapshot)
        if not fits or not still_matches(query, settled.snapshot, case.policy, case.policy_id):
            return Outcome(case_id=case.id, result=Result.CHANGED, told={}, change=unmoved)
        return _decided(kind, asked, standing, unmoved, stops)
    except NOBODYS_FAULT:
        raise
    except Exception as error:  # whatever is wrong with one case must not keep the others waiting
        logger.exception("The case %s cannot be decided.", case.number)
        return failed(case.id, error)


def failed(case_id: int, error: Exception) -> Outcome:
    """A case that could not be read, decided or written."""
    told = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    return Outcome(case_id=case_id, result=Result.FAILED, told={"error": told})


def _decided(kind: BulkKind, asked: Asked, standing: Standing, settled: Change, stops: Stops) -> Outcome:
    case, before = settled.case, settled.after
    code = standing.refusal(case, before)
    taken = None if code else kind.decided(asked, case, before)
    if isinstance(taken, Taken):
        return _taken(taken, settled, stops)
    told = {"moved": taken.data["moved"]} if taken is not None and "moved" in taken.data else {}
    code = code or _code(taken)
    result = Result.ALREADY if code in kind.already else Result.REFUSED
    return Outcome(case_id=case.id, result=result, code=code, told=told, change=settled)


def _code(refusal: Refusal | None) -> str:
    """The refusal's, or that of the one field it is about."""
    assert refusal is not None
    return refusal.problems[0].code if refusal.problems else refusal.code


def _taken(taken: Taken, settled: Change, stops: Stops) -> Outcome:
    """The step, what keeps the case from running on, and whatever that makes possible."""
    case, before = taken.case, settled.after
    after = apply(before, taken.step)
    kept, after = kept_from_running(case, before, after, stops)
    again = settle(case.policy, case.calendar, after, now=case.now)
    steps = (*settled.steps, taken.step, *kept, *again.steps)
    return Outcome(
        case_id=case.id, result=Result.DONE, told={"moved": list(_moved(case, before, again.snapshot))},
        change=Change(case=case, steps=steps, after=again.snapshot),
        sequence=settled.case.snapshot.version + len(settled.steps) + 1,
    )  # fmt: skip


def _moved(case: LockedCase, before: CaseSnapshot, after: CaseSnapshot) -> Iterator[dict[str, Any]]:
    """The due times that are other ones afterwards, or stand still; reminders are left out."""
    for name in sorted({*before.deadlines, *after.deadlines}):
        was, is_now = before.deadlines.get(name), after.deadlines.get(name)
        rule = case.policy.deadlines.get(name)
        if rule is not None and rule.kind is DeadlineKind.NOTICE:
            continue
        if _shown(was) != _shown(is_now):
            yield {"name": name, "before": _shown(was), "after": _shown(is_now)}


def _shown(state: DeadlineState | None) -> dict[str, Any] | None:
    """When it is due, and whether it runs; None for one that does not exist."""
    if state is None or state.status is DeadlineStatus.PASSED:
        return None
    return {"due_at": moment_text(state.due_at), "runs": state.status is DeadlineStatus.PENDING}
