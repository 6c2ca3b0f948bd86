"""Stories on which engine and model once parted, told to both: where they leave the case, and that the two agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from model_walks.comparing import Ground, Pair
from model_walks.steps import DAY, HOUR, MOMENT, Start, Step
from model_walks.walking import PERSONS
from rules.calendar_loader import load_calendar
from rules.loader import load_policy

FILED = datetime(2026, 5, 6, 4, 30, tzinfo=UTC)
GOODS = ("taobao.general", "tmall", "xianyu.general")
ASKED = {"statement": "Please look.", "exhibits": [1]}
REFUSED = {"refusal": "NOT_AGREED", "statement": "Not so."}
NOTHING = {"outcome": "not_admitted", "amount": "0", "liable": "none", "ruling": {"id": 1}}
OTHER_ARBITRATOR = 5


class Told:
    """One case, told step by step to both; it ends where they part, or where the step was refused."""

    def __init__(
        self, pack: str, reason: str, remedy: str, *, facts: Mapping[str, Any] | None = None, **anchors: datetime
    ) -> None:
        known = {"shipped": True, "maximum": "100.00", "currency": "CNY", **(facts or {})}
        moments = {"shipped": FILED - 30 * DAY, **anchors} if known["shipped"] else anchors
        order = {"facts": known, "anchors": {name: at.isoformat() for name, at in moments.items()}}
        start = Start(pack, FILED, {"reason": reason, "remedy": remedy, "amount": "80.00", "order": order})
        self.pair = Pair(start, Ground(pack, load_policy(pack), load_calendar("cn")))
        assert not self.pair.file(start)

    def at(self, after: timedelta) -> Told:
        return self._take(Step(FILED + after))

    def does(self, who: str, act: str, person: int | None = None, /, **data: Any) -> Told:
        if who == "marketplace":
            return self._take(Step(self.pair.now, act, who, None, self.pair.now, data))
        return self._take(Step(self.pair.now, act, who, person or PERSONS[who], None, data))

    def _take(self, step: Step) -> Told:
        version = self.pair.snapshot.version
        assert [str(difference) for difference in self.pair.take(step)] == []
        assert not step.act or self.pair.snapshot.version > version, f"refused: {step}"
        return self

    @property
    def stage(self) -> str:
        """Where both see the case, and agree on what everybody may do there."""
        for who, person in PERSONS.items():
            assert [str(difference) for difference in self.pair.permissions(who, person)] == []
        assert not self.pair.case.lost
        return self.pair.case.stage


def sent_back(pack: str, remedy: str) -> Told:
    case = Told(pack, "QUALITY", remedy, facts={"default_return_address": True})
    return case.at(HOUR).does("seller", "accept").does("buyer", "ship_return", tracking="SF1")


@pytest.mark.parametrize("pack", GOODS)
def test_of_a_second_return_its_own_scan_is_waited_for(pack: str) -> None:
    case = sent_back(pack, "exchange").does("marketplace", "return_scanned").does("seller", "extend_return_receipt")
    case.does("marketplace", "return_signed").does("seller", "confirm_return")
    case.does("seller", "send_replacement", tracking="SF2").does("buyer", "reject_replacement", statement="Wrong.")
    case.does("seller", "propose", remedy="return_and_refund", amount="80.00")
    case.does("buyer", "accept_proposal", offer="seller").does("buyer", "ship_return", tracking="SF3")
    assert (case.stage, "T6s" in case.pair.case.clocks) == ("WAIT_SELLER_RECEIPT", True)
    assert case.does("marketplace", "return_scanned").does("seller", "extend_return_receipt").stage


@pytest.mark.parametrize("pack", GOODS)
def test_an_exchange_found_on_appeal_is_sent_though_the_goods_are_on_their_way_back(pack: str) -> None:
    case = sent_back(pack, "return_and_refund").at(12 * DAY)
    case.does("platform", "rule", **NOTHING).does("buyer", "appeal")
    case.does("buyer", "submit_appeal", statement="This is new.", new_evidence=True)
    found = {**NOTHING, "decision": "change", "outcome": "buyer_exchange"}
    assert case.does("platform", "decide_appeal", OTHER_ARBITRATOR, **found).stage == "WAIT_REPLACEMENT"


def test_a_counter_offer_answers_the_current_version_also_during_the_preliminary_review() -> None:
    case = Told("tmall", "QUALITY", "refund_only").does("seller", "refuse", **REFUSED)
    case.does("seller", "request_intervention", **ASKED)
    case.does("platform", "request_evidence", **{"from": "both"}, statement="The label.")
    case.does("buyer", "propose", remedy="return_and_refund", amount="70.00").at(3 * DAY)
    case.does("seller", "propose", remedy="refund_only", amount="30.00")
    assert case.does("platform", "reject", reject_reason="NOT_NEGOTIATED").stage == "SELLER_REFUSED"
    assert case.does("buyer", "request_intervention", **ASKED).stage == "INTERVENTION_REQUESTED"


@pytest.mark.parametrize("stage", ["EVIDENCE", "REVIEW", "RE_REVIEW"])
def test_the_sum_may_change_though_the_reason_could_not_be_chosen_any_more(stage: str) -> None:
    case = Told("xianyu.general", "CHANGE_OF_MIND", "refund_only", facts={"shipped": False})
    case.does("seller", "refuse", **REFUSED).does("buyer", "request_intervention", **ASKED)
    if stage != "EVIDENCE":
        case.does("buyer", "complete_evidence").does("seller", "complete_evidence")
    if stage == "RE_REVIEW":
        case.does("platform", "rule", **NOTHING).does("buyer", "appeal")
        case.does("buyer", "submit_appeal", statement="This is new.", new_evidence=True)
    case.does("marketplace", "order_shipped")
    assert case.does("buyer", "edit_request", amount="30.00").stage == stage


def test_who_turns_to_the_transit_when_its_promise_is_over_and_seven_days_are_too_is_heard_at_once() -> None:
    case = Told("aliexpress", "CUSTOMS", "refund_only", promise_ends=FILED + 6 * DAY)
    case.does("seller", "refuse", **REFUSED).at(7 * DAY)
    assert case.stage == "SELLER_REFUSED", "the seventh day is included"
    turned = {"reason": "IN_TRANSIT", "remedy": "refund_only", "amount": "70.00"}
    assert case.does("buyer", "edit_request", **turned).stage == "REVIEW"


@pytest.mark.parametrize("promised", [6 * DAY, 8 * DAY])
@pytest.mark.parametrize("told_after", [timedelta(0), HOUR, 3 * DAY])
def test_a_promise_told_to_be_over_brings_the_platform_at_once(promised: timedelta, told_after: timedelta) -> None:
    case = Told("aliexpress", "IN_TRANSIT", "refund_only", promise_ends=FILED + 20 * DAY)
    case.does("seller", "refuse", **REFUSED).at(8 * DAY)
    now, ends = case.pair.now, (FILED + promised).isoformat()
    step = Step(now, "promise_changed", "marketplace", None, now - told_after, {"promise_ends": ends})
    assert case.pair.take(step) == []
    assert case.stage == "REVIEW"


@pytest.mark.parametrize("late", [timedelta(0), MOMENT, DAY])
@pytest.mark.parametrize("reason", ["IN_TRANSIT", "LOST"])
def test_among_equals_the_seller_is_silent_before_the_platform_steps_in(reason: str, late: timedelta) -> None:
    case = Told("aliexpress", reason, "partial_refund", promise_ends=FILED + 2 * DAY)
    case.at(2 * DAY).does("buyer", "edit_request", amount="30.00")
    assert case.at(7 * DAY + late).stage == "CLOSED"
    assert (case.pair.case.outcome, case.pair.case.paid) == ("refunded_by_silence", 3000)


def test_what_was_never_delivered_may_be_given_back_for_no_reason_however_long_ago_it_was_signed_for() -> None:
    case = Told("taobao.virtual", "CHANGE_OF_MIND", "refund_only", facts={"shipped": False})
    case.does("seller", "refuse", **REFUSED).does("seller", "request_intervention", **ASKED)
    case.does("marketplace", "carrier_signed").at(9 * DAY)
    turned = {"reason": "NO_REASON_7D", "remedy": "refund_only", "amount": "20.00"}
    assert case.does("buyer", "edit_request", **turned).stage == case.pair.snapshot.stage
