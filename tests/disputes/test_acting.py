"""What people do, from words to rows: one longest path, and what is kept when it is refused."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from contract.errors import DomainError, Forbidden, NotFound
from disputes.errors import ActionRefused, FieldsRefused
from disputes.models import (
    Appeal,
    Case,
    CaseEvent,
    Exhibit,
    LedgerEntry,
    Message,
    Parcel,
    Payout,
    Proposal,
    ReturnAddress,
    Ruling,
)
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit, submit_exhibits
from disputes.services.filing import file_dispute
from disputes.services.ordering import answer_payout
from disputes.services.staffing import assign_case, claim_next
from disputes.services.sweeping import sweep_until_done
from disputes.services.writer import Done

pytestmark = pytest.mark.django_db


def picture(colour: str = "teal") -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (80, 60), colour).save(data, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", data.getvalue(), "image/jpeg")


@pytest.fixture
def filed(order_of: Any, ming: Any) -> Done:
    order = order_of()
    line = order.lines.get()
    done = file_dispute(
        ming.pk, order_id=order.pk, lines=[{"line": line.pk, "quantity": 1}], reason="DAMAGED", remedy="refund_only",
        amount="128", goods_received=True, description="The mug arrived cracked.",
    )  # fmt: skip
    assert isinstance(done, Done)
    return done


def hand_in(person: Any, number: str, colour: str, description: str = "shows the crack") -> Any:
    access = case_for(person, number)
    drafted = draft_exhibit(access, uploads=[picture(colour)], description=description)
    return submit_exhibits(access, [drafted.exhibit_id])


def in_review(filed: Done, ming: Any, lan: Any) -> str:
    number = filed.number
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "It left whole."})
    perform(case_for(ming, number), "request_intervention", {"statement": "Please decide."})
    hand_in(ming, number, "red")
    hand_in(lan, number, "blue", "packed well")
    for person in (ming, lan):
        perform(case_for(person, number), "complete_evidence")
    return number


RULING = {"outcome": "buyer_refund_only", "amount": "128.00", "liable": "seller", "reasons": "Cracked on arrival."}


def findings(number: str) -> dict[str, str]:
    return {str(row.pk): "seen" for row in Exhibit.objects.filter(case__number=number, status="submitted")}


def test_the_whole_way_from_filing_to_a_ruling(filed: Done, ming: Any, lan: Any, zhou: Any) -> None:
    number = in_review(filed, ming, lan)
    assert claim_next(zhou) == number
    done = perform(case_for(zhou, number), "rule", {**RULING, "findings": findings(number)})
    assert isinstance(done, Done)
    assert (done.after.stage, done.after.outcome) == ("CLOSED", "ruled_refund")
    ruling = Ruling.objects.get()
    assert (ruling.status, ruling.findings.count(), ruling.lines.get().amount) == ("in_force", 2, 128)
    assert LedgerEntry.objects.get().basis == "ruled"
    assert Proposal.objects.get(party="buyer").amount == 128


def test_a_ruling_must_answer_every_exhibit(filed: Done, ming: Any, lan: Any, zhou: Any) -> None:
    number = in_review(filed, ming, lan)
    with pytest.raises(FieldsRefused) as refused:
        perform(case_for(zhou, number), "rule", RULING)
    assert refused.value.fields[0].code == "exhibit_unanswered"
    assert Ruling.objects.count() == 0


def test_compensation_needs_a_clause_and_a_second_person(
    filed: Done, ming: Any, lan: Any, zhou: Any, root: Any
) -> None:
    number = in_review(filed, ming, lan)
    line = {"kind": "compensation", "amount": "20.00", "payer": "seller"}
    with pytest.raises(FieldsRefused):
        perform(case_for(zhou, number), "rule", {**RULING, "findings": findings(number), "lines": [line]})
    told = {**RULING, "findings": findings(number), "lines": [{**line, "clause": "T-2.3"}]}
    assert perform(case_for(zhou, number), "rule", told).after.stage == "RULED"  # type: ignore[union-attr]
    perform(case_for(root, number), "approve_ruling")
    assert {entry.kind for entry in LedgerEntry.objects.all()} == {"refund", "compensation"}
    assert list(Payout.objects.order_by("pk").values_list("amount", "refund")) == [(128, True), (20, False)]
    assert Ruling.objects.get().second_person == root


def test_a_second_review_needs_new_evidence_and_another_arbitrator(
    filed: Done, ming: Any, lan: Any, zhou: Any, wu: Any, root: Any
) -> None:
    number = in_review(filed, ming, lan)
    perform(case_for(zhou, number), "rule", {**RULING, "findings": findings(number)})
    answer_payout(case_for(root, number), succeeded=True, reference="P-1")
    perform(case_for(lan, number), "appeal", {"statement": "New facts."})
    drafted = draft_exhibit(case_for(lan, number), uploads=[picture("blue")], description="the same again")
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(lan, number), "submit_appeal", {"statement": "See.", "exhibits": [str(drafted.exhibit_id)]})
    assert refused.value.code == "no_new_evidence"
    fresh = draft_exhibit(case_for(lan, number), uploads=[picture("green")], description="the carrier's note")
    perform(case_for(lan, number), "submit_appeal", {"statement": "See.", "exhibits": [str(fresh.exhibit_id)]})
    assert Appeal.objects.get().status == "submitted"
    decision = {
        "decision": "change",
        "outcome": "seller",
        "amount": "0.00",
        "liable": "buyer",
        "reasons": "The carrier broke it.",
    }
    answers = {str(fresh.exhibit_id): "convincing"}
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(zhou, number), "decide_appeal", {**decision, "findings": answers})
    assert refused.value.code == "other_arbitrator_needed"
    done = perform(case_for(wu, number), "decide_appeal", {**decision, "findings": answers})
    assert isinstance(done, Done)
    assert done.after.outcome == "ruled_no_refund"
    reversal = LedgerEntry.objects.get(kind="reversal")
    assert (reversal.payer, reversal.payee, reversal.amount) == ("platform", "seller", 128)
    assert Appeal.objects.get().status == "changed"


def test_a_second_review_orders_anew_what_the_marketplace_has_not_paid(
    filed: Done, ming: Any, lan: Any, zhou: Any, wu: Any
) -> None:
    number = in_review(filed, ming, lan)
    perform(case_for(zhou, number), "rule", {**RULING, "findings": findings(number)})
    perform(case_for(lan, number), "appeal", {"statement": "New facts."})
    fresh = draft_exhibit(case_for(lan, number), uploads=[picture("green")], description="the carrier's note")
    perform(case_for(lan, number), "submit_appeal", {"statement": "See.", "exhibits": [str(fresh.exhibit_id)]})
    decision = {
        "decision": "change",
        "outcome": "buyer_partial_refund",
        "amount": "50.00",
        "liable": "shared",
        "reasons": "Both.",
        "findings": {str(fresh.exhibit_id): "convincing"},
    }
    perform(case_for(wu, number), "decide_appeal", decision)
    assert list(Payout.objects.order_by("sequence").values_list("amount", "status")) == [
        (128, "cancelled"),
        (50, "ordered"),
    ]


def test_a_second_review_pays_only_what_was_not_paid_before(
    filed: Done, ming: Any, lan: Any, zhou: Any, wu: Any, root: Any
) -> None:
    number = in_review(filed, ming, lan)
    extra = {"kind": "compensation", "amount": "20.00", "payer": "seller", "clause": "T-2.3"}
    perform(case_for(zhou, number), "rule", {**RULING, "findings": findings(number), "lines": [extra]})
    perform(case_for(root, number), "approve_ruling")
    for payout in Payout.objects.all():
        answer_payout(case_for(root, number), succeeded=True, payout=payout.pk, reference="P-1")
    perform(case_for(lan, number), "appeal", {"statement": "New facts."})
    fresh = draft_exhibit(case_for(lan, number), uploads=[picture("green")], description="the carrier's note")
    perform(case_for(lan, number), "submit_appeal", {"statement": "See.", "exhibits": [str(fresh.exhibit_id)]})
    decision = {**RULING, "decision": "change", "findings": {str(fresh.exhibit_id): "seen"}}
    perform(case_for(wu, number), "decide_appeal", {**decision, "lines": [{**extra, "amount": "25.00"}]})
    assert list(Payout.objects.order_by("pk").values_list("amount", "status")) == [
        (128, "succeeded"),
        (20, "succeeded"),
        (5, "ordered"),
    ]


def test_a_return_goes_out_and_comes_back(order_of: Any, ming: Any, lan: Any, travel: Any) -> None:
    order = order_of()
    line = order.lines.get()
    done = file_dispute(
        ming.pk,
        order_id=order.pk,
        lines=[{"line": line.pk, "quantity": 1}],
        reason="QUALITY",
        remedy="return_and_refund",
        amount="128.00",
        description="It leaks.",
    )
    assert isinstance(done, Done)
    number = done.number
    perform(case_for(lan, number), "accept", {"address": "Hangzhou, 1 Lake Road"})
    assert ReturnAddress.objects.get().text == "Hangzhou, 1 Lake Road"
    perform(case_for(ming, number), "ship_return", {"tracking": "YT1", "return_carrier": "express"})
    assert Parcel.objects.get().leg == "return"
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(ming, number), "withdraw")
    assert refused.value.code == "confirmation_needed"
    done = perform(case_for(lan, number), "confirm_return")
    assert isinstance(done, Done)
    assert done.after.outcome == "refunded_after_return"


def test_a_text_that_comes_too_late_is_kept_as_a_message(filed: Done, lan: Any, travel: Any) -> None:
    travel(days=6)
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(lan, filed.number), "refuse", {"refusal": "NOT_AGREED", "statement": "Wait!"})
    assert Message.objects.get(pk=refused.value.data["kept_as_message"]).text == "Wait!"


def test_evidence_after_the_period_is_kept_as_a_late_note(filed: Done, ming: Any, lan: Any) -> None:
    number = in_review(filed, ming, lan)
    handed = hand_in(ming, number, "grey")
    assert handed.late
    assert Exhibit.objects.get(pk=handed.late[0]).status == "late"


def test_a_queued_intervention_happens_when_the_gate_opens(order_of: Any, ming: Any, lan: Any, travel: Any) -> None:
    order = order_of(pack="taobao.virtual", goods_type="virtual")
    line = order.lines.get()
    done = file_dispute(
        ming.pk, order_id=order.pk, lines=[{"line": line.pk, "quantity": 1}], reason="NOT_AS_DESCRIBED",
        remedy="refund_only", amount="128.00",
    )  # fmt: skip
    assert isinstance(done, Done)
    perform(case_for(lan, done.number), "refuse", {"refusal": "NOT_AGREED", "statement": "no"})
    with pytest.raises(ActionRefused):
        perform(case_for(ming, done.number), "request_intervention")
    perform(case_for(ming, done.number), "request_intervention", {"statement": "please"}, when_allowed=True)
    travel(days=3, seconds=1)
    sweep_until_done(sweeper="test")
    assert Case.objects.get().stage == "EVIDENCE"


@pytest.mark.parametrize("amount", ["1.001", "1e1", "1_0", "１０", "+1", ".5", "-1.00", "0", "abc", 10.5, ["1"], True])
def test_only_an_amount_of_the_currency_is_taken(order_of: Any, ming: Any, amount: Any) -> None:
    order = order_of()
    line = {"line": order.lines.get().pk, "quantity": 1}
    with pytest.raises(FieldsRefused) as refused:
        file_dispute(
            ming.pk, order_id=order.pk, lines=[line], reason="DAMAGED", remedy="refund_only", amount=amount,
        )  # fmt: skip
    assert refused.value.fields[0].pointer == "/amount"


def test_another_currency_is_refused(order_of: Any, ming: Any) -> None:
    order = order_of()
    line = {"line": order.lines.get().pk, "quantity": 1}
    with pytest.raises(FieldsRefused) as refused:
        file_dispute(
            ming.pk, order_id=order.pk, lines=[line], reason="DAMAGED", remedy="refund_only",
            amount={"amount": "10.00", "currency": "USD"},
        )  # fmt: skip
    assert refused.value.fields[0].code == "wrong_currency"


def test_a_ruling_for_the_seller_refunds_nothing(filed: Done, ming: Any, lan: Any, zhou: Any) -> None:
    number = in_review(filed, ming, lan)
    contradictory = {**RULING, "outcome": "seller", "liable": "buyer", "findings": findings(number)}
    with pytest.raises(FieldsRefused) as refused:
        perform(case_for(zhou, number), "rule", contradictory)
    assert refused.value.fields[0].code == "no_refund_in_this_outcome"


def test_what_a_ruling_adds_is_answered_even_without_a_refund(
    filed: Done, ming: Any, lan: Any, zhou: Any, root: Any
) -> None:
    number = in_review(filed, ming, lan)
    freight = {"kind": "return_freight", "amount": "12.00", "payer": "buyer", "payee": "seller"}
    ruling = {**RULING, "outcome": "seller", "amount": "0.00", "liable": "buyer", "lines": [freight]}
    perform(case_for(zhou, number), "rule", {**ruling, "findings": findings(number)})
    answer_payout(case_for(root, number), succeeded=True, reference="P-9")
    paid = Payout.objects.get()
    assert (paid.amount, paid.payee, paid.status) == (12, "seller", "succeeded")


def test_files_that_are_all_refused_make_no_exhibit(filed: Done, ming: Any) -> None:
    disguised = SimpleUploadedFile("proof.jpg", b"<html>not a picture</html>", "image/jpeg")
    with pytest.raises(DomainError):
        draft_exhibit(case_for(ming, filed.number), uploads=[disguised], description="see")
    assert not Exhibit.objects.exists()


def test_only_the_platforms_administrator_answers_payouts(filed: Done, lan: Any, root: Any, zhou: Any) -> None:
    perform(case_for(lan, filed.number), "accept")
    with pytest.raises(Forbidden):
        answer_payout(case_for(zhou, filed.number), succeeded=True)
    answer_payout(case_for(root, filed.number), succeeded=False, reason="account closed")
    failed = Payout.objects.get()
    assert (failed.status, failed.reason) == ("failed", "account closed")
    assert "account closed" not in str(list(CaseEvent.objects.values_list("facts", flat=True)))
    answer_payout(case_for(root, filed.number), succeeded=True, reference="P-1")
    assert Payout.objects.get().status == "succeeded"


def test_a_case_is_taken_given_back_and_handed_over(filed: Done, ming: Any, lan: Any, zhou: Any, wu: Any) -> None:
    number = in_review(filed, ming, lan)
    assign_case(case_for(wu, number), arbitrator_id=wu.pk)
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(zhou, number), "rule", {**RULING, "findings": findings(number)})
    assert refused.value.code == "assigned_to_other"
    assign_case(case_for(zhou, number), arbitrator_id=zhou.pk)
    assert Case.objects.get().arbitrator_id == zhou.pk
    assert claim_next(wu) is None


def test_a_stranger_learns_nothing(filed: Done, eve: Any) -> None:
    with pytest.raises(NotFound):
        case_for(eve, filed.number)


def test_the_silent_end_of_everything(filed: Done, ming: Any, lan: Any, travel: Any) -> None:
    """Nobody does anything: the seller's silence pays, once."""
    travel(days=30)
    sweep_until_done(sweeper="test")
    case = Case.objects.get()
    assert case.closed_at == filed.now + timedelta(days=5)
    assert LedgerEntry.objects.count() == 1
