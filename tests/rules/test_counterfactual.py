"""What other rules would have made of a case, and where knowing ends."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rules.engine.compiler import compile_policy
from rules.engine.counterfactual import suppose
from rules.engine.pins import Pin, Rules, RulesOf
from rules.engine.policy import Policy
from rules.engine.suppositions import Bucket, Cause, Supposed
from rules.engine.verification import mismatch_of
from tests.rules.timelines import Timeline, moment, policy_of, working_days

PACK = "taobao.general"
PIN = Pin(policy=1, calendar=1)
UNTIL = "2027-01-20T00:00"


def silent() -> Timeline:
    """The seller says nothing for the five days they have, and the buyer is paid."""
    case = Timeline(PACK).at("2026-11-11T09:00").buyer("message").at("2026-11-16T00:00")
    return case.told("payout_succeeded", reference="p-1").at(UNTIL)


def agreed() -> Timeline:
    """The seller agrees on the fourth day."""
    return Timeline(PACK).at("2026-11-14T09:00").seller("accept").at(UNTIL)


def refused_and_withdrawn() -> Timeline:
    case = Timeline(PACK).at("2026-11-12T09:00").seller("refuse").at("2026-11-13T09:00").buyer("withdraw")
    return case.at(UNTIL)


def queued() -> Timeline:
    """A buyer who asks for the platform's help before it may be asked for."""
    case = Timeline(PACK).at("2026-11-10T10:00")
    return case.buyer("queue_action", action="request_intervention").seller("refuse").at("2026-11-20T00:00")


def with_length(name: str, length: str) -> Policy:
    def change(document: dict[str, Any]) -> None:
        document["deadlines"][name]["length"] = length

    return changed(change)


def changed(change: Callable[[dict[str, Any]], None]) -> Policy:
    document = copy.deepcopy(dict(policy_of(PACK).document))
    change(document)
    return compile_policy(document)


def rules_of(case: Timeline) -> RulesOf:
    """The same rules under whatever pin."""
    return lambda _pin: Rules(policy=case.policy, calendar=working_days())


def supposed(case: Timeline, policy: Policy) -> Supposed:
    return suppose(policy, working_days(), case.steps, until=moment(UNTIL))


@pytest.mark.parametrize("story", [silent, agreed, refused_and_withdrawn, queued])
def test_the_rules_a_case_ran_under_affect_nothing(story: Callable[[], Timeline]) -> None:
    case = story()
    told = suppose(case.policy, working_days(), case.steps, until=case.now)
    assert (told.bucket, told.difference, told.refund_moved) == (Bucket.NOT_AFFECTED, None, Decimal())
    assert told.dues_before
    assert set(told.dues_before) == set(told.dues_after)


def test_a_seller_who_answered_after_the_shorter_time_would_have_been_too_late() -> None:
    told = supposed(agreed(), with_length("seller_response", "3d"))
    assert told.bucket is Bucket.WOULD_HAVE_LAPSED
    assert told.difference is not None
    assert (told.difference.cause, told.difference.subject) == (Cause.NEW_LAPSE, "seller_response")
    assert told.difference.at == moment("2026-11-13T09:00")
    assert told.difference.sequence == agreed_at(agreed())
    assert (told.before.refund, told.after.refund, told.refund_moved) == (Decimal(80), Decimal(80), Decimal())


def agreed_at(case: Timeline) -> int:
    return next(number for number, step in enumerate(case.steps, start=1) if step.kind == "accept")


def test_silence_under_a_shorter_time_ends_the_same_at_another_time() -> None:
    told = supposed(silent(), with_length("seller_response", "3d"))
    assert told.bucket is Bucket.UNCHANGED
    assert told.difference is not None
    assert (told.difference.cause, told.difference.subject) == (Cause.OTHER_TIME, "seller_response")
    assert told.difference.at == moment("2026-11-15T09:00")
    assert moment(told.difference.detail) == moment("2026-11-13T09:00")
    assert told.refund_moved == Decimal()


def test_whether_a_silent_seller_would_have_used_more_time_is_not_guessed() -> None:
    told = supposed(silent(), with_length("seller_response", "7d"))
    assert told.bucket is Bucket.DIVERGED
    assert told.difference is not None
    assert (told.difference.cause, told.difference.subject) == (Cause.MORE_TIME, "seller_response")
    assert moment(told.difference.detail) == moment("2026-11-17T09:00")
    assert told.refund_moved is None


