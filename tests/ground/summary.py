"""``python -m tests.ground.summary REPORT.xml …``: adds up pytest's JUnit reports and prints one closing line."""

import sys
from pathlib import Path

from defusedxml.ElementTree import parse


def summary(reports: list[Path]) -> str:
    """« N passed, N failed, N skipped » over all the reports; an error counts as a failure."""
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for report in reports:
        for suite in parse(report).iterfind("testsuite"):
            for name in counts:
                counts[name] += int(suite.get(name, 0))
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    return f"{passed} passed, {failed} failed, {counts['skipped']} skipped"


if __name__ == "__main__":
    line = summary([Path(argument) for argument in sys.argv[1:]])
    print(line)
    sys.exit(line.startswith("0 passed, 0 failed"))  # a run without a test proves nothing
