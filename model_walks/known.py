"""Differences that are known and not settled yet. They are counted and printed, never hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing the two see differently."""

    what: str
    engine: Any
    model: Any
    row: str = ""
    stage: str = ""
    act: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    circumstances: frozenset[str] = frozenset()

    @property
    def signature(self) -> str:
        return f"{self.what} {self.row} | {self.stage} {self.act}"

    def __str__(self) -> str:
        row = f" (row {self.row})" if self.row else ""
        return f"{self.what}{row} after {self.act or 'time'} in {self.stage}: engine {self.engine}, model {self.model}"


KNOWN: Mapping[str, Callable[[Difference], bool]] = {}
"""The row and the question -> whether a difference is this one."""


def known(difference: Difference) -> str | None:
    return next((question for question, is_it in KNOWN.items() if is_it(difference)), None)
