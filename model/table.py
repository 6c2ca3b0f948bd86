"""Every act of a case: who may do it where (1.2, 1.5 and 10.1), and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping

from model import acts, appeals, examining, moving, requests, rulings
from model.acts import ANY_OPEN, NEGOTIATION, OPEN_TALK
from model.case import Case
from model.doing import Act, Doing, stages

NOWHERE = stages("")
TALK = NEGOTIATION | OPEN_TALK
APPEALING = stages("APPEAL_EVIDENCE RE_REVIEW")
BACK = stages("EVIDENCE REVIEW")


def _filed(case: Case, doing: Doing) -> None:
    requests.take_request(case, doing.data)
    moving.wait_for_seller(case, doing.at, doing.heard)


def by(buyer: frozenset[str] = NOWHERE, seller: frozenset[str] = NOWHERE, platform: frozenset[str] = NOWHERE):  # type: ignore[no-untyped-def]
    return {"buyer": buyer, "seller": seller, "platform": platform}


ACTS: Mapping[str, Act] = {
    "file": Act(by(buyer=stages("NEW")), _filed, well_told=requests.request_well_told),
    "accept": Act(by(seller=TALK), acts.accept),
    "refuse": Act(by(seller=NEGOTIATION | BACK), acts.refuse, acts.may_refuse, well_told=acts.refusal_told),
    "refund_without_return": Act(by(seller=TALK), acts.keep_goods, acts.cheap),
    "edit_request": Act(
        by(buyer=NEGOTIATION | stages("EVIDENCE REVIEW RE_REVIEW")), requests.edit, requests.may_edit,
        requests.request_well_told,
    ),
    "propose": Act(
        by(TALK - {"SELLER_FOLLOWUP"} | APPEALING, TALK | APPEALING | {"WAIT_REPLACEMENT"}, OPEN_TALK | APPEALING),
        acts.propose, acts.may_propose, acts.proposal_told,
    ),
    "accept_proposal": Act(
        by(*[TALK | APPEALING | {"WAIT_REPLACEMENT"}] * 2), acts.accept_offer, acts.there_is_an_offer,
        acts.offer_exists,
    ),
    "withdraw": Act(
        by(ANY_OPEN | stages("APPEAL_EVIDENCE RE_REVIEW"), stages("APPEAL_EVIDENCE RE_REVIEW")),
        acts.withdraw, acts.may_withdraw, acts.confirmed,
    ),
    "request_intervention": Act(
        by(stages("SELLER_REFUSED WAIT_SELLER_RECEIPT WAIT_SELLER"),
           stages("SELLER_REFUSED WAIT_SELLER_RECEIPT WAIT_SELLER")),
        acts.ask, acts.may_ask, acts.asked_well,
    ),
    "submit_exhibit": Act(
        by(ANY_OPEN | stages("APPEAL_EVIDENCE RE_REVIEW"), ANY_OPEN | stages("APPEAL_EVIDENCE RE_REVIEW")),
        examining.file, examining.may_file,
    ),
    "withdraw_exhibit": Act(
        by(*[ANY_OPEN | APPEALING] * 2), acts.always, examining.may_withdraw, examining.names_exhibit
    ),
    "complete_evidence": Act(
        by(stages("EVIDENCE"), stages("EVIDENCE SELLER_FOLLOWUP")), examining.complete, examining.may_complete
    ),
    "change_evidence_from": Act(
        by(platform=stages("EVIDENCE")), examining.change_sides, well_told=examining.names_sides
    ),
    "set_return_address": Act(by(seller=stages("WAIT_BUYER_RETURN")), acts.show_address, well_told=acts.names_address),
    "ship_return": Act(
        by(buyer=stages("WAIT_BUYER_RETURN")), acts.ship_back, lambda case, doing: case.address, acts.carrier_known
    ),
    "correct_tracking": Act(
        by(buyer=stages("WAIT_SELLER_RECEIPT")), acts.correct_tracking, well_told=acts.carrier_known
    ),
    "confirm_return": Act(by(seller=stages("WAIT_SELLER_RECEIPT")), acts.confirm_return),
    "object_return": Act(
        by(seller=stages("WAIT_SELLER_RECEIPT")), acts.object_to_return, well_told=acts.told_with_exhibit
    ),
    "withdraw_objection": Act(by(seller=BACK), examining.take_back_objection, examining.may_take_back),
    "extend_return_receipt": Act(
        by(seller=stages("WAIT_SELLER_RECEIPT")), acts.extend_receipt, acts.in_transit
    ),
    "send_replacement": Act(
        by(seller=stages("WAIT_REPLACEMENT")),
        lambda case, doing: moving.wait_for_check(case, doing.at, doing.heard), well_told=acts.names_parcel,
    ),
    "confirm_replacement": Act(
        by(buyer=stages("WAIT_BUYER_CHECK")),
        lambda case, doing: moving.close(case, "exchanged", doing.at, doing.heard),
    ),
    "reject_replacement": Act(
        by(buyer=stages("WAIT_BUYER_CHECK")), acts.reject_replacement, well_told=rulings.states
    ),
    "request_evidence": Act(
        by(platform=stages("REVIEW INTERVENTION_REQUESTED")), examining.request_evidence, well_told=examining.asks_well
    ),
    "admit_late_evidence": Act(by(platform=stages("REVIEW")), examining.admit_late, well_told=examining.names_party),
    "rule": Act(by(platform=stages("REVIEW")), rulings.rule, rulings.may_rule, rulings.well_told),
    "approve_ruling": Act(by(platform=stages("RULED")), rulings.approve, rulings.another_person),
    "return_ruling": Act(by(platform=stages("RULED")), rulings.send_back, rulings.another_person, rulings.states),
    "correct_ruling": Act(
        by(platform=stages("CLOSED WAIT_BUYER_RETURN WAIT_SELLER_RECEIPT WAIT_REPLACEMENT WAIT_BUYER_CHECK")),
        rulings.correct, rulings.may_correct, rulings.corrects_well,
    ),
    "order_second_review": Act(
        by(platform=stages("CLOSED")), rulings.look_again, rulings.may_look_again, rulings.states
    ),
    "appeal": Act(by(*[stages("CLOSED APPEAL_EVIDENCE RE_REVIEW")] * 2), appeals.appeal, appeals.may_appeal),
    "submit_appeal": Act(
        by(*[stages("APPEAL_EVIDENCE RE_REVIEW")] * 2), appeals.submit, appeals.may_submit, appeals.brings_news
    ),
    "decide_appeal": Act(
        by(platform=stages("RE_REVIEW")), rulings.decide, appeals.another_judge, rulings.decide_told
    ),
    "urge": Act(by(*[stages("RE_REVIEW REVIEW INTERVENTION_REQUESTED RULED")] * 2), appeals.urge, appeals.may_urge),
    "admit": Act(by(platform=stages("INTERVENTION_REQUESTED")), examining.admit),
    "reject": Act(
        by(platform=stages("INTERVENTION_REQUESTED")), examining.reject, well_told=examining.rejects_well
    ),
    "step_in": Act(by(platform=NEGOTIATION), examining.step_in),
}  # fmt: skip
