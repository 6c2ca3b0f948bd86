"""A buyer files a dispute on an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from contract.idempotency import Call, Replay
from disputes.models import Message, Order, OrderLine
from disputes.services.filing_evidence import Piece, exhibits_of_filing, hand_in_of_filing
from disputes.services.opening import ClaimedLine, Filing, open_case
from disputes.services.refusing import fields_refused
from disputes.services.shaping import check_currency, checked_text, normal_amount
from disputes.services.writer import Answer, Done
from rules.engine.events import Via


def file_dispute(
    user_id: int, *, order_id: int, lines: Sequence[dict[str, Any]], reason: str, remedy: str, amount: Any,
    goods_received: bool | None = None, description: str = "", via: Via = Via.PAGE, call: Call | None = None,
    answer: Answer | None = None, evidence: Sequence[Piece] = (),
) -> Done | Replay:  # fmt: skip
    """File a dispute on lines of an order (`[{"line": id, "quantity": n}]`).

    Evidence that is there already opens with the case and is handed in right after; the rest is handed in to the
    case. Raises NotFound, ActionRefused, FieldsRefused.
    """
    check_currency(amount, Order.objects.filter(pk=order_id).values_list("currency", flat=True).first())
    data: dict[str, Any] = {"reason": reason, "remedy": remedy, "amount": normal_amount(amount)}
    if goods_received is not None:
        data["goods_received"] = goods_received
    records: list[Model] = []
    text = description.strip()
    if text:
        message = Message(
            author_id=user_id, party="buyer", kind=Message.Kind.STATEMENT,
            text=checked_text(text, "description"),
        )  # fmt: skip
        data["statement"] = str(message.id)
        records.append(message)
    claimed = _claimed(lines)
    pack = OrderLine.objects.filter(order_id=order_id, pk__in=[line.line_id for line in claimed]).values_list("pack")
    if evidence and (found := pack.first()):
        records += exhibits_of_filing(user_id, evidence, pack=found[0])
    filing = Filing(order_id=order_id, lines=claimed, actor_id=user_id, data=data, via=via, records=records)
    done = open_case(filing, call=call, answer=answer)
    if isinstance(done, Done):
        hand_in_of_filing(user_id, done.number, records, via=via)
    return done


def _claimed(lines: Sequence[dict[str, Any]]) -> list[ClaimedLine]:
    claimed = []
    for position, line in enumerate(lines):
        try:
            claimed.append(ClaimedLine(line_id=int(line["line"]), quantity=int(line["quantity"])))
        except (KeyError, TypeError, ValueError):
            raise fields_refused([{"field": f"lines/{position}", "code": "unknown_line"}]) from None
    return claimed
