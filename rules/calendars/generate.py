# ruff: noqa: INP001 -- a script beside its documents, not a part of the product
"""Write the calendar documents of China from two libraries: `python rules/calendars/generate.py`.

For development only; the product reads the documents and never these libraries. Announced years come from
chinesecalendar, which follows the yearly notice of the State Council (国务院办公厅关于部分节假日安排的通知);
years without a notice take the statutory days from holidays and are marked provisional. A published document
is never written again: a correction is a new edition, `generate.py --edition 2 2027`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import chinese_calendar.constants as announced
import holidays as statutory

FOLDER = Path(__file__).parent / "cn"
FIRST_YEAR, LAST_YEAR = 2015, 2027

GROUPS = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Chinese New Year": "spring_festival",
    "Tomb-sweeping Day": "tomb_sweeping",
    "Labour Day": "labour_day",
    "Labor Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "Anti-Fascist 70th Day": "victory_day",
    "National Day": "national_day",
}
"""The beginnings of the names both libraries use, and our code for each holiday group."""

Days = dict[str, list[date]]
"""The days of each group, ascending."""


def main() -> None:
    """Write every missing document; leave published ones alone."""
    parser = argparse.ArgumentParser(description="Write the calendar documents of China.")
    parser.add_argument("--edition", type=int, default=1, help="the edition the documents are published in")
    parser.add_argument("years", type=int, nargs="*", default=range(FIRST_YEAR, LAST_YEAR + 1))
    arguments = parser.parse_args()
    edition = arguments.edition
    FOLDER.mkdir(exist_ok=True)
    for year in arguments.years:
        path = FOLDER / (f"{year}.yaml" if edition == 1 else f"{year}.{edition}.yaml")
        if not path.exists():
            path.write_text(document(year, edition), encoding="utf-8")


def document(year: int, edition: int) -> str:
    """The text of one year's document."""
    known = max(announced.holidays).year
    if year <= known:
        off = by_group((day, name) for day, name in announced.holidays.items() if day.year == year)
        worked = by_group((day, name) for day, name in announced.workdays.items() if day.year == year)
        source = (
            f"State Council notice on the holidays of {year}, as read by chinesecalendar {version('chinesecalendar')}"
        )
    else:
        off = by_group(statutory.country_holidays("CN", years=year, language="en_US").items())
        worked = {}
        source = f"statutory days by holidays {version('holidays')}; neither spans nor make-up days are announced yet"
    return "\n".join([*head(year, edition, source, provisional=year > known), *body(off, worked), ""])


def head(year: int, edition: int, source: str, *, provisional: bool) -> Iterator[str]:
    """What the document is."""
    yield "calendar: cn"
    yield f"year: {year}"
    yield f"edition: {edition}"
    yield "zone: Asia/Shanghai"
    yield "weekend: [6, 7]"
    yield f"provisional: {str(provisional).lower()}"
    yield f'source: "{source}"'


def body(off: Days, worked: Days) -> Iterator[str]:
    """Each holiday group with its days off and the weekend days worked for it, in the order of the year."""
    yield "holidays:"
    for group in sorted({*off, *worked}, key=lambda code: (off.get(code) or worked[code])[0]):
        make_up = f", worked: [{', '.join(map(str, worked[group]))}]" if group in worked else ""
        yield f"  {group}: {{off: [{', '.join(spans(off.get(group, [])))}]{make_up}}}"


def by_group(days: Iterable[tuple[date, str]]) -> Days:
    """Sort days under our group codes. Raises `KeyError` for a name that is not in `GROUPS`."""
    groups: Days = defaultdict(list)
    for day, name in sorted(days):
        groups[group_code(name)].append(day)
    return dict(groups)


def group_code(name: str) -> str:
    """Our code for a library's name of a holiday."""
    for beginning, code in GROUPS.items():
        if name.casefold().startswith(beginning.casefold()):
            return code
    raise KeyError(name)


def spans(days: list[date]) -> Iterator[str]:
    """Days in a row, written as `first to last`."""
    begins = [day for before, day in pairwise([date.min, *days]) if day - before > timedelta(days=1)]
    ends = [day for day, after in pairwise([*days, date.max]) if after - day > timedelta(days=1)]
    for first, last in zip(begins, ends, strict=True):
        yield f"{first}" if first == last else f"{first} to {last}"


if __name__ == "__main__":
    main()
