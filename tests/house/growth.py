"""The same world with a hundredfold of everything a page or a list shows, inserted at once."""

import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from tests import builders as build
from tests.house.world import World
from tracker import clock
from tracker.accounts.models import ApiToken, Membership, User
from tracker.balance.models import Decision, Edition, Meeting, Publication, ReferenceValue
from tracker.documents.models import Document
from tracker.extensions import db
from tracker.funding.models import Financing, Funder, Grant, Payment, Scheme
from tracker.history.models import HistoryEntry
from tracker.investment.models import BudgetYear, CostItem, Project
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective, Residence
from tracker.tfpb.models import Action, Amendment, Baseline, CarryOver, Comment, Convention, Participation, TfpbFile

TIMES = 100


def _insert(rows: list[Any]) -> list[Any]:
    db.session.add_all(rows)
    db.session.flush()
    return rows


def grow(app: Flask, world: World) -> None:
    """A hundred more of each row, spread over many parents and also gathered under one."""
    with app.app_context():
        cities, landlords, places = _territory(world)
        _people(world)
        funders = _money(world)
        _files(world, cities, landlords, places, funders)
        _told(world)
        db.session.commit()


def _territory(world: World) -> tuple[list[Any], list[Any], list[Any]]:
    contract = db.session.get(Contract, world["contract"])
    assert contract is not None
    numbers = [build.number() for _ in range(TIMES)]
    cities = _insert([City(insee=f"9{n:04d}", siren=build.siren(n), name=f"Ville {n}") for n in numbers])
    contract.cities = [*contract.cities, *cities]
    _insert(
        [
            Contract(code=f"c-{n}", name=f"Contrat {n}", first_year=2024, last_year=2030, cities=cities[:3])
            for n in numbers
        ]
    )
    _insert([Objective(contract_id=contract.id, code=f"OBJ-{n}", label=f"Objectif {n}") for n in numbers])
    landlords = _insert([Landlord(siren=build.siren(n + 5000), name=f"Bailleur {n}") for n in numbers])
    places = _insert([Neighbourhood(contract_id=contract.id, name=f"Quartier {n}", cities=cities[:4]) for n in numbers])
    _insert(
        [
            Residence(landlord_id=owner.id, city_id=city.id, neighbourhood_id=place.id, name=f"Résidence {owner.id}")
            for owner, city, place in zip(landlords, cities, places, strict=True)
        ]
    )
    return cities, landlords, places


def _people(world: World) -> None:
    users = _insert(
        [
            User(email=f"membre{n}@exemple.fr", name=f"Membre {n}", session_key=secrets.token_hex(8))
            for n in range(TIMES)
        ]
    )
    roles = ("copil", "state")
    _insert([Membership(user_id=one.id, role=role, contract_id=world["contract"]) for one in users for role in roles])
    now = clock.now()
    for role in ("coordinator", "landlord"):
        _insert(
            [
                ApiToken(user_id=world.users[role], name=f"n° {n}", token_hash=secrets.token_hex(32), created_at=now)
                for n in range(TIMES)
            ]
        )


def _financings(kind: str, count: int, world: World, **fields: Any) -> list[Any]:
    where = {"contract_id": world["contract"], "city_id": world["city"]}
    return _insert([Financing(kind=kind, **where, **fields) for _ in range(count)])


def _grants(financings: list[Any], funders: list[Any], nature: str) -> None:
    awarded = {"nature": nature, "status": "awarded", "awarded": Decimal(10), "requested": Decimal(20)}
    grants = _insert(
        [
            Grant(financing_id=one.id, funder_id=funders[(place + turn) % TIMES].id, **awarded)
            for place, one in enumerate(financings)
            for turn in range(2)
        ]
    )
    paid = {"kind": "advance", "amount": Decimal(1), "paid_on": date(2026, 2, 1)}
    _insert([Payment(grant_id=one.id, **paid) for one in grants])


