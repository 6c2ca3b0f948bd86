"""The one clock of the house: the SQL function ``gongduan_clock()``.

In production it is ``clock_timestamp()``. Where ``GONGDUAN_TIME_TRAVEL`` is on (development and tests
only; the system check ``contract.E001`` says so) a variant adds the offset kept in the one row of
``contract_clock_offset``, and this module moves it.

The function is VOLATILE, because it answers anew each time. In a WHERE write it as a scalar subquery,
``(SELECT gongduan_clock())`` or :class:`ClockReading`: that is evaluated once and an index can be used.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.models import DateTimeField, Func

_FIXED: Final = """
CREATE OR REPLACE FUNCTION gongduan_clock() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT clock_timestamp() $$
"""

_TRAVELLING: Final = """
CREATE OR REPLACE FUNCTION gongduan_clock() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$
    SELECT coalesce(
        (SELECT coalesce(frozen_at, clock_timestamp() + ahead_by) FROM contract_clock_offset),
        clock_timestamp()
    )
$$
"""

_IS_TRAVELLING: Final = """
SELECT prosrc LIKE '%%contract_clock_offset%%' FROM pg_proc WHERE oid = to_regprocedure('gongduan_clock()')
"""

_SET_OFFSET: Final = """
INSERT INTO contract_clock_offset (id, ahead_by, frozen_at) VALUES (1, %s, %s)
ON CONFLICT (id) DO UPDATE SET ahead_by = excluded.ahead_by, frozen_at = excluded.frozen_at
"""


class TimeTravelRefused(RuntimeError):
    """This installation's clock cannot be moved."""


class Clock(Func):
    """``gongduan_clock()`` as it stands: for ``db_default`` and for values being written."""

    function = "gongduan_clock"
    arity = 0
    output_field = DateTimeField()


class ClockReading(Clock):
    """``(SELECT gongduan_clock())``: for filters and annotations; read once per statement, so an index serves."""

    template = "(SELECT %(function)s())"
    subquery = True


def database_now(using: str = "default") -> datetime:
    """What the one clock says now, in UTC."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT gongduan_clock()")
        return _instant(cursor)


def travel(delta: timedelta | None = None, *, to: datetime | None = None, using: str = "default") -> datetime:
    """Move the clock by ``delta`` from where it stands, or let it go on from ``to``; answer what it then says.

    Raises TimeTravelRefused where the clock is fixed, ValueError unless exactly one of the two is given.
    """
    if (delta is None) == (to is None):
        raise ValueError("give either a delta or a moment to travel to")
    target = _aware(to) if to is not None else database_now(using) + (delta or timedelta())
    with _movable(using) as cursor:
        cursor.execute("SELECT %s - clock_timestamp()", [target])
        (ahead_by,) = cursor.fetchone()
        _set_offset(cursor, ahead_by, None)
    return database_now(using)


def freeze(at: datetime, using: str = "default") -> datetime:
    """Stop the clock at ``at`` until it is moved or reset. Raises TimeTravelRefused where the clock is fixed."""
    with _movable(using) as cursor:
        _set_offset(cursor, timedelta(), _aware(at))
    return database_now(using)


def reset(using: str = "default") -> datetime:
    """Let the clock tell the true time again. Raises TimeTravelRefused where the clock is fixed."""
    with _movable(using) as cursor:
        cursor.execute("DELETE FROM contract_clock_offset")
    return database_now(using)


def is_travelling(using: str = "default") -> bool | None:
    """Whether the installed function is the movable variant; None when there is no function yet."""
    with connections[using].cursor() as cursor:
        cursor.execute(_IS_TRAVELLING)
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def install(using: str = "default") -> None:
    """Install the variant of the function that the settings ask for. Needs the rights of its owner."""
    if is_travelling(using) is time_travel_is_on():
        return
    with connections[using].cursor() as cursor:
        cursor.execute(_definition())


def install_in_migration(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The same as :func:`install`, as a step of a migration."""
    schema_editor.execute(_definition())


def remove_in_migration(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("DROP FUNCTION IF EXISTS gongduan_clock()")


def time_travel_is_on() -> bool:
    return bool(getattr(settings, "GONGDUAN_TIME_TRAVEL", False))


def _definition() -> str:
    return _TRAVELLING if time_travel_is_on() else _FIXED


def _set_offset(cursor: CursorWrapper, ahead_by: Any, frozen_at: datetime | None) -> None:
    cursor.execute(_SET_OFFSET, [ahead_by, frozen_at])


def _movable(using: str) -> CursorWrapper:
    if not time_travel_is_on() or not is_travelling(using):
        raise TimeTravelRefused("the clock of this installation is fixed: GONGDUAN_TIME_TRAVEL is off")
    return connections[using].cursor()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment


def _instant(cursor: CursorWrapper) -> datetime:
    (moment,) = cursor.fetchone()
    return moment.astimezone(UTC)
