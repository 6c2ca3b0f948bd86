"""What workers are rung for. A ring names no run: what is unfinished is found in the database."""

from __future__ import annotations

from celery import shared_task

from studio.lab import running


@shared_task(name="studio.tasks.work_in_the_lab", ignore_result=True)
def work_in_the_lab() -> int:
    """Go on with replays for a few seconds; how many histories were replayed."""
    return running.work()


@shared_task(name="studio.tasks.verify_every_night", ignore_result=True)
def verify_every_night() -> int | None:
    """Have every history verified once a night; the id of the run that was started."""
    return running.verify_every_night()
