"""What an upload is taken for, and what is refused: by its content, never by what the browser says."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import puremagic
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from tests import builders as build
from tests.documents import files
from tracker.documents import containers, images, rules
from tracker.documents.reading import Received, Upload, receive
from tracker.policy import Invalid


def received(content: bytes, name: str = "piece") -> Received:
    return receive(Upload(name, content))


def refusal(content: bytes, name: str = "piece.pdf") -> str:
    """The one sentence a file is refused with; it names the file."""
    with pytest.raises(Invalid) as caught:
        received(content, name)
    (error,) = caught.value.errors
    assert error.field == "file"
    assert error.message.startswith("Fichier\u00a0: «\u00a0")
    assert error.message.endswith(".")
    return error.message.replace("\u00a0", " ")


def workbook() -> bytes:
    target = BytesIO()
    openpyxl.Workbook().save(target)
    return target.getvalue()


# -- what is taken --------------------------------------------------------------------------------------------------

TAKEN: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a PDF": (build.pdf, rules.PDF, ".pdf"),
    "a JPEG": (build.picture, rules.JPEG, ".jpg"),
    "a PNG": (lambda: build.picture("PNG"), rules.PNG, ".png"),
    "a WebP": (lambda: build.picture("WEBP"), rules.WEBP, ".webp"),
    "a Word document": (files.office, rules.DOCX, ".docx"),
    "a workbook of a real library": (workbook, rules.XLSX, ".xlsx"),
    "a LibreOffice text": (files.libre, rules.ODT, ".odt"),
    "a LibreOffice workbook": (lambda: files.libre("spreadsheet"), rules.ODS, ".ods"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_is_known_by_its_content(name: str) -> None:
    make, media_type, ending = TAKEN[name]
    # Made once: a workbook carries the second it is written in.
    content = make()
    found = received(content, "Pièce du 12 mai")
    assert found.media_type == media_type
    assert found.name == f"Pièce du 12 mai{ending}"
    assert found.stem == "Pièce du 12 mai"
    if media_type not in rules.IMAGES:
        assert found.content == content


def test_every_type_that_is_taken_is_tried_here() -> None:
    assert {media_type for _, media_type, _ in TAKEN.values()} == set(rules.MEDIA_TYPES)
    assert set(rules.ACCEPTED.split(",")) <= {one for about in rules.MEDIA_TYPES.values() for one in about.endings}


def test_the_library_takes_any_archive_for_a_word_document() -> None:
    """Why ``containers`` looks inside: the signatures of the library stop at « a zip »."""
    for content in (workbook(), files.libre(), files.archive({"a.txt": b"a"}), files.archive({"A.class": b"x"})):
        assert puremagic.from_string(content, mime=True) == rules.DOCX


# -- what is refused ------------------------------------------------------------------------------------------------

OLE = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600
LOCKED = b'<manifest:manifest><manifest:encryption-data checksum="x"/></manifest:manifest>'
ENTITIES = '<!DOCTYPE t [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "est vide"),
    "a text": (lambda: b"Bonjour, voici la facture.", "est d’un type inconnu"),
    "a CSV with a formula": (lambda: b"=cmd|' /C calc'!A0;2\r\n", "est d’un type inconnu"),
    "an SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "est une image SVG"),
    "an SVG told as XML": (lambda: b'<?xml version="1.0"?><svg><script>1</script></svg>', "est une image SVG"),
    "an XML": (lambda: b'<?xml version="1.0"?><facture/>', "est un fichier XML"),
    "a web page": (lambda: b"<!DOCTYPE html><html><script>1</script></html>", "est une page web"),
    "a GIF that is a script": (lambda: b"GIF89a=1;/*" + b" " * 40, "est une image GIF"),
    "a program": (lambda: b"MZ" + b"\0" * 200, "est un programme ou des données"),
    "an old Office file": (lambda: OLE, "d’ancien format ou protégé par un mot de passe"),
    "a telephone's HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "(à réenregistrer en JPEG)"),
    "a PDF after something else": (lambda: b"<script>1</script>\n" + build.pdf(), "type inconnu"),
    "a truncated PDF": (lambda: build.pdf()[:-8], "est un PDF tronqué"),
    "a PDF followed by a page": (lambda: build.pdf() + b"<script>1</script>" * 100, "est un PDF tronqué"),
    "a PDF that is also an archive": (
        lambda: build.pdf() + files.archive({"A.class": b"%%EOF"}, 0),
        "est à la fois un PDF et une archive",
    ),
    "a PDF that is also an archive, its end put back behind it": (
        lambda: build.pdf() + files.archive({"A.class": b"x"}) + b"\n%%EOF\n",
        "est à la fois un PDF et une archive",
    ),
    "a plain archive": (lambda: files.archive({"a.txt": b"bonjour"}), "est une archive ZIP, et non un document"),
    "an archive without an end": (lambda: files.office()[:-30], "est une archive abîmée, tronquée ou protégée"),
    "an archive with a rotten part": (
        lambda: files.libre().replace(b"<office/>", b"<0ffice/>"),
        "est un document abîmé",
    ),
    "slides": (lambda: files.office(files.SLIDE_MAIN), "n’est ni un document Word ni un classeur Excel"),
    "two documents in one": (
        lambda: files.archive({"[Content_Types].xml": files.types(files.WORD_MAIN, files.SHEET_MAIN)}),
        "n’est ni un document Word ni un classeur Excel",
    ),
    "macros in their part": (lambda: files.office(**{"word/vbaProject.bin": b"x"}), "contient des macros"),
    "macros by their type": (lambda: files.office(files.MACRO_MAIN), "contient des macros"),
    "entities": (
        lambda: files.archive({"[Content_Types].xml": files.types(files.WORD_MAIN, before=ENTITIES)}),
        "est un document Office abîmé",
    ),
    "types that are no XML": (lambda: files.archive({"[Content_Types].xml": b"<a"}), "est un document Office abîmé"),
    "a drawing of LibreOffice": (lambda: files.libre("graphics"), "n’est ni un texte ni un classeur LibreOffice"),
    "macros of LibreOffice": (lambda: files.libre(**{"Basic/Standard/Module1.xml": b"x"}), "contient des macros"),
    "a locked text": (lambda: files.libre(**{"META-INF/manifest.xml": LOCKED}), "est protégé par un mot de passe"),
    "a JPEG of a few bytes": (lambda: b"\xff\xd8\xff<?php echo 1;", "est une image abîmée ou tronquée"),
    "half a JPEG": (lambda: files.photograph()[:700], "est une image abîmée ou tronquée"),
    "half a PNG": (lambda: build.picture("PNG", (300, 300))[:60], "est une image abîmée ou tronquée"),
    "an animated PNG": (lambda: files.animated("PNG"), "est une image animée"),
    "an animated WebP": (lambda: files.animated("WEBP"), "est une image animée"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_is_named_and_what_is_expected_too(name: str) -> None:
    make, found = REFUSED[name]
    sentence = refusal(make(), "facture.pdf")
    assert sentence.startswith("Fichier : « facture.pdf » ")
    assert found in sentence
    assert sentence.endswith("un .docx, un .xlsx, un .odt ou un .ods est attendu.")


def test_a_file_over_the_limit_is_told_its_weight() -> None:
    sentence = refusal(build.pdf() + b" " * rules.MAX_BYTES)
    assert sentence == "Fichier : « piece.pdf » pèse 8,4 Mo : 8 Mo au plus sont attendus."


@pytest.mark.parametrize(
    "name, content, expected",
    [
        ("facture.pdf", build.picture, "« .pdf » mais son contenu est : image JPEG ; un nom en « .jpg ou .jpeg »"),
        ("photo.jpg", build.pdf, "« .jpg » mais son contenu est : PDF ; un nom en « .pdf » est attendu"),
        ("facture.pdf.exe", build.pdf, "« .exe » mais son contenu est : PDF"),
        ("facture.PHP", build.pdf, "« .php » mais son contenu est : PDF"),
        ("tableau.docx", workbook, "« .docx » mais son contenu est : classeur Excel"),
    ],
)
def test_a_name_that_announces_something_else_is_refused(
    name: str, content: Callable[[], bytes], expected: str
) -> None:
    assert expected in refusal(content(), name)


def test_what_is_hidden_in_a_sound_file_is_not_kept_with_a_picture() -> None:
    for form in ("JPEG", "PNG", "WEBP"):
        hidden = build.picture(form) + files.archive({"A.class": b"EVIL"}) + b"<script>EVIL</script>"
        kept = received(hidden, "photo").content
        assert b"EVIL" not in kept
        assert not containers.ends_as_archive(kept)


# -- bombs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [8_000, 12_000, 20_000])
def test_a_flat_picture_of_millions_of_points_is_refused_before_it_is_decoded(side: int) -> None:
    """Ours at 50 millions, Pillow's warning at 89, its error at 179: 64, 144 and 400 millions of points."""
    bomb = files.flat_png(side, side)
    assert len(bomb) < 100_000
    sentence = refusal(bomb, "plan.png")
    assert "50 millions" in sentence


