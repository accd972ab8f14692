"""The locked requirement files: every line pinned and hashed, no address, in step with pyproject.toml."""

import hashlib
import json
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
ASKED = {
    "runtime": PROJECT["project"]["dependencies"],
    "postgres": PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["postgres"],
    "test": GROUPS["test"] + GROUPS["e2e"],
    "lint": GROUPS["lint"],
    "lock": GROUPS["lock"],
}


def locked(file: Path) -> dict[str, tuple[str, int]]:
    """Each requirement of the file: its version and how many hashes it has."""
    found: dict[str, tuple[str, int]] = {}
    entries = file.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    for entry in (line for line in entries if line and not line.lstrip().startswith("#")):
        name, _, rest = entry.partition("==")
        found[canonicalize_name(name.partition("[")[0])] = (rest.split()[0], entry.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_requirement_is_pinned_and_hashed_and_names_no_address(file: Path) -> None:
    assert "://" not in file.read_text(encoding="utf-8")
    assert "--index" not in file.read_text(encoding="utf-8")
    unhashed = [name for name, (_, hashes) in locked(file).items() if not hashes]
    assert unhashed == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_lock_satisfies_pyproject(file: Path) -> None:
    versions = locked(file)
    for requirement in map(Requirement, ASKED[file.stem]):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)][0]), requirement


def test_all_files_agree_on_one_version_of_each_package() -> None:
    seen: dict[str, str] = {}
    for file in FILES:
        for name, (version, _) in locked(file).items():
            assert seen.setdefault(name, version) == version, f"{name} in {file.name}"


def test_nothing_of_the_tools_is_needed_to_serve() -> None:
    runtime = locked(ROOT / "requirements" / "runtime.txt")
    assert {"uv", "pytest", "ruff", "playwright"}.isdisjoint(runtime)


def test_vendored_test_files_are_the_published_ones() -> None:
    vendor = ROOT / "tests" / "vendor"
    for package in json.loads((vendor / "MANIFEST.json").read_text(encoding="utf-8")):
        assert (vendor / f"{package['name']}-{package['version']}" / "LICENSE").exists()
        for name, digest in package["files"].items():
            assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest
