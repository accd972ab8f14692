"""The columns of files, actions and conventions: one declaration for page, sort, workbook and the API's names."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from tracker import clock
from tracker.columns import Column
from tracker.funding.columns import GRANTS
from tracker.funding.queries import GrantLine
from tracker.tfpb import rules
from tracker.tfpb.queries import turns
from tracker.tfpb.queries.actions import ActionLine
from tracker.tfpb.queries.board_lines import BoardLine
from tracker.tfpb.queries.conventions import ConventionLine
from tracker.tfpb.queries.files import FileLine
from tracker.tfpb.rules import board
from tracker.web.drawings import counterpart_gauge
from tracker.web.formats import yes_no
from tracker.web.forms import LINES


def _file_link(line: FileLine) -> str:
    return url_for("tfpb.file_page", file_id=line.id)


def _action_link(line: ActionLine) -> str:
    return url_for("tfpb.action_page", action_id=line.id)


def _residences(line: ActionLine) -> str | None:
    return " ; ".join(residence.name for residence in line.residences) or None


def _waiting(line: FileLine) -> list[turns.Waiting]:
    """A workbook goes from hand to hand: nobody is « vous » in it."""
    return turns.waiting(None, line, clock.today())


def _missing_tone(line: FileLine) -> str | None:
    """What a programme's report will need one day is not missing yet."""
    awaited = line.file.status in rules.OPEN_TO_EDITING and line.file.year <= clock.today().year
    return "warn" if line.missing and awaited else None


def justified_tone(line: FileLine) -> str | None:
    """The gauge's own colour; a file still being filled in is not yet judged."""
    if line.file.status in rules.OPEN_TO_EDITING:
        return None
    return counterpart_gauge(line.known("valued_amount"), line.abatement).tone


def status_tone(line: FileLine) -> str | None:
    """A report is not late before its year is over: red is for what is due and not there."""
    if line.status != "draft":
        return rules.FILE_TONES[line.status]
    due, today = rules.report_due(line.year, line.convention.report_due), clock.today()
    if line.year > today.year:
        return None
    return "bad" if due is not None and due < today else "warn"


FILES = (
    Column(
        "landlord", "Bailleur", get=lambda line: line.convention.landlord.name, sort=True, link=_file_link, width=34
    ),
    Column("city", "Ville", get=lambda line: line.convention.city.name, sort=True, link=_file_link, width=20),
    Column("neighbourhood", "Quartier", get=lambda line: line.neighbourhood.name, sort=True, width=20),
    Column("year", "Année", get=lambda line: str(line.year), sort=True, width=8),
    Column("abated_dwellings", "Logements abattus", "integer", sort=True, total=True),
    Column("abatement", "Abattement", "money", sort=True, total=True, hint="réel, sinon estimé"),
    Column("planned_cost", "Prévu", "money", sort=True, total=True),
    Column("actual_cost", "Réalisé", "money", sort=True, total=True),
    Column("other_funding", "Autre financement", "money", sort=True, total=True),
    Column("valued_amount", "Valorisé TFPB", "money", sort=True, total=True),
    Column("justified_rate", "Justifié", "ratio", sort=True, total=True, tone=justified_tone),
    Column("turn", "À qui le tour", get=lambda line: turns.told(_waiting(line)), width=40),
    Column("since", "Depuis le", "date", get=lambda line: turns.since(_waiting(line)), width=12),
    Column("missing", "À compléter", "integer", sort=True, tone=_missing_tone, hint="valeurs"),
    Column(
        "programme_status",
        "Programme",
        "status",
        sort=True,
        words=rules.PROGRAMME_STATUSES,
        tone=lambda line: rules.PROGRAMME_TONES[line.programme_status],
        width=16,
    ),
    Column(
        "status",
        "Bilan",
        "status",
        sort=True,
        words=rules.FILE_STATUSES,
        tone=status_tone,
        width=16,
    ),
)
# What the page shows; the workbook takes them all. A landlord alone knows its own name.
FILES_SHOWN = (
    "landlord",
    "city",
    "year",
    "abatement",
    "planned_cost",
    "actual_cost",
    "valued_amount",
    "justified_rate",
    "missing",
    "programme_status",
    "status",
    "turn",
)
FILES_OF_ONE_LANDLORD = FILES_SHOWN[1:]

