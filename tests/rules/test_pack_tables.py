"""Every deadline of every pack of the Taobao family: where it starts, when it is due, and what its passing does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from rules.engine.draft import Draft
from rules.engine.events import Event
from rules.engine.types import BLANK, DeadlineKind, Party
from tests.rules.timelines import (
    Timeline,
    appealing,
    in_evidence,
    in_review,
    moment,
    policy_of,
    re_reviewed,
    replaced,
    replacing,
    returning,
    ruled,
    sent_back,
    working_days,
    written,
)

GOODS = ("taobao.general", "tmall", "xianyu.general")
VIRTUAL = ("taobao.virtual", "xianyu.virtual")
ALL = (*GOODS, *VIRTUAL)
TAOBAO = ("taobao.general", "tmall")
Story = Callable[[str], Timeline]
Row = tuple[tuple[str, ...], str, Story, str, str]


def asked(remedy: str = "refund_only", *, shipped: bool = True) -> Story:
    return lambda pack: Timeline(pack, remedy=remedy, facts={"shipped": shipped})


def refused(pack: str) -> Timeline:
    return Timeline(pack).at("2026-11-10T10:00").seller("refuse")


def buyer_must_prove(pack: str) -> Timeline:
    case = in_evidence(pack).platform("change_evidence_from", **{"from": "buyer"})
    return case.at("2026-11-10T12:00").buyer("submit_exhibit")


def buyer_has_proved(pack: str) -> Timeline:
    return buyer_must_prove(pack).at("2026-11-10T20:00").buyer("complete_evidence")


def late_evidence(pack: str) -> Timeline:
    return in_review(pack).at("2026-11-10T13:00").platform("admit_late_evidence", party="buyer")


def second_person(pack: str) -> Timeline:
    outcome = "buyer_refund_only"
    return in_review(pack).at("2026-11-10T13:00").platform("rule", outcome=outcome, amount="80.00", second_person=True)


def seller_appeals(pack: str) -> Timeline:
    return ruled(pack, "buyer_refund_only", "80.00", liable="seller").at("2026-11-10T14:00").seller("appeal")


def urged(pack: str) -> Timeline:
    return re_reviewed(pack).at("2026-11-11T15:00").buyer("urge")


def liable(pack: str) -> Timeline:
    return ruled(pack, "buyer_refund_only", "80.00", liable="seller")


def liable_after_review(pack: str) -> Timeline:
    case = seller_appeals(pack).at("2026-11-10T15:00").seller("submit_appeal")
    return case.at("2026-11-11T09:00").platform("decide_appeal", actor=5)


def replacement_signed(pack: str) -> Timeline:
    return replaced(pack).at("2026-11-12T08:00").told("replacement_signed")


def requested(pack: str) -> Timeline:
    case = refused(pack).at("2026-11-10T11:00")
    return case.buyer("request_intervention", statement="Please look.", exhibits=[1])


def exchange_travelling(pack: str) -> Timeline:
    return sent_back(pack, "exchange").told("return_scanned")


def wants_card(pack: str) -> Timeline:
    return Timeline(pack, reason="NOT_RECEIVED" if pack == "taobao.virtual" else "GC_VALUE", remedy="replacement_card")


ROWS: list[Row] = [
    (ALL, "T1", asked(shipped=False), "2026-11-12 09:00", "CLOSED refunded_by_silence"),
    (("xianyu.general",), "X1", asked(shipped=False), "2026-11-12 09:00", "CLOSED refunded_by_silence"),
    (GOODS, "T2", asked(), "2026-11-15 09:00", "CLOSED refunded_by_silence"),
    (GOODS, "T3", asked("return_and_refund"), "2026-11-15 09:00", "WAIT_BUYER_RETURN"),
    (GOODS, "T3", asked("exchange"), "2026-11-15 09:00", "WAIT_BUYER_RETURN"),
    (GOODS, "T3", asked("repair"), "2026-11-15 09:00", "WAIT_BUYER_RETURN"),
    (("tmall",), "M12", asked(), "2026-11-15 09:00", "CLOSED refunded_by_silence"),
    (("xianyu.general",), "X6", asked(), "2026-11-15 09:00", "CLOSED refunded_by_silence"),
    (VIRTUAL, "V1", asked(), "2026-11-13 09:00", "CLOSED refunded_by_silence"),
    (VIRTUAL, "T3", wants_card, "2026-11-13 09:00", "WAIT_REPLACEMENT"),
    (GOODS, "T4", refused, "2026-11-17 10:00", "CLOSED expired"),
    (("xianyu.general",), "X7", refused, "2026-11-17 10:00", "CLOSED expired"),
    (VIRTUAL, "V3", refused, "2026-11-13 10:00", "CLOSED expired"),
    (VIRTUAL, "V2", refused, "2026-11-13 09:00", "SELLER_REFUSED"),
    (GOODS, "T3a", lambda pack: returning(pack, address=False), "2026-11-12 10:00", "CLOSED refunded"),
    (GOODS, "T5", returning, "2026-11-17 10:00", "CLOSED return_not_sent"),
    (GOODS, "T6s", sent_back, "2026-11-13 12:00", "WAIT_SELLER_RECEIPT"),
    (GOODS, "T6", sent_back, "2026-11-20 12:00", "REVIEW"),
    (GOODS, "T6", lambda p: sent_back(p).told("return_scanned"), "2026-11-20 12:00", "CLOSED refunded_after_return"),
    (GOODS, "T6", lambda p: sent_back(p, return_carrier="post"), "2026-12-10 12:00", "REVIEW"),
    (GOODS, "T6", lambda p: sent_back(p, return_carrier="overseas"), "2026-11-30 12:00", "REVIEW"),
    (GOODS, "T6", exchange_travelling, "2026-11-20 12:00", "CLOSED refunded_after_return"),
    (GOODS, "E2", replacing, "2026-11-13 10:00", "CLOSED refunded_by_silence"),
    (VIRTUAL, "E2", replacing, "2026-11-11 10:00", "CLOSED refunded_by_silence"),
    (GOODS, "E3", replacement_signed, "2026-11-19 08:00", "CLOSED exchanged"),
    (VIRTUAL, "E3", replaced, "2026-11-13 12:00", "CLOSED exchanged"),
    (GOODS, "E3b", replaced, "2026-11-20 12:00", "REVIEW"),
    (("tmall",), "M2", requested, "2026-11-11 11:00", "INTERVENTION_REQUESTED"),
    (("tmall",), "M2b", requested, "2026-11-12 11:00", "EVIDENCE"),
    (ALL, "T7", in_evidence, "2026-11-13 11:00", "REVIEW"),
    (("tmall",), "M3", in_evidence, "2026-11-13 11:00", "REVIEW"),
    (("xianyu.general", "xianyu.virtual"), "X10", in_evidence, "2026-11-13 11:00", "REVIEW"),
    (ALL, "T7", buyer_must_prove, "2026-11-13 11:00", "SELLER_FOLLOWUP"),
    (ALL, "T8", buyer_has_proved, "2026-11-11 20:00", "REVIEW"),
    (ALL, "T8b", in_review, "2026-11-12 12:00", "REVIEW"),
    (("taobao.general", "tmall", "taobao.virtual"), "T9", in_review, "2026-11-16 12:00", "REVIEW"),
    (("xianyu.general", "xianyu.virtual"), "X11", in_review, "2026-11-13 12:00", "REVIEW"),
    (ALL, "E24", late_evidence, "2026-11-11 13:00", "REVIEW"),
    (ALL, "R2", second_person, "2026-11-10 17:00", "RULED"),
    (("taobao.general", "tmall", "taobao.virtual"), "M7", ruled, "2026-11-11 13:00", "CLOSED ruled_no_refund"),
    (("taobao.general", "tmall", "taobao.virtual"), "T15", ruled, "2026-11-11 13:00", "CLOSED ruled_no_refund"),
    (("xianyu.general", "xianyu.virtual"), "X12", ruled, "2026-11-13 13:00", "CLOSED ruled_no_refund"),
    (ALL, "M8", appealing, "2026-11-11 02:00", "CLOSED ruled_no_refund"),
    (ALL, "M8s", seller_appeals, "2026-11-11 02:00", "CLOSED ruled_refund"),
    (("taobao.general", "tmall", "taobao.virtual"), "M9", re_reviewed, "2026-11-12 03:00", "RE_REVIEW"),
    (("xianyu.general", "xianyu.virtual"), "X12b", re_reviewed, "2026-11-13 15:00", "RE_REVIEW"),
    (ALL, "M10", re_reviewed, "2026-11-11 15:00", "RE_REVIEW"),
    (ALL, "M10b", urged, "2026-11-12 03:00", "RE_REVIEW"),
    (ALL, "M11", liable, "2026-11-13 13:00", "CLOSED ruled_refund"),
    (ALL, "M11b", liable_after_review, "2026-11-13 13:00", "CLOSED ruled_refund"),
]  # fmt: skip

CASES = [(pack, row, story, due, after) for packs, row, story, due, after in ROWS for pack in packs]


@pytest.mark.parametrize(
    ("pack", "row", "story", "due", "after"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_deadline_is_due_then_and_does_this(pack: str, row: str, story: Story, due: str, after: str) -> None:
    case = story(pack)
    assert case.due(row) == due
    before = case.place
    case.at((moment(due.replace(" ", "T")) - timedelta(seconds=1)).isoformat())
    assert case.place == before
    case.at(due.replace(" ", "T"))
    assert (case.place, case.passed(row)) == (after, due)


@pytest.mark.parametrize("pack", ALL)
def test_every_declared_deadline_has_its_row_in_the_table(pack: str) -> None:
    declared = {
        rule.name for rule in policy_of(pack).deadlines.values() if not rule.order_clock and not rule.reminds_of
    }
    tried = {policy_of(pack).named(row).name for tried_pack, row, *_ in CASES if tried_pack == pack}
    assert declared - tried == set()


CLOCKS: list[tuple[tuple[str, ...], str, dict[str, str], dict[str, object], str]] = [
    (ALL, "T10", {"completed": "2026-11-01T10:00"}, {}, "2026-11-16 10:00"),
    (ALL, "X8", {"completed": "2026-11-01T10:00"}, {}, "2026-11-16 10:00"),
    (GOODS, "T11", {"shipped": "2026-11-01T10:00"}, {}, "2026-11-11 10:00"),
    (TAOBAO, "T11", {"shipped": "2026-11-01T10:00"}, {"shipping_carrier": "post"}, "2026-12-01 10:00"),
    (VIRTUAL, "T12", {"shipped": "2026-11-01T10:00"}, {"delivery": "recharge"}, "2026-11-01 10:00"),
    (VIRTUAL, "T12", {"shipped": "2026-11-01T10:00"}, {"delivery": "automatic"}, "2026-11-02 10:00"),
    (VIRTUAL, "T12", {"shipped": "2026-11-01T10:00"}, {}, "2026-11-04 10:00"),
    (ALL, "T13", {"paid": "2026-11-01T10:00"}, {}, "2027-11-01 10:00"),
    (GOODS, "T14", {"shipped": "2026-11-01T10:00"}, {}, "2026-11-11 10:00"),
    (ALL, "T16", {"carrier_signed": "2026-11-10T15:00"}, {}, "2026-11-18 00:00"),
    (GOODS, "S1", {"carrier_signed": "2026-11-10T15:00"}, {}, "2026-11-11 00:00"),
    (GOODS, "S2", {"carrier_signed": "2026-11-10T15:00"}, {}, "2026-11-11 15:00"),
    (("xianyu.general",), "X2", {"shipped": "2026-11-01T10:00"}, {"delivery": "mailed"}, "2026-11-11 10:00"),
    (("xianyu.general",), "X3", {"shipped": "2026-11-01T10:00"}, {"delivery": "meet"}, "2026-11-11 10:00"),
    (("xianyu.general",), "X4", {"shipped": "2026-11-01T10:00"}, {"delivery": "pick_up"}, "2026-11-04 10:00"),
    (("xianyu.general", "xianyu.virtual"), "X5", {"booked": "2026-11-01T10:00"}, {}, "2026-11-04 10:00"),
]  # fmt: skip
CLOCK_CASES = [(pack, row, anchors, facts, due) for packs, row, anchors, facts, due in CLOCKS for pack in packs]


@pytest.mark.parametrize(("pack", "row", "anchors", "facts", "due"), CLOCK_CASES)
def test_an_order_clock_is_computed_on_demand(
    pack: str, row: str, anchors: dict[str, str], facts: dict[str, object], due: str
) -> None:
    draft = Draft(
        policy_of(pack), working_days(), BLANK, Event(kind="file", party=Party.BUYER, at=moment(due)), moment(due)
    )
    draft.facts.update(facts)
    draft.anchors.update({name: moment(text) for name, text in anchors.items()})
    ends = policy_of(pack).named(row).due_from_anchor(draft)
    assert ends is not None
    assert written(ends) == due


@pytest.mark.parametrize("pack", ALL)
def test_every_order_clock_has_its_row_in_the_table(pack: str) -> None:
    declared = {rule.name for rule in policy_of(pack).deadlines.values() if rule.order_clock}
    tried = {policy_of(pack).named(row).name for tried_pack, row, *_ in CLOCK_CASES if tried_pack == pack}
    assert declared - tried == set()


ROW_IDS = {
    "taobao.general": "T1 T1b T2 T3 T3a T4 T5 T6 T7 T8 T8b T9 T10 T11 T13 T14 T15 T16 E1 E2 E3 E4 M7 M8 M9 M10 M11",
    "taobao.virtual": "V1 V2 V3 V4 V5 T1 T3 T4 T7 T8 T9 T10 T12 T14 E1 E2 E3 M7 M11",
    "tmall": "M1 M2 M3 M4 M5 M6 M7 M8 M9 M10 M11 M12 M13 T1 T2 T3 T3a T4 T5 T6 T7 T8 T9 T10 T11",
    "xianyu.general": "X1 X2 X3 X4 X5 X6 X7 X8 X9 X10 X11 X12 X13 T1 T2 T3 T3a T4 T5 T6 T7 T8 T9",
    "xianyu.virtual": "V1 V2 V3 V4 V5 T12 X1 X5 X6 X7 X8 X9 X10 X11 X12 X13",
}


def ids_of(node: object) -> set[str]:
    """Every row id a document names, in an `id` field or as a note."""
    if isinstance(node, dict):
        own = node.get("id", [])
        named = set(own) if isinstance(own, list) else {str(own)}
        return named.union(set(node.get("notes", {})), *(ids_of(value) for value in node.values()))
    return set().union(*(ids_of(value) for value in node)) if isinstance(node, list) else set()


@pytest.mark.parametrize("pack", ALL)
def test_every_row_of_the_platform_rules_is_named(pack: str) -> None:
    assert set(ROW_IDS[pack].split()) - ids_of(policy_of(pack).document) == set()


@pytest.mark.parametrize("pack", ALL)
def test_every_rule_says_where_it_comes_from_and_what_it_is_called(pack: str) -> None:
    policy = policy_of(pack)
    for rule in policy.deadlines.values():
        assert rule.provenance.ids, rule.name
        assert rule.provenance.source, rule.name
        assert set(rule.provenance.labels) == {"zh", "en"}, rule.name
    for reason in policy.reasons.values():
        assert reason.provenance.source, reason.code
        assert set(reason.labels) == {"zh", "en"}, reason.code
        assert reason.remedies, reason.code
        assert set(reason.source["freight"]) == {"outbound", "return"}, reason.code


@pytest.mark.parametrize("pack", ALL)
def test_every_evidence_slot_has_a_name_and_a_hint(pack: str) -> None:
    policy = policy_of(pack)
    asked_for = {slot for reason in policy.reasons.values() for slots in reason.slots.values() for slot in slots}
    for slot in asked_for:
        assert set(policy.evidence["slots"][slot]["labels"]) == {"zh", "en"}
        assert set(policy.evidence["slots"][slot]["help"]) == {"zh", "en"}


@pytest.mark.parametrize("pack", ALL)
def test_a_reason_offers_only_remedies_of_its_pack(pack: str) -> None:
    policy = policy_of(pack)
    for reason in policy.reasons.values():
        assert set(reason.remedies) <= set(policy.remedies), reason.code


@pytest.mark.parametrize("pack", ALL)
def test_every_automatic_end_reminds_its_party(pack: str) -> None:
    for rule in policy_of(pack).deadlines.values():
        ends_a_right = (
            rule.kind is DeadlineKind.AUTO and rule.party != "platform" and rule.stages and not rule.reminds_of
        )
        if ends_a_right and rule.name != "return_scan":
            assert rule.reminders == ("50%", "80%", "-2h"), rule.name
