"""Compiling before it is needed: a cold first sweep is several hundred milliseconds late."""

from __future__ import annotations

import logging

from django.db import DatabaseError, InterfaceError, connection

from rules.selectors import calendar_edition, newest_calendar_id, packs_in_force

logger = logging.getLogger(__name__)


def warm_up() -> None:
    """Compile what is in force. Without a database nothing is compiled, and nothing is wrong."""
    try:
        for version in packs_in_force():
            calendar_edition(newest_calendar_id(version.policy.calendar))
    except (DatabaseError, InterfaceError) as error:
        logger.warning("Nothing could be prepared: %s", str(error).strip())
    finally:
        connection.close()
