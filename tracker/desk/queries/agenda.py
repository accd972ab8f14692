"""The days each reader has to know of."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker import clock
from tracker.balance.queries import records
from tracker.balance.rules import MEETING_KINDS, report_year
from tracker.desk.queries.decisions import decision_days
from tracker.desk.rules import AgendaItem, state_of
from tracker.investment.queries import project_deadlines
from tracker.policy import Actor
from tracker.tfpb import rules as tfpb_rules
from tracker.tfpb.queries.board import board, board_contracts, may_open
from tracker.tfpb.queries.conventions import conventions
from tracker.tfpb.queries.files import files
from tracker.tfpb.rules import OPEN_TO_EDITING, report_due

EVERYTHING: Mapping[str, Any] = {"page_size": None}


def agenda(actor: Actor) -> list[AgendaItem]:
    """Every day the actor has to know of, soonest first: grants, reports, meetings, decisions, conventions.

    A meeting that was held is left out; a passed day of which something is still expected stays.
    """
    today = clock.today()
    items = (
        _grant_days(actor)
        + _report_days(actor, today)
        + _awaited_days(actor, today)
        + _meeting_days(actor, today)
        + decision_days(actor)
        + _convention_days(actor, today)
    )
    return sorted(items, key=lambda item: (item.on, item.title))


def _grant_days(actor: Actor) -> list[AgendaItem]:
    return [
        AgendaItem(deadline.on, "grant", grant_id, f"{source} : {deadline.label}", project.title, project.city.name)
        for project, source, grant_id, deadline in project_deadlines(actor)
    ]


def _report_days(actor: Actor, today: date) -> list[AgendaItem]:
    found = []
    for line in files(actor, EVERYTHING).items:
        due = report_due(line.file.year, line.file.convention.report_due)
        if due is not None and line.file.status in OPEN_TO_EDITING and line.file.year <= today.year:
            convention = line.file.convention
            title = f"Bilan {line.file.year} : {convention.landlord.name}"
            found.append(AgendaItem(due, "report", line.file.id, title, "dépôt du bilan", convention.city.name))
    return found


def _awaited_days(actor: Actor, today: date) -> list[AgendaItem]:
    """The reports that have a day and that this reader of the board cannot open: no file, or one never submitted."""
    found = []
    for contract in board_contracts(actor):
        year = report_year(today, contract.first_year, contract.last_year)
        for line in board(actor, contract.code, year, EVERYTHING).lines:
            if (
                line.due_on is not None
                and line.status in (None, *OPEN_TO_EDITING)
                and not may_open(actor, contract, line)
            ):
                title = f"Bilan {year} : {line.landlord.name}"
                what = "dossier à ouvrir" if line.status is None else "dépôt du bilan"
                found.append(AgendaItem(line.due_on, "report", None, title, what, line.city.name))
    return found


def _meeting_days(actor: Actor, today: date) -> list[AgendaItem]:
    page = records.meetings(actor, {"page": 1, "page_size": 500, "sort": "-held_on"})
    return [
        AgendaItem(
            one.held_on, "meeting", one.id, MEETING_KINDS[one.kind], one.place or "lieu à préciser", one.contract.name
        )
        for one in page.items
        if state_of(one.held_on, today, past_is_done=True)
    ]


def _convention_days(actor: Actor, today: date) -> list[AgendaItem]:
    """The end of each convention, and the day by which it may still be signed or declared for a year to come."""
    found = []
    for line in conventions(actor, EVERYTHING).items:
        convention = line.convention
        if convention.status in tfpb_rules.ENDED:
            continue
        days = [(date(convention.last_year, 12, 31), "fin de la convention")]
        if line.all_signed_on is None:
            missing = [tfpb_rules.inside(who) for who in tfpb_rules.missing_signatories(convention)]
            who = f" manquante ({', '.join(missing)})" if missing else ""
            days += _gate_day(tfpb_rules.SIGNATURE, f"signature{who}", convention, today)
        if convention.declared_on is None:
            days += _gate_day(tfpb_rules.DECLARATION, "déclaration aux services fiscaux", convention, today)
        title = f"Convention {convention.landlord.name}"
        found += [AgendaItem(day, "convention", convention.id, title, what, convention.city.name) for day, what in days]
    return found


def _gate_day(gate: tfpb_rules.Gate, act: str, convention: Any, today: date) -> list[tuple[date, str]]:
    """The last day of an act for the first year it may still open, and what that day is for; none when all are lost."""
    year = gate.open_year(convention.first_year, convention.last_year, today)
    return [] if year is None else [(gate.last_day(year), f"{act}, pour l’abattement {year}")]
