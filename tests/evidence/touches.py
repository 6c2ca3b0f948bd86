"""Who touched a file, for whoever tests it."""

from uuid import UUID

from evidence.models import CustodyEvent


def custody_of(file_id: UUID) -> list[CustodyEvent]:
    """Every touch of a file, oldest first."""
    return list(CustodyEvent.objects.filter(file_id=file_id).order_by("sequence"))