def test_an_automatic_outcome_of_another_kind_is_another_outcome() -> None:
    def close_without_refund(document: dict[str, Any]) -> None:
        document["deadlines"]["seller_response"]["on_lapse"] = [{"to": "CLOSED", "outcome": "expired"}]

    told = supposed(silent(), changed(close_without_refund))
    assert told.bucket is Bucket.OTHER_OUTCOME
    assert (told.before.outcome, told.after.outcome) == ("refunded_by_silence", "expired")
    assert told.refund_moved == Decimal(-80)


def test_a_turn_that_nobody_had_to_answer_is_where_knowing_ends() -> None:
    def review(document: dict[str, Any]) -> None:
        document["deadlines"]["seller_response"]["on_lapse"] = [{"to": "REVIEW"}]

    told = supposed(silent(), changed(review))
    assert told.bucket is Bucket.DIVERGED
    assert told.difference is not None
    assert told.difference.cause is Cause.NEW_TURN


def test_an_event_that_would_be_refused_is_where_knowing_ends() -> None:
    def no_damages(document: dict[str, Any]) -> None:
        del document["reasons"]["QUALITY"]

    told = supposed(agreed(), changed(no_damages))
    assert told.bucket is Bucket.DIVERGED
    assert told.difference is not None
    assert (told.difference.cause, told.difference.sequence) == (Cause.REFUSED, 1)
    assert told.difference.detail == "invalid_fields (reason: unknown_choice)"


def test_an_event_the_rules_do_not_know_is_where_knowing_ends() -> None:
    def without(document: dict[str, Any]) -> None:
        del document["actions"]["withdraw"]

    told = supposed(refused_and_withdrawn(), changed(without))
    assert told.bucket is Bucket.DIVERGED
    assert told.difference is not None
    assert (told.difference.cause, told.difference.subject) == (Cause.UNKNOWN_EVENT, "withdraw")


def test_a_running_case_whose_time_would_have_been_over_would_have_lapsed() -> None:
    case = Timeline(PACK).at("2026-11-13T12:00")
    told = suppose(with_length("seller_response", "3d"), working_days(), case.steps, until=case.now)
    assert told.bucket is Bucket.WOULD_HAVE_LAPSED
    assert told.difference is not None
    assert told.difference.sequence == len(case.steps)
    assert (told.before.refund, told.refund_moved) == (Decimal(), Decimal(80))


def test_a_running_case_shows_its_other_due_time() -> None:
    case = Timeline(PACK).at("2026-11-11T12:00")
    told = suppose(with_length("seller_response", "7d"), working_days(), case.steps, until=case.now)
    assert told.bucket is Bucket.UNCHANGED
    assert [at for name, at in told.dues_after if name == "seller_response"] == [moment("2026-11-17T09:00")]


def test_what_was_asked_for_in_advance_is_done_when_the_other_rules_allow_it() -> None:
    case = queued()
    asked = next(step for step in case.steps if step.kind == "request_intervention")
    assert str(asked.via) == "queue"
    told = suppose(case.policy, working_days(), case.steps, until=case.now)
    assert told.bucket is Bucket.NOT_AFFECTED


def test_a_history_that_does_not_follow_names_the_event_and_the_field() -> None:
    case = silent()
    assert mismatch_of(PIN, rules_of(case), case.steps, lambda step: step) is None
    steps = list(case.steps)
    at = next(n for n, step in enumerate(steps) if step.kind == "lapsed")
    steps[at] = replace(steps[at], outcome="expired")
    found = mismatch_of(PIN, rules_of(case), steps, lambda step: step)
    assert found is not None
    assert (found.sequence, found.field) == (at + 1, "outcome")
    assert (found.stored, found.expected) == ("expired", "refunded_by_silence")


def test_a_wrong_due_time_is_named_down_to_its_field() -> None:
    case = agreed()
    first = case.steps[0]
    (name, state), *_others = [(n, s) for n, s in first.deadlines.items() if n == "seller_response"]
    moved = replace(first, deadlines={**first.deadlines, name: replace(state, due_at=moment("2026-11-30T09:00"))})
    found = mismatch_of(PIN, rules_of(case), [moved, *case.steps[1:]], lambda step: step)
    assert found is not None
    assert (found.sequence, found.field) == (1, "deadlines.seller_response.due_at")
