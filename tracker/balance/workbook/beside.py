"""The coordinator's text, « Évaluation », and what the workbook says of itself, « À propos »."""

from tracker.balance import columns
from tracker.balance.workbook.pages import Pages
from tracker.workbooks.about import Fact

EVALUATION = "Évaluation"


def write_evaluation(pages: Pages) -> None:
    """The yearly short evaluation the contract asks for."""
    heading = f"{EVALUATION} : ce que la coordination retient de {pages.balance.year}"
    sheet = pages.book.sheet(EVALUATION, (92,), heading=heading, freeze=False, portrait=True)
    sheet.blank()
    if pages.balance.evaluation is None:
        sheet.text("Aucune évaluation n’est rédigée pour cette année.", "remark")
    else:
        sheet.paragraphs(pages.balance.evaluation)


def write_about(pages: Pages) -> None:
    """Where the figures come from, control totals, definitions, reference values with their sources."""
    balance, totals = pages.balance, pages.balance.totals
    facts = [
        Fact("Nombre d’actions", len(balance.actions), "integer"),
        Fact("Nombre d’actions prévues l’an prochain", len(balance.programme), "integer"),
        Fact("Total de contrôle – réalisé", totals.actual_cost, "money"),
        Fact("Total de contrôle – valorisé", totals.valued_amount, "money"),
        Fact("Total de contrôle – abattement", totals.abatement, "money"),
    ]
    references = [
        (columns.label_of(one.figure), f"{columns.worded(one)}. Source : {one.source}") for one in balance.references
    ]
    pages.book.about_sheet(
        facts,
        [
            ("Définitions", [(label, meaning) for _, label, meaning in columns.whole_definitions(balance)]),
            ("Valeurs de référence", references),
        ],
    )