def test_a_text_bomb_in_a_picture_is_refused() -> None:
    squeezed = zlib.compress(b"\0" * 200_000_000, 9)
    whole = build.picture("PNG")
    place = whole.index(b"IDAT") - 4
    bomb = whole[:place] + files.chunk(b"zTXt", b"a\0\0" + squeezed) + whole[place:]
    assert "image abîmée" in refusal(bomb, "plan.png")


def test_an_archive_that_unfolds_without_end_is_refused() -> None:
    bomb = files.office(**{"word/media.bin": b"\0" * (containers.MAX_UNFOLDED + 1)})
    assert len(bomb) < 200_000
    assert "démesurée" in refusal(bomb, "rapport.docx")
    assert "démesurée" in refusal(files.office(**{f"p{n}": b"" for n in range(containers.MAX_ENTRIES)}), "r.docx")


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    """The directory says 4 bytes, the part unfolds to a million: reading stops there, and the sum does not fit."""
    whole = bytearray(files.office(**{"word/media.bin": b"\0" * 1_000_000}))
    size = (1_000_000).to_bytes(4, "little")
    assert whole.count(size) == 2
    lying = bytes(whole).replace(size, (4).to_bytes(4, "little"))
    assert "abîmé" in refusal(lying, "rapport.docx")


