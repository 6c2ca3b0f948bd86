"""Case numbers that people type."""

from __future__ import annotations

from collections.abc import Sequence

from disputes.models import Case


def unknown_numbers(numbers: Sequence[str], platforms: Sequence[str]) -> list[str]:
    """Those that no case of these platforms has, in the order given."""
    if not numbers:
        return []
    known = set(Case.objects.filter(number__in=numbers, platform__in=platforms).values_list("number", flat=True))
    return [number for number in numbers if number not in known]
