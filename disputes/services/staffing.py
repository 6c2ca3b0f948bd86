"""Who of the platform may do what, and whose case it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from accounts.models import User
from contract.errors import Forbidden
from disputes.errors import ActionRefused
from disputes.models import Case
from disputes.selectors.access import CaseAccess, party_in, staff_kinds
from disputes.selectors.builtin_actions import WORK_OF_ARBITRATORS, WORK_OF_LEADS, has_recused, is_left_to_others
from disputes.selectors.signing import signers_of
from disputes.services.loading import LockedCase
from disputes.services.rechecking import access_now
from disputes.services.refusing import fields_refused, refused
from disputes.services.writer import Done, Intent, act, one_transaction
from disputes.signals import journal_grew
from rules.engine.events import Via
from rules.engine.types import CaseSnapshot, Party, Stage
from rules.selectors import packs_in_force

HOLDING = frozenset("pause resume hand_over extend".split())
"""Done by leads and administrators; more time may also be given by whoever has the case."""

NEXT_FREE = """
SELECT id FROM disputes_case
WHERE platform = ANY(%(platforms)s) AND arbitrator_id IS NULL AND platform_due_at IS NOT NULL
    AND held IN ('', 'automatic_stopped') AND stage = ANY(%(stages)s) AND buyer_id <> %(user)s
    AND shop_id NOT IN (SELECT shop_id FROM accounts_membership WHERE user_id = %(user)s)
    AND NOT coalesce(facts->'recused' @> to_jsonb(%(user)s), false)
    AND NOT (stage = 'RE_REVIEW' AND EXISTS (
        SELECT FROM disputes_ruling r WHERE r.case_id = disputes_case.id AND r.arbitrator_id = %(user)s))
    AND NOT EXISTS (SELECT FROM disputes_ruling r WHERE r.case_id = disputes_case.id AND r.second_person_id = %(user)s)
ORDER BY platform_due_at, id LIMIT 1
FOR NO KEY UPDATE SKIP LOCKED
"""
STAGES = ["INTERVENTION_REQUESTED", "REVIEW", "RE_REVIEW"]


def check_staff(access: CaseAccess, action: str, snapshot: CaseSnapshot) -> None:
    """Whether this member of staff may do this in this case. Raises Forbidden or ActionRefused."""
    check_not_recused(access, snapshot)
    if action in WORK_OF_ARBITRATORS:
        _check_arbitrator(access, action, snapshot)
    elif action in WORK_OF_LEADS and "lead" not in access.staff:
        raise Forbidden
    elif action in HOLDING:
        _check_lead(access, action, snapshot)
    elif action in ("unassign", "recuse") and not (_has_case(access, snapshot) or "lead" in access.staff):
        raise refused("not_your_case", stage=str(snapshot.stage), available_actions=[])


def check_not_recused(access: CaseAccess, snapshot: CaseSnapshot) -> None:
    """Whoever recused never works on the case again: no ruling, no approval, no word. Raises ActionRefused."""
    if has_recused(access, snapshot):
        raise refused("recused", stage=str(snapshot.stage), available_actions=[])


def _check_lead(access: CaseAccess, action: str, snapshot: CaseSnapshot) -> None:
    """Holding a case is for leads and administrators; more time may also be given by whoever has it."""
    if access.staff & {"lead", "administrator"} or (action == "extend" and _has_case(access, snapshot)):
        return
    raise Forbidden


def _check_arbitrator(access: CaseAccess, action: str, snapshot: CaseSnapshot) -> None:
    if "arbitrator" not in access.staff:
        raise Forbidden
    if action == "correct_ruling":
        return
    holder = snapshot.facts.get("arbitrator")
    if holder is not None and holder != access.user_id:
        raise refused("assigned_to_other", stage=str(snapshot.stage), available_actions=[])
    if is_left_to_others(snapshot, action) and access.user_id in signers_of(access.case_id):
        raise refused("other_arbitrator_needed", stage=str(snapshot.stage), available_actions=[])


def _has_case(access: CaseAccess, snapshot: CaseSnapshot) -> bool:
    return snapshot.facts.get("arbitrator") == access.user_id


def taking_first(access: CaseAccess, action: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The event by which an arbitrator takes a case nobody has, before working on it."""
    if access.party != Party.PLATFORM or action not in WORK_OF_ARBITRATORS or "arbitrator" not in access.staff:
        return ()
    holder = Case.objects.values_list("arbitrator_id", flat=True).get(pk=access.case_id)
    return () if holder is not None else (("assign", {"arbitrator": access.user_id}),)


