"""Payouts and their answers, and what a later decision takes back: money, violations, liability."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from accounts.services import issue_token
from disputes.errors import ActionRefused, FieldsRefused
from disputes.models import CaseEvent, LedgerEntry, MetricEntry, Payout, Ruling
from disputes.selectors.access import case_for
from disputes.selectors.history import timeline
from disputes.services.acting import perform
from disputes.services.filing import file_dispute
from disputes.services.ordering import answer_payout
from disputes.services.sweeping import sweep_until_done
from disputes.services.writer import Done
from notifications.models import Notification
from notifications.services.relay import relay_until_done
from tests.disputes.test_acting import RULING, findings, in_review

pytestmark = pytest.mark.django_db

FREIGHT = {"kind": "return_freight", "amount": "12.00", "payer": "buyer", "payee": "seller"}
OUTBOUND = {"kind": "outbound_freight", "payer": "seller", "amount": "8.00"}
COMPENSATION = {"kind": "compensation", "amount": "20.00", "payer": "seller", "clause": "T-2.3"}


@pytest.fixture
def reviewed(order_of: Any, file: Any, ming: Any, lan: Any) -> str:
    """A case that waits for its ruling."""
    done = file(order_of())
    assert isinstance(done, Done)
    return in_review(done, ming, lan)


@pytest.fixture
def two_ways(reviewed: str, zhou: Any) -> str:
    """A ruling that pays the buyer 50.00 and lets the buyer pay 12.00 of shipping."""
    words = {"outcome": "shared", "amount": "50.00", "liable": "shared", "seller_share": 50, "reasons": "Both."}
    perform(case_for(zhou, reviewed), "rule", {**words, "findings": findings(reviewed), "lines": [FREIGHT]})
    return reviewed


def rule(person: Any, number: str, action: str = "rule", **words: Any) -> None:
    perform(case_for(person, number), action, {**RULING, "findings": findings(number), **words})


def statuses() -> list[tuple[str, str, str]]:
    rows = Payout.objects.order_by("sequence", "pk").values_list("payee", "amount", "status")
    return [(payee, str(amount), status) for payee, amount, status in rows]


def counted(kind: str) -> int:
    return sum(MetricEntry.objects.filter(kind=kind).values_list("change", flat=True))


def test_an_answer_names_one_payout_and_leaves_the_others_waiting(two_ways: str, root: Any) -> None:
    freight = Payout.objects.get(payee="seller")
    answer_payout(case_for(root, two_ways), succeeded=True, payout=freight.pk, reference="P-1")
    assert statuses() == [("buyer", "50.00", "ordered"), ("seller", "12.00", "succeeded")]
    event = CaseEvent.objects.get(kind="payout_succeeded")
    assert event.facts["data"]["payout"] == freight.pk
    assert event.case.facts["payout"] == "ordered"
    answer_payout(case_for(root, two_ways), succeeded=True, reference="P-2")
    assert {row.status for row in Payout.objects.all()} == {"succeeded"}


def test_an_answer_that_could_mean_several_payouts_is_refused(two_ways: str, root: Any) -> None:
    with pytest.raises(FieldsRefused) as refused:
        answer_payout(case_for(root, two_ways), succeeded=True)
    assert refused.value.fields[0].code == "which_payout"
    assert all(str(row.pk) in str(refused.value.fields[0].detail) for row in Payout.objects.all())


def test_a_payout_of_another_case_is_unknown(two_ways: str, root: Any) -> None:
    with pytest.raises(FieldsRefused) as refused:
        answer_payout(case_for(root, two_ways), succeeded=True, payout=Payout.objects.latest("pk").pk + 1)
    assert (refused.value.fields[0].pointer, refused.value.fields[0].code) == ("/payout", "unknown_payout")


def test_a_payout_is_answered_once_unless_it_failed(two_ways: str, root: Any) -> None:
    access, refund = case_for(root, two_ways), Payout.objects.get(payee="buyer").pk
    answer_payout(access, succeeded=False, payout=refund, reason="account closed")
    assert [row.reason for row in Payout.objects.order_by("pk")] == ["account closed", ""]
    answer_payout(access, succeeded=True, payout=refund)
    with pytest.raises(ActionRefused) as refused:
        answer_payout(access, succeeded=False, payout=refund, reason="late")
    assert refused.value.code == "payout_already_answered"


def test_a_cancelled_payout_takes_no_answer(two_ways: str, zhou: Any, root: Any) -> None:
    rule(zhou, two_ways, "correct_ruling", statement="A slip.")
    with pytest.raises(ActionRefused) as refused:
        answer_payout(case_for(root, two_ways), succeeded=True, payout=Payout.objects.earliest("pk").pk)
    assert refused.value.code == "payout_cancelled"


def test_the_interface_shows_the_payouts_by_the_name_an_answer_takes(two_ways: str, root: Any, client: Any) -> None:
    headers = {"Authorization": f"Bearer {issue_token(root)}", "Idempotency-Key": "one"}
    shown = client.get(f"/api/v1/cases/{two_ways}/", headers=headers).json()["payouts"]
    assert [(item["payer"], item["payee"], item["refund"]) for item in shown] == [
        ("seller", "buyer", True), ("buyer", "seller", False),
    ]  # fmt: skip
    body, address = {"payout": shown[1]["id"], "status": "succeeded"}, f"/api/v1/cases/{two_ways}/payout/"
    first = client.post(address, body, content_type="application/json", headers=headers)
    again = client.post(address, body, content_type="application/json", headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert CaseEvent.objects.filter(kind="payout_succeeded").count() == 1
    other = client.post(address, body, content_type="application/json", headers={**headers, "Idempotency-Key": "two"})
    assert (other.status_code, other.json()["code"]) == (409, "payout_already_answered")


def heard(number: str, zhou: Any, travel: Any) -> None:
    """The seller is asked whether the evidence is false, and says nothing."""
    asked = {"from": "seller", "statement": "Is this yours?", "false_evidence": True}
    perform(case_for(zhou, number), "request_evidence", asked)
    travel(days=3, seconds=1)
    sweep_until_done(sweeper="test")


def test_a_correction_keeps_or_takes_back_the_finding_of_false_evidence(
    reviewed: str, zhou: Any, wu: Any, travel: Any
) -> None:
    heard(reviewed, zhou, travel)
    rule(zhou, reviewed, false_evidence_by="seller")
    perform(case_for(wu, reviewed), "approve_ruling")
    rule(zhou, reviewed, "correct_ruling", statement="The amount.", amount="100.00")
    perform(case_for(wu, reviewed), "approve_ruling")
    assert Ruling.objects.get(status="in_force").false_evidence_by == "seller"
    assert (counted("violation"), MetricEntry.objects.filter(kind="violation").count()) == (1, 1)
    rule(zhou, reviewed, "correct_ruling", statement="It was not false.", false_evidence_by="")
    perform(case_for(wu, reviewed), "approve_ruling")
    assert (counted("violation"), MetricEntry.objects.filter(kind="violation").count()) == (0, 2)
    case = CaseEvent.objects.latest("pk").case
    assert "violation" not in case.facts
    assert "false_evidence_by" not in case.facts


def test_a_correction_that_is_sent_back_leaves_nothing_of_the_ruling(
    reviewed: str, zhou: Any, wu: Any, travel: Any
) -> None:
    heard(reviewed, zhou, travel)
    rule(zhou, reviewed, false_evidence_by="seller", lines=[COMPENSATION])
    perform(case_for(wu, reviewed), "approve_ruling")
    rule(zhou, reviewed, "correct_ruling", statement="The amount.", amount="100.00")
    assert [row[2] for row in statuses()] == ["cancelled", "cancelled"]
    perform(case_for(wu, reviewed), "return_ruling", {"statement": "Think again."})
    assert counted("violation") == 0
    assert not Ruling.objects.filter(status="in_force").exists()
    net = sum(row.amount if row.payee == "buyer" else -row.amount for row in LedgerEntry.objects.all())
    assert net == 0


def test_a_correction_finds_no_false_evidence_nobody_was_heard_about(reviewed: str, zhou: Any) -> None:
    rule(zhou, reviewed)
    with pytest.raises(FieldsRefused) as refused:
        rule(zhou, reviewed, "correct_ruling", statement="More.", false_evidence_by="seller")
    assert refused.value.fields[0].code == "not_heard"


def test_liability_that_counted_is_taken_back_by_a_correction(reviewed: str, zhou: Any, wu: Any, travel: Any) -> None:
    rule(zhou, reviewed)
    travel(days=3, seconds=1)
    sweep_until_done(sweeper="test")
    assert counted("liability") == 1
    rule(zhou, reviewed, "correct_ruling", statement="It was the buyer.", outcome="seller", amount="0", liable="buyer")
    perform(case_for(wu, reviewed), "approve_ruling")
    travel(days=10)
    sweep_until_done(sweeper="test")
    assert counted("liability") == 0


def test_liability_counts_again_after_a_correction_that_keeps_it(
    reviewed: str, zhou: Any, wu: Any, travel: Any
) -> None:
    rule(zhou, reviewed)
    travel(days=3, seconds=1)
    sweep_until_done(sweeper="test")
    rule(zhou, reviewed, "correct_ruling", statement="The amount.", amount="100.00")
    perform(case_for(wu, reviewed), "approve_ruling")
    travel(days=10)
    sweep_until_done(sweeper="test")
    assert counted("liability") == 1


def problems(refused: Any) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.code) for problem in refused.value.fields]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"liable": "buyer"}, "granted_though_buyer_liable"),
        ({"outcome": "seller", "amount": "0", "liable": "seller"}, "denied_though_seller_liable"),
        ({"outcome": "seller", "amount": "0", "liable": "shared"}, "denied_though_seller_liable"),
        ({"outcome": "shared", "amount": "50.00", "liable": "seller"}, "shared_though_one_liable"),
        ({"outcome": "not_admitted", "amount": "0", "liable": "seller"}, "liable_though_not_admitted"),
        ({"lines": [FREIGHT]}, "paid_by_who_is_not_liable"),
    ],
)
def test_a_ruling_that_contradicts_itself_has_to_be_confirmed(
    reviewed: str, zhou: Any, words: dict[str, Any], code: str
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        rule(zhou, reviewed, **words)
    assert [found for _pointer, found in problems(refused)] == [code]
    rule(zhou, reviewed, **words, confirm=True)
    assert CaseEvent.objects.get(kind="rule").facts["data"]["contradictions"] == [code]


def test_all_a_ruling_orders_counts_towards_the_second_person(
    order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any
) -> None:
    number = in_review(file(order_of(paid="995.00"), amount="995.00"), ming, lan)
    rule(zhou, number, amount="995.00", lines=[{**FREIGHT, "amount": "5.01", "payer": "seller", "payee": "buyer"}])
    assert CaseEvent.objects.latest("pk").case.stage == "RULED"


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ({"kind": "return_freight", "payer": "seller"}, "100.00"),
        ({"kind": "outbound_freight", "payer": "seller"}, "8.00"),
        ({"kind": "outbound_freight", "payer": "platform", "payee": "seller"}, "100.00"),
        ({"kind": "compensation", "payer": "seller", "clause": "T-2.3"}, "500.00"),
    ],
)
def test_each_further_amount_has_its_limit(
    order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any, line: dict[str, str], most: str
) -> None:
    number = in_review(file(order_of(freight="8.00")), ming, lan)
    with pytest.raises(FieldsRefused) as refused:
        rule(zhou, number, lines=[{**line, "amount": f"{float(most) + 0.01:.2f}"}])
    assert problems(refused) == [("/lines/0/amount", "over_limit")]
    rule(zhou, number, lines=[{**line, "amount": most}])


def test_compensation_goes_up_to_three_times_what_was_paid(
    order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any
) -> None:
    number = in_review(file(order_of(paid="200.00"), amount="200.00"), ming, lan)
    with pytest.raises(FieldsRefused):
        rule(zhou, number, amount="200.00", lines=[{**COMPENSATION, "amount": "600.01"}])
    rule(zhou, number, amount="200.00", lines=[{**COMPENSATION, "amount": "600.00"}])


@pytest.fixture
def two_cases(order_of: Any, ming: Any, lan: Any) -> list[str]:
    """Two cases of one order with 8.00 of shipping, both to be ruled."""
    order = order_of(freight="8.00")
    order.lines.create(outside_id="2", title="Saucer", quantity=1, paid="128.00", pack="taobao.general")
    return [in_review(filed_on(ming, line), ming, lan) for line in order.lines.all()]


def filed_on(buyer: Any, line: Any) -> Done:
    done = file_dispute(
        buyer.pk, order_id=line.order_id, lines=[{"line": line.pk, "quantity": 1}], reason="DAMAGED",
        remedy="refund_only", amount="128.00",
    )  # fmt: skip
    assert isinstance(done, Done)
    return done


def test_the_buyers_shipping_cost_is_given_back_once_per_order(two_cases: list[str], zhou: Any) -> None:
    first, second = two_cases
    rule(zhou, first, lines=[OUTBOUND])
    with pytest.raises(FieldsRefused) as refused:
        rule(zhou, second, lines=[OUTBOUND])
    assert problems(refused) == [("/lines/0/amount", "over_limit")]


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "outbound_freight", "amount": "5.00"}, {"kind": "return_freight", "amount": "60.00"},
        {"kind": "compensation", "amount": "260.00", "clause": "T-2.3"},
    ],
)  # fmt: skip
def test_a_limit_holds_for_all_lines_of_a_kind_together_whoever_pays_them(
    order_of: Any, file: Any, ming: Any, lan: Any, zhou: Any, line: dict[str, str]
) -> None:
    number = in_review(file(order_of(freight="8.00")), ming, lan)
    with pytest.raises(FieldsRefused) as refused:
        rule(zhou, number, lines=[{**line, "payer": "seller"}, {**line, "payer": "platform"}])
    assert problems(refused) == [("/lines/1/amount", "over_limit")]


def test_shipping_a_ruling_in_waiting_gives_back_is_not_given_back_again(
    two_cases: list[str], zhou: Any, wu: Any
) -> None:
    first, second = two_cases
    rule(zhou, first, lines=[OUTBOUND, {**COMPENSATION, "amount": "1.00"}])
    with pytest.raises(FieldsRefused) as refused:
        rule(zhou, second, lines=[OUTBOUND])
    assert problems(refused) == [("/lines/0/amount", "over_limit")]
    perform(case_for(wu, first), "return_ruling", {"statement": "Without compensation, please."})
    rule(zhou, second, lines=[OUTBOUND])


def test_no_second_review_is_corrected_by_whom_it_overturned(reviewed: str, zhou: Any, wu: Any, root: Any) -> None:
    rule(zhou, reviewed)
    answer_payout(case_for(root, reviewed), succeeded=True)
    perform(case_for(zhou, reviewed), "order_second_review", {"statement": "Once more."})
    change = {"decision": "change", "outcome": "buyer_partial_refund", "amount": "130.00"}
    with pytest.raises(FieldsRefused):
        rule(wu, reviewed, "decide_appeal", **change)
    rule(wu, reviewed, "decide_appeal", **change | {"amount": "50.00"})
    with pytest.raises(ActionRefused):
        rule(zhou, reviewed, "correct_ruling", statement="I was right.")
    assert Ruling.objects.get(status="in_force").kind == "appeal"


def test_who_is_paid_beside_the_refund_is_told_and_nobody_that_the_refund_came(
    two_ways: str, root: Any, lan: Any, ming: Any
) -> None:
    answer_payout(case_for(root, two_ways), succeeded=True, payout=Payout.objects.get(payee="seller").pk)
    relay_until_done()
    told = Notification.objects.filter(kind__startswith="pay").values_list(
        "recipient__username", "kind", "facts__amount"
    )
    assert list(told) == [("lan", "payment_made", "12.00")]
    with translation.override("en"):
        titles = [str(entry.title) for entry in timeline(case_for(ming, two_ways))]
    assert titles[-1] == "The marketplace paid what is owed beside the refund"
