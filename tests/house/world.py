"""The small world every proof of this folder walks through: two contracts, one item of each kind in each state.

``ids`` names the items by short words that the tables of this folder use (``project``, ``draft``, ``grant`` …);
``words`` gives the text by which a reader would recognise an item, to see that nobody else is shown it.
"""

import io
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests import builders as build
from tests.workbooks.toy import NAME, download, filled, open_toy
from tracker.accounts.commands.passwords import hashed, issue_one_time_link
from tracker.accounts.models import ApiToken, Membership, User
from tracker.balance.commands import freeze_edition, open_edition, record_decision
from tracker.balance.models import Evaluation, Meeting, ReferenceValue
from tracker.extensions import db
from tracker.funding.models import Funder
from tracker.investment.models import BudgetYear, CostItem
from tracker.investment.queries import place_to_edit
from tracker.investment.workbook import NAME as PROJECTS
from tracker.investment.workbook import blank_workbook
from tracker.policy import SYSTEM
from tracker.territory.models import City, Contract, Landlord, Neighbourhood
from tracker.tfpb.models import Action, Amendment, Axis, Participation, TfpbFile
from tracker.workbooks.commands import apply_batch, receive

# The columns of matrix.csv, in their order; ``anonymous`` has no account.
ROLES = (
    "anonymous",
    "administrator",
    "coordinator",
    "finance",
    "finance_other",
    "landlord",
    "landlord_other",
    "state",
    "copil",
    "coordinator_other",
)
TODAY = date(2026, 11, 21)
PASSWORD = "Une phrase de passe 42 !"
NEW_PASSWORD = "Une autre phrase de passe 43 !"


@dataclass
class World:
    """Numbers, recognisable words, and what carries each role's identity."""

    ids: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.ids[name]

    def keep(self, name: str, row: Any, word: str | None = None) -> Any:
        """Name a row."""
        self.ids[name] = row.id
        self.tables[name] = type(row).__tablename__
        if word:
            self.words[name] = word
        return row

    def api(self, app: Flask, role: str) -> FlaskClient:
        """A client that carries the role's token; without one when anonymous."""
        client = app.test_client()
        if role in self.tokens:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.tokens[role]}"
        return client

    def browser(self, app: Flask, role: str) -> FlaskClient:
        """A client signed in as the role."""
        client = app.test_client()
        if role in self.sessions:
            client.set_cookie("session", self.sessions[role])
        return client


def build_world(app: Flask) -> World:
    """Insert everything, inside an application context; the database must be empty and migrated."""
    world = World()
    build.nomenclature()
    world.ids["axis"] = db.session.scalars(db.select(Axis.id).where(Axis.number == 1)).one()
    world.tables["axis"] = "axis"
    world.words["axis"] = "Axe 1"
    contract = _territory(world)
    _users(world, contract)
    _money(world, contract)
    _files(world, contract)
    _batches(world)
    _meetings(world, contract)
    _identities(app, world)
    db.session.remove()
    return world


def _rows(world: World, model: Any, *names: str) -> list[Any]:
    return [db.session.get(model, world[name]) for name in names]


def _territory(world: World) -> Any:
    keep = world.keep
    city = keep("city", build.city(name="Clairval"), "Clairval")
    other = keep("other_city", build.city(name="Montjoie"), "Montjoie")
    contract = keep("contract", build.contract([city, other], code="ici", name="Contrat d’ici"), "Contrat d’ici")
    far_city = keep("far_city", build.city(name="Lointaine"), "Lointaine")
    elsewhere = build.contract([far_city], code="ailleurs", name="Contrat d’ailleurs")
    keep("elsewhere", elsewhere, "Contrat d’ailleurs")
    world.ids |= {"code": "ici", "far_code": "ailleurs"}
    keep("neighbourhood", build.neighbourhood(contract, name="Les Tilleuls"), "Les Tilleuls")
    keep("new_neighbourhood", build.neighbourhood(contract, name="Les Charmes"), "Les Charmes")
    keep("far_neighbourhood", build.neighbourhood(elsewhere, name="Le Lointain"), "Le Lointain")
    owner = keep("own_landlord", build.landlord(name="Habitat Premier"), "Habitat Premier")
    keep("other_landlord", build.landlord(name="Logis Second"), "Logis Second")
    (where,) = _rows(world, Neighbourhood, "neighbourhood")
    keep("objective", build.objective(contract, code="CV-1", label="Apaiser le quartier"), "Apaiser le quartier")
    keep("residence", build.residence(owner, where, name="Résidence du Lac"), "Résidence du Lac")
    return contract


