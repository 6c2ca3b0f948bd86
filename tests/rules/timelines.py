"""Cases told as stories: who did what when, and where that left them. Times are Shanghai's unless told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from rules.calendar_loader import load_calendar
from rules.engine.calendar import Calendar
from rules.engine.decide import allowed, apply, decide, settle
from rules.engine.events import Allowed, Event, Refusal, Step
from rules.engine.policy import Policy
from rules.engine.types import BLANK, DeadlineState, Fact, Party, Stage
from rules.loader import load_policy

SHANGHAI = ZoneInfo("Asia/Shanghai")
PEOPLE: Mapping[Party, int] = {Party.BUYER: 1, Party.SELLER: 2, Party.PLATFORM: 3}
ROOT, WU = 4, 5
"""A second person, and another arbitrator."""

NEEDED: Mapping[str, Mapping[str, Fact]] = {
    "refuse": {"refusal": "NOT_AGREED", "statement": "Not so."},
    "rule": {"liable": "none", "amount": "0", "ruling": {"id": 1}},
    "correct_ruling": {"liable": "none", "amount": "0", "ruling": {"id": 2}, "statement": "A slip of the pen."},
    "decide_appeal": {"decision": "uphold", "ruling": {"id": 3}},
    "submit_appeal": {"statement": "This is new.", "new_evidence": True},
    "ship_return": {"tracking": "SF100"},
    "object_return": {"statement": "Another item came back.", "exhibits": [9]},
    "set_return_address": {"address": {"id": 1}},
    "request_evidence": {"from": "both", "statement": "Please show the label."},
    "return_ruling": {"statement": "Look again."},
    "reject_replacement": {"statement": "Still wrong."},
    "withdraw": {"confirm": True},
}
"""What the forms of these actions always send, unless a story says otherwise."""


@lru_cache(maxsize=16)
def policy_of(pack: str) -> Policy:
    return load_policy(pack)


@lru_cache(maxsize=1)
def working_days() -> Calendar:
    return load_calendar("cn")


def moment(text: str) -> datetime:
    """A time of Shanghai, or with an offset of its own."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=SHANGHAI)


