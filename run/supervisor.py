"""Starts programs, passes on what they say, starts them again when they end, and stops them in order.

One thread: a child asks the kernel to be told of the death of the thread that made it, so all are made by one that
lives as long as the supervisor.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from run.children import start_child
from run.places import CHECKOUT
from run.problems import CannotStart
from run.watching import Watch, instance_of

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 15.0
"""Seconds before a program that keeps ending is started again; the pause doubles from the first to the longest."""
KILLED_BY_OTHERS = (-signal.SIGKILL, -signal.SIGTERM)
"""How a program ends that somebody else ended: out of memory, by hand, by a careless script."""
STEADY = 30.0
"""Seconds of life after which a program's earlier ends are forgotten."""
COLOURS = (36, 32, 33, 35, 34, 96, 92, 93)


class Stopped(Exception):
    """Somebody asked for the end while the house was starting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to start, and how to end it."""

    name: str
    command: list[str]
    rank: int
    """Programs of a lower rank are stopped first, together."""
    ending: int = signal.SIGTERM
    """The signal that asks it to finish what it does and end."""
    patience: float = 10.0
    """Seconds it may take to end before it is killed."""
    unprivileged: bool = False
    """Whether it refuses to be root."""
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = str(CHECKOUT)
    unremarkable: tuple[str, ...] = ()
    """Lines that hold one of these are not passed on."""
    watched: bool = False
    """Whether it signs in the database, and is ended when it makes no progress."""


