"""Case numbers: public, unguessable, in order of time."""

from __future__ import annotations

import secrets
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is mistaken for a digit or another letter."""

PREFIXES = {"taobao": "TB", "tmall": "TM", "xianyu": "XY", "aliexpress": "AE"}


def platform_of(number: str) -> str:
    """The platform a number of this house tells by its prefix; empty where it tells none."""
    prefix = number.partition("-")[0]
    return next((platform for platform, known in PREFIXES.items() if known == prefix), "")


def case_number(platform: str, at: datetime) -> str:
    """`TB-1K3H-9K2M-47QX-9Z1D`: the platform, the second in 32 bits, then 48 random bits."""
    seconds = int(at.timestamp()) & 0xFFFFFFFF
    value = (seconds << 48) | secrets.randbits(48)
    digits = [ALPHABET[(value >> shift) & 31] for shift in range(75, -5, -5)]
    groups = ["".join(digits[start : start + 4]) for start in range(0, 16, 4)]
    return "-".join((PREFIXES.get(platform, platform[:2].upper()), *groups))
