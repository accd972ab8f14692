"""What the meetings decided, as tasks of whom they name and as days of the agenda."""

from datetime import date
from textwrap import shorten

from tracker import policy
from tracker.balance.columns import named_by
from tracker.balance.models import Decision
from tracker.balance.queries import decisions
from tracker.balance.rules import DECISION_KINDS, meeting_name
from tracker.desk.rules import AgendaItem, Task, lateness, part_in_decision
from tracker.policy import COORDINATOR, FINANCE_OFFICER, LANDLORD, Actor
from tracker.territory.models import Contract
from tracker.tfpb.queries.files import scope_of as file_scope


def decision_tasks(actor: Actor, contract: Contract, today: date) -> list[Task]:
    """What the meetings decided of the reader's own landlord or city, of everybody, of the files of the reader's city;
    for the coordinator, what is late."""
    roles = [role for role in actor.roles if role.contract_id == contract.id]
    landlords = {role.landlord_id for role in roles if role.name == LANDLORD and role.landlord_id is not None}
    cities = {role.city_id for role in roles if role.name == FINANCE_OFFICER and role.city_id is not None}
    coordinates = any(role.name == COORDINATOR for role in roles)
    tasks = []
    for one in decisions.open_decisions(actor, contract.id):
        late = one.due_on is not None and one.due_on < today
        part = part_in_decision(
            one.landlord_id,
            one.city_id,
            one.file.convention.city_id if one.file is not None else None,
            landlords=landlords,
            cities=cities,
            coordinates=coordinates,
            late=late,
        )
        if part is None:
            continue
        own = part == "own"
        whose = "" if own else f"{named_by(one)} : "
        taken = meeting_name(one.meeting.kind, one.meeting.held_on)
        sentence = f"{whose}{DECISION_KINDS[one.kind]} ({taken}){lateness(one.due_on, today)} : {_told(one)}"
        tasks.append(Task(*_pressing(one, part, late=late), sentence, *_where_done(actor, one, own=own)))
    return tasks


def _pressing(decision: Decision, part: str, *, late: bool) -> tuple[int, str, str]:
    """Rank, word and tone: what somebody else has to do never presses its reader."""
    if part == "told":
        return 5, "Pour information", "info"
    return (1, "En retard", "bad") if late else (3, "À faire", "warn" if decision.due_on else "info")


def _told(decision: Decision) -> str:
    """The first words of a decision: the rest is a click away."""
    return shorten(decision.subject, 200, placeholder=" …")


def _where_done(actor: Actor, decision: Decision, *, own: bool) -> tuple[str, int, str]:
    """A landlord completes the file it was asked for; everything else is told on the decision's page."""
    file = decision.file
    if own and file is not None and policy.can(actor, "read_file", file_scope(file))[0]:
        return "file", file.id, "Ouvrir le dossier"
    return "decision", decision.id, "Voir la décision"


def decision_days(actor: Actor) -> list[AgendaItem]:
    """The days by which what was decided is expected."""
    return [
        AgendaItem(
            one.due_on,
            "decision",
            one.id,
            DECISION_KINDS[one.kind],
            _told(one),
            named_by(one),
        )
        for one in decisions.open_decisions(actor)
        if one.due_on is not None
    ]
