"""Dated texts of one pack: their order, their borders, and AliExpress before 27 February 2022."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rules.documents import PackError
from rules.engine.errors import UnknownEvent
from rules.engine.events import Event
from rules.engine.policy import Policy
from rules.engine.types import Party
from rules.loader import (
    PackVersion,
    load_document,
    load_version_document,
    load_version_policy,
    pack_names,
    pack_versions,
    version_source,
)
from tests.rules.aliexpress_case import TODAY, Case, an_order, filed, moment, refused, told

OLD_VERSION, NEW_VERSION = pack_versions("aliexpress")
OLD = load_version_policy(OLD_VERSION)


# The scheme


def test_the_texts_of_a_pack_come_oldest_first_and_the_one_in_force_last() -> None:
    assert [version.name for version in (OLD_VERSION, NEW_VERSION)] == ["versions/aliexpress.until-2022", "aliexpress"]
    assert OLD_VERSION.effective_until == NEW_VERSION.effective_from
    assert NEW_VERSION.effective_until is None


def test_a_text_applies_from_midnight_where_the_marketplace_is() -> None:
    assert OLD_VERSION.effective_until is not None
    assert OLD_VERSION.effective_until.isoformat() == "2022-02-27T00:00:00-08:00"


@pytest.mark.parametrize(
    ("when", "version"),
    [("2022-02-26 23:59", OLD_VERSION), ("2022-02-27 00:00", NEW_VERSION), ("2026-11-22 00:00", NEW_VERSION)],
)
def test_every_moment_belongs_to_one_text(when: str, version: PackVersion) -> None:
    assert [found for found in (OLD_VERSION, NEW_VERSION) if found.covers(moment(when))] == [version]


def test_an_older_text_is_not_offered_as_a_pack_of_its_own() -> None:
    assert "aliexpress" in pack_names()
    assert not any("versions" in name or "until" in name for name in pack_names())


def test_a_pack_without_older_texts_is_its_only_version() -> None:
    assert [version.name for version in pack_versions("taobao.general")] == ["taobao.general"]


def test_a_version_gives_its_text_and_its_resolved_document() -> None:
    assert version_source(OLD_VERSION).startswith("# AliExpress as it was before")
    document = load_version_document(OLD_VERSION).values
    assert (document["pack"], document["effective"]["until"]) == ("aliexpress", "2022-02-27")


def _folder(tmp_path: Path, old: str, new: str = "", *, pack: str = "shop") -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "shop.yaml").write_text(f"pack: shop\ntimezone: UTC\neffective: {{{new or 'from: 2022-01-01'}}}\n")
    (tmp_path / "versions" / "shop.old.yaml").write_text(f"pack: {pack}\ntimezone: UTC\neffective: {{{old}}}\n")
    return tmp_path


@pytest.mark.parametrize("until", ["2021-12-31", "2022-01-02"], ids=["a gap", "an overlap"])
def test_texts_leave_no_day_out_and_share_none(tmp_path: Path, until: str) -> None:
    with pytest.raises(PackError, match=r"versions/shop\.old\.yaml, line 3|shop\.old\.yaml, line 3") as caught:
        pack_versions("shop", _folder(tmp_path, f"from: 2020-01-01, until: {until}"))
    assert "must end on the day" in str(caught.value)


def test_a_text_without_an_end_cannot_be_followed_by_another(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="must end on the day"):
        pack_versions("shop", _folder(tmp_path, "from: 2020-01-01"))


def test_a_text_since_ever_is_the_oldest(tmp_path: Path) -> None:
    versions = pack_versions("shop", _folder(tmp_path, "until: 2022-01-01"))
    assert versions[0].effective_from is None


def test_a_text_of_another_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="kept as a version of “shop”"):
        pack_versions("shop", _folder(tmp_path, "until: 2022-01-01", pack="stall"))


def test_a_day_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"line 3: effective\.until: “soon” is no day"):
        pack_versions("shop", _folder(tmp_path, "until: soon"))


def test_a_pack_with_a_longer_name_is_no_version_of_the_shorter(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "until: 2022-01-01")
    (folder / "versions" / "shop.virtual.old.yaml").write_text("pack: shop.virtual\neffective: {until: 2022-01-01}\n")
    assert len(pack_versions("shop", folder)) == 2


# AliExpress before 27 February 2022


def old_case(at: str = "2021-11-10 15:00", *, anchors: dict[str, str] | None = None, **options: Any) -> Case:
    return filed(at, policy=OLD, anchors={"shipped": "2021-10-20 09:00", **(anchors or {})}, **options)


def old_refused(**options: Any) -> Case:
    return refused(old_case(**options), at="2021-11-11 09:00")


def clock(policy: Policy, row: str) -> str:
    return str(policy.named(row).terms[-1].length)


@pytest.mark.parametrize(
    ("row", "before", "today"), [("A0", "day 6", "10d"), ("A1", "day 40", "15d"), ("A3", "day 16", "7d")]
)
def test_the_older_text_keeps_its_own_numbers(row: str, before: str, today: str) -> None:
    assert (clock(OLD, row), clock(TODAY, row)) == (before, today)


@pytest.mark.parametrize("row", ["A-1", "A2", "A3b", "A5", "A6", "A7", "A8", "A9", "A10"])
def test_numbers_not_known_to_differ_are_todays(row: str) -> None:
    assert OLD.named(row).terms[0].source == TODAY.named(row).terms[0].source


def test_filing_opens_on_the_sixth_day_whatever_the_reason() -> None:
    order = an_order(anchors={"shipped": "2021-10-20 09:00"})
    early = Case(OLD).refusal(
        "buyer", "file", "2021-10-24 23:59", reason="DAMAGED", remedy="refund_only", amount="1.00", order=order
    )
    assert early.code == "filing_not_open_yet"
    assert early.available_from is not None
    assert told(early.available_from) == "25 Oct 00:00"
    assert old_case("2021-10-25 00:00").stage == "WAIT_SELLER"


@pytest.mark.parametrize(
    ("carrier", "last_day", "closed"),
    [("express", "2021-11-11 23:59", "2021-11-12 00:00"), ("ems", "2021-11-15 23:59", "2021-11-16 00:00"),
     ("post", "2021-11-27 23:59", "2021-11-28 00:00"), (None, "2021-11-27 23:59", "2021-11-28 00:00")],
)  # fmt: skip
def test_the_carrier_decides_the_last_day_of_filing(carrier: str | None, last_day: str, closed: str) -> None:
    facts = {"shipping_carrier": carrier}
    assert old_case(last_day, facts=facts).stage == "WAIT_SELLER"
    order = an_order(facts, {"shipped": "2021-10-20 09:00"})
    late = Case(OLD).refusal("buyer", "file", closed, reason="LOST", remedy="refund_only", amount="1.00", order=order)
    assert late.code == "filing_window_closed"


def test_the_buyer_escalates_from_the_fourth_day_on() -> None:
    early = old_refused().refusal("buyer", "request_intervention", "2021-11-12 23:59")
    assert (early.code, told(early.available_from) if early.available_from else "") == (
        "escalation_not_open_yet", "13 Nov 00:00",
    )  # fmt: skip
    assert old_refused().does("buyer", "request_intervention", "2021-11-13 00:00").stage == "REVIEW"
    assert old_refused().does("buyer", "request_intervention", "2021-11-24 23:59").stage == "REVIEW"


def test_on_the_sixteenth_day_the_case_escalates_by_itself() -> None:
    case = old_refused()
    assert case.clocks == {"A3g": "13 Nov 00:00", "A3": "25 Nov 00:00"}
    assert case.wait("2021-11-24 23:59").stage == "SELLER_REFUSED"
    assert (case.wait("2021-11-25 00:00").stage, case.rules_fired) == ("REVIEW", ["A3"])


def test_days_begin_at_midnight_on_the_pacific_wall_clock_across_the_end_of_summer_time() -> None:
    case = old_case("2021-10-28 23:59")
    assert case.clocks["A3"] == "12 Nov 00:00"
    assert case.snapshot.deadlines["platform_steps_in"].due_at.isoformat() == "2021-11-12T08:00:00+00:00"


def test_an_edit_moves_neither_day() -> None:
    case = old_refused().does("buyer", "edit_request", "2021-11-12 10:00", amount="40.00")
    assert case.clocks == {"A2": "17 Nov 10:00", "A3g": "13 Nov 00:00", "A3": "25 Nov 00:00"}


def test_the_platform_does_not_step_in_before_and_the_seller_cannot_call_it() -> None:
    case = old_refused()
    with pytest.raises(UnknownEvent):
        case.tries("platform", "step_in", "2021-11-12 09:00")
    assert case.refusal("seller", "request_intervention", "2021-11-14 09:00").code == "not_your_action"
    assert Event(kind="step_in", party=Party.PLATFORM, at=moment("2021-11-12 09:00")).kind not in OLD.actions


def test_a_parcel_in_transit_still_waits_for_its_promise() -> None:
    case = old_refused(reason="IN_TRANSIT", anchors={"promise_ends": "2021-12-01 12:00"})
    assert case.refusal("buyer", "request_intervention", "2021-11-20 09:00").code == "promise_not_over"
    assert case.wait("2021-12-01 12:00").stage == "REVIEW"


def test_the_older_text_is_in_force_until_the_new_one() -> None:
    document = load_document("versions/aliexpress.until-2022")
    assert document.values["effective"] == {"from": "2010-04-01", "until": "2022-02-27"}
