"""The settings of a pack in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contract.errors import Words
from rules.circumstances import listed
from rules.engine.clock import parse_length
from rules.engine.lengths import LengthError
from rules.engine.policy import Policy
from rules.wording import length_in_words

NAMES: Mapping[str, Words] = {
    "late_tolerance": gettext_lazy("A passed deadline noticed this late still counts as on time"),
    "minimum_notice": gettext_lazy("Least notice before an automatic outcome that was noticed late"),
    "evidence_after_window": gettext_lazy("Evidence after the evidence period"),
    "suspends_execution": gettext_lazy("A second review suspends the ruling"),
    "second_person_above": gettext_lazy("A second person checks rulings above"),
    "most_freight": gettext_lazy("Most a ruling may order of return shipping"),
    "compensation_times": gettext_lazy("Compensation is at most this many times the maximum refund"),
    "compensation_floor": gettext_lazy("Compensation that may be ordered in any case"),
    "low_value": gettext_lazy("A case counts as low value up to"),
    "liability_share_counts": gettext_lazy("Shared liability counts against the seller from"),
    "most_refilings": gettext_lazy("Times a dispute can be filed again"),
    "most_appeals": gettext_lazy("Second reviews of one case for each side"),
    "most_order_appeals": gettext_lazy("Second reviews of one order"),
    "most_receipt_extensions": gettext_lazy("Times the receipt period can be extended"),
    "extend_receipt_while_in_transit": gettext_lazy("The seller may ask for more time while a return travels"),
    "refund_needs_return_scan": gettext_lazy("A refund after a return needs a carrier scan"),
    "dispute_limit_a_month": gettext_lazy("Disputes a month that are allowed"),
    "dispute_month_zone": gettext_lazy("Time zone of that month"),
    "refund_rate_days": gettext_lazy("Days the dispute refund rate looks back"),
    "refund_rate_lag_days": gettext_lazy("Days the dispute refund rate lags behind"),
    "silence_on_return_request": gettext_lazy("If the seller is silent on a return"),
    "slow_countries": gettext_lazy("Countries with slow delivery"),
}
VALUES: Mapping[str, Words] = {
    "note_only": gettext_lazy("kept as a message only"),
    "open": gettext_lazy("still taken while the case is open"),
    "refund": gettext_lazy("the refund is paid"),
    "return_agreed": gettext_lazy("the return counts as agreed"),
}
MONEY = frozenset({"second_person_above", "low_value", "most_freight", "compensation_floor"})


def setting_label(name: str) -> str:
    """What a setting is called."""
    return str(NAMES.get(name, name.replace("_", " ")))


def setting_rows(policy: Policy) -> list[dict[str, str]]:
    """Every setting with its value, as a list of facts."""
    rows = [
        {"label": _("Time zone"), "value": policy.zone}, {"label": _("Currency"), "value": policy.currency},
        {"label": _("Calendar of working days"), "value": policy.calendar.upper()},
    ]  # fmt: skip
    return rows + [
        {"label": setting_label(name), "value": _value(name, value, policy.currency)}
        for name, value in policy.settings.items()
    ]


def _value(name: str, value: Any, currency: str) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return listed(value)
    if name in MONEY:
        return f"{value} {currency}"
    if name == "liability_share_counts":
        return f"{value} %"
    return str(VALUES.get(str(value)) or _length(str(value)))


def _length(text: str) -> str:
    try:
        return length_in_words(parse_length(text))
    except LengthError:
        return text
