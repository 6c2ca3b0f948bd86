"""What is wrong with a document, in the reader's language: the engine and the reader of packs speak English codes."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contract.errors import Words

PROBLEMS: dict[str, Words] = {
    "this text is too long": gettext_lazy("This text is too long."),
    "nested too deeply": gettext_lazy("This is nested too deeply."),
    "anchors and aliases of YAML are not read here": gettext_lazy("Anchors and aliases of YAML are not read here."),
    "a pack is a map of fields": gettext_lazy("A pack is a map of fields."),
    "a field name is text": gettext_lazy("The name of a field is text."),
    "a list of names is needed here": gettext_lazy("A list of names is needed here."),
    "a map is needed here": gettext_lazy("A map is needed here."),
    "another kind of value is needed here": gettext_lazy("Another kind of value is needed here."),
    "this cannot be understood": gettext_lazy("This cannot be understood."),
    "this draft is of another pack": gettext_lazy("This draft is of another pack; that cannot change."),
    "this opens only after what it is needed for is over": gettext_lazy(
        "This opens only after what it is needed for is over."
    ),
    "a deadline needs some time": gettext_lazy("A deadline needs some time: enter 1 or more."),
    "this is too long": gettext_lazy("This is longer than any promise can be."),
    "the maximum is shorter than the target": gettext_lazy("The maximum is shorter than the target."),
    "a number here is never negative": gettext_lazy("A number here is never negative."),
    "this is too much": gettext_lazy("This is more than can be meant."),
    "a limit is 1 or more": gettext_lazy("Enter 1 or more."),
    "an amount is written like 100.00": gettext_lazy("Enter an amount such as 100.00."),
    "either true or false": gettext_lazy("Either true or false."),
    "an automatic deadline needs an outcome": gettext_lazy("An automatic deadline needs an outcome."),
    "only an automatic deadline has an outcome": gettext_lazy("Only an automatic deadline has an outcome."),
    "only a target has a maximum": gettext_lazy("Only a target has a maximum."),
    "only minutes, hours and elapsed days can be used here": gettext_lazy(
        "Only minutes, hours and elapsed days can be used here."
    ),
    "the last alternative of a length applies always; leave its `when` out": gettext_lazy(
        "The last alternative of a length applies always; leave its “when” out."
    ),
    "a reminder is a share like 80% or a time before like -2h": gettext_lazy(
        "A reminder is a share like 80% or a time before the end like -2h."
    ),
}  # fmt: skip

KINDS: dict[str, Words] = {
    "field": gettext_lazy("There is no such field."), "stage": gettext_lazy("There is no such stage."),
    "remedy": gettext_lazy("There is no such remedy."), "outcome": gettext_lazy("There is no such outcome."),
    "fact": gettext_lazy("There is no such fact."), "anchor": gettext_lazy("There is no such moment to count from."),
    "party": gettext_lazy("There is no such party."), "guard": gettext_lazy("There is no such guard."),
    "effect": gettext_lazy("There is no such effect."), "feed": gettext_lazy("There is no such feed."),
    "language": gettext_lazy("There is no such language."), "deadline": gettext_lazy("There is no such deadline."),
    "route": gettext_lazy("There is no such route."), "pack": gettext_lazy("There is no such pack."),
    "value": gettext_lazy("Choose one of those listed."), "slot": gettext_lazy("There is no such item of evidence."),
    "setting": gettext_lazy("There is no such setting."), "time zone": gettext_lazy("There is no such time zone."),
    "calendar": gettext_lazy("There is no such calendar."),
    "word in a condition": gettext_lazy("There is no such word for a condition."),
}  # fmt: skip

PATTERNS: tuple[tuple[re.Pattern[str], Words], ...] = (
    (re.compile(r"not valid YAML: (?P<told>.*)", re.DOTALL), gettext_lazy("This is not valid YAML: %(told)s")),
    (re.compile(r"“(?P<told>.*)” stands here twice"), gettext_lazy("“%(told)s” stands here twice.")),
    (re.compile(r"`(?P<told>\w+)` is missing"), gettext_lazy("“%(told)s” is missing.")),
    (re.compile(r"unknown or missing (?P<told>\w+)"), gettext_lazy("“%(told)s” is missing, or has an unknown value.")),
    (re.compile(r"'?(?P<told>.*?)'? is no length.*"),
     gettext_lazy("“%(told)s” is no length: write a whole number and min, h, d, cd, wd, bh or bmin, or “day 16”.")),
    (re.compile(r"packs inherit from each other in a circle: (?P<told>.*)"),
     gettext_lazy("Packs inherit from each other in a circle: %(told)s")),
    (re.compile(r"nothing inherited stands at “(?P<told>.*)”"),
     gettext_lazy("Nothing inherited stands at “%(told)s”.")),
)  # fmt: skip


def problem_in_words(problem: str) -> str:
    """The sentence for a problem of a document."""
    known = PROBLEMS.get(problem) or KINDS.get(problem.removeprefix("unknown "))
    if known:
        return str(known)
    for pattern, words in PATTERNS:
        found = pattern.fullmatch(problem)
        if found:
            return str(words) % found.groupdict()
    return _("The form of this is not right: %(problem)s") % {"problem": problem}
