"""A vault of its own for every test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evidence.kinds import Limits
from evidence.selectors import StoredFileView
from evidence.services import receive_file


@pytest.fixture(autouse=True)
def vault(settings: Any, tmp_path: Path) -> Path:
    """Where this test's files lie."""
    settings.EVIDENCE_ROOT = tmp_path / "vault"
    settings.ROOT_URLCONF = "tests.evidence.addresses"
    return settings.EVIDENCE_ROOT


@pytest.fixture
def receive(ming: Any) -> Callable[..., StoredFileView]:
    """Ming sends a file."""

    def send(body: bytes, name: str = "photo.jpg", declared_type: str = "", **numbers: Any) -> StoredFileView:
        upload = SimpleUploadedFile("x", body, content_type=declared_type)
        upload._name = name  # as it came over the wire, before Django cleaned it
        return receive_file(upload=upload, uploaded_by=numbers.pop("by", ming), limits=Limits(**numbers))

    return send
