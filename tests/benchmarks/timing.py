"""Two ways of doing the same work, timed turn by turn."""

import gc
import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import openpyxl.xml


@dataclass(frozen=True)
class Times:
    """The rounds of one piece of work, in seconds: of this process alone (``cpu``), and on the wall's clock."""

    cpu: list[float]
    wall: list[float]

    @property
    def median(self) -> float:
        """The figure a ratio is made of: of this process, so that another one's work does not count."""
        return statistics.median(self.cpu)

    def __str__(self) -> str:
        low, high = min(self.cpu), max(self.cpu)
        wall = statistics.median(self.wall)
        return f"{self.median * 1e3:9.1f} ms  ({low * 1e3:.1f} to {high * 1e3:.1f}; on the wall {wall * 1e3:.1f})"


def interleaved(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Each work once per round, in an order that turns, after one round that is not kept.

    Interleaved, because a machine that slows down halfway would otherwise slow only one of them.
    """
    times = {name: Times([], []) for name in works}
    names = list(works)
    for work in works.values():
        work()
    for number in range(rounds):
        for name in names if number % 2 else reversed(names):
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            works[name]()
            times[name].cpu.append(time.process_time() - cpu)
            times[name].wall.append(time.perf_counter() - wall)
    return times


def machine() -> str:
    """What the times were taken on."""
    processor = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    lxml = "with" if openpyxl.xml.LXML else "without"
    return (
        f"{processor}, {os.cpu_count()} cores, load {load}; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"openpyxl {openpyxl.__version__} {lxml} lxml"
    )


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
