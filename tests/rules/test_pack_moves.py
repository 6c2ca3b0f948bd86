"""Who may do what where: every stage, every party, every action of the Taobao family, and where it leads.

A move that is not in the table is refused. `!code` is the refusal a reader would not expect from the stage alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from rules.engine.events import Refusal
from rules.engine.types import Fact, Party
from tests.rules.timelines import (
    PEOPLE,
    ROOT,
    WU,
    Timeline,
    appealing,
    in_evidence,
    in_review,
    policy_of,
    re_reviewed,
    replaced,
    replacing,
    returning,
    ruled,
    sent_back,
)

GOODS = ("taobao.general", "tmall", "xianyu.general")
VIRTUAL = ("taobao.virtual", "xianyu.virtual")
Story = Callable[[str], Timeline]
Moves = Mapping[str, str]


def answered(pack: str) -> Timeline:
    return Timeline(pack).at("2026-11-10T10:00").seller("refuse", remedy="partial_refund", amount="30.00")


def requested(pack: str) -> Timeline:
    return answered(pack).buyer("request_intervention", statement="Please look.", exhibits=[1])


def followed_up(pack: str) -> Timeline:
    case = in_evidence(pack).platform("change_evidence_from", **{"from": "buyer"})
    return case.at("2026-11-10T12:00").buyer("complete_evidence")


def second_person(pack: str) -> Timeline:
    case = in_review(pack).at("2026-11-10T13:00")
    return case.platform("rule", outcome="buyer_refund_only", amount="80.00", second_person=True)


STORIES: Mapping[str, Story] = {
    "WAIT_SELLER": Timeline, "SELLER_REFUSED": answered, "WAIT_BUYER_RETURN": returning,
    "WAIT_SELLER_RECEIPT": sent_back, "WAIT_REPLACEMENT": replacing, "WAIT_BUYER_CHECK": replaced,
    "INTERVENTION_REQUESTED": requested,
    "EVIDENCE": in_evidence, "SELLER_FOLLOWUP": followed_up, "REVIEW": in_review, "RULED": second_person,
    "APPEAL_EVIDENCE": appealing, "RE_REVIEW": re_reviewed, "CLOSED": ruled,
}  # fmt: skip

FORMS: Mapping[str, Mapping[str, Fact]] = {
    "propose": {"remedy": "partial_refund", "amount": "30.00"}, "edit_request": {"amount": "70.00"},
    "request_intervention": {"statement": "Please look.", "exhibits": [1]}, "correct_tracking": {"tracking": "SF101"},
    "send_replacement": {"tracking": "SF201"}, "rule": {"outcome": "seller"}, "correct_ruling": {"outcome": "seller"},
    "admit_late_evidence": {"party": "buyer"}, "reject": {"reject_reason": "EVIDENCE_MISSING"},
    "change_evidence_from": {"from": "both"}, "order_second_review": {"statement": "A pattern."},
}  # fmt: skip

GOODS_MOVES: Mapping[str, Moves] = {
    "WAIT_SELLER": {
        "buyer edit_request": "WAIT_SELLER", "buyer propose": "WAIT_SELLER", "buyer withdraw": "CLOSED withdrawn",
        "buyer submit_exhibit": "WAIT_SELLER", "seller submit_exhibit": "WAIT_SELLER",
        "seller accept": "CLOSED refunded_by_agreement", "seller accept_proposal": "CLOSED refunded_by_agreement",
        "seller refuse": "SELLER_REFUSED", "seller propose": "SELLER_REFUSED",
        "buyer request_intervention": "!current_version_answered",
        "seller request_intervention": "!current_version_answered",
        "buyer accept_proposal": "!no_offer_yet", "platform propose": "!not_in_this_stage",
    },
    "SELLER_REFUSED": {
        "buyer edit_request": "WAIT_SELLER", "buyer propose": "WAIT_SELLER", "buyer withdraw": "CLOSED withdrawn",
        "buyer request_intervention": "EVIDENCE", "seller request_intervention": "EVIDENCE",
        "buyer submit_exhibit": "SELLER_REFUSED", "seller submit_exhibit": "SELLER_REFUSED",
        "buyer accept_proposal": "CLOSED refunded_by_agreement", "seller propose": "SELLER_REFUSED",
        "seller accept_proposal": "CLOSED refunded_by_agreement", "seller accept": "CLOSED refunded_by_agreement",
    },
    "WAIT_BUYER_RETURN": {
        "buyer ship_return": "WAIT_SELLER_RECEIPT", "buyer withdraw": "CLOSED withdrawn",
        "seller set_return_address": "WAIT_BUYER_RETURN", "buyer submit_exhibit": "WAIT_BUYER_RETURN",
        "seller submit_exhibit": "WAIT_BUYER_RETURN", "platform correct_ruling": "!not_ruled",
    },
    "WAIT_SELLER_RECEIPT": {
        "buyer correct_tracking": "WAIT_SELLER_RECEIPT", "buyer withdraw": "CLOSED withdrawn",
        "buyer request_intervention": "EVIDENCE", "seller request_intervention": "EVIDENCE",
        "seller confirm_return": "CLOSED refunded_after_return", "seller object_return": "EVIDENCE",
        "seller extend_return_receipt": "!not_in_transit", "buyer submit_exhibit": "WAIT_SELLER_RECEIPT",
        "seller submit_exhibit": "WAIT_SELLER_RECEIPT",
    },
    "WAIT_REPLACEMENT": {
        "seller send_replacement": "WAIT_BUYER_CHECK", "seller propose": "WAIT_REPLACEMENT",
        "seller accept_proposal": "!no_offer_yet", "buyer accept_proposal": "!no_offer_yet",
        "buyer withdraw": "CLOSED withdrawn", "buyer submit_exhibit": "WAIT_REPLACEMENT",
        "seller submit_exhibit": "WAIT_REPLACEMENT",
    },
    "WAIT_BUYER_CHECK": {
        "buyer confirm_replacement": "CLOSED exchanged", "buyer reject_replacement": "WAIT_SELLER",
        "buyer withdraw": "CLOSED withdrawn", "buyer submit_exhibit": "WAIT_BUYER_CHECK",
        "seller submit_exhibit": "WAIT_BUYER_CHECK",
    },
    "EVIDENCE": {
        "buyer submit_exhibit": "EVIDENCE", "seller submit_exhibit": "EVIDENCE", "buyer complete_evidence": "EVIDENCE",
        "seller complete_evidence": "EVIDENCE", "buyer propose": "EVIDENCE", "seller propose": "EVIDENCE",
        "buyer edit_request": "EVIDENCE",
        "platform propose": "EVIDENCE", "buyer accept_proposal": "!no_offer_yet",
        "seller accept_proposal": "CLOSED refunded_by_agreement", "seller accept": "CLOSED refunded_by_agreement",
        "buyer withdraw": "CLOSED withdrawn", "platform change_evidence_from": "EVIDENCE",
        "seller withdraw_objection": "!no_objection",
    },
    "SELLER_FOLLOWUP": {
        "seller submit_exhibit": "SELLER_FOLLOWUP", "seller complete_evidence": "REVIEW",
        "seller propose": "SELLER_FOLLOWUP", "platform propose": "SELLER_FOLLOWUP",
        "seller accept": "CLOSED refunded_by_agreement", "seller accept_proposal": "CLOSED refunded_by_agreement",
        "buyer withdraw": "CLOSED withdrawn", "buyer submit_exhibit": "!evidence_window_closed",
        "buyer complete_evidence": "!not_asked", "buyer accept_proposal": "!no_offer_yet",
    },
    "REVIEW": {
        "platform rule": "CLOSED ruled_no_refund", "platform request_evidence": "EVIDENCE",
        "platform admit_late_evidence": "REVIEW", "platform propose": "REVIEW", "buyer propose": "REVIEW",
        "buyer edit_request": "REVIEW",
        "seller propose": "REVIEW", "seller accept": "CLOSED refunded_by_agreement",
        "seller accept_proposal": "CLOSED refunded_by_agreement", "buyer accept_proposal": "!no_offer_yet",
        "buyer withdraw": "CLOSED withdrawn", "buyer submit_exhibit": "!evidence_window_closed",
        "seller submit_exhibit": "!evidence_window_closed", "buyer urge": "!not_late_yet",
        "seller urge": "!not_late_yet",
    },
    "RULED": {"platform approve_ruling": "!second_person_needed", "platform return_ruling": "!second_person_needed"},
    "APPEAL_EVIDENCE": {
        "buyer submit_appeal": "RE_REVIEW", "buyer submit_exhibit": "APPEAL_EVIDENCE",
        "buyer withdraw": "CLOSED ruled_no_refund", "buyer appeal": "!appeal_already_open",
        "seller appeal": "!granted_in_full", "seller submit_exhibit": "!evidence_window_closed",
        "buyer accept_proposal": "!no_offer_yet", "seller accept_proposal": "CLOSED refunded_by_agreement",
        "seller submit_appeal": "!not_your_appeal",
    },
    "RE_REVIEW": {
        "platform decide_appeal": "!other_arbitrator_needed", "buyer withdraw": "CLOSED ruled_no_refund",
        "buyer propose": "RE_REVIEW", "seller propose": "RE_REVIEW", "platform propose": "RE_REVIEW",
        "buyer edit_request": "RE_REVIEW",
        "seller accept_proposal": "CLOSED refunded_by_agreement", "buyer accept_proposal": "!no_offer_yet",
        "buyer urge": "!not_yet", "seller urge": "!not_yet", "buyer appeal": "!appeal_used",
        "seller appeal": "!granted_in_full", "buyer submit_exhibit": "!evidence_window_closed",
        "seller submit_exhibit": "!evidence_window_closed",
    },
    "CLOSED": {
        "buyer appeal": "APPEAL_EVIDENCE", "seller appeal": "!granted_in_full", "platform correct_ruling": "RULED",
        "platform order_second_review": "!correct_it_instead",
    },
}  # fmt: skip

TMALL_MOVES: Mapping[str, Moves] = {
    "SELLER_REFUSED": {
        **GOODS_MOVES["SELLER_REFUSED"],
        "buyer request_intervention": "INTERVENTION_REQUESTED", "seller request_intervention": "INTERVENTION_REQUESTED",
    },
    "INTERVENTION_REQUESTED": {
        "platform admit": "EVIDENCE", "platform reject": "SELLER_REFUSED", "platform request_evidence": "EVIDENCE",
        "platform propose": "INTERVENTION_REQUESTED", "seller propose": "INTERVENTION_REQUESTED",
        "seller accept": "CLOSED refunded_by_agreement", "seller accept_proposal": "CLOSED refunded_by_agreement",
        "buyer accept_proposal": "CLOSED refunded_by_agreement", "buyer withdraw": "CLOSED withdrawn",
        "buyer submit_exhibit": "INTERVENTION_REQUESTED", "seller submit_exhibit": "INTERVENTION_REQUESTED",
        "buyer urge": "!not_late_yet", "seller urge": "!not_late_yet",
    },
    "EVIDENCE": {
        **GOODS_MOVES["EVIDENCE"],
        "seller complete_evidence": "REVIEW", "buyer complete_evidence": "!not_asked",
    },
}  # fmt: skip

VIRTUAL_MOVES: Mapping[str, Moves] = {
    "SELLER_REFUSED": {
        **GOODS_MOVES["SELLER_REFUSED"], "buyer request_intervention": "!gate_closed",
    },
    "EVIDENCE": {key: to for key, to in GOODS_MOVES["EVIDENCE"].items() if "objection" not in key},
}  # fmt: skip


KEEPING: Moves = {"seller refund_without_return": "!no_return_asked"}
KEEPING_STAGES = ("WAIT_SELLER", "SELLER_REFUSED", "INTERVENTION_REQUESTED", "EVIDENCE", "SELLER_FOLLOWUP", "REVIEW")


def moves_of(pack: str, stage: str) -> Moves:
    own = TMALL_MOVES if pack == "tmall" else VIRTUAL_MOVES if pack in VIRTUAL else {}
    moves = own.get(stage, GOODS_MOVES.get(stage, {}))
    if pack in GOODS and stage == "REVIEW":
        return {**moves, **KEEPING, "seller withdraw_objection": "!no_objection"}
    return {**moves, **KEEPING} if pack in GOODS and stage in KEEPING_STAGES else moves


def stages_of(pack: str) -> list[str]:
    return [stage for stage in STORIES if stage in {str(known) for known in policy_of(pack).stages}]


PLACES = [(pack, stage) for pack in (*GOODS, *VIRTUAL) for stage in stages_of(pack)]


@pytest.mark.parametrize(("pack", "stage"), PLACES)
def test_a_stage_lets_each_party_do_this_and_nothing_else(pack: str, stage: str) -> None:
    story, moves, found = STORIES[stage], moves_of(pack, stage), dict[str, str]()
    assert story(pack).stage == stage
    for action in policy_of(pack).actions.values():
        for party in sorted({"buyer", "seller", "platform"} & set(action.by)):
            case, key = story(pack), f"{party} {action.name}"
            form = {**FORMS.get(action.name, {})}
            if action.name == "accept_proposal":
                form["offer"] = "seller" if party == "buyer" else "buyer"
            result = case.attempt(party, action.name, **form)
            if not isinstance(result, Refusal):
                found[key] = case.place
            elif result.code not in ("not_in_this_stage", "not_your_action") or key in moves:
                found[key] = f"!{result.code}"
    assert found == dict(moves)


@pytest.mark.parametrize(("pack", "stage"), PLACES)
def test_what_is_shown_as_possible_is_possible_and_the_rest_has_its_reason(pack: str, stage: str) -> None:
    case = STORIES[stage](pack)
    for party in ("buyer", "seller", "platform"):
        allowed = case.may(party, actor=PEOPLE[Party(party)])
        shown = {f"{party} {item.action}" for item in allowed.available}
        refused = {f"{party} {item.action}" for item in allowed.unavailable}
        possible = {
            key for key, to in moves_of(pack, stage).items() if key.startswith(party) and not to.startswith("!")
        }
        assert possible <= shown
        assert not refused & possible


@pytest.mark.parametrize("pack", [*GOODS, *VIRTUAL])
def test_another_person_approves_and_another_arbitrator_decides_the_appeal(pack: str) -> None:
    assert second_person(pack).platform("approve_ruling", actor=ROOT).place == "CLOSED ruled_refund"
    assert second_person(pack).platform("return_ruling", actor=ROOT).place == "REVIEW"
    assert re_reviewed(pack).platform("decide_appeal", actor=WU).place == "CLOSED ruled_no_refund"
