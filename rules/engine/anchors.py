"""The moments a deadline counts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rules.engine.clock import next_midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What a deadline counts from: one or more moments (the latest counts), perhaps moved."""

    names: tuple[str, ...]
    plus: Mapping[str, timedelta] = field(default_factory=dict)
    """Elapsed time added to the named moment before comparing."""
    midnight: bool = False
    """Count from the following midnight in the pack's zone."""
    any_of: bool = False
    """Count from whichever of the moments is known (the first in order), not from the latest of all."""

    def value(self, anchors: Mapping[str, datetime], zone: str) -> datetime | None:
        """The moment, or None while one of its parts is not known."""
        moments = [anchors[name] + self.plus.get(name, timedelta()) for name in self.names if name in anchors]
        if not moments or (len(moments) < len(self.names) and not self.any_of):
            return None
        moment = moments[0] if self.any_of else max(moments)
        return next_midnight(moment, zone) if self.midnight else moment
