"""Seals of rulings: a digest over all that a ruling says, which the journal keeps instead of the words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from disputes.snapshot import canonical

if TYPE_CHECKING:
    from disputes.models import Finding, Ruling, RulingLine


def seal_of(ruling: Ruling, lines: Iterable[RulingLine], findings: Iterable[Finding]) -> str:
    """SHA-256, in hexadecimal, over a ruling, its amounts and its answers; not over what becomes of it later."""
    return hashlib.sha256(
        canonical(
            [
                str(ruling.id),
                ruling.case_id,
                str(ruling.kind),
                ruling.arbitrator_id,
                ruling.outcome,
                ruling.upheld,
                ruling.remedy,
                ruling.liable,
                ruling.seller_share,
                ruling.clause,
                ruling.reasons,
                ruling.false_evidence_by,
                sorted([str(line.kind), f"{line.amount:.2f}", line.payer, line.payee, line.clause] for line in lines),
                sorted([str(finding.exhibit_id), finding.answer] for finding in findings),
            ]
        )
    ).hexdigest()
