"""Whatever is marked to be translated, in code and in templates, stands in the Chinese catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import polib
import pytest
from django.utils.translation import templatize

from run.places import CHECKOUT

APPS = ("accounts", "config", "contract", "disputes", "evidence", "notifications", "rules", "studio")
CALLS = {
    name + lazy: words
    for name, words in {"gettext": (0,), "ngettext": (0,), "pgettext": (1,), "npgettext": (1,)}.items()
    for lazy in ("", "_lazy")
} | {"_": (0,), "gettext_noop": (0,)}
"""The functions that translate, and which of what they are given is the sentence."""
CALL = re.compile(r"\b(?:n|p|np)?gettext\(|\b_\(")


def sentences(source: str) -> Iterator[str]:
    """What is translated in Python, as Django's own programs find it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            for position in CALLS[node.func.id]:
                given = node.args[position] if position < len(node.args) else None
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value


def sentences_of_template(template: str) -> Iterator[str]:
    """The same in a template: Django makes calls of its words, with filling between them."""
    text = templatize(template)
    for call in CALL.finditer(text):
        ends = (call.start() + close.end() for close in re.finditer(r"\)", text[call.start() :]))
        yield from next(found for end in ends if (found := _parsed(text[call.start() : end])) is not None)


def _parsed(call: str) -> list[str] | None:
    """None for half a call."""
    try:
        return list(sentences(call))
    except SyntaxError:
        return None


@pytest.fixture(scope="module")
def known() -> set[str]:
    path = CHECKOUT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    return {entry.msgid for entry in polib.pofile(str(path)) if not entry.obsolete}


@pytest.mark.parametrize("app", APPS)
def test_every_sentence_of_the_code_is_in_the_catalogue(app: str, known: set[str]) -> None:
    missing = {
        f"{path.relative_to(CHECKOUT)}: {sentence}"
        for path in sorted((CHECKOUT / app).rglob("*.py"))
        for sentence in sentences(path.read_text(encoding="utf-8"))
        if sentence not in known
    }
    assert missing == set()


def test_every_sentence_of_the_templates_is_in_the_catalogue(known: set[str]) -> None:
    missing = {
        f"{path.relative_to(CHECKOUT)}: {sentence}"
        for path in sorted((CHECKOUT / "templates").rglob("*.*"))
        for sentence in sentences_of_template(path.read_text(encoding="utf-8"))
        if sentence not in known
    }
    assert missing == set()


def test_the_words_of_a_template_are_found() -> None:
    template = """{% translate "One" %}<a x="{% translate 'Two' context "place" %}">{{ _("Three") }}</a>
    {% blocktranslate trimmed count n=1 %}
        Four {{ n }}
    {% plural %}many{% endblocktranslate %}"""
    assert set(sentences_of_template(template)) == {"One", "Two", "Three", "Four %(n)s"}
