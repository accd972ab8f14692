"""Files that are no workbook, or traps: one French sentence each, before anything is parsed, at no cost in memory."""

import io
import re
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
import pytest
from defusedxml import EntitiesForbidden
from openpyxl.xml.functions import fromstring, iterparse

from tests.workbooks.sample import form, written
from tracker.workbooks.opening import LIMITS, Limits, Unreadable, markable, opened
from tracker.workbooks.reading import read

SHEET = "xl/worksheets/sheet3.xml"  # « Actions »
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def parts() -> dict[str, bytes]:
    with ZipFile(io.BytesIO(written())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    content = parts()
    content[name] = change(content[name])
    return zipped(content)


def refused(content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Unreadable) as refusal:
        opened(content, limits)
    found = read(form(), content, limits)
    assert [(issue.code, issue.severity, issue.cell) for issue in found.issues] == [("unreadable_file", "error", None)]
    assert (found.records, found.readable) == ([], False)
    return str(refusal.value)


def encrypted_entry() -> bytes:
    """The flag of an encrypted entry, set in the zip's two headers."""
    data = bytearray(zipped({"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "Le fichier est vide"),
        (b"axe;action\n3;M\xe9diation", "n’est pas un classeur Excel (.xlsx)"),
        (b"%PDF-1.7 ...", "n’est pas un classeur Excel (.xlsx)"),
        (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "ancien format d’Excel (.xls)"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protégé par un mot de passe"),
        (written()[:-400], "incomplet ou abîmé"),
        (written()[:2000], "incomplet ou abîmé"),
        (zipped({"word/document.xml": b"x", "[Content_Types].xml": b"x"}), "n’est pas un classeur Excel"),
        (zipped({"mimetype": b"application/vnd.oasis", "content.xml": b"x"}), "OpenDocument (.ods)"),
        (zipped({"xl/workbook.bin": b"x", "[Content_Types].xml": b"x"}), "classeur binaire (.xlsb)"),
        (zipped(parts() | {"xl/vbaProject.bin": b"x"}), "contient des macros (.xlsm)"),
        (zipped(parts() | {"XL/Workbook.xml": b"x"}), "deux fois le même élément"),
        (zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"}), "abîmé et ne peut pas être ouvert"),
        (zipped(parts(), ZIP_BZIP2), "compressé d’une façon"),
        (encrypted_entry(), "chiffré"),
        (changed("xl/workbook.xml", lambda data: b'<!DOCTYPE a [<!ENTITY b "c">]>' + data), "aucun tableur"),
        (changed(SHEET, lambda data: data.decode().encode("utf-16")), "aucun tableur"),
    ],
)
def test_what_is_no_workbook_is_refused_with_its_own_sentence(content: bytes, said: str) -> None:
    assert said in refused(content).replace("\u00a0", " ")


def test_a_broken_sheet_says_which_one() -> None:
    found = read(form(), changed(SHEET, lambda data: data[:-300]))
    assert [issue.code for issue in found.issues] == ["unreadable_file"]
    assert "« Actions » est abîmée" in found.issues[0].message.replace("\u00a0", " ")
    assert (found.records, found.readable) == ([], False)


def test_openpyxl_itself_parses_with_defusedxml() -> None:
    """Our own look for entities is a first line: the parser underneath refuses them too."""
    hostile = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert openpyxl.DEFUSEDXML
    with pytest.raises(EntitiesForbidden):
        fromstring(hostile)
    with pytest.raises(EntitiesForbidden):
        list(iterparse(io.BytesIO(hostile)))


def test_a_zip_bomb_is_refused_without_being_unpacked() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
        with archive.open(ZipInfo("xl/worksheets/sheet9.xml"), "w", force_zip64=True) as entry:
            for _ in range(200):
                entry.write(b"\0" * 1024 * 1024)
    bomb = out.getvalue()
    tracemalloc.start()
    said = refused(bomb, replace(LIMITS, packed=1 << 30))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "décompressé" in said
    assert peak < 20 * 1024 * 1024
    dense = zipped(parts() | {"xl/media/image1.png": b"\0" * (9 * 1024 * 1024)})
    assert "anormalement compressé" in refused(dense)


@pytest.mark.parametrize(
    "limits, said",
    [
        (replace(LIMITS, packed=1000), "pèse"),
        (replace(LIMITS, entries=3), "éléments"),
        (replace(LIMITS, sheets=2), "feuilles trouvées"),
        (replace(LIMITS, cells=20), "plus de 20 cellules"),
        (replace(LIMITS, marks=100), "styles ou de noms"),
        (replace(LIMITS, rows=1), "plus de 1 lignes"),
        (replace(LIMITS, seconds=-1), "La lecture dépasse"),
    ],
)
def test_each_limit_has_its_sentence(limits: Limits, said: str) -> None:
    found = read(form(), written(), limits)
    assert [issue.code for issue in found.issues] == ["unreadable_file"]
    assert said in found.issues[0].message


def test_a_million_phantom_rows_cost_next_to_nothing() -> None:
    """Borders down to the last row: 1,048,576 empty rows, half of them with a styled empty cell."""
    rows = b"".join(
        b'<row r="%d" ht="18"><c r="B%d" s="1"/></row>' % (n, n)
        if n % 2
        else b'<row r="%d" s="1" customFormat="1"/>' % n
        for n in range(14, 1_048_577)
    )
    content = changed(SHEET, lambda data: data.replace(b"</sheetData>", rows + b"</sheetData>"))
    assert len(rows) > 45_000_000
    start = time.process_time()
    tracemalloc.start()
    # How long it lasts on the wall says how busy the machine is.
    found = read(form(), content, replace(LIMITS, seconds=600))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.issues, len(found.records)) == ([], 3)
    assert time.process_time() - start < 20  # 2 s on a quiet machine, some of it for tracemalloc
    assert peak < 400 * 1024 * 1024
    assert len(markable(content)) < 1024 * 1024  # what is loaded whole to be annotated is the lean copy


def test_a_row_at_the_very_end_is_read_where_it_is() -> None:
    last = (
        b'<row r="1048576"><c r="A1048576"><v>3</v></c>'
        b'<c r="B1048576" t="inlineStr"><is><t>Loin</t></is></c></row></sheetData>'
    )
    found = read(form(), changed(SHEET, lambda data: data.replace(b"</sheetData>", last)))
    assert (found.issues, found.records[-1].row, found.records[-1].values["title"]) == ([], 1_048_576, "Loin")


def test_cells_without_references_are_left_alone() -> None:
    """Such cells stand after one another: striking an empty one out would move those behind it."""
    bare = (
        b'<row r="9"><c><v>3</v></c><c t="inlineStr"><is><t>Neuve</t></is></c><c s="1"/><c s="1"/>'
        b"<c><v>12.5</v></c></row></sheetData>"
    )
    content = changed(
        SHEET, lambda data: data[: data.index(b'<row r="9"')] + bare + data[data.index(b"</sheetData>") + 12 :]
    )
    found = read(form(), content)
    assert found.issues == []
    assert str(found.records[-1].values["planned_cost"]) == "12.50"


def test_a_sheet_that_lies_about_its_size_is_read_whole() -> None:
    lie = b'<dimension ref="A1:B2"/><sheetData'
    found = read(form(), changed(SHEET, lambda data: data.replace(b"<sheetData", lie, 1)))
    assert (found.issues, len(found.records)) == ([], 3)


def test_prefixed_names_are_read_alike() -> None:
    """Some programs write <x:row> for <row>."""

    def prefix(data: bytes) -> bytes:
        text = data.decode().replace("</", "\0").replace("<", "<x:").replace("\0", "</x:").replace("<x:?", "<?")
        return text.replace('xmlns="', 'xmlns:x="').encode()

    found = read(form(), changed(SHEET, prefix))
    assert (found.issues, len(found.records)) == ([], 3)


@pytest.mark.parametrize("text", [b"<si><t>%d</t></si>", b"<x:si/><!-- %d -->", b"<si />"])
def test_a_glut_of_texts_is_refused_before_it_is_parsed(text: bytes) -> None:
    texts = b"".join(text % number if b"%d" in text else text for number in range(200_001))
    glut = parts() | {"xl/sharedStrings.xml": b"<sst>" + texts + b"</sst>"}
    start = time.process_time()
    assert "200\u202f000 textes" in refused(zipped(glut))
    assert time.process_time() - start < 5


def test_a_formula_is_seen_whichever_quotes_its_attributes_have() -> None:
    def quoted_once(part: bytes) -> bytes:
        spoilt = re.sub(rb'<c r="E7"([^>]*)>.*?</c>', rb"<c r='E7'\1><f>SUM(A1:A3)</f></c>", part)
        assert spoilt != part
        return spoilt

    (issue,) = read(form(), changed(SHEET, quoted_once)).issues
    assert (issue.cell, issue.code) == ("E7", "formula")


def test_many_rows_of_a_single_cell_are_refused() -> None:
    def grown(part: bytes) -> bytes:
        rows = b"".join(b'<row r="%d"><c r="B%d"><v>1</v></c></row>' % (row, row) for row in range(100, 20_101))
        return part.replace(b"</sheetData>", rows + b"</sheetData>")

    found = read(form(), changed(SHEET, grown))
    (issue,) = found.issues
    assert issue.code == "unreadable_file"
    assert "20\u202f000 lignes" in issue.message
    assert found.records == []


def test_a_formula_with_its_result_is_its_result() -> None:
    def formula(kept: bytes) -> Callable[[bytes], bytes]:
        old = b"<v>1234.56</v>"
        return lambda data: data.replace(old, b"<f>1000+234.56</f>" + kept)

    found = read(form(), changed(SHEET, formula(b"<v>1234.56</v>")))
    assert (found.issues, str(found.records[1].values["planned_cost"])) == ([], "1234.56")
    found = read(form(), changed(SHEET, formula(b"")))
    assert [(issue.cell, issue.code) for issue in found.issues] == [("E7", "formula")]