CONVENTION_FILES_SHOWN = ("year", "neighbourhood", "abatement", "valued_amount", "programme_status", "status", "turn")
# The years of one convention, on its page.
CONVENTION_FILES = tuple(
    sorted(
        (column for column in FILES if column.key in CONVENTION_FILES_SHOWN),
        key=lambda column: CONVENTION_FILES_SHOWN.index(column.key),
    )
)

ACTIONS = (
    Column("title", "Action", sort=True, link=_action_link, width=46),
    Column("axis", "Axe", "integer", sort=True, width=6),
    Column("sub_action", "Sous-action", sort=True, width=30),
    Column("residences", "Résidences", get=_residences, width=30),
    Column("location", "Lieu", sort=True, width=28),
    Column("calendar", "Calendrier", sort=True, width=20),
    Column(
        "status",
        "État",
        "status",
        sort=True,
        words=rules.ACTION_STATUSES,
        tone=lambda line: rules.ACTION_TONES.get(line.status),
        width=12,
    ),
    Column("planned_cost", "Prévu", "money", sort=True, total=True),
    Column("planned_valued", "Valorisation prévue", "money", sort=True, total=True),
    Column("actual_cost", "Réalisé", "money", sort=True, total=True),
    Column("cost_gap", "Écart", "money", sort=True, total=True, hint="réalisé − prévu"),
    Column("landlord_share", "Part bailleur", "money", sort=True, total=True),
    Column("other_funding", "Autre financement", "money", sort=True, total=True),
    Column("valued_amount", "Valorisé", "money", sort=True, total=True),
    Column("valuation_rate", "Taux", "ratio", sort=True, total=True),
    Column("priority", "Priorité", sort=True, words=rules.PRIORITIES, width=26),
    Column("objective", "Objectif du contrat", get=lambda line: line.objective and line.objective.code, width=14),
    Column("indicator", "Indicateur", sort=True, width=30),
    Column("indicator_target", "Cible", sort=True, width=14),
    Column("indicator_actual", "Résultat mesuré", sort=True, width=14),
    Column("result", "Résultat et observations", width=60),
    Column("observation", "Constat", "status", words=rules.OBSERVATIONS, width=14),
    Column("observed_by", "Constaté par", "status", words=rules.OBSERVERS, width=18),
    Column("observed_on", "Constaté le", "date", width=12),
    Column("correction_reason", "Motif de correction", width=40),
)
# The columns of the official table, as the page shows them.
ACTIONS_SHOWN = (
    "title",
    "planned_cost",
    "actual_cost",
    "cost_gap",
    "landlord_share",
    "other_funding",
    "valued_amount",
    "valuation_rate",
    "status",
)
# Those of a programme, before its year begins.
PROGRAMME_SHOWN = ("title", "calendar", "priority", "planned_cost", "planned_valued", "other_funding", "status")


@dataclass(frozen=True)
class OtherFunding:
    """A grant beside the action it pays."""

    action: ActionLine
    grant: GrantLine

    def __getattr__(self, name: str) -> Any:
        return getattr(self.grant, name)


OTHER_FUNDING = (
    GRANTS[0],
    Column("action", "Action", get=lambda one: one.action.title, link=lambda one: _action_link(one.action)),
    *(column for column in GRANTS[1:] if column.key in ("status", "requested", "awarded", "paid")),
)


PARTICIPATION = (
    Column("held_on", "Date", "date", width=12),
    Column("stage", "Étape", "status", words=rules.STAGES, width=24),
    Column("place", "Lieu", width=24),
    Column("audience", "Public", width=34),
    Column("participants", "Participants", "integer", total=True, width=12),
    Column("summary", "Ce qui s’est dit", width=50),
    Column("outcome", "Ce qui en est sorti", width=50),
)
# Under its stage on the page.
PARTICIPATION_SHOWN = ("held_on", "place", "audience", "participants", "summary", "outcome")

BASELINE = (
    Column("item", "Poste de gestion", width=40),
    Column("axis", "Axe", "integer", width=6),
    Column("unit", "Unité", width=24),
    Column("outside", "Hors quartier", "number"),
    Column("inside", "Dans le quartier", "number"),
    Column("gap", "Écart", "number", hint="quartier − hors quartier"),
)

