"""As whom a server runs, and how a child is tied to the life of its parent.

PostgreSQL refuses to run as root. Where we are root, its process enters a user namespace in which it is
somebody else: no user is created and no file changes its owner. Where namespaces are refused, it runs as `nobody`.
"""

import ctypes
import enum
import os
import pwd
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

LIBRARY = ctypes.CDLL(None, use_errno=True)
"""The C library, loaded before any fork: a child must not wait for the loader's lock."""
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


class Identity(enum.Enum):
    """How a server that must not be root is started."""

    OURSELVES = "ourselves"
    """We are an ordinary user already."""
    MAPPED = "mapped"
    """Root, or a user without a name, outside; an ordinary user inside a namespace of its own."""
    NOBODY = "nobody"
    """The system's `nobody`, who must then own the data folder."""


def enter_namespace() -> None:
    """Become an ordinary user inside a new user namespace; OSError where the system refuses."""
    user, group = os.geteuid(), os.getegid()
    ordinary = pwd.getpwnam("nobody")  # any name but root's that the system knows: PostgreSQL looks it up
    if LIBRARY.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{ordinary.pw_uid} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{ordinary.pw_gid} {group} 1")


def die_with_parent(death_signal: int) -> None:
    """Ask the kernel to send `death_signal` to this process when its parent ends (Linux; elsewhere the watchman)."""
    if sys.platform.startswith("linux"):
        LIBRARY.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def become_nobody() -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


@cache
def unprivileged_identity() -> Identity:
    """What works here, tried in a child that ends at once."""
    if os.geteuid() != 0 and has_a_name(os.geteuid()):
        return Identity.OURSELVES
    child = os.fork()
    if child == 0:
        try:
            enter_namespace()
        except (OSError, AttributeError, KeyError):  # no namespaces in this system, or none for us
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == 0:
        return Identity.MAPPED
    return Identity.OURSELVES if os.geteuid() != 0 else Identity.NOBODY


def has_a_name(user: int) -> bool:
    """Whether the system knows the user; containers run as numbers it does not know, and PostgreSQL refuses those."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def as_ordinary_user(death_signal: int | None = signal.SIGTERM) -> Callable[[], None]:
    """What a child runs between fork and exec so that it is not root.

    The order matters: changing credentials forgets the parent-death signal, so that comes last. `None` is for a
    child that is to outlive its parent.
    """
    change = {Identity.MAPPED: enter_namespace, Identity.NOBODY: become_nobody}.get(unprivileged_identity())
    parent = os.getpid()

    def prepare() -> None:
        if change is not None:
            change()
        if death_signal is not None:
            tie_to(parent, death_signal)

    return prepare


def as_ourselves(death_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """What a child that may keep our identity runs between fork and exec."""
    parent = os.getpid()
    return lambda: tie_to(parent, death_signal)


def tie_to(parent: int, death_signal: int) -> None:
    die_with_parent(death_signal)
    if os.getppid() != parent:
        os._exit(1)  # the parent ended before the kernel was asked
