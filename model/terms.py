"""What each platform promises: the numbers and choices of the tables, by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

TOLERANCE = timedelta(minutes=10)
"""Noticed later than this, what a lapse starts for buyer or seller counts from the noticing."""
NOTICE = DAY
"""What a fact of the past starts or shortens ends no sooner than this after it became known."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A staff target: (count, unit) until the lead is told, and until the administrator is."""

    target: tuple[int, str]
    most: tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One platform's rules. A length of None has no source: the model has no opinion on it."""

    platform: str
    unshipped_answer: timedelta = 48 * HOUR
    answer: timedelta = 5 * DAY
    after_refusal: timedelta | None = 7 * DAY
    intervention_gate: timedelta | None = None
    return_leg: bool = True
    replacement_leg: bool = True
    card: bool = False
    address: timedelta = 48 * HOUR
    ship_back: timedelta = 7 * DAY
    receive: Mapping[str, timedelta] = field(
        default_factory=lambda: {"express": 10 * DAY, "overseas": 20 * DAY, "post": 30 * DAY}
    )
    evidence: timedelta = 3 * DAY
    follow_up: timedelta = 24 * HOUR
    opinion: Alarm = Alarm((4, "wd"), (6, "wd"))
    pick_up: Alarm | None = Alarm((48, "h"), (96, "h"))
    appeal_window: timedelta = 24 * HOUR
    appeal_evidence: timedelta | None = 12 * HOUR
    appeal_decision: Alarm | None = Alarm((36, "h"), (72, "h"))
    urge_before: timedelta | None = 12 * HOUR
    liability: timedelta | None = 3 * DAY
    preliminary: bool = False
    second_hand: bool = False
    global_site: bool = False
    """AliExpress: the platform steps in by itself, evidence stays open, exchange is only text."""
    rows: Mapping[str, str] = field(default_factory=dict)
    """Where a platform has its own name for a row of Taobao's."""
    second_person_above: str = "1000.00"
    low_value: str = "30.00"
    one_appeal_per_order: bool = False

    def row(self, name: str) -> str:
        return self.rows.get(name, name)


TAOBAO = Terms(platform="taobao.general")
VIRTUAL = replace(
    TAOBAO, platform="taobao.virtual", answer=3 * DAY, after_refusal=3 * DAY, intervention_gate=3 * DAY,
    return_leg=False, card=True, rows={"T2": "V1", "T4": "V3"},
)  # fmt: skip
TMALL = replace(TAOBAO, platform="tmall", preliminary=True, rows={"T7": "M3"})
XIANYU = replace(
    TAOBAO, platform="xianyu.general", second_hand=True, opinion=Alarm((3, "wd"), (15, "wd")), appeal_window=72 * HOUR,
    appeal_decision=Alarm((3, "wd"), (6, "wd")), rows={"T7": "X10", "T9": "X11", "M7": "X12", "M9": "X12b"},
)  # fmt: skip
XIANYU_VIRTUAL = replace(
    XIANYU, platform="xianyu.virtual", answer=3 * DAY, after_refusal=3 * DAY, intervention_gate=3 * DAY,
    return_leg=False, card=True, rows={**XIANYU.rows, "T2": "V1", "T4": "V3"},
)  # fmt: skip
ALIEXPRESS = replace(
    TAOBAO, platform="aliexpress", after_refusal=None, replacement_leg=False, ship_back=10 * DAY,
    receive={"express": 30 * DAY, "overseas": 30 * DAY, "post": 30 * DAY}, opinion=Alarm((5, "wd"), (10, "wd")),
    pick_up=None, appeal_window=7 * DAY, appeal_evidence=None, appeal_decision=Alarm((5, "wd"), (10, "d")),
    urge_before=None, liability=None, global_site=True, one_appeal_per_order=True,
    second_person_above="150.00", low_value="5.00",
    rows={"T1": "A-1", "T2": "A2", "T5": "A6", "T6": "A7", "T7": "A5", "T9": "A3b", "M7": "A9", "M8": "A9b",
          "M8s": "A9s", "M9": "A10", "M11": "A9m", "M11b": "A9n"},
)  # fmt: skip
PLATFORMS: Mapping[str, Terms] = {
    terms.platform: terms for terms in (TAOBAO, VIRTUAL, TMALL, XIANYU, XIANYU_VIRTUAL, ALIEXPRESS)
}
