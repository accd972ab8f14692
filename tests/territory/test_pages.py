"""The pages of reference data, as a browser without JavaScript uses them, and as htmx does."""

import pytest
from flask import Flask

from tests import builders as build
from tests.counting import count_queries
from tests.territory.conftest import Ground
from tracker.extensions import db
from tracker.territory import reference_hub
from tracker.territory.models import City, Contract, Residence
from tracker.territory.pages.kinds import KINDS

CITY = {"insee": "92007", "siren": "219 200 078", "name": "Bagneux"}


@pytest.mark.parametrize("role", ["administrator", "coordinator", "finance_officer", "landlord", "state", "copil"])
def test_everybody_reads_who_writes_is_offered_to(app: Flask, ground: Ground, role: str) -> None:
    client = ground.pages[role]
    hub = client.get("/referentiels")
    assert hub.status_code == 200
    for kind in KINDS.values():
        assert kind.many in hub.text
    administers = role == "administrator"
    for slug in KINDS:
        listed = client.get(f"/referentiels/{slug}").text
        writes = administers or (role == "coordinator" and slug in ("residences", "objectifs"))
        assert ("edit=new" in listed) is writes
        assert ('id="edit-' in listed) is writes
    own = client.get(f"/referentiels/residences/{ground.residence}").text
    assert ("Archiver…" in own) is (administers or role == "coordinator")
    other = client.get(f"/referentiels/residences/{ground.other_residence}").text
    assert ("Archiver…" in other) is administers
    if not administers:
        assert "Ce geste revient à" in other  # the reason stands under the refused control
    in_navigation = "/referentiels" in client.get("/comptes/moi").text.partition("<main")[0]
    assert in_navigation is (role in ("administrator", "coordinator"))


def test_without_a_role_there_is_nothing(app: Flask, ground: Ground) -> None:
    client = ground.pages["nobody"]
    assert client.get("/referentiels").status_code == 404
    assert client.get(f"/referentiels/communes/{ground.city}").status_code == 404
    assert client.get("/referentiels/inconnu").status_code == 404


def test_a_coordinator_is_offered_only_the_neighbourhoods_of_the_contract(app: Flask, ground: Ground) -> None:
    page = ground.pages["coordinator"].get("/referentiels/residences?edit=new").text
    choices = page.partition('id="f-neighbourhood_id"')[2].partition("</select>")[0]
    assert f'value="{ground.neighbourhood}"' in choices
    assert f'value="{ground.other_neighbourhood}"' not in choices


def test_add_change_and_archive_without_javascript(app: Flask, ground: Ground) -> None:
    client = ground.pages["administrator"]
    assert 'name="insee"' in client.get("/referentiels/communes?edit=new").text
    added = client.post("/referentiels/communes?edit=new&q=Bag", data=CITY)
    assert (added.status_code, added.location) == (303, "/referentiels/communes?q=Bag")
    listed = client.get(added.location).text
    assert "La commune « Bagneux » : ajoutée." in listed
    assert "219200078" in listed
    with app.app_context():
        number = db.session.scalars(db.select(City.id).filter_by(insee="92007")).one()
    opened = client.get(f"/referentiels/communes?edit={number}&q=Bag").text
    assert 'value="Bagneux"' in opened
    target = f"/referentiels/communes?edit={number}&q=Bag"
    saved = client.post(target, data={**CITY, "name": "Bagneux (92)", "version": 1})
    assert saved.location == "/referentiels/communes?q=Bag"
    sheet = f"/referentiels/communes/{number}"
    assert "Bagneux (92)" in client.get(sheet).text
    assert client.post(f"{sheet}/archiver", data={"version": 2, "reason": " "}).status_code == 422
    assert client.post(f"{sheet}/archiver", data={"version": 1, "reason": "Fusion"}).status_code == 409
    assert client.post(f"{sheet}/archiver", data={"version": 2, "reason": "Fusion"}).status_code == 303
    page = client.get(sheet).text
    assert "Fusion" in page
    assert "Modifier" not in page
    assert "a archivé la commune" in page
    assert "Bagneux (92)" not in client.get("/referentiels/communes").text.partition("<table")[2]
    assert "Bagneux (92)" in client.get("/referentiels/communes?archived=true").text


def test_a_refused_form_keeps_the_typing_and_names_the_field(app: Flask, ground: Ground) -> None:
    client = ground.pages["administrator"]
    refused = client.post("/referentiels/communes?edit=new", data={**CITY, "siren": "219200079", "name": ""})
    assert refused.status_code == 422
    assert 'value="219200079"' in refused.text
    assert "« 219200079 » trouvé" in refused.text
    assert 'aria-invalid="true"' in refused.text
    with app.app_context():
        taken = db.session.get_one(City, ground.city)
        name, insee = taken.name, taken.insee
    twice = client.post("/referentiels/communes?edit=new", data={**CITY, "insee": insee})
    assert twice.status_code == 422
    assert f"Une commune porte déjà le code INSEE {insee} : « {name} »." in twice.text.replace("&#39;", "'")
    assert 'value="Bagneux"' in twice.text


