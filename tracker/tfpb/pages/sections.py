"""The sections of a file's page: each gives its part of the context that its template ``_<section>.html`` reads."""

from collections.abc import Mapping, Sequence
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
from tracker.policy import Invalid
from tracker.tfpb import columns, rules
from tracker.tfpb.pages.abatement import proposals
from tracker.tfpb.pages.batches import workbook
from tracker.tfpb.pages.blueprint import action_choices, number_of
from tracker.tfpb.pages.exchanges import RETURN_LABELS, RETURN_PINS, open_remarks, talk_of
from tracker.tfpb.pages.remarks import remarks, standing, unheard_consequence, unheard_stages
from tracker.tfpb.pages.view import FileView
from tracker.tfpb.queries import actions, files
from tracker.tfpb.queries.actions import ActionLine
from tracker.tfpb.queries.baseline import baseline_of, carry_overs_of
from tracker.tfpb.queries.choices import residences_of
from tracker.tfpb.schemas import AbatementHelp
from tracker.web import story
from tracker.web.forms import Form, number_in, read_form
from tracker.web.shell import actor

# Lines of history the page begins with; « tout l’historique » shows the others.
RECENT = 12


def state(view: FileView) -> dict[str, Any]:
    """Where the file stands, the moves offered, and what is missing."""
    return {
        "standing": standing(actor(), view.line, view.today),
        "remarks": open_remarks(view.threads) + remarks(view.line, view.lines, view.moments, view.today),
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
        "choices": _choices(view) if view.may_edit and _action_open(view.place) else None,
        "may_revise": view.may_edit and view.file.programme_status == "validated",
        "editing": number_of(view.place) if view.may_edit else None,
        "sort_url": lambda order: url_for("tfpb.file_page", file_id=file_id, sort=order, _anchor="actions"),
    }


def _action_open(place: str | None) -> bool:
    return place == "new" or number_in(place) is not None


def _choices(view: FileView) -> dict[str, Any]:
    """What the form of the action opened offers; what it already holds stays offered, archived or not."""
    opened = next((line.action for line in view.lines if line.id == number_in(view.place)), None)
    return action_choices(view.file, opened)


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
            {
                "label": f"{position}. {word}",
                "stage": stage,
                "rows": [moment for moment in view.moments if moment.stage == stage],
            }
            for position, (stage, word) in enumerate(rules.STAGES.items(), 1)
        ],
        "participation_columns": by_key(columns.PARTICIPATION, columns.PARTICIPATION_SHOWN),
        "moment": _row_open(view.place, "participation") if view.may_edit else None,
        "unheard": unheard_stages(view.file, view.moments, view.today),
        "consequence": unheard_consequence(view.file),
    }


def _row_open(place: str | None, table: str) -> dict[str, Any]:
    """Which row of a table is open: ``participation-12``, or ``participation-diagnosis`` for a new one."""
    what, _, which = (place or "").partition("-")
    if what != table:
        return {}
    number = number_in(which)
    return {"editing": "new", "which": which} if number is None else {"editing": number}


def baseline(view: FileView) -> dict[str, Any]:
    """The file's baseline of ordinary management, and the axes that need one and have none."""
    return {
        "baseline": baseline_of(view.file),
        "baseline_columns": columns.BASELINE,
        "baseline_open": _row_open(view.place, "baseline") if view.may_edit else {},
        "unproven": sorted({line.axis for line in view.lines if line.axis in line.around.unproven}),
    }


def year_before(view: FileView) -> dict[str, Any]:
    """The file of the year before, if this reader may read it, and what the COPIL let it carry over."""
    found = files.year_before(view.file)
    before = found if found is not None and policy.can(actor(), "read_file", files.scope_of(found))[0] else None
    return {"before": before, "carried": carry_overs_of(before) if before is not None else ()}


def carry_overs(view: FileView) -> dict[str, Any]:
    """What the COPIL lets the landlord of this file do the year after."""
    decidable = view.file.archived_at is None and view.file.status in rules.COUNTED
    may_grant = decidable and policy.can(actor(), "grant_carry_over", files.scope_of(view.file))[0]
    decided, gap = carry_overs_of(view.file), view.line.gap
    left = None if gap is None else rules.left_to_carry(-gap, [one.amount for one in decided])
    return {
        "carry_overs": decided,
        "carry_over_left": left,
        "carry_over_columns": columns.CARRY_OVERS,
        "may_grant": may_grant,
        "carry_over_open": _row_open(view.place, "report") if may_grant else {},
    }


def documents(view: FileView) -> dict[str, Any]:
    """The file's own documents, and how many each action and each moment of participation has."""
    return {
        "documents_panel": panel("tfpb_file", view.file.id),
        "action_documents": {line.id: line.evidence for line in view.lines if line.evidence},
        "moment_documents": counts("participation", [moment.id for moment in view.moments]),
        "moment_documents_url": lambda moment: item_address("participation", moment.id),
    }


def sheet(view: FileView) -> dict[str, Any]:
    """The file's own figures, the abatement worked out from a tax notice, and whether the file may be archived."""
    may_archive, archive_refusal = policy.can(actor(), "archive_file", files.scope_of(view.file))
    opened = view.may_edit and view.place == "fiche"
    helper, proposed = _helped(request.args if opened else {})
    return {
        "may_archive": may_archive,
        "archive_refusal": archive_refusal,
        "helper": helper,
        "proposed": proposed,
        "residences": residences_of(view.file),
    }


HELPED = ("tax_paid", "tax_base", "rates")


def _helped(typed: Mapping[str, str]) -> tuple[Form, dict[str, Any]]:
    """The little form that works an abatement out, and what it proposes: by field, the amount and how it was found."""
    given = {name: typed[name] for name in HELPED if typed.get(name)}
    if not given:
        return Form(id="aide"), {}
    try:
        values = read_form(AbatementHelp(), given)
    except Invalid as invalid:
        return Form(given, invalid.errors, id="aide"), {}
    return Form(given, id="aide"), proposals(values)


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
    return {"talk": talk, "return_pins": RETURN_PINS, "return_labels": RETURN_LABELS}


SECTIONS = (
    state,
    figures,
    action_table,
    other_funding,
    baseline,
    participation,
    documents,
    exchanges,
    workbook,
    sheet,
    carry_overs,
    year_before,
    history,
)
