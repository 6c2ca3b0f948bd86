"""Acting through pages: nothing typed is lost, nothing is done twice, and a refusal says what is possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from disputes.models import Case, CaseEvent, Message, Parcel
from tests.conftest import Travel
from tests.disputes.pages.conftest import Reader, words


def stage_of(number: str) -> str:
    return str(Case.objects.values_list("stage", flat=True).get(number=number))


def test_a_seller_declines_with_a_reason_and_a_counter_offer(seller: Reader, number: str) -> None:
    said = {"refusal": "AS_DESCRIBED", "statement": "It left here whole.", "remedy": "partial_refund", "amount": "60"}
    response = seller.send(f"/cases/{number}/do/refuse/", said)
    assert response.headers["Location"] == f"/cases/{number}/"
    case = Case.objects.get()
    assert (case.stage, case.facts["seller_offer"]["amount"]) == ("SELLER_REFUSED", "60.00")
    assert "Done: Decline the request." in seller.page(f"/cases/{number}/")


def test_what_is_missing_is_named_and_what_was_typed_stays(seller: Reader, number: str) -> None:
    response = seller.send(f"/cases/{number}/do/refuse/", {"statement": "It left here whole."}, status=422)
    assert "Please check 1 thing" in words(response)
    assert "It left here whole." in words(response)
    assert stage_of(number) == "WAIT_SELLER"


def test_a_seller_agrees_after_reading_what_it_costs(seller: Reader, number: str) -> None:
    page = seller.page(f"/cases/{number}/do/accept/")
    assert "¥128.00" in page
    assert "After accepting, the case ends at once and the refund is ordered." in page
    seller.send(f"/cases/{number}/do/accept/")
    assert stage_of(number) == "CLOSED"


def test_accepting_a_proposal_goes_through_a_check_page(buyer: Reader, declined: str) -> None:
    path = f"/cases/{declined}/do/accept_proposal/?offer=seller"
    page = buyer.page(path)
    assert "Accept the seller's proposal?" in page
    assert "¥60.00" in page
    buyer.send(path)
    case = Case.objects.get()
    assert (case.stage, case.facts["agreed_amount"]) == ("CLOSED", "60.00")


def test_the_check_page_of_a_proposal_says_all_that_is_agreed_to(
    buyer: Reader, number: str, acts: Callable[..., None], lan: Any
) -> None:
    offer = {"remedy": "return_and_refund", "amount": "100.00", "return_freight_by": "seller"}
    acts(lan, number, "propose", statement="Send it back, we pay the way.", **offer)
    response: Any = buyer.answer(f"/cases/{number}/do/accept_proposal/?offer=seller")
    page, ahead = words(response), response.context["check"]
    for said in ("¥100.00", "Return and refund", "Who pays the return shipping Seller", "Send it back, we pay the"):
        assert said in page
    assert any(line.startswith("Until ") for line in ahead["consequences"])
    buyer.send(f"/cases/{number}/do/accept_proposal/?offer=seller")
    view: Any = buyer.answer(f"/cases/{number}/").context["view"]
    assert view.door.what in ahead["consequences"], "what the check page foresaw came about"


def test_the_many_reasons_are_one_list_in_parts(buyer: Reader, number: str) -> None:
    source = buyer.answer(f"/cases/{number}/do/edit_request/").content.decode()
    listed = source.partition('<select name="reason"')[2].partition("</select>")[0]
    assert listed.count("<optgroup") >= 3
    assert '<option value="DAMAGED" selected>' in listed
    buyer.send(
        f"/cases/{number}/do/edit_request/", {"reason": "NOT_AS_DESCRIBED", "remedy": "refund_only", "amount": "90"}
    )
    assert Case.objects.get().reason == "NOT_AS_DESCRIBED"


def test_only_who_declines_is_asked_for_a_counter_offer(buyer: Reader, seller: Reader, number: str) -> None:
    assert "No counter-offer" in seller.page(f"/cases/{number}/do/refuse/")
    change = buyer.page(f"/cases/{number}/do/edit_request/")
    assert "As it is now" in change
    assert "No counter-offer" not in change


def test_a_closed_case_shows_only_the_proposals_that_were_made(buyer: Reader, seller: Reader, number: str) -> None:
    seller.send(f"/cases/{number}/do/accept/")
    page = buyer.page(f"/cases/{number}/")
    assert "Buyer's proposal" in page
    assert "has made no proposal" not in page


def test_too_much_is_refused_with_its_currency(buyer: Reader, number: str) -> None:
    said = {"reason": "DAMAGED", "remedy": "refund_only"}
    for amount, told in (
        ("500", "The most that can be refunded is ¥128.00."),
        ("0", "Enter an amount above zero."),
        ("x", "such as 128.00"),
    ):
        response = buyer.send(f"/cases/{number}/do/edit_request/", {**said, "amount": amount}, status=422)
        assert told in words(response)


def test_a_complaint_elsewhere_is_offered_quietly(buyer: Reader, disputed: str) -> None:
    response: Any = buyer.answer(f"/cases/{disputed}/")
    shown = response.context["door"]
    quiet = [f"/cases/{disputed}/do/{action}/" for action in ("edit_request", "record_external_escalation")]
    assert [action["url"] for action in shown["rare"]] == quiet
    assert not [action for action in shown["actions"] if action["url"] in quiet]


def test_a_request_the_platform_looks_at_is_changed_quietly_and_stays_where_it_is(
    buyer: Reader, seller: Reader, disputed: str, acts: Callable[..., None], ming: Any, lan: Any
) -> None:
    source = buyer.answer(f"/cases/{disputed}/do/edit_request/").content.decode()
    assert '<option value="DAMAGED" selected>' in source
    buyer.send(
        f"/cases/{disputed}/do/edit_request/", {"reason": "QUALITY", "remedy": "partial_refund", "amount": "90"}
    )
    case = Case.objects.get()
    assert (case.stage, case.reason, case.facts["evidence_from"]) == ("EVIDENCE", "QUALITY", "both")
    assert "changed the request to ¥90.00: Partial refund, Quality problem" in seller.page(f"/cases/{disputed}/")
    for somebody in (ming, lan):
        acts(somebody, disputed, "complete_evidence")
    shown: Any = buyer.answer(f"/cases/{disputed}/").context["door"]
    assert f"/cases/{disputed}/do/edit_request/" in [action["url"] for action in shown["rare"]]
    buyer.send(f"/cases/{disputed}/do/edit_request/", {"reason": "QUALITY", "remedy": "refund_only", "amount": "80"})
    assert (stage_of(disputed), Case.objects.get().facts["amount"]) == ("REVIEW", "80.00")


def test_a_double_click_does_it_once(seller: Reader, number: str) -> None:
    said = {"refusal": "AS_DESCRIBED", "statement": "It left here whole.", "once": "one-click", "version": "1"}
    for _click in range(2):
        response: Any = seller.post(f"/cases/{number}/do/refuse/", said)
        assert response.status_code in (302, 409)
    assert CaseEvent.objects.filter(kind="refuse").count() == 1


def test_a_repeated_message_is_written_once(buyer: Reader, number: str) -> None:
    for _click in range(2):
        response: Any = buyer.post(f"/cases/{number}/do/message/", {"text": "Hello?", "once": "one-click"})
        assert response.status_code == 302
    assert Message.objects.filter(text="Hello?").count() == 1


def test_a_change_in_between_is_shown_and_everything_typed_is_kept(
    buyer: Reader, declined: str, acts: Callable[..., None], lan: Any
) -> None:
    path = f"/cases/{declined}/do/request_intervention/"
    seen: Any = buyer.answer(path)
    version = seen.context["form"].initial["version"]
    acts(lan, declined, "propose", remedy="partial_refund", amount="100.00")
    said = {"statement": "Please decide.", "version": version, "once": "first"}
    response: Any = buyer.post(path, said)
    page = words(response)
    assert response.status_code == 412
    assert "Something changed while this page was open." in page
    assert "Please decide." in page
    assert "¥100.00" in page
    again = {"statement": "Please decide.", "version": response.context["form"]["version"].value(), "once": "second"}
    assert buyer.post(path, again).status_code == 302
    assert stage_of(declined) == "EVIDENCE"


def test_what_comes_too_late_is_kept_as_a_message(seller: Reader, number: str, travel: Travel) -> None:
    travel(days=6)
    response: Any = seller.post(
        f"/cases/{number}/do/refuse/", {"refusal": "AS_DESCRIBED", "statement": "I was ill.", "version": "1"}
    )
    assert response.status_code == 409
    assert "What you wrote is kept as a message" in words(response)
    assert (Message.objects.get().kind, Message.objects.get().text) == ("late", "I was ill.")
    assert stage_of(number) == "CLOSED"


def test_a_page_of_an_action_that_is_not_possible_says_why_and_what_is(buyer: Reader, number: str) -> None:
    page = buyer.page(f"/cases/{number}/do/request_intervention/", 409)
    assert "is not possible now" in page
    assert "What is possible now" in page
    assert "Withdraw the request" in page


def test_the_platform_can_be_asked_for_as_soon_as_it_is_allowed_and_that_can_be_taken_back(
    buyer: Reader, number: str
) -> None:
    buyer.send(f"/cases/{number}/do/request_intervention/?later=1")
    assert "will be done as soon as it is possible" in buyer.page(f"/cases/{number}/")
    buyer.send(f"/cases/{number}/do/cancel_queued/", {"action": "request_intervention"})
    assert "will be done as soon as it is possible" not in buyer.page(f"/cases/{number}/")


def test_a_wish_is_carried_out_when_the_seller_declines(
    buyer: Reader, number: str, acts: Callable[..., None], lan: Any
) -> None:
    buyer.send(f"/cases/{number}/do/request_intervention/?later=1")
    acts(lan, number, "refuse", refusal="AS_DESCRIBED", statement="It left here whole.")
    assert stage_of(number) == "EVIDENCE"


def test_withdrawing_warns_of_payment_outside_the_platform(buyer: Reader, number: str) -> None:
    assert "promise to pay you on WeChat" in buyer.page(f"/cases/{number}/do/withdraw/")
    buyer.send(f"/cases/{number}/do/withdraw/")
    assert stage_of(number) == "CLOSED"


def test_withdrawing_while_the_item_travels_asks_twice_and_names_both_losses(
    buyer: Reader, returning: str, acts: Callable[..., None], ming: Any
) -> None:
    acts(ming, returning, "ship_return", tracking="SF1234567890", return_carrier="express")
    path = f"/cases/{returning}/do/withdraw/"
    asked = buyer.send(path, status=200)
    assert "You lose the refund: ¥128.00." in words(asked)
    assert "You may lose the item too" in words(asked)
    assert stage_of(returning) == "WAIT_SELLER_RECEIPT"
    buyer.send(path, {"sure": "1"})
    assert stage_of(returning) == "CLOSED"


def test_the_buyer_reads_the_address_and_enters_the_tracking_number(buyer: Reader, returning: str) -> None:
    assert "1 Wenyi Road" in buyer.page(f"/cases/{returning}/")
    buyer.send(f"/cases/{returning}/do/ship_return/", {"tracking": "SF1234567890", "return_carrier": "express"})
    assert Parcel.objects.get().tracking == "SF1234567890"
    assert "SF1234567890" in buyer.page(f"/cases/{returning}/")


def test_the_seller_confirms_the_returned_item(
    seller: Reader, returning: str, acts: Callable[..., None], ming: Any
) -> None:
    acts(ming, returning, "ship_return", tracking="SF1234567890", return_carrier="express")
    assert "¥128.00" in seller.page(f"/cases/{returning}/do/confirm_return/")
    seller.send(f"/cases/{returning}/do/confirm_return/")
    assert stage_of(returning) == "CLOSED"


def test_a_complaint_outside_the_platform_is_recorded(buyer: Reader, disputed: str) -> None:
    said = {"body": "12315", "reference": "A-1", "filed_on": "2026-11-20"}
    buyer.send(f"/cases/{disputed}/do/record_external_escalation/", said)
    assert "12315" in buyer.page(f"/cases/{disputed}/")


def test_nobody_acts_for_the_other_side(buyer: Reader, number: str) -> None:
    response: Any = buyer.post(f"/cases/{number}/do/accept/", {})
    assert response.status_code == 409
    assert stage_of(number) == "WAIT_SELLER"