CARRY_OVERS = (
    Column("decided_on", "Décidé le", "date", width=12),
    Column("amount", "Montant reporté", "money", total=True),
    Column("reason", "Motif", width=60),
)


GATE_WORDS = {
    "signed_late": "Signée trop tard",
    "not_signed": "À signer",
    "declared_late": "Déclarée trop tard",
    "not_declared": "À déclarer",
    "overlap": "En double",
}


def _convention_link(line: ConventionLine) -> str:
    return url_for("tfpb.convention_page", convention_id=line.id)


def _years(line: ConventionLine) -> str:
    return f"{line.first_year}-{line.last_year}"


def _gate(line: ConventionLine) -> str | None:
    return line.alert.code if line.alert else None


def _gate_tone(line: ConventionLine) -> str | None:
    return rules.ALERT_TONES[line.alert.severity] if line.alert else None


CONVENTIONS = (
    Column("landlord", "Bailleur", get=lambda line: line.landlord.name, sort=True, link=_convention_link, width=34),
    Column("city", "Ville", get=lambda line: line.city.name, sort=True, link=_convention_link, width=20),
    Column("first_year", "Années", get=_years, sort=True, width=12),
    Column(
        "status",
        "Statut",
        "status",
        sort=True,
        words=rules.CONVENTION_STATUSES,
        tone=lambda line: rules.CONVENTION_TONES[line.status],
        width=14,
    ),
    Column("signed_on", "Signée le", "date", sort=True, width=12),
    Column("files", "Dossiers", "integer", width=10),
    Column(
        "alert",
        "Condition légale",
        "status",
        get=_gate,
        words=GATE_WORDS,
        tone=_gate_tone,
        width=18,
    ),
)

AMENDMENTS = (
    Column("subject", "Objet", width=40),
    Column("signed_on", "Signé le", "date", width=12),
    Column("last_year", "Prolonge jusqu’en", get=lambda one: str(one.last_year) if one.last_year else None, width=12),
)

AXES = (
    Column("number", "Axe", get=lambda axis: str(axis.number)),
    Column("label", "Libellé"),
    Column("note", "Note"),
    Column("sub_actions", "Sous-actions usuelles", get=lambda axis: LINES.join(axis.sub_actions) or None),
    Column("former_labels", "Anciens libellés", get=lambda axis: LINES.join(axis.former_labels) or None),
    Column("needs_baseline", "Référence demandée", get=lambda axis: yes_no(axis.needs_baseline)),
    Column("outside_renewal", "Fermé en NPNRU", get=lambda axis: yes_no(axis.outside_renewal)),
)


# -- the completeness board ----------------------------------------------------------------------------------------


def _box(name: str) -> Column:
    return Column(
        name,
        board.BOXES[name],
        "status",
        get=lambda line: line.states[name],
        sort=True,
        total=True,
        words=board.BOX_STATES,
        tone=lambda line: board.BOX_TONES[line.states[name]],
        width=15,
    )


def _late_tone(line: BoardLine) -> str | None:
    return "bad" if line.days_late else None


BOARD = (
    Column("landlord", "Bailleur", get=lambda line: line.landlord.name, sort=True, width=34),
    Column("city", "Ville", get=lambda line: line.city.name, sort=True, width=20),
    Column("neighbourhood", "Quartier", get=lambda line: line.neighbourhood.name, sort=True, width=20),
    *(_box(name) for name in board.BOXES),
    Column("lacking", "Ce qui manque", sort=True, width=60),
    Column("due_on", "Bilan attendu le", "date", width=14),
    Column("days_late", "Retard", "integer", sort=True, tone=_late_tone, hint="jours", width=10),
    Column("since", "Depuis le", "date", sort=True, width=14),
    Column("turn", "À qui le tour", sort=True, width=40),
    Column("reminded_on", "Relancé le", "date", sort=True, width=14),
    Column("reminded_by", "Relancé par", width=24),
)
# What the page shows; the words of each box stand under its state there.
BOARD_SHOWN = ("landlord", *board.BOXES, "days_late", "turn")
