"""The pages of the balance sheet, without JavaScript."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tests.balance import made
from tests.balance.faces import page_tables
from tracker.balance.models import Edition, Meeting
from tracker.balance.pages.drawn import drawn
from tracker.balance.rules import Check
from tracker.extensions import db
from tracker.policy import ADMINISTRATOR, COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE

Browse = Callable[..., FlaskClient]


class Year:
    """A contract with one submitted file, one that is missing, a COPIL."""

    def __init__(self) -> None:
        make.nomenclature()
        self.contract = make.contract(name="Contrat des Tilleuls")
        self.where = make.neighbourhood(self.contract)
        self.owner, self.other = make.landlord(name="Bailleur A"), make.landlord(name="Bailleur B")
        make.convention(self.contract, self.other, self.contract.cities[1])
        self.file = make.tfpb_file(
            make.convention(self.contract, self.owner),
            self.where,
            2026,
            status="submitted",
            abatement_actual=Decimal(500),
        )
        self.action = make.action(self.file, title="<b>Gardiennage</b>")
        make.participation(self.file, "report", participants=14, held_on=date(2026, 3, 2))
        self.meeting = make.save(Meeting(contract_id=self.contract.id, kind="copil", held_on=date(2027, 6, 17)))
        self.url = f"/bilan/{self.contract.code}/2026"


@pytest.fixture
def year(blank: Flask) -> Year:
    return Year()


def text(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return re.sub(r"[\s\u00a0\u202f]+", " ", answer.get_data(as_text=True))


def test_bilan_leads_to_the_year_under_way(year: Year, browse: Browse) -> None:
    answer = browse(COPIL, year.contract).get("/bilan")
    assert (answer.status_code, answer.headers["Location"]) == (303, year.url)


def test_several_contracts_are_offered(year: Year, blank: Flask) -> None:
    user = make.user(COPIL, year.contract)
    other = make.contract(name="Autre contrat")
    make.save(make.Membership(user_id=user.id, role=COPIL, contract_id=other.id))
    html = text(make.page_client(blank, user), "/bilan")
    assert year.url in html
    assert f"/bilan/{other.code}/2026" in html


def test_the_year_s_picker(year: Year, browse: Browse) -> None:
    client = browse(STATE, year.contract)
    answer = client.get(f"/bilan/{year.contract.code}?annee=2025")
    assert answer.headers["Location"] == f"/bilan/{year.contract.code}/2025"
    assert client.get(f"/bilan/{year.contract.code}?annee=abc").headers["Location"] == year.url
    assert client.get(f"/bilan/{year.contract.code}/1999").status_code == 404


def test_the_sheet_says_what_it_is_and_what_is_missing(year: Year, browse: Browse) -> None:
    html = text(browse(COORDINATOR, year.contract), year.url)
    assert "Bilan 2026 de l’abattement de TFPB" in html
    assert "état au 21/11/2026 · 1 dossier reçu sur 2 · COPIL du 17/06/2027" in html
    assert "Bailleur B : aucun bilan déposé." in html
    assert f'href="/tfpb/dossiers/{year.file.id}#participation"' in html
    assert f'href="{year.url}/classeur.xlsx"' in html
    assert f'href="{year.url}/arreter"' in html


def test_every_link_of_the_sheet_leads_somewhere(year: Year, browse: Browse) -> None:
    client = browse(COORDINATOR, year.contract)
    year.file.abatement_actual = None
    year.action.landlord_share = Decimal("1.00")
    db.session.commit()
    html = text(client, year.url)
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/(?:tfpb|bilan)[^"]*)"', html)}
    assert len(links) > 8
    for link in links:
        address, _, anchor = link.partition("#")
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, link
        if anchor:
            assert f'id="{anchor}"' in answer.get_data(as_text=True), link


def test_participation_is_told_stage_by_stage(year: Year, browse: Browse) -> None:
    tables = page_tables(browse(COPIL, year.contract).get(year.url).get_data(as_text=True))
    row = tables["Participation des habitants, dossier par dossier"][0]
    assert (row["Bilan annuel"], row["Diagnostic"]) == ("02/03/2026 (14 pers.)", "—")


def test_readers_may_not_freeze(year: Year, browse: Browse) -> None:
    for role, where in ((COPIL, {}), (STATE, {}), (FINANCE_OFFICER, {"in_city": year.contract.cities[0]})):
        client = browse(role, year.contract, **where)
        assert f"{year.url}/arreter" not in text(client, year.url)
        assert client.get(f"{year.url}/arreter").status_code == 403
        assert client.post(f"{year.url}/arreter", data={"meeting_id": year.meeting.id}).status_code == 403
    assert db.session.query(Edition).count() == 0


def test_a_landlord_sees_his_lines_alone(year: Year, browse: Browse) -> None:
    html = text(browse(LANDLORD, year.contract, of_landlord=year.other), year.url)
    assert "vos lignes seulement" in html
    assert "Bailleur A" not in html
    assert f'href="/tfpb/dossiers/{year.file.id}' not in html


def test_an_administrator_has_no_balance_sheet(year: Year, browse: Browse) -> None:
    client = browse(ADMINISTRATOR)
    assert client.get("/bilan").status_code == 404
    assert client.get(year.url).status_code == 404


def test_freezing_asks_for_a_reason_then_shows_the_edition(year: Year, browse: Browse) -> None:
    client = browse(COORDINATOR, year.contract)
    form = text(client, f"{year.url}/arreter")
    assert "1 contrôle bloquant ouvert" in form
    assert "COPIL du 17/06/2027" in form
    refused = client.post(f"{year.url}/arreter", data={"meeting_id": str(year.meeting.id), "reason": ""})
    assert refused.status_code == 422
    assert "aucun bilan déposé" in refused.get_data(as_text=True)
    assert db.session.query(Edition).count() == 0
    done = client.post(f"{year.url}/arreter", data={"meeting_id": str(year.meeting.id), "reason": "B attendu"})
    assert (done.status_code, done.headers["Location"]) == (303, f"{year.url}/editions/1")
    page = text(client, f"{year.url}/editions/1")
    assert "Édition n° 1 arrêtée." in page
    assert "Motif de l’édition :</strong> B attendu" in page
    assert "PROVISOIRE" not in page
    assert "Édition n° 1" in text(client, f"{year.url}/editions")


def test_freezing_without_a_meeting_names_the_field(year: Year, browse: Browse) -> None:
    answer = browse(COORDINATOR, year.contract).post(f"{year.url}/arreter", data={"meeting_id": "", "reason": "x"})
    assert answer.status_code == 422
    assert "Réunion" in answer.get_data(as_text=True)


def test_a_frozen_page_is_drawn_from_what_was_frozen(year: Year, browse: Browse) -> None:
    client = browse(COORDINATOR, year.contract)
    client.post(f"{year.url}/arreter", data={"meeting_id": str(year.meeting.id), "reason": "B attendu"})
    before = page_tables(client.get(f"{year.url}/editions/1").get_data(as_text=True))
    year.owner.name = "Un nouveau nom"
    year.action.actual_cost = Decimal("9.00")
    db.session.commit()
    assert page_tables(client.get(f"{year.url}/editions/1").get_data(as_text=True)) == before
    assert before["Par bailleur"][0]["Bailleur"] == "Bailleur A"
    assert client.get(f"{year.url}/editions/2").status_code == 404


def test_what_users_typed_stays_text(year: Year, browse: Browse) -> None:
    year.owner.name = "<script>alert(1)</script>"
    db.session.commit()
    html = browse(COORDINATOR, year.contract).get(year.url).get_data(as_text=True)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_meetings_are_added_changed_and_archived(year: Year, browse: Browse) -> None:
    client = browse(COORDINATOR, year.contract)
    refused = client.post(
        "/bilan/reunions", data={"contract_id": str(year.contract.id), "kind": "copil", "held_on": "x"}
    )
    assert refused.status_code == 422
    assert "une date est attendue" in refused.get_data(as_text=True)
    added = client.post(
        "/bilan/reunions", data={"contract_id": str(year.contract.id), "kind": "cotech", "held_on": "9/4/2027"}
    )
    assert (added.status_code, added.headers["Location"]) == (303, "/bilan/reunions")
    meeting = db.session.query(Meeting).filter_by(kind="cotech").one()
    assert meeting.held_on == date(2027, 4, 9)
    page = text(client, f"/bilan/reunions?edit={meeting.id}")
    assert 'value="09/04/2027"' in page
    changed = {"version": "1", "kind": "cotech", "held_on": "10/04/2027", "place": "Mairie", "notes": ""}
    assert client.post(f"/bilan/reunions/{meeting.id}", data=changed).status_code == 303
    stale = client.post(f"/bilan/reunions/{meeting.id}", data=changed | {"place": "Ailleurs"})
    assert stale.status_code == 409
    assert "Ailleurs" in stale.get_data(as_text=True)
    assert "a modifié la réunion" in text(client, f"/bilan/reunions/{meeting.id}")
    gone = client.post(f"/bilan/reunions/{meeting.id}/archiver", data={"version": "2", "reason": "Annulée"})
    assert gone.status_code == 303
    assert "10/04/2027" not in text(client, "/bilan/reunions")


def test_a_meeting_with_an_edition_shows_its_day_and_kind_and_offers_the_rest(year: Year, browse: Browse) -> None:
    client = browse(COORDINATOR, year.contract)
    address = f"/bilan/reunions?edit={year.meeting.id}"
    assert 'name="held_on"' in client.get(address).text
    client.post(f"{year.url}/arreter", data={"meeting_id": str(year.meeting.id), "reason": "B attendu"})
    kept = client.get(address).text
    assert 'name="held_on"' not in kept
    assert 'name="kind"' not in kept
    assert 'name="reason"' not in kept  # nor is it archived
    assert "ni son type ni sa date ne changent plus" in kept
    saved = client.post(f"/bilan/reunions/{year.meeting.id}", data={"version": "1", "place": "Mairie", "notes": ""})
    assert saved.status_code == 303
    assert "Mairie" in client.get("/bilan/reunions").text
    # The form of before the freeze, sent after it.
    stale = {"version": "2", "kind": "copil", "held_on": "18/06/2027", "place": "Ailleurs"}
    refused = client.post(f"/bilan/reunions/{year.meeting.id}", data=stale)
    assert (refused.status_code, "18/06/2027" in refused.text) == (409, True)


def test_readers_see_meetings_and_change_none(year: Year, browse: Browse) -> None:
    client = browse(LANDLORD, year.contract, of_landlord=year.owner)
    page = text(client, f"/bilan/reunions?edit={year.meeting.id}")
    assert "17/06/2027" in page
    assert "<form method" not in page.split("<main")[1]
    data = {"version": "1", "kind": "cotech", "held_on": "10/04/2027"}
    assert client.post(f"/bilan/reunions/{year.meeting.id}", data=data).status_code == 403


def test_a_fragment_is_the_page_s_content(year: Year, browse: Browse) -> None:
    answer = browse(COPIL, year.contract).get(year.url, headers={"HX-Request": "true"})
    html = answer.get_data(as_text=True)
    assert "<html" not in html
    assert "Par bailleur" in html


def any_workbook(answer: Any) -> bool:
    return answer.status_code == 200 and answer.data[:2] == b"PK"


def test_workbooks_are_downloaded_from_the_pages(year: Year, browse: Browse) -> None:
    client = browse(COORDINATOR, year.contract)
    client.post(f"{year.url}/arreter", data={"meeting_id": str(year.meeting.id), "reason": "B attendu"})
    assert any_workbook(client.get(f"{year.url}/classeur.xlsx"))
    frozen = client.get(f"{year.url}/editions/1/classeur.xlsx")
    assert any_workbook(frozen)
    assert frozen.data == db.session.query(Edition).one().workbook


@pytest.mark.parametrize("errors, warnings, shown, folded", [(0, 8, 8, 0), (2, 9, 8, 3), (10, 5, 10, 5)])
def test_what_blocks_an_edition_is_never_folded(errors: int, warnings: int, shown: int, folded: int) -> None:
    checks = [Check("files_missing", "error", False, f"Attendu {n}") for n in range(errors)]
    checks += [Check("no_action", "warning", False, f"Vide {n}") for n in range(warnings)]
    found = drawn(replace(made.worked(), checks=tuple(checks)))
    assert (len(found["to_mend"]), len(found["to_mend_too"])) == (shown, folded)
    assert [one["sentence"] for one in found["to_mend"] + found["to_mend_too"]] == [check.message for check in checks]
