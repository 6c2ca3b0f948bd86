"""Lengths, anchors and the reasons of a due time, as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from rules.circumstances import listed

Words = str | Promise

LENGTHS: Mapping[str, Words] = {
    "minutes": ngettext_lazy("%(count)d minute", "%(count)d minutes", "count"),
    "hours": ngettext_lazy("%(count)d hour", "%(count)d hours", "count"),
    "days": ngettext_lazy("%(count)d day of 24 hours", "%(count)d days of 24 hours", "count"),
    "calendar_days": ngettext_lazy("the end of the next day", "the end of day %(count)d after it", "count"),
    "working_days": ngettext_lazy("%(count)d working day", "%(count)d working days", "count"),
    "business_hours": ngettext_lazy("%(count)d business hour", "%(count)d business hours", "count"),
    "business_minutes": ngettext_lazy("%(count)d business minute", "%(count)d business minutes", "count"),
    "ordinal_days": ngettext_lazy("the beginning of day %(count)d", "the beginning of day %(count)d", "count"),
}
ANCHORS: Mapping[str, Words] = {
    "first_requested": _("the request"),
    "last_requested": _("the last version of the request"),
    "refused": _("the refusal"),
    "return_agreed": _("the agreement on the return"),
    "address_shown": _("the moment the return address was given"),
    "tracking_entered": _("the moment the tracking number was entered"),
    "intervention_requested": _("the request for intervention"),
    "admitted": _("the admission"),
    "buyer_completed": _("the buyer's completing the evidence"),
    "seller_completed": _("the seller's completing the evidence"),
    "evidence_requested": _("the request for evidence"),
    "late_evidence_admitted": _("the admission of late evidence"),
    "review_started": _("the beginning of the review"),
    "objected": _("the objection to the return"),
    "ruled": _("the ruling"),
    "settled": _("the agreement"),
    "appealed": _("the request for a second review"),
    "buyer_appealed": _("the buyer's request for a second review"),
    "seller_appealed": _("the seller's request for a second review"),
    "appeal_submitted": _("the submission of the second review"),
    "first_closed": _("the first closing"),
    "closed": _("the closing"),
    "stage_entered": _("the beginning of this step"),
    "replacement_sent": _("the sending of the replacement"),
    "replacement_signed": _("the delivery of the replacement"),
    "return_scanned": _("the carrier's first scan of the return"),
    "return_signed": _("the delivery of the return"),
    "paid": _("the payment"),
    "booked": _("the booking"),
    "shipped": _("the shipping"),
    "completed": _("the completion of the order"),
    "received": _("the confirmation of receipt"),
    "carrier_signed": _("the delivery"),
    "promise_ends": _("the end of the promised delivery time"),
    "receipt_ends": _("the end of the receipt period"),
    "liability_from": _("the end of the second review"),
    "held": _("the moment the clocks were stopped"),
    "second_person_asked": _("the moment a second person was asked"),
    "urged": _("the last urging"),
    "transit_left": _("the change of the reason"),
}
DAYS_OFF: Mapping[str, Words] = {
    "weekend": _("weekend"),
    "new_year": _("New Year"),
    "spring_festival": _("Spring Festival"),
    "tomb_sweeping": _("Tomb-Sweeping Day"),
    "labour_day": _("Labour Day"),
    "dragon_boat": _("Dragon Boat Festival"),
    "mid_autumn": _("Mid-Autumn Festival"),
    "national_day": _("National Day"),
    "victory_day": _("Victory Day"),
    "own": _("own day off"),
}
RULE: Words = _("%(label)s: %(length)s, counted from %(anchor)s.")
LATER_OF: Words = _("the later of: %(anchors)s")
EITHER: Words = _("the first known of: %(anchors)s")
FROM: Words = _("Counting began on %(moment)s.")
SOURCE: Words = _("Rule %(id)s of %(pack)s, version %(version)s. Source: %(source)s (%(confidence)s).")
SOURCE_FOR_PARTIES: Words = _("Rule %(id)s of %(pack)s, version %(version)s: %(origin)s.")
SOURCE_OF_ORDER: Words = _("Rule %(id)s of %(pack)s: %(origin)s.")
ORIGINS: Mapping[str, Words] = {
    "seed": _("the platform's published rule"),
    "A": _("the platform's published rule"),
    "sdk": _("the platform's published rule"),
    "B": _("the platform's rule as several sources tell it"),
    "C": _("the platform's rule as one source tells it"),
    "assumed": _("assumed by this desk, because the platform names no time"),
}
"""Where a number comes from, to people who can do nothing with the name of a source; by confidence."""
STATED: Words = _("The marketplace stated this time itself.")
CALENDAR: Words = _("Calendar of working days: %(name)s, edition %(edition)s.")
SKIPPED: Words = _("Days off that do not count: %(days)s.")
MADE_UP: Words = _("Weekend days that are worked and count: %(days)s.")
PROVISIONAL_YEARS: Words = _("The days off of %(years)s are not announced yet; the calendar is provisional.")
NOTICE: Words = _("It was moved so that enough time is left after it was noticed.")
STANDS_STILL: Words = _("It stands still since %(moment)s: %(why)s. The time that was left then runs on afterwards.")
DUE: Words = _("So it is due on %(moment)s.")
MOVED: Mapping[str, Words] = {
    "extend": _("more time was given"),
    "extend_return_receipt": _("the time was extended by three days"),
    "pause": _("the clocks were stopped"),
    "resume": _("the clocks ran again"),
    "gate_opened": _("a permission was noticed late, and enough time is left to use it"),
    "target_passed": _("the platform was late, and set a new date"),
    "freeze": _("the platform's clocks stood still"),
    "thaw": _("the platform's clocks ran again"),
    "feed_stalled": _("the marketplace's data stopped arriving, and the clock with them"),
    "feed_returned": _("the wait for the marketplace's data was over, and the clock ran again"),
}
CASE_WENT_ON: Words = _("the case went on")
CLOCKS_CHANGE: Words = _("Clocks change on %(moment)s, from %(before)s to %(after)s.")
REASON: Words = _("Reason: %(reason)s.")
FROM_TO: Words = _("Due before: %(before)s; since then: %(after)s.")
STANDS_STILL_UNTIL: Words = _(
    "It stands still from %(moment)s until %(until)s: %(why)s. Then the time that was left runs on, to %(due)s."
)
OVER: Words = _("It was over on %(moment)s.")
THEN: Mapping[str, Words] = {
    "window": _("From that moment this is no longer possible."),
    "gate": _("From that moment this is possible."),
    "target": _(
        "If the platform is late, its supervisors are told and a new date is set; nothing happens to either side by"
        " itself."
    ),
    "passed": _("Nothing more follows from it."),
}
"""What happens when the time is over, where no outcome is brought about."""
MOVED_BY: Words = _("%(moment)s: %(what)s (%(who)s).")


def length_in_words(unit: str, amount: int) -> str:
    return str(LENGTHS[unit] % {"count": amount})


def anchor_in_words(names: tuple[str, ...], *, first_known: bool) -> str:
    """What a clock counts from; of several moments the later counts, or the first that is known."""
    words = [str(ANCHORS.get(name, name)) for name in names]
    if len(words) == 1:
        return words[0]
    return str(EITHER if first_known else LATER_OF) % {"anchors": listed(words)}


def day_off(why: str) -> str:
    """Why a day does not count: a weekend, or the holiday by its code."""
    return str(DAYS_OFF.get(why, why))