def _users(world: World, contract: Any) -> None:
    city, other = _rows(world, City, "city", "other_city")
    owner, rival = _rows(world, Landlord, "own_landlord", "other_landlord")
    (elsewhere,) = _rows(world, Contract, "elsewhere")
    memberships: dict[str, dict[str, Any]] = {
        "administrator": {"role": "administrator"},
        "coordinator": {"role": "coordinator", "in_contract": contract},
        "finance": {"role": "finance_officer", "in_contract": contract, "in_city": city},
        "finance_other": {"role": "finance_officer", "in_contract": contract, "in_city": other},
        "landlord": {"role": "landlord", "in_contract": contract, "of_landlord": owner},
        "landlord_other": {"role": "landlord", "in_contract": contract, "of_landlord": rival},
        "state": {"role": "state", "in_contract": contract},
        "copil": {"role": "copil", "in_contract": contract},
        "coordinator_other": {"role": "coordinator", "in_contract": elsewhere},
    }
    password = hashed(PASSWORD)
    for name, membership in memberships.items():
        user = build.user(**membership, email=f"{name}@exemple.fr", name=f"Compte {name}", password_hash=password)
        world.users[name] = world.keep(f"user_{name}", user).id
    member = build.user("copil", contract, email="membre@exemple.fr", name="Camille Membre")
    world.keep("member", member, "Camille Membre")
    world.keep("membership", db.session.scalars(db.select(Membership).filter_by(user_id=member.id)).one())
    stranger = build.user("copil", elsewhere, email="inconnue@exemple.fr", name="Dominique Lointaine")
    world.keep("stranger", stranger, "Dominique Lointaine")
    world.keep("visitor", build.user("copil", contract, email="visite@exemple.fr", name="Visite", is_demo=True))
    world.ids["link"], _expires_at = issue_one_time_link(SYSTEM, member.id)


def _money(world: World, contract: Any) -> None:
    keep = world.keep
    funder = keep("funder", build.funder(code="fonds-ici", name="Fonds d’ici"), "Fonds d’ici")
    keep("spare_funder", build.funder(code="fonds-libre", name="Fonds libre"), "Fonds libre")
    scheme = keep("scheme", build.scheme(funder, code="dispositif-ici", name="Dispositif d’ici"), "Dispositif d’ici")
    project = keep("project", build.project(contract, title="École des Tilleuls"), "École des Tilleuls")
    (elsewhere,) = _rows(world, Contract, "elsewhere")
    keep("far_project", build.project(elsewhere, title="Gymnase du Lointain"), "Gymnase du Lointain")
    # Without a cost item its two costs may be typed.
    keep("plain_project", build.project(contract, title="Square des Charmes"), "Square des Charmes")
    amount = Decimal("90000.00")
    keep("cost_item", build.save(CostItem(project_id=project.id, label="Toiture", amount_excl_tax=amount)))
    project.cost_excl_tax = amount
    keep("budget", build.save(BudgetYear(project_id=project.id, year=2026, planned=amount)))
    grant = keep("grant", build.grant(project, scheme, awarded=Decimal("50000.00"), reference="REF-ECOLE"), "REF-ECOLE")
    keep("payment", build.payment(grant))


