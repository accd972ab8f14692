"""A contract whose COPIL met: two landlords, two cities, a file that lacks 15 000 €, a frozen edition."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tracker.balance.commands import freeze_edition
from tracker.balance.models import Meeting
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE, SYSTEM, Actor

ROLES = ("coordinator", "officer", "other_officer", "owner", "rival", "state", "copil")
HELD = date(2026, 6, 18)


class Decided:
    """Rows by name; ``of`` gives each role's membership."""

    def __init__(self) -> None:
        make.nomenclature()
        self.contract = make.contract(code="ici", name="Contrat d’ici")
        self.city, self.other_city = self.contract.cities[:2]
        where = make.neighbourhood(self.contract)
        self.owner, self.rival = make.landlord(name="Habitat Premier"), make.landlord(name="Logis Second")
        signed = make.convention(self.contract, self.owner, self.city)
        # abatement 58 000 − valued 43 000 = 15 000 missing
        self.file = make.tfpb_file(signed, where, 2025, status="verified", abatement_actual=Decimal("58000.00"))
        make.action(self.file, title="Action du premier", valued_amount=Decimal("43000.00"))
        signed = make.convention(self.contract, self.rival, self.other_city)
        self.rival_file = make.tfpb_file(signed, where, 2025, status="submitted")
        make.action(self.rival_file, title="Action du second")
        self.draft = make.tfpb_file(signed, where, 2026)
        self.meeting = self.met("copil", HELD, place="Mairie", agenda="Bilan 2025\nReports")
        self.later = self.met("copil", date(2027, 6, 17))
        self.earlier = self.met("cotech", date(2026, 4, 9))
        self.edition = freeze_edition(SYSTEM, "ici", 2025, self.meeting.id, "Un bilan attendu")

    def met(self, kind: str, day: date, **fields: Any) -> Any:
        return make.save(Meeting(contract_id=self.contract.id, kind=kind, held_on=day, **fields))

    def of(self, role: str) -> tuple[str, dict[str, Any]]:
        return {
            "coordinator": (COORDINATOR, {}),
            "officer": (FINANCE_OFFICER, {"in_city": self.city}),
            "other_officer": (FINANCE_OFFICER, {"in_city": self.other_city}),
            "owner": (LANDLORD, {"of_landlord": self.owner}),
            "rival": (LANDLORD, {"of_landlord": self.rival}),
            "state": (STATE, {}),
            "copil": (COPIL, {}),
        }[role]

    def actor(self, role: str) -> Actor:
        name, where = self.of(role)
        return make.actor(name, self.contract, **where)

    def client(self, app: Flask, role: str, kind: Callable[..., FlaskClient] = make.api_client) -> FlaskClient:
        name, where = self.of(role)
        return kind(app, make.user(name, self.contract, **where))

    def bodies(self) -> dict[str, dict[str, Any]]:
        """A decision for each whom it may name, and one of each kind; the subject says which."""
        named = {
            "owner": {"kind": "complement", "landlord_id": self.owner.id, "due_on": "2026-09-30"},
            "rival": {"kind": "complement", "file_id": self.rival_file.id, "due_on": "2027-01-31"},
            "city": {"kind": "orientation", "city_id": self.city.id, "due_on": "2026-10-31"},
            "everybody": {"kind": "orientation"},
            "edition": {"kind": "validated", "edition_id": self.edition.id},
            "reserve": {"kind": "reserved", "edition_id": self.edition.id, "file_id": self.file.id},
            "carry": {"kind": "carry_over", "file_id": self.file.id, "amount": "10000.00"},
        }
        return {name: {"subject": subject(name), **body} for name, body in named.items()}


# What each reader is told of; the coordinator, the officers, the State and the COPIL read the contract's.
OWN = {
    "owner": {"owner", "everybody", "edition", "reserve", "carry"},
    "rival": {"rival", "everybody", "edition"},
}


def subject(name: str) -> str:
    """The words of a decision, such as no page holds by chance."""
    return f"Mots-de-{name}"


def told_in(text: str) -> set[str]:
    """Which of the decisions stand in a text."""
    names = {"owner", "rival", "city", "everybody", "edition", "reserve", "carry"}
    return {name for name in names if subject(name) in text}
