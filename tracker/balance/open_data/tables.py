"""The tables of a published edition: which rows of the sheet they take, and what each of their columns is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracker.balance import columns
from tracker.balance.queries.content import BalanceSheet
from tracker.columns import Column, by_key
from tracker.tfpb.rules import ACTION_STATUSES, FILE_STATUSES, PRIORITIES, STAGES


@dataclass(frozen=True)
class Row:
    """A line of the sheet, and what it gathers where lines of several groups stand together."""

    sheet: BalanceSheet
    line: Any
    level: str = ""
    code: Any = None
    name: str = ""


@dataclass(frozen=True)
class Field:
    """A column of a table, with what the dictionary says of it."""

    column: Column
    description: str
    example: str
    unit: str = ""

    @property
    def key(self) -> str:
        """Its name in CSV and JSON."""
        return self.column.key


@dataclass(frozen=True)
class Table:
    """One table: the rows it takes from a sheet and its columns."""

    name: str
    title: str
    rows: Callable[[BalanceSheet], Iterable[Row]]
    fields: Sequence[Field]


# -- columns -------------------------------------------------------------------------------------------------------

_LEVELS = {
    "total": "Ensemble du contrat",
    "landlord": "Bailleur",
    "city": "Ville",
    "neighbourhood": "Quartier",
    "axis": "Axe du cadre national",
    "priority": "Priorité",
}


def _of_sheet(key: str, label: str, get: Callable[[BalanceSheet], Any], description: str, example: str) -> Field:
    return Field(Column(key, label, get=lambda row: get(row.sheet)), description, example)


_EDITION = (
    _of_sheet("contract", "Contrat", lambda sheet: sheet.contract.code, "Code du contrat de ville.", "contrat-exemple"),
    replace(
        _of_sheet("year", "Année", lambda sheet: sheet.year, "Année du bilan.", "2026"),
        column=Column("year", "Année", "integer", get=lambda row: row.sheet.year),
    ),
    Field(
        Column("edition", "Édition", "integer", get=lambda row: row.sheet.edition.number),
        "Numéro de l’édition arrêtée.",
        "1",
    ),
)


def _ref(key: str, part: str, label: str, what: str, example: str) -> Field:
    return Field(Column(key, label, get=lambda row: getattr(getattr(row.line, key.split("_")[0]), part)), what, example)


_PLACE = (
    _ref("landlord_siren", "code", "SIREN du bailleur", "Numéro SIREN du bailleur.", "123456782"),
    _ref("landlord", "name", "Bailleur", "Nom du bailleur.", "Bailleur A"),
    _ref("city_insee", "code", "Code INSEE de la ville", "Code officiel géographique de la commune.", "99001"),
    _ref("city", "name", "Ville", "Nom de la commune.", "Clairval"),
    _ref("neighbourhood_code", "code", "Code du quartier", "Code du quartier prioritaire (QPV).", "QN09216M"),
    _ref("neighbourhood", "name", "Quartier", "Nom du quartier prioritaire.", "Les Tilleuls"),
)

_UNITS = {
    "money": "euro",
    "ratio": "rapport (1 = 100\u00a0%)",
    "factor": "euro pour un euro",
    "integer": "nombre",
}
# The worked example of the balance sheet's definition: one file, 350 abated dwellings.
_EXAMPLES = {
    "files": "1",
    "actions": "12",
    "dwellings": "380",
    "abated_dwellings": "350",
    "abatement": "58000.00",
    "planned_cost": "62000.00",
    "actual_cost": "60000.00",
    "landlord_share": "52000.00",
    "other_funding": "8000.00",
    "valued_amount": "43000.00",
    "completion_rate": "0.9677",
    "valuation_rate": "0.7167",
    "justified_rate": "0.7414",
    "leverage": "1.3953",
    "valued_per_dwelling": "122.86",
    "actual_cost_per_dwelling": "157.89",
    "coverage_rate": "0.9667",
    "gap": "-15000.00",
    "share": "1.0000",
}


def _figure(column: Column, unit: str | None = None) -> Field:
    """A figure's column, its definition being the one printed beside it everywhere else."""
    key = column.key
    return Field(
        replace(column, get=lambda row: getattr(row.line, key, None)),
        columns.DEFINITIONS[key],
        _EXAMPLES[key],
        _UNITS[column.type] if unit is None else unit,
    )


def _plain(column: Column, description: str, example: str, unit: str = "") -> Field:
    key = column.key
    return Field(replace(column, get=lambda row: getattr(row.line, key)), description, example, unit)


def _coded(key: str, label: str, words: dict[str, str], description: str, example: str) -> Field:
    return _plain(Column(key, label, "status", words=words), description, example)


