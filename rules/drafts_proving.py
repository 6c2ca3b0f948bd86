"""Proving drafts: asked for by people, done by workers, kept by what was explored; and traps that are let stand."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import timedelta
from time import process_time
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.clock import ClockReading, database_now
from contract.errors import Conflict, FieldProblem, Invalid
from rules import loader
from rules.actions import Kind, record
from rules.drafts import AcceptedTrap, DraftView, changing, draft_of
from rules.engine.soundness import prove
from rules.engine.soundness_exploring import TooManyStates
from rules.models import DraftProof
from rules.proofs import bound_in_days
from rules.selectors import calendar_edition, newest_calendar_id

log = logging.getLogger(__name__)

State = DraftProof.State
DEAD_AFTER = timedelta(minutes=2)
"""A worker that gave no sign for so long has died; another one begins anew."""
LONGEST_REASON = 500


class NoSuchTrap(Conflict):
    """The proof of the draft knows no such trap."""

    code = "no_such_trap"
    sentence = _("The proof of this draft names no such trap.")


class BadReason(Invalid):
    """A trap is accepted with a reason."""

    code = "bad_reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One thing the proof found."""

    kind: str
    subject: str
    warning: bool
    """Whether it is a trap, which may be accepted, and no defect."""
    path: tuple[tuple[str, str], ...]
    """A shortest way there: time since filing, and what happens."""
    accepted: AcceptedTrap | None
    """Who let it stand, and why."""

    @property
    def code(self) -> str:
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """How far the proof of a draft is, and what it showed."""

    state: str
    state_label: str
    explored: int
    found: int
    states: int
    seconds: float
    silence_bound_days: float | None
    """None: some case would never close, or nothing is known yet."""
    findings: tuple[FindingView, ...]
    failure: str

    @property
    def done(self) -> bool:
        return self.state == State.DONE

    @property
    def sound(self) -> bool:
        return self.done and self.silence_bound_days is not None and all(one.warning for one in self.findings)

    @property
    def open_traps(self) -> tuple[str, ...]:
        """Traps nobody has accepted."""
        return tuple(one.code for one in self.findings if one.warning and one.accepted is None)


def proof_of_draft(draft: DraftView) -> ProofView | None:
    """The proof of what the draft says now, under the newest calendar; None when nobody asked for it."""
    row = DraftProof.objects.filter(
        digest=draft.digest, calendar_id=newest_calendar_id(draft.policy.calendar)
    ).first()
    return None if row is None else _view(row, draft)


def ask_for_proof(pack: str, draft_id: int, *, actor_id: int) -> DraftView:
    """Have a draft proven as it stands, unless it is or will be; one that failed is tried again."""
    with transaction.atomic():
        draft = draft_of(pack, draft_id)
        row, new = DraftProof.objects.get_or_create(
            digest=draft.digest, calendar_id=newest_calendar_id(draft.policy.calendar),
            defaults={"pack": pack, "document": draft.text},
        )  # fmt: skip
        if row.state == State.FAILED:
            row.state, row.failure, new = State.WAITING, "", True
            row.save(update_fields=["state", "failure"])
        if new:
            told = {"digest": draft.digest}
            record(Kind.PROOF_ASKED, pack=pack, actor_id=actor_id, draft_id=draft_id, after=told)
    return draft


def accept_trap(
    pack: str, draft_id: int, *, finding: str, reason: str, revision: int | None, actor_id: int
) -> DraftView:  # fmt: skip
    """Let a trap stand, for a reason that is kept. Raises NoSuchTrap, BadReason, and as `changing`."""
    text = reason.strip()
    if not text or len(text) > LONGEST_REASON:
        detail = _("Say why this trap may stand.") if not text else _("This is too long.")
        raise BadReason(fields=[FieldProblem(pointer="/reason", code=BadReason.code, detail=detail)])
    with changing(pack, draft_id, revision=revision) as row:
        draft = draft_of(pack, draft_id)
        proof = proof_of_draft(draft)
        if proof is None or finding not in proof.open_traps:
            raise NoSuchTrap
        told = {"finding": finding, "reason": text}
        record(Kind.TRAP_ACCEPTED, pack=pack, actor_id=actor_id, draft_id=row.pk, after=told)
        by = str(type(row.author).objects.get(pk=actor_id))
        accepted = AcceptedTrap(finding=finding, reason=text, by=by, at=database_now().isoformat())
        row.accepted = [*row.accepted, asdict(accepted)]
    return draft_of(pack, draft_id)


def prove_next() -> bool:
    """Prove the text that has waited longest, or that a dead worker left; whether there was one."""
    row = _claimed()
    if row is None:
        return False
    began = process_time()

    def tell(explored: int, found: int) -> None:
        DraftProof.objects.filter(pk=row.pk).update(explored=explored, found=found, sign_at=database_now())

    try:
        policy = loader.compile_canonical(row.document)
        proven = prove(policy, calendar_edition(row.calendar_id), digest=row.digest, tell=tell)
    except TooManyStates:
        _finish(row.pk, state=State.FAILED, failure="too_many_states")
    except Exception:
        log.exception("proving %s failed", row)
        _finish(row.pk, state=State.FAILED, failure="broken")
    else:
        findings = [
            {"kind": one.kind, "subject": one.subject, "warning": one.warning, "path": list(map(list, one.path))}
            for one in proven.findings
        ]
        result = {
            "states": proven.states, "silence_bound_days": bound_in_days(proven), "findings": findings,
            "seconds": round(process_time() - began, 1),
        }  # fmt: skip
        _finish(row.pk, state=State.DONE, result=result, explored=proven.states, found=proven.states)
    return True


def _claimed() -> DraftProof | None:
    with transaction.atomic():
        dead = Q(state=State.RUNNING, sign_at__lt=ClockReading() - DEAD_AFTER)
        row = (
            DraftProof.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(Q(state=State.WAITING) | dead).order_by("asked_at", "pk").first()
        )  # fmt: skip
        if row is not None:
            row.state, row.sign_at = State.RUNNING, database_now()
            row.save(update_fields=["state", "sign_at"])
        return row


def _finish(proof_id: int, **told: Any) -> None:
    DraftProof.objects.filter(pk=proof_id).update(sign_at=database_now(), **told)


def _view(row: DraftProof, draft: DraftView) -> ProofView:
    result = row.result or {}
    accepted = {trap.finding: trap for trap in draft.accepted}
    findings = tuple(
        FindingView(
            kind=one["kind"], subject=one["subject"], warning=one["warning"],
            path=tuple((at, what) for at, what in one["path"]),
            accepted=accepted.get(f"{one['kind']} {one['subject']}"),
        )
        for one in result.get("findings", ())
    )  # fmt: skip
    return ProofView(
        state=row.state, state_label=str(row.get_state_display()), explored=row.explored, found=row.found,
        states=result.get("states", 0), seconds=result.get("seconds", 0.0),
        silence_bound_days=result.get("silence_bound_days"), findings=findings, failure=row.failure,
    )  # fmt: skip
