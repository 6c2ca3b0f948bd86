"""What the scheduler rings: telling every second, sending every few."""

from __future__ import annotations

from celery import shared_task

from notifications.services.relay import relay_until_done
from notifications.services.sending import send_until_done


@shared_task(name="notifications.tasks.relay", ignore_result=True)
def relay() -> None:
    """Tell people what the journal says and nobody told them yet."""
    relay_until_done()


@shared_task(name="notifications.tasks.send_deliveries", ignore_result=True)
def send_deliveries() -> None:
    """Send the mails that are due."""
    send_until_done()
