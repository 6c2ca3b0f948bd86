"""Cases at the points of their life an arbitrator meets them in, made as people make them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from disputes.models import Exhibit
from disputes.selectors.access import case_for
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit, submit_exhibits
from disputes.services.filing import file_dispute
from disputes.services.writer import Done


def picture(colour: str) -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (320, 240), colour).save(data, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", data.getvalue(), "image/jpeg")


def filed(order: Any, ming: Any, **said: Any) -> str:
    """The number of a case Ming files about a cracked mug."""
    line = order.lines.get()
    done = file_dispute(
        ming.pk,
        order_id=order.pk,
        lines=[{"line": line.pk, "quantity": 1}],
        **{
            "reason": "DAMAGED",
            "remedy": "refund_only",
            "amount": f"{order.paid}",
            "goods_received": True,
            "description": "The mug arrived cracked.",
            **said,
        },
    )
    assert isinstance(done, Done)
    return done.number


def hand_in(person: Any, number: str, colour: str, description: str, slot: str = "") -> str:
    """Submit a picture; the number of the exhibit."""
    access = case_for(person, number)
    drafted = draft_exhibit(access, uploads=[picture(colour)], description=description, slot=slot)
    submit_exhibits(access, [drafted.exhibit_id])
    return str(drafted.exhibit_id)


def in_review(order: Any, ming: Any, lan: Any) -> str:
    """A case in which both sides gave evidence and the platform has to decide."""
    number = filed(order, ming)
    perform(case_for(lan, number), "refuse", {"refusal": "NOT_AGREED", "statement": "It left the shop whole."})
    perform(case_for(ming, number), "request_intervention", {"statement": "Please decide."})
    hand_in(ming, number, "red", "The crack, seen from the side.", "damage_photo")
    hand_in(lan, number, "blue", "How it was packed.", "packing_photo")
    for person in (ming, lan):
        perform(case_for(person, number), "complete_evidence")
    return number


RULING = {
    "outcome": "buyer_refund_only",
    "amount": "128.00",
    "liable": "seller",
    "clause": "T7",
    "reasons": "Cracked on arrival: the picture shows it, and nothing says otherwise.",
}


def answers(number: str, *, second_review: bool = False) -> dict[str, str]:
    """An answer to each exhibit, as the form names them."""
    rows = Exhibit.objects.filter(case__number=number, status="submitted")
    rows = rows.filter(second_review=True) if second_review else rows
    return {f"finding_{row.pk}": f"Exhibit {row.number} was looked at." for row in rows}


def ruled(number: str, arbitrator: Any, **said: Any) -> None:
    """A ruling made through the service."""
    findings = {name.removeprefix("finding_"): answer for name, answer in answers(number).items()}
    perform(case_for(arbitrator, number), "rule", {**RULING, "findings": findings, **said})
