"""French punctuation: a no-break space before « : ; ? ! » and inside quotes, so that no line begins with a colon."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.settings import ROOT

# A plain space where a no-break space belongs; « : » only counts between words, not in code or addresses.
LOOSE = re.compile(r"« | »|(?<=[^\W\d_]|[»)}%€’”\]…¤>]) (?=[:;?!](?:[\s<{)¤.,\"']|$))")
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


def docstrings(source: str) -> set[tuple[int, int]]:
    """Where the docstrings begin: they are English."""
    return {
        (node.value.lineno, node.value.col_offset)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def strings(source: str) -> Iterator[str]:
    """Every string of a module but its docstrings, as it is written."""
    skipped = docstrings(source)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING and token.start not in skipped:
            yield token.string


@pytest.mark.parametrize("path", sorted((ROOT / "tracker").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_sentences_of_the_code(path: Path) -> None:
    found = [text for text in strings(path.read_text("utf-8")) if LOOSE.search(text) and "http" not in text]
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_sentences_of_the_templates(path: Path) -> None:
    texts = JINJA.sub("¤", path.read_text("utf-8"))
    assert [line.strip() for line in texts.splitlines() if LOOSE.search(line)] == []
