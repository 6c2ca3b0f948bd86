"""Changing a number: only the number changes, and the document still compiles."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from rules.drafting import (
    NewTerm,
    Trap,
    Undeclared,
    differences,
    problems_of,
    same_lengths,
    traps_of,
    with_lengths,
)
from rules.engine.clock import parse_length
from rules.engine.compiler import compile_policy
from rules.engine.policy import Policy
from rules.loader import load_document, load_policy, pack_names


def new(length: str, maximum: str | None = None) -> NewTerm:
    return NewTerm(length=parse_length(length), maximum=parse_length(maximum) if maximum else None)


def document(pack: str) -> dict[str, Any]:
    return copy.deepcopy(load_document(pack).values)


def changed(pack: str, name: str, *terms: NewTerm) -> Policy:
    return compile_policy(with_lengths(document(pack), name, terms, source="a notice", confidence="A"))


@pytest.mark.parametrize("pack", pack_names())
def test_every_number_of_every_pack_can_be_changed_and_nothing_else_moves(pack: str) -> None:
    policy = load_policy(pack)
    for rule in policy.deadlines.values():
        if rule.reminds_of:
            continue
        terms = [new("9d", "12d" if term.maximum else None) for term in rule.terms]
        after = changed(pack, rule.name, *terms)
        assert [item.name for item in differences(policy, after)] == [rule.name]
        assert [str(term.length) for term in after.deadlines[rule.name].terms] == ["9d"] * len(terms)
        assert after.deadlines[rule.name].provenance.source == "a notice"


def test_the_published_document_is_left_as_it_was() -> None:
    before = document("tmall")
    kept = copy.deepcopy(before)
    with_lengths(before, "evidence", [new("4d")], source="a notice")
    assert before == kept


def test_a_number_nobody_vouches_for_is_assumed() -> None:
    after = compile_policy(with_lengths(document("tmall"), "evidence", [new("4d")], source="a notice"))
    assert after.deadlines["evidence"].provenance.confidence == "assumed"
    assert after.deadlines["evidence"].provenance.provisional


def test_an_unknown_deadline_cannot_be_changed() -> None:
    with pytest.raises(Undeclared):
        with_lengths(document("tmall"), "patience", [new("4d")], source="a notice")


def test_the_same_length_in_another_unit_is_a_change() -> None:
    rule = load_policy("taobao.general").deadlines["unshipped_response"]
    assert same_lengths(rule, [new("48h")])
    assert not same_lengths(rule, [new("2d")])


@pytest.mark.parametrize(
    ("name", "term", "codes"),
    [
        ("seller_response", new("6d"), []),
        ("seller_response", new("0d"), ["not_positive"]),
        ("seller_response", new("1001d"), ["too_long"]),
        ("seller_response", new("91wd"), ["too_long"]),
        ("opinion", new("7wd", "6wd"), ["target_above_maximum"]),
        ("opinion", new("4wd", "2d"), ["target_above_maximum"]),
        ("liability_counts_after_review", new("0h"), []),
    ],
)
def test_impossible_lengths_are_named(name: str, term: NewTerm, codes: list[str]) -> None:
    rule = load_policy("taobao.general").deadlines[name]
    assert [problem.code for problem in problems_of(rule, [term])] == codes


def test_a_gate_after_the_expiry_it_serves_is_a_trap_and_shipped_packs_have_none() -> None:
    assert [traps_of(load_policy(pack)) for pack in pack_names()] == [frozenset()] * len(pack_names())
    late = changed("taobao.virtual", "intervention_gate", new("4d"))
    assert traps_of(late) == {Trap(gate="intervention_gate", expiry="buyer_after_refusal")}
    short = changed("taobao.virtual", "buyer_after_refusal", new("2d"))
    assert Trap(gate="intervention_gate", expiry="buyer_after_refusal") in traps_of(short)