def claim_next(user: User, *, platform: str | None = None) -> str | None:
    """Take the free case that is due first; its number, or None when nothing waits.

    Cases of one's own (as buyer or shop) are passed over, and second reviews of cases in which one signed a ruling: the
    first one, a correction, or that of an earlier second review, whatever it said.
    """
    platforms = _platforms_of(user.pk, platform)
    while True:
        number, taken = _claim(user, platforms)
        if number is None or taken:
            return number


def _claim(user: User, platforms: list[str]) -> tuple[str | None, bool]:
    """The first case and whether it was taken: one whose time ran out unnoticed is settled and left alone."""
    with one_transaction():
        with connection.cursor() as cursor:
            cursor.execute(NEXT_FREE, {"platforms": platforms, "stages": STAGES, "user": user.pk})
            row = cursor.fetchone()
        if row is None:
            return None, False
        number = Case.objects.values_list("number", flat=True).get(pk=row[0])
        intent = Intent(
            number=number, kind="assign", party=Party.PLATFORM, actor_id=user.pk, data={"arbitrator": user.pk},
            check=_still_waits(user.pk),
        )  # fmt: skip
        try:
            act(intent)
        except ActionRefused:
            return number, False
    journal_grew.send(sender=User)
    return number, True


def _still_waits(user_id: int) -> Callable[[LockedCase, CaseSnapshot], None]:
    def check(case: LockedCase, snapshot: CaseSnapshot) -> None:
        if "arbitrator" not in staff_kinds(user_id, case.platform):
            raise Forbidden
        if snapshot.stage not in STAGES:
            raise refused("not_in_this_stage", stage=str(snapshot.stage), available_actions=[])

    return check


def _platforms_of(user_id: int, platform: str | None) -> list[str]:
    known = sorted({version.policy.platform for version in packs_in_force()})
    mine = [name for name in known if "arbitrator" in staff_kinds(user_id, name)]
    if platform is not None and platform not in mine and platform in known:
        raise Forbidden
    return [name for name in mine if platform in (None, name)]


def assign_case(access: CaseAccess, *, arbitrator_id: int | None, via: Via = Via.PAGE) -> Done:
    """Give a case to somebody, or with None back to the queue.

    An arbitrator may take a free case and give back or recuse from their own; a lead may move any.
    Raises Forbidden, FieldsRefused (`not_an_arbitrator`, `conflict_of_interest`), ActionRefused.
    """
    kind = "unassign" if arbitrator_id is None else "assign" if arbitrator_id == access.user_id else "hand_over"
    data: dict[str, Any] = {} if arbitrator_id is None else {"arbitrator": arbitrator_id}

    def check(case: LockedCase, snapshot: CaseSnapshot) -> None:
        check_assignment(access_now(access, case, stage=str(snapshot.stage)), case, snapshot, arbitrator_id)

    done = act(
        Intent(
            number=access.number,
            kind=kind,
            party=Party.PLATFORM,
            actor_id=access.user_id,
            data=data,
            via=via,
            check=check,
        )
    )
    assert isinstance(done, Done)
    return done


def check_assignment(access: CaseAccess, case: Any, snapshot: CaseSnapshot, arbitrator_id: int | None) -> None:
    """Whether this member of staff may give this case to that person, or with None back to the queue."""
    check_not_recused(access, snapshot)
    holder = snapshot.facts.get("arbitrator")
    if not access.staff & {"arbitrator", "lead"}:
        raise Forbidden
    if holder not in (None, access.user_id) and "lead" not in access.staff:
        raise refused("assigned_to_other", stage=str(snapshot.stage), available_actions=[])
    if snapshot.stage is Stage.CLOSED:
        raise refused("not_in_this_stage", stage=str(snapshot.stage), available_actions=[])
    if arbitrator_id is None:
        return
    if "arbitrator" not in staff_kinds(arbitrator_id, case.platform):
        raise fields_refused([{"field": "arbitrator", "code": "not_an_arbitrator"}])
    if party_in(arbitrator_id, buyer_id=case.buyer_id, shop_id=case.shop_id, platform=case.platform) != Party.PLATFORM:
        raise fields_refused([{"field": "arbitrator", "code": "conflict_of_interest"}])
    if arbitrator_id in snapshot.facts.get("recused", ()):
        raise fields_refused([{"field": "arbitrator", "code": "recused"}])
    if is_left_to_others(snapshot, "assign") and arbitrator_id in signers_of(access.case_id):
        raise fields_refused([{"field": "arbitrator", "code": "other_arbitrator_needed"}])
