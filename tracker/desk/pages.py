"""Home by role, agenda of deadlines, contract-wide history."""

from typing import Any

from flask import Response, request, url_for

from tracker import clock, policy
from tracker.api.fields import Choice, Schema, Whole
from tracker.api.parsing import ListArguments
from tracker.desk import columns, queries, rules
from tracker.policy import ROLES, Actor
from tracker.web import navigation, story
from tracker.web.htmx import respond
from tracker.web.shell import actor, page_blueprint

pages = page_blueprint("desk", __name__)
BLUEPRINTS = (pages,)

# Lines of history on one page.
PAGE_SIZE = 40

MEMBERS = tuple(role for role in ROLES if role != policy.ADMINISTRATOR)

navigation.register(navigation.Entry(10, "Accueil", "desk.home", "/", lambda who: True))
navigation.register(navigation.Entry(50, "Agenda", "desk.agenda", "/agenda", lambda who: who.has(*MEMBERS)))
navigation.register(navigation.Entry(60, "Historique", "desk.history", "/historique", lambda who: bool(who.roles)))


class AgendaArguments(Schema):
    """Filters of the agenda."""

    kind = Choice("Nature", rules.KINDS)
    state = Choice("État", rules.STATES)
    year = Whole("Année", minimum=1990, maximum=2100)


def address(kind: str, item_id: int | None) -> str:
    """Where a task or a day of the agenda is opened."""
    if kind == "project":
        return url_for("investment.project_page", project_id=item_id)
    if kind == "grant":
        return url_for("funding.grant_page", grant_id=item_id)
    if kind in ("file", "report") and item_id is not None:
        return url_for("tfpb.file_page", file_id=item_id)
    if kind == "convention":
        return url_for("tfpb.convention_page", convention_id=item_id)
    if kind == "report":
        return url_for("tfpb.completeness")
    if kind == "board":
        return url_for("tfpb.completeness", year=item_id)
    if kind == "meeting":
        return url_for("balance.meeting_page", meeting_id=item_id)
    if kind == "decision":
        return url_for("balance.decision_page", decision_id=item_id)
    return url_for("tfpb.file_list")


def _first_role(who: Actor) -> str | None:
    return next((role for role in ROLES if who.has(role)), None)


@pages.get("/")
def home() -> Response:
    page = queries.home(actor())
    tasks: list[dict[str, Any]] = [
        {
            "word": task.word,
            "tone": task.tone,
            "sentence": task.sentence,
            "url": address(task.kind, task.item_id),
            "act": task.act,
        }
        for task in page.tasks
    ]
    return respond("desk/home.html", page=page, tasks=tasks, role=_first_role(actor()), role_labels=policy.ROLE_LABELS)


@pages.get("/agenda")
def agenda() -> Response:
    wanted = AgendaArguments().read({name: value for name, value in request.args.items() if value})
    today = clock.today()
    everything = queries.agenda(actor())
    items = [
        item
        for item in everything
        if wanted.get("kind") in (None, item.kind)
        and wanted.get("state") in (None, rules.state_of(item.on, today))
        and wanted.get("year") in (None, item.on.year)
    ]
    counts = {state: sum(rules.state_of(item.on, today) == state for item in everything) for state in rules.STATES}
    return respond(
        "desk/agenda.html",
        columns=columns.AGENDA,
        items=items,
        wanted=wanted,
        counts=counts,
        year_options=[(year, str(year)) for year in sorted({item.on.year for item in everything})],
        rules=rules,
        address=address,
    )


@pages.get("/historique")
def history() -> Response:
    wanted = ListArguments().read({name: value for name, value in request.args.items() if value})
    lines, total = queries.contract_history(actor(), wanted["page"], PAGE_SIZE)
    return respond(
        "desk/history.html",
        days=story.days(lines),
        total=total,
        page=wanted["page"],
        page_count=max(1, -(-total // PAGE_SIZE)),
        page_url=lambda number: url_for(".history", page=number),
    )
