"""`manage.py check` fails on a pack that is invalid or not proven sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from rules.documents import PackError
from rules.loader import PackVersion, digest, load_version_document, load_version_policy, pack_names, pack_versions
from rules.proofs import proof_of


@register("rules")
def check_packs(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Compile every shipped pack and compare it with its proof. Compiling names file, line, field and nearest word."""
    found: list[CheckMessage] = []
    for pack in pack_names():
        try:
            for version in pack_versions(pack):
                load_version_policy(version)
                found.extend(_unproven(version))
        except PackError as error:
            found.append(Error(str(error), hint="`manage.py show_pack` prints a pack as it is used.", id="rules.E001"))
    return found


def _unproven(version: PackVersion) -> list[CheckMessage]:
    proof = proof_of(version.name)
    if proof is None or proof.digest != _digest(version):
        text = f"{version.name}: not proven sound in its present form"
        return [Error(text, hint="Run `manage.py prove_packs` and commit the proof.", id="rules.E002")]
    return [Error(f"{version.name}: unsound: {finding}", id="rules.E003") for finding in proof.unsound]


def _digest(version: PackVersion) -> str:
    return digest(load_version_document(version).values)
