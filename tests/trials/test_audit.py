"""A slice of the trial of the records."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from trials.audit import run
from trials.docket import ENDINGS, fill
from trials.stage import Stage


@pytest.mark.django_db
def test_whatever_is_changed_in_the_records_is_named(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR, settings.EVIDENCE_ROOT = tmp_path, tmp_path / "evidence"
    fill(Stage.set(), len(ENDINGS), Random(7))
    assert run(40, 7).failed == []