class Child:
    """One program, through all the processes it may need."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.ends_in_a_row = 0
        self.start_again_at: float | None = None
        self.unfinished_line = b""

    def pause_after(self, code: object) -> float:
        """Seconds until it is started again: more and more for one that fails by itself, never for a victim."""
        if code in KILLED_BY_OTHERS:
            return FIRST_PAUSE
        pause = min(FIRST_PAUSE * 2**self.ends_in_a_row, LONGEST_PAUSE)
        self.ends_in_a_row += 1
        return pause

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps the children of the house."""

    def __init__(self, lock: int) -> None:
        self.children: dict[str, Child] = {}
        self.selector = selectors.DefaultSelector()
        self.stopping = 0
        """How often somebody has asked for the end."""
        self.lock = lock
        self.watchman = self._start_watchman()
        self.watch: Watch | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # `nohup` asks to outlive the terminal; a shell that ignores Ctrl-C for its background jobs means no harm.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, *_: object) -> None:
        self.stopping += 1

    # Starting

    def start(self, program: Program) -> Child:
        child = self.children[program.name] = Child(program)
        self._spawn(child)
        return child

    def _spawn(self, child: Child) -> None:
        program = child.program
        child.process = start_child(
            program.command,
            program.ending,
            unprivileged=program.unprivileged,
            cwd=program.folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        child.started_at = time.monotonic()
        child.start_again_at = None
        if self.watch is not None:
            self.watch.judge.forget(instance_of(program.name))
        output = child.process.stdout
        assert output is not None
        os.set_blocking(output.fileno(), False)
        self.selector.register(output, selectors.EVENT_READ, child)
        self._tell_watchman(f"born {program.rank} {int(program.ending)} {child.process.pid}")

    def _start_watchman(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-S", "-m", "run.watchman"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[self.lock],
        )

    def _tell_watchman(self, message: str) -> None:
        pipe = self.watchman.stdin
        assert pipe is not None
        try:
            pipe.write(message.encode() + b"\n")
            pipe.flush()
        except BrokenPipeError:
            self.watchman.wait()
            self.watchman = self._start_watchman()
            for child in self.children.values():
                if child.lives and child.process is not None:
                    program = child.program
                    self._tell_watchman(f"born {program.rank} {int(program.ending)} {child.process.pid}")

    # Waiting

    def wait_until(self, true: Callable[[], bool], seconds: float, what: str) -> None:
        """Attend to the children until `true()`; CannotStart after `seconds`, Stopped if somebody asks for the end."""
        limit = time.monotonic() + seconds
        while not true():
            if time.monotonic() > limit:
                raise CannotStart(f"{what} did not become ready within {seconds:g} seconds: see its lines above.")
            self.attend(0.05)

    def run_to_end(self, program: Program) -> None:
        """Run a program once; CannotStart if it fails."""
        child = self.start(program)
        while child.lives:
            self.attend(0.05, restart=False)
        self._drain(child)
        del self.children[program.name]
        assert child.process is not None
        self._tell_watchman(f"gone {child.process.pid}")
        if child.process.returncode != 0:
            raise CannotStart(f"{program.name} failed: see its lines above.")

    def keep_going(self) -> None:
        """Attend to the children until somebody asks for the end."""
        with contextlib.suppress(Stopped):
            while True:
                self.attend(0.5)

    def attend(self, seconds: float, *, restart: bool = True) -> None:
        """Pass on what was said within `seconds`, and start again what has ended."""
        for key, _ in self.selector.select(seconds):
            self._pass_on(key.data)
        if self.stopping:
            raise Stopped
        for child in list(self.children.values()):
            if restart and not child.lives:
                self._start_again(child)
        if self.watchman.poll() is not None:
            self._tell_watchman("gone 0")
        self._end_the_stuck()

    def watch_over(self, address: str) -> None:
        """From now on end every watched program that makes no progress by the database at `address`."""
        self.watch = Watch(address=address)

    def _end_the_stuck(self) -> None:
        if self.watch is None:
            return
        watched = {
            instance_of(child.program.name): child
            for child in self.children.values()
            if child.program.watched and child.lives
        }
        for instance, why in self.watch.look(watched).items():
            child = watched[instance]
            self.say(f"{child.program.name} makes no progress ({why}); ending it")
            assert child.process is not None
            child.process.kill()  # nothing gentler reaches a frozen one, and nothing it does is lost

    def _start_again(self, child: Child) -> None:
        now = time.monotonic()
        if child.start_again_at is None:
            self._bury(child)
            if now - child.started_at > STEADY:
                child.ends_in_a_row = 0
            code = child.process.returncode if child.process else "?"
            pause = child.pause_after(code)
            child.start_again_at = now + pause
            self.say(f"{child.program.name} ended ({ending_in_words(code)}); starting it again in {pause:.1f} s")
        elif now >= child.start_again_at:
            self._spawn(child)

    def _bury(self, child: Child) -> None:
        """A leader that was killed leaves its followers: end them too, before another leader comes."""
        assert child.process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        self._drain(child)
        self._tell_watchman(f"gone {child.process.pid}")

    # Speaking

    def say(self, message: str) -> None:
        self._print("gongduan", message, colour=1)

    def _pass_on(self, child: Child) -> bool:
        """Print the whole lines that a child has said; whether there may be more."""
        assert child.process is not None
        assert child.process.stdout is not None
        try:
            said = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        if not said:
            self.selector.unregister(child.process.stdout)
            child.process.stdout.close()
        *lines, child.unfinished_line = (child.unfinished_line + said).split(b"\n")
        colour = COLOURS[list(self.children).index(child.program.name) % len(COLOURS)]
        for line in (raw.decode(errors="replace") for raw in lines):
            if not any(fragment in line for fragment in child.program.unremarkable):
                self._print(child.program.name, line, colour=colour)
        return bool(said)

    def _drain(self, child: Child) -> None:
        while child.process and child.process.stdout and not child.process.stdout.closed and self._pass_on(child):
            pass
        if child.process and child.process.stdout and not child.process.stdout.closed:
            self.selector.unregister(child.process.stdout)
            child.process.stdout.close()

    def _print(self, name: str, line: str, *, colour: int) -> None:
        label = f"{name:<9}|"
        if sys.stdout.isatty():
            label = f"\033[{colour}m{label}\033[0m"
        with contextlib.suppress(OSError):  # the terminal may be gone, and that is no reason to stop
            print(label, line, flush=True)

    # Stopping

    def stop_everything(self) -> None:
        """Stop the children rank by rank, each given its time; a second request for the end shortens it."""
        self.stopping = 0
        for rank in sorted({child.program.rank for child in self.children.values()}):
            self._stop_rank([child for child in self.children.values() if child.program.rank == rank])
        pipe = self.watchman.stdin
        assert pipe is not None
        pipe.close()
        self.watchman.wait()

    def _stop_rank(self, children: list[Child]) -> None:
        for child in children:
            if child.lives and child.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.process.pid, child.program.ending)
        limits = {child.program.name: time.monotonic() + child.program.patience for child in children}
        while waiting := [child for child in children if child.lives]:
            for key, _ in self.selector.select(0.05):
                self._pass_on(key.data)
            for child in waiting:
                if self.stopping or time.monotonic() > limits[child.program.name]:
                    assert child.process is not None
                    child.process.kill()
        for child in children:
            if child.process is not None:
                self._bury(child)


def ending_in_words(code: object) -> str:
    if isinstance(code, int) and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
