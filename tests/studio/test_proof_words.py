"""What a proof found is told whole in either language, with every step of the way."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from rules.calendar_loader import load_calendar
from rules.drafts_changes import NOTHING, put
from rules.drafts_proving import FindingView
from rules.engine.compiler import compile_policy
from rules.engine.soundness import START, path_to
from rules.engine.soundness_exploring import explore
from rules.loader import load_document, load_policy
from studio.proof_words import finding_in_words

PACK = load_policy("taobao.virtual")
TRAP = FindingView(
    kind="trap", subject="intervention_gate:buyer_after_refusal:SELLER_REFUSED", warning=True, accepted=None,
    path=(
        ("+0d 00:00", "buyer file (reason=OTHER, remedy=refund_only, amount=100.00) → WAIT_SELLER"),
        ("+1d 02:30", "seller refuse (refusal=NOT_AGREED) → SELLER_REFUSED"),
        ("+2d 00:00", "a minute before buyer_after_refusal → SELLER_REFUSED"),
        ("+3d 00:00", "buyer_after_refusal passes → CLOSED"),
        ("+4d 00:01", "staff come to their maximum → REVIEW"),
        ("+4d 00:02", "marketplace order_shipped → CLOSED"),
        ("+5d 00:00", "platform rule (outcome=seller, amount=0, liable=buyer) → CLOSED"),
    ),
)  # fmt: skip


def test_every_step_is_a_sentence_in_chinese() -> None:
    with override("zh-hans"):
        sentence, path = finding_in_words(TRAP, PACK)
    assert re.findall("[A-Za-z_]{2,}", sentence) == []
    assert [re.findall("[A-Za-z_]{2,}", text) for step in path for text in step] == [[]] * 14


def test_every_step_is_a_sentence_in_english() -> None:
    with override("en"):
        _sentence, path = finding_in_words(TRAP, PACK)
    assert path[0] == (
        "at filing", "Buyer asked for a refund of 100.00: Refund only, Other, then “Waiting for the seller”"
    )  # fmt: skip
    assert path[1][0] == "1 day 2 hours 30 minutes after filing"
    assert path[1][1].startswith("Seller declined the request: Not agreed between us")
    assert path[3][1] == "“Buyer's move after the refusal” runs out, then “Closed”"


def test_a_deadline_without_a_label_is_told_by_what_it_is_and_whose() -> None:
    document = load_document("taobao.virtual").values
    put(document, ("deadlines", "intervention_gate", "labels"), NOTHING)
    with override("zh-hans"):
        sentence, _path = finding_in_words(TRAP, compile_policy(document))
    assert "（intervention gate）" in sentence


@pytest.mark.slow
def test_no_way_that_exploring_finds_is_left_untranslated() -> None:
    policy = load_policy("xianyu.virtual")
    space = explore(policy, load_calendar("cn"), START)
    with override("zh-hans"):
        for state in space.states[::97]:
            finding = FindingView(kind="trap", subject="", warning=True, accepted=None, path=path_to(space, state))
            for _at, step in finding_in_words(finding, policy)[1]:
                assert re.findall("[A-Za-z_]{4,}", step) == [], step
