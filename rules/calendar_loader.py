"""Calendar documents -> `Calendar`. One YAML document per country and year; errors name file and line.

A document is published in an edition and never changed afterwards. A correction is a further document for the
same year in a later edition, `2027.2.yaml`; edition n of a calendar is, for every year, the latest document
published in edition n or before.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from rules.engine.calendar import OWN, WEEKEND, Calendar, CalendarError, days_between

CALENDARS = Path(__file__).parent / "calendars"
FIELDS = ("calendar", "year", "edition", "zone", "weekend", "provisional", "source", "holidays", "own")
REQUIRED = FIELDS[:-1]
GROUP_FIELDS = ("off", "worked")
OWN_FIELDS = ("day", "zh", "en")
LONGEST_NAME = 80
"""Characters of the name of one of the desk's own days."""
CODE_FORM = re.compile(r"[a-z][a-z0-9_]*")


class CalendarDocumentError(CalendarError):
    """A calendar document cannot be understood. Says file, line and what is wrong."""

    def __init__(self, problem: str, *, file: str, line: int | None = None) -> None:
        super().__init__(f"{file}:{line}: {problem}" if line else f"{file}: {problem}")
        self.problem = problem
        self.file = file
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """A day on which the desk itself works or does not, whatever the country does."""

    worked: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDocument:
    """One year of one country as its document says it."""

    file: str
    calendar: str
    year: int
    edition: int
    """The edition this document was published in."""
    zone: str
    weekend: frozenset[int]
    """ISO weekdays; 6 is Saturday."""
    provisional: bool
    """Whether the year's days are still unannounced."""
    source: str
    holidays: Mapping[date, str] = field(repr=False)
    """Days off and the code of the group of each."""
    make_up: Mapping[date, str] = field(repr=False)
    """Weekend days worked, and the group each makes up for."""
    own: Mapping[date, OwnDay] = field(default_factory=dict, repr=False)
    """The desk's own days; no day of them is in a holiday group."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the nodes of one file; every refusal names the node's line."""

    file: str

    def refuse(self, node: yaml.Node, problem: str) -> CalendarDocumentError:
        """An error at the node's line."""
        return CalendarDocumentError(problem, file=self.file, line=node.start_mark.line + 1)

    def fields(self, node: yaml.Node) -> dict[str, yaml.Node]:
        """The entries of a map, no key twice."""
        if not isinstance(node, yaml.MappingNode):
            raise self.refuse(node, "a map is expected here")
        entries: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if self.text(key) in entries:
                raise self.refuse(key, f"{key.value!r} stands here twice")
            entries[key.value] = value
        return entries

    def known_fields(
        self, node: yaml.Node, known: tuple[str, ...], required: tuple[str, ...] = ()
    ) -> dict[str, yaml.Node]:
        """The entries of a map whose keys are a closed list."""
        entries = self.fields(node)
        for key, value in entries.items():
            if key not in known:
                nearest = difflib.get_close_matches(key, known, n=1)
                hint = f"; is {nearest[0]!r} meant?" if nearest else f"; known are {', '.join(known)}"
                raise self.refuse(value, f"unknown field {key!r}{hint}")
        for key in required:
            if key not in entries:
                raise self.refuse(node, f"the field {key!r} is missing")
        return entries

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """The items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.refuse(node, "a list is expected here")
        return list(node.value)

    def text(self, node: yaml.Node) -> str:
        """A text, as it stands."""
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            raise self.refuse(node, "a text is expected here")
        return str(node.value)

    def name(self, node: yaml.Node) -> str:
        """What a day is called: one line."""
        text = self.text(node)
        if len(text) > LONGEST_NAME or not text.isprintable():
            raise self.refuse(node, f"a name of at most {LONGEST_NAME} characters on one line is expected here")
        return text

    def whole_number(self, node: yaml.Node) -> int:
        """A whole number without a sign."""
        text = self.text(node)
        if not re.fullmatch("[0-9]{1,6}", text):
            raise self.refuse(node, f"{text!r} is no whole number")
        return int(text)

    def truth(self, node: yaml.Node) -> bool:
        """true or false, and no other spelling."""
        text = self.text(node)
        if text not in ("true", "false"):
            raise self.refuse(node, f"{text!r} is neither true nor false")
        return text == "true"

    def day(self, node: yaml.Node, text: str) -> date:
        """One ISO date."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.refuse(node, f"{text!r} is no date like 2026-10-01 that exists") from None

    def days(self, node: yaml.Node) -> Iterator[tuple[yaml.Node, date]]:
        """A list of `2026-10-01` and `2026-10-01 to 2026-10-07`, day by day."""
        for item in self.items(node):
            first, _, last = self.text(item).partition(" to ")
            begins, ends = self.day(item, first), self.day(item, last or first)
            if ends < begins:
                raise self.refuse(item, f"{item.value!r} ends before it begins")
            yield from ((item, day) for day in days_between(begins, ends))


