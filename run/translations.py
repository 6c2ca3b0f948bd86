"""Compiles the translations in plain Python: the gettext tools are not needed."""

import os
from pathlib import Path

import polib

from run.places import CHECKOUT


def compile_translations(folder: Path = CHECKOUT / "locale") -> list[Path]:
    """Write each catalogue that is newer than its compiled form; answer which."""
    written = []
    for catalogue in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            fresh = compiled.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(polib.pofile(str(catalogue)).to_binary())
            fresh.replace(compiled)
            written.append(compiled)
    return written


if __name__ == "__main__":
    compile_translations()
