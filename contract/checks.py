"""What must not go live: a clock that can be moved, a ledger that can be changed."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from contract import clock
from contract.append_only import append_only_models, table_of, unguarded_tables


@register(Tags.security)
def check_time_travel_setting(**_kwargs: Any) -> list[CheckMessage]:
    """Time travel is for development and tests."""
    if not clock.time_travel_is_on() or settings.DEBUG:
        return []
    return [
        Error(
            "GONGDUAN_TIME_TRAVEL is on although DEBUG is off.",
            hint="Whoever can move the clock can move every deadline: leave GONGDUAN_TIME_TRAVEL off.",
            id="contract.E001",
        )
    ]


@register(Tags.database)
def check_installed_clock(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """A database that was used for development is not taken into production with its movable clock."""
    if settings.DEBUG:
        return []
    return [
        Error(
            f"The clock of database {alias!r} can be moved although DEBUG is off.",
            hint="Run `manage.py prepare_database` as the owner, with GONGDUAN_TIME_TRAVEL off.",
            id="contract.E002",
        )
        for alias in databases or ()
        if clock.is_travelling(alias)
    ]


@register(Tags.database)
def check_append_only_tables(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """A model that says its rows never change has the trigger that makes it true."""
    return [
        Error(
            f"Rows of {table} can be changed in database {alias!r}, though its model is append-only.",
            hint=f'End the migration that creates it with AppendOnly("{table}").',
            id="contract.E003",
        )
        for alias in databases or ()
        for table in unguarded_tables(connections[alias], [table_of(model) for model in append_only_models()])
    ]
