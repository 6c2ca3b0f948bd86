"""The gate by the table of the corpus: every bad file stays outside, every good one comes in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation

from evidence.errors import FileRefused
from evidence.models import Inspection, StoredFile
from tests.evidence import corpus

pytestmark = pytest.mark.django_db


def titled(case: corpus.Case) -> str:
    return case.title


@pytest.mark.parametrize("case", corpus.good(), ids=titled)
def test_a_good_file_comes_in(case: corpus.Case, receive: Callable) -> None:
    view = receive(case.body(), case.name, case.declared_type)
    assert view.kind == case.expected
    assert view.size == len(case.body())
    assert view.has_preview == (view.kind == "image")


@pytest.mark.parametrize("case", corpus.bad(), ids=titled)
def test_a_bad_file_stays_outside(case: corpus.Case, receive: Callable, vault: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        receive(case.body(), case.name, case.declared_type)
    assert refused.value.code == case.expected
    assert not StoredFile.objects.exists()
    assert [path for path in vault.rglob("*") if path.is_file()] == []
    assert list(vault.glob("incoming/*")) == []
    assert Inspection.objects.get().reason == case.expected


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("case", [corpus.broken()[0], corpus.disguised()[0], corpus.bombs()[0]], ids=titled)
def test_a_refusal_names_the_file_and_says_what_to_do(case: corpus.Case, language: str, receive: Callable) -> None:
    with translation.override(language), pytest.raises(FileRefused) as refused:
        receive(case.body(), case.name)
    with translation.override(language):
        message = refused.value.message()
    assert case.name in message
    assert "%(" not in message