def _files(world: World, contract: Any) -> None:
    """One file per state, of the same landlord, city and neighbourhood; each with an action, a grant, a meeting."""
    owner, rival = _rows(world, Landlord, "own_landlord", "other_landlord")
    city, other = _rows(world, City, "city", "other_city")
    (where,) = _rows(world, Neighbourhood, "neighbourhood")
    (funder,) = _rows(world, Funder, "funder")
    convention = world.keep("convention", build.convention(contract, owner, city))
    rival_convention = world.keep("other_convention", build.convention(contract, rival, other))
    world.keep("amendment", build.amendment(convention))
    world.keep("spare_convention", build.convention(contract, owner, other))
    files: dict[str, tuple[Any, int, dict[str, Any]]] = {
        "frozen": (convention, 2025, {"status": "validated", "programme_status": "validated"}),
        "submitted": (convention, 2026, {"status": "submitted", "programme_status": "validated"}),
        "draft": (convention, 2027, {"status": "draft"}),
        "verified": (convention, 2028, {"status": "verified", "programme_status": "discussed"}),
        "validated": (convention, 2029, {"status": "validated"}),
        "returned": (convention, 2030, {"status": "to_correct", "programme_status": "validated"}),
        "rival": (rival_convention, 2026, {"status": "submitted"}),
    }
    for name, (signed, year, values) in files.items():
        file = world.keep(name, build.tfpb_file(signed, where, year, **values))
        word = f"Action du dossier {name}"
        action = world.keep(f"{name}_action", build.action(file, title=word), word)
        world.words |= {
            name: word,
            f"{name}_link": f'/tfpb/dossiers/{file.id}"',
            f"{name}_year": f">{year}<",  # in a workbook
        }
        grant = build.grant(action, funder, awarded=Decimal("300.00"), reference=f"REF-{name}")
        world.keep(f"{name}_grant", grant, f"REF-{name}")
        world.keep(f"{name}_payment", build.payment(grant, "100.00"))
        moment = build.participation(file, held_on=date(year, 1, 15), audience=f"Habitants de {name}")
        world.keep(f"{name}_participation", moment, f"Habitants de {name}")
        reference = build.baseline(file, item=f"Nettoyage de {name}")
        world.keep(f"{name}_baseline", reference, f"Nettoyage de {name}")
        world.keep(f"{name}_carry_over", build.carry_over(file, reason=f"Report de {name}"), f"Report de {name}")
        word = f"Pièce du dossier {name}"
        world.keep(f"{name}_document", build.document(action, title=word), word)
        remark = build.comment(file, text=f"Remarque sur {name}", action_id=action.id, field="actual_cost")
        world.keep(f"{name}_comment", remark, f"Remarque sur {name}")
        answered = build.comment(file, resolved_at=build.clock.now(), resolved_by="Camille")
        world.keep(f"{name}_answered", answered)
    _documents(world, convention)


def _documents(world: World, convention: Any) -> None:
    """A photograph, and something on each other kind of item that carries documents."""
    (action,) = _rows(world, Action, "submitted_action")
    photo = {"kind": "photo", "media_type": "image/jpeg", "file_name": "hall.jpg"}
    world.keep("submitted_photo", build.document(action, build.picture(), title="Photo du hall", **photo))
    for model, name in ((TfpbFile, "submitted"), (Participation, "submitted_participation")):
        build.document(_rows(world, model, name)[0])
    amendment = build.save(Amendment(convention_id=convention.id, subject="Prolongation"))
    world.keep("documented_amendment", amendment)
    build.document(convention, title="Convention signée")
    build.document(amendment)


