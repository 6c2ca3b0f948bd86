"""Who corrects what, and who approves it: the services agree with the rules."""

from __future__ import annotations

from typing import Any

import pytest

from disputes.errors import ActionRefused
from disputes.models import Payout
from disputes.selectors.access import case_for
from disputes.selectors.cases import case_view
from disputes.services.acting import perform
from disputes.services.exhibiting import draft_exhibit
from disputes.services.writer import Done
from tests.disputes.test_acting import RULING, findings, in_review, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(order_of: Any, file: Any, ming: Any, lan: Any) -> str:
    """A case that waits for its ruling."""
    done = file(order_of())
    assert isinstance(done, Done)
    return in_review(done, ming, lan)


def test_who_changed_a_ruling_on_appeal_corrects_it_and_another_person_approves(
    reviewed: str, ming: Any, zhou: Any, wu: Any, root: Any
) -> None:
    seller = {"outcome": "seller", "amount": "0.00", "liable": "buyer"}
    perform(case_for(zhou, reviewed), "rule", {**RULING, **seller, "findings": findings(reviewed)})
    perform(case_for(ming, reviewed), "appeal", {"statement": "New facts."})
    fresh = draft_exhibit(case_for(ming, reviewed), uploads=[picture("green")], description="the unboxing")
    perform(case_for(ming, reviewed), "submit_appeal", {"statement": "See.", "exhibits": [str(fresh.exhibit_id)]})
    words = {**RULING, "findings": findings(reviewed)}
    perform(case_for(wu, reviewed), "decide_appeal", {**words, "decision": "change"})
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(zhou, reviewed), "correct_ruling", {**words, "statement": "I was right."})
    assert refused.value.code == "not_the_same_person"
    assert "correct_ruling" in {offered.action for offered in case_view(case_for(wu, reviewed)).available_actions}
    perform(case_for(wu, reviewed), "correct_ruling", {**words, "amount": "120.00", "statement": "A slip."})
    with pytest.raises(ActionRefused) as refused:
        perform(case_for(wu, reviewed), "approve_ruling")
    assert refused.value.code == "second_person_needed"
    perform(case_for(root, reviewed), "approve_ruling")
    assert Payout.objects.get(status="ordered").amount == 120
