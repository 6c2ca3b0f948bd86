"""Filing: what is possible first, then one question a page, nothing typed twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from contract.clock import database_now
from disputes.models import Case, Message, OrderLine
from tests.conftest import Travel
from tests.disputes.pages.conftest import Reader, words

ANSWERS = [
    ("received", {"received": "yes"}),
    ("remedy", {"remedy": "refund_only"}),
    ("reason", {"reason": "DAMAGED"}),
    ("amount", {"amount": "60"}),
    ("describe", {"description": "It came in pieces."}),
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
