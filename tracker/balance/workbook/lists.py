"""The sheets of lines: actions, residents' participation, next year's programme, files that are due."""

from collections.abc import Iterable, Sequence
from typing import Any

from tracker.balance import columns
from tracker.balance.workbook.pages import Pages
from tracker.columns import Totals, add_up


def write(pages: Pages) -> None:
    """« Actions » and « Participation »."""
    balance = pages.balance
    totals = columns.action_totals(balance)
    added = [column.key for column in columns.ACTIONS if column.total and column.type == "money"]
    counted = Totals(totals.values, _unknown(balance.actions, added))
    listed = columns.without_lone_neighbourhood(columns.ACTIONS, balance.actions)
    pages.listed(
        "Actions",
        "les actions des dossiers déposés",
        columns.defined(listed),
        balance.actions,
        counted,
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
    amounts = ("planned_cost", "planned_valued")
    sums = {key: add_up(getattr(line, key) for line in planned) for key in amounts}
    pages.listed(
        "Programme N+1",
        f"les actions prévues en {year}",
        columns.without_lone_neighbourhood(columns.PROGRAMME, planned),
        planned,
        Totals(sums, _unknown(planned, amounts)),
        added=amounts,
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


def _unknown(rows: Sequence[Any], keys: Sequence[str]) -> dict[str, int]:
    return {key: sum(getattr(row, key) is None for row in rows) for key in keys}


def _add_up_whole(values: Iterable[Any]) -> int | None:
    """The house's sum, for a count."""
    total = add_up(values)
    return None if total is None else int(total)
