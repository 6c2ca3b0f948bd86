"""Named moments at which a process of the house kills itself, without a word, as a power cut would.

They are put around functions of the product from outside, so that the product knows nothing of them.

after_claim     a sweep has locked its cases and not yet settled them
before_commit   everything of a batch is written, nothing is committed
after_commit    a batch is committed, nobody has been told of it
before_relay    the relay has claimed events and told nobody
half_delivered  a mail is out, and that it is out is not recorded
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

POINTS = ("after_claim", "before_commit", "after_commit", "before_relay", "half_delivered")


def put_in_place(told: str) -> None:
    """Put the points of `name=chance,...` around the product's functions. Raises ValueError for an unknown name."""
    for entry in filter(None, told.split(",")):
        name, _, chance = entry.partition("=")
        if name not in POINTS:
            raise ValueError(f"unknown kill point {name}; there are {', '.join(POINTS)}")
        _PLACES[name](lambda name=name, chance=float(chance): _perhaps_die(name, chance))  # type: ignore[misc]


def _perhaps_die(name: str, chance: float) -> None:
    if _chance.random() < chance:
        with (Path(os.environ["TRIAL_FOLDER"]) / "kills").open("a") as signed:
            signed.write(f"{name}\n")
            signed.flush()
            os.fsync(signed.fileno())
        os.kill(os.getpid(), signal.SIGKILL)


_chance = random.SystemRandom()
"""Every process is new after its death: a seed would let it die at the same place for ever."""


def _after_claim(die: Callable[[], None]) -> None:
    from disputes.services import sweeping

    _before(sweeping, "_settle", lambda arguments: die() if arguments and arguments[0] else None)


def _before_commit(die: Callable[[], None]) -> None:
    from disputes.services import sweeping

    _after(sweeping, "_settle", lambda swept: die() if swept.moved else None)


def _after_commit(die: Callable[[], None]) -> None:
    from disputes.services import sweeping

    _after(sweeping, "sweep_batch", lambda swept: die() if swept.moved else None)


def _before_relay(die: Callable[[], None]) -> None:
    from notifications.services import relay

    _before(relay, "read", lambda _arguments: die())


def _half_delivered(die: Callable[[], None]) -> None:
    from trials.mail import MailFolder

    _after(MailFolder, "send_messages", lambda _count: die())


_PLACES = {
    "after_claim": _after_claim, "before_commit": _before_commit, "after_commit": _after_commit,
    "before_relay": _before_relay, "half_delivered": _half_delivered,
}  # fmt: skip


def _before(owner: Any, name: str, look: Callable[[tuple[Any, ...]], None]) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        look(arguments)
        return original(*arguments, **named)

    setattr(owner, name, call)


def _after(owner: Any, name: str, look: Callable[[Any], None]) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        answer = original(*arguments, **named)
        look(answer)
        return answer

    setattr(owner, name, call)
