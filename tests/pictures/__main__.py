"""``python -m tests.pictures``: the README's pictures into docs/pictures; ``--all DIR``: every screen, to be looked at.

``--all`` follows the links of each role's pages, opens one page of each kind at 360 and 1440 px, photographs it whole,
and says which scroll sideways, answer an error or write one to the console.
"""

import argparse
import tempfile
from pathlib import Path

from tests.pictures.crawl import ROLES, crawl
from tests.pictures.readme import PICTURES, take
from tests.pictures.site import HEIGHTS, chromium, demonstration
from tracker.settings import ROOT


def main() -> int:
    """Take the pictures; 1 when a screen is faulty."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="DIR", help="every screen of every role, into this folder")
    parser.add_argument("--role", action="append", choices=ROLES, help="with --all: this role alone (repeatable)")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="tracker-pictures-") as directory,
        demonstration(Path(directory)) as site,
        chromium() as browser,
    ):
        if options.all is None:
            for picture in PICTURES:
                print(take(browser, site, picture, ROOT / "docs" / "pictures"), flush=True)
            return 0
        faults = [
            fault
            for role in options.role or ROLES
            for width in HEIGHTS
            for fault in crawl(browser, site, role, width, options.all)
        ]
    print("\n".join(faults) or "no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
