"""The three questions one may ask the model: what comes of a deed, of a fact, of time; and who may do what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from model import hearing
from model.case import Case, cents
from model.doing import Data, Doing, Opinion
from model.lapses import pass_time
from model.outside import FACTS
from model.table import ACTS
from model.terms import DAY, PLATFORMS

__all__ = ["carry_out", "file", "judge", "new_case", "offered", "pass_time", "tell", "waiting_for"]


def new_case(platform: str, remedies: Mapping[str, frozenset[str]], order: Mapping[str, Any]) -> Case:
    """A case before it is filed; `order` is what the order said: facts and moments."""
    facts, moments = order.get("facts", {}), order.get("anchors", {})
    case = Case(
        PLATFORMS[platform], remedies, shipped=bool(facts.get("shipped")), completed=bool(facts.get("completed"))
    )
    case.cap = cents(facts["maximum"]) if "maximum" in facts else None
    case.shop_address = bool(facts.get("default_return_address"))
    case.code_viewed = bool(facts.get("code_viewed"))
    case.moments.update({name: datetime.fromisoformat(text) for name, text in moments.items()})
    case.no_reason_promised = bool(facts.get("no_reason_promised"))
    case.earlier_ruling, case.refilings = bool(facts.get("earlier_ruling")), int(facts.get("refilings", 0))
    case.withdrawn_reasons = tuple(facts.get("withdrawn_reasons", ()))
    case.promise_days = facts.get("promise_days")
    case.promise_ends = case.moments.get("promise_ends")
    return case


def may_file(case: Case, data: Data, now: datetime) -> Opinion:
    """T10, A1: fifteen days from the completion. Again at most three times, never after a ruling,
    and not for the same reason after a withdrawn intervention (10.1/15).
    """
    if case.earlier_ruling or case.refilings > 3 or data.get("reason") in case.withdrawn_reasons:
        return False
    completed = case.moments.get("completed")
    if completed and case.completed and now >= completed + 15 * DAY:
        return False
    return ACTS["file"].well_told(case, Doing("file", "buyer", None, data, now, now))


def file(case: Case, data: Data, now: datetime) -> None:
    ACTS["file"].do(case, Doing("file", "buyer", None, data, now, now))
    case.moments["first_requested"] = now
    terms = case.terms
    if terms.intervention_gate:
        case.start("V2", terms.intervention_gate, now, now, kind="gate")
    if terms.global_site:
        hearing.platform_clocks(case, now)


def judge(case: Case, doing: Doing) -> Opinion:
    """Whether this deed is taken now. None where the rules leave it open."""
    act = ACTS.get(doing.act)
    if act is None or not _belongs(case, doing.act) or case.stage not in act.where.get(doing.who, ()):
        return False
    opinions = (act.may(case, doing), act.well_told(case, doing))
    return False if False in opinions else None if None in opinions else True


def _belongs(case: Case, name: str) -> bool:
    if name == "admit_late_evidence" and case.terms.global_site:
        return False
    return name not in OF_ONE_PLATFORM or OF_ONE_PLATFORM[name] == case.terms.platform


OF_ONE_PLATFORM = {"admit": "tmall", "reject": "tmall", "step_in": "aliexpress", "withdraw_exhibit": "aliexpress"}


def carry_out(case: Case, doing: Doing) -> None:
    ACTS[doing.act].do(case, doing)


def tell(case: Case, fact: str, data: Data, at: datetime, heard: datetime) -> None:
    FACTS[fact](case, data, at, heard)


def offered(case: Case, who: str, person: int | None, now: datetime) -> Iterator[tuple[str, Opinion]]:
    """What a party may do now, whatever the data; and where the rules leave it open."""
    for name, act in ACTS.items():
        if case.stage in act.where.get(who, ()) and _belongs(case, name) and name != "file":
            yield name, act.may(case, Doing(name, who, person, {}, now, now))


def waiting_for(case: Case) -> str | None:
    """Whose turn it is; None where the rules do not say."""
    if case.stage == "EVIDENCE":
        left = case.asked - case.complete
        return "both" if len(left) == 2 else next(iter(left), None)
    if case.stage == "WAIT_BUYER_RETURN" and not case.address:
        return "seller"
    if case.stage == "APPEAL_EVIDENCE":
        return "both" if len(case.drafts) == 2 else next(iter(case.drafts), None)
    if case.stage == "WAIT_BUYER_CHECK" and "E3" not in case.clocks:
        return None
    if case.stage == "SELLER_REFUSED" and case.terms.global_site:
        return None
    return WAITING[case.stage]


WAITING = {
    "WAIT_SELLER": "seller", "SELLER_REFUSED": "buyer", "WAIT_BUYER_RETURN": "buyer", "WAIT_SELLER_RECEIPT": "seller",
    "WAIT_REPLACEMENT": "seller", "WAIT_BUYER_CHECK": "buyer", "INTERVENTION_REQUESTED": "platform",
    "SELLER_FOLLOWUP": "seller", "REVIEW": "platform", "RULED": "platform", "RE_REVIEW": "platform", "CLOSED": "none",
}  # fmt: skip
