"""Moments and spans in a reader's words; nothing here knows what time it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import dateformat, timezone
from django.utils.translation import gettext, gettext_lazy, pgettext

_CITIES: Final = {
    "Africa/Cairo": gettext_lazy("Cairo"),
    "Africa/Johannesburg": gettext_lazy("Johannesburg"),
    "America/Chicago": gettext_lazy("Chicago"),
    "America/Mexico_City": gettext_lazy("Mexico City"),
    "Asia/Bangkok": gettext_lazy("Bangkok"),
    "Asia/Dubai": gettext_lazy("Dubai"),
    "Asia/Jakarta": gettext_lazy("Jakarta"),
    "Asia/Shanghai": gettext_lazy("Beijing"),
    "Asia/Taipei": gettext_lazy("Taipei"),
    "Pacific/Auckland": gettext_lazy("Auckland"),
    "Asia/Hong_Kong": gettext_lazy("Hong Kong"),
    "Asia/Kolkata": gettext_lazy("Kolkata"),
    "Asia/Seoul": gettext_lazy("Seoul"),
    "Asia/Singapore": gettext_lazy("Singapore"),
    "Asia/Tokyo": gettext_lazy("Tokyo"),
    "America/Los_Angeles": gettext_lazy("Los Angeles"),
    "America/New_York": gettext_lazy("New York"),
    "America/Sao_Paulo": gettext_lazy("São Paulo"),
    "Australia/Sydney": gettext_lazy("Sydney"),
    "Europe/Berlin": gettext_lazy("Berlin"),
    "Europe/London": gettext_lazy("London"),
    "Europe/Madrid": gettext_lazy("Madrid"),
    "Europe/Moscow": gettext_lazy("Moscow"),
    "Europe/Paris": gettext_lazy("Paris"),
}


def local_moment(moment: datetime, zone: str | tzinfo | None) -> datetime:
    """Move an aware moment into a zone given by name or object; without one, the active zone."""
    place = ZoneInfo(zone) if isinstance(zone, str) and zone else zone
    return moment.astimezone(place or timezone.get_current_timezone())


def moment_in_words(local: datetime, *, now: datetime | None, with_zone: bool) -> str:
    """``25 Nov 2026, 14:05 (Beijing, UTC+8)``; Chinese leaves the year out if ``now`` shares it."""
    same_year = now is not None and now.astimezone(local.tzinfo).year == local.year
    pattern = pgettext("date within this year", "j M Y, H:i") if same_year else gettext("j M Y, H:i")
    written = dateformat.format(local, pattern)
    if not with_zone:
        return written
    return gettext("%(moment)s (%(zone)s)") % {"moment": written, "zone": zone_in_words(local)}


def zone_in_words(local: datetime) -> str:
    """Name the zone of an aware moment as people say it, with the offset of that moment."""
    name = str(local.tzinfo)
    if name == "Asia/Shanghai":
        return gettext("Beijing, UTC+8")
    offset = offset_in_words(local)
    if "/" not in name:
        return offset
    return gettext("%(city)s, %(offset)s") % {"city": city_in_words(name), "offset": offset}


COMMON_ZONES: Final = tuple(_CITIES)
"""Zones that have a name in both languages."""


def city_in_words(zone: str) -> str:
    """The city an IANA zone is named after; in English where it has no other name here."""
    return str(_CITIES.get(zone) or zone.rsplit("/", 1)[-1].replace("_", " "))


def offset_in_words(local: datetime) -> str:
    """``UTC+8``, ``UTC−3:30``: how far an aware moment's clock is from UTC."""
    offset = local.utcoffset() or timedelta()
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    if not hours and not minutes:
        return "UTC"
    sign = "−" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def time_left_patterns() -> dict[str, str]:
    """Give the sentences a span is said with, by the largest unit it holds."""
    return {
        "days": gettext("%(days)s d %(hours)s h %(minutes)s min left"),
        "hours": gettext("%(hours)s h %(minutes)s min left"),
        "minutes": gettext("%(minutes)s min left"),
        "seconds": gettext("%(minutes)s min %(seconds)s s left"),
        "moment": gettext("less than a minute left"),
        "over": gettext("Time is up"),
    }


def time_left_in_words(seconds: int) -> str:
    """Say a span of seconds in days, hours and minutes, rounded down."""
    patterns = time_left_patterns()
    days, rest = divmod(max(seconds, 0), 86_400)
    hours, minutes = rest // 3_600, rest % 3_600 // 60
    parts: Mapping[str, int] = {"days": days, "hours": hours, "minutes": minutes}
    if seconds <= 0:
        return patterns["over"]
    largest = next((unit for unit, count in parts.items() if count), "moment")
    return patterns[largest] % parts
