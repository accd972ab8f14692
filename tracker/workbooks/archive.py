"""The zip of a workbook: the same content gives the same bytes, whenever and wherever it is written."""

import io
import shutil
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

# The zip format knows no earlier day; the workbook's own date stands in its properties.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o600 << 16


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _FIRST_DAY)
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, _UNIX, _READABLE
    return entry


class _TimelessZip(ZipFile):
    """A zip whose entries carry no clock."""

    def writestr(
        self, name: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        super().writestr(_entry(str(name)), data)

    def write(
        self, filename: Any, arcname: Any = None, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        target: IO[bytes]
        with Path(filename).open("rb") as source, self.open(_entry(str(arcname).lstrip("/")), "w") as target:
            shutil.copyfileobj(source, target, 1 << 20)


class _Writer(ExcelWriter):
    """openpyxl's writer, whose charts say what they show to a reader who does not see them."""

    def _write_drawing(self, drawing: Any) -> None:
        frame_of = drawing._chart_frame

        def described(number: int) -> Any:
            frame, chart = frame_of(number), drawing.charts[number - 1]
            told = frame.nvGraphicFramePr.cNvPr
            told.name, told.descr = chart.alternative
            return frame

        drawing._chart_frame = described
        super()._write_drawing(drawing)  # type: ignore[misc]


def saved(workbook: Workbook, at: datetime) -> bytes:
    """The workbook's bytes; ``at`` is the date its properties give, never the clock's."""
    workbook.properties.created = workbook.properties.modified = at
    content = io.BytesIO()
    # openpyxl's own save() stamps the present time.
    with _TimelessZip(content, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        _Writer(workbook, archive).write_data()
    return content.getvalue()
