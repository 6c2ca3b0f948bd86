"""Whatever is written comes back as it was, whatever stands beside it, and its digest with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disputes.services.columns import Columns, Row
from disputes.snapshot import canonical, moment

COLUMNS = Columns(
    "word text, count bigint, number numeric, at timestamptz, flag bool, document jsonb, told json, sealed bytea"
)
MARKS = "\\\"'{},NULnul \t\n\r\x01\x1f\x7f\u2028\u0085%:"

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = st.text(characters, max_size=12) | st.text(MARKS, max_size=8) | st.sampled_from(["NULL", "null", "{}", "[]"])
integers = st.integers(-(2**63), 2**63 - 1)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)) | st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)
).map(lambda at: at.replace(microsecond=0))
documents = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
rows = st.lists(
    st.tuples(
        st.none() | texts, st.none() | integers, st.none() | st.decimals(-(10**12), 10**12, places=2).map(str),
        st.none() | moments, st.none() | st.booleans(), st.dictionaries(texts, documents, max_size=3),
        st.dictionaries(texts, documents | moments, max_size=3), st.none() | st.binary(max_size=40),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


def returned(sent: list[Row]) -> list[tuple[Any, ...]]:
    sources = f"SELECT {COLUMNS.values} FROM {COLUMNS.rows}"
    with connection.cursor() as cursor:
        cursor.execute(sources, COLUMNS.parameters(sent))
        return cursor.fetchall()


def as_stored(value: Any) -> Any:
    return orjson.loads(canonical(value))


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows)
def test_every_row_comes_back_as_it_was_written(sent: list[tuple[Any, ...]]) -> None:
    found = returned([
        (word, count, number, at, flag, document, canonical(told).decode(), None if sealed is None else sealed.hex())
        for word, count, number, at, flag, document, told, sealed in sent
    ])  # fmt: skip
    for (word, count, number, at, flag, document, told, sealed), row in zip(sent, found, strict=True):
        assert row[:2] == (word, count)
        assert (None if row[2] is None else str(row[2])) == number
        assert row[3:5] == (at, flag)
        assert (loaded(row[5]), loaded(row[6])) == (document, as_stored(told))
        assert (None if row[7] is None else bytes(row[7])) == sealed
        assert canonical(loaded(row[6])) == canonical(told), "or a digest would not follow from what is kept"


def loaded(document: Any) -> Any:
    return orjson.loads(document) if isinstance(document, str) else document


@given(moments)
def test_a_moment_is_read_whether_or_not_its_text_has_a_fraction(at: datetime) -> None:
    """Rows of earlier releases say `.000000`; those of this one say nothing where there is none."""
    assert moment(at.isoformat(timespec="microseconds")) == moment(as_stored(at)) == at


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, "\ud800", {1, 2}, b"x", 1.5j])
def test_what_would_not_come_back_is_refused_before_it_is_written(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical({"fact": value})
