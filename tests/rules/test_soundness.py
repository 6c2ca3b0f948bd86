"""The explorer finds what is planted, and the shipped packs are proved as they stand."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from rules.calendar_loader import load_calendar
from rules.engine.compiler import compile_policy
from rules.engine.soundness import Finding, Soundness, offset, prove
from rules.engine.soundness_reading import PREDICATE_READS, alive_by_stage
from rules.engine.types import Stage
from rules.engine.vocabulary import PREDICATES
from rules.proofs import keep_proof, pack_digest, proof_of, provable_names

CN = load_calendar("cn")

SMALL: dict[str, Any] = {
    "format": 1, "pack": "small", "platform": "small", "goods": "general", "timezone": "Asia/Shanghai",
    "calendar": "cn", "currency": "CNY",
    "remedies": {"refund_only": {"leads_to": ["CLOSED"], "money": "all"}},
    "refusals": {"NOT_AGREED": {"labels": {"en": "Not agreed"}}},
    "reasons": {"OTHER": {"burden": "both", "remedies": ["refund_only"]}},
    "stages": {
        "WAIT_SELLER": {"awaits": "seller"}, "SELLER_REFUSED": {"awaits": "buyer"}, "REVIEW": {"awaits": "platform"},
        "CLOSED": {"awaits": "none"},
    },
    "deadlines": {
        "answer": {
            "kind": "auto", "party": "seller", "in": ["WAIT_SELLER"], "from": "last_requested", "length": "5d",
            "on_lapse": [{"effects": [{"refund": "requested"}], "to": "CLOSED", "outcome": "refunded_by_silence"}],
        },
        "move": {
            "kind": "auto", "party": "buyer", "in": ["SELLER_REFUSED"], "from": "refused", "length": "7d",
            "on_lapse": [{"to": "CLOSED", "outcome": "expired"}],
        },
        "opinion": {
            "kind": "target", "party": "platform", "in": ["REVIEW"], "from": "stage_entered",
            "length": {"target": "4d", "max": "6d"},
        },
    },
    "actions": {
        "file": {
            "by": ["buyer"], "in": ["NEW"], "fields": {"reason": "reason", "remedy": "remedy", "amount": "money"},
            "effects": [{"mark": "first_requested"}, {"new_version": "always"}], "to": "WAIT_SELLER",
        },
        "refuse": {"by": ["seller"], "in": ["WAIT_SELLER"], "effects": [{"mark": "refused"}], "to": "SELLER_REFUSED"},
        "request_intervention": {"by": ["buyer"], "in": ["SELLER_REFUSED"], "to": "REVIEW"},
        "rule": {"by": ["platform"], "in": ["REVIEW"], "to": "CLOSED", "outcome": "ruled_no_refund"},
    },
}  # fmt: skip
"""The smallest sound pack: a request, an answer, a way to the platform, a ruling."""


def proved(change: Callable[[dict[str, Any]], None] = lambda document: None) -> Soundness:
    document = copy.deepcopy(SMALL)
    change(document)
    return prove(compile_policy(document), CN, digest="")


def the(result: Soundness, kind: str) -> Finding:
    found = [finding for finding in result.findings if finding.kind == kind]
    assert found, f"{kind} is not among {result.findings}"
    return found[0]


def test_a_sound_pack_has_no_findings_and_a_bound() -> None:
    result = proved()
    assert result.findings == ()
    assert result.sound
    assert result.silence_bound is not None
    assert result.silence_bound.days == 7  # a refusal nobody answers; staff need 6 days at most


def test_a_party_awaited_without_an_automatic_end_is_found() -> None:
    result = proved(lambda document: document["deadlines"].pop("move"))
    finding = the(result, "no_automatic_end")
    assert finding.subject == "SELLER_REFUSED:buyer"
    assert [event for _, event in finding.path] == [
        "buyer file (reason=OTHER, remedy=refund_only, amount=100.00) → WAIT_SELLER", "seller refuse → SELLER_REFUSED",
    ]  # fmt: skip
    assert result.silence_bound is None
    assert not result.sound


def test_an_automatic_outcome_that_stays_in_its_stage_is_no_end() -> None:
    def stay(document: dict[str, Any]) -> None:
        document["deadlines"]["move"]["on_lapse"] = [{"effects": [{"set": {"seller_silent": True}}]}]

    assert the(proved(stay), "no_automatic_end").subject == "SELLER_REFUSED:buyer"


def test_a_platform_awaited_without_a_ladder_is_found() -> None:
    finding = the(proved(lambda document: document["deadlines"].pop("opinion")), "no_target_ladder")
    assert finding.subject == "REVIEW"
    assert finding.path[-1] == ("+0d 00:00", "buyer request_intervention → REVIEW")


def test_a_cycle_of_timers_is_found() -> None:
    def circle(document: dict[str, Any]) -> None:
        document["deadlines"]["answer"]["on_lapse"] = [{"effects": [{"mark": "refused"}], "to": "SELLER_REFUSED"}]
        document["deadlines"]["move"]["on_lapse"] = [{"effects": [{"mark": "last_requested"}], "to": "WAIT_SELLER"}]

    result = proved(circle)
    assert the(result, "timer_cycle").path
    assert the(result, "never_closes").subject in ("WAIT_SELLER", "SELLER_REFUSED")


def test_a_loop_in_one_instant_is_found() -> None:
    def spin(document: dict[str, Any]) -> None:
        document["deadlines"]["answer"]["length"] = "0h"
        document["deadlines"]["answer"]["on_lapse"] = [{"effects": [{"mark": "refused"}], "to": "SELLER_REFUSED"}]
        document["deadlines"]["move"]["length"] = "0h"
        document["deadlines"]["move"]["on_lapse"] = [{"effects": [{"mark": "last_requested"}], "to": "WAIT_SELLER"}]

    assert the(proved(spin), "settle_runaway")


def test_an_unreachable_stage_is_found_and_who_speaks_of_it() -> None:
    def dream(document: dict[str, Any]) -> None:
        document["actions"]["confirm_return"] = {"by": ["seller"], "in": ["WAIT_SELLER_RECEIPT"], "to": "CLOSED"}

    finding = the(proved(dream), "unreachable_stage")
    assert (finding.subject, finding.path) == ("WAIT_SELLER_RECEIPT:confirm_return", ())


def test_a_gate_that_opens_when_hardly_any_time_is_left_is_a_trap() -> None:
    def late(document: dict[str, Any]) -> None:
        document["deadlines"]["may_step_in"] = {
            "kind": "gate", "party": "buyer", "in": ["SELLER_REFUSED"], "from": "refused", "length": "160h",
        }  # fmt: skip
        document["actions"]["request_intervention"]["guards"] = [{"gate": "may_step_in"}]

    result = proved(late)
    assert the(result, "trap").subject == "may_step_in:move:SELLER_REFUSED"
    assert result.sound  # told, but nothing is broken


def test_a_gate_that_opens_in_time_is_no_trap() -> None:
    def early(document: dict[str, Any]) -> None:
        document["deadlines"]["may_step_in"] = {
            "kind": "gate", "party": "buyer", "in": ["SELLER_REFUSED"], "from": "refused", "length": "48h",
        }  # fmt: skip
        document["actions"]["request_intervention"]["guards"] = [{"gate": "may_step_in"}]

    assert proved(early).findings == ()


def test_staff_at_their_maximum_count_in_the_bound() -> None:
    def slow(document: dict[str, Any]) -> None:
        document["deadlines"]["opinion"]["length"] = {"target": "10d", "max": "30d"}

    bound = proved(slow).silence_bound
    assert bound is not None
    assert bound.days == 30


def test_exploring_twice_gives_the_same_result() -> None:
    first, second = proved(), proved()
    assert (first.states, first.findings, first.silence_bound) == (second.states, second.findings, second.silence_bound)


def test_a_fact_overwritten_on_the_way_is_not_alive_before() -> None:
    alive = alive_by_stage(compile_policy(SMALL))
    assert "@refused" not in alive[Stage.WAIT_SELLER]
    assert "@refused" in alive[Stage.SELLER_REFUSED]


def test_offsets_are_written_in_days_hours_and_minutes() -> None:
    assert offset(timedelta(days=6, hours=23, minutes=59)) == "+6d 23:59"


def test_every_predicate_says_what_it_reads() -> None:
    assert set(PREDICATE_READS) == PREDICATES


# The packs


@cache
def digest_of(pack: str) -> str:
    return pack_digest(pack)


@pytest.mark.parametrize("pack", provable_names())
def test_a_shipped_pack_has_a_sound_proof_of_its_present_text(pack: str) -> None:
    proof = proof_of(pack)
    assert proof is not None, f"run manage.py prove_packs {pack}"
    assert proof.digest == digest_of(pack), f"{pack} changed: run manage.py prove_packs {pack}"
    assert proof.sound, proof.findings


@pytest.mark.slow
def test_exploring_a_shipped_pack_anew_gives_its_kept_proof() -> None:
    told, kept = StringIO(), proof_of("aliexpress")
    call_command("prove_packs", "aliexpress", "--dry-run", stdout=told)
    assert kept is not None
    row = told.getvalue().splitlines()[1].split()
    assert row[:2] == ["aliexpress", str(kept.states)]
    assert row[3:] == [str(kept.silence_bound_days), "days", "sound"]


def test_a_kept_proof_is_read_back(tmp_path: Path) -> None:
    result = proved(lambda document: document["deadlines"].pop("move"))
    keep_proof(result, tmp_path)
    kept = proof_of("small", tmp_path)
    assert kept is not None
    assert (kept.sound, kept.silence_bound_days, kept.states) == (False, None, result.states)
    assert "no_automatic_end SELLER_REFUSED:buyer" in kept.unsound


def test_without_a_proof_file_nothing_is_proved(tmp_path: Path) -> None:
    assert proof_of("aliexpress", tmp_path) is None
