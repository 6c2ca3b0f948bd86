"""What was offered, agreed and ordered stays what it was when the case goes on."""

from __future__ import annotations

import pytest

from tests.rules.timelines import Timeline

PACKS = ("taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual", "aliexpress")


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize(("offered", "agreed"), [({}, "20.00"), ({"amount": "15.00"}, "15.00")])
def test_a_remedy_offered_with_a_refusal_means_the_amount_asked_then(
    pack: str, offered: dict[str, str], agreed: str
) -> None:
    case = Timeline(pack, amount="20.00", facts={"maximum": "1000.00"}).at("2026-11-10T10:00")
    case.seller("refuse", remedy="refund_only", **offered)
    case.buyer("propose", remedy="refund_only", amount="1000.00").buyer("accept_proposal", offer="seller")
    assert (case.place, case.paid) == ("CLOSED refunded_by_agreement", agreed)
