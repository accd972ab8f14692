"""Office documents: zip archives whose type only their inside tells.

The signatures a library knows stop at « a zip »: it takes any archive for a Word document (a test proves it), so the
parts are looked at here, within bounds, and nothing is ever extracted.
"""

import zlib
from io import BytesIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tracker.documents import rules

SIGNATURE = b"PK\x03\x04"

# A workbook of 5,000 lines unfolds to some 20 MB in 20 parts.
MAX_ENTRIES = 2_000
MAX_UNFOLDED = 100 * rules.MEBIBYTE
MAX_TYPES = rules.MEBIBYTE

_MAIN = {
    f"{rules.DOCX}.main+xml": rules.DOCX,
    f"{rules.XLSX}.main+xml": rules.XLSX,
}
_TYPES = "[Content_Types].xml"
_OPEN_MANIFEST = "META-INF/manifest.xml"


class UnsoundContainer(Exception):
    """Why an archive is not taken, as the end of a French sentence."""


def ends_as_archive(content: bytes) -> bool:
    """Whether the file can also be opened as a zip: readers find its end record behind other bytes too."""
    return is_zipfile(BytesIO(content))


def document_type(content: bytes) -> str:
    """DOCX, XLSX, ODT or ODS, once the archive was found sound. Raises UnsoundContainer."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = _bounded(archive)
            found = _office(archive, entries) if _TYPES in entries else _open_document(archive, entries)
            damaged = archive.testzip()
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise UnsoundContainer("est une archive abîmée, tronquée ou protégée") from error
    if damaged is not None:
        raise UnsoundContainer("est un document abîmé : une de ses parties ne peut pas être lue")
    return found


def _bounded(archive: ZipFile) -> dict[str, ZipInfo]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNFOLDED:
        raise UnsoundContainer("est une archive démesurée une fois dépliée")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise UnsoundContainer("est une archive qui donne deux fois la même partie")
    return dict(zip(names, entries, strict=True))


def _office(archive: ZipFile, entries: dict[str, ZipInfo]) -> str:
    if any(name.lower().endswith("vbaproject.bin") for name in entries):
        raise UnsoundContainer("contient des macros : un document sans macros est attendu")
    if entries[_TYPES].file_size > MAX_TYPES:
        raise UnsoundContainer("est une archive démesurée une fois dépliée")
    try:
        types = {part.get("ContentType") for part in fromstring(archive.read(_TYPES))}
    except (ParseError, DefusedXmlException) as error:
        raise UnsoundContainer("est un document Office abîmé") from error
    if any("macroEnabled" in (one or "") for one in types):
        raise UnsoundContainer("contient des macros : un document sans macros est attendu")
    found = [media_type for main, media_type in _MAIN.items() if main in types]
    if len(found) != 1:
        raise UnsoundContainer("n’est ni un document Word ni un classeur Excel")
    return found[0]


def _open_document(archive: ZipFile, entries: dict[str, ZipInfo]) -> str:
    told = entries.get("mimetype")
    if told is None or told.file_size > 100:
        raise UnsoundContainer("est une archive ZIP, et non un document")
    media_type = archive.read(told).decode("ascii", "replace").strip()
    if media_type not in (rules.ODT, rules.ODS):
        raise UnsoundContainer("n’est ni un texte ni un classeur LibreOffice")
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in entries):
        raise UnsoundContainer("contient des macros : un document sans macros est attendu")
    manifest = entries.get(_OPEN_MANIFEST)
    if manifest is not None and manifest.file_size <= MAX_TYPES and b"encryption-data" in archive.read(manifest):
        raise UnsoundContainer("est protégé par un mot de passe")
    return media_type
