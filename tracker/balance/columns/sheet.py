"""The columns of a year’s own tables, and what each figure means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import methodcaller
from typing import Any

from tracker.balance.queries.content import BalanceSheet, ParticipationLine
from tracker.balance.rules import SEVERITIES, SEVERITY_TONES
from tracker.columns import Column, Totals, add_up, by_key
from tracker.tfpb.queries.expected import Ref
from tracker.tfpb.rules import (
    ACTION_STATUSES,
    ACTION_TONES,
    COUNTED,
    FILE_STATUSES,
    FILE_TONES,
    PRIORITIES,
    STAGES,
)

# A figure without its definition is disputed: each one carries its own (on the workbook's headers, in « À propos »).
DEFINITIONS = {
    "files": "Dossiers déposés par leur bailleur (déposés, vérifiés, validés en COPIL, transmis).",
    "actions": "Actions de contrepartie inscrites dans ces dossiers.",
    "dwellings": "Logements du bailleur dans le quartier.",
    "abated_dwellings": "Logements bénéficiant de l’abattement : ceux dont l’exonération de longue durée est terminée.",
    "abatement": "Abattement de 30 % de la base de taxe foncière (CGI, art. 1388 bis) : montant de l’avis d’imposition "
    "quand il est connu, sinon estimation.",
    "planned_cost": "Dépense prévisionnelle du programme d’actions de l’année.",
    "actual_cost": "Dépense réalisée, toutes sources : financement bailleur + autre financement.",
    "landlord_share": "Part de la dépense réalisée payée par le bailleur.",
    "other_funding": "Montants accordés par d’autres financeurs aux actions (subventions non refusées ni annulées).",
    "valued_amount": "Part de la dépense que le bailleur fait valoir en contrepartie de l’abattement.",
    "completion_rate": "Dépense réalisée ÷ dépense prévisionnelle.",
    "valuation_rate": "Dépense valorisée ÷ dépense réalisée.",
    "justified_rate": "Dépense valorisée ÷ abattement. Objectif : 100 %.",
    "leverage": "Dépense réalisée ÷ dépense valorisée : euros dépensés pour un euro valorisé.",
    "valued_per_dwelling": "Dépense valorisée ÷ logements abattus.",
    "actual_cost_per_dwelling": "Dépense réalisée ÷ logements du bailleur dans le quartier, abattus ou non.",
    "coverage_rate": "Abattement ÷ dépense réalisée : part de la dépense que l’abattement couvre.",
    "gap": "Dépense valorisée − abattement : négatif quand l’abattement n’est pas entièrement justifié.",
    "share": "Part de la ligne dans toute la dépense valorisée.",
}
UNKNOWN_RULE = (
    "Une somme ignore les valeurs inconnues ; un taux ou un écart reste vide dès qu’une de ses sommes en ignore une."
)


def gap_tone(line: Any) -> str | None:
    """A shortfall is shown as one."""
    return "bad" if line.gap is not None and line.gap < 0 else None


FIGURES = (
    Column("files", "Dossiers", "integer", total=True),
    Column("actions", "Actions", "integer", total=True),
    Column("dwellings", "Logements", "integer", total=True),
    Column("abated_dwellings", "Logements abattus", "integer", total=True),
    Column("abatement", "Abattement", "money", total=True),
    Column("planned_cost", "Prévu", "money", total=True),
    Column("actual_cost", "Réalisé", "money", total=True),
    Column("completion_rate", "Taux de réalisation", "ratio", total=True),
    Column("landlord_share", "Financement bailleur", "money", total=True),
    Column("other_funding", "Autre financement", "money", total=True),
    Column("valued_amount", "Valorisé TFPB", "money", total=True),
    Column("valuation_rate", "Taux de valorisation", "ratio", total=True),
    Column("justified_rate", "Abattement justifié", "ratio", total=True),
    Column("gap", "Écart", "money", total=True, tone=gap_tone),
    Column("leverage", "Effet de levier", "factor", total=True),
    Column("valued_per_dwelling", "Valorisé par logement", "money", total=True),
    Column("actual_cost_per_dwelling", "Dépense par logement", "money", total=True),
    Column("coverage_rate", "Couverture de la dépense", "ratio", total=True),
)
SHARE = Column("share", "Part du valorisé", "ratio")


def label_of(figure: str) -> str:
    """How a figure is called; its key when no column bears it."""
    return next((column.label for column in (*FIGURES, SHARE) if column.key == figure), figure)


# Drawn on the page alone: the same figures stand in the columns beside it.
COUNTERPART = Column("counterpart", "Contrepartie", get=lambda line: line.justified_rate)

LANDLORD = Column("landlord", "Bailleur", get=lambda line: line.landlord.name, width=22)
CITY = Column("city", "Ville", get=lambda line: line.city.name, width=20)
NEIGHBOURHOOD = Column("neighbourhood", "Quartier", get=lambda line: line.neighbourhood.name, width=18)
AXIS = Column("axis", "Axe", get=lambda line: f"{line.axis.code} {line.axis.name}", width=44)
PRIORITY = Column("priority", "Priorité", get=lambda line: line.priority.name, width=32)

# An axis gathers parts of files: what belongs to whole files has no column there.
BY_AXIS_KEYS = (
    "files",
    "actions",
    "planned_cost",
    "actual_cost",
    "completion_rate",
    "landlord_share",
    "other_funding",
    "valued_amount",
    "valuation_rate",
    "leverage",
)

SOURCES = (
    Column("name", "Source", width=44),
    Column("funder", "Financeur", get=lambda line: line.funder.name, width=34),
    Column("source", "Code", width=26),
    Column("amount", "Accordé", "money", total=True),
)

# For a reader, who has no use for the code.
SOURCES_SHOWN = tuple(by_key(SOURCES, ("name", "funder", "amount")))

ACTIONS = (
    replace(CITY, width=15),
    replace(LANDLORD, width=15),
    NEIGHBOURHOOD,
    Column("axis", "Axe", "integer", width=6),
    Column("title", "Action", width=26),
    Column("location", "Localisation", width=16),
    Column("calendar", "Calendrier", width=12),
    Column(
        "status", "Statut", "status", words=ACTION_STATUSES, tone=lambda line: ACTION_TONES.get(line.status), width=11
    ),
    Column("priority", "Priorité", "status", words=PRIORITIES, width=14),
    Column("planned_cost", "Prévu", "money", total=True),
    Column("actual_cost", "Réalisé", "money", total=True),
    Column("landlord_share", "Financement bailleur", "money", total=True),
    Column("other_funding", "Autre financement", "money", total=True),
    Column("valued_amount", "Valorisé TFPB", "money", total=True),
    Column("valuation_rate", "Taux de valorisation", "ratio", total=True),
    Column("indicator", "Indicateur", width=18),
    Column("indicator_target", "Cible", width=8),
    Column("indicator_actual", "Atteint", width=9),
    Column("result", "Résultat", width=28),
)

PARTICIPATION = (
    CITY,
    LANDLORD,
    NEIGHBOURHOOD,
    Column("stage", "Étape", "status", words=STAGES, width=22),
    Column("held_on", "Date", "date"),
    Column("place", "Lieu", width=24),
    Column("audience", "Public", width=28),
    Column("participants", "Participants", "integer", total=True, width=13),
    Column("summary", "Échanges", width=50),
    Column("outcome", "Suites données", width=50),
)

CHECKS = (
    Column(
        "state",
        "État",
        "status",
        get=lambda check: "ok" if check.ok else check.severity,
        words={"ok": "Conforme", **SEVERITIES},
        tone=lambda check: "good" if check.ok else SEVERITY_TONES[check.severity],
        width=18,
    ),
    Column("message", "Contrôle", width=110),
)

MISSING_WORDS = {
    "file": "aucun dossier",
    "submission": "bilan non déposé",
    "dwellings": "logements",
    "abated_dwellings": "logements abattus",
    "abatement": "montant de l’abattement",
    "abatement_actual": "abattement de l’avis d’imposition",
    "actions": "actions",
    "planned_cost": "dépenses prévisionnelles",
    "actual_cost": "dépenses réalisées",
    "landlord_share": "financements bailleur",
    "other_funding": "montants accordés",
    "valued_amount": "dépenses valorisées",
    "evidence": "justificatifs",
}
STAGE_WORDS = {f"participation_{stage}": word.lower() for stage, word in STAGES.items()}
NO_FILE = "Attendu"
COUNTED_STATUSES = frozenset(COUNTED)


def missing_words(line: Any) -> str:
    """What a file that is due still lacks, as a reader says it."""
    words = [MISSING_WORDS[code] for code in line.missing if code in MISSING_WORDS]
    stages = [STAGE_WORDS[code] for code in line.missing if code in STAGE_WORDS]
    if stages:
        words.append(f"participation des habitants ({', '.join(stages)})")
    return ", ".join(words) or "rien"


COMPLETENESS = (
    CITY,
    LANDLORD,
    NEIGHBOURHOOD,
    Column(
        "status",
        "Dossier",
        "status",
        get=lambda line: line.status or "none",
        words={**FILE_STATUSES, "none": NO_FILE},
        tone=lambda line: FILE_TONES[line.status] if line.status else "bad",
        width=18,
    ),
    Column(
        "missing",
        "Ce qui manque",
        get=missing_words,
        width=60,
    ),
)


def defined(columns: Sequence[Column]) -> list[Column]:
    """The same columns with their definitions, for a workbook's headers."""
    return [replace(column, hint=DEFINITIONS.get(column.key)) for column in columns]


