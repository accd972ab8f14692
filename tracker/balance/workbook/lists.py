"""The sheets of lines: actions, residents' participation, next year's programme, files that are due."""

from collections.abc import Iterable
from typing import Any

from tracker.balance import columns
from tracker.balance.workbook.pages import Pages
from tracker.columns import Totals, add_up


def write(pages: Pages) -> None:
    """« Actions » and « Participation »."""
    balance = pages.balance
    totals = columns.action_totals(balance)
    added = [column.key for column in columns.ACTIONS if column.total and column.type == "money"]
    listed = columns.without_lone_neighbourhood(columns.ACTIONS, balance.actions)
    pages.listed(
        "Actions",
        "les actions des dossiers déposés",
        columns.defined(listed),
        balance.actions,
        totals,
        added=added,
    )
    people = Totals({"participants": _add_up_whole(line.participants for line in balance.participation)})
    moments = columns.without_lone_neighbourhood(columns.PARTICIPATION, balance.participation)
    pages.listed(
        "Participation",
        "la participation des habitants, étape par étape",
        moments,
        balance.participation,
        people,
        added=("participants",),
        nothing="Aucune participation d’habitants enregistrée dans les dossiers déposés.",
    )


def write_programme(pages: Pages) -> None:
    """« Programme N+1 »."""
    planned, year = pages.balance.programme, pages.balance.year + 1
    pages.listed(
        "Programme N+1",
        f"les actions prévues en {year}",
        columns.without_lone_neighbourhood(columns.PROGRAMME, planned),
        planned,
        columns.programme_totals(pages.balance),
        added=columns.PLANNED_AMOUNTS,
        nothing=f"Aucun programme {year} présenté à ce jour.",
    )


def write_due(pages: Pages) -> None:
    """« Dossiers attendus »."""
    due = pages.balance.completeness
    pages.listed(
        "Dossiers attendus",
        "reçus ou non, et ce qui y manque",
        columns.without_lone_neighbourhood(columns.COMPLETENESS, due),
        due,
        nothing="Aucune convention ne couvre cette année.",
    )


def _add_up_whole(values: Iterable[Any]) -> int | None:
    """The house's sum, for a count."""
    total = add_up(values)
    return None if total is None else int(total)
