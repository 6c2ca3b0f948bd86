"""Translations: complete, and compiled without any program of the system."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from run.places import CHECKOUT
from run.translations import compile_translations

CHINESE = CHECKOUT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def test_a_catalogue_is_compiled_once_and_read_by_gettext(tmp_path: Path) -> None:
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.append(polib.POEntry(msgid="time left", msgstr="剩余时间"))
    catalogue.append(polib.POEntry(msgid="doubtful", msgstr="可疑", flags=["fuzzy"]))
    catalogue.save(str(folder / "django.po"))
    assert compile_translations(tmp_path) == [folder / "django.mo"]
    assert compile_translations(tmp_path) == []
    with (folder / "django.mo").open("rb") as compiled:
        spoken = gettext.GNUTranslations(compiled)
    assert (spoken.gettext("time left"), spoken.gettext("doubtful")) == ("剩余时间", "doubtful")


@pytest.mark.skipif(not CHINESE.exists(), reason="there is no Chinese catalogue yet")
def test_the_chinese_catalogue_is_complete() -> None:
    catalogue = polib.pofile(str(CHINESE))
    assert [entry.msgid for entry in catalogue.untranslated_entries() + catalogue.fuzzy_entries()] == []


@pytest.mark.skipif(not CHINESE.exists(), reason="there is no Chinese catalogue yet")
def test_a_translation_keeps_the_places_for_values() -> None:
    places = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(CHINESE))
        if entry.msgstr and set(places.findall(entry.msgid)) != set(places.findall(entry.msgstr))
    ]
    assert wrong == []


SPOKEN = {
    "_": 0, "gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "ngettext": 0, "ngettext_lazy": 0,
    "pgettext": 1, "pgettext_lazy": 1, "npgettext": 1, "npgettext_lazy": 1,
}  # fmt: skip
"""What marks a text for translation, and which argument the text is."""
CALLS = re.compile(
    r"""\b(?:_|gettext|pgettext|ngettext|npgettext)\((?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"|[^'")])*\)"""
)
HOUSE = ("accounts", "config", "contract", "disputes", "evidence", "notifications", "rules", "studio")


def texts_of(source: str) -> Iterator[tuple[str | None, str]]:
    """Context and text of everything marked in Python's words."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SPOKEN:
            place = SPOKEN[call.func.id]
            words = [each.value for each in call.args[: place + 1] if isinstance(each, ast.Constant)]
            if len(words) == place + 1:
                yield (words[0] if place else None), words[-1]


def marked_in(path: Path) -> set[tuple[str | None, str]]:
    """Everything a file marks; a template is first turned into calls, as `makemessages` does."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return set(texts_of(source))
    return {found for call in CALLS.findall(templatize(source)) for found in texts_of(call)}


def sources() -> Iterator[Path]:
    for folder in HOUSE:
        yield from (path for path in (CHECKOUT / folder).rglob("*.py") if "migrations" not in path.parts)
    yield from (CHECKOUT / "templates").rglob("*.html")
    yield from (CHECKOUT / "templates").rglob("*.txt")


def test_every_text_of_the_house_is_in_the_chinese_catalogue() -> None:
    known = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(CHINESE)) if not entry.obsolete}
    marked = {(text, path) for path in sources() for text in marked_in(path)}
    assert len(marked) > 2_000
    missing = sorted({f"{path.relative_to(CHECKOUT)}: {text[1]}" for text, path in marked if text not in known})
    assert not missing, "\n".join(missing)
