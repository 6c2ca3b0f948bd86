"""What a reader may do in a case or with an order, and what not. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contract.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a field with a closed list."""

    value: str
    """What is sent."""
    label: str
    """What is read."""
    hint: str = ""
    """A line of help; often empty."""
    group: str = ""
    """What it is listed under, in words; empty where the list has no parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field of an action's form."""

    name: str
    """Its name in the form and in the API."""
    label: str
    """What the reader sees beside it."""
    type: str
    """money, remedy, reason, refusal, rejection, code, flag, party, text, exhibits, number, time, date, tracking,
    address, findings or ruling_lines."""
    required: bool
    """Whether it must be given."""
    choices: tuple[Choice, ...] = ()
    """The closed list, if it has one."""
    initial: str = ""
    """What the form begins with; empty for nothing."""
    maximum: Money | None = None
    """For amounts: the most that is accepted."""
    minimum_zero: bool = False
    """For amounts: whether nothing at all may be given."""
    help: str = ""
    """One line of help; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """Something the reader may do now."""

    action: str
    """Its code: the last part of the address it is posted to."""
    label: str
    """A verb, for the button."""
    until: datetime | None
    """When the permission ends by itself; None when no clock ends it."""
    fields: tuple[FieldView, ...]
    """What it takes."""
    main: bool = False
    """Whether it is the one main button; at most one of a case's actions is."""
    danger: bool = False
    """Whether it gives something up."""
    confirm: str = ""
    """What must be confirmed before it is done, as a sentence; empty when nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnavailableView:
    """Something of this stage the reader may not do now, and why."""

    action: str
    """Its code."""
    label: str
    """Its name."""
    code: str
    """The refusal's code."""
    detail: str
    """The refusal in words."""
    available_from: datetime | None
    """When it becomes possible by itself; None when that is not known."""
    available_until: datetime | None
    """When it ceased, or ceases, to be possible; None where no clock says so."""
    queueable: bool
    """Whether it can be asked for now, to be done as soon as it is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedView:
    """What the reader's party asked to have done as soon as it is allowed."""

    action: str
    """Its code."""
    label: str
    """Its name."""
    queued_at: datetime
    """When that was asked for."""
    expected_at: datetime | None
    """When a clock will allow it; None when it waits for somebody."""
