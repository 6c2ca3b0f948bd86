"""The settings of packs: which belong together, and what each may say."""

from __future__ import annotations

import re
from collections.abc import Mapping

GROUPS: Mapping[str, tuple[str, ...]] = {
    "appeals": ("most_appeals", "most_order_appeals", "suspends_execution"),
    "filing": (
        "most_refilings", "dispute_limit_a_month", "dispute_month_zone", "silence_on_return_request",
        "refund_needs_return_scan", "extend_receipt_while_in_transit", "most_receipt_extensions", "slow_countries",
    ),
    "rulings": (
        "second_person_above", "low_value", "most_freight", "compensation_times", "compensation_floor",
        "liability_share_counts",
    ),
    "rates": ("refund_rate_days", "refund_rate_lag_days"),
    "lateness": ("late_tolerance", "minimum_notice"),
    "places": (),
}  # fmt: skip
"""Which settings one form changes; `places` are the calendar and the time zone."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "evidence_after_window": ("note_only", "open"),
    "silence_on_return_request": ("refund", "return_agreed"),
}
"""Settings that say one of a few words."""
MONEY = frozenset({"second_person_above", "low_value", "most_freight", "compensation_floor"})
"""Settings that are amounts, written as text with a point."""
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
ZONES = frozenset({"dispute_month_zone"})
SHARES = frozenset({"liability_share_counts"})
"""Settings in percent."""
LIMITS = ("max_files", "image_megabytes", "video_megabytes", "document_megabytes")
"""Numbers of the section on evidence."""
MOST = 10_000
"""More than any count, number of days or of megabytes can sensibly be."""
