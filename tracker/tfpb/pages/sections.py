"""The sections of a file's page: each gives its part of the context that its template ``_<section>.html`` reads."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import request, url_for

from tracker import policy
from tracker.columns import Column, Totals, by_key
from tracker.documents.pages import item_address, panel
from tracker.documents.queries import counts
from tracker.funding.queries import grants_of
from tracker.funding.rules import AWARDED
from tracker.history.queries import family_history
from tracker.money import divide
from tracker.tfpb import columns, rules
from tracker.tfpb.pages.blueprint import number_of
from tracker.tfpb.pages.exchanges import RETURN_PINS, open_remarks, talk_of
from tracker.tfpb.pages.remarks import remarks, standing
from tracker.tfpb.pages.view import FileView
from tracker.tfpb.queries import actions, files
from tracker.tfpb.queries.actions import ActionLine
from tracker.web import story
from tracker.web.forms import number_in
from tracker.web.shell import actor

# Lines of history the page begins with; « tout l’historique » shows the others.
RECENT = 12


def state(view: FileView) -> dict[str, Any]:
    """Where the file stands, the moves offered, and what is missing."""
    return {
        "standing": standing(actor(), view.file, view.today),
        "remarks": open_remarks(view.threads) + remarks(view.file, view.lines, view.moments, view.today),
        "missing": len(rules.missing_values(view.file, view.lines)),
    }


def figures(view: FileView) -> dict[str, Any]:
    """The strip of figures, of the programme or of the report."""
    totals = actions.totals(view.lines)
    return {"totals": totals, "planned": _planned(totals, view.line), "justified_tone": columns.justified_tone}


def _planned(totals: Totals, line: files.FileLine) -> dict[str, Any]:
    """What a programme promises against the abatement: amount (None as soon as one is unknown), rates, gap."""
    whole = not totals.unknown["planned_valued"]
    valued = totals.values["planned_valued"] if whole else None
    cost = None if totals.unknown["planned_cost"] else totals.values["planned_cost"]
    gap = None if valued is None or line.abatement is None else valued - line.abatement
    return {"valued": valued, "rate": divide(valued, cost), "justified": divide(valued, line.abatement), "gap": gap}


def action_table(view: FileView) -> dict[str, Any]:
    """The actions, by axis unless sorted otherwise, with the row opened for editing."""
    file_id = view.file.id
    return {
        "groups": None if view.sort else _by_axis(view.lines, view.axes),
        "columns": _columns(sorted_by=view.sort, programme=view.programme),
        "before": files.year_before(view.file) if view.may_edit else None,
        "may_revise": view.may_edit and view.file.programme_status == "validated",
        "editing": number_of(view.place) if view.may_edit else None,
        "sort_url": lambda order: url_for("tfpb.file_page", file_id=file_id, sort=order, _anchor="actions"),
    }


def _by_axis(lines: Sequence[ActionLine], names: dict[int, str]) -> list[dict[str, Any]]:
    """The actions under their axes; a sub-total says something from two actions on."""
    groups = []
    for axis, grouped in groupby(lines, key=lambda line: line.action.axis):
        rows = list(grouped)
        totals = actions.totals(rows) if len(rows) > 1 else None
        groups.append({"label": f"{axis} · {names.get(axis, f'Axe {axis}')}", "rows": rows, "totals": totals})
    return groups


def _columns(*, sorted_by: str | None, programme: bool) -> list[Column]:
    """Those of the programme before the year begins, else those of the report; the axis where it does not group."""
    keys = columns.PROGRAMME_SHOWN if programme else columns.ACTIONS_SHOWN
    return by_key(columns.ACTIONS, (keys[0], "axis", *keys[1:]) if sorted_by else keys)


def other_funding(view: FileView) -> dict[str, Any]:
    """The grants of the actions, each beside what it pays."""
    grants = grants_of([line.action.financing_id for line in view.lines])
    return {
        "grant_columns": columns.OTHER_FUNDING,
        "grants": [columns.OtherFunding(line, grant) for line in view.lines for grant in grants if _pays(line, grant)],
        "sources": _sources(grants),
    }


def _pays(line: ActionLine, grant: Any) -> bool:
    return bool(grant.financing_id == line.action.financing_id)


def _sources(grants: Sequence[Any]) -> list[str]:
    """The names of what awarded something, each once, in the order met."""
    names = [grant.scheme.name if grant.scheme else grant.funder.name for grant in grants if grant.status in AWARDED]
    return list(dict.fromkeys(names))


def participation(view: FileView) -> dict[str, Any]:
    """The moments of participation under their four stages."""
    return {
        "stages": [
            {"label": f"{position}. {word}", "rows": [moment for moment in view.moments if moment.stage == stage]}
            for position, (stage, word) in enumerate(rules.STAGES.items(), 1)
        ],
        "participation_columns": by_key(columns.PARTICIPATION, columns.PARTICIPATION_SHOWN),
        "moment": _moment(view.place) if view.may_edit else None,
    }


def _moment(place: str | None) -> dict[str, Any]:
    """Which row of the participation is open: ``participation-12``, or ``participation-diagnosis`` for a new one."""
    what, _, which = (place or "").partition("-")
    if what != "participation":
        return {}
    number = number_in(which)
    return {"editing": "new", "stage": which} if number is None else {"editing": number}


def documents(view: FileView) -> dict[str, Any]:
    """The file's own documents, and how many each action and each moment of participation has."""
    return {
        "documents_panel": panel("tfpb_file", view.file.id),
        "action_documents": counts("tfpb_action", [line.id for line in view.lines]),
        "moment_documents": counts("participation", [moment.id for moment in view.moments]),
        "moment_documents_url": lambda moment: item_address("participation", moment.id),
    }


def sheet(view: FileView) -> dict[str, Any]:
    """The file's own figures, and whether it may be archived."""
    may_archive, archive_refusal = policy.can(actor(), "archive_file", files.scope_of(view.file))
    return {"may_archive": may_archive, "archive_refusal": archive_refusal}


def history(view: FileView) -> dict[str, Any]:
    """The latest lines of the file's history, or all of them."""
    whole = request.args.get("historique") == "tout"
    return {
        "history": story.days(family_history("tfpb_file", view.file.id, 500 if whole else RECENT)),
        "whole_history": whole,
    }


def exchanges(view: FileView) -> dict[str, Any]:
    """The threads, and the form that begins one or answers."""
    talk = talk_of(view.file, view.threads, view.place, view.lines, view.form, may_edit=view.may_edit)
    return {"talk": talk, "return_pins": RETURN_PINS}


SECTIONS = (state, figures, action_table, other_funding, participation, documents, exchanges, sheet, history)
