"""Files of calendars: our YAML and CSV, with every mistake's line and field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from rules.calendar_documents import differences, marks_of
from rules.calendar_editions import shipped_documents
from rules.calendar_importing import LONGEST_TEXT, WrongFile, as_csv, as_yaml, read_file

YEARS = shipped_documents("cn", 1)
YEAR_2027 = as_yaml({2027: YEARS[2027]})


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(WrongFile) as refused:
        read_file(text, into=YEARS)
    return [(mistake.line, mistake.field) for mistake in refused.value.mistakes]


@pytest.mark.parametrize("text", [as_yaml(YEARS), as_csv(YEARS), "\ufeff" + as_csv(YEARS), "\n" + as_yaml(YEARS)])
def test_what_is_written_reads_back_without_a_change(text: str) -> None:
    assert not differences(YEARS, {**YEARS, **read_file(text, into=YEARS)})


def test_a_line_of_csv_changes_one_day_and_ordinary_takes_its_mark_away() -> None:
    text = "kind,date,group\nordinary,2027-01-01,\n\nworked,2027-02-20,spring_festival\n"
    changed = read_file(text, into=YEARS)
    assert list(changed) == [2027]
    found = differences(YEARS, {**YEARS, **changed}).days
    assert [(change.day, change.after is None) for change in found] == [
        (date(2027, 1, 1), True), (date(2027, 2, 20), False),
    ]  # fmt: skip


def test_a_year_that_is_not_there_yet_comes_with_a_document() -> None:
    text = YEAR_2027.replace("2027", "2028")
    assert len(marks_of(read_file(text, into=YEARS)[2028])) == 19


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "")]),
        ("date,kind,holiday\n2027-01-01,off,new_year", [(1, "")]),
        ("date,group\n2027-01-01,new_year", [(1, "")]),
        ("date,kind,date\n2027-01-01,off,x", [(1, "")]),
        ("date,kind,group\n2027-01-01,off,new_year,x", [(2, "")]),
        ('date,kind,group\n"2027', [(2, "")]),
        ("date,kind,group\n2027-01-01,off,new_year\n2027-01-01,off,new_year\n2031-01-01,off,new_year",
         [(3, "date"), (4, "date")]),
        ("date,kind,group,zh,en\n2027-02-19,worked,x,,\n2027-02-19,off,New Year,,\n2027-03-01,own_off,,节,",
         [(2, "kind"), (3, "date"), (4, "zh, en")]),
        (YEAR_2027.replace("calendar: cn", "calendar: us"), [(1, "calendar")]),
        (YEAR_2027.replace("weekend: [6, 7]", "weekend: [7]"), [(1, "weekend")]),
        (f"{YEAR_2027}---\n{YEAR_2027}", [(17, "year")]),
        (YEAR_2027.replace("2027", "2030"), [(1, "year")]),
        (YEAR_2027.replace("2027-06-09", "2027-06-31"), [(13, "holidays.dragon_boat")]),
        (YEAR_2027.replace("zone:", "zones:"), [(4, "zones")]),
        (f"{YEAR_2027}own:\n  off:\n    - {{day: 2027-01-01, zh: a, en: b}}\n", [(18, "own.off")]),
        ("calendar: [", [(1, "calendar")]),
        ("[" * 5000, [(1, "")]),
        ("x" * (LONGEST_TEXT + 1), [(1, "")]),
    ],
)  # fmt: skip
def test_every_mistake_is_told_with_its_line_and_field(text: str, expected: list[Any]) -> None:
    assert mistakes(text) == expected


def test_mistakes_are_told_in_the_readers_language() -> None:
    text = YEAR_2027.replace("provisional: true", "provisional: maybe")
    for language, said in (("en", "neither true nor false"), ("zh-hans", "既不是 true 也不是 false")):
        with translation.override(language), pytest.raises(WrongFile) as refused:
            read_file(text, into=YEARS)
        assert said in " ".join(mistake.problem for mistake in refused.value.mistakes)
