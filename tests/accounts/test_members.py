"""Who may give which role, to whom; what a coordinator sees of the people of other contracts (nothing)."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import builders as build
from tests.counting import count_queries
from tracker.accounts import queries
from tracker.accounts.commands import users as commands
from tracker.accounts.models import Membership, User
from tracker.accounts.schemas import MemberArguments
from tracker.extensions import db
from tracker.history.models import HistoryEntry
from tracker.policy import SYSTEM, Actor, Conflict, Forbidden, Invalid, NotReadable, Stale


@dataclass
class World:
    """Two contracts, their places, and people in each."""

    contract: int
    city: int
    other_contract: int
    other_city: int
    landlord: int
    officer: int
    stranger: int
    coordinator: Actor
    administrator: Actor


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        contract, other = build.contract(), build.contract()
        coordinator = build.user("coordinator", contract)
        administrator = build.user("administrator")
        return World(
            contract=contract.id,
            city=contract.cities[0].id,
            other_contract=other.id,
            other_city=other.cities[0].id,
            landlord=build.landlord().id,
            officer=build.user("finance_officer", contract, in_city=contract.cities[0]).id,
            stranger=build.user("copil", other).id,
            coordinator=queries.actor_of(coordinator, "page"),
            administrator=queries.actor_of(administrator, "page"),
        )


def someone(world: World, role: str, **fields: object) -> dict[str, object]:
    places = {"contract_id": world.contract, "city_id": None, "landlord_id": None}
    return {"email": "nadia@ville.fr", "name": "Nadia", "role": role, **places, **fields}


def lines() -> list[HistoryEntry]:
    return list(db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)))


def test_a_coordinator_brings_somebody_in(app: Flask, world: World) -> None:
    with app.app_context():
        user = commands.add_member(world.coordinator, someone(world, "finance_officer", city_id=world.city))
        assert user.password_hash is None
        assert [(one.role, one.city_id) for one in user.memberships] == [("finance_officer", world.city)]
        assert [(line.item_type, line.verb) for line in lines()] == [
            ("user_account", "create"),
            ("membership", "create"),
        ]
        assert user.session_key not in str(lines()[0].changes)
        assert lines()[1].contract_id == world.contract


def test_a_known_person_keeps_the_name(app: Flask, world: World) -> None:
    with app.app_context():
        email = db.session.get_one(User, world.stranger).email
        values = someone(world, "state", email=email.upper(), name="Autre nom")
        user = commands.add_member(world.coordinator, values)
        assert user.id == world.stranger
        assert user.name != "Autre nom"
        assert {one.role for one in user.memberships} == {"copil", "state"}


def test_the_same_role_twice_is_refused(app: Flask, world: World) -> None:
    with app.app_context():
        commands.add_member(world.coordinator, someone(world, "state"))
        with pytest.raises(Conflict, match="a déjà ce rôle"):
            commands.add_member(world.coordinator, someone(world, "state"))
        assert len(lines()) == 2


@pytest.mark.parametrize(
    "role, fields, wrong",
    [
        ("finance_officer", {}, {"city_id": "required"}),
        ("landlord", {"city_id": 1}, {"city_id": "invalid", "landlord_id": "required"}),
        ("state", {"contract_id": None}, {"contract_id": "required"}),
        ("landlord", {"landlord_id": 999_999}, {"landlord_id": "unknown_reference"}),
        (None, {}, {"role": "required"}),
    ],
)
def test_a_role_in_the_wrong_place_is_refused(
    app: Flask, world: World, role: str, fields: dict[str, object], wrong: dict[str, str]
) -> None:
    with app.app_context():
        with pytest.raises(Invalid) as refusal:
            commands.add_member(world.coordinator, someone(world, role, **fields))
        assert {error.field: error.code for error in refusal.value.errors} == wrong
        assert lines() == []


def test_a_city_outside_the_contract_is_refused(app: Flask, world: World) -> None:
    with app.app_context(), pytest.raises(Invalid) as refusal:
        commands.add_member(world.coordinator, someone(world, "finance_officer", city_id=world.other_city))
    assert [(error.field, error.code) for error in refusal.value.errors] == [("city_id", "unknown_reference")]


def test_a_coordinator_gives_nothing_outside_the_contract(app: Flask, world: World) -> None:
    with app.app_context():
        with pytest.raises(Forbidden):
            commands.add_member(world.coordinator, someone(world, "state", contract_id=world.other_contract))
        with pytest.raises(Forbidden):
            commands.add_member(world.coordinator, someone(world, "administrator", contract_id=None))
        with pytest.raises(NotReadable):
            commands.add_membership(world.coordinator, world.stranger, {"role": "state", "contract_id": world.contract})
        with pytest.raises(Forbidden):
            commands.create_user(world.coordinator, {"email": "x@y.fr", "name": "X"})
        with pytest.raises(Forbidden):
            commands.update_user(world.coordinator, world.officer, None, {"name": "X"})
        with pytest.raises(Forbidden):
            commands.archive_user(world.coordinator, world.officer, None, "…")
        assert lines() == []


@pytest.mark.parametrize("role", ["finance_officer", "landlord", "state", "copil"])
def test_other_roles_manage_nobody(app: Flask, world: World, role: str) -> None:
    with app.app_context():
        contract = build.contract()
        actor = build.actor(role, contract, in_city=contract.cities[0], of_landlord=build.landlord())
        with pytest.raises(Forbidden):
            commands.add_member(actor, someone(world, "state"))
        with pytest.raises(NotReadable):
            queries.members(actor, MemberArguments().read({}))
        with pytest.raises(NotReadable):
            queries.readable_user(actor, world.officer)


def test_taking_a_role_back(app: Flask, world: World) -> None:
    with app.app_context():
        number = db.session.scalars(select(Membership.id).where(Membership.user_id == world.officer)).one()
        foreign = db.session.scalars(select(Membership.id).where(Membership.user_id == world.stranger)).one()
        with pytest.raises(Stale):
            commands.archive_membership(world.coordinator, number, 7, "Départ")
        with pytest.raises(NotReadable):
            commands.archive_membership(world.coordinator, foreign, None, "Départ")
        commands.archive_membership(world.coordinator, number, 1, "Départ")
        user = queries.user_by_id(world.officer)
        assert user is not None
        assert queries.actor_of(user, "page").roles == ()
        assert [(line.verb, line.changes["archived_reason"]) for line in lines()] == [("archive", [None, "Départ"])]


def test_administrators_do_not_lock_themselves_out(app: Flask, world: World) -> None:
    with app.app_context():
        number = world.administrator.user_id
        assert number is not None
        own = db.session.scalars(select(Membership.id).where(Membership.user_id == number)).one()
        with pytest.raises(Conflict, match="propre compte"):
            commands.archive_user(world.administrator, number, None, "…")
        with pytest.raises(Conflict, match="propre rôle"):
            commands.archive_membership(world.administrator, own, None, "…")


def test_an_archived_account_is_nobody(app: Flask, world: World) -> None:
    with app.app_context():
        user = db.session.get_one(User, world.officer)
        session, token = build.page_client(app, user), build.api_client(app, user)
        assert session.get("/comptes/moi").status_code == 200
        assert token.get("/api/v1/cities").status_code == 200
        commands.archive_user(world.administrator, world.officer, 1, "Départ")
        with pytest.raises(Conflict, match="archivé"):
            commands.update_user(world.administrator, world.officer, None, {"name": "X"})
        with pytest.raises(Conflict, match="il est archivé"):
            commands.create_user(world.administrator, {"email": user.email, "name": "Encore"})
    assert session.get("/comptes/moi").status_code == 303
    assert token.get("/api/v1/cities").status_code == 401


def test_two_accounts_never_share_an_email(app: Flask, world: World) -> None:
    with app.app_context():
        taken = db.session.get_one(User, world.stranger).email
        with pytest.raises(Conflict) as refusal:
            commands.update_user(world.administrator, world.officer, None, {"email": taken.upper()})
        assert refusal.value.code == "duplicate"


# -- pages ---------------------------------------------------------------------------------------------------------


def page_of(app: Flask, actor: Actor) -> FlaskClient:
    with app.app_context():
        return build.page_client(app, db.session.get_one(User, actor.user_id))


def test_a_coordinator_sees_the_contract_alone(app: Flask, world: World) -> None:
    client = page_of(app, world.coordinator)
    with app.app_context():
        stranger = db.session.get_one(User, world.stranger).email
        officer = db.session.get_one(User, world.officer).email
        # The officer's role elsewhere is nobody's business here.
        elsewhere = {"role": "state", "contract_id": world.other_contract}
        commands.add_membership(SYSTEM, world.officer, elsewhere)
    listed = client.get("/comptes/membres").text
    assert officer in listed
    assert stranger not in listed
    assert "État" not in listed.partition("<table")[2]
    assert client.get(f"/comptes/membres/{world.stranger}").status_code == 404
    sheet = client.get(f"/comptes/membres/{world.officer}").text
    assert "État (préfecture)" not in sheet
    assert "Archiver le compte" not in sheet
    assert client.get("/comptes/membres?edit=new").text.count('value="administrator"') == 0


def test_a_coordinator_adds_and_takes_back_in_pages(app: Flask, world: World) -> None:
    client = page_of(app, world.coordinator)
    form = {"email": "nadia@ville.fr", "name": "Nadia", "role": "state", "contract_id": world.contract}
    wrong = client.post("/comptes/membres?edit=new", data=form | {"role": "landlord", "email": "nadia"})
    assert wrong.status_code == 422
    assert "« nadia » trouvé" in wrong.text
    added = client.post("/comptes/membres?edit=new", data=form)
    assert added.status_code == 303
    twice = client.post("/comptes/membres?edit=new", data=form)
    assert twice.status_code == 422
    assert "a déjà ce rôle" in twice.text
    with app.app_context():
        membership = db.session.scalars(select(Membership).order_by(Membership.id.desc())).first()
        assert membership is not None
        assert membership.role == "state"
        number, version = membership.id, membership.version
    assert 'name="reason"' in client.get(f"{added.location}?ouvrir=role-{number}").text
    target = f"{added.location}/roles/{number}/retirer"
    assert client.post(target, data={"version": version, "reason": ""}).status_code == 422
    assert client.post(target, data={"version": 8, "reason": "Départ"}).status_code == 409
    assert client.post(target, data={"version": version, "reason": "Départ"}).location == "/comptes/membres"
    assert client.get(added.location).status_code == 404  # no longer of the contract


def test_an_administrator_manages_every_account(app: Flask, world: World) -> None:
    client = page_of(app, world.administrator)
    address = f"/comptes/membres/{world.stranger}"
    assert "n’a pas encore choisi de mot de passe" in client.get(address).text
    saved = client.post(address, data={"name": "Jeanne", "email": "Jeanne@Ville.fr", "version": 1})
    assert saved.status_code == 303
    assert "jeanne@ville.fr" in client.get(address).text
    stale = client.post(address, data={"name": "Jean", "email": "jean@ville.fr", "version": 1})
    assert stale.status_code == 409
    assert 'value="Jean"' in stale.text
    assert "Jeanne" in stale.text
    role = {"role": "finance_officer", "contract_id": world.contract, "city_id": world.city}
    assert client.post(f"{address}/roles", data=role).status_code == 303
    alone = client.post("/comptes/membres?edit=new", data={"email": "seul@ville.fr", "name": "Seul", "role": ""})
    assert alone.status_code == 303
    assert client.post(f"{address}/archiver", data={"version": 2, "reason": "Départ"}).status_code == 303
    assert "Compte archivé" in client.get(address).text
    assert "Jeanne" in client.get("/comptes/membres?archived=true").text
    assert "Jeanne" not in client.get("/comptes/membres").text.partition("<table")[2]


@pytest.mark.parametrize("role", [None, "finance_officer", "landlord", "state", "copil"])
def test_members_are_closed_to_the_others(app: Flask, world: World, role: str | None) -> None:
    with app.app_context():
        contract = build.contract()
        user = build.user(role, contract, in_city=contract.cities[0], of_landlord=build.landlord())
        client = build.page_client(app, user)
    for address in ("/comptes/membres", f"/comptes/membres/{world.officer}"):
        assert client.get(address).status_code == 404
    assert "/comptes/membres" not in client.get("/comptes/moi").text


def test_a_list_of_members_costs_the_same_whatever_its_length(app: Flask, world: World) -> None:
    client = page_of(app, world.administrator)
    with count_queries(app) as few:
        assert client.get("/comptes/membres").status_code == 200
    with app.app_context():
        for _ in range(30):
            contract = build.contract()
            build.user("finance_officer", contract, in_city=contract.cities[0])
    with count_queries(app) as many:
        assert client.get("/comptes/membres?page_size=500").status_code == 200
    assert len(many) == len(few)
    assert len(few) <= 12
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 34
