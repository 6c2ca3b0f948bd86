"""Freezes: an administrator plans when a platform's clocks stand still, calls one off, or ends one before its time.

A freeze is a row. It is written, and ended, under a lock that everybody asks for who reads a case to change it, and
at a moment after all of theirs: so every clock stands still from the freeze's own moment, whoever sweeps meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.selectors import is_administrator
from contract.clock import database_now
from contract.errors import Forbidden, NotFound
from disputes.models import Freeze
from disputes.selectors.freeze_plans import Preview, preview_of
from disputes.selectors.windows import kinds_of
from disputes.services.freezing_cases import Followed, follow
from disputes.services.loading import lock_windows
from disputes.services.refusing import fields_refused, refused
from disputes.services.writer import one_transaction
from rules.engine.windows import Window
from rules.selectors import packs_in_force

LONGEST: Final = timedelta(days=92)
"""A platform that stands still longer than this has other troubles, and a wrong year is noticed."""
FARTHEST: Final = timedelta(days=36525)
"""A century: times beyond all calendars can be told in no zone."""
LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A freeze as somebody plans it."""

    platform: str
    pack: str = ""
    """Empty for every pack of the platform."""
    begins_at: datetime | None = None
    """None for now."""
    ends_at: datetime
    automatic: bool = True
    parties: bool = True
    staff: bool = True
    reason_zh: str
    reason_en: str


def plan(given: Plan, *, actor: User, batches: int | None = None) -> tuple[Freeze, Followed]:
    """Plan a freeze; one that begins now stands still at once, its cases follow in batches.

    Raises NotFound, Forbidden for whoever does not administer the platform, FieldsRefused, ActionRefused
    (`freeze_overlaps`) where another freeze of the same cases is planned for a part of that time.
    """
    if not is_administrator(actor, given.platform):
        raise Forbidden if given.platform in _platforms() else NotFound
    check(given)
    freeze = _written(given, actor)
    return freeze, follow(freeze, batches=batches)


def check(given: Plan) -> None:
    """Raises FieldsRefused for what is wrong by itself, NotFound for an unknown platform."""
    packs = {view.pack for view in packs_in_force() if view.policy.platform == given.platform}
    if not packs:
        raise NotFound
    wrong: dict[str, tuple[str, dict[str, object]]] = {}
    if given.pack and given.pack not in packs:
        wrong["pack"] = ("unknown_choice", {"choices": sorted(packs)})
    if not (given.automatic or given.parties or given.staff):
        wrong["kinds"] = ("nothing_chosen", {})
    for name, text in (("reason_zh", given.reason_zh), ("reason_en", given.reason_en)):
        if not text.strip() or len(text.strip()) > LONGEST_REASON:
            wrong[name] = ("text_too_long" if text.strip() else "required", {"most": LONGEST_REASON})
    _raise(wrong)


def check_times(given: Plan, now: datetime) -> datetime:
    """When it begins. Raises FieldsRefused for a beginning that is past or far away, or an end too early or late."""
    begins = given.begins_at or now
    if begins < now:
        _raise({"begins_at": ("begins_in_the_past", {})})
    if begins - now > FARTHEST:
        _raise({"begins_at": ("too_far_off", {"days": FARTHEST.days})})
    if given.ends_at <= begins:
        _raise({"ends_at": ("not_after_the_beginning", {})})
    if given.ends_at - begins > LONGEST:
        _raise({"ends_at": ("freeze_too_long", {"days": LONGEST.days})})
    return begins


def overlapping(given: Plan, begins: datetime) -> Freeze | None:
    """A freeze of some of the same cases, planned for a part of the same time."""
    found = Freeze.objects.alias(over=Coalesce("ended_at", "ends_at")).filter(
        platform=given.platform, begins_at__lt=given.ends_at, over__gt=begins
    )
    if given.pack:
        found = found.filter(Q(pack="") | Q(pack=given.pack))
    return found.order_by("begins_at").first()


def preview(given: Plan, *, actor: User) -> Preview:
    """What the freeze would do as things stand; nothing is written. Raises what `plan` raises."""
    if not is_administrator(actor, given.platform):
        raise Forbidden if given.platform in _platforms() else NotFound
    check(given)
    begins = check_times(given, database_now())
    _raise_overlap(given, begins)
    kinds = kinds_of(automatic=given.automatic, parties=given.parties, staff=given.staff)
    return preview_of(
        given.platform, given.pack, Window(freeze=0, since=begins, until=given.ends_at, kinds=kinds)
    )  # fmt: skip


def end(freeze_id: int, *, actor: User, batches: int | None = None) -> tuple[Freeze, Followed]:
    """End a freeze now, or call it off before it begins: what stood still runs on with the time that was left.

    Raises NotFound, Forbidden for whoever does not administer its platform, ActionRefused (`freeze_over`).
    """
    found = Freeze.objects.filter(pk=freeze_id).first()
    if found is None:
        raise NotFound
    if not is_administrator(actor, found.platform):
        raise Forbidden
    freeze = _ended(freeze_id, actor)
    return freeze, follow(freeze, batches=batches)


def _written(given: Plan, actor: User) -> Freeze:
    with one_transaction():
        lock_windows(alone=True)
        begins = check_times(given, database_now())
        _raise_overlap(given, begins)
        return Freeze.objects.create(
            platform=given.platform, pack=given.pack, begins_at=begins, ends_at=given.ends_at,
            automatic=given.automatic, parties=given.parties, staff=given.staff, planned_by=actor,
            reason_zh=given.reason_zh.strip(), reason_en=given.reason_en.strip(),
        )  # fmt: skip


def _raise_overlap(given: Plan, begins: datetime) -> None:
    other = overlapping(given, begins)
    if other is not None:
        times = {"begins_at": other.begins_at.isoformat(), "ends_at": other.over_at.isoformat()}
        raise refused("freeze_overlaps", freeze=other.pk, **times)


def _ended(freeze_id: int, actor: User) -> Freeze:
    with one_transaction():
        lock_windows(alone=True)
        freeze, now = Freeze.objects.select_for_update(no_key=True).get(pk=freeze_id), database_now()
        if freeze.over_at <= now:
            raise refused("freeze_over")
        freeze.ended_by, freeze.ended_at = actor, now
        freeze.finished = freeze.called_off
        freeze.save(update_fields=["ended_by", "ended_at", "finished"])
        return freeze


def _platforms() -> set[str]:
    return {view.policy.platform for view in packs_in_force()}


def _raise(wrong: dict[str, tuple[str, dict[str, object]]]) -> None:
    if wrong:
        raise fields_refused([{"field": name, "code": code, "data": data} for name, (code, data) in wrong.items()])
