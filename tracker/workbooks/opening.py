"""Opening a file somebody sent: refused before anything is parsed when it is no workbook, or a trap.

What is opened is not the file itself but a lean copy of it in memory: the parts the reader needs, their empty cells
and rows struck out (a sheet « used » down to row 1,048,576 by its borders costs one pass of a regular expression),
and what openpyxl's reader does not tell (formulas, merged cells) noted on the way.
"""

import io
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE as FIRST_OWN

from tracker.settings import MEBIBYTE
from tracker.web import formats
from tracker.workbooks import number_formats


@dataclass(frozen=True)
class Limits:
    """What a file may cost. A declaration of 5,000 actions weighs 0.6 MB, 12 MB unpacked, and takes about 3 s."""

    packed: int = 8 * MEBIBYTE
    unpacked: int = 128 * MEBIBYTE
    ratio: int = 400  # of one part past 8 MB: deflate cannot pass 1,032, and real sheets stay under 60
    entries: int = 2_000
    sheets: int = 60
    cells: int = 600_000
    rows: int = 20_000  # filled in; each becomes a record of some kB
    texts: int = 200_000  # kept apart from the cells; openpyxl takes some 30 µs to read each, before any row
    marks: int = 500_000  # of XML in the other parts: styles, names, theme
    columns: int = 200
    seconds: float = 30.0


LIMITS = Limits()
_MOST_EMPTY = 200_000  # empty cells and rows; a template of 5,000 rows has some thousands


class Unreadable(Exception):
    """Nothing can be read; the text is a French sentence: what was found, what is expected."""


@dataclass(frozen=True)
class OpenSheet:
    """One sheet: its rows by ``Opened.rows``; ``formulas`` says of each cell with one whether a value was kept.

    ``scaled`` is the number format of each cell that shows thousands, millions or a percentage.
    """

    title: str
    raw: Any
    formulas: Mapping[str, bool]
    merged: Sequence[str]
    wide: bool
    scaled: Mapping[str, str]


@dataclass
class Opened:
    """A workbook being read, within its limits."""

    sheets: Sequence[OpenSheet]
    limits: Limits
    started: float
    taken_in: int = 0

    def rows(self, sheet: OpenSheet) -> Iterator[tuple[Any, ...]]:
        """The rows from the first, values only, each as wide as its last cell. Raises Unreadable."""
        width = self.limits.columns if sheet.wide else None
        try:
            for number, row in enumerate(sheet.raw.iter_rows(values_only=True, max_col=width)):
                if not number & 255:
                    self._refuse_lateness()
                yield row
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(
                f"La feuille « {sheet.title} » est abîmée : rouvrez le fichier dans votre tableur, "
                "enregistrez-le en .xlsx, puis déposez-le de nouveau."
            ) from error

    def take_in(self) -> None:
        """Count one more row that somebody filled in. Raises Unreadable past the limit."""
        self.taken_in += 1
        if self.taken_in > self.limits.rows:
            raise Unreadable(
                f"Le classeur contient plus de {formats.number(self.limits.rows)} lignes remplies : un classeur "
                "plus court est attendu."
            )

    def _refuse_lateness(self) -> None:
        if time.monotonic() > self.started + self.limits.seconds:
            raise Unreadable(
                f"La lecture dépasse {self.limits.seconds:.0f} secondes : un classeur plus court est attendu."
            )


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE_ANEW = "Enregistrez-le au format « Classeur Excel (.xlsx) », puis déposez-le de nouveau."
_NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/workbook[^/]*\.rels|xl/[^/]*\.xml|xl/theme/[^/]*\.xml"
    r"|xl/worksheets/[^/]*\.xml",
    re.IGNORECASE,
)


def opened(content: bytes, limits: Limits = LIMITS) -> Opened:
    """The workbook in these bytes. Raises Unreadable."""
    started = time.monotonic()
    lean, facts = _lean_copy(_archive(content, limits), limits)
    try:
        book = load_workbook(lean, read_only=True, data_only=True, keep_links=False)
        scaling = _scaling_styles(book)
        sheets = [_sheet(raw, facts, scaling) for raw in book.worksheets]
    except Exception as error:
        # Whatever a broken part makes openpyxl raise, the sender is told the same and nothing goes on.
        raise Unreadable(f"Ce classeur est abîmé et ne peut pas être ouvert. {_SAVE_ANEW}") from error
    if len(sheets) > limits.sheets:
        raise Unreadable(f"{len(sheets)} feuilles trouvées ; {limits.sheets} au plus sont lues.")
    return Opened(sheets, limits, started)


def markable(content: bytes, limits: Limits = LIMITS) -> bytes:
    """The bytes to load whole and give back: the very ones, or the lean copy where emptiness alone would cost too much.

    Raises Unreadable.
    """
    lean, facts = _lean_copy(_archive(content, limits), limits)
    return lean.getvalue() if sum(fact.struck_out for fact in facts.values()) > _MOST_EMPTY else content


