"""The room's pages: their blueprint, their entry in the navigation, how the history speaks of their items."""

from typing import Any

from flask import request, url_for

from tracker.api.fields import Text
from tracker.funding import pages as funding_pages
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE, Actor
from tracker.tfpb.models import Action, TfpbFile
from tracker.tfpb.queries import actions, choices, conventions
from tracker.tfpb.schemas import (
    ActionSchema,
    AmendmentSchema,
    AxisSchema,
    BaselineSchema,
    CarryOverSchema,
    CommentBody,
    ConventionSchema,
    ParticipationSchema,
    TfpbFileSchema,
)
from tracker.web import navigation, story
from tracker.web.forms import Form, number_in
from tracker.web.shell import page_blueprint

pages = page_blueprint("tfpb", __name__, "/tfpb")

MEMBERS = (COORDINATOR, FINANCE_OFFICER, LANDLORD, STATE, COPIL)

navigation.register(navigation.Entry(30, "TFPB", "tfpb.file_list", "/tfpb", lambda who: who.has(*MEMBERS)))


def _file_url(entry: Any) -> str:
    number = entry.parent_id if entry.parent_type == "tfpb_file" else entry.item_id
    return url_for("tfpb.file_page", file_id=number)


def _action_url(entry: Any) -> str:
    return url_for("tfpb.action_page", action_id=entry.item_id)


def _convention_url(entry: Any) -> str:
    number = entry.parent_id if entry.parent_type == "convention" else entry.item_id
    return url_for("tfpb.convention_page", convention_id=number)


class _ToldAction(ActionSchema):
    """The history names the residences of an action, where the API gives their numbers."""

    residences = Text("Résidences", dump_only=True)


def _thread_url(entry: Any) -> str:
    thread = (entry.changes.get("thread_id") or (None, entry.item_id))[1]
    return url_for("tfpb.file_page", file_id=entry.parent_id, _anchor=f"echange-{thread}")


MOVES = {"move": "a fait avancer", "freeze": "a arrêté"}
COMMENTED = {
    "create": "a commenté",
    "reply": "a répondu sur",
    "resolve": "a clos l’échange sur",
    "reopen": "a rouvert l’échange sur",
}
REVISED = {"revise": "a révisé les montants prévus de"}
CALLED = {"remind": "a relancé le bailleur pour"}
story.describe("convention", story.Kind("la convention", ConventionSchema(), CALLED, _convention_url))
story.describe("amendment", story.Kind("l’avenant", AmendmentSchema(), url=_convention_url))
story.describe("tfpb_file", story.Kind("le dossier", TfpbFileSchema(), MOVES, _file_url))
story.describe("tfpb_action", story.Kind("l’action", _ToldAction(), REVISED, _action_url))
story.describe("participation", story.Kind("le moment de participation", ParticipationSchema(), url=_file_url))
story.describe("baseline", story.Kind("la référence de gestion", BaselineSchema(), url=_file_url))
story.describe("carry_over", story.Kind("le report de", CarryOverSchema(), url=_file_url))
story.describe("comment", story.Kind("le point", CommentBody(), COMMENTED, _thread_url))
story.describe("axis", story.Kind("l’axe", AxisSchema()))


def _grant_parent(who: Actor, action_id: int) -> tuple[str, str]:
    action = actions.readable_action(who, action_id)
    return action.title, url_for("tfpb.action_page", action_id=action_id)


funding_pages.register_parent("action", _grant_parent)


def action_choices(file: TfpbFile, action: Action | None) -> dict[str, Any]:
    """What the form of an action offers; what it already holds stays offered, archived or not.

    The usual sub-actions of its own axis come first; it may change axis, so that the others follow.
    """
    axes = sorted(conventions.axes(), key=lambda axis: action is None or axis.number != action.axis)
    kept = {action.objective, *action.residences} if action else set()
    residences = [one for one in choices.residences_of(file) if one.archived_at is None or one in kept]
    objectives = [one for one in choices.objectives_of(file) if one.archived_at is None or one in kept]
    return {
        "residences": [(one.id, one.name) for one in residences],
        "objectives": [(one.id, f"{one.code} · {one.label}") for one in objectives],
        "sub_actions": [word for axis in axes for word in axis.sub_actions],
    }


def opened() -> str | None:
    """What the address asks to open: ``?edit=12`` (a row), ``new``, ``fiche``, ``participation-3`` …"""
    return request.args.get("edit") or None


def number_of(name: str | None) -> int | str | None:
    """A row's number as the tables compare it, or the word itself."""
    number = number_in(name)
    return name if number is None else number


def apart(form: Form | None, *, archiving: bool) -> tuple[Form, Form]:
    """(the form of what is edited, the form that archives it): a refused one comes back where it was sent from."""
    if form is not None and archiving:
        form.id = "archive"
        return Form(), form
    return form or Form(), Form(id="archive")


def file_title(file: Any, this_year: int) -> str:
    """What a file is called: a programme until its year has begun, then a report."""
    what = "programme" if file.year > this_year else "bilan"
    return f"{file.convention.city.name}, {file.neighbourhood.name} · {what} {file.year}"
