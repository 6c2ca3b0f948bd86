"""The ruling in the parties' words, and the second review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from disputes.models import Case, Exhibit, Ruling
from tests.disputes.pages.conftest import Reader, words
from tests.disputes.pages.test_exhibits import handed, picture

REASONS = "The picture shows a crack that cannot come from use."


@pytest.fixture
def ruled(disputed: str, acts: Callable[..., None], ming: Any, lan: Any, zhou: Any) -> str:
    """Both sides are heard; Zhou decides for half."""
    for party in (ming, lan):
        acts(party, disputed, "complete_evidence")
    decision = {"outcome": "buyer_partial_refund", "remedy": "partial_refund", "amount": "64.00", "liable": "shared"}
    acts(zhou, disputed, "rule", **decision, seller_share=50, reasons=REASONS)
    return disputed


def test_both_sides_read_the_same_ruling(buyer: Reader, seller: Reader, ruled: str) -> None:
    for reader in (buyer, seller):
        page = reader.page(f"/cases/{ruled}/ruling/")
        assert REASONS in page
        assert "¥64.00" in page
        assert "zhou" not in page
        assert REASONS in reader.page(f"/cases/{ruled}/")


def test_the_paper_tells_times_in_the_platforms_zone(reads: Callable[..., Reader], ming: Any, ruled: str) -> None:
    ming.time_zone = "America/New_York"
    ming.save(update_fields=["time_zone"])
    paper = reads(ming).page(f"/cases/{ruled}/ruling/")
    made = Ruling.objects.get().at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"{made.day} {made:%b %Y, %H:%M} (Beijing, UTC+8)" in paper, "a paper is read in other years too"
    assert "New York" not in paper


def test_before_it_is_made_there_is_no_page_of_it(buyer: Reader, disputed: str) -> None:
    buyer.answer(f"/cases/{disputed}/ruling/", 404)


def test_withdrawing_after_a_ruling_takes_back_the_second_review_alone(buyer: Reader, ruled: str) -> None:
    buyer.send(f"/cases/{ruled}/do/appeal/", {"statement": "There is a film now."})
    assert "Withdraw the request for a second review" in buyer.page(f"/cases/{ruled}/")
    assert "Withdraw the request for a second review" in buyer.page(f"/cases/{ruled}/do/withdraw/")
    buyer.send(f"/cases/{ruled}/do/withdraw/")
    assert Case.objects.get().outcome == "ruled_partial"


def test_new_evidence_goes_along_with_the_second_review(buyer: Reader, ruled: str) -> None:
    buyer.send(f"/cases/{ruled}/do/appeal/", {"statement": "There is a film now."})
    said = {"statement": "There is a film now.", "files": [picture("new.png", 200)], "files_description": "That day."}
    buyer.send(f"/cases/{ruled}/do/submit_appeal/", said)
    assert Case.objects.get().stage == "RE_REVIEW"
    assert Exhibit.objects.get(description="That day.").second_review


def test_a_second_review_needs_new_evidence(buyer: Reader, ruled: str) -> None:
    assert "A second review may be asked for until" in buyer.page(f"/cases/{ruled}/ruling/")
    buyer.send(f"/cases/{ruled}/do/appeal/", {"statement": "There is a film now."})
    assert Case.objects.get().stage == "APPEAL_EVIDENCE"
    path = f"/cases/{ruled}/do/submit_appeal/"
    refused: Any = buyer.post(path, {"statement": "There is a film now."})
    assert refused.status_code == 422
    assert "A second review needs new evidence" in words(refused)
    assert Case.objects.get().stage == "APPEAL_EVIDENCE"
    handed(buyer, ruled, files=[picture("new.png", 200)], description="A picture from the day it came.")
    buyer.send(path, {"statement": "There is a film now."})
    assert Case.objects.get().stage == "RE_REVIEW"
    assert "Second review" in words(buyer.answer(f"/cases/{ruled}/"))