@cache
def load_calendar(country: str = "cn", *, edition: int = 1, folder: Path = CALENDARS) -> Calendar:
    """The calendar of a country as one edition knows it. Raises `CalendarDocumentError`."""
    documents = read_documents(country, folder=folder)
    if edition not in {document.edition for document in documents}:
        raise CalendarDocumentError(f"there is no edition {edition}", file=f"{country}/")
    return calendar_of(latest_of(documents, edition=edition).values(), edition=edition)


def latest_of(documents: Iterable[YearDocument], *, edition: int | None = None) -> dict[int, YearDocument]:
    """By its year, the latest document published in an edition or before; in any edition for None."""
    latest: dict[int, YearDocument] = {}
    for document in sorted(documents, key=lambda document: (document.edition, document.year)):
        if edition is None or document.edition <= edition:
            latest[document.year] = document
    return dict(sorted(latest.items()))


def editions(country: str = "cn", *, folder: Path = CALENDARS) -> tuple[int, ...]:
    """The published editions, ascending. Raises `CalendarDocumentError`."""
    return tuple(sorted({document.edition for document in read_documents(country, folder=folder)}))


def read_documents(country: str, *, folder: Path = CALENDARS) -> tuple[YearDocument, ...]:
    """Every document of a country, whatever its edition. Raises `CalendarDocumentError`."""
    paths = sorted((folder / country).glob("*.yaml")) if CODE_FORM.fullmatch(country) else []
    if not paths:
        known = ", ".join(sorted(path.name for path in folder.iterdir() if path.is_dir()))
        raise CalendarDocumentError(f"there is no calendar {country!r}; known are {known}", file=f"{country}/")
    documents = tuple(read_year(path.read_text(encoding="utf-8"), file=f"{country}/{path.name}") for path in paths)
    for document in documents:
        _check_file_name(document, country)
    return documents


def read_year(text: str, *, file: str) -> YearDocument:
    """Read the text of one document. Raises `CalendarDocumentError`."""
    reader = Reader(file)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise CalendarDocumentError(str(error.problem), file=file, line=line) from error
    except yaml.YAMLError as error:
        raise CalendarDocumentError(str(error), file=file) from error
    if root is None:
        raise CalendarDocumentError("the document is empty", file=file)
    fields = reader.known_fields(root, FIELDS, required=REQUIRED)
    year, weekend = reader.whole_number(fields["year"]), _weekend(reader, fields["weekend"])
    holidays, make_up = _groups(reader, fields["holidays"], year, weekend)
    own = _own(reader, fields["own"], year, {**holidays, **make_up}) if "own" in fields else {}
    return YearDocument(
        file=file,
        calendar=reader.text(fields["calendar"]),
        year=year,
        edition=reader.whole_number(fields["edition"]),
        zone=_zone(reader, fields["zone"]),
        weekend=weekend,
        provisional=reader.truth(fields["provisional"]),
        source=reader.text(fields["source"]),
        holidays=holidays,
        make_up=make_up,
        own=own,
    )


