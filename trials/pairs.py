"""The six pairs of things that must not both happen: how a round begins, and which endings are legal."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random
from typing import Any, Final

from trials.rounds import (
    Pair,
    Started,
    Told,
    acting,
    before_deadline,
    begin,
    case_of,
    check_money,
    expect,
    kinds,
    settle_for_good,
    sweeping,
    taken_by,
)
from trials.stage import FILED, Stage, Way, heard

# Accepting, and running out of time


def start_answer(stage: Stage, chance: Random, *, by_interface: bool) -> Started:
    begin(stage)
    number = stage.file()
    due = before_deadline(number, "seller_response", chance)
    accept = acting(stage, by_interface, stage.people.seller, number, "accept")
    return Started(numbers=[number], ways=[("accept", accept), ("timeout", sweeping)] * 2, due=due)


def judge_answer(stage: Stage, started: Started, told: Told) -> str:
    (number,) = started.numbers
    settle_for_good(stage)
    accepted, case, happened = taken_by(told), case_of(number), kinds(number)
    expect("accepted", len(accepted), 0, 1)
    expect("events", [happened.count("accept"), happened.count("lapsed")], [len(accepted), 1 - len(accepted)])
    expect("outcome", case.outcome, "refunded_by_agreement" if accepted else "refunded_by_silence")
    check_money(number, "128.00")
    if accepted:
        at = case.events.get(kind="accept").recorded_at
        expect(f"accepted at {at} before {started.due}", at < started.due, True)
    return "accept" if accepted else "timeout"


# Two rulings, or one and a withdrawal

RULING_TAKES = 0.03
"""Seconds until a ruling is at the lock, about: withdrawing has nothing to look up before."""
RULING = {"outcome": "buyer_refund_only", "amount": "100.00", "liable": "seller", "reasons": "It came cracked."}


def start_rulings(stage: Stage, chance: Random, *, by_interface: bool) -> Started:
    begin(stage)
    number = stage.in_review()
    sides = zip(("zhou", "wu"), stage.arbitrators, strict=True)
    ways = [(name, acting(stage, by_interface, who, number, "rule", **RULING)) for name, who in sides]
    return Started(numbers=[number], ways=ways * 2)


def judge_rulings(stage: Stage, started: Started, told: Told) -> str:
    from disputes.models import Ruling

    (number,) = started.numbers
    (winner,) = _one(taken_by(told))
    happened = kinds(number)
    expect("rulings", [happened.count("rule"), Ruling.objects.filter(case__number=number).count()], [1, 1])
    who = dict(zip(("zhou", "wu"), stage.arbitrators, strict=True))[winner]
    expect("arbitrator", Ruling.objects.get(case__number=number).arbitrator_id, who)
    expect("stage", case_of(number).stage, "CLOSED")
    check_money(number, "100.00")
    return winner


def start_withdrawal(stage: Stage, chance: Random, *, by_interface: bool) -> Started:
    begin(stage)
    number = stage.in_review()
    withdraw = acting(stage, by_interface, stage.people.buyer, number, "withdraw")
    rule = acting(stage, by_interface, stage.arbitrators[0], number, "rule", **RULING)
    ways = [("withdraw", withdraw), ("rule", rule)] * 2
    return Started(numbers=[number], ways=ways, apart={"withdraw": RULING_TAKES})


def judge_withdrawal(stage: Stage, started: Started, told: Told) -> str:
    (number,) = started.numbers
    (winner,) = _one(taken_by(told))
    happened = kinds(number)
    expect("events", [happened.count("withdraw"), happened.count("rule")], [1, 0] if winner == "withdraw" else [0, 1])
    check_money(number, *(["100.00"] if winner == "rule" else []))
    return winner


def _one(winners: list[str]) -> list[str]:
    expect(f"winners {winners}", len(winners), 1)
    return winners


# Evidence, and the end of its period


def start_evidence(stage: Stage, chance: Random, *, by_interface: bool) -> Started:
    from accounts.models import User
    from disputes.selectors.access import case_for
    from disputes.services.exhibiting import draft_exhibit, submit_exhibits

    begin(stage)
    number, buyer = stage.in_evidence(), User.objects.get(pk=stage.people.buyer)
    drafts = [draft_exhibit(case_for(buyer, number), description=f"Crack {n}.").exhibit_id for n in (1, 2)]
    before_deadline(number, "evidence", chance)
    ways: list[tuple[str, Way]] = [("timeout", sweeping)] * 2
    for draft in drafts:
        if by_interface:
            ways.append(("evidence", acting(stage, True, buyer.pk, number, "submit_exhibit", exhibit=str(draft))))
        else:
            hand_in = partial(submit_exhibits, case_for(buyer, number), [draft])
            ways.append(("evidence", partial(heard, hand_in)))
    return Started(numbers=[number], ways=ways)


def judge_evidence(stage: Stage, started: Started, told: Told) -> str:
    """Both pieces, one or none came in time; the others are notes, and what is a note moved nothing."""
    from disputes.models import Exhibit

    (number,) = started.numbers
    settle_for_good(stage)
    handed_in = taken_by(told)
    status = list(Exhibit.objects.filter(case__number=number).values_list("status", flat=True))
    expect("handed in or kept as notes", len(handed_in), status.count("submitted") + status.count("late"))
    in_time, happened = status.count("submitted"), kinds(number)
    expect("exhibits in the journal", happened.count("submit_exhibit"), in_time)
    expect("stage", case_of(number).stage, "SELLER_FOLLOWUP" if in_time else "REVIEW")
    if in_time:
        last = len(happened) - happened[::-1].index("submit_exhibit")
        expect("evidence before the end of its period", "lapsed" in happened[:last], False)
    check_money(number)
    return "evidence" if in_time else "timeout"


# Changing a request, and refusing it


def start_refusal(stage: Stage, chance: Random, *, by_interface: bool) -> Started:
    begin(stage)
    number = stage.file()
    seen = case_of(number).version
    before_deadline(number, "seller_response", chance)
    edit = acting(stage, by_interface, stage.people.buyer, number, "edit_request", seen=seen, amount="90.00")
    refuse = acting(
        stage, by_interface, stage.people.seller, number, "refuse", seen=seen, refusal="NOT_AGREED", statement="Whole."
    )
    return Started(numbers=[number], ways=[("edit", edit), ("refuse", refuse)] * 2)


def judge_refusal(stage: Stage, started: Started, told: Told) -> str:
    (number,) = started.numbers
    settle_for_good(stage)
    winners, happened = taken_by(told), kinds(number)
    expect(f"winners {winners}", len(winners), 0, 1)
    winner = winners[0] if winners else "timeout"
    found = [happened.count(kind) for kind in ("edit_request", "refuse", "lapsed")]
    expect("events", found, [int(winner == side) for side in ("edit", "refuse", "timeout")])
    check_money(number, *([] if winners else ["128.00"]))
    return winner


# Publishing rules, and filing under them

SOUND: Final = {"states": 1, "seconds": 0.0, "silence_bound_days": 60.0, "findings": []}
PUBLISHING = 0.12
"""Seconds within which people file while rules are published: publishing takes long, filing does not."""


def start_publishing(stage: Stage, chance: Random, *, by_interface: bool) -> Started:
    from disputes.services.filing import file_dispute
    from rules.drafts_publishing import publish_draft
    from rules.selectors import version_in_force
    from trials.population import make_order

    order, line = make_order(stage.people, stage.start)
    lines = [{"line": line, "quantity": 1}]
    if by_interface:
        sent = {**FILED, "order": order, "lines": lines}
        opening: Way = partial(stage.sends, stage.people.buyer, "cases/", sent)
    else:
        filing = partial(file_dispute, stage.people.buyer, order_id=order, lines=lines, **FILED)  # type: ignore[arg-type]
        opening = partial(heard, filing)
    base = version_in_force("taobao.general")
    approved = [_approved_draft(stage, base) for _ in range(2)]
    publishing = [partial(heard, partial(publish_draft, base.pack, draft, **_at_once(stage))) for draft in approved]
    ways = [(side, way) for each in publishing for side, way in (("publish", each), ("open", opening))]
    return Started(numbers=[], ways=ways, order=order, base=base.number, apart={"open": PUBLISHING})


def _days(policy: Any) -> int:
    """How long sellers have: five days, six, five, ..."""
    return int(policy.deadlines["seller_response"].terms[0].length.amount)


def _approved_draft(stage: Stage, base: Any) -> int:
    """A draft with the other length, submitted and approved by a second person.

    What the proof found is written down as a worker would: exploring a pack takes half a minute, and is not raced here.
    """
    from rules.drafting import NewTerm
    from rules.drafts_publishing import approve_draft, submit_draft
    from rules.engine.clock import Length, Unit
    from rules.models import DraftProof
    from rules.selectors import newest_calendar_id
    from studio.services import LengthChange, draft_length

    term = NewTerm(length=Length(amount=11 - _days(base.policy), unit=Unit.DAYS))
    change = LengthChange(name="seller_response", terms=[term], source="A notice of the trial.", confidence="A")
    draft = draft_length(base, change, title="A trial", draft=None, actor_id=stage.administrator)
    DraftProof.objects.get_or_create(
        digest=draft.digest, calendar_id=newest_calendar_id(draft.policy.calendar),
        defaults={"pack": draft.pack, "document": draft.text, "state": DraftProof.State.DONE, "result": SOUND},
    )  # fmt: skip
    submit_draft(draft.pack, draft.id, effective_from=None, **_at_once(stage))
    approve_draft(draft.pack, draft.id, revision=None, actor_id=stage.arbitrators[0])
    return draft.id


def _at_once(stage: Stage) -> dict[str, Any]:
    return {"revision": None, "actor_id": stage.administrator}


def judge_publishing(stage: Stage, started: Started, told: Told) -> str:
    """One version more, and one case: under the old rules, or under the new ones from their first moment on."""
    from disputes.models import Case, Deadline
    from rules.models import PolicyVersion
    from rules.selectors import policy_of

    expect("done", sorted(taken_by(told)), ["open", "publish"])
    (case,) = Case.objects.filter(order_id=started.order).select_related("policy")
    started.numbers.append(case.number)
    newest = PolicyVersion.objects.filter(pack=case.pack).latest("number")
    expect("versions", newest.number, started.base + 1)
    expect("version of the case", case.policy.number, started.base, newest.number)
    answer = Deadline.objects.get(case=case, name="seller_response")
    expect("time to answer", answer.due_at - answer.started_at, timedelta(days=_days(policy_of(case.policy_id))))
    expect("opened under rules in force", case.opened_at >= case.policy.effective_from, True)
    check_money(case.number)
    stage.must(stage.people.buyer, case.number, "withdraw")
    return "open under new rules" if case.policy.number == newest.number else "open under old rules"


PAIRS = {
    pair.name: pair
    for pair in (
        Pair(name="accept/timeout", sides=("accept", "timeout"), start=start_answer, judge=judge_answer),
        Pair(name="rule/rule", sides=("zhou", "wu"), start=start_rulings, judge=judge_rulings),
        Pair(name="withdraw/rule", sides=("withdraw", "rule"), start=start_withdrawal, judge=judge_withdrawal),
        Pair(name="evidence/close", sides=("evidence", "timeout"), start=start_evidence, judge=judge_evidence),
        Pair(name="edit/refuse", sides=("edit", "refuse", "timeout"), start=start_refusal, judge=judge_refusal),
        Pair(
            name="publish/open", sides=("open under old rules", "open under new rules"), start=start_publishing,
            judge=judge_publishing,
        ),
    )
}  # fmt: skip
