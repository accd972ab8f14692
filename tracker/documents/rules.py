"""What a document may be: its kinds, its types of content, its size, its name."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

PHOTO = "photo"
KINDS = {
    "evidence": "Justificatif",
    PHOTO: "Photo",
    "convention": "Convention",
    "amendment": "Avenant",
    "notice": "Avis d’imposition",
    "minutes": "Compte rendu",
    "other": "Autre document",
}

MEBIBYTE = 1024 * 1024
# What one request may carry (``Settings.max_body_bytes``): a scan of twenty pages or two photographs of a telephone.
# Stored documents are backed up whole and read whole to check their hash, so this also bounds both.
MAX_BYTES = 8 * MEBIBYTE
# One envelope a form: a folder of a hundred files is sorted before it is handed over.
MAX_FILES = 20

PDF = "application/pdf"
JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
DOCX, XLSX = f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet"
ODT, ODS = f"{_OPEN}.text", f"{_OPEN}.spreadsheet"


@dataclass(frozen=True)
class MediaType:
    """A type of content that is taken: how a reader calls it, and the endings its name may carry, ours first."""

    word: str
    endings: tuple[str, ...]


# No plain text and no CSV: neither has a signature, so a web page or a script passes for one, and a CSV carries
# formulas. A table comes as a workbook, a text as a PDF.
MEDIA_TYPES: Mapping[str, MediaType] = {
    PDF: MediaType("PDF", (".pdf",)),
    JPEG: MediaType("image JPEG", (".jpg", ".jpeg", ".jpe", ".jfif")),
    PNG: MediaType("image PNG", (".png",)),
    WEBP: MediaType("image WebP", (".webp",)),
    DOCX: MediaType("document Word", (".docx",)),
    XLSX: MediaType("classeur Excel", (".xlsx",)),
    ODT: MediaType("texte LibreOffice", (".odt",)),
    ODS: MediaType("classeur LibreOffice", (".ods",)),
}
IMAGES = (JPEG, PNG, WEBP)
ACCEPTED = ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx,.odt,.ods"
EXPECTED = "un PDF, une image (JPEG, PNG, WebP), un .docx, un .xlsx, un .odt ou un .ods est attendu"

# What people try, by the name the library gives it.
REFUSED_WORDS = {
    "image/heif": "une photo HEIC (à réenregistrer en JPEG)",
    "image/heic": "une photo HEIC (à réenregistrer en JPEG)",
    "image/gif": "une image GIF",
    "image/tiff": "une image TIFF",
    "image/x-ms-bmp": "une image BMP",
    "image/svg+xml": "une image SVG",
    "text/html": "une page web",
    "application/xml": "un fichier XML",
    "application/msword": "un fichier Office d’ancien format ou protégé par un mot de passe",
    "application/octet-stream": "un programme ou des données",
}

NAME_LENGTH = 150
TITLE_LENGTH = 200
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
# What no file system, header or archive reads as part of a name.
_RESERVED = re.compile(r'[<>:"/\\|?*]')


def split_name(name: str) -> tuple[str, str]:
    """``("Facture n.12", ".pdf")``: what looks like an ending, in lower case; else the empty text."""
    match = _ENDING.search(name)
    return (name[: match.start()], match[0].lower()) if match else (name, "")


def clean_name(sent: str) -> str:
    """A name to show and to give back, never a path: no folder, no invisible or reserved character, bounded length.

    ``..\\..\\Facture\\u202efdp.exe`` → ``Facturefdp.exe``. A name of nothing is « document ».
    """
    # Categories C (controls, bidirectional marks, half characters) first: without them, an accent may join its letter.
    name = "".join(char for char in sent if not unicodedata.category(char).startswith("C"))
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = " ".join(_RESERVED.sub("-", name).split()).strip(". ")
    # Twice: what a cut leaves may look like an ending.
    return _bounded(_bounded(name))


def _bounded(name: str) -> str:
    stem, ending = split_name(name)
    return (stem[: NAME_LENGTH - len(ending)].strip(". ") or "document") + ending


def size_in_words(size: int) -> str:
    """Bytes as a reader says them: « 512 octets », « 340 ko », « 1,2 Mo »."""
    if size < 1000:
        return f"{size}\u00a0octet{'s' if size > 1 else ''}"
    if size < 999_500:
        return f"{round(size / 1000)}\u00a0ko"
    return f"{size / 1_000_000:.1f}\u00a0Mo".replace(".", ",")
