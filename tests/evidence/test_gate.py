"""The gate by the table of the corpus: every bad file stays outside, every good one comes in."""

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from evidence import gate
from evidence.errors import FileRefused, InspectionUnavailable, TooManyFiles
from evidence.inspection import child
from evidence.inspection.findings import NotAccepted
from evidence.kinds import MEBIBYTE, Limits
from evidence.models import Inspection, StoredFile
from evidence.services import receive_files
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


def test_a_bad_file_does_not_take_the_good_ones_with_it(ming: Any) -> None:
    uploads = [
        SimpleUploadedFile("one.jpg", corpus.jpeg()),
        SimpleUploadedFile("two.jpg", b""),
        SimpleUploadedFile("three.pdf", corpus.pdf()),
    ]
    receipt = receive_files(uploads=uploads, uploaded_by=ming, limits=Limits(max_files=3))
    assert [view.name for view in receipt.files] == ["one.jpg", "three.pdf"]
    assert [(refusal.code, refusal.data["name"]) for refusal in receipt.refusals] == [("file_empty", "two.jpg")]


def test_one_file_too_many_keeps_all_outside(ming: Any) -> None:
    uploads = [SimpleUploadedFile("one.jpg", corpus.jpeg())] * 2
    with pytest.raises(TooManyFiles):
        receive_files(uploads=uploads, uploaded_by=ming, limits=Limits(max_files=3), already_given=2)
    assert not StoredFile.objects.exists()


def test_a_type_the_caller_does_not_take_is_named_with_those_it_takes(receive: Callable) -> None:
    with translation.override("en"), pytest.raises(FileRefused) as refused:
        receive(corpus.png(), "a.png", types=frozenset({"image/jpeg", "application/pdf"}))
    assert refused.value.status == 415
    with translation.override("en"):
        assert "a PNG picture" in refused.value.message()
        assert "PDF, JPG" in refused.value.message()
    assert refused.value.extensions()["accepted"] == ["application/pdf", "image/jpeg"]


def test_limits_of_an_unknown_type_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="image/tiff"):
        Limits(types=frozenset({"image/tiff"}))


def test_a_photo_of_todays_largest_camera_comes_in(receive: Callable) -> None:
    body = corpus.saved(Image.new("RGB", (12_000, 9_000), "teal"), "JPEG")
    assert receive(body).width == 12_000


@pytest.mark.parametrize(
    ("limit", "most", "name", "body"),
    [
        ("memory_bytes", 300 * MEBIBYTE, "wall.png", corpus.wall_of_one_colour),
        ("cpu_seconds", 1, "loop.gif", corpus.gif_of_long_work),
    ],
)
def test_what_a_header_does_not_betray_is_stopped_by_the_kernel(
    limit: str, most: int, name: str, body: Callable[[], bytes], receive: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(gate.CONFINEMENT, limit, most)
    with pytest.raises(FileRefused) as refused:
        receive(body(), name)
    assert refused.value.code == "file_too_heavy"


def test_without_a_child_nothing_comes_in(receive: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(InspectionUnavailable):
        receive(corpus.jpeg())
    assert not StoredFile.objects.exists()


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_damage_makes_the_gate_stumble(data: st.DataObject, tmp_path: Path) -> None:
    case = data.draw(st.sampled_from([case for case in corpus.good() if case.expected != "image"]))
    body = bytearray(case.body())
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged"
    path.write_bytes(body[: data.draw(st.integers(1, len(body)))])
    limits = Limits()
    with contextlib.suppress(NotAccepted):
        found, _ = child.inspect(path, limits.bounds, allowed=limits.types)
        assert found.media_type in limits.types
