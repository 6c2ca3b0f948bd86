"""What may happen in a walk: a deed, a fact from outside, or nothing but time; drawn at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from rules.engine.policy import Policy
from rules.engine.types import CaseSnapshot

CARRIED = frozenset({"WAIT_SELLER_RECEIPT", "WAIT_BUYER_CHECK"})
"""Where the case hangs on what carriers report."""
PEOPLE = {"buyer": (1,), "seller": (2,), "platform": (3, 3, 3, 4, 5)}
AMOUNTS = ("0.01", "5.00", "20.00", "30.00", "30.01", "80.00", "100.00", "999.99", "1000.00", "1000.01", "1500.00")
FACTS = (
    "order_shipped order_completed carrier_signed promise_changed return_scanned return_signed replacement_signed"
    " digital_delivered code_viewed payout_succeeded"
).split()
ENDING = frozenset("withdraw refund_without_return accept_proposal".split())
"""What ends most cases, and is drawn less often so that walks get further."""
ASKED = (("seller", "refuse"), ("buyer", "request_intervention"), ("seller", "request_intervention"))
REVIEWED = (*ASKED, ("platform", "admit"), ("buyer", "complete_evidence"), ("seller", "complete_evidence"))
RULED = (*REVIEWED, ("platform", "rule"))
SENT = (("seller", "accept"), ("seller", "set_return_address"), ("buyer", "ship_return"))
REPLACED = (("seller", "accept"), ("seller", "send_replacement"), ("marketplace", "replacement_signed"))
PRELUDES: Sequence[Sequence[tuple[str, str]]] = (
    (), (), (), ASKED, REVIEWED, RULED, (*RULED, ("buyer", "appeal"), ("buyer", "submit_appeal")),
    (*RULED, ("seller", "appeal"), ("seller", "submit_appeal")), (*RULED, ("marketplace", "payout_succeeded")),
    SENT, (*SENT, ("marketplace", "return_scanned")), (*SENT, ("seller", "object_return")), REPLACED, REPLACED[:2],
    (*RULED, *SENT[1:], ("seller", "object_return")), (*REPLACED, ("buyer", "reject_replacement")),
    (("marketplace", "order_shipped"),), (("marketplace", "order_completed"),), [("buyer", "edit_request")] * 4,
    (*SENT, ("marketplace", "return_scanned"), *[("seller", "extend_return_receipt")] * 2),
    (*ASKED, ("platform", "change_evidence_from"), ("platform", "change_evidence_from")),
)  # fmt: skip
"""How a walk may begin, so that the far ends of a case are reached as often as the near ones."""
OUTCOMES = (
    "buyer_refund_only buyer_return_and_refund buyer_partial_refund buyer_exchange seller shared not_admitted".split()
)
MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Start:
    """How a case begins."""

    pack: str
    filed: datetime
    form: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """Something at an absolute time; an empty act only lets time pass."""

    now: datetime
    act: str = ""
    who: str = ""
    person: int | None = None
    at: datetime | None = None
    """When a fact from outside happened, if not now."""
    data: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        deed = f"{self.who}{self.person or ''} {self.act} {dict(self.data)}" if self.act else "nothing happens"
        happened = f" (happened {self.at:%Y-%m-%d %H:%M:%S.%f})" if self.at else ""
        return f"{self.now:%Y-%m-%d %H:%M:%S.%f} {deed}{happened}"


def draw_start(random: Random, pack: str, policy: Policy) -> Start:
    """An order as it may stand when somebody files; now and then what nobody may file."""
    filed = datetime(2026, random.randint(1, 11), random.randint(1, 28), random.randint(0, 23), 30, tzinfo=UTC)
    reason = random.choice(list(policy.reasons))
    remedies = sorted(policy.reasons[reason].remedies)
    maximum = random.choice(AMOUNTS[1:])
    form: dict[str, Any] = {
        "reason": reason, "remedy": random.choice(remedies), "amount": _part_of(random, maximum),
        "order": {"facts": _order(random, maximum), "anchors": {}},
    }  # fmt: skip
    form["order"]["anchors"] = _moments(random, filed, form["order"]["facts"])
    if policy.reasons[reason].received is False:
        form["goods_received"] = False
    if random.random() < 0.02:
        form["order"]["facts"]["withdrawn_reasons"] = [reason]
    if random.random() < 0.05:
        form.update(_silly(random, policy))
    return Start(pack, filed, form)


def _part_of(random: Random, maximum: str) -> str:
    within = [amount for amount in AMOUNTS if float(amount) <= float(maximum)]
    return random.choice([maximum, *within])


def _order(random: Random, maximum: str) -> dict[str, Any]:
    shipped = random.random() < 0.85
    facts: dict[str, Any] = {"shipped": shipped, "maximum": maximum, "currency": "CNY"}
    if shipped and random.random() < 0.3:
        facts["completed"] = True
    if random.random() < 0.2:
        facts["no_reason_promised"] = True
    if random.random() < 0.3:
        facts["promise_days"] = random.choice([4, 5, 20])
    if random.random() < 0.2:
        facts["low_value"] = True
    if random.random() < 0.03:
        facts |= random.choice([{"earlier_ruling": True}, {"refilings": 3}, {"refilings": 4}])
    if random.random() < 0.6:
        facts["default_return_address"] = True
    return facts


def _moments(random: Random, filed: datetime, facts: Mapping[str, Any]) -> dict[str, str]:
    moments = {"paid": filed - 40 * DAY}
    if facts["shipped"]:
        moments["shipped"] = filed - random.choice([9, 11, 30]) * DAY
        if random.random() < 0.6:
            signed = random.choice([0, 1, 6, 7, 7, 8]) * DAY + random.choice([0, 3, 9, 17]) * HOUR
            moments["carrier_signed"] = filed - signed
        moments["promise_ends"] = filed + random.choice([-5, -1, 2, 6, 8, 20]) * DAY
    if facts.get("completed"):
        moments["completed"] = filed - random.choice([DAY, 14 * DAY, 15 * DAY, 15 * DAY - MOMENT])
        moments["received"] = moments["completed"]
    return {name: moment.isoformat() for name, moment in moments.items()}


def _silly(random: Random, policy: Policy) -> dict[str, Any]:
    return random.choice(
        [{"amount": "0"}, {"amount": "-1"}, {"amount": "99999.00"}, {"amount": "a lot"}, {"reason": "NONSENSE"},
         {"remedy": "NONSENSE"}, {"remedy": random.choice(sorted(policy.remedies))}]
    )  # fmt: skip


class Choices:
    """What may be drawn where, the same for every walk of a pack."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.acts = [rule for rule in policy.actions.values() if rule.name != "file" and not rule.hidden]
        self.facts = [fact for fact in FACTS if fact in policy.actions]
        self.fitting = {
            str(stage): [fact for fact in self.facts if stage in policy.actions[fact].stages] for stage in policy.stages
        }
        self.by_stage: dict[str, list[tuple[str, str]]] = {}
        for rule in self.acts:
            for stage in rule.stages:
                self.by_stage.setdefault(str(stage), []).extend((str(who), rule.name) for who in sorted(rule.by))
        self.anything = [(str(who), rule.name) for rule in self.acts for who in sorted(rule.by)]


