"""The declaration towards the State's tool: one table with stable columns, as a workbook and as CSV.

Its columns are documented, with the same version, in ``docs/state-export.md``: software may rely on their names and
their order. A change of either is a new ``VERSION``; a new column comes last.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.columns import Column
from tracker.funding.columns import source_name
from tracker.funding.rules import AWARDED
from tracker.tfpb import rules
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.queries.declarations import Declaration, DeclaredAction
from tracker.workbooks.about import About, attachment, file_name
from tracker.workbooks.looks import defused
from tracker.workbooks.writing import list_workbook

VERSION = 1
TITLE = "Export TFPB vers l’État"
CSV_MIME = "text/csv; charset=utf-8"
_MONEY, _RATE = ".2f", ".4f"


@dataclass(frozen=True)
class ExportRow:
    """One line of the table: an action under its file's header; a file without actions has one line of its own."""

    declaration: Declaration
    action: DeclaredAction | None
    axis_labels: dict[int, str]
    state: str

    @property
    def file(self) -> TfpbFile:
        """The file of the line."""
        return self.declaration.file.file


def export_rows(declarations: Iterable[Declaration], axis_labels: dict[int, str], about: About) -> list[ExportRow]:
    """The lines of these files, in their order, their actions by axis."""
    rows = []
    for one in declarations:
        actions: Sequence[DeclaredAction | None] = one.actions or [None]
        rows += [ExportRow(one, action, axis_labels, about.state) for action in actions]
    return rows


def _of_file(key: str, label: str, kind: Any = "text", **options: Any) -> Column:
    return Column(key, label, kind, get=lambda row: getattr(row.file, key), **options)


def _of_action(key: str, label: str, kind: Any = "text", **options: Any) -> Column:
    return Column(key, label, kind, get=lambda row: getattr(row.action, key) if row.action else None, **options)


def _axis_label(row: ExportRow) -> str | None:
    return row.axis_labels.get(row.action.axis) if row.action else None


def _residences(row: ExportRow) -> str | None:
    return " ; ".join(one.name for one in row.action.residences) or None if row.action else None


def _objective(row: ExportRow) -> str | None:
    objective = row.action.objective if row.action else None
    return f"{objective.code} {objective.label}" if objective else None


def _euros(amount: Decimal | None) -> str:
    return "montant inconnu" if amount is None else f"{amount:{_MONEY}} €".replace(".", ",")


def _sources(row: ExportRow) -> str | None:
    """« CAF : 1200,00 € ; Dispositif : 300,00 € »: what ``other_funding`` is the sum of."""
    grants = [grant for grant in row.action.grants if grant.status in AWARDED] if row.action else []
    return " ; ".join(f"{source_name(grant)} : {_euros(grant.awarded)}" for grant in grants) or None


def _participation(row: ExportRow) -> str | None:
    """« Diagnostic le 12/03/2026 (25 participants) ; … »."""
    told = []
    for moment in row.declaration.participation:
        count = "" if moment.participants is None else f" (participants : {moment.participants})"
        told.append(f"{rules.STAGES[moment.stage]} le {moment.held_on:%d/%m/%Y}{count}")
    return " ; ".join(told) or None