def test_a_part_given_twice_is_refused() -> None:
    target = BytesIO(files.office())
    with ZipFile(target, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("word/document.xml", b"<other/>")
    assert "deux fois la même partie" in refusal(target.getvalue(), "rapport.docx")


# -- photographs ----------------------------------------------------------------------------------------------------


def test_a_photograph_loses_its_place_its_owner_and_stands_upright() -> None:
    sent = files.photograph()
    assert b"MARQUE-SECRETE" in sent
    kept = received(sent, "IMG_2041.JPG")
    assert kept.name == "IMG_2041.jpg"
    for secret in (b"SECRET", b"Camille", b"Exif", b"ICC_PROFILE"):
        assert secret not in kept.content
    with Image.open(BytesIO(kept.content)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        # The orange half was at the left; turned a quarter to the right, it is on top.
        red, _, blue = image.getpixel((20, 10))  # type: ignore[misc]
        assert red > 200 > 100 > blue


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_is_bounded(form: str) -> None:
    kept = received(build.picture(form, (4000, 1000)), "plan")
    with Image.open(BytesIO(kept.content)) as image:
        assert (image.format, image.size) == (form, (images.LONGEST_SIDE, 640))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_way_of_writing_a_picture_is_read(mode: str) -> None:
    target = BytesIO()
    Image.new(mode, (30, 20)).save(target, "JPEG" if mode == "CMYK" else "PNG")
    with Image.open(BytesIO(received(target.getvalue(), "scan").content)) as image:
        assert image.size == (30, 20)


def test_a_transparent_picture_stays_so_and_its_thumbnail_stands_on_white() -> None:
    target = BytesIO()
    Image.new("RGBA", (800, 400), (0, 0, 0, 0)).save(target, "PNG")
    kept = received(target.getvalue(), "logo.png")
    with Image.open(BytesIO(kept.content)) as image:
        assert image.mode == "RGBA"
    with Image.open(BytesIO(images.thumbnail(kept.content))) as small:
        assert (small.format, small.size) == ("JPEG", (images.THUMBNAIL_SIDE, images.THUMBNAIL_SIDE // 2))
        assert small.getpixel((5, 5)) == (255, 255, 255)


def test_a_telephones_two_pictures_give_the_first() -> None:
    target = BytesIO()
    first, second = Image.new("RGB", (50, 40), "red"), Image.new("RGB", (10, 10), "blue")
    first.save(target, "MPO", save_all=True, append_images=[second])
    with Image.open(BytesIO(received(target.getvalue(), "IMG.jpg").content)) as image:
        assert (image.format, image.size) == ("JPEG", (50, 40))


# -- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\facture.pdf", "facture.pdf"),
        ("C:\\Users\\c.dupont\\Facture n° 12.PDF", "Facture n° 12.pdf"),
        ("/", "document.pdf"),
        ("..", "document.pdf"),
        (".pdf", "pdf.pdf"),
        ("", "document.pdf"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("facture\u202efdp.pdf", "facturefdp.pdf"),
        ('a"b<c>d|e?f*g:h.pdf', "a-b-c-d-e-f-g-h.pdf"),
        ("  trop   d’espaces .pdf", "trop d’espaces.pdf"),
        ("Facture n.12", "Facture n.12.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_name_is_shown_and_never_a_path(sent: str, kept: str) -> None:
    assert received(build.pdf(), sent).name == kept


@given(st.text(max_size=300))
@example("A\x1f\u0300")  # the accent joins its letter once the control between them is gone
@example("x" * 146 + ".ABCDEFGH")  # cut, the end of the name looks like an ending
def test_no_name_breaks_out(sent: str) -> None:
    name = rules.clean_name(sent)
    assert 0 < len(name) <= rules.NAME_LENGTH
    assert not set(name) & set('/\\\0\r\n"<>')
    assert name not in (".", "..")
    assert not name.startswith(".")
    assert rules.clean_name(name) == name


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.4", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"]),
)
def test_no_content_breaks_the_reader(tail: bytes, head: bytes) -> None:
    with suppress(Invalid):
        assert received(head + tail).media_type in rules.MEDIA_TYPES


@pytest.mark.parametrize(
    "size, words",
    [(0, "0 octet"), (1, "1 octet"), (999, "999 octets"), (1000, "1 ko"), (340_499, "340 ko"), (1_250_000, "1,2 Mo")],
)
def test_a_size_is_said_as_a_reader_says_it(size: int, words: str) -> None:
    assert rules.size_in_words(size).replace("\u00a0", " ") == words
