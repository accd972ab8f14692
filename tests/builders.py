"""Rows for tests: plain functions that insert through the session, inside an application context.

Everything has a sensible default and takes its fields as keywords; a number makes names distinct.
"""

import itertools
import secrets
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from stdnum import luhn

from tracker import clock
from tracker.accounts.models import ApiToken, Membership, User
from tracker.accounts.queries import digest
from tracker.documents import storage
from tracker.documents.models import Document
from tracker.extensions import db
from tracker.funding.models import Financing, Funder, Grant, Payment, Scheme
from tracker.investment.models import Project
from tracker.policy import Actor, Role
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective, Residence
from tracker.tfpb.models import (
    Action,
    Amendment,
    Axis,
    Baseline,
    CarryOver,
    Comment,
    Convention,
    Participation,
    Priority,
    TfpbFile,
)

_numbers = itertools.count(1)


def number() -> int:
    """A number no other row of this test run has."""
    return next(_numbers)


def save(row: Any) -> Any:
    """Insert, commit and hand back the row."""
    db.session.add(row)
    db.session.commit()
    return row


def siren(seed: int) -> str:
    """A well-formed SIREN."""
    start = f"{10_000_000 + seed:08d}"
    return start + luhn.calc_check_digit(start)


def city(**fields: Any) -> City:
    n = number()
    return save(City(**{"insee": f"{n:05d}", "siren": siren(n), "name": f"Ville {n}"} | fields))


def contract(cities: list[City] | None = None, **fields: Any) -> Contract:
    n = number()
    defaults = {"code": f"contrat-{n}", "name": f"Contrat {n}", "first_year": 2024, "last_year": 2030}
    return save(Contract(**defaults | fields, cities=cities if cities is not None else [city(), city()]))


def neighbourhood(of: Contract, **fields: Any) -> Neighbourhood:
    n = number()
    return save(Neighbourhood(**{"contract_id": of.id, "name": f"Quartier {n}", "cities": list(of.cities)} | fields))


def landlord(**fields: Any) -> Landlord:
    n = number()
    return save(Landlord(**{"siren": siren(n), "name": f"Bailleur {n}"} | fields))


def residence(owner: Landlord, where: Neighbourhood, **fields: Any) -> Residence:
    defaults = {"landlord_id": owner.id, "neighbourhood_id": where.id, "city_id": where.cities[0].id, "dwellings": 100}
    return save(Residence(**defaults | {"name": f"Résidence {number()}"} | fields))


def objective(of: Contract, **fields: Any) -> Objective:
    n = number()
    return save(Objective(**{"contract_id": of.id, "code": f"OBJ-{n}", "label": f"Objectif {n}"} | fields))


def funder(**fields: Any) -> Funder:
    n = number()
    return save(Funder(**{"code": f"financeur-{n}", "name": f"Financeur {n}", "kind": "state"} | fields))


def scheme(of: Funder | None = None, **fields: Any) -> Scheme:
    n = number()
    given_by = of or funder()
    return save(Scheme(**{"code": f"dispositif-{n}", "name": f"Dispositif {n}", "funder_id": given_by.id} | fields))


def project(of: Contract, where: City | None = None, **fields: Any) -> Project:
    place = where or of.cities[0]
    financing = save(Financing(kind="project", contract_id=of.id, city_id=place.id))
    defaults = {"title": f"Projet {number()}", "owner_kind": "city", "status": "planned"}
    row = save(Project(contract_id=of.id, city_id=place.id, financing_id=financing.id, **defaults | fields))
    financing.parent_id = row.id
    db.session.commit()
    return row


def grant(parent: Project | Action, by: Scheme | Funder | None = None, **fields: Any) -> Grant:
    """A grant of a project or an action; awarded by default when ``awarded`` is given."""
    source = by or funder()
    financing = db.session.get(Financing, parent.financing_id)
    assert financing is not None
    defaults = {
        "financing_id": financing.id,
        "funder_id": source.funder_id if isinstance(source, Scheme) else source.id,
        "scheme_id": source.id if isinstance(source, Scheme) else None,
        "nature": "investment" if financing.kind == "project" else "operating",
        "status": "awarded" if fields.get("awarded") is not None else "identified",
    }
    return save(Grant(**defaults | fields))


def payment(of: Grant, amount: str = "1000.00", **fields: Any) -> Payment:
    defaults = {"grant_id": of.id, "kind": "instalment", "amount": Decimal(amount), "paid_on": date(2026, 3, 1)}
    return save(Payment(**defaults | fields))


def nomenclature() -> None:
    """The eight axes and the priorities, with short labels."""
    for n in range(1, 9):
        db.session.add(Axis(number=n, label=f"Axe {n}", sub_actions=[], nomenclature="test"))
    codes = (
        "health digital_divide ecological_transition social_ties employment residential_peace living_environment ageing"
    )
    for position, code in enumerate(codes.split(), 1):
        db.session.add(Priority(code=code, label=code, position=position))
    db.session.commit()


def convention(of: Contract, by: Landlord, where: City | None = None, **fields: Any) -> Convention:
    place = where or of.cities[0]
    defaults = {"first_year": 2025, "last_year": 2030, "status": "signed"}
    defaults |= {"signed_on": date(2024, 12, 1), "declared_on": date(2024, 12, 15)}
    return save(Convention(contract_id=of.id, landlord_id=by.id, city_id=place.id, **defaults | fields))


def amendment(of: Convention, **fields: Any) -> Amendment:
    return save(Amendment(**{"convention_id": of.id, "subject": f"Avenant {number()}"} | fields))


