"""A page as a reader, a screen reader and a linter take it: titles, controls, labels, forms, links, tables."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
CONTROLS = {"input", "select", "textarea", "button"}


@dataclass
class Element:
    """One element: its attributes, the elements around it, its text."""

    tag: str
    attributes: dict[str, str]
    parents: tuple["Element", ...] = ()
    parts: list[str] = field(default_factory=list)

    def get(self, name: str, default: str | None = None) -> str | None:
        return self.attributes.get(name, default)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    @property
    def text(self) -> str:
        """Its text, white space told once."""
        return " ".join("".join(self.parts).split())

    def within(self, tag: str) -> "Element | None":
        """The nearest element of this kind around it."""
        return next((one for one in reversed(self.parents) if one.tag == tag), None)


class Document(HTMLParser):
    """A parsed page."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self.feed(markup)
        self.close()
        self.faults += [f"<{one.tag}> never closed" for one in self._open if one.tag not in {"html", "body"}]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has two {name}" for name in set(names) if names.count(name) > 1]
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
        while self._open and self._open.pop().tag != tag:
            continue

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def all(self, *tags: str) -> list[Element]:
        """Every element of these kinds, in order."""
        return [one for one in self.elements if one.tag in tags]

    @property
    def title(self) -> str:
        """What the browser's tab says."""
        return self.all("title")[0].text

    @property
    def h1(self) -> list[str]:
        """The texts of the main headings."""
        return [one.text for one in self.all("h1")]

    @property
    def controls(self) -> list[Element]:
        """Every control of every form."""
        return self.all(*CONTROLS)

    @property
    def text(self) -> str:
        """The whole text."""
        return self.all("main")[0].text if self.all("main") else " ".join(one.text for one in self.elements[:1])

    @property
    def text_of(self) -> dict[str, str]:
        """id → text."""
        return {one["id"]: one.text for one in self.elements if "id" in one.attributes}


def read_html(answer: TestResponse | str) -> Document:
    """The page of an answer."""
    markup: Any = answer if isinstance(answer, str) else answer.get_data(as_text=True)
    return Document(markup)