def _archive(content: bytes, limits: Limits) -> ZipFile:
    """The zip, once its table of contents has been found harmless."""
    if not content:
        raise Unreadable("Le fichier est vide ; le classeur Excel (.xlsx) téléchargé du suivi est attendu.")
    if len(content) > limits.packed:
        raise Unreadable(
            f"Le fichier pèse {_megabytes(len(content))} ; {_megabytes(limits.packed)} au plus sont acceptés."
        )
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(
                "Ce classeur est protégé par un mot de passe et ne peut pas être lu. Ouvrez-le, ôtez le mot de passe "
                "(Fichier, Informations, Protéger le classeur), enregistrez-le, puis déposez-le de nouveau."
            )
        raise Unreadable(f"Ce fichier est à l’ancien format d’Excel (.xls). {_SAVE_ANEW}")
    if not content.startswith(b"PK"):
        raise Unreadable(f"Ce fichier n’est pas un classeur Excel (.xlsx). {_SAVE_ANEW}")
    try:
        archive = ZipFile(io.BytesIO(content))
    except (BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise Unreadable(
            "Le fichier est incomplet ou abîmé : l’envoi a pu être coupé. Déposez-le de nouveau."
        ) from error
    _refuse_traps(archive.infolist(), limits)
    _refuse_other_formats(archive)
    return archive


def _refuse_traps(entries: Sequence[ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise Unreadable(f"Le fichier contient {len(entries)} éléments ; {limits.entries} au plus sont acceptés.")
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked:
        raise Unreadable(
            f"Une fois décompressé, le fichier pèserait {_megabytes(total)} ; {_megabytes(limits.unpacked)} au plus "
            "sont acceptés."
        )
    for entry in entries:
        if entry.flag_bits & 1:
            raise Unreadable(
                "Ce fichier est chiffré et ne peut pas être lu : un classeur sans mot de passe est attendu."
            )
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Unreadable(f"Ce fichier est compressé d’une façon que les classeurs n’ont pas. {_SAVE_ANEW}")
        if entry.file_size > 8 * MEBIBYTE and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            raise Unreadable("Le contenu de ce fichier est anormalement compressé : il n’est pas ouvert.")


def _refuse_other_formats(archive: ZipFile) -> None:
    names = [name.lower() for name in archive.namelist()]
    if len(set(names)) != len(names):
        raise Unreadable(f"Ce fichier contient deux fois le même élément. {_SAVE_ANEW}")
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Unreadable(
            "Ce classeur contient des macros (.xlsm) : il n’est pas ouvert. Enregistrez-le au format « Classeur Excel "
            "(.xlsx) », sans macros, puis déposez-le de nouveau."
        )
    if "mimetype" in names and "content.xml" in names:
        raise Unreadable(f"Ce fichier est un document OpenDocument (.ods). {_SAVE_ANEW}")
    if "xl/workbook.bin" in names:
        raise Unreadable(f"Ce fichier est un classeur binaire (.xlsb). {_SAVE_ANEW}")
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unreadable(f"Ce fichier n’est pas un classeur Excel (.xlsx). {_SAVE_ANEW}")


@dataclass(frozen=True)
class _Facts:
    formulas: Mapping[str, bool]
    merged: Sequence[str]
    wide: bool
    struck_out: int = 0


def _lean_copy(archive: ZipFile, limits: Limits) -> tuple[io.BytesIO, dict[str, _Facts]]:
    copy, facts, cells = io.BytesIO(), dict[str, _Facts](), 0
    with ZipFile(copy, "w", ZIP_STORED) as lean:
        for name in archive.namelist():
            if not _NEEDED.fullmatch(name):
                continue
            try:
                part = archive.read(name)
            except Exception as error:
                raise Unreadable(
                    "Le fichier est incomplet ou abîmé : l’envoi a pu être coupé. Déposez-le de nouveau."
                ) from error
            if part[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<") or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise Unreadable(f"Ce classeur contient des éléments qu’aucun tableur n’écrit. {_SAVE_ANEW}")
            head = re.search(rb"<([A-Za-z]\w*:)?worksheet\b", part[:4096])
            if head:
                patterns = _patterns(head[1] or b"")
                part, facts[name] = _lean_sheet(part, patterns)
                cells += part.count(patterns.cell)
                if cells > limits.cells:
                    raise Unreadable(
                        f"Le classeur contient plus de {formats.number(limits.cells)} cellules remplies : un classeur "
                        "plus court est attendu."
                    )
            else:
                _refuse_glut(part, limits)
            lean.writestr(name, part)
    copy.seek(0)
    return copy, facts


_TEXTS = re.compile(rb"<(?:[A-Za-z]\w*:)?si[\s/>]")


def _refuse_glut(part: bytes, limits: Limits) -> None:
    """A part that is no sheet is parsed whole before the first row, where no clock is looked at."""
    texts = sum(1 for _ in _TEXTS.finditer(part))
    if texts > limits.texts:
        raise Unreadable(
            f"Le classeur contient plus de {formats.number(limits.texts)} textes différents : un classeur plus court "
            "est attendu."
        )
    if not texts and part.count(b"<") > limits.marks:
        raise Unreadable(
            "Ce classeur contient un nombre anormal de styles ou de noms : recopiez vos valeurs dans un classeur "
            "téléchargé du suivi."
        )


@dataclass(frozen=True)
class _Patterns:
    cell: bytes
    unnumbered: re.Pattern[bytes]
    empty_cell: re.Pattern[bytes]
    empty_row: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    merged: re.Pattern[bytes]
    own_text: re.Pattern[bytes]
    data: re.Pattern[bytes]
    prefix: bytes


@cache
def _patterns(prefix: bytes) -> _Patterns:
    """The marks of a sheet's XML. Names may carry a prefix, attributes either quote; they never hold a bare « < »."""
    p = re.escape(prefix)
    return _Patterns(
        cell=b"<%bc " % prefix,
        unnumbered=re.compile(rb"<%b(?:c|row)(?:>|\s(?![^>]*\br=))" % p),
        empty_cell=re.compile(rb"<%bc\s[^>]*(?:/>|>\s*(?:<%bv\s*/>\s*|<%bv></%bv>\s*)?</%bc>)" % (p, p, p, p, p)),
        empty_row=re.compile(rb"<%brow\s[^>]*(?:/>|>\s*</%brow>)\s*" % (p, p)),
        formula=re.compile(
            rb'<%bc\s[^>]*?\br=["\']([A-Z]{1,3}[0-9]{1,7})["\'][^>]*>\s*<%bf\b(?:[^>]*/>|[^>]*>[^<]*</%bf>)\s*(<%bv>[^<])?'
            % (p, p, p, p)
        ),
        merged=re.compile(
            rb'<%bmergeCell\s[^>]*?\bref=["\']([A-Z]{1,3}[1-9][0-9]{0,6}:[A-Z]{1,3}[1-9][0-9]{0,6})["\']' % p
        ),
        own_text=re.compile(rb't="inlineStr"([^>]*)><%bis><%bt(?:\s[^>]*)?>([^<]*)</%bt></%bis>' % (p, p, p, p)),
        data=re.compile(rb"<%bsheetData\b" % p),
        prefix=prefix,
    )


def _lean_sheet(part: bytes, patterns: _Patterns) -> tuple[bytes, _Facts]:
    formulas = {match[1].decode(): match[2] is not None for match in patterns.formula.finditer(part)}
    merged = [match[1].decode() for match in patterns.merged.finditer(part)]
    # A cell without a reference stands after the one before it: there nothing may be struck out.
    cells = rows = 0
    if not patterns.unnumbered.search(part):
        part, cells = patterns.empty_cell.subn(b"", part)
        part, rows = patterns.empty_row.subn(b"", part)
    wide = re.search(rb' r=["\'][A-Z]{3}[0-9]', part) is not None
    # Text kept in the cell itself costs openpyxl ten times what a plain value does, and a sheet that does not tell its
    # size is read twice: what is written so is said the cheap way.
    part = patterns.own_text.sub(rb't="str"\1><%bv>\2</%bv>' % (patterns.prefix, patterns.prefix), part)
    if re.search(rb"<%bdimension\b" % re.escape(patterns.prefix), part[:8192]) is None:
        size = rb'<%bdimension ref="A1"/>' % patterns.prefix
        part = patterns.data.sub(lambda match: size + match[0], part, 1)
    return part, _Facts(formulas, merged, wide, cells + rows)


def _scaling_styles(book: Any) -> dict[int, str]:
    """The styles of a workbook, by their number, whose format shows something else than the number itself."""
    own = book._number_formats
    codes = {
        number: own[number - FIRST_OWN] if number >= FIRST_OWN else BUILTIN_FORMATS.get(number, "")
        for number in {style.numFmtId for style in book._cell_styles}
    }
    scaling = {number: code for number, code in codes.items() if number_formats.asks(code)}
    return {
        place: scaling[style.numFmtId] for place, style in enumerate(book._cell_styles) if style.numFmtId in scaling
    }


_CELL = re.compile(rb'<(?:[A-Za-z]\w*:)?c\s[^>]*?\br=["\']([A-Z]{1,3}[0-9]{1,7})["\']')


def _scaled(raw: Any, scaling: Mapping[int, str]) -> dict[str, str]:
    """The cells of these styles. The sheet's bytes are searched: openpyxl would make an object of every cell."""
    if not scaling:
        return {}
    with raw._get_source() as source:
        part: bytes = source.read()
    found: dict[str, str] = {}
    for match in re.finditer(rb' s=["\'](%b)["\']' % b"|".join(b"%d" % number for number in scaling), part):
        cell = _CELL.match(part, part.rfind(b"<", 0, match.start()))
        if cell:
            found[cell[1].decode()] = scaling[int(match[1])]
    return found


def _sheet(raw: Any, facts: Mapping[str, _Facts], scaling: Mapping[int, str]) -> OpenSheet:
    raw.reset_dimensions()  # a sheet may claim any size
    known = facts.get(raw._worksheet_path.lstrip("/"), _Facts({}, (), wide=True))
    return OpenSheet(raw.title, raw, known.formulas, known.merged, known.wide, _scaled(raw, scaling))


def _megabytes(size: int) -> str:
    return f"{size / MEBIBYTE:.1f}".replace(".", ",") + " Mo"