def test_a_stale_form_shows_the_three_voices(app: Flask, ground: Ground) -> None:
    client = ground.pages["administrator"]
    sheet = f"/referentiels/residences/{ground.residence}"
    with app.app_context():
        row = db.session.get_one(Residence, ground.residence)
        typed = {
            "landlord_id": row.landlord_id,
            "city_id": row.city_id,
            "neighbourhood_id": row.neighbourhood_id,
            "address": "",
            "version": 1,
        }
    assert client.post(sheet, data={**typed, "name": "Premier", "dwellings": "1 200"}).status_code == 303
    late = client.post(sheet, data={**typed, "name": "Second", "dwellings": "90"})
    assert late.status_code == 409
    assert 'value="Second"' in late.text
    assert "Premier" in late.text
    assert 'name="version" value="2"' in late.text
    with app.app_context():
        kept = db.session.get_one(Residence, ground.residence)
        assert (kept.name, kept.dwellings) == ("Premier", 1200)


def test_unticking_every_city_empties_the_list(app: Flask, ground: Ground) -> None:
    client = ground.pages["administrator"]
    with app.app_context():
        row = db.session.get_one(Contract, ground.contract)
        typed = {"code": row.code, "name": row.name, "first_year": "2024", "last_year": "2030", "version": "1"}
        first, second = (city.name for city in row.cities)
        ids = row.city_ids
    sheet = f"/referentiels/contrats/{ground.contract}"
    assert f'value="{ids[0]}" checked' in client.get(f"{sheet}?ouvrir=fiche").text
    assert client.post(sheet, data={**typed, "city_ids": [ids[1]]}).status_code == 303
    wrong = client.post(sheet, data={**typed, "city_ids": [ids[0]], "name": "", "version": "2"})
    assert f'value="{ids[0]}" checked' in wrong.text
    assert f'value="{ids[1]}" checked' not in wrong.text
    assert client.post(sheet, data={**typed, "version": "2"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Contract, ground.contract).city_ids == []
    told = client.get(sheet).text
    assert f"<del>{first}, {second}</del>" in told  # the names, not the numbers
    assert f"<del>{second}</del>" in told


def test_a_role_that_may_not_write_is_refused_by_the_command_too(app: Flask, ground: Ground) -> None:
    client = ground.pages["copil"]
    assert client.post("/referentiels/communes?edit=new", data=CITY).status_code == 403
    assert client.post(f"/referentiels/communes?edit={ground.city}", data={**CITY, "version": 1}).status_code == 403
    refused = client.post(f"/referentiels/communes/{ground.city}/archiver", data={"version": 1, "reason": "x"})
    assert refused.status_code == 403


def test_htmx_receives_the_content_alone(app: Flask, ground: Ground) -> None:
    client = ground.pages["administrator"]
    fragment = client.get(f"/referentiels/communes?edit={ground.city}", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert 'name="insee"' in fragment.text
    assert "HX-Request" in fragment.headers["Vary"]


def test_a_wrong_filter_is_a_page_in_french(app: Flask, ground: Ground) -> None:
    answer = ground.pages["copil"].get("/referentiels/residences?city_id=x")
    assert answer.status_code == 422
    assert "un nombre entier est attendu" in answer.text


@pytest.mark.parametrize("slug", KINDS)
@pytest.mark.parametrize("role", ["administrator", "copil"])
def test_a_list_costs_the_same_whatever_its_length(app: Flask, ground: Ground, slug: str, role: str) -> None:
    client = ground.pages[role]
    with count_queries(app) as few:
        assert client.get(f"/referentiels/{slug}").status_code == 200
    with app.app_context():
        for _ in range(20):
            contract = build.contract()
            build.residence(build.landlord(), build.neighbourhood(contract))
    with count_queries(app) as many:
        assert client.get(f"/referentiels/{slug}").status_code == 200
    assert len(many) == len(few)
    assert len(few) <= 10


def test_other_rooms_register_their_lists(app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_hub, "_references", dict(reference_hub._references))
    reference_hub.register(
        reference_hub.Reference(
            order=45,
            label="Une autre liste",
            endpoint="territory.hub",
            sentence="Tenue par une autre salle.",
            count=lambda: 1234,
            keeper="Quelqu’un",
        )
    )
    page = ground.pages["copil"].get("/referentiels").text
    assert "Une autre liste" in page
    assert "1\u202f234" in page
    assert page.index("Bailleurs") < page.index("Une autre liste") < page.index("Résidences")
