"""Excel's own charts, drawn from the cells of a written table: sober, with a text alternative."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.title import Title, title_maker
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties

from tracker.columns import Kind
from tracker.workbooks.looks import CHART_COLOURS, FORMATS, INK, LINE, PETROL, SOFT, TYPEFACE
from tracker.workbooks.tables import Table

LANGUAGE = "fr-FR"
# An axis is read in round figures.
_ROUND = {"money": '#,##0 "€"', "ratio": "0%"}
# Room for figures over the bars: beyond, the axis says them.
_LABELLED = 8


@dataclass(frozen=True)
class Bars:
    """A bar chart asked for: the columns ``keys`` of a table against its first column.

    told    the text alternative: what a reader who does not see the drawing is told.
    across  bars laid flat, for long names; ``labels`` the column of the names, by default the table's first.
    """

    title: str
    keys: Sequence[str]
    told: str
    across: bool = False
    labels: str | None = None

    def drawn(self, table: Table) -> Any:
        """openpyxl's chart over this table."""
        chart: Any = BarChart()
        kinds = {column.key: column.type for column in table.columns}
        chart.type, chart.style, chart.title = "bar" if self.across else "col", 10, _title(self.title)
        chart.roundedCorners = False
        names = table.cells(self.labels or table.columns[0].key)
        few = table.rows * len(self.keys) <= _LABELLED
        # One column alone is what is done, not what is owed.
        colours = CHART_COLOURS if len(self.keys) > 1 else CHART_COLOURS[1:]
        for key, colour in zip(self.keys, colours, strict=False):
            series: Any = Series(Reference(range_string=table.cells(key)), title_from_data=False)
            series.tx = _named(table.title(key))
            series.cat = AxDataSource(strRef=StrRef(f=names))
            series.graphicalProperties = GraphicalProperties(solidFill=colour)
            series.graphicalProperties.line.noFill = True
            series.invertIfNegative = False
            if few:
                series.dLbls = _labels(kinds[key])
            chart.series.append(series)
        chart.gapWidth, chart.overlap = 60, -5
        self._axes(chart, kinds[self.keys[0]], ruled=not few)
        chart.legend = None if len(self.keys) == 1 else chart.legend
        if chart.legend is not None:
            chart.legend.position, chart.legend.txPr = "b", _text(900, INK)
        chart.graphical_properties = GraphicalProperties(solidFill="FFFFFF", ln=LineProperties(solidFill=LINE))
        return chart

    def _axes(self, chart: Any, kind: Kind, *, ruled: bool) -> None:
        for axis in (chart.x_axis, chart.y_axis):
            axis.delete, axis.txPr = False, _text(900, INK)
            axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE))
        chart.x_axis.tickLblPos = "low"  # the names stay at the edge where an amount is negative
        chart.y_axis.number_format = _ROUND.get(kind, FORMATS[kind])
        if ruled:
            chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=LINE, w=6350))
        else:
            chart.y_axis.majorGridlines = None  # the figures stand over the bars
        if self.across:
            chart.x_axis.scaling.orientation = "maxMin"
            chart.y_axis.crosses = "max"  # the amounts under the bars, though the first name stands on top


def _characters(size: int, colour: str, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface=TYPEFACE), lang=LANGUAGE)


def _text(size: int, colour: str) -> RichText:
    looks = _characters(size, colour)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=looks), endParaRPr=looks)])


def _title(text: str) -> Title:
    title: Any = title_maker(text)
    title.overlay = False
    looks = _characters(1200, PETROL, bold=True)
    for paragraph in title.tx.rich.p:
        paragraph.pPr = ParagraphProperties(defRPr=looks)
        for run in paragraph.r:
            run.rPr = looks
    return title


def _named(cell: str) -> Any:
    return SeriesLabel(strRef=StrRef(f=cell))


def _labels(kind: Kind) -> DataLabelList:
    return DataLabelList(
        numFmt=FORMATS[kind],
        txPr=_text(800, SOFT),
        showVal=True,
        showSerName=False,
        showCatName=False,
        showLegendKey=False,
        showPercent=False,
    )
