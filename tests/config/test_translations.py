"""Translations: complete, and compiled without any program of the system."""

import gettext
from pathlib import Path

import polib
import pytest

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
    import re

    places = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(CHINESE))
        if entry.msgstr and set(places.findall(entry.msgid)) != set(places.findall(entry.msgstr))
    ]
    assert wrong == []