def tfpb_file(of: Convention, where: Neighbourhood, year: int = 2025, **fields: Any) -> TfpbFile:
    """A file; past ``draft`` it has been submitted once."""
    defaults: dict[str, Any] = {"dwellings": 200, "abated_dwellings": 180, "abatement_estimated": Decimal("30000.00")}
    if fields.get("status", "draft") != "draft":
        defaults["first_submitted_at"] = clock.now()
    return save(TfpbFile(convention_id=of.id, neighbourhood_id=where.id, year=year, **defaults | fields))


def action(of: TfpbFile, **fields: Any) -> Action:
    """An action of a file, with its financing in step."""
    signed = of.convention
    financing = save(
        Financing(
            kind="action",
            contract_id=signed.contract_id,
            city_id=signed.city_id,
            landlord_id=signed.landlord_id,
            open_to_readers=of.first_submitted_at is not None,
            locked_reason=None if of.status in ("draft", "to_correct") else "Dossier déposé.",
        )
    )
    amounts = {
        name: Decimal("1000.00")
        for name in ("planned_cost", "planned_valued", "actual_cost", "landlord_share", "valued_amount")
    }
    defaults = {"file_id": of.id, "financing_id": financing.id, "axis": 3, "title": f"Action {number()}"}
    row = save(Action(**defaults | amounts | fields))
    financing.parent_id = row.id
    db.session.commit()
    return row


def participation(of: TfpbFile, stage: str = "report", **fields: Any) -> Participation:
    return save(Participation(**{"file_id": of.id, "stage": stage, "held_on": date(2026, 1, 15)} | fields))


def baseline(of: TfpbFile, **fields: Any) -> Baseline:
    defaults = {"axis": 3, "item": "Nettoyage des halls", "unit": "€ par logement"}
    return save(
        Baseline(**{"file_id": of.id, "outside": Decimal("41.00"), "inside": Decimal("58.50")} | defaults | fields)
    )


def carry_over(of: TfpbFile, amount: str = "500.00", **fields: Any) -> CarryOver:
    defaults = {"decided_on": date(2026, 6, 18), "reason": "Travaux décalés"}
    return save(CarryOver(**{"file_id": of.id, "amount": Decimal(amount)} | defaults | fields))


def comment(of: TfpbFile, **fields: Any) -> Comment:
    """A thread that is open, by nobody in particular."""
    defaults = {"file_id": of.id, "text": f"Remarque {number()}", "at": clock.now(), "author_name": "Camille Martin"}
    return save(Comment(**defaults | fields))


def user(
    role: str | None = None,
    in_contract: Contract | None = None,
    *,
    in_city: City | None = None,
    of_landlord: Landlord | None = None,
    **fields: Any,
) -> User:
    """A user with one membership (or none)."""
    n = number()
    defaults = {"email": f"personne{n}@exemple.fr", "name": f"Personne {n}", "session_key": secrets.token_hex(8)}
    row = save(User(**defaults | fields))
    if role:
        save(
            Membership(
                user_id=row.id,
                role=role,
                contract_id=in_contract.id if in_contract else None,
                city_id=in_city.id if in_city else None,
                landlord_id=of_landlord.id if of_landlord else None,
            )
        )
    return row


def actor(
    role: str,
    in_contract: Contract | None = None,
    *,
    in_city: City | None = None,
    of_landlord: Landlord | None = None,
    source: str = "page",
) -> Actor:
    """An actor without a row, for commands and queries."""
    membership = Role(
        role,
        in_contract.id if in_contract else None,
        in_city.id if in_city else None,
        of_landlord.id if of_landlord else None,
    )
    return Actor(user_id=None, name=f"{role} de test", roles=(membership,), source=source)


def token(of: User) -> str:
    """A live API token of this user."""
    secret = secrets.token_urlsafe(32)
    save(ApiToken(user_id=of.id, name="test", token_hash=digest(secret), created_at=clock.now()))
    return secret


def api_client(app: Flask, of: User) -> FlaskClient:
    """A client that carries the user's bearer token."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token(of)}"
    return client


def page_client(app: Flask, of: User) -> FlaskClient:
    """A client signed in as the user; forms need no CSRF token under test settings."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{of.id}:{of.session_key}"
        session["_fresh"] = True
    return client


def pdf(text: str = "Facture") -> bytes:
    """The least a PDF is: its header, its trailer; ``text`` makes two of them differ."""
    return f"%PDF-1.4\n1 0 obj\n<< /Title ({text}) >>\nendobj\ntrailer\n<< >>\nstartxref\n9\n%%EOF\n".encode()


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), colour: str = "teal", **options: Any) -> bytes:
    """A picture of one colour, as a file of this format."""
    target = BytesIO()
    Image.new("RGB", size, colour).save(target, form, **options)
    return target.getvalue()


def document(on: Any, content: bytes | None = None, **fields: Any) -> Document:
    """A document of a row, its bytes in the storage; a PDF unless told."""
    n = number()
    kept = pdf(f"Document {n}") if content is None else content
    defaults = {
        "parent_type": type(on).__tablename__,
        "parent_id": on.id,
        "kind": "evidence",
        "title": f"Document {n}",
        "file_name": f"document-{n}.pdf",
        "media_type": "application/pdf",
        "size": len(kept),
        "sha256": storage.keep(kept),
        "added_at": clock.now(),
        "added_by": "Compte d’essai",
    }
    return save(Document(**defaults | fields))