def without_lone_neighbourhood(columns: Sequence[Column], rows: Sequence[Any]) -> list[Column]:
    """The same columns but the neighbourhood's, when all the rows are of one."""
    place = next(column for column in columns if column.key == NEIGHBOURHOOD.key)
    several = len({place.value(row) for row in rows}) > 1
    return [column for column in columns if several or column is not place]


# The neighbourhood stands under the city, where there are several.
COMPLETENESS_SHOWN = tuple(by_key(COMPLETENESS, ("city", "landlord", "status", "missing")))


@dataclass(frozen=True)
class Heard:
    """When the residents of one file were heard, stage by stage."""

    city: Ref
    landlord: Ref
    neighbourhood: Ref
    moments: Mapping[str, Sequence[ParticipationLine]]

    def told(self, stage: str) -> str | None:
        """The days of a stage and how many came; None when nobody was heard."""
        return ", ".join(_told(moment) for moment in self.moments.get(stage, ())) or None


def _told(moment: ParticipationLine) -> str:
    people = "" if moment.participants is None else f" ({moment.participants} pers.)"
    return f"{moment.held_on:%d/%m/%Y}{people}"


def heard_by_file(sheet: BalanceSheet) -> list[Heard]:
    """One line for each counted file, in the order of the completeness."""
    by_file: dict[int, dict[str, list[ParticipationLine]]] = {}
    for moment in sheet.participation:
        by_file.setdefault(moment.file_id, {}).setdefault(moment.stage, []).append(moment)
    return [
        Heard(line.city, line.landlord, line.neighbourhood, by_file.get(line.file_id, {}))
        for line in sheet.completeness
        if line.status in COUNTED_STATUSES and line.file_id is not None
    ]


