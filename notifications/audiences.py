"""Circles of people around a case, and what one is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Audience(StrEnum):
    """A circle of people around a case."""

    BUYER = "buyer"
    SELLER = "seller"
    """Everybody who acts for the shop."""
    ARBITRATOR = "arbitrator"
    """Who has the case; nobody while it is free."""
    SECOND_PERSONS = "second_persons"
    """Who may approve a ruling: the platform's leads, or where there is none its arbitrators."""
    LEADS = "leads"
    """The platform's leads, or where there is none its administrators."""
    ADMINISTRATORS = "administrators"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That a circle of people is told something."""

    audience: Audience
    kind: str
    severity: str = "normal"
    """low: in the inbox only; high: something is to be done."""
    facts: Mapping[str, Any] = field(default_factory=dict)