def _batches(world: World) -> None:
    """Workbooks that came back, a landlord's and a city's: one of each to decide on, one already written."""
    open_toy()
    for name in ("draft", "returned"):
        content = filled(download(SYSTEM, world[name]), lambda sheet: sheet.cell(7, 4, "Fait"))
        batch = receive(SYSTEM, NAME, world[name], f"Classeur-{name}.xlsx", content)
        world.keep(f"{name}_batch", batch, f"Classeur-{name}.xlsx")
    apply_batch(SYSTEM, world["returned_batch"])
    place = place_to_edit(SYSTEM, world["city"], world["contract"])
    for name in ("written", "city"):
        book = load_workbook(io.BytesIO(blank_workbook(SYSTEM, place)[0]))
        book["Projets"]["D7"] = f"Ville, {name}"
        content = io.BytesIO()
        book.save(content)
        batch = receive(SYSTEM, PROJECTS, place.number, f"Projets-{name}.xlsx", content.getvalue())
        world.keep(f"{name}_batch", batch, f"Projets-{name}.xlsx")
        if name == "written":
            apply_batch(SYSTEM, batch.id)
    world.ids["place"], world.ids["far_place"] = place.code, f"{world['elsewhere']}-{world['far_city']}"


def _meetings(world: World, contract: Any) -> None:
    def meeting(day: date, place: str) -> Any:
        return build.save(Meeting(contract_id=contract.id, kind="copil", held_on=day, place=place))

    world.keep("meeting", meeting(date(2026, 6, 18), "Salle des fêtes"), "Salle des fêtes")
    world.keep("spare_meeting", meeting(date(2026, 9, 1), "Salle des mariages"), "Salle des mariages")
    text = "Une année de consolidation"
    world.keep("evaluation", build.save(Evaluation(contract_id=contract.id, year=2026, content=text)), text)
    for name in ("reference_value", "spare_reference"):
        value = {"figure": "valued_per_dwelling", "low": Decimal(183), "period": "2017-2019", "source": "Bilan"}
        word = f"Moyenne {name}"
        world.keep(name, build.save(ReferenceValue(label=word, **value)), word)
    edition = freeze_edition(SYSTEM, "ici", 2025, world["meeting"], "Premier bilan")
    world.keep("edition", edition, "édition n° 1")
    _decisions(world)
    # What the history tells of that freeze, of the whole sheet and of its one file.
    world.words["frozen_line"] = "Clairval, Les Tilleuls · 2025"
    # The edition of 2025 is open to everybody; that of 2024, which counts nothing, is not.
    world.keep("publication", open_edition(SYSTEM, "ici", 2025, 1))
    world.keep("closed_edition", freeze_edition(SYSTEM, "ici", 2024, world["meeting"], "Rien à compter"))


def _decisions(world: World) -> None:
    """One decision for each whom a decision may name, the edition's and a carry-over."""
    decided: dict[str, dict[str, Any]] = {
        "decision": {"kind": "complement", "landlord_id": world["own_landlord"], "due_on": date(2026, 9, 30)},
        "rival_decision": {"kind": "complement", "file_id": world["rival"], "due_on": date(2027, 1, 31)},
        "city_decision": {"kind": "orientation", "city_id": world["city"], "due_on": date(2026, 10, 31)},
        "common_decision": {"kind": "orientation"},
        "edition_decision": {"kind": "validated", "edition_id": world["edition"]},
        "granted_decision": {"kind": "carry_over", "file_id": world["submitted"], "amount": Decimal("50.00")},
    }
    for name, values in decided.items():
        word = f"Décidé, {name}"
        world.keep(name, record_decision(SYSTEM, world["meeting"], {"subject": word, **values}), word)


def _identities(app: Flask, world: World) -> None:
    for role, number in world.users.items():
        user = db.session.get(User, number)
        assert user is not None
        world.tokens[role] = build.token(user)
        cookie = build.page_client(app, user).get_cookie("session")
        assert cookie is not None
        world.sessions[role] = cookie.value
    token = db.session.scalars(db.select(ApiToken).filter_by(user_id=world.users["coordinator"])).one()
    world.keep("token", token)
