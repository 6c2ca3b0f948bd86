"""Texts travel to the server as they are, whatever they hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from disputes.services.columns import Columns, Row
from disputes.snapshot import canonical, moment, moment_text

COLUMNS = Columns("word text, number numeric, at timestamptz, flag bool, document jsonb, sealed bytea")
PLAIN = ("plain", "1.50", "2026-03-01T00:00:00.000000+00:00", True, {"a": [1, None]}, "00ff")


def returned(*rows: Row) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        statement = f"SELECT {COLUMNS.values} FROM {COLUMNS.rows}"
        cursor.execute(statement, COLUMNS.parameters(rows))
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "",
        "NULL",
        "null",
        '"',
        '""',
        "\\",
        '\\"',
        "a,b",
        "{}",
        "{a,b}",
        "'",
        "line\nbreak",
        " padded ",
        "退款",
        "😀",
        None,
    ],
)
@pytest.mark.parametrize("beside", ["plain", '"quoted"', None])
def test_a_text_arrives_as_it_was_sent(text: str | None, beside: str | None) -> None:
    """Also beside one that must be escaped, and beside one that is missing."""
    rows = returned((text, *PLAIN[1:]), (beside, *PLAIN[1:]))
    assert [row[0] for row in rows] == [text, beside]


@pytest.mark.django_db
def test_missing_values_arrive_as_missing() -> None:
    ((word, number, at, flag, document, sealed),) = returned((None, None, None, None, {}, None))
    assert (word, number, at, flag, sealed) == (None,) * 5
    assert document in ({}, "{}")


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 3, 1, 8, tzinfo=UTC), "2026-03-01T08:00:00.000000+00:00"),
        (datetime(2026, 3, 1, 8, 0, 0, 5, tzinfo=UTC), "2026-03-01T08:00:00.000005+00:00"),
        (datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8))), "2026-03-01T00:00:00.000000+00:00"),
        (datetime(2026, 1, 1, 0, 0, 0, 100, tzinfo=timezone(-timedelta(hours=5))), "2026-01-01T05:00:00.000100+00:00"),
        (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "9999-12-31T23:59:59.999999+00:00"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000+00:00"),
    ],
)
def test_a_moment_has_one_text(at: datetime, text: str) -> None:
    assert moment_text(at) == text
    assert moment(text) == at


def test_the_canonical_text_sorts_keys_and_pads_nothing() -> None:
    assert (
        canonical({"b": [1, True, None], "a": {"z": "退", "y": "\n"}})
        == '{"a":{"y":"\\n","z":"退"},"b":[1,true,null]}'.encode()
    )
