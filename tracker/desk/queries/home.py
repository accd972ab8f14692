"""What each reader has to do next, and the figures of the reader's own ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker import clock, policy
from tracker.balance.queries import records
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.queries.sheet import balance_sheet
from tracker.balance.rules import report_year
from tracker.desk.queries.decisions import decision_tasks
from tracker.desk.rules import Task, ordered
from tracker.investment.queries import ProjectLine, ProjectList, projects
from tracker.investment.queries.projects import scope_of as project_scope
from tracker.policy import ADMINISTRATOR, COORDINATOR, FINANCE_OFFICER, LANDLORD, STATE, Actor
from tracker.territory.models import Contract
from tracker.territory.queries import contract_choices
from tracker.tfpb import rules as tfpb_rules
from tracker.tfpb.queries.conventions import conventions
from tracker.tfpb.queries.expected import conventions_of, files_of, pairs_of
from tracker.tfpb.queries.files import FileLine, files, programmes_to_discuss
from tracker.tfpb.queries.files import scope_of as file_scope
from tracker.tfpb.queries.turns import waiting
from tracker.tfpb.rules import OPEN_TO_EDITING, report_due
from tracker.tfpb.rules.board import AHEAD, phase

EVERYTHING: Mapping[str, Any] = {"page_size": None}


@dataclass
class Home:
    """The home page: the tasks, and the figures of the reader's own ground."""

    contract: Contract | None
    year: int
    tasks: list[Task]
    sheet: BalanceSheet | None = None
    plan: ProjectList | None = None
    next_meeting: Any = None


def home(actor: Actor) -> Home:
    """What the actor has to do next, in the first of the contracts where the actor has a role."""
    today = clock.today()
    contracts = contract_choices(actor)
    contract = contracts[0] if contracts and not actor.has(ADMINISTRATOR) else None
    year = report_year(today, contract.first_year, contract.last_year) if contract else today.year
    page = Home(contract, year, [])
    if contract is None:
        return page
    own_files = files(actor, {**EVERYTHING, "contract_id": contract.id}).items
    if actor.has(COORDINATOR, FINANCE_OFFICER, STATE, policy.COPIL):
        page.plan = projects(actor, _own_projects(actor, contract))
        page.tasks += _project_tasks(actor, page.plan.items)
    page.tasks += _file_tasks(actor, own_files, today)
    page.tasks += _programme_tasks(actor, contract)
    page.sheet = balance_sheet(actor, contract.code, year, with_actions=False, with_beside=False)
    if actor.has(COORDINATOR, LANDLORD) and page.sheet:
        page.tasks += _due_tasks(actor, page.sheet)
    page.tasks += decision_tasks(actor, contract, today)
    if actor.has(COORDINATOR, LANDLORD):
        page.tasks += _convention_tasks(actor, contract)
    if actor.has(LANDLORD):
        page.tasks += _opening_tasks(actor, contract, year, today)
    upcoming = [one for one in records.meetings(actor, _meetings(contract)).items if one.held_on >= today]
    page.next_meeting = min(upcoming, key=lambda one: one.held_on, default=None)
    page.tasks = ordered(page.tasks)
    return page


def _own_projects(actor: Actor, contract: Contract) -> dict[str, Any]:
    """A finance officer begins with the own city; the others with the whole contract."""
    cities = [role.city_id for role in actor.roles if role.name == FINANCE_OFFICER and role.contract_id == contract.id]
    return {**EVERYTHING, "contract_id": contract.id, "city_id": cities[0] if len(cities) == 1 else None}


def _meetings(contract: Contract) -> dict[str, Any]:
    return {"contract_id": contract.id, "page": 1, "page_size": 500, "sort": "-held_on"}


