"""What workers are rung for. A ring names no proof: what waits is found in the database."""

from __future__ import annotations

from celery import shared_task

from rules.drafts_proving import prove_next


@shared_task(name="rules.tasks.prove_drafts", ignore_result=True)  # type: ignore[untyped-decorator]
def prove_drafts() -> bool:
    """Prove the draft that has waited longest; whether there was one."""
    return prove_next()
