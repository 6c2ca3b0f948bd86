"""Where the house keeps its files, and the addresses of its embedded servers."""

import hashlib
import os
import pwd
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from run.problems import CannotStart

CHECKOUT = Path(__file__).resolve().parent.parent
LONGEST_SOCKET_DIRECTORY = 80
"""In bytes. The kernel refuses a socket path over 107; the server's file name and a lock suffix need the rest."""

OWNER_ROLE = "gongduan_owner"
"""Owns the database and its tables: migrations and tests."""
APPLICATION_ROLE = "gongduan_app"
"""What web and workers connect as."""
SUPERUSER = "postgres"
DATABASE = "gongduan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders of one installation."""

    data: Path
    """The one folder that holds everything worth keeping."""

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def lock(self) -> Path:
        """Held by the supervisor."""
        return self.data / "supervisor.lock"

    @property
    def children_lock(self) -> Path:
        """Held by the supervisor and by its watchman: until nothing that they started is left."""
        return self.data / "children.lock"

    @property
    def sockets(self) -> Path:
        """Inside the data folder, or a short folder elsewhere when that path would be too long for a socket."""
        inside = self.data / "sockets"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIRECTORY:
            return inside
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"gongduan-{os.getuid()}-{digest}"

    def database_url(self, role: str = APPLICATION_ROLE, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?{urlencode({'host': str(self.sockets)})}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.sockets / 'valkey.sock'}"


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """`GONGDUAN_DATA`, or `.gongduan` in the checkout; always absolute."""
    named = environment.get("GONGDUAN_DATA")
    return (Path(named).expanduser() if named else CHECKOUT / ".gongduan").absolute()


def is_ours(path: Path) -> bool:
    """Whether nobody else can have laid it there for us; root trusts the folders of others, but no shared one."""
    owner = path.stat().st_uid
    if os.getuid() == 0 and path.parent != Path(tempfile.gettempdir()):
        return True
    return owner in {os.getuid(), pwd.getpwnam("nobody").pw_uid}


def private_folder(path: Path) -> Path:
    """Make `path` with access for its owner only, or say why that is not possible."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The folder {path} cannot be made ({error.strerror}): set GONGDUAN_DATA to a folder you may write to."
        ) from error
    if not is_ours(path):
        raise CannotStart(f"The folder {path} belongs to another user: set GONGDUAN_DATA to a folder of your own.")
    if not os.access(path, os.W_OK | os.X_OK):
        raise CannotStart(f"The folder {path} is not writable: set GONGDUAN_DATA to a folder you may write to.")
    return path