def written(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


class Refused(AssertionError):
    """A story did something the rules refuse."""


class Timeline:
    """One case from its filing on. Every call settles the case first, as the writer does."""

    def __init__(self, pack: str, filed: str = "2026-11-10T09:00", **told: Any) -> None:
        self.policy, self.snapshot, self.steps = policy_of(pack), BLANK, list[Step]()
        self.now = moment(filed)
        order = {"facts": told.pop("facts", {}), "anchors": _iso(told.pop("anchors", {}))}
        order["facts"] = {"shipped": True, "maximum": "100.00", "currency": "CNY", **order["facts"]}
        reason = "QUALITY" if "QUALITY" in self.policy.reasons else "GC_VALUE"
        reason = reason if order["facts"]["shipped"] else "OTHER"
        form = {"order": order, "reason": reason, "remedy": "refund_only", "amount": "80.00", **told}
        self.filing = self._do(Event(kind="file", party=Party.BUYER, actor=1, at=self.now, data=form))

    def at(self, text: str) -> Timeline:
        """Go to this time; what passed until then is settled as it passes."""
        return self.noticed_at(text) if moment(text) < self.now else self._pass_until(moment(text))

    def noticed_at(self, text: str) -> Timeline:
        """Go to this time with nobody looking in between: all that passed is noticed only now."""
        self.now = moment(text)
        settlement = settle(self.policy, working_days(), self.snapshot, now=self.now)
        self.steps += settlement.steps
        self.snapshot = settlement.snapshot
        return self

    def _pass_until(self, end: datetime) -> Timeline:
        while (coming := self._next_wake(end)) is not None:
            self.noticed_at(coming.isoformat())
        return self.noticed_at(end.isoformat())

    def _next_wake(self, end: datetime) -> datetime | None:
        wakes = [state.wakes_at for state in self.snapshot.deadlines.values() if state.pending]
        return min((wake for wake in wakes if self.now < wake <= end), default=None)

    def _do(self, event: Event) -> Step | Refusal:
        result = decide(self.policy, working_days(), self.snapshot, event, now=self.now)
        if isinstance(result, Step):
            self.snapshot = apply(self.snapshot, result)
            self.steps.append(result)
            self.noticed_at(self.now.isoformat())
        return result

    def attempt(self, party: str, action: str, /, actor: int | None = None, **data: Fact) -> Step | Refusal:
        """Let a party try something now."""
        who = Party(party)
        form = {**NEEDED.get(action, {}), **data}
        return self._do(Event(kind=action, party=who, actor=actor or PEOPLE[who], at=self.now, data=form))

    def _must(self, party: str, action: str, /, **data: Any) -> Timeline:
        result = self.attempt(party, action, **data)
        if isinstance(result, Refusal):
            raise Refused(f"{party} may not {action} in {self.stage}: {result}")
        return self

    def buyer(self, action: str, /, **data: Any) -> Timeline:
        return self._must("buyer", action, **data)

    def seller(self, action: str, /, **data: Any) -> Timeline:
        return self._must("seller", action, **data)

    def platform(self, action: str, /, **data: Any) -> Timeline:
        return self._must("platform", action, **data)

    def told(self, fact: str, happened: str | None = None, **data: Fact) -> Timeline:
        """The marketplace reports a fact now that happened at another time."""
        at = moment(happened) if happened else self.now
        result = self._do(Event(kind=fact, party=Party.MARKETPLACE, at=at, data=data))
        assert isinstance(result, Step), result
        return self

    def refused(self, party: str, action: str, /, **data: Any) -> str:
        """The code with which this is refused now; empty when it would have been taken."""
        before, steps = self.snapshot, len(self.steps)
        result = self.attempt(party, action, **data)
        self.snapshot, self.steps = before, self.steps[:steps]
        return result.code if isinstance(result, Refusal) else ""

    def may(self, party: str, actor: int | None = None) -> Allowed:
        return allowed(self.policy, working_days(), self.snapshot, Party(party), now=self.now, actor=actor)

    def opens(self, party: str, action: str) -> str:
        """When an action that is refused now becomes possible."""
        found = [item for item in self.may(party).unavailable if item.action == action]
        return written(found[0].available_from) if found and found[0].available_from else ""

    @property
    def stage(self) -> str:
        return str(self.snapshot.stage)

    @property
    def outcome(self) -> str:
        return self.snapshot.outcome if self.snapshot.stage is Stage.CLOSED else ""

    @property
    def place(self) -> str:
        """The stage, and when closed how."""
        return f"{self.stage} {self.outcome}".strip()

    @property
    def paid(self) -> str:
        return str(self.snapshot.facts.get("paid_amount", ""))

    def fact(self, name: str) -> Fact:
        return self.snapshot.facts.get(name)

    def state(self, rule: str) -> DeadlineState | None:
        return self.snapshot.deadlines.get(self.policy.named(rule).name)

    def due(self, rule: str) -> str:
        """When a running deadline is due, by its name or row id; empty when it does not run."""
        state = self.state(rule)
        return written(state.due_at) if state is not None and state.pending else ""

    def orders(self) -> list[str]:
        """All that the surrounding system was told to do, in order."""
        return [emission.name for step in self.steps for emission in step.emissions]

    def happened(self) -> list[str]:
        return [step.kind for step in self.steps]

    def passed(self, rule: str) -> str:
        """When a deadline of this row passed by the journal; empty when it never did."""
        name = self.policy.named(rule).name
        times = [step.at for step in self.steps if step.data.get("deadline") == name]
        return written(times[-1]) if times else ""


def _iso(anchors: Mapping[str, str]) -> dict[str, str]:
    return {name: moment(text).isoformat() for name, text in anchors.items()}


def in_evidence(pack: str = "taobao.general", **told: Any) -> Timeline:
    """Filed at nine, refused at ten, both asked for evidence since eleven (in Tmall the seller, after admission)."""
    case = Timeline(pack, **told)
    case.at("2026-11-10T10:00").seller("refuse")
    asking = "seller" if "intervention_gate" in case.policy.deadlines else "buyer"
    case.at("2026-11-10T11:00")._must(asking, "request_intervention", statement="Please look.", exhibits=[1])
    return case.platform("admit") if case.stage == "INTERVENTION_REQUESTED" else case


def in_review(pack: str = "taobao.general", **told: Any) -> Timeline:
    """As `in_evidence`, and both declared their evidence complete at noon."""
    case = in_evidence(pack, **told).at("2026-11-10T12:00").platform("change_evidence_from", **{"from": "both"})
    return case.buyer("complete_evidence").seller("complete_evidence")


def ruled(pack: str = "taobao.general", outcome: str = "seller", amount: str = "0", **data: Any) -> Timeline:
    """As `in_review`, and ruled at one in the afternoon by the first arbitrator."""
    case = in_review(pack).at("2026-11-10T13:00")
    return case.platform("rule", outcome=outcome, amount=amount, **data)


def returning(pack: str = "taobao.general", remedy: str = "return_and_refund", address: bool = True) -> Timeline:
    """Return asked for and agreed at ten; the shop's own address is shown at once when there is one."""
    case = Timeline(pack, remedy=remedy, facts={"default_return_address": address})
    return case.at("2026-11-10T10:00").seller("accept")


def sent_back(pack: str = "taobao.general", remedy: str = "return_and_refund", **data: Any) -> Timeline:
    """As `returning`, and the parcel's number entered at noon."""
    return returning(pack, remedy).at("2026-11-10T12:00").buyer("ship_return", **data)


def replacing(pack: str = "taobao.general") -> Timeline:
    """Something is to be sent again, or a card replaced, as agreed at ten."""
    remedy = "replacement_card" if "replacement_card" in policy_of(pack).remedies else "send_again"
    reason = {"taobao.virtual": "NOT_RECEIVED", "xianyu.virtual": "GC_UNUSABLE"}.get(pack, "NOT_RECEIVED")
    return Timeline(pack, reason=reason, remedy=remedy).at("2026-11-10T10:00").seller("accept")


def replaced(pack: str = "taobao.general") -> Timeline:
    """As `replacing`, and sent at noon."""
    return replacing(pack).at("2026-11-10T12:00").seller("send_replacement", tracking="SF200")


def appealing(pack: str = "taobao.general") -> Timeline:
    """Ruled for the seller at one, and the buyer began an appeal at two."""
    return ruled(pack).at("2026-11-10T14:00").buyer("appeal")


def re_reviewed(pack: str = "taobao.general") -> Timeline:
    """As `appealing`, and submitted with new evidence at three."""
    return appealing(pack).at("2026-11-10T15:00").buyer("submit_appeal")