def _project_tasks(actor: Actor, lines: Sequence[ProjectLine]) -> list[Task]:
    """One task per project that the actor may mend: its most serious alert."""
    tasks = []
    for line in lines:
        if not line.alerts or not policy.can(actor, "edit_project", project_scope(line.project))[0]:
            continue
        alert = line.alerts[0]
        serious = alert.severity == "error"
        sentence = f"{line.project.title} ({line.project.city.name}) : {alert.message}"
        tone, word = ("bad", "À corriger") if serious else ("warn", "À compléter")
        tasks.append(Task(2 if serious else 4, word, tone, sentence, "project", line.project.id, "Ouvrir le projet"))
    return tasks


def _file_tasks(actor: Actor, lines: Sequence[FileLine], today: date) -> list[Task]:
    tasks = []
    for line in lines:
        file = line.file
        name = _called(file.convention, file.year)
        scope = file_scope(file)
        due = report_due(file.year, file.convention.report_due)
        if file.status == "to_correct" and policy.can(actor, "edit_file", scope)[0]:
            reason = f" Motif : {file.returned_reason}" if file.returned_reason else ""
            sentence = f"{name} : le bilan vous est renvoyé pour correction{_since(file.moved_on)}.{reason}"
            tasks.append(Task(0, "À corriger", "bad", sentence, "file", file.id, "Corriger"))
        elif file.status in OPEN_TO_EDITING and file.year < today.year and policy.can(actor, "submit_file", scope)[0]:
            late = due is not None and due < today
            when = f", attendu pour le {due:%d/%m/%Y}" if due else ""
            lacks = (
                f" ; {line.missing} valeurs manquent"
                if line.missing > 1
                else " ; une valeur manque"
                if line.missing
                else ""
            )
            sentence = f"{name} : bilan à déposer{when}{lacks}."
            tone, word = ("bad", "En retard") if late else ("warn", "À déposer")
            tasks.append(Task(1 if late else 3, word, tone, sentence, "file", file.id, "Compléter le bilan"))
        elif file.status in OPEN_TO_EDITING and file.year == today.year and policy.can(actor, "submit_file", scope)[0]:
            when = f", bilan attendu pour le {due:%d/%m/%Y}" if due else ""
            sentence = f"{name} : actions en cours{when}{_lacking(line.missing)}."
            tasks.append(Task(5, "En cours", "info", sentence, "file", file.id, "Compléter"))
        tasks += _awaited_tasks(actor, line, name, today)
    return tasks


# What a city, the State or the coordination is waited for: rank, word, tone, what is said, the act; by status of the
# report, and for a programme, which its landlord is waited for too, by the verb of the turn.
AWAITED = {
    "submitted": (1, "À vérifier", "warn", "le bilan est déposé{since} et attend votre vérification", "Vérifier"),
    "verified": (
        3,
        "À valider",
        "info",
        "le bilan est vérifié{since} ; il reste à le valider en COPIL",
        "Ouvrir le dossier",
    ),
    "validated": (
        4,
        "À transmettre",
        "info",
        "le bilan est validé{since} ; il reste à le transmettre",
        "Ouvrir le dossier",
    ),
}
AWAITED_PROGRAMME = {
    tfpb_rules.TO_PLAN.verb: (
        4,
        "Programme",
        "info",
        "les actions et les montants du programme restent à inscrire",
        "Inscrire les actions",
    ),
    "discuss_programme": (
        4,
        "Programme",
        "info",
        "le programme est proposé et reste à discuter",
        "Ouvrir le programme",
    ),
    "validate_programme": (
        4,
        "Programme",
        "info",
        "le programme est discuté{since} ; il reste à le valider en COPIL",
        "Ouvrir le programme",
    ),
}


