"""Programs the tests need and the machine may lack: PostgreSQL, Chromium, LibreOffice.

A missing one skips the tests that need it and is named as the reason; with ``TRACKER_REQUIRE_ALL=1``, which
``.ci/run`` sets, it fails them instead, so that no proof is ever left out unseen.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def missing(tool: str) -> NoReturn:
    """Skip the running test, or fail it where every tool is required. ``tool`` names what to install."""
    reason = f"{tool} is not installed"
    if os.environ.get("TRACKER_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and TRACKER_REQUIRE_ALL=1 requires it", pytrace=False)
    pytest.skip(reason)


def program(*names: str, package: str) -> Path:
    """The first of these programs found on the path; ``package`` is the Debian package to name when none is."""
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found)
    return missing(f"{names[0]} (package {package})")
