"""Every code that a pack or the engine can produce has words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from disputes.labels import actions, differences, history, refusals, times, turns, words
from disputes.labels.platform_terms import in_terms_of
from rules.engine.builtin import BUILTINS
from rules.engine.lapsing import KINDS
from rules.engine.policy import Policy
from rules.engine.types import Party, Stage
from rules.engine.vocabulary import OUTCOMES, REMEDIES
from rules.loader import load_policy

PACKS = ("taobao.general", "taobao.virtual", "tmall", "xianyu.general", "xianyu.virtual", "aliexpress")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SERVICES = Path(__file__).parents[2] / "disputes" / "services"
TOLD_BY_OTHERS = frozenset(
    "adopt moved_outside feed_stalled feed_returned freeze thaw queue_action payout_succeeded payout_failed".split()
)
"""Events of the engine that nobody does by a button of that name."""
RULING_PARTS = frozenset({"ruling", "slot"})
"""Fields that people never see by that name."""


@cache
def policies() -> tuple[Policy, ...]:
    return tuple(load_policy(pack) for pack in PACKS)


def every_action() -> Iterator[Any]:
    for policy in policies():
        yield from policy.actions.values()
        yield from policy.order_actions.values()


def missing(codes: set[str], table: Mapping[str, Any]) -> set[str]:
    return {code for code in codes if code not in table}


def test_every_refusal_of_a_pack_has_a_sentence() -> None:
    assert missing({guard.code for action in every_action() for guard in action.guards}, refusals.REFUSALS) == set()


def test_every_refusal_of_the_engine_and_the_services_has_a_sentence() -> None:
    engine = Path(load_policy.__code__.co_filename).parent / "engine"
    told = [(engine / "builtin.py").read_text(), (engine / "checking.py").read_text()]
    found = set(re.findall(r'refused?\(draft, (?:rule, )?"([a-z_]+)"', "".join(told)))
    for file in SERVICES.glob("*.py"):
        found |= set(re.findall(r'(?<!fields_)refused\(\s*"([a-z_]+)"', file.read_text()))
    assert len(found) > 15
    assert missing(found, refusals.REFUSALS) == set()


@pytest.mark.parametrize(
    ("platform", "said", "told"),
    [
        ("taobao.general", "可申请复审，平台介入后处理。", "可申请复审，平台介入后处理。"),
        ("aliexpress", "您可以申请复审；平台正在复审。", "您可以申诉；平台正在处理申诉。"),
        ("xianyu.general", "复审申请已撤销，已申请平台介入。", "申诉已撤销，已申请客服介入。"),
        ("xianyu.virtual", "平台主动对处理结果进行复审。", "平台主动对处理结果进行复审。"),
    ],
)
def test_a_platform_keeps_its_own_term_for_the_second_review(platform: str, said: str, told: str) -> None:
    assert in_terms_of(platform, said) == told


def test_the_end_of_the_evidence_period_is_not_said_to_depend_on_anybody_acting() -> None:
    with translation.override("en"):
        assert turns.timeout_sentence("to_review", party="both", viewer="buyer", stage="EVIDENCE") == (
            "When this time is over, the platform decides on the evidence it has."
        )
    with translation.override("zh-hans"):
        assert turns.timeout_sentence("to_review", party="both", viewer="buyer", stage="EVIDENCE") == (
            "到期后，平台将根据已有凭证判断。"
        )


def test_chinese_sentences_follow_each_other_without_a_space() -> None:
    with translation.override("zh-hans"):
        assert turns.after_one_another(["已退款。", "此结果为最终结果。"]) == "已退款。此结果为最终结果。"
    with translation.override("en"):
        assert turns.after_one_another(["Refunded.", "That is final."]) == "Refunded. That is final."


def test_every_field_problem_has_a_sentence() -> None:
    checking = (Path(load_policy.__code__.co_filename).parent / "engine" / "checking.py").read_text()
    found = set(re.findall(r'FieldProblem\(field=field\.name, code="([a-z_]+)"', checking))
    for file in SERVICES.glob("*.py"):
        found |= set(re.findall(r'"field": [^,]+, "code": "([a-z_]+)"', file.read_text()))
    assert len(found) > 10
    assert missing(found, refusals.FIELD_PROBLEMS) == set()


def test_every_action_and_every_field_has_a_name() -> None:
    shown = {action.name for action in every_action() if not action.hidden}
    assert missing(shown | set(BUILTINS) - TOLD_BY_OTHERS, actions.ACTIONS) == set()
    fields = {name for action in every_action() if not action.hidden for name in action.fields}
    assert missing(fields - RULING_PARTS, actions.FIELDS) == set()


def test_every_choice_of_a_field_has_a_name() -> None:
    from disputes.selectors.actions import CHOICE_TABLES

    for action in every_action():
        for field in action.fields.values():
            table = actions.CHOICES.get(field.name) or CHOICE_TABLES.get(field.name) or {}
            assert missing(set(field.choices), table) == set(), (action.name, field.name)


def test_everything_that_can_happen_has_a_title() -> None:
    by_somebody = {action.name for policy in policies() for action in policy.actions.values() if not action.hidden}
    outside = {action.name for policy in policies() for action in policy.actions.values() if action.hidden}
    titles = {**history.DONE_BY_SOMEBODY, **history.BY_ITSELF}
    assert missing(by_somebody, history.DONE_BY_SOMEBODY) == set()
    assert missing(outside, history.BY_ITSELF) == set()
    assert missing(set(BUILTINS) | set(KINDS.values()), titles) == set()


def test_every_stage_says_whose_turn_it_is_and_every_outcome_what_happened() -> None:
    stages = {str(stage) for policy in policies() for stage in policy.stages}
    assert missing(stages | {str(Stage.NEW)}, words.STAGES) == set()
    assert missing(set(OUTCOMES), words.OUTCOMES) == set()
    assert missing(set(OUTCOMES), turns.CONSEQUENCES) == set()
    assert missing({f"to_{stage.lower()}" for stage in stages}, turns.CONSEQUENCES) == set()
    by_party = {"evidence": "evidence_you", "appeal_evidence": "appeal_evidence_you"}
    turns_of = {by_party.get(stage.lower(), stage.lower()) for stage in stages}
    assert missing(turns_of, turns.TURNS) == set()
    awaited = {party for policy in policies() for rule in policy.stages.values() for _when, party in rule.awaits}
    assert awaited <= {"buyer", "seller", "both", "platform", "none"}


def test_every_deadline_is_named_and_counts_from_something_that_can_be_said() -> None:
    for policy in policies():
        for rule in policy.deadlines.values():
            if rule.reminds_of:
                continue
            assert set(rule.provenance.labels) >= {"zh", "en"}, (policy.pack, rule.name)
            assert missing(set(rule.anchor.names), times.ANCHORS) == set(), rule.name
            assert missing({str(term.length.unit) for term in rule.terms}, times.LENGTHS) == set(), rule.name
            assert rule.provenance.confidence in words.CONFIDENCE


def test_every_reason_refusal_remedy_and_slot_of_a_pack_is_named_in_both_languages() -> None:
    for policy in policies():
        assert set(policy.labels) >= {"zh", "en"}
        assert policy.platform in words.PLATFORMS
        catalogue = [
            *(r.labels for r in policy.reasons.values()),
            *policy.refusals.values(),
            *policy.rejections.values(),
        ]
        assert all({"zh", "en"} <= set(labels) for labels in catalogue), policy.pack
        assert missing(set(policy.remedies) | set(REMEDIES), words.REMEDIES) == set()
        slots = {slot for reason in policy.reasons.values() for asked in reason.slots.values() for slot in asked}
        named = policy.evidence["slots"]
        assert missing(slots, named) == set(), policy.pack
        assert all({"zh", "en"} <= set(named[slot]["labels"]) for slot in slots)


def tables() -> Iterator[tuple[str, Mapping[Any, Any]]]:
    for module in (actions, differences, history, refusals, times, turns, words):
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, Mapping):
                yield f"{module.__name__}.{name}", value


def said(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from said(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from said(inner)
    elif not isinstance(value, str | frozenset):
        yield str(value) or str(value % {"count": 2})


@pytest.mark.parametrize(("name", "table"), [pytest.param(*each, id=each[0]) for each in tables()])
def test_every_word_is_translated(name: str, table: Mapping[Any, Any]) -> None:
    with translation.override("zh-hans"):
        untranslated = [text for text in said(table) if not CHINESE.search(text)]
    assert untranslated == []
    with translation.override("en"):
        assert not [text for text in said(table) if CHINESE.search(text)]


@pytest.mark.parametrize("party", list(Party))
def test_every_party_is_named(party: Party) -> None:
    assert str(party) in words.PARTIES


def test_a_sentence_of_a_lapse_reads_well_in_both_languages() -> None:
    with translation.override("en"):
        told = turns.timeout_sentence("refunded_by_silence", party="seller", viewer="seller", amount="¥128.00")
        assert told == "If you do nothing by then, the requested refund of ¥128.00 is paid and the case closes."
    with translation.override("zh-hans"):
        told = turns.timeout_sentence("refunded_by_silence", party="seller", viewer="buyer", amount="¥128.00")
        assert told == "如卖家到时未处理，将自动退款 ¥128.00，纠纷完结。"
