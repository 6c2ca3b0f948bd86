"""What a counterfactual replay tells of one case."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from rules.engine.records import record
from rules.engine.types import Stage


class Bucket(StrEnum):
    """What other rules would have made of a case."""

    WOULD_HAVE_LAPSED = "would_have_lapsed"
    """Something would have happened by itself that never did."""
    OTHER_OUTCOME = "other_outcome"
    """It would have ended otherwise, or with another refund."""
    UNCHANGED = "unchanged"
    """The same end; some due time differs."""
    NOT_AFFECTED = "not_affected"
    """The same end and the same due times."""
    DIVERGED = "diverged"
    """Nobody can know from some event on."""


class Cause(StrEnum):
    """What the first difference is."""

    NEW_LAPSE = "new_lapse"
    OTHER_END = "other_end"
    OTHER_TIME = "other_time"
    REFUSED = "refused"
    UNKNOWN_EVENT = "unknown_event"
    NEW_TURN = "new_turn"
    MORE_TIME = "more_time"
    """An automatic outcome was recorded at a moment at which it would still be running."""
    NO_LAPSE = "no_lapse"
    """An automatic outcome was recorded that would not run at all."""
    HELD = "held"
    """The clocks would stand still where they ran, or run where they stood still."""


@record
class End:
    """Where a case stands, and what its buyer was granted."""

    stage: Stage
    outcome: str
    refund: Decimal
    """In the case's currency; nothing while no refund is ordered."""


@record
class Difference:
    """The first point of difference."""

    cause: Cause
    sequence: int
    """The recorded event it shows at, from 1."""
    at: datetime
    subject: str
    """The deadline or the event it is about."""
    detail: str = ""
    """A refusal's code, with the fields it names; or the due time as it would have been."""


Due = tuple[str, datetime]


@record
class Supposed:
    """A case as it was and as it would have been."""

    bucket: Bucket
    difference: Difference | None
    before: End
    after: End
    refund_moved: Decimal | None
    """How much more the buyer would have been granted; None where nobody can know."""
    dues_before: tuple[Due, ...]
    """Deadlines that were promised, reminders left out, as far as the replay reached."""
    dues_after: tuple[Due, ...]
