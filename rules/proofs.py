"""Proof files: what exploring each shipped pack showed, kept beside the packs with the hash of what was explored."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

from rules.calendar_loader import load_calendar
from rules.engine.soundness import Soundness, prove
from rules.loader import digest, load_document, load_policy, pack_names, pack_versions

PROOFS = Path(__file__).parent / "proofs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A kept proof."""

    pack: str
    digest: str
    """The hash of the resolved document the proof is about."""
    states: int
    silence_bound_days: float | None
    """None when some case would never close by itself."""
    sound: bool
    findings: tuple[str, ...]
    """Code and subject of each finding."""
    unsound: tuple[str, ...]
    """The findings that make a pack unsound; the others only warn."""


def provable_names() -> tuple[str, ...]:
    """Every text of every shipped pack, earlier ones that open cases may still be pinned to included."""
    return tuple(version.name for pack in pack_names() for version in pack_versions(pack))


def prove_pack(pack: str) -> Soundness:
    """Explore a shipped pack, or one of its earlier texts, as it is now. Raises PackError and TooManyStates."""
    policy = load_policy(pack)
    began = process_time()
    proven = prove(policy, load_calendar(policy.calendar), digest=pack_digest(pack))
    return replace(proven, pack=pack, seconds=round(process_time() - began, 1))


def pack_digest(pack: str) -> str:
    """The hash of the resolved document of a shipped pack. Raises PackError."""
    return digest(load_document(pack).values)


def proof_of(pack: str, folder: Path = PROOFS) -> Proof | None:
    """The kept proof of a pack, whether or not it is still about the pack's present text."""
    path = folder / f"{pack}.json"
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    told = [(f"{finding['kind']} {finding['subject']}", finding["warning"]) for finding in kept["findings"]]
    return Proof(
        pack=kept["pack"], digest=kept["digest"], states=kept["states"], sound=kept["sound"],
        silence_bound_days=kept["silence_bound_days"], findings=tuple(text for text, _ in told),
        unsound=tuple(text for text, warning in told if not warning),
    )  # fmt: skip


def keep_proof(result: Soundness, folder: Path = PROOFS) -> Path:
    """Write the proof file of a pack. Equal results give equal files, so the seconds are left out."""
    path = folder / f"{result.pack}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    findings = [
        {
            "kind": finding.kind,
            "warning": finding.warning,
            "subject": finding.subject,
            "path": [list(step) for step in finding.path],
        }
        for finding in result.findings
    ]
    kept = {
        "pack": result.pack, "digest": result.digest, "states": result.states, "sound": result.sound,
        "silence_bound_days": bound_in_days(result), "findings": findings,
    }  # fmt: skip
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def bound_in_days(result: Soundness) -> float | None:
    """The silence bound in days, to a tenth."""
    return None if result.silence_bound is None else round(result.silence_bound.total_seconds() / 86400, 1)
