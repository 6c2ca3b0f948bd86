"""Lists that differ are told item by item."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from django.utils.translation import override

from rules.drafts_changes import changes_between, put, value_at
from rules.engine.compiler import compile_policy
from rules.loader import load_policy
from studio.draft_words import ChangeView, differences_in_words

PACK = load_policy("taobao.general")


def change_of(path: str, value: Any, language: str = "en") -> ChangeView:
    document = copy.deepcopy(dict(PACK.document))
    put(document, tuple(path.split("/")), value)
    policy = compile_policy(document)
    with override(language):
        (view,) = differences_in_words(PACK, policy, list(changes_between(PACK.document, document)))
    return view


def branches(position: int, **changes: Any) -> list[Any]:
    ways = copy.deepcopy(value_at(PACK.document, ("deadlines", "seller_response", "on_lapse")))
    ways[position].update(changes)
    return list(ways)


@pytest.mark.parametrize(
    ("path", "value", "items"),
    [
        ("reasons/QUALITY/slots/buyer", ["defect_photo", "unboxing_video"],
         ("removed: Video of the fault", "added: Unboxing video")),
        ("reasons/FREIGHT/remedies", ["refund_only", "repair"], ("removed: Partial refund", "added: Repair")),
        ("deadlines/seller_response/remind", ["80%", "-2h", "-1h"],
         ("removed: after 50% of the time", "added: 1 hour before the end")),
        ("deadlines/seller_response/remind", ["80%", "50%", "-2h"], ("added: the same in another order",)),
        ("deadlines/seller_response/in", ["WAIT_SELLER", "SELLER_REFUSED"],
         ("added: Declined by the seller, waiting for the buyer",)),
    ],
)  # fmt: skip
def test_what_was_added_and_removed_is_named(path: str, value: Any, items: tuple[str, ...]) -> None:
    assert change_of(path, value).items == items


def test_a_guard_that_differs_is_told_with_its_condition() -> None:
    guards = copy.deepcopy(value_at(PACK.document, ("actions", "file", "guards")))
    guards[-1] = {"code": "withdrawn_before", "withdrawn_with_this_reason": True}
    (item,) = change_of("actions/file/guards", guards).items
    assert "unless withdrawn with this reason true, this is said:" in item


def test_a_guard_is_told_by_the_names_of_its_stages_parties_and_deadlines() -> None:
    guards = copy.deepcopy(value_at(PACK.document, ("actions", "submit_exhibit", "guards")))
    either = [{"stage": "REVIEW", "not": {"by": "seller"}}, {"within": "evidence"}]
    guards.append({"code": "filing_window_closed", "any": either})
    (item,) = change_of("actions/submit_exhibit/guards", guards, "zh-hans").items
    assert "阶段为‘平台处理中’" in item
    assert "并非（操作方为‘卖家’）" in item
    assert "未超过‘举证期’" in item
    assert not re.search("[a-z]{3}", item)


def test_lengths_and_endings_have_their_own_sentences() -> None:
    lengths = value_at(PACK.document, ("deadlines", "return_receipt", "length"))
    view = change_of("deadlines/return_receipt/length", [{**lengths[0], "is": "25d"}, *lengths[1:]])
    assert (view.items, "25 days if" in view.after, "20 days if" in view.before) == ((), True, True)
    ending = change_of("deadlines/seller_response/on_lapse", branches(1, outcome="expired", effects=[]))
    assert "the requested refund is paid" in ending.before
    assert "the request is closed without a refund" in ending.after


def test_nothing_is_told_in_english_or_as_code_to_a_chinese_reader() -> None:
    for path, value in (
        ("reasons/QUALITY/slots/buyer", ["defect_photo", "unboxing_video"]),
        ("deadlines/return_receipt/length", ["11d"]),
        ("deadlines/seller_response/on_lapse", branches(1, outcome="expired", effects=[])),
        ("deadlines/seller_response/remind", ["-1h"]),
        ("reasons/QUALITY/remedies", ["repair"]),
    ):
        view = change_of(path, value, "zh-hans")
        told = " ".join((view.where, view.field, view.before, view.after, *view.items))
        assert re.findall("[A-Za-z_]{3,}|[{}]", told) == [], told
