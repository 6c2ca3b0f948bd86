"""Work on files away from the page; the settings route it to the queue `evidence`. Pages draw what they miss."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task

from contract.errors import DomainError
from evidence import selectors, services

logger = logging.getLogger(__name__)


@shared_task(name="evidence.tasks.derive_preview", ignore_result=True)
def derive_preview(file_id: str) -> None:
    """Draw one picture's preview where it is missing."""
    services.derive_preview(UUID(file_id))


@shared_task(name="evidence.tasks.derive_missing_previews", ignore_result=True)
def derive_missing_previews() -> int:
    """Draw every preview that is missing; a picture that cannot be drawn stops no other. Answers how many it drew."""
    return sum(_derived(file_id) for file_id in selectors.pictures_without_preview())


def _derived(file_id: UUID) -> bool:
    try:
        services.derive_preview(file_id)
    except DomainError as refusal:
        logger.warning("no preview of %s: %s", file_id, refusal.code)
        return False
    return True
