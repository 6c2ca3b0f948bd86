"""What is wrong with a calendar's document, in the reader's language: its reader speaks English."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contract.errors import Words

PATTERNS: tuple[tuple[re.Pattern[str], Words], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words) for pattern, words in (
        (r"'(?P<what>.*)' stands here twice", gettext_lazy("“%(what)s” stands here twice.")),
        (r"unknown field '(?P<what>.*)'; is '(?P<other>.*)' meant\?",
         gettext_lazy("There is no field “%(what)s”; you may mean “%(other)s”.")),
        (r"unknown field '(?P<what>.*)'; known are (?P<other>.*)",
         gettext_lazy("There is no field “%(what)s”; those known are: %(other)s.")),
        (r"the field '(?P<what>.*)' is missing", gettext_lazy("The field “%(what)s” is missing.")),
        (r"a map is expected here", gettext_lazy("A map is needed here.")),
        (r"a list is expected here", gettext_lazy("A list is needed here.")),
        (r"a text is expected here", gettext_lazy("A text is needed here.")),
        (r"a name of at most \d+ characters.*", gettext_lazy("A name is one line of at most 80 characters.")),
        (r"'(?P<what>.*)' is no whole number", gettext_lazy("“%(what)s” is no whole number.")),
        (r"'(?P<what>.*)' is neither true nor false", gettext_lazy("“%(what)s” is neither true nor false.")),
        (r"'(?P<what>.*)' is no date .*", gettext_lazy("“%(what)s” is no date like 2026-10-01 that exists.")),
        (r"'(?P<what>.*)' ends before it begins", gettext_lazy("“%(what)s” ends before it begins.")),
        (r"'(?P<what>.*)' is no IANA time zone", gettext_lazy("“%(what)s” is no time zone.")),
        (r"the weekend is a list .*",
         gettext_lazy("The weekend is a list of weekdays, 1 for Monday to 7, and not all of them.")),
        (r"'(?P<what>.*)' is no code of a holiday group.*",
         gettext_lazy("“%(what)s” is no code of a holiday, such as spring_festival.")),
        (r"(?P<what>\S+) is no weekend day.*",
         gettext_lazy("%(what)s is no weekend day, so it cannot make up for a holiday.")),
        (r"(?P<what>\S+) is not in (?P<other>\d+)", gettext_lazy("%(what)s is not in %(other)s.")),
        (r"(?P<what>\S+) already belongs to (?P<other>.*)",
         gettext_lazy("%(what)s stands here already, under %(other)s.")),
        (r"the document is empty", gettext_lazy("There is nothing in it.")),
    )
)  # fmt: skip


def problem_in_words(problem: str) -> str:
    """A problem of the reader of documents; what YAML itself says is passed on."""
    for pattern, words in PATTERNS:
        found = pattern.fullmatch(problem)
        if found:
            return str(words) % found.groupdict() if found.groupdict() else str(words)
    return _("This is not valid YAML: %(told)s") % {"told": problem}
