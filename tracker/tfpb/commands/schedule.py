"""The reminders a calendar writes, each once: reports to their landlords; the gate of 1 January to the coordinator, and
to the landlords, who sign and declare."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import select

from tracker import clock, policy
from tracker.accounts.models import User
from tracker.accounts.queries import people, people_of_landlords
from tracker.extensions import db
from tracker.history.commands import Writing
from tracker.mail.commands import write_letters
from tracker.mail.rules import REMINDER, News
from tracker.policy import Actor, Conflict, Scope
from tracker.territory.models import Contract
from tracker.tfpb.queries.expected import FileRow, conventions_of, files_of, pairs_of
from tracker.tfpb.rules import OPEN_TO_EDITING, report_due
from tracker.tfpb.rules import schedule as rules
from tracker.tfpb.rules.conventions import year_alerts


def write_due_reminders(actor: Actor) -> int:
    """Write the reminders whose time has come; how many letters. A second run the same day writes none."""
    today, written = clock.today(), 0
    contracts = db.session.scalars(select(Contract).where(Contract.archived_at.is_(None)).order_by(Contract.id)).all()
    for contract in contracts:
        for year in rules.report_years(today):
            if contract.first_year <= year <= contract.last_year:
                written += _reports(actor, contract, year, today)
        written += _gate(actor, contract, today)
    return written


def _write(actor: Actor, readers: Sequence[User], news: News) -> int:
    """One transaction for each piece of news: the site waits for none of them."""
    try:
        with Writing(actor) as write:
            return len(write_letters(write, readers, news))
    except Conflict as conflict:
        if conflict.code != "duplicate":
            raise
        return 0  # another run wrote it at this very moment


# -- reports -------------------------------------------------------------------------------------------------------


def _reports(actor: Actor, contract: Contract, year: int, today: date) -> int:
    """One letter to each person of a landlord, for all its files whose reports are due on the same day."""
    conventions = conventions_of(contract.id, year, None)
    files = {(file.convention_id, file.neighbourhood.id): file for file in files_of(contract.id, year, None)}
    due = []
    for convention, place in pairs_of(contract.id, conventions):
        day = report_due(year, convention.report_due)
        file = files.get((convention.id, place.id))
        if day is not None and _is_awaited(file, day, today):
            status = file.status if file else None
            due.append((convention.landlord, day, rules.Awaited(f"{convention.city.name}, {place.name}", status), file))
    due.sort(key=lambda one: (one[0].name, one[0].id or 0, one[1]))
    readers = people_of_landlords(contract.id, {landlord.id for landlord, *_ in due})
    written = 0
    for (landlord, day), group in groupby(due, key=lambda one: one[:2]):
        lines = list(group)
        step = rules.step_due(day, today, rules.REPORT_STEPS)
        alone = lines[0][3].id if len(lines) == 1 and lines[0][3] else None
        news = News(
            REMINDER,
            rules.report_subject(contract.name, landlord.name, year, day, today),
            rules.report_sentences(year, day, today, [line[2] for line in lines]),
            f"/tfpb?year={year}" if alone is None else f"/tfpb/dossiers/{alone}",
            "Ouvrir vos dossiers" if alone is None else "Ouvrir le dossier",
            f"vous représentez {landlord.name} dans le contrat « {contract.name} »",
            occasion=f"report:{contract.id}:{landlord.id}:{year}:{day:%Y-%m-%d}:{step}",
        )
        written += _write(actor, readers.get(landlord.id, []), news)
    return written


def _is_awaited(file: FileRow | None, due: date, today: date) -> bool:
    """Not submitted, and its reminder is due; after the day, a file returned in between is not called late."""
    if rules.step_due(due, today, rules.REPORT_STEPS) is None:
        return False
    if file is None or file.status == "draft":
        return True
    return file.status in OPEN_TO_EDITING and today <= due


# -- the gate of 1 January -----------------------------------------------------------------------------------------


def _gate(actor: Actor, contract: Contract, today: date) -> int:
    """What conventions lack for the coming year: one letter to each coordinator, and to each landlord for its own."""
    year = today.year + 1
    step = rules.step_due(date(year, 1, 1), today, rules.GATE_STEPS)
    if step is None or not contract.first_year <= year <= contract.last_year:
        return 0
    lacking = [
        (one.landlord, (f"{one.landlord.name}, {one.city.name}", [alert.message for alert in alerts]))
        for one in conventions_of(contract.id, year, None)
        if (alerts := year_alerts(year, one, today))
    ]
    if not lacking:
        return 0
    occasion = f"gate:{contract.id}:{year}:{step}"

    def news(lines: Sequence[tuple[str, Sequence[str]]], who: str, of_whom: str = "") -> News:
        return News(
            REMINDER,
            rules.gate_subject(contract.name, year),
            rules.gate_sentences(year, today, lines),
            "/tfpb/conventions",
            "Ouvrir les conventions",
            f"vous {who} le contrat « {contract.name} »",
            occasion=occasion + of_whom,
        )

    coordinators = people(policy.holders("validate_file", Scope(contract.id)))
    written = _write(actor, coordinators, news([line for _, line in lacking], "coordonnez"))
    landlords = {landlord.id: landlord for landlord, _ in lacking}
    for number, readers in people_of_landlords(contract.id, landlords).items():
        own = [line for landlord, line in lacking if landlord.id == number]
        written += _write(actor, readers, news(own, f"représentez {landlords[number].name} dans", f":{number}"))
    return written
