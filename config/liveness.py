"""How workers sign: from the loop that consumes, and with every task they finish.

The loop's sign tells of a worker that is frozen, or hangs on a broker that accepted and never answered. The finished
tasks tell of one whose loop turns round and takes nothing. Nothing of Django is imported before it is needed: this
module is part of what makes the Celery application.
"""

from typing import Any

from celery import bootsteps
from celery.concurrency.solo import TaskPool as SoloPool
from celery.signals import task_postrun, worker_init

INTERVAL = 5.0
"""Seconds between two signs of a loop that turns."""


class SignsOfLife(bootsteps.StartStopStep):
    """A timer in the worker's own loop: it rings only while the worker consumes."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self.timer: Any = None

    def start(self, consumer: Any) -> None:
        self.timer = consumer.timer.call_repeatedly(INTERVAL, sign_from_the_loop, (consumer.pool,))

    def stop(self, consumer: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = None

    shutdown = stop


def sign_from_the_loop(pool: Any) -> None:
    from contract import signs  # noqa: PLC0415 - after the applications are ready

    signs.sign()
    if not isinstance(pool, SoloPool):
        hang_up()


def hang_up() -> None:
    """A process that forks keeps no connection: its children would inherit it."""
    from django.db import connection  # noqa: PLC0415 - after the applications are ready

    connection.close()


@worker_init.connect(dispatch_uid="config.liveness.begin")
def begin(sender: Any = None, **_: Any) -> None:
    """A worker signs under its node's name, which is ``name@host`` too."""
    from contract import signs  # noqa: PLC0415 - after the applications are ready

    signs.begin(sender.hostname)
    hang_up()


@task_postrun.connect(dispatch_uid="config.liveness.worked")
def worked(**_: Any) -> None:
    from contract import signs  # noqa: PLC0415 - after the applications are ready

    signs.sign(works=1)
