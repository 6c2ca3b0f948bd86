"""The ways an action comes in, for those who must not know the engine."""

from __future__ import annotations

from typing import Final

from rules.engine.events import Via

BY_API: Final = Via.API
"""Through the REST interface."""
