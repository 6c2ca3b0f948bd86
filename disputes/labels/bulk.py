"""What administrators do to many cases at once, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disputes.labels.actions import CHOICES

Words = str | Promise

HELD: Words = _("Held: %(why)s")
HELD_UNTIL: Words = _("Held: %(why)s, thought to last until %(until)s")
MODES: Mapping[str, Words] = CHOICES["mode"]
MODES_EXPLAINED: Mapping[str, Words] = {
    "moved": _(
        "Each due time moves by as long as it stood still; working time is reckoned anew over the days in between."
        " Nobody loses or gains time."
    ),
    "lapse": _(
        "Each due time is the one that was promised before. What has passed meanwhile takes effect at once, and ends"
        " cases."
    ),
    "fresh": _("Each deadline begins now, with its whole length. Everybody gains what had run already."),
}
"""What each does to due times."""
WOULD: Mapping[str, Words] = {
    "done": _("Would be done"), "already": _("Is so already"), "refused": _("Would be refused by its rules"),
    "changed": _("Would not fit any more"), "failed": _("Cannot be decided"),
}  # fmt: skip
"""What would come of a case, by the result it would have."""
MORE_TIME: Words = _("%(length)s more for “%(deadline)s”")
TO_VERSION: Words = _("Under version %(version)s of %(pack)s")
TO_EDITION: Words = _("Under edition %(edition)s of the calendar “%(country)s”")
KEEPING: Words = _("%(what)s, every promise kept")
CONFIRMED: Words = _("%(what)s, what it shortens confirmed")
IN_HOURS = _("%(count)d h")
IN_DAYS = _("%(count)d d")
