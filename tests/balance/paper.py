"""Reading a PDF back as a reader does: its pages as text, its amounts in French, its structure."""

import re
import subprocess
import zlib
from pathlib import Path

from tests.balance.faces import SPACES
from tests.ground.tools import program

STREAM = re.compile(rb"stream\n(.*?)\nendstream", re.DOTALL)


def _run(name: str, *arguments: str) -> str:
    reader = program(name, package="poppler-utils")
    return subprocess.run([str(reader), *arguments], check=True, capture_output=True, text=True, timeout=120).stdout


def pages(content: bytes, folder: Path) -> list[str]:
    """What each page says, laid out as it is printed."""
    path = folder / "bilan.pdf"
    path.write_bytes(content)
    return _run("pdftotext", "-layout", str(path), "-").split("\f")[:-1]


def facts(content: bytes, folder: Path) -> dict[str, str]:
    """What ``pdfinfo`` knows of the file."""
    path = folder / "bilan.pdf"
    path.write_bytes(content)
    lines = (line.partition(":") for line in _run("pdfinfo", str(path)).splitlines())
    return {name: value.strip() for name, _, value in lines}


def _tree(content: bytes, folder: Path) -> list[str]:
    path = folder / "bilan.pdf"
    path.write_bytes(content)
    return [line.strip() for line in _run("pdfinfo", "-struct-text", str(path)).splitlines() if line.strip()]


def structure(content: bytes, folder: Path) -> list[str]:
    """The types of the structure tree, in reading order."""
    return [line.split()[0].rstrip(":") for line in _tree(content, folder) if line[0] not in '"/']


def tables(content: bytes, folder: Path) -> dict[str, list[dict[str, str]]]:
    """What somebody who hears the document is told of its tables: caption → rows as header → text.

    Read from the tags, not from where the words stand. A table that goes on over a page has one row of headers.
    """
    found: dict[str, list[list[str]]] = {}
    caption, cell, rows = "", None, []
    for line in _tree(content, folder):
        kind = line.split()[0].rstrip(":")
        if kind == "Caption":
            caption, cell, rows = "", "caption", []
        elif kind == "TR":
            rows.append([])
            cell = None
        elif kind in ("TH", "TD"):
            rows[-1].append("")
            cell = "cell"
        elif line.startswith('"') and cell == "caption":
            found.pop(caption, None)
            caption = f"{caption} {line[1:-1]}".strip()
            found[caption] = rows
        elif line.startswith('"') and cell == "cell":
            rows[-1][-1] = f"{rows[-1][-1]} {line[1:-1]}".strip()
        elif kind in ("H2", "H3", "P", "Figure", "L"):
            cell = "cell" if kind == "Figure" else None
    return {
        SPACES.sub(" ", name): [dict(zip(held[0], row, strict=True)) for row in held[1:] if len(row) == len(held[0])]
        for name, held in found.items()
        if held
    }


def inside(content: bytes) -> bytes:
    """The file with its compressed streams opened, to look for what no reader shows."""
    opened = [content]
    for stream in STREAM.findall(content):
        try:
            opened.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(opened)
