"""Reading what was published. Policies and calendars are compiled once in a process: they never change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from contract.clock import database_now
from contract.errors import Unavailable
from rules.calendar_estimates import years_after
from rules.calendar_loader import calendar_of, latest_of, read_year
from rules.engine.calendar import Calendar
from rules.engine.pins import Pin, Rules
from rules.engine.policy import Policy
from rules.loader import compile_canonical
from rules.models import CalendarEdition, PolicyVersion


class NoPolicy(Unavailable):
    """Nothing is published for the pack that a new case needs."""

    code = "no_policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One published version, compiled."""

    id: int
    pack: str
    number: int
    effective_from: datetime
    published_at: datetime
    policy: Policy


@lru_cache(maxsize=512)
def policy_of(version_id: int) -> Policy:
    """The compiled policy of a version. Raises PolicyVersion.DoesNotExist."""
    return compile_canonical(PolicyVersion.objects.values_list("document", flat=True).get(pk=version_id))


@lru_cache(maxsize=64)
def calendar_edition(edition_id: int) -> Calendar:
    """The calendar of an edition, and after its last year weekends alone. Raises CalendarEdition.DoesNotExist."""
    number, text = CalendarEdition.objects.values_list("number", "documents").get(pk=edition_id)
    years = latest_of(read_year(source, file=file) for file, source in json.loads(text).items())
    return calendar_of([*years.values(), *years_after(years[max(years)])], edition=number)


def rules_of(pin: Pin) -> Rules:
    """What a case is pinned to, compiled. Raises DoesNotExist of either."""
    return Rules(policy=policy_of(pin.policy), calendar=calendar_edition(pin.calendar))


def version_in_force(pack: str, at: datetime | None = None) -> VersionView:
    """The version new cases of a pack are opened under at a moment (now by default). Raises NoPolicy."""
    moment = at or database_now()
    row = _rows().filter(pack=pack, effective_from__lte=moment).order_by("-effective_from", "-number").first()
    if row is None:
        raise NoPolicy(pack=pack)
    return _view(row)


def newest_calendar_id(country: str) -> int:
    """The newest edition of a country's calendar. Raises NoPolicy when none is published."""
    found = CalendarEdition.objects.filter(country=country).order_by("-number").values_list("pk", flat=True).first()
    if found is None:
        raise NoPolicy(calendar=country)
    return found


def versions_of(pack: str) -> tuple[VersionView, ...]:
    """All published versions of a pack, newest first."""
    return tuple(_view(row) for row in _rows().filter(pack=pack).order_by("-number"))


def version(version_id: int) -> VersionView:
    """One version. Raises PolicyVersion.DoesNotExist."""
    return _view(_rows().get(pk=version_id))


@lru_cache(maxsize=512)
def pack_and_number(version_id: int) -> tuple[str, int]:
    """What people call a version. Raises PolicyVersion.DoesNotExist."""
    pack, number = PolicyVersion.objects.values_list("pack", "number").get(pk=version_id)
    return pack, number


def version_numbered(pack: str, number: int) -> int | None:
    """The id of one version of a pack; None when there is none of that number."""
    return PolicyVersion.objects.filter(pack=pack, number=number).values_list("pk", flat=True).first()


def edition_numbered(country: str, number: int) -> int | None:
    """The id of one edition of a country's calendar; None when there is none of that number."""
    return CalendarEdition.objects.filter(country=country, number=number).values_list("pk", flat=True).first()


def packs_in_force(at: datetime | None = None) -> tuple[VersionView, ...]:
    """The version in force of every pack, by platform and pack."""
    moment = at or database_now()
    rows = _rows().filter(effective_from__lte=moment).order_by("pack", "-effective_from", "-number").distinct("pack")
    return tuple(sorted((_view(row) for row in rows), key=lambda view: (view.policy.platform, view.pack)))


def _rows() -> QuerySet[PolicyVersion]:
    """Without their long texts: what a document says is read once and kept."""
    return PolicyVersion.objects.only("pack", "number", "effective_from", "published_at")


def _view(row: PolicyVersion) -> VersionView:
    return VersionView(
        id=row.pk, pack=row.pack, number=row.number, effective_from=row.effective_from,
        published_at=row.published_at, policy=policy_of(row.pk),
    )  # fmt: skip
