"""``python -m tests.benchmarks [--keep DIR] [MEASURE …]``: prints the ratios; ``make benchmarks``."""

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.ground import standing
from tests.benchmarks.measures import MEASURES
from tests.benchmarks.timing import machine
from tracker.serving import settle


def main() -> None:
    """Make the data or find it, then print each measure as soon as it is taken."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make the data there, or find it there")
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"all, or some of: {', '.join(MEASURES)}")
    options = parser.parse_args()
    unknown = set(options.measures) - set(MEASURES)
    if unknown:
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    started = time.perf_counter()
    with ExitStack() as stack:
        directory = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-benchmarks-")))
        directory.mkdir(parents=True, exist_ok=True)
        print(machine(), flush=True)
        ground = stack.enter_context(standing(directory))
        print(ground, flush=True)
        settle()  # both sides run in a process that is served
        for name in options.measures or MEASURES:
            measure, rounds = MEASURES[name]
            print(f"\n{measure(ground, rounds)}", flush=True)
    print(f"\n{time.perf_counter() - started:.0f} s in all; medians of this process's own time, turn by turn")


if __name__ == "__main__":
    main()
