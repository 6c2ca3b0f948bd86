"""A case that goes on under other rules: what changed, and each time that did."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

VERSION: Words = _("version %(after)s in place of version %(before)s")
EDITION: Words = _("edition %(after)s of the calendar in place of edition %(before)s")
MOVED: Words = _("“%(deadline)s” is now due on %(after)s; before it was %(before)s")
ENDS: Words = _("“%(deadline)s” no longer applies; it was due on %(before)s")
BEGINS: Words = _("new: “%(deadline)s”, due on %(after)s")
NOTHING_MOVED: Words = _("every time stays as it was promised")
BETWEEN: Words = _("; ")
"""Between two of these."""
WHY: Words = _("the rules of the case changed: %(rules)s")
KEPT: Words = _("The rules of the case changed since and would set another time; the one that was promised is kept.")