def stage_columns(rows: Sequence[Heard]) -> list[Column]:
    """City, landlord, then one column for each stage."""
    stages = [Column(stage, word, get=methodcaller("told", stage)) for stage, word in STAGES.items()]
    return [*without_lone_neighbourhood((CITY, LANDLORD, NEIGHBOURHOOD), rows), *stages]


def figures(*keys: str) -> list[Column]:
    """Some of the figures' columns, in this order."""
    return by_key(FIGURES, keys)


def totals_of(sheet: BalanceSheet) -> Totals:
    """The last line of a group's table: the sheet's own totals, ratios included."""
    values = {column.key: getattr(sheet.totals, column.key) for column in FIGURES}
    if sheet.by_axis:
        values["share"] = add_up(line.share for line in sheet.by_axis)
    return Totals(values)


def source_totals(sheet: BalanceSheet) -> Totals:
    """The last line of the sources: the sheet's other funding."""
    return Totals({"amount": sheet.totals.other_funding})


def unknown_counts(rows: Iterable[Any], keys: Iterable[str]) -> dict[str, int]:
    """How many rows do not know the value, by key."""
    held = list(rows)
    return {key: sum(getattr(row, key) is None for row in held) for key in keys}


def action_totals(sheet: BalanceSheet) -> Totals:
    """The last line of the actions: the sheet's totals, and how many actions lack each amount."""
    added = [column for column in ACTIONS if column.total]
    amounts = [column.key for column in added if column.type == "money"]
    totals = {column.key: getattr(sheet.totals, column.key) for column in added}
    return Totals(totals, unknown_counts(sheet.actions, amounts))


def received(sheet: BalanceSheet) -> int:
    """How many of the files that are due count in the figures."""
    return sum(line.status in COUNTED_STATUSES for line in sheet.completeness)
