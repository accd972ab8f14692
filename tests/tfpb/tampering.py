"""Faults put into a workbook's own XML, by the standard library alone: nothing here is shared with the reader.

A workbook is a zip of XML parts. ``Tampered`` opens it, finds a sheet by its title and a cell by its header and its
row, and writes into the cell what a spreadsheet program, a hurried person or a broken export would have left there.
"""

import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# Written back under the very prefixes spreadsheet programs expect.
ElementTree.register_namespace("", MAIN)
ElementTree.register_namespace("r", LINKS)


def _main(name: str) -> str:
    return f"{{{MAIN}}}{name}"


def _number(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - ord("A") + 1
    return total


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class TamperedSheet:
    """One sheet's XML; cells are named as a spreadsheet names them (``C12``)."""

    def __init__(self, root: ElementTree.Element, strings: list[str]) -> None:
        self.root, self._strings = root, strings

    # -- finding ---------------------------------------------------------------------------------------------------

    def _rows(self) -> Iterator[ElementTree.Element]:
        yield from self.root.iter(_main("row"))

    def _data(self) -> ElementTree.Element:
        found = self.root.find(_main("sheetData"))
        assert found is not None
        return found

    def text(self, cell: ElementTree.Element) -> str:
        """What the cell shows."""
        value = cell.find(_main("v"))
        if cell.get("t") == "s" and value is not None:
            return self._strings[int(value.text or "0")]
        if cell.get("t") == "inlineStr":
            return "".join(part.text or "" for part in cell.iter(_main("t")))
        return (value.text or "") if value is not None else ""

    def find(self, label: str) -> tuple[str, int]:
        """(column letters, row) of the first cell that says this."""
        for row in self._rows():
            for cell in row:
                if self.text(cell).strip().removesuffix("*").strip() == label:
                    match = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))
                    assert match is not None
                    return match[1], int(match[2])
        raise AssertionError(f"no cell says « {label} »")

    def cell_of(self, label: str, row: int) -> str:
        """The cell under this header on this row."""
        return f"{self.find(label)[0]}{row}"

    def row_saying(self, label: str, text: str) -> int:
        """The row whose cell under this header says this."""
        letters = self.find(label)[0]
        for row in self._rows():
            for cell in row:
                if cell.get("r", "").rstrip("0123456789") == letters and self.text(cell) == text:
                    return int(row.get("r", "0"))
        raise AssertionError(f"no row says « {text} » under « {label} »")

    def _cell(self, name: str) -> ElementTree.Element:
        """The cell's element, made in its place when the sheet has none there."""
        match = re.fullmatch(r"([A-Z]+)(\d+)", name)
        assert match is not None
        column, number = _number(match[1]), int(match[2])
        data = self._data()
        row = next((one for one in data if int(one.get("r", "0")) == number), None)
        if row is None:
            row = ElementTree.Element(_main("row"), {"r": str(number)})
            before = sum(int(one.get("r", "0")) < number for one in data)
            data.insert(before, row)
        cell = next((one for one in row if one.get("r") == name), None)
        if cell is None:
            cell = ElementTree.Element(_main("c"), {"r": name})
            before = sum(_number(one.get("r", "A1").rstrip("0123456789")) < column for one in row)
            row.insert(before, cell)
        return cell

    # -- writing ---------------------------------------------------------------------------------------------------

    def _emptied(self, name: str) -> ElementTree.Element:
        cell = self._cell(name)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        return cell

    def blank(self, name: str) -> None:
        """Nothing in the cell."""
        self._emptied(name)

    def write(self, name: str, text: str) -> None:
        """A text."""
        cell = self._emptied(name)
        cell.set("t", "inlineStr")
        part = ElementTree.SubElement(ElementTree.SubElement(cell, _main("is")), _main("t"))
        part.text = text
        part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def number(self, name: str, digits: str) -> None:
        """A number, as the file keeps it."""
        ElementTree.SubElement(self._emptied(name), _main("v")).text = digits

    def error(self, name: str, word: str = "#REF!") -> None:
        """An error value."""
        cell = self._emptied(name)
        cell.set("t", "e")
        ElementTree.SubElement(cell, _main("v")).text = word

    def formula(self, name: str, formula: str, value: str | None = None) -> None:
        """A formula, with the value a program computed or (None) without any."""
        cell = self._emptied(name)
        ElementTree.SubElement(cell, _main("f")).text = formula
        if value is not None:
            ElementTree.SubElement(cell, _main("v")).text = value

    def merge(self, area: str) -> None:
        """Merged cells."""
        merged = self.root.find(_main("mergeCells"))
        if merged is None:
            merged = ElementTree.Element(_main("mergeCells"))
            children = list(self.root)
            # The format wants them right after the data, the protection and the filter.
            after = [
                position
                for position, child in enumerate(children)
                if child.tag in {_main("sheetData"), _main("sheetProtection"), _main("autoFilter")}
            ]
            self.root.insert(max(after) + 1, merged)
        ElementTree.SubElement(merged, _main("mergeCell"), {"ref": area})
        merged.set("count", str(len(merged)))

    def drop_column(self, label: str) -> None:
        """A column taken out: the cells at its right move left by one."""
        gone = _number(self.find(label)[0])
        for row in self._rows():
            for cell in list(row):
                match = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))
                assert match is not None
                place = _number(match[1])
                if place == gone:
                    row.remove(cell)
                elif place > gone:
                    cell.set("r", f"{_letters(place - 1)}{match[2]}")

    def swap_columns(self, one: str, other: str) -> None:
        """Two columns exchanged, header and all."""
        first, second = self.find(one)[0], self.find(other)[0]
        for row in self._rows():
            for cell in row:
                match = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))
                assert match is not None
                if match[1] in (first, second):
                    cell.set("r", f"{second if match[1] == first else first}{match[2]}")
            row[:] = sorted(row, key=lambda cell: _number(cell.get("r", "A1").rstrip("0123456789")))

    def phantom_rows(self, last: int) -> None:
        """A sheet that claims to go on: an empty styled cell at its far end, and the dimension that goes with it."""
        self._cell(f"A{last}").set("s", "0")
        dimension = self.root.find(_main("dimension"))
        if dimension is not None:
            dimension.set("ref", f"A1:XFD{last}")


