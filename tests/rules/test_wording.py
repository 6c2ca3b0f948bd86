"""Every number of every pack reads as a sentence, in both languages."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from rules.engine.policy import DeadlineRule, Policy
from rules.engine.types import Stage
from rules.engine.vocabulary import ANCHORS, FACTS, OUTCOMES
from rules.loader import load_policy, pack_names, pack_versions
from rules.wording import (
    anchor_in_words,
    applies_when,
    feed_of,
    label_of,
    lapse_of,
    lengths_in_words,
    sentence_of,
    unit_in_words,
)

TEXTS = [version.name for pack in pack_names() for version in pack_versions(pack)]
CODE = re.compile(r"[a-z]+_[a-z_]+|[A-Z]{2,}_[A-Z_]+|%\(|\b(?:" + "|".join(map(re.escape, sorted(Stage))) + r")\b")


def declared(text: str) -> list[tuple[Policy, DeadlineRule]]:
    policy = load_policy(text)
    return [(policy, rule) for rule in policy.deadlines.values() if not rule.reminds_of]


def words_of(policy: Policy, rule: DeadlineRule) -> list[str]:
    return [
        sentence_of(rule, policy), lapse_of(rule, policy), lengths_in_words(rule), unit_in_words(rule),
        anchor_in_words(rule.anchor), feed_of(rule), applies_when(rule),
    ]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_deadline_has_its_sentence_and_no_code_in_it(text: str, language: str) -> None:
    known = {word for word in ANCHORS | FACTS | OUTCOMES if "_" in word}
    with translation.override(language):
        for policy, rule in declared(text):
            *said, feed, condition = words_of(policy, rule)
            assert all(said), rule.name
            for words in (*said, feed, condition):
                assert not CODE.search(words), (rule.name, words)
                assert not any(word in words for word in known), (rule.name, words)
            assert said[0].endswith((".", "。")), said[0]


@pytest.mark.parametrize("text", TEXTS)
def test_chinese_sentences_hold_no_english(text: str) -> None:
    with translation.override("zh-hans"):
        for policy, rule in declared(text):
            for words in words_of(policy, rule):
                assert not re.search(r"[A-Za-z]{2,}", words.replace("EMS", "")), (rule.name, words)


def test_the_seller_who_says_nothing_is_told_what_follows() -> None:
    policy = load_policy("taobao.general")
    with translation.override("en"):
        assert sentence_of(policy.deadlines["unshipped_response"], policy) == (
            "If the seller does not answer within 48 hours of the latest request, the requested refund is paid."
        )
        assert applies_when(policy.deadlines["unshipped_response"]) == "Only where the item has not been shipped"


def test_an_outcome_that_relies_on_a_feed_says_so() -> None:
    taobao, gift_cards = load_policy("taobao.general").deadlines, load_policy("xianyu.virtual").deadlines
    with translation.override("en"):
        paused = "Paused while the marketplace's order data do not arrive"
        assert feed_of(taobao["unshipped_response"]) == paused
        assert feed_of(taobao["seller_response"]) == f"{paused}, where the reason is that the item did not come"
        assert "the card code has been viewed" in feed_of(gift_cards["seller_response"])
        assert feed_of(taobao["return_receipt"]).endswith(
            ", not where the carrier has scanned the return or the pack asks for no carrier scan"
        )
        assert feed_of(taobao["evidence"]) == ""


def test_targets_promise_nothing_to_the_parties() -> None:
    policy = load_policy("taobao.general")
    with translation.override("en"):
        opinion = policy.deadlines["opinion"]
        promise = "within 4 working days of the start of the review, within 6 working days at the latest"
        assert promise in sentence_of(opinion, policy)
        assert lapse_of(opinion, policy) == "Staff are alerted; nothing happens to the parties by itself"


def test_a_label_comes_in_the_readers_language_or_in_any() -> None:
    assert label_of({"zh": "举证期", "en": "Evidence"}, "zh-hans", "evidence") == "举证期"
    assert label_of({"zh": "举证期"}, "en", "evidence") == "举证期"
    assert label_of({}, "en", "seller_response") == "seller response"
