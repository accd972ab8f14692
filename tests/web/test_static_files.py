"""What the browser receives: vendored files as published, templates a strict CSP allows, colours one can read."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tracker.settings import ROOT

VENDOR = ROOT / "static" / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OWN = sorted(path for path in (ROOT / "static" / "web").iterdir() if path.suffix in (".css", ".js", ".svg"))

FORBIDDEN = {
    "an address elsewhere": re.compile(r"https?://(?!www\.w3\.org/2000/svg)", re.IGNORECASE),
    "an inline style": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"\s(on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an expression to evaluate": re.compile(r"javascript:|hx-vals=.js:", re.IGNORECASE),
}


def test_the_manifest_names_every_vendored_file_as_published() -> None:
    manifest = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))
    named = {"MANIFEST.json"}
    for package in manifest:
        assert package["version"] in package["folder"]
        assert package["licence"]
        assert any(name.startswith("LICENSE") for name in package["files"]), package["name"]
        for name, digest in package["files"].items():
            path = VENDOR / package["folder"] / name
            assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, path
            named.add(f"{package['folder']}/{name}")
    present = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert present == named


def faults(text: str) -> list[str]:
    """What the policy would refuse in this template; attributes are looked for outside Jinja's own words."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    markup = re.sub(r"\{[%{].*?[%}]\}", "", text, flags=re.DOTALL)
    return [name for name, rule in FORBIDDEN.items() if rule.search(text if name == "an address elsewhere" else markup)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_holds_nothing_the_policy_refuses(path: Path) -> None:
    # The dossier's pages are opened from an archive on a disk: they carry their style, and no policy reaches them.
    carried = ["an inline style"] if path.name == "dossier.html" else []
    assert faults(path.read_text(encoding="utf-8")) == carried


@pytest.mark.parametrize(
    "text",
    [
        "<link href='https://fonts.example/x.css'>",
        '<p style="color: red">',
        '<a onclick="x()">',
        '<a hx-on:click="x()">',
        "<script>x()</script>",
        "{{ link('https://fonts.example') }}",
        '<a href="javascript:x()">',
    ],
)
def test_the_check_above_sees_each_fault(text: str) -> None:
    assert len(faults(text)) == 1


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_our_own_files_ask_nothing_of_another_host(path: Path) -> None:
    assert not FORBIDDEN["an address elsewhere"].search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_static_file_a_template_names_exists(path: Path) -> None:
    for name in re.findall(r"url_for\('static', filename='([^'~]+\.\w+)'\)", path.read_text(encoding="utf-8")):
        assert (ROOT / "static" / name).is_file(), name


# ------------------------------------------------------------------------------------------------------- contrast


def colours() -> dict[str, str]:
    """The tokens: name → ``#rrggbb``."""
    return dict(
        re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (ROOT / "static/web/tokens.css").read_text(encoding="utf-8"))
    )


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_norm() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


# Ground → what is written on it, by the names of the tokens.
WORDS_ON = {
    **dict.fromkeys(
        ("paper", "surface", "band", "total", "hover", "petrol-tint"),
        ("ink", "ink-soft", "petrol", "petrol-dark", "green", "ochre", "brick"),
    ),
    "ochre-tint": ("ink", "petrol", "ochre"),
    "green-tint": ("ink", "petrol", "green"),
    "brick-tint": ("ink", "petrol", "brick", "brick-dark"),
    "grey-tint": ("ink-soft",),
    "ink": ("surface", "amber"),
    **dict.fromkeys(("ink-light", "petrol", "petrol-dark", "series-loan"), ("surface",)),
    **dict.fromkeys(("series-1", "series-2", "series-4", "series-5", "series-6"), ("surface",)),
    **dict.fromkeys(("series-3", "series-own"), ("ink",)),
}
SHAPES_ON = {
    "paper": ("line-strong", "focus", "gauge-warn"),
    "surface": ("line-strong", "ink-soft", "gauge-warn"),
    "petrol-tint": ("focus",),
    "grey-tint": ("green", "brick", "gauge-warn", "ink"),
    "gauge-warn": ("ink",),
    "ink": ("amber",),
}


def pairs(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """``(shape, ground)`` of each line of a table."""
    return [(shape, ground) for ground, shapes in table.items() for shape in shapes]


@pytest.mark.parametrize("text, ground", pairs(WORDS_ON))
def test_text_has_the_contrast_the_law_asks(text: str, ground: str) -> None:
    assert contrast(colours()[text], colours()[ground]) >= 4.5


@pytest.mark.parametrize("shape, ground", pairs(SHAPES_ON))
def test_what_carries_meaning_without_words_stands_out(shape: str, ground: str) -> None:
    assert contrast(colours()[shape], colours()[ground]) >= 3


def test_colours_are_written_once() -> None:
    allowed = {"tokens.css", "icon.svg"}
    for path in OWN:
        if path.name not in allowed:
            assert re.findall(r"#[0-9a-f]{3,8}\b(?=[;\s,)])", path.read_text(encoding="utf-8")) == [], path.name


def test_our_own_files_are_named_by_their_content_and_kept_by_the_browser(client: FlaskClient) -> None:
    page = client.get("/connexion").text
    named = re.findall(r'(?:href|src)="(/static/web/[^"?]+)\?v=([0-9a-f]{12})"', page)
    assert {Path(path).suffix for path, _ in named} >= {".css", ".js"}
    for path, word in named:
        assert hashlib.sha256((ROOT / path.lstrip("/")).read_bytes()).hexdigest().startswith(word)
        assert "immutable" in client.get(f"{path}?v={word}").headers["Cache-Control"]
        # Without its fingerprint the address may answer something else tomorrow.
        assert "immutable" not in client.get(path).headers["Cache-Control"]


def test_a_vendored_file_has_its_version_in_its_address(client: FlaskClient) -> None:
    page = client.get("/connexion").text
    paths = re.findall(r'(?:href|src)="(/static/vendor/[^"]+)"', page)
    assert paths
    for path in paths:
        assert "?" not in path
        assert "immutable" in client.get(path).headers["Cache-Control"]