def _money(world: World) -> list[Any]:
    funders = _insert([Funder(code=f"f-{n}", name=f"Financeur {n}", kind="state") for n in range(TIMES)])
    _insert([Scheme(code=f"s-{n}", name=f"Dispositif {n}", funder_id=one.id) for n, one in enumerate(funders)])
    financings = _financings("project", TIMES, world)
    projects = _insert(
        [
            Project(
                contract_id=world["contract"],
                city_id=world["city"],
                financing_id=one.id,
                title=f"Projet {one.id}",
                owner_kind="city",
                status="planned",
                cost_excl_tax=Decimal(1000),
            )
            for one in financings
        ]
    )
    for financing, project in zip(financings, projects, strict=True):
        financing.parent_id = project.id
    _grants(financings, funders, "investment")
    # All of them under the world's own project too.
    own = db.session.get(Project, world["project"])
    assert own is not None
    _grants([own.financing] * (TIMES // 2), funders, "investment")
    _insert([CostItem(project_id=own.id, label=f"Poste {n}", amount_excl_tax=Decimal(10)) for n in range(TIMES)])
    _insert([BudgetYear(project_id=own.id, year=year, planned=Decimal(1)) for year in range(2030, 2080)])
    grant_id = world["grant"]
    _insert(
        [
            Payment(grant_id=grant_id, kind="instalment", amount=Decimal(1), paid_on=date(2026, 2, 1))
            for _ in range(TIMES)
        ]
    )
    return funders


def _actions(file: Any, count: int, world: World, landlord: int, funders: list[Any]) -> None:
    financings = _financings("action", count, world, landlord_id=landlord)
    names = ("planned_cost", "planned_valued", "actual_cost", "landlord_share", "valued_amount")
    amounts = dict.fromkeys(names, Decimal(100))
    actions = _insert(
        [
            Action(file_id=file, financing_id=one.id, axis=1 + place % 8, title=f"Action {one.id}", **amounts)
            for place, one in enumerate(financings)
        ]
    )
    for financing, action in zip(financings, actions, strict=True):
        financing.parent_id = action.id
    _grants(financings, funders, "operating")


def _files(world: World, cities: list[Any], landlords: list[Any], places: list[Any], funders: list[Any]) -> None:
    lasts = {"contract_id": world["contract"], "first_year": 2025, "last_year": 2030, "status": "signed"}
    signed = _insert(
        [Convention(landlord_id=who.id, city_id=city.id, **lasts) for who, city in zip(landlords, cities, strict=True)]
    )
    # Every other one over years that another convention of the same landlord and city holds too.
    _insert(
        [Convention(landlord_id=one.landlord_id, city_id=one.city_id, **lasts) for one in signed[::2]]
        + [Amendment(convention_id=world["convention"], subject=f"Avenant {n}") for n in range(TIMES)]
    )
    figures = {"dwellings": 10, "abated_dwellings": 9, "abatement_estimated": Decimal(900)}
    state = {"status": "submitted", "first_submitted_at": clock.now()}
    own = world["convention"]
    files = _insert(
        [
            TfpbFile(convention_id=number, neighbourhood_id=place.id, year=2026, **figures, **state)
            for convention, place in zip(signed, places, strict=True)
            for number in (convention.id, own)
        ]
    )
    for file in files[:20]:
        _actions(file.id, 2, world, world["own_landlord"], funders)
    for name in ("draft", "submitted", "returned"):
        _actions(world[name], TIMES, world, world["own_landlord"], funders)
        _insert(
            [
                Participation(file_id=world[name], stage="report", held_on=date(2026, 1, 1) + timedelta(n))
                for n in range(TIMES)
            ]
        )
        _insert([Baseline(file_id=world[name], axis=1 + n % 8, item=f"Poste {n}", unit="jours") for n in range(TIMES)])
        decided = {"decided_on": date(2026, 6, 18), "reason": "Décision", "amount": Decimal(1)}
        _insert([CarryOver(file_id=world[name], **decided) for _ in range(TIMES)])
        _talk(world[name], world[f"{name}_action"])
    for table, name in (("tfpb_file", "draft"), ("tfpb_action", "draft_action"), ("convention", "convention")):
        _documents(table, world[name])
    draft_action = db.session.get(Action, world["draft_action"])
    assert draft_action is not None
    _grants([draft_action.financing] * (TIMES // 2), funders, "operating")


def _talk(file_id: int, action_id: int) -> None:
    said = {"text": "Une remarque", "at": clock.now(), "author_name": "Compte", "file_id": file_id}
    first = _insert([Comment(**said, action_id=action_id if n % 2 else None) for n in range(TIMES)])
    _insert([Comment(**said, action_id=one.action_id, thread_id=one.id) for one in first])


def _documents(table: str, number: int) -> None:
    same = {"kind": "evidence", "file_name": "f.pdf", "media_type": "application/pdf", "size": 9, "sha256": "0" * 64}
    told = {"added_at": clock.now(), "added_by": "Compte"}
    _insert([Document(parent_type=table, parent_id=number, title=f"Pièce {n}", **same, **told) for n in range(TIMES)])


def _told(world: World) -> None:
    meetings = _insert(
        [
            Meeting(contract_id=world["contract"], kind="cotech", held_on=date(2026, 1, 1) + timedelta(n))
            for n in range(TIMES)
        ]
    )
    told = {"figure": "leverage", "low": Decimal("1.3"), "period": "2024", "source": "Contrat"}
    _insert([ReferenceValue(label=f"Repère {n}", **told) for n in range(TIMES)])
    first = db.session.get(Edition, world["edition"])
    assert first is not None
    kept = ("contract_id", "year", "frozen_at", "frozen_by", "content", "content_sha256", "workbook", "workbook_sha256")
    kept += ("pdf", "pdf_sha256")
    same = {name: getattr(first, name) for name in kept}
    editions = _insert([Edition(number=n, meeting_id=one.id, **same) for n, one in enumerate(meetings, 2)])
    _insert([Publication(edition_id=one.id, opened_at=clock.now(), opened_by="Compte") for one in editions])
    told = {"meeting_id": world["meeting"], "subject": "Décision", "due_on": date(2026, 10, 1)}
    own = {"landlord_id": world["own_landlord"]}
    for named in ({}, own, {"city_id": world["city"]}, {**own, "file_id": world["submitted"]}):
        _insert([Decision(kind="orientation", **told, **named) for _ in range(TIMES)])
    lines = {
        "at": clock.now(),
        "actor_id": 1,
        "actor_name": "Compte",
        "source": "page",
        "verb": "update",
        "changes": {},
    }
    for table, number in (
        ("project", world["project"]),
        ("financing_grant", world["grant"]),
        ("tfpb_file", world["draft"]),
        ("tfpb_action", world["draft_action"]),
        ("city", world["city"]),
        ("user_account", world["member"]),
        ("meeting", world["meeting"]),
        ("decision", world["decision"]),
    ):
        where = {"contract_id": world["contract"], "city_id": world["city"], "landlord_id": world["own_landlord"]}
        _insert([HistoryEntry(item_type=table, item_id=number, **where, **lines) for _ in range(TIMES)])
