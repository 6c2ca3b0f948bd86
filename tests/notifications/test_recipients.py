"""Who is told what, as a table: no database, one event a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notifications.reading import Declared, Next, Told, next_for
from notifications.recipients import LOW, OF_CLOCKS, SILENT, TOLD_TO_ONE, TOLD_TO_OTHERS, tellings
from notifications.sentences import KINDS
from rules.engine.vocabulary import BUILTIN_EVENTS
from rules.loader import load_policy

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PACKS = ("taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual", "aliexpress")
DECLARED = {
    "seller_response": Declared(kind="auto", party="seller", labels={"zh": "卖家处理", "en": "Seller's answer"}),
    "seller_response.reminder": Declared(kind="notice", party="seller", labels={}, reminds_of="seller_response"),
    "evidence": Declared(kind="auto", party="both", labels={"en": "Evidence period"}),
    "evidence.reminder": Declared(kind="notice", party="both", labels={}, reminds_of="evidence"),
    "steps_in": Declared(kind="auto", party="platform", labels={}),
    "opinion": Declared(kind="target", party="platform", labels={}),
    "gate": Declared(kind="gate", party="buyer", labels={"en": "Gate"}),
    "appeal_evidence_buyer": Declared(kind="auto", party="buyer", labels={}),
}


def event(kind: str, party: str = "platform", before: str = "", stage: str = "REVIEW", **values: Any) -> Told:
    fixed = {"sequence": 7, "at": NOON, "actor": 1, "via": "timer" if kind == "lapsed" else "page", "outcome": ""}
    return Told(
        kind=kind, party=party, stage=stage, stage_before=before or stage,
        **{**fixed, "declared": DECLARED, "currency": "CNY", **values},
    )  # fmt: skip


def lapsed(name: str, before: str, stage: str, **values: Any) -> Told:
    return event("lapsed", before=before, stage=stage, data={"deadline": name}, **values)


LATER = {
    "name": "deadline_moved", "deadline": "seller_response", "from": "2026-11-26T12:00:00+00:00",
    "to": "2026-11-28T12:00:00+00:00",
}  # fmt: skip
ASKED = {"evidence_from": "both"}
TABLE = [
    (event("migrated"), {"buyer": "rules_changed", "seller": "rules_changed"}),
    (
        event("migrated", stage="WAIT_SELLER", emissions=(LATER,)),
        {"buyer": "time_changed", "seller": "time_changed"},
    ),
    (
        event("migrated", emissions=({**LATER, "deadline": "gate"},)),
        {"buyer": "time_changed", "seller": "rules_changed"},
    ),
    (
        event("migrated", emissions=({**LATER, "deadline": "opinion"},)),
        {"buyer": "rules_changed", "seller": "rules_changed"},
    ),
    (event("file", "buyer", "NEW", "WAIT_SELLER"), {"seller": "filed"}),
    (event("accept", "seller", "WAIT_SELLER", "CLOSED"), {"buyer": "request_agreed"}),
    (event("refuse", "seller", "WAIT_SELLER", "SELLER_REFUSED"), {"buyer": "request_declined"}),
    (event("edit_request", "buyer", "SELLER_REFUSED", "WAIT_SELLER"), {"seller": "request_edited"}),
    (
        event("edit_request", "buyer", stage="RE_REVIEW"),
        {"seller": "request_edited", "arbitrator": "request_changed"},
    ),
    (event("propose", "platform"), {"buyer": "proposal_made", "seller": "proposal_made"}),
    (event("propose", "seller"), {"buyer": "proposal_made"}),
    (event("withdraw", "buyer", "WAIT_SELLER", "CLOSED"), {"seller": "withdrawn"}),
    (
        event("withdraw", "buyer", "REVIEW", "CLOSED"),
        {"seller": "withdrawn", "arbitrator": "case_settled"},
    ),
    (
        event("withdraw", "seller", "RE_REVIEW", "CLOSED"),
        {"buyer": "second_review_withdrawn", "arbitrator": "case_settled"},
    ),
    (event("request_intervention", "buyer", "SELLER_REFUSED", "EVIDENCE"), {"seller": "intervention_requested"}),
    (
        event("request_intervention", "buyer", "SELLER_REFUSED", "EVIDENCE", via="queue"),
        {"buyer": "intervention_requested", "seller": "intervention_requested"},
    ),
    (
        event("step_in", before="WAIT_SELLER"),
        {"buyer": "platform_stepped_in", "seller": "platform_stepped_in", "arbitrator": "case_to_decide"},
    ),
    (
        event("request_evidence", before="REVIEW", stage="EVIDENCE"),
        {"buyer": "evidence_asked", "seller": "evidence_asked"},
    ),
    (event("submit_exhibit", "seller", stage="EVIDENCE"), {"buyer": "evidence_submitted"}),
    (event("message", "buyer"), {"seller": "message_received"}),
    (event("message", "buyer", data={"late": "submit_exhibit"}), {"arbitrator": "late_text_kept"}),
    (event("note"), {}),
    (event("queue_action", "buyer"), {}),
    (event("rule", before="REVIEW", stage="RULED"), {"second_persons": "second_person_asked"}),
    (event("rule", before="REVIEW", stage="CLOSED"), {"buyer": "ruling_issued", "seller": "ruling_issued"}),
    (
        event("approve_ruling", before="RULED", stage="WAIT_BUYER_RETURN"),
        {"buyer": "ruling_issued", "seller": "ruling_issued"},
    ),
    (event("return_ruling", before="RULED"), {"arbitrator": "ruling_returned"}),
    (
        event("correct_ruling", before="CLOSED", stage="RULED"),
        {"buyer": "ruling_reopened", "seller": "ruling_reopened", "second_persons": "second_person_asked"},
    ),
    (event("appeal", "buyer", "CLOSED", "APPEAL_EVIDENCE"), {"seller": "second_review_asked"}),
    (
        event("submit_appeal", "buyer", "APPEAL_EVIDENCE", "RE_REVIEW"),
        {"seller": "second_review_submitted", "leads": "second_review_waits"},
    ),
    (
        event("decide_appeal", before="RE_REVIEW", stage="CLOSED"),
        {"buyer": "second_review_decided", "seller": "second_review_decided"},
    ),
    (
        lapsed("appeal_evidence_buyer", "APPEAL_EVIDENCE", "CLOSED", changed={"buyer_appeal": None}),
        {"buyer": "second_review_lapsed", "seller": "second_review_lapsed"},
    ),
    (event("set_return_address", "seller", stage="WAIT_BUYER_RETURN"), {"buyer": "return_address_shown"}),
    (event("ship_return", "buyer", "WAIT_BUYER_RETURN", "WAIT_SELLER_RECEIPT"), {"seller": "return_shipped"}),
    (event("confirm_return", "seller", "WAIT_SELLER_RECEIPT", "CLOSED"), {"buyer": "return_received"}),
    (event("object_return", "seller", "WAIT_SELLER_RECEIPT", "EVIDENCE"), {"buyer": "return_objected"}),
    (event("return_signed", "marketplace", stage="WAIT_SELLER_RECEIPT"), {"seller": "return_arrived"}),
    (event("carrier_signed", "marketplace", stage="WAIT_SELLER"), {}),
    (event("order_shipped", "marketplace", stage="REVIEW"), {}),
    (event("order_shipped", "marketplace", "WAIT_SELLER", "CLOSED"), {"buyer": "closed", "seller": "closed"}),
    (
        event("payout_succeeded", "marketplace", stage="CLOSED"),
        {"buyer": "payout_succeeded", "seller": "payout_succeeded"},
    ),
    (
        event("payout_failed", "marketplace", stage="CLOSED"),
        {"buyer": "payout_delayed", "administrators": "payout_failed"},
    ),
    (event("pause"), {"buyer": "held", "seller": "held"}),
    (event("feed_stalled", data={"feed": "orders"}), {}),
    (event("freeze", data={"until": "2026-12-01T00:00:00+00:00"}), {}),
    (
        event("freeze", data={"until": "2026-12-01T00:00:00+00:00"}, clocks=frozenset({"seller_response"})),
        {"buyer": "frozen", "seller": "frozen"},
    ),
    (
        event("thaw", via="timer", clocks=frozenset({"seller_response"})),
        {"buyer": "frozen_over", "seller": "frozen_over"},
    ),
    (
        event("feed_stalled", data={"feed": "orders"}, clocks=frozenset({"seller_response"})),
        {"buyer": "feed_stalled", "seller": "feed_stalled"},
    ),
    (event("extend", data={"deadline": "seller_response"}), {"seller": "more_time_given"}),
    (event("assign", data={"arbitrator": 5}), {"arbitrator": "case_assigned"}),
    (event("recuse"), {"leads": "case_given_back"}),
    (event("urge", "buyer", emissions=({"name": "alert_lead"},)), {"leads": "urged", "arbitrator": "urged"}),
    (event("adopt", "marketplace", "NEW", "WAIT_SELLER"), {"buyer": "taken_over", "seller": "taken_over"}),
    (event("adopt", "marketplace", "NEW", "CLOSED"), {}),
    (
        event("adopt", "marketplace", "NEW", "WAIT_SELLER", facts={"held": "overdue_on_arrival"}),
        {"buyer": "taken_over", "seller": "taken_over", "leads": "held_on_arrival"},
    ),
    (lapsed("seller_response", "WAIT_SELLER", "CLOSED"), {"buyer": "time_ran_out", "seller": "time_ran_out"}),
    (
        lapsed("seller_response", "WAIT_SELLER", "WAIT_BUYER_RETURN"),
        {"buyer": "time_ran_out", "seller": "time_ran_out"},
    ),
    (
        lapsed("steps_in", "SELLER_REFUSED", "REVIEW"),
        {"buyer": "platform_stepped_in", "seller": "platform_stepped_in", "arbitrator": "case_to_decide"},
    ),
    (
        lapsed("steps_in", "INTERVENTION_REQUESTED", "EVIDENCE"),
        {"buyer": "intervention_admitted", "seller": "intervention_admitted"},
    ),
    (
        lapsed("evidence", "EVIDENCE", "REVIEW"),
        {"buyer": "evidence_over", "seller": "evidence_over", "arbitrator": "case_to_decide"},
    ),
    (lapsed("x", "CLOSED", "CLOSED", emissions=({"name": "count_liability"},)), {"seller": "liability_counted"}),
    (
        lapsed("x", "WAIT_SELLER_RECEIPT", "WAIT_SELLER_RECEIPT", emissions=({"name": "ask_buyer_again"},)),
        {"buyer": "return_scan_missing"},
    ),
    (
        event("target_passed", emissions=({"name": "alert_lead"},)),
        {"leads": "target_passed", "arbitrator": "target_passed"},
    ),
    (
        event("target_passed", emissions=({"name": "alert_administrator"}, {"name": "new_date_told", "due_at": "x"})),
        {
            "buyer": "platform_late",
            "seller": "platform_late",
            "administrators": "maximum_passed",
            "leads": "maximum_passed",
        },
    ),
    (event("gate_opened", data={"deadline": "gate"}), {"buyer": "gate_opened"}),
    (event("window_closed"), {}),
    (
        event(
            "reminder_due",
            stage="WAIT_SELLER",
            data={"deadline": "seller_response.reminder"},
            running={"seller_response": NOON},
        ),
        {"seller": "reminder"},
    ),
    (
        event(
            "reminder_due",
            stage="EVIDENCE",
            data={"deadline": "evidence.reminder"},
            running={"evidence": NOON},
            facts={**ASKED, "buyer_complete": True},
        ),
        {"seller": "reminder"},
    ),
    (event("reminder_due", stage="REVIEW", data={"deadline": "evidence.reminder"}), {}),
    (event("of_a_pack_to_come", before="REVIEW", stage="EVIDENCE"), {"buyer": "case_moved", "seller": "case_moved"}),
]


@pytest.mark.parametrize(("told", "expected"), TABLE, ids=lambda value: value.kind if isinstance(value, Told) else "")
def test_an_event_is_told_to_exactly_these(told: Told, expected: dict[str, str]) -> None:
    assert {str(each.audience): each.kind for each in tellings(told)} == expected
    assert len(tellings(told)) == len(expected)


def test_a_corrected_calendar_is_told_as_one() -> None:
    pins = {"from": {"policy": 1, "calendar": 1}, "to": {"policy": 1, "calendar": 2}}
    told = tellings(event("migrated", data=pins, emissions=(LATER,)))
    assert {each.facts["decision"] for each in told} == {"calendar"}
    pins["to"]["policy"] = 2
    assert not any("decision" in each.facts for each in tellings(event("migrated", data=pins, emissions=(LATER,))))


def test_every_event_a_pack_or_the_engine_knows_is_decided_on() -> None:
    known = set(BUILTIN_EVENTS)
    for pack in PACKS:
        known |= set(load_policy(pack).actions)
    by_function = {"withdraw", "rule", "approve_ruling", "migrated", "lapsed", "gate_opened", "reminder_due"}
    assert known - by_function - set(TOLD_TO_OTHERS) - set(TOLD_TO_ONE) - set(OF_CLOCKS) - SILENT == set()


def test_every_kind_has_words() -> None:
    kinds = {each.kind for told, _expected in TABLE for each in tellings(told)}
    kinds |= {*TOLD_TO_OTHERS.values(), *(kind for _party, kind in TOLD_TO_ONE.values()), *LOW}
    assert kinds - {key.partition(".")[0] for key in KINDS} == set()


@pytest.mark.parametrize(
    ("stage", "facts", "buyer", "seller"),
    [
        ("WAIT_SELLER", {}, "wait_answer", "answer"),
        ("WAIT_BUYER_RETURN", {}, "wait_address", "give_address"),
        ("WAIT_BUYER_RETURN", {"return_address": True}, "send_back", "wait_return"),
        ("EVIDENCE", {"evidence_from": "buyer"}, "give_evidence", "wait_evidence"),
        ("EVIDENCE", {"evidence_from": "both", "seller_complete": True}, "give_evidence", "wait_evidence"),
        ("APPEAL_EVIDENCE", {"seller_appeal": "draft"}, "wait_review_evidence", "prove_review"),
        ("EVIDENCE", {"evidence_from": "buyer", "held": "legal_hold"}, "wait_platform", "wait_platform"),
    ],
)
def test_each_side_is_told_its_own_turn(stage: str, facts: dict[str, Any], buyer: str, seller: str) -> None:
    told = event("x", stage=stage, facts=facts)
    assert (next_for(told, "buyer").code, next_for(told, "seller").code) == (buyer, seller)


def test_a_duty_names_the_earliest_time_that_ends_the_turn() -> None:
    running = {"seller_response": NOON + timedelta(days=5), "steps_in": NOON + timedelta(days=3), "opinion": NOON}
    told = event("file", "buyer", stage="WAIT_SELLER", running=running)
    assert next_for(told, "seller") == Next(code="answer", due_at=NOON + timedelta(days=3))


def test_the_last_reminder_is_urgent() -> None:
    def severity(left: timedelta) -> str:
        told = event(
            "reminder_due", stage="WAIT_SELLER", data={"deadline": "seller_response.reminder"},
            running={"seller_response": NOON + left},
        )  # fmt: skip
        return tellings(told)[0].severity

    assert (severity(timedelta(days=1)), severity(timedelta(hours=2))) == ("normal", "high")
