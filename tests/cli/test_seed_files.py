"""The files of ``seeds/`` themselves, and that the code names nothing of what stands in them."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stdnum.fr import siren as siren_numbers

from tracker.cli.seed.loading import SEEDS, read_csv, read_json
from tracker.settings import ROOT

FILES = sorted(path for path in SEEDS.rglob("*") if path.suffix in (".csv", ".json", ".md"))


def values_under(data: Any, name: str) -> Iterator[str]:
    """Every text a JSON structure holds under this key."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == name and isinstance(value, str):
                yield value
            yield from values_under(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from values_under(value, name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SEEDS)))
def test_text_is_composed_unicode(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not text.startswith("\ufeff")


def test_sirens_keep_their_check_digit() -> None:
    numbers = [
        line["siren"]
        for name in ("cities.csv", "landlords.csv", "demo/landlords.csv")
        for line in read_csv(name)
        if "siren" in line
    ]
    numbers += values_under(read_json("contracts.json"), "intercommunal_siren")
    assert len(numbers) == 4 + 2 + 1
    for number in numbers:
        assert siren_numbers.is_valid(number), number


def test_the_contract_announces_no_cost() -> None:
    lines = read_csv("projects.csv")
    assert [line["insee"] for line in lines].count("92032") == 6
    assert not {"cost_excl_tax", "cost_incl_tax", "self_funding"} & {name for line in lines for name in line}


# -- nothing of it in the code -------------------------------------------------------------------------------------


def names_of_the_contract() -> set[str]:
    """Codes, names and numbers of the seeded contract, in lower case."""
    names: set[str] = set()
    for contract in read_json("contracts.json"):
        names |= {contract["code"], contract["name"], contract["intercommunal_name"]}
        names |= {contract["intercommunal_siren"], contract["intercommunal_name"].split(" – ")[0]}
        names |= {neighbourhood["name"] for neighbourhood in contract["neighbourhoods"]}
    for line in read_csv("cities.csv") + read_csv("landlords.csv"):
        names |= set(line.values())
    return {name.lower() for name in names}


def python_code(source: str) -> str:
    """The names and the strings of a module, without its comments and docstrings."""
    words = []
    docstrings = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                docstrings.add(id(first.value))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            words.append(node.value)
        words += [
            value for name in ("id", "attr", "arg", "name") if isinstance(value := getattr(node, name, None), str)
        ]
    return "\n".join(words).lower()


def template_code(source: str) -> str:
    """A template without its comments."""
    return re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL).lower()


def named_in(code: str, names: set[str]) -> set[str]:
    return {name for name in names if name in code}


def test_the_code_names_no_contract() -> None:
    names = names_of_the_contract()
    assert {"blagis", "92007", "bagneux"} <= names
    found = {}
    for path in (ROOT / "tracker").rglob("*.py"):
        found[path] = named_in(python_code(path.read_text()), names)
    for path in (ROOT / "templates").rglob("*.html"):
        found[path] = named_in(template_code(path.read_text()), names)
    assert {str(path.relative_to(ROOT)): hits for path, hits in found.items() if hits} == {}


def test_a_name_in_the_code_would_be_found() -> None:
    names = {"bagneux"}
    assert named_in(python_code('"""Bagneux."""\n# Bagneux\nx = 1\n'), names) == set()
    assert named_in(python_code('def f():\n    """Bagneux."""\n    return "Ville de Bagneux"\n'), names) == names
    assert named_in(python_code("bagneux = 1\n"), names) == names
    assert named_in(template_code("{# Bagneux #}<p>Ville</p>"), names) == set()
    assert named_in(template_code("<p>Bagneux</p>"), names) == names
