"""How many messages wait in the broker: asked with little patience, and not at all while it is known to be away."""

from __future__ import annotations

from typing import Final

import redis
from celery import current_app
from kombu.exceptions import OperationalError as BrokerError

from contract.fuse import Fuse

QUEUES: Final = ("deadlines", "default", "evidence", "mail")
PATIENCE: Final = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
"""Seconds: a page waits for the answer."""

fuse = Fuse()


def queue_depths() -> dict[str, int] | None:
    """Messages that wait in each queue; None while the broker is away, which stops no deadline."""
    if fuse.blown():
        return None
    try:
        with current_app.connection_for_read(transport_options=PATIENCE, connect_timeout=0.5) as broker:
            client = broker.default_channel.client
            depths = {queue: int(client.llen(queue)) for queue in QUEUES}
    except (BrokerError, redis.RedisError, OSError):
        fuse.blow()
        return None
    fuse.mend()
    return depths
