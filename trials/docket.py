"""Cases with money, rulings and evidence, made through the services: something worth forging."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from itertools import count
from random import Random
from uuid import UUID

from trials.stage import Stage

ENDINGS = ("ruled", "accepted", "ruled with amounts", "open", "corrected", "silence")


def fill(stage: Stage, cases: int, chance: Random) -> None:
    """So many cases, with every ending in turn."""
    from contract import clock
    from disputes.services.sweeping import sweep_until_done

    for number in range(cases):
        _END[ENDINGS[number % len(ENDINGS)]](stage, chance)
    clock.travel(to=stage.start)
    sweep_until_done(sweeper="trial")


def _accepted(stage: Stage, _chance: Random) -> None:
    stage.must(stage.people.seller, stage.file(), "accept")


def _open(stage: Stage, chance: Random) -> None:
    number = stage.in_evidence()
    _hand_in(stage, stage.people.buyer, number, chance)


def _silence(stage: Stage, _chance: Random) -> None:
    from datetime import timedelta

    from contract import clock
    from disputes.services.sweeping import sweep_until_done

    stage.file()
    clock.travel(to=stage.start + timedelta(days=5, minutes=1))
    sweep_until_done(sweeper="trial")
    clock.travel(to=stage.start)


def _ruled(stage: Stage, chance: Random, *, amounts: bool = False) -> str:
    number = stage.in_evidence()
    for person in (stage.people.buyer, stage.people.seller):
        _hand_in(stage, person, number, chance)
        stage.must(person, number, "complete_evidence")
    stage.must(stage.arbitrators[0], number, "rule", **_ruling(number, "100.00", amounts=amounts))
    return number


def _ruled_with_amounts(stage: Stage, chance: Random) -> None:
    number = _ruled(stage, chance, amounts=True)
    stage.must(stage.arbitrators[1], number, "approve_ruling")


def _corrected(stage: Stage, chance: Random) -> None:
    number = _ruled(stage, chance)
    stage.must(stage.arbitrators[0], number, "correct_ruling", statement="A slip.", **_ruling(number, "90.00"))
    stage.must(stage.arbitrators[1], number, "approve_ruling")


def _ruling(number: str, amount: str, *, amounts: bool = False) -> dict[str, object]:
    from disputes.models import Exhibit

    shown = Exhibit.objects.filter(case__number=number, status="submitted").values_list("pk", flat=True)
    answers = {str(exhibit): f"{exhibit} shows the crack." for exhibit in shown}
    lines = [{"kind": "compensation", "payer": "seller", "amount": "20.00", "clause": "T-2.3"}]
    return {
        "outcome": "buyer_refund_only", "amount": amount, "liable": "seller", "reasons": f"Cracked: {amount}.",
        "findings": answers, "lines": lines if amounts else [],
    }  # fmt: skip


def _hand_in(stage: Stage, person: int, number: str, chance: Random) -> None:
    from accounts.models import User
    from disputes.selectors.access import case_for
    from disputes.services.exhibiting import draft_exhibit, submit_exhibits
    from evidence.services import record_download, record_view

    access = case_for(User.objects.get(pk=person), number)
    drafted = draft_exhibit(access, uploads=[_picture(chance)], description="It shows the crack.")
    submit_exhibits(access, [drafted.exhibit_id])
    looking = User.objects.get(pk=stage.arbitrators[0])
    file: UUID
    for file in (view.id for view in drafted.receipt.files):
        record_view(file, viewer=looking, variant="preview")
        record_download(file, viewer=looking)


def _picture(chance: Random) -> object:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    data = BytesIO()
    Image.frombytes("RGB", (64, 48), chance.randbytes(64 * 48 * 3)).resize((640, 480)).save(data, "JPEG")
    return SimpleUploadedFile(f"picture-{next(_number)}.jpg", data.getvalue(), "image/jpeg")


_number = count(1)
_END: dict[str, Callable[[Stage, Random], object]] = {
    "accepted": _accepted, "open": _open, "silence": _silence, "ruled": _ruled, "corrected": _corrected,
    "ruled with amounts": _ruled_with_amounts,
}  # fmt: skip