def calendar_of(documents: Iterable[YearDocument], *, edition: int) -> Calendar:
    """One calendar from one document per year, years without a gap. Raises `CalendarDocumentError`."""
    years = sorted(documents, key=lambda document: document.year)
    first, last = years[0], years[-1]
    for expected, document in enumerate(years, start=first.year):
        if document.year != expected:
            raise CalendarDocumentError(f"the year {expected} is missing before this one", file=document.file)
        if (document.calendar, document.zone, document.weekend) != (first.calendar, first.zone, first.weekend):
            raise CalendarDocumentError(f"calendar, zone or weekend differ from {first.file}", file=document.file)
    return Calendar(
        name=first.calendar,
        edition=edition,
        zone=first.zone,
        weekend=first.weekend,
        holidays={day: group for document in years for day, group in document.holidays.items()},
        make_up={day: group for document in years for day, group in document.make_up.items()},
        provisional_years=frozenset(document.year for document in years if document.provisional),
        covers=(first.year, last.year),
        own={day: own.worked for document in years for day, own in document.own.items()},
    )


def _check_file_name(document: YearDocument, country: str) -> None:
    edition = "" if document.edition == 1 else f".{document.edition}"
    expected = f"{document.calendar}/{document.year}{edition}.yaml"
    if document.file != expected or document.calendar != country:
        raise CalendarDocumentError(f"what this document says of itself belongs into {expected}", file=document.file)


def is_group_code(text: str) -> bool:
    """Whether a text can be the code of a holiday group."""
    return CODE_FORM.fullmatch(text) is not None and text not in (WEEKEND, OWN)


def _own(reader: Reader, node: yaml.Node, year: int, taken: Mapping[date, str]) -> dict[date, OwnDay]:
    """The desk's own days, each once and none of them in a holiday group."""
    own: dict[date, OwnDay] = {}
    lists = reader.known_fields(node, GROUP_FIELDS)
    for name, entries in lists.items():
        for item in reader.items(entries):
            fields = reader.known_fields(item, OWN_FIELDS, required=OWN_FIELDS)
            day = reader.day(fields["day"], reader.text(fields["day"]))
            _check_day(reader, fields["day"], day, year, {**taken, **dict.fromkeys(own, "the desk's own days")})
            zh, en = (reader.name(fields[language]) for language in ("zh", "en"))
            own[day] = OwnDay(worked=name == "worked", zh=zh, en=en)
    return own


def _zone(reader: Reader, node: yaml.Node) -> str:
    zone = reader.text(node)
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, a name too long for a file
        raise reader.refuse(node, f"{zone!r} is no IANA time zone") from None


def _weekend(reader: Reader, node: yaml.Node) -> frozenset[int]:
    weekdays = frozenset(reader.whole_number(item) for item in reader.items(node))
    if not weekdays < frozenset(range(1, 8)):
        raise reader.refuse(node, "the weekend is a list of ISO weekdays, 1 for Monday to 7, and not all of them")
    return weekdays


def _groups(
    reader: Reader, node: yaml.Node, year: int, weekend: frozenset[int]
) -> tuple[dict[date, str], dict[date, str]]:
    """Days off and make-up days of every holiday group, each day once."""
    holidays: dict[date, str] = {}
    make_up: dict[date, str] = {}
    for group, entry in reader.fields(node).items():
        if not is_group_code(group):
            raise reader.refuse(entry, f"{group!r} is no code of a holiday group, such as spring_festival")
        lists = reader.known_fields(entry, GROUP_FIELDS)
        for name, days in (("off", holidays), ("worked", make_up)):
            for item, day in reader.days(lists[name]) if name in lists else ():
                _check_day(reader, item, day, year, {**holidays, **make_up})
                if name == "worked" and day.isoweekday() not in weekend:
                    raise reader.refuse(item, f"{day} is no weekend day, so it cannot make up for a holiday")
                days[day] = group
    return holidays, make_up


def _check_day(reader: Reader, item: yaml.Node, day: date, year: int, taken: Mapping[date, str]) -> None:
    if day.year != year:
        raise reader.refuse(item, f"{day} is not in {year}")
    if day in taken:
        raise reader.refuse(item, f"{day} already belongs to {taken[day]}")