COLUMNS = (
    Column("format_version", "Version du format", "integer", get=lambda row: VERSION),
    Column("state", "État des données", get=lambda row: row.state, width=36),
    Column("contract", "Contrat", get=lambda row: row.declaration.contract.code),
    Column("landlord", "Bailleur", get=lambda row: row.file.convention.landlord.name, width=34),
    Column("landlord_siren", "SIREN du bailleur", get=lambda row: row.file.convention.landlord.siren, width=14),
    Column("city", "Commune", get=lambda row: row.file.convention.city.name, width=20),
    Column("city_insee", "Code INSEE", get=lambda row: row.file.convention.city.insee, width=10),
    Column("neighbourhood_code", "Code QPV", get=lambda row: row.file.neighbourhood.code, width=12),
    Column("neighbourhood", "QPV", get=lambda row: row.file.neighbourhood.name, width=20),
    Column("year", "Année", get=lambda row: str(row.file.year), width=8),
    Column("convention_signed_on", "Convention signée le", "date", get=lambda row: row.file.convention.signed_on),
    Column(
        "file_status", "Statut du bilan", "status", get=lambda row: row.file.status, words=rules.FILE_STATUSES, width=16
    ),
    _of_file("dwellings", "Logements", "integer"),
    _of_file("abated_dwellings", "Logements abattus", "integer"),
    _of_file("abatement_estimated", "Abattement estimé", "money"),
    _of_file("estimate_source", "Source de l’estimation"),
    _of_file("abatement_actual", "Abattement réel", "money"),
    _of_file("actual_source", "Source du montant réel"),
    _of_file("notice_on", "Avis d’imposition du", "date"),
    _of_action("id", "N° d’action", "integer"),
    _of_action("axis", "N° d’axe", "integer"),
    Column("axis_label", "Axe", get=_axis_label, width=40),
    _of_action("sub_action", "Sous-action", width=30),
    _of_action("title", "Action", width=46),
    _of_action("location", "Lieu", width=28),
    Column("residences", "Résidences", get=_residences, width=34),
    _of_action("calendar", "Calendrier", width=20),
    _of_action("priority", "Priorité", words=rules.PRIORITIES, width=26),
    Column("objective", "Objectif", get=_objective, width=34),
    _of_action("planned_cost", rules.AMOUNT_LABELS["planned_cost"], "money"),
    _of_action("planned_valued", rules.AMOUNT_LABELS["planned_valued"], "money"),
    _of_action("actual_cost", rules.AMOUNT_LABELS["actual_cost"], "money"),
    _of_action("landlord_share", rules.AMOUNT_LABELS["landlord_share"], "money"),
    _of_action("other_funding", rules.AMOUNT_LABELS["other_funding"], "money"),
    Column("other_funding_sources", "Sources de l’autre financement", get=_sources, width=40),
    _of_action("valued_amount", rules.AMOUNT_LABELS["valued_amount"], "money"),
    _of_action("valuation_rate", "Taux de valorisation TFPB", "ratio"),
    _of_action("indicator", "Indicateur", width=30),
    _of_action("indicator_target", "Indicateur prévu"),
    _of_action("indicator_actual", "Indicateur réalisé"),
    _of_action("result", "Résultat et observations", width=60),
    _of_action("status", "État de l’action", "status", words=rules.ACTION_STATUSES, width=14),
    _of_action("correction_reason", "Motif de correction", width=30),
    Column("participation", "Participation des habitants", get=_participation, width=46),
    _of_file("review", "Bilan qualitatif", width=60),
)


def workbook(rows: Sequence[ExportRow], about: About) -> bytes:
    """The table as a workbook: its header on the first row, numbers and dates are real ones, no totals under them."""
    return list_workbook(TITLE, COLUMNS, rows, None, about, titled=False)


def csv_file(rows: Sequence[ExportRow]) -> bytes:
    """The table as French Excel opens it by itself: UTF-8 with its mark, « ; », decimal comma, CRLF, jj/mm/aaaa."""
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.label for column in COLUMNS])
    writer.writerows([_written(column, row) for column in COLUMNS] for row in rows)
    return content.getvalue().encode("utf-8-sig")


def _written(column: Column, row: ExportRow) -> str:
    value = column.shown(row)
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return f"{value:{_RATE if column.type == 'ratio' else _MONEY}}".replace(".", ",")
    return defused(str(value))


def names_of(one: Declaration) -> tuple[str, str, str]:
    """What names one file's export: landlord, city, year."""
    convention = one.file.convention
    return convention.landlord.name, convention.city.name, str(one.file.year)


def sent(rows: Sequence[ExportRow], about: About, kind: str, *names: str) -> tuple[bytes, dict[str, str]]:
    """The bytes and the headers of an answer: ``kind`` is ``xlsx`` or ``csv``, ``names`` go into the file's name."""
    name = file_name("export-etat-tfpb", *names, about=about)
    if kind == "xlsx":
        return workbook(rows, about), attachment(name)
    headers = attachment(name.removesuffix("xlsx") + "csv")
    return csv_file(rows), {**headers, "Content-Type": CSV_MIME}
