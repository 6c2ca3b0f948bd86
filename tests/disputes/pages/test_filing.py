"""Filing: what is possible first, then one question a page, nothing typed twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contract.clock import database_now
from contract.errors import NotFound
from disputes.models import Case, Exhibit, Message, OrderLine
from disputes.services.filing import file_dispute
from disputes.services.filing_evidence import Piece, receive_for_filing
from tests.conftest import Travel
from tests.disputes.pages.conftest import Reader, words
from tests.disputes.pages.test_exhibits import picture

ANSWERS = [
    ("received", {"received": "yes"}),
    ("remedy", {"remedy": "refund_only"}),
    ("reason", {"reason": "DAMAGED"}),
    ("amount", {"amount": "60"}),
    ("describe", {"description": "It came in pieces."}),
    ("evidence", {}),
]


def answered(buyer: Reader, order: Any, *, until: str = "check") -> str:
    """Answer the questions in order; where the browser stands then."""
    start = f"/orders/{order.pk}/dispute"
    for step, answer in ANSWERS:
        if step == until:
            break
        buyer.send(f"{start}/{step}/", answer)
    return f"{start}/{until}/"


def test_the_start_says_what_can_be_asked_for(buyer: Reader, order_of: Callable[..., Any]) -> None:
    page = buyer.page(f"/orders/{order_of().pk}/dispute/")
    assert "A refund can be asked for: at most ¥128.00" in page
    assert "It takes about three minutes." in page


def test_the_start_says_why_nothing_can_be_asked_for(buyer: Reader, order_of: Callable[..., Any]) -> None:
    long_ago = database_now() - timedelta(days=200)
    order = order_of(
        created_at=long_ago, paid_at=long_ago, shipped_at=long_ago, signed_at=long_ago, completed_at=long_ago,
        received_at=long_ago, status="completed",
    )  # fmt: skip
    page = buyer.page(f"/orders/{order.pk}/dispute/")
    assert "A refund can be asked for" not in page
    assert "It was possible until" in page
    buyer.answer(f"/orders/{order.pk}/dispute/received/", 302)


def test_answers_lead_to_a_case_with_its_number_and_due_time(buyer: Reader, order_of: Callable[..., Any]) -> None:
    check = answered(buyer, order_of())
    page = buyer.page(check)
    assert "¥60.00" in page
    assert "It came in pieces." in page
    response = buyer.send(check)
    case = Case.objects.get()
    assert response.headers["Location"] == f"/cases/{case.number}/submitted/"
    assert (case.reason, case.facts["remedy"], case.facts["amount"]) == ("DAMAGED", "refund_only", "60.00")
    assert case.facts["goods_received"] is True
    assert Message.objects.get().text == "It came in pieces."
    submitted = buyer.page(response.headers["Location"])
    assert case.number in submitted
    assert "(Beijing, UTC+8)" in submitted
    assert "Add to calendar" in submitted


def test_sending_twice_files_once(buyer: Reader, order_of: Callable[..., Any]) -> None:
    check = answered(buyer, order_of())
    sent = {"once": "one-sending"}
    first: Any = buyer.post(check, sent)
    assert first.status_code == 302
    assert Case.objects.count() == 1
    second: Any = buyer.post(check, sent)
    assert second.headers["Location"] == check.replace("check/", "")
    assert Case.objects.count() == 1


def test_a_question_cannot_be_skipped(buyer: Reader, order_of: Callable[..., Any]) -> None:
    order = order_of()
    response: Any = buyer.get(f"/orders/{order.pk}/dispute/amount/")
    assert response.headers["Location"] == f"/orders/{order.pk}/dispute/received/"


def test_only_what_is_allowed_can_be_asked_for(buyer: Reader, order_of: Callable[..., Any]) -> None:
    order = order_of()
    buyer.send(f"/orders/{order.pk}/dispute/received/", {"received": "no"})
    page = buyer.page(f"/orders/{order.pk}/dispute/remedy/")
    assert "Refund only" in page
    assert "Return and refund" not in page


def test_an_amount_above_the_maximum_is_refused_and_stays_as_typed(buyer: Reader, order_of: Callable[..., Any]) -> None:
    path = answered(buyer, order_of(), until="amount")
    response = buyer.send(path, {"amount": "1280"}, status=422)
    assert "Please check 1 thing" in words(response)
    assert 'value="1280"' in response.content.decode()


def test_an_answer_can_be_changed_and_the_others_stay(buyer: Reader, order_of: Callable[..., Any]) -> None:
    order = order_of()
    check = answered(buyer, order)
    response = buyer.send(f"/orders/{order.pk}/dispute/amount/", {"amount": "12.50"})
    assert response.headers["Location"] == check
    page = buyer.page(check)
    assert "¥12.50" in page
    assert "It came in pieces." in page


def test_a_change_that_makes_other_answers_impossible_asks_for_them_again(
    buyer: Reader, order_of: Callable[..., Any]
) -> None:
    order = order_of()
    answered(buyer, order)
    response = buyer.send(f"/orders/{order.pk}/dispute/received/", {"received": "no"})
    assert response.headers["Location"] == f"/orders/{order.pk}/dispute/reason/"


def test_answers_are_kept_for_seven_days_and_no_longer(
    buyer: Reader, order_of: Callable[..., Any], travel: Travel
) -> None:
    order = order_of()
    answered(buyer, order, until="reason")
    travel(days=6)
    assert "Go on where you stopped" in buyer.page(f"/orders/{order.pk}/dispute/")
    travel(days=2)
    assert "Go on where you stopped" not in buyer.page(f"/orders/{order.pk}/dispute/")


def test_part_of_a_line_can_be_claimed_up_to_its_share(buyer: Reader, order_of: Callable[..., Any]) -> None:
    order = order_of(quantity=3, paid="100.00")
    line = order.lines.get()
    start = f"/orders/{order.pk}/dispute"
    buyer.send(f"{start}/items/", {"lines": [str(line.pk)], f"quantity_{line.pk}": "2"})
    answered(buyer, order, until="amount")
    assert "At most ¥66.66" in buyer.page(f"{start}/amount/")


def test_items_under_different_rules_are_filed_one_after_the_other(buyer: Reader, order_of: Callable[..., Any]) -> None:
    order = order_of()
    card = OrderLine.objects.create(
        order=order, outside_id="2", title="Gift card", quantity=1, paid=Decimal("50.00"), pack="taobao.virtual",
        goods_type="gift_card",
    )  # fmt: skip
    both = {"lines": [str(order.lines.order_by("pk")[0].pk), str(card.pk)]}
    response = buyer.send(f"/orders/{order.pk}/dispute/items/", both, status=422)
    assert "These items follow different rules" in words(response)


def test_a_line_that_is_disputed_already_leads_to_its_case(
    buyer: Reader, order_of: Callable[..., Any], file: Callable[..., Any]
) -> None:
    order = order_of()
    number = file(order).number
    html = buyer.answer(f"/orders/{order.pk}/dispute/").content.decode()
    assert f"/cases/{number}/" in html


def test_a_seller_cannot_file_for_the_buyer(seller: Reader, order_of: Callable[..., Any]) -> None:
    order = order_of()
    seller.answer(f"/orders/{order.pk}/dispute/", 404)
    seller.answer(f"/orders/{order.pk}/", 200)


def test_evidence_given_while_filing_is_handed_in_with_the_case(
    buyer: Reader, seller: Reader, order_of: Callable[..., Any]
) -> None:
    path = answered(buyer, order_of(), until="evidence")
    page = buyer.page(path)
    assert "Question 6 of 6" in page, "there is one thing in the order, so nobody is asked which"
    assert "Up to 10 files in this case." in page
    given = {"files": [picture()], "slot": "damage_photo", "description": "The crack."}
    check = buyer.send(path, given).headers["Location"]
    assert "crack.png" in buyer.page(check)
    response = buyer.send(check)
    exhibit = Exhibit.objects.get()
    assert (exhibit.status, exhibit.slot, exhibit.number) == ("submitted", "damage_photo", 1)
    assert exhibit.files.count() == 1
    assert "The crack." in seller.page(response.headers["Location"].replace("submitted/", ""))


def test_while_filing_a_refused_file_is_named_and_the_good_ones_stay(
    buyer: Reader, order_of: Callable[..., Any]
) -> None:
    path = answered(buyer, order_of(), until="evidence")
    bad = SimpleUploadedFile("virus.exe", b"MZ" + b"\0" * 200, content_type="application/octet-stream")
    response = buyer.send(path, {"files": [picture(), bad]})
    assert response.headers["Location"] == path
    page = buyer.page(path)
    assert "virus.exe" in page
    assert "crack.png" in page


def test_too_many_files_while_filing_are_refused_and_the_text_stays(
    buyer: Reader, order_of: Callable[..., Any]
) -> None:
    path = answered(buyer, order_of(), until="evidence")
    buyer.send(path, {"files": [picture()], "more": "1"})
    many = [SimpleUploadedFile(f"{number}.txt", b"a line", content_type="text/plain") for number in range(10)]
    page = words(buyer.send(path, {"files": many, "description": "All of it."}, status=422))
    assert "Please check 1 thing" in page
    assert "All of it." in page
    assert "crack.png" in page


def test_a_text_that_is_too_long_costs_no_file(buyer: Reader, order_of: Callable[..., Any]) -> None:
    path = answered(buyer, order_of(), until="evidence")
    page = words(buyer.send(path, {"files": [picture()], "description": "a" * 10_001}, status=422))
    assert "crack.png" in page


def test_evidence_can_be_removed_again_before_anything_is_sent(buyer: Reader, order_of: Callable[..., Any]) -> None:
    path = answered(buyer, order_of(), until="evidence")
    buyer.send(path, {"files": [picture(), picture("box.png", 40)], "more": "1"})
    html = buyer.answer(path).content.decode()
    first = html.partition('name="remove" value="')[2].partition('"')[0]
    response = buyer.send(path, {"remove": first})
    page = buyer.page(response.headers["Location"])
    assert "crack.png" not in page
    assert "box.png" in page


def test_evidence_stays_when_an_earlier_answer_changes(buyer: Reader, order_of: Callable[..., Any]) -> None:
    order = order_of()
    path = answered(buyer, order, until="evidence")
    buyer.send(path, {"files": [picture()], "slot": "damage_photo"})
    buyer.send(f"/orders/{order.pk}/dispute/reason/", {"reason": "NOT_AS_DESCRIBED"})
    check = f"/orders/{order.pk}/dispute/check/"
    assert "crack.png" in buyer.page(check)
    buyer.send(check)
    assert Exhibit.objects.get().status == "submitted"


def test_nobody_files_with_what_somebody_else_uploaded(ming: Any, eve: Any, order_of: Callable[..., Any]) -> None:
    order = order_of()
    receipt = receive_for_filing(eve.pk, pack="taobao.general", uploads=[picture()], already_given=0)
    stolen = Piece(files=[receipt.files[0].id])
    with pytest.raises(NotFound):
        file_dispute(
            ming.pk, order_id=order.pk, lines=[{"line": order.lines.get().pk, "quantity": 1}], reason="DAMAGED",
            remedy="refund_only", amount="60.00", goods_received=True, evidence=[stolen],
        )  # fmt: skip
    assert Case.objects.count() == 0