_GROUP = (
    Field(
        Column("level", "Niveau", "status", get=lambda row: row.level, words=_LEVELS),
        "Ce que la ligne regroupe.",
        "city",
    ),
    Field(
        Column("code", "Code", get=lambda row: row.code),
        "SIREN du bailleur, code INSEE de la ville, code du quartier, numéro de l’axe, code de la priorité\u00a0; vide "
        "pour l’ensemble et pour les actions sans priorité.",
        "99001",
    ),
    Field(Column("name", "Nom", get=lambda row: row.name), "Nom de ce que la ligne regroupe.", "Clairval"),
)
_SHARE = _figure(columns.SHARE)
_AMOUNTS = ("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount", "valuation_rate")
_DECLARED = {column.key: column for column in (*columns.ACTIONS, *columns.PARTICIPATION)}


def _action_fields() -> list[Field]:
    return [
        _plain(Column("id", "Identifiant", "integer"), "Numéro de l’action, le même d’une édition à l’autre.", "42"),
        *_PLACE,
        _plain(_DECLARED["axis"], "Numéro de l’axe du cadre national d’utilisation de l’abattement.", "3"),
        _plain(_DECLARED["title"], "Titre de l’action.", "Sur-entretien des halls"),
        _plain(_DECLARED["location"], "Résidences ou lieux de l’action.", "Résidence du Lac"),
        _plain(_DECLARED["calendar"], "Calendrier de l’action.", "Toute l’année"),
        _coded("status", "Statut", ACTION_STATUSES, "État d’avancement de l’action.", "done"),
        _coded("priority", "Priorité", PRIORITIES, "Priorité du contrat que l’action sert.", "social_ties"),
        *(_figure(column) for column in by_key(columns.ACTIONS, _AMOUNTS)),
        _plain(_DECLARED["indicator"], "Ce qui est mesuré.", "Halls repris"),
        _plain(_DECLARED["indicator_target"], "Valeur visée de l’indicateur.", "12"),
        _plain(_DECLARED["indicator_actual"], "Valeur atteinte de l’indicateur.", "11"),
    ]


# -- tables --------------------------------------------------------------------------------------------------------


def _groups(sheet: BalanceSheet) -> Iterator[Row]:
    yield Row(sheet, sheet.totals, "total", None, sheet.contract.name)
    for level in ("landlord", "city", "neighbourhood", "axis", "priority"):
        for line in getattr(sheet, f"by_{level}"):
            ref = getattr(line, level)
            yield Row(sheet, line, level, ref.code, ref.name)


def _lines(part: str) -> Callable[[BalanceSheet], Iterator[Row]]:
    return lambda sheet: (Row(sheet, line) for line in getattr(sheet, part))


TABLES = (
    Table(
        "synthese",
        "Chiffres de l’ensemble, puis de chaque bailleur, ville, quartier, axe et priorité",
        _groups,
        (*_EDITION, *_GROUP, *(_figure(column) for column in columns.FIGURES), _SHARE),
    ),
    Table("actions", "Actions des dossiers comptés", _lines("actions"), (*_EDITION, *_action_fields())),
    Table(
        "sources",
        "Autres financements accordés aux actions, par source",
        _lines("by_source"),
        (
            *_EDITION,
            _plain(Column("source", "Code de la source"), "Code du dispositif, sinon du financeur.", "dsil"),
            _plain(Column("name", "Source"), "Nom du dispositif, sinon du financeur.", "Fonds politique de la ville"),
            _ref("funder_code", "code", "Code du financeur", "Code du financeur.", "etat"),
            _ref("funder", "name", "Financeur", "Nom du financeur.", "État"),
            _plain(
                Column("amount", "Accordé", "money"),
                "Montant accordé aux actions par cette source\u00a0; la somme est l’autre financement de l’ensemble.",
                "12000.00",
                "euro",
            ),
        ),
    ),
    Table(
        "participation",
        "Moments de participation des habitants",
        _lines("participation"),
        (
            *_EDITION,
            *_PLACE,
            _coded("stage", "Étape", STAGES, "Étape de la démarche.", "diagnosis"),
            _plain(_DECLARED["held_on"], "Jour de la rencontre.", "2026-03-12"),
            _plain(_DECLARED["participants"], "Nombre de personnes présentes.", "35", "personne"),
        ),
    ),
    Table(
        "dossiers",
        "Dossiers attendus et leur état le jour de l’édition",
        _lines("completeness"),
        (
            *_EDITION,
            *_PLACE,
            _coded(
                "status",
                "État du dossier",
                {code: word for code, word in FILE_STATUSES.items() if code != "draft"},
                "État du dossier du bailleur\u00a0; vide tant qu’aucun bilan n’a été déposé.",
                "validated",
            ),
        ),
    ),
)
BY_NAME = {table.name: table for table in TABLES}
