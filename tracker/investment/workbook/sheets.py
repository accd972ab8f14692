"""The sheets of the projects' workbook: projects, the grants of their financing plans, their yearly budgets."""

from collections.abc import Sequence
from typing import Any

from tracker.api.fields import Text, Whole
from tracker.funding.models import Funder, Grant, Scheme
from tracker.funding.schemas import GrantSchema
from tracker.funding.sources import source_names, source_of, source_words
from tracker.investment.models import BudgetYear, Project
from tracker.investment.schemas import BudgetYearSchema, ProjectSchema
from tracker.workbooks.entries import entry
from tracker.workbooks.forms import Entry, SheetForm

# Older ones are refused: a column added, renamed or taken away makes a new number.
TEMPLATE = 1
PROJECTS, GRANTS, BUDGETS = "projects", "grants", "budgets"

# The years a budget may be of, as its address in the API.
FIRST_YEAR, LAST_YEAR = 1990, 2100
_DAY = "jj/mm/aaaa"
_PROJECT = "Le nom du projet, tel qu’écrit sur la feuille « Projets »"

GUIDE = (
    "Une cellule vide dit « inconnu » ; 0 dit « rien ».",
    (
        "Le statut d’une subvention avance ici comme à l’écran ; un retour en arrière ou une fin (refusée, caduque…) "
        "demande un motif et se fait sur sa page."
    ),
    "Le coût d’un projet qui a des postes de dépense est leur somme : il est en gris, modifiez les postes à l’écran.",
)


class GrantSheetSchema(GrantSchema):
    """A grant as the workbook tells it: its project by title, its scheme or funder as one choice."""

    project = Text("Projet", required=True)
    source = Text("Dispositif ou financeur", max_length=40, required=True)


class BudgetSheetSchema(BudgetYearSchema):
    """A year's budget as the workbook tells it: its project by title, its year."""

    project = Text("Projet", required=True)
    year = Whole("Année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)


def project_sheet() -> SheetForm:
    """« Projets »: a row for each."""
    schema = ProjectSchema()

    def column(key: str, label: str | None = None, **options: Any) -> Entry:
        return entry(schema, key, label, **options)

    return SheetForm(
        PROJECTS,
        "Projets",
        (
            column("title", "Projet", hint="Un nom par projet", width=40),
            column("kind"),
            column("site"),
            column("owner_name", width=26),
            column("owner_kind"),
            column("status", hint="Vide : intention"),
            column("owner_share_regime", hint="Vide : droit commun", width=24),
            column("cost_excl_tax", hint="En euros ; gris : somme des postes de dépense"),
            column("cost_incl_tax", hint="En euros ; gris : somme des postes de dépense"),
            column("self_funding", hint="En euros"),
            column("starts_on", hint=_DAY),
            column("ends_on", hint=_DAY),
            column("awarded", locked=True, hint="Subventions d’investissement"),
            column("left_to_fund", locked=True, hint="Coût HT moins accordé"),
            column("unfunded", locked=True, hint="Après autofinancement et emprunts"),
            column("owner_share_rate", locked=True),
        ),
        schema,
        item_type=Project.__tablename__,
        title="title",
        help="Une ligne par projet ; les montants sont en euros, jamais en milliers.",
        spare=15,
    )


def grant_sheet(schemes: Sequence[Scheme], funders: Sequence[Funder]) -> SheetForm:
    """« Financements »: a row for each grant or loan of a project."""
    schema = GrantSheetSchema()
    return SheetForm(
        GRANTS,
        "Financements",
        (
            entry(schema, "project", source=(PROJECTS, "title"), hint=_PROJECT, width=40),
            entry(
                schema,
                "source",
                words=source_words(schemes, funders),
                others=source_names(schemes, funders),
                made_of=source_of,
                width=40,
            ),
            entry(schema, "nature", hint="Vide : investissement"),
            entry(schema, "status", hint="Vide : accordée si un montant l’est, sinon identifiée", width=18),
            entry(schema, "eligible_base", hint="En euros hors taxes"),
            entry(schema, "rate", hint="80 %"),
            entry(schema, "requested", hint="En euros"),
            entry(schema, "awarded", hint="En euros, une fois la subvention accordée"),
            entry(schema, "reference", width=24),
            entry(schema, "deadline_on", hint=_DAY),
            entry(schema, "filed_on", hint=_DAY),
            entry(schema, "awarded_on", hint=_DAY),
            entry(schema, "paid", locked=True, hint="Somme des versements"),
        ),
        schema,
        item_type=Grant.__tablename__,
        title="source",
        help="Ce que chacun finance dans un projet, une ligne par aide ou par emprunt.",
    )


def budget_sheet() -> SheetForm:
    """« Budgets »: a row for each project and year."""
    schema = BudgetSheetSchema()
    return SheetForm(
        BUDGETS,
        "Budgets",
        (
            entry(schema, "project", source=(PROJECTS, "title"), hint=_PROJECT, width=40),
            entry(schema, "year", hint="Une ligne par projet et par année", kind="text", width=16),
            entry(schema, "planned", hint="En euros"),
            entry(schema, "voted", hint="En euros"),
            entry(schema, "committed", hint="En euros"),
            entry(schema, "paid", hint="En euros"),
        ),
        schema,
        item_type=BudgetYear.__tablename__,
        title="project",
        help="Ce que le budget de la ville prévoit, vote, engage et mandate pour chaque projet, année par année.",
    )


def sheet_forms(schemes: Sequence[Scheme], funders: Sequence[Funder]) -> tuple[SheetForm, ...]:
    """The three sheets, in the order in which they are written: a grant may name a project added above."""
    return project_sheet(), grant_sheet(schemes, funders), budget_sheet()
