"""A code with its words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A code, which never changes with the language, and its words in the reader's language."""

    code: str
    """What programs compare."""
    text: str
    """What people read; a label or a whole sentence."""

    def __str__(self) -> str:
        return self.text
