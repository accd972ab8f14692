"""Files people send, and those attackers do: made here byte by byte, by code that shares nothing with the reader."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from PIL import Image

OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
WORD_MAIN = f"{OFFICE}.wordprocessingml.document.main+xml"
SHEET_MAIN = f"{OFFICE}.spreadsheetml.sheet.main+xml"
SLIDE_MAIN = f"{OFFICE}.presentationml.presentation.main+xml"
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"


def archive(parts: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    """A zip of these parts, in their order."""
    target = BytesIO()
    with ZipFile(target, "w", method) as made:
        for name, content in parts.items():
            made.writestr(ZipInfo(name), content, compress_type=method)
    return target.getvalue()


def types(*found: str, before: str = "") -> bytes:
    """The part of an Office document that names the types of the others."""
    overrides = "".join(f'<Override PartName="/p{n}.xml" ContentType="{one}"/>' for n, one in enumerate(found))
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0"?>{before}<Types xmlns="{space}">{overrides}</Types>'.encode()


def office(main: str = WORD_MAIN, **more: bytes) -> bytes:
    """A document of the Office family."""
    parts = {"[Content_Types].xml": types(main), "_rels/.rels": b"<Relationships/>", "word/document.xml": b"<w/>"}
    return archive({**parts, **more})


def libre(kind: str = "text", **more: bytes) -> bytes:
    """A document of the LibreOffice family."""
    return archive({"mimetype": f"{OPEN}.{kind}".encode(), "content.xml": b"<office/>", **more}, ZIP_STORED)


def photograph() -> bytes:
    """A telephone's JPEG, 60 × 40 and lying on its side: its place, its owner, a thumbnail, a comment, a profile."""
    image = Image.new("RGB", (60, 40), "navy")
    image.paste("orange", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    exif[0x010F] = "MARQUE-SECRETE"
    exif[0x013B] = "Camille Photographe"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 47.0, 12.0), 3: "E", 4: (2.0, 17.0, 30.0)})
    target = BytesIO()
    image.save(target, "JPEG", exif=exif, comment=b"COMMENTAIRE-SECRET", icc_profile=b"PROFIL-SECRET" * 20, quality=95)
    return target.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def flat_png(width: int, height: int) -> bytes:
    """A PNG of one colour, as small as a picture of this size can be."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    line = b"\0" * (1 + (width + 7) // 8)
    squeezed = zlib.compressobj(9)
    lines = b"".join(squeezed.compress(line * 1000) for _ in range(height // 1000)) + squeezed.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def animated(form: str) -> bytes:
    """Two pictures in one file."""
    target = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green")]
    frames[0].save(target, form, save_all=True, append_images=frames[1:], duration=100)
    return target.getvalue()