class Tampered:
    """A workbook opened as what it is: parts in a zip."""

    def __init__(self, content: bytes) -> None:
        with ZipFile(io.BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self._open: dict[str, TamperedSheet] = {}
        shared = self.parts.get("xl/sharedStrings.xml")
        self._strings = (
            [
                "".join(part.text or "" for part in item.iter(_main("t")))
                for item in ElementTree.fromstring(shared).iter(_main("si"))
            ]
            if shared
            else []
        )

    def _paths(self) -> dict[str, str]:
        """Sheet title → part."""
        links = {
            link.get("Id"): link.get("Target", "")
            for link in ElementTree.fromstring(self.parts["xl/_rels/workbook.xml.rels"])
        }
        sheets = ElementTree.fromstring(self.parts["xl/workbook.xml"]).iter(_main("sheet"))
        found = {}
        for sheet in sheets:
            target = links[sheet.get(f"{{{LINKS}}}id")]
            found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return found

    def sheet(self, title: str) -> TamperedSheet:
        """A sheet by its title."""
        path = self._paths()[title]
        if path not in self._open:
            self._open[path] = TamperedSheet(ElementTree.fromstring(self.parts[path]), self._strings)
        return self._open[path]

    def rename_sheet(self, title: str, other: str) -> None:
        """Another title on the tab."""
        text = self.parts["xl/workbook.xml"].decode()
        assert f'name="{title}"' in text
        self.parts["xl/workbook.xml"] = text.replace(f'name="{title}"', f'name="{other}"').encode()

    def content(self) -> bytes:
        """The workbook's bytes."""
        target = io.BytesIO()
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            for name, part in self.parts.items():
                sheet = self._open.get(name)
                changed = ElementTree.tostring(sheet.root, "UTF-8", xml_declaration=True) if sheet else part
                archive.writestr(name, changed)
        return target.getvalue()


# -- files that are no workbook at all ----------------------------------------------------------------------------


def with_macros(content: bytes) -> bytes:
    """The same workbook carrying a macro project."""
    tampered = Tampered(content)
    tampered.parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 macros"
    types = tampered.parts["[Content_Types].xml"].decode()
    tampered.parts["[Content_Types].xml"] = types.replace(
        "</Types>",
        '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
    ).encode()
    return tampered.content()


def encrypted() -> bytes:
    """What a spreadsheet saved with a password begins with: the old compound format."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 2000


def bomb(content: bytes, mebibytes: int = 400) -> bytes:
    """The same workbook with one sheet that unpacks to hundreds of mebibytes out of a few hundred kilobytes."""
    tampered = Tampered(content)
    path = next(iter(tampered._paths().values()))
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, part in tampered.parts.items():
            if name != path:
                archive.writestr(name, part)
        with archive.open(path, "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            spaces = b" " * (1 << 20)
            for _ in range(mebibytes):
                sheet.write(spaces)
            sheet.write(b"</sheetData></worksheet>")
    return target.getvalue()


def with_entities(content: bytes) -> bytes:
    """A « billion laughs » in the first sheet."""
    tampered = Tampered(content)
    path = next(iter(tampered._paths().values()))
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    tampered.parts[path] = (
        f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "rire">{lines}]>'
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
        "</sheetData></worksheet>"
    ).encode()
    return tampered.content()
