"""The shape of a deed: who, what, when, with which data; and what the rules say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from model.case import Case

Data = Mapping[str, Any]
Opinion = bool | None
"""Yes, no, or no opinion."""


@dataclass(frozen=True, slots=True)
class Doing:
    """Somebody tries something now."""

    act: str
    who: str
    person: int | None
    data: Data
    at: datetime
    heard: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """Where each party may do this, on what conditions, with which data, and what it does."""

    where: Mapping[str, frozenset[str]]
    do: Callable[[Case, Doing], None]
    may: Callable[[Case, Doing], Opinion] = lambda case, doing: True
    well_told: Callable[[Case, Doing], Opinion] = lambda case, doing: True


def stages(names: str) -> frozenset[str]:
    return frozenset(names.split())