def _awaited_tasks(actor: Actor, line: FileLine, name: str, today: date) -> list[Task]:
    """The tasks of whoever's turns the file's are (``rules.turns_of``), but for its landlord's report."""
    tasks, file = [], line.file
    for waited in waiting(actor, line, today):
        programme = waited.track == tfpb_rules.PROGRAMME
        said = AWAITED_PROGRAMME.get(waited.verb or "") if programme else AWAITED.get(file.status)
        if said is not None and waited.yours:
            rank, word, tone, sentence, act = said
            told = sentence.format(since=_since(waited.since))
            tasks.append(Task(rank, word, tone, f"{name} : {told}.", "file", file.id, act))
    return tasks


def _programme_tasks(actor: Actor, contract: Contract) -> list[Task]:
    """The programmes that wait for a city which may not open their files yet: said from the board."""
    rank, word, tone, sentence, _ = AWAITED_PROGRAMME["discuss_programme"]
    tasks = []
    for line in programmes_to_discuss(actor, contract.id):
        if line.planned:
            said = f"{_called(line.file.convention, line.file.year)} : {sentence}."
            tasks.append(Task(rank, word, tone, said, "board", line.file.year, "Voir la complétude"))
    return tasks


def _called(of: Any, year: int) -> str:
    """A year of whatever has a landlord and a city: a convention, an expected file."""
    return f"{of.landlord.name}, {of.city.name}, {year}"


def _since(day: date | None) -> str:
    return f" depuis le {day:%d/%m/%Y}" if day else ""


def _lacking(count: int) -> str:
    if not count:
        return ""
    return f" ; {count} valeurs manquent" if count > 1 else " ; une valeur manque"


def _due_tasks(actor: Actor, sheet: BalanceSheet) -> list[Task]:
    """Files that are due and were never opened, or that a coordinator waits for."""
    tasks = []
    coordinates = actor.has(COORDINATOR)
    for line in sheet.completeness:
        name = _called(line, sheet.year)
        if line.file_id is None and line.status is None:
            sentence = f"{name} : aucun dossier n’est ouvert."
            tasks.append(Task(1, "Manquant", "bad", sentence, "files", None, "Ouvrir le dossier"))
        elif coordinates and line.status in OPEN_TO_EDITING:
            sentence = f"{name} : le bailleur n’a pas encore déposé son bilan."
            tasks.append(Task(2, "Attendu", "warn", sentence, "file", line.file_id, "Voir le dossier"))
    return tasks


def _opening_tasks(actor: Actor, contract: Contract, reported: int, today: date) -> list[Task]:
    """The files a landlord has to open by now, but those of the ``reported`` year, told with its report."""
    landlords = [role.landlord_id for role in actor.roles if role.landlord_id and role.contract_id == contract.id]
    tasks = []
    for year in (today.year, today.year + 1):
        if year == reported or year > contract.last_year or phase(year, today) == AHEAD:
            continue
        opened = {(file.convention_id, file.neighbourhood.id) for file in files_of(contract.id, year, landlords)}
        for convention, place in pairs_of(contract.id, conventions_of(contract.id, year, landlords)):
            if (convention.id, place.id) not in opened:
                sentence = f"{_called(convention, year)} : le dossier reste à ouvrir, pour y inscrire le programme."
                tasks.append(Task(4, "À ouvrir", "info", sentence, "files", None, "Ouvrir le dossier"))
    return tasks


# What an act still to come may mend: a late one is told on the convention's page, and nobody can undo it.
PENDING = {"not_signed": "À signer", "not_declared": "À déclarer"}


def _convention_tasks(actor: Actor, contract: Contract) -> list[Task]:
    """The signatures and declarations to obtain, once the law's day is near or passed."""
    return [
        Task(
            2,
            PENDING[alert.code],
            tfpb_rules.ALERT_TONES[alert.severity],
            f"{line.landlord.name}, {line.city.name} : {tfpb_rules.inside(alert.message)}",
            "convention",
            line.id,
            "Ouvrir la convention",
        )
        for line in conventions(actor, {**EVERYTHING, "contract_id": contract.id}).items
        for alert in line.alerts
        if alert.code in PENDING and alert.severity != "info"
    ]
