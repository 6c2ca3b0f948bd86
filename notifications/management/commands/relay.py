"""Tells what the journal says and sends the mails of it, without a broker: once, or for ever."""

import logging
import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from contract import signs
from notifications.services.relay import relay_until_done
from notifications.services.sending import send_until_done

EVERY = 1.0
"""Seconds between two rounds."""
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Tell people what happened in their cases, and send the mails that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true", help="go on, a round every second, until interrupted")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["forever"]:
            relayed, sent = relay_until_done(), send_until_done()
            self.stdout.write(f"{relayed.events} events, {relayed.notifications} notifications, {sent.sent} mails")
            return
        over = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: over.set())
        signs.begin_as("relay")
        while not over.is_set():
            self._round()
            over.wait(EVERY)

    def _round(self) -> None:
        """One round; a database that is away for a while is waited for."""
        try:
            relay_until_done()
            send_until_done()
            signs.sign(works=1)
        except DatabaseError:
            logger.exception("this round of the relay failed; the next one takes up what it left")
            close_old_connections()
