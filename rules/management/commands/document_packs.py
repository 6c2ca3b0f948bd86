"""`manage.py document_packs`: write docs/platforms from the packs. A test compares them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from rules.documenting import page
from rules.loader import load_version_policy, pack_names, pack_versions


def pages() -> dict[str, str]:
    """File name to text, for every dated text of every pack, and an index."""
    written = {}
    for pack in pack_names():
        for version in pack_versions(pack):
            written[f"{version.name.rpartition('/')[2]}.md"] = page(load_version_policy(version), version)
    index = ["# Platforms", "", "One page a pack, written from the pack itself by `manage.py document_packs`.", ""]
    index += [f"- [{name.removesuffix('.md')}]({name})" for name in sorted(written)]
    return {**written, "README.md": "\n".join(index) + "\n"}


class Command(BaseCommand):
    help = "Write the documentation of every pack; with --check only compare it."
    requires_system_checks: list[str] = []  # noqa: RUF012  (Django's own way to say so)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a page is not what its pack says")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "platforms"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages().items():
            target = folder / name
            current = target.read_text(encoding="utf-8") if target.exists() else ""
            if options["check"] and current != text:
                raise CommandError(f"docs/platforms/{name} is not what its pack says: run `manage.py document_packs`.")
            if not options["check"] and current != text:
                target.write_text(text, encoding="utf-8")
                self.stdout.write(f"docs/platforms/{name}")