class Drawer:
    """Draws the next step of a walk, looking only at the clocks that run and the acts that may fit."""

    def __init__(self, random: Random, choices: Choices) -> None:
        self.random, self.choices, self.policy = random, choices, choices.policy
        self.prelude = list(random.choice(PRELUDES))

    def step(self, snapshot: CaseSnapshot, now: datetime) -> Step:
        if self.prelude:
            return self._opening(snapshot, now)
        draw = self.random.random()
        if draw < 0.14:
            return Step(self._jump(snapshot, now))
        now = self._jump(snapshot, now) if draw < 0.28 else now + timedelta(minutes=self.random.choice([0, 1, 30, 200]))
        if draw > (0.75 if snapshot.stage in CARRIED else 0.92):
            return self._fact(snapshot, now)
        fitting = self.choices.by_stage.get(str(snapshot.stage), [])
        who, act = self.random.choice(fitting if fitting and self.random.random() < 0.93 else self.choices.anything)
        if act in ENDING and self.random.random() < 0.85:
            who, act = self.random.choice(fitting or self.choices.anything)
        return Step(now, act, who, self.random.choice(PEOPLE[who]), None, self._data(act, who, snapshot))

    def _opening(self, snapshot: CaseSnapshot, now: datetime) -> Step:
        """The next step of the prelude; what does not fit this case is refused by both, which is a step too."""
        who, act = self.prelude.pop(0)
        now += timedelta(minutes=self.random.choice([1, 30, 61]))
        if who == "marketplace":
            data = {"reference": "P1"} if act == "payout_succeeded" else {}
            ordered = act == "payout_succeeded" and snapshot.facts.get("payout") == "ordered"
            fits = ordered or act in self.choices.fitting.get(str(snapshot.stage), [])
            return Step(now, act, who, None, now, data) if fits else Step(now)
        if act not in self.policy.actions:
            return Step(now)
        return Step(now, act, who, PEOPLE[who][0], None, self._sensible(act, who, snapshot))

    def _jump(self, snapshot: CaseSnapshot, now: datetime) -> datetime:
        """Just before, exactly at, just after a due time; or a long silence."""
        if self.random.random() < 0.1:
            return now + self.random.choice([HOUR, DAY, 9 * DAY, 40 * DAY])
        dues = [
            state.due_at for state in snapshot.deadlines.values()
            if state.pending and "." not in state.name and state.due_at >= now
        ]  # fmt: skip
        if not dues:
            return now + self.random.choice([HOUR, DAY])
        due = min(dues) if self.random.random() < 0.6 else self.random.choice(dues)
        around = [-MOMENT, timedelta(0), timedelta(0), MOMENT, 5 * HOUR / 60, 20 * HOUR / 60, 3 * HOUR, 2 * DAY]
        return max(now, due + self.random.choice(around))

    def _fact(self, snapshot: CaseSnapshot, now: datetime) -> Step:
        if snapshot.facts.get("payout") == "ordered" and self.random.random() < 0.5:
            return Step(now, "payout_succeeded", "marketplace", None, now, {"reference": "P1"})
        facts = [fact for fact in self.choices.fitting.get(str(snapshot.stage), []) if self._can_be(fact, snapshot)]
        if not facts:
            return Step(now)
        fact = self.random.choice(facts)
        back = self.random.choice([timedelta(0)] * 3 + [timedelta(minutes=5), HOUR, 3 * DAY, 12 * DAY])
        at = now - back
        data: dict[str, Any] = {}
        if fact == "promise_changed":
            data["promise_ends"] = (now + self.random.choice([-2, 1, 5, 10]) * DAY).isoformat()
        return Step(now, fact, "marketplace", None, at, data)

    def _can_be(self, fact: str, snapshot: CaseSnapshot) -> bool:
        """An order is completed only after it was shipped."""
        return fact != "order_completed" or bool(snapshot.facts.get("shipped"))

    def _data(self, act: str, who: str, snapshot: CaseSnapshot) -> dict[str, Any]:
        data = self._sensible(act, who, snapshot)
        if data and self.random.random() < 0.06:
            word = self.random.choice(list(data))
            silly: Sequence[Any] = {"amount": ("-1", "99999.00", "a lot", "0")}.get(word, ("NONSENSE",))
            if word in ("amount", "reason", "remedy", "refusal", "reject_reason", "return_carrier", "from", "party",
                        "offer", "outcome", "liable", "decision") and self.random.random() < 0.5:  # fmt: skip
                data[word] = self.random.choice(silly)
            else:
                del data[word]
        return data

    def _sensible(self, act: str, who: str, snapshot: CaseSnapshot) -> dict[str, Any]:
        pick, facts = self.random.choice, snapshot.facts
        if act in ("edit_request", "propose"):
            return self._request(act, who, facts)
        if act in ("rule", "correct_ruling", "decide_appeal"):
            return self._ruling(act, facts)
        if act == "refuse":
            offer = self._offer(facts) if self.random.random() < 0.3 else {}
            return {"refusal": pick(list(self.policy.refusals)), "statement": "Not so.", **offer}
        if act == "request_intervention":
            return {"statement": "Please look.", "exhibits": [1]}
        if act == "request_evidence" and self.random.random() < 0.3:
            return {"from": pick(["buyer", "seller"]), "statement": "It looks edited.", "false_evidence": True}
        if act == "withdraw":
            return {"confirm": True}
        if act == "accept" and self.random.random() < 0.4:
            return {"address": {"id": 1}}
        if act in ("ship_return", "correct_tracking"):
            carrier = pick([{}, {"return_carrier": pick(["express", "post", "overseas"])}])
            return {"tracking": f"SF{self.random.randint(1, 3)}", **carrier}
        return dict(self._fixed(act))

    def _fixed(self, act: str) -> dict[str, Any]:
        pick = self.random.choice
        sides = pick(["buyer", "seller", "both"])
        fixed: dict[str, dict[str, Any]] = {
            "accept_proposal": {"offer": pick(["buyer", "seller", "platform"])},
            "submit_exhibit": {"exhibit": str(self.random.randint(1, 9))},
            "change_evidence_from": {"from": sides, "statement": "All of it."},
            "request_evidence": {"from": sides, "statement": "The label."},
            "set_return_address": {"address": {"id": pick([1, 2])}},
            "object_return": {"statement": "Another item.", "exhibits": [9]},
            "reject_replacement": {"statement": "Still wrong."},
            "admit_late_evidence": {"party": pick(["buyer", "seller"]), "exhibit": "7"},
            "return_ruling": {"statement": "Look again."},
            "order_second_review": {"statement": "A slip."},
            "submit_appeal": {"statement": "This is new.", "new_evidence": pick([True] * 6 + [False])},
            "reject": {"reject_reason": pick([*self.policy.rejections, "NONSENSE"])},
            "send_replacement": {"tracking": "SF200"},
            "withdraw_exhibit": {"exhibit": "1"},
        }
        return fixed.get(act, {})

    def _request(self, act: str, who: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        if who != "buyer":
            return self._offer(facts)
        reason = self.random.choice([*self.policy.reasons, *[facts.get("reason", "OTHER")] * 8])
        offered = self.policy.reasons[reason].remedies if self.random.random() < 0.95 else self.policy.remedies
        remedy = self.random.choice(sorted(offered))
        whole = {"reason": reason, "remedy": remedy, "amount": _part_of(self.random, str(facts.get("maximum", "80")))}
        if act == "propose":
            del whole["reason"]
        elif self.random.random() < 0.2:
            return {"amount": whole["amount"]}
        return whole

    def _offer(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        remedy = self.random.choice(sorted(self.policy.remedies))
        return {"remedy": remedy, "amount": _part_of(self.random, str(facts.get("maximum", "80")))}

    def _ruling(self, act: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        pick = self.random.choice
        outcome = pick(OUTCOMES)
        amount = _part_of(self.random, str(facts.get("maximum", "80")))
        if outcome in ("seller", "not_admitted", "buyer_exchange"):
            amount = "0"
        elif outcome == "buyer_refund_only":
            amount = pick([amount, str(facts.get("amount", amount))])
        data: dict[str, Any] = {"outcome": outcome, "amount": amount, "ruling": {"id": 1}}
        data["liable"] = pick(["seller", "buyer", "none", "shared"]) if amount != "0" else pick(["buyer", "none"])
        if data["liable"] == "shared" or outcome == "shared":
            data |= {"liable": "shared", "seller_share": pick([20, 49, 50, 80])}
        if act == "rule" and self.random.random() < 0.05:
            data["false_evidence_by"] = pick(["buyer", "seller"])
        if act == "correct_ruling":
            data["statement"] = "A slip of the pen."
        if act == "decide_appeal":
            decision = pick(["uphold", "change"])
            data = {"decision": decision, **(data if decision == "change" else {"ruling": {"id": 3}})}
        return data
