"""Threads on the pages, and the story: the city returns a report with two pinned comments, the landlord answers."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests import builders as build
from tests.counting import count_queries
from tests.tfpb.conftest import API, World
from tests.tfpb.test_comments_api import letters
from tracker.extensions import db
from tracker.tfpb.models import Comment, TfpbFile

FILES = f"{API}/tfpb-files"


def text_of(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def comments(world: World, file: int) -> list[Comment]:
    with world.app.app_context():
        found = list(db.session.scalars(db.select(Comment).filter_by(file_id=file).order_by(Comment.id)))
        db.session.expunge_all()
        return found


def version(world: World, file: int) -> int:
    return int(world.row(TfpbFile, file).version)


def returned_by_page(world: World, file: int, action: int) -> None:
    answer = world.page("officer").post(
        f"/tfpb/dossiers/{file}/avancer",
        data={
            "to": "to_correct",
            "track": "report",
            "version": version(world, file),
            "reason": "Deux points à revoir",
            "pin-1-action": str(action),
            "pin-1-field": "actual_cost",
            "pin-1-text": "Facture de 900 € seulement",
            "pin-2-action": "",
            "pin-2-field": "abated_dwellings",
            "pin-2-text": "180 ou 170 ?",
            "pin-3-action": "",
            "pin-3-field": "",
            "pin-3-text": " ",
        },
    )
    assert answer.status_code == 303, text_of(answer)


def returned_by_api(world: World, file: int, action: int) -> None:
    officer = world.api("officer")
    back = officer.post(
        f"{FILES}/{file}/transitions",
        json={"to": "to_correct", "reason": "Deux points à revoir"},
        headers={"If-Match": f'"{version(world, file)}"'},
    )
    assert back.status_code == 200
    pins = [
        {"text": "Facture de 900 € seulement", "action_id": action, "field": "actual_cost"},
        {"text": "180 ou 170 ?", "field": "abated_dwellings"},
    ]
    for pin in pins:
        assert officer.post(f"{FILES}/{file}/comments", json=pin).status_code == 201


def answered_by_page(world: World, first: Comment, second: Comment) -> None:
    landlord = world.page("landlord")
    said = landlord.post(f"/tfpb/echanges/{first.id}/repondre", data={"text": "Corrigé : 900 €"})
    assert said.headers["Location"].endswith(f"#echange-{first.id}")
    for one in (first, second):
        assert landlord.post(f"/tfpb/echanges/{one.id}/clore", data={"version": one.version}).status_code == 303


def answered_by_api(world: World, first: Comment, second: Comment) -> None:
    landlord = world.api("landlord")
    reply = {"text": "Corrigé : 900 €", "thread_id": first.id}
    assert landlord.post(f"{FILES}/{first.file_id}/comments", json=reply).status_code == 201
    for one in (first, second):
        answer = landlord.post(f"{API}/comments/{one.id}/resolve", headers={"If-Match": f'"{one.version}"'})
        assert answer.status_code == 200


def submitted_by_page(world: World, file: int, action: int) -> None:
    landlord = world.page("landlord")
    amounts = {"actual_cost": "900,00", "landlord_share": "900,00", "valued_amount": "900,00"}
    changed = landlord.post(f"/tfpb/actions/{action}", data={"version": 1, **amounts})
    assert changed.status_code == 303
    move = {"to": "submitted", "track": "report", "version": version(world, file)}
    assert landlord.post(f"/tfpb/dossiers/{file}/avancer", data=move).status_code == 303


def submitted_by_api(world: World, file: int, action: int) -> None:
    landlord = world.api("landlord")
    amounts = {"actual_cost": "900.00", "landlord_share": "900.00", "valued_amount": "900.00"}
    changed = landlord.patch(f"{API}/tfpb-actions/{action}", json=amounts, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    headers = {"If-Match": f'"{version(world, file)}"'}
    assert landlord.post(f"{FILES}/{file}/transitions", json={"to": "submitted"}, headers=headers).status_code == 200


PAGE = (returned_by_page, answered_by_page, submitted_by_page)
REST = (returned_by_api, answered_by_api, submitted_by_api)


@pytest.mark.parametrize("returned, answered, submitted", [PAGE, REST], ids=["page", "api"])
def test_returned_with_two_comments_answered_and_submitted_again(
    world: World, returned: Callable[..., None], answered: Callable[..., None], submitted: Callable[..., None]
) -> None:
    file = world.file(2025, status="submitted")
    action = world.action(file, title="Médiation")
    returned(world, file, action)
    first, second = comments(world, file)
    assert (first.text, first.action_id, first.field) == ("Facture de 900 € seulement", action, "actual_cost")
    assert (second.text, second.action_id, second.field) == ("180 ou 170 ?", None, "abated_dwellings")
    page = text_of(world.page("landlord").get(f"/tfpb/dossiers/{file}"))
    assert "Renvoyé à corriger :</strong> Deux points à revoir" in page
    # Where each is pinned leads to that very field, opened.
    assert f'/tfpb/dossiers/{file}?edit={action}#f-actual_cost">Médiation · Dépense réalisée</a>' in page
    assert '?edit=fiche#f-abated_dwellings">Le dossier · Logements bénéficiant de l’abattement</a>' in page
    assert "Médiation · Dépense réalisée : « Facture de 900 € seulement »" in page
    assert "1 échange ouvert" in page
    answered(world, first, second)
    page = text_of(world.page("officer").get(f"/tfpb/dossiers/{file}"))
    assert "Corrigé : 900 €" in page
    assert "2 échanges clos" in page
    assert "a clos l’échange sur le point « Médiation · Dépense réalisée »" in page
    submitted(world, file, action)
    kept = world.row(TfpbFile, file)
    assert (kept.status, kept.returned_reason) == ("submitted", None)
    told = {name: [subject for _, subject, _ in lines] for name, lines in letters(world).items()}
    assert any("bilan à corriger" in subject for subject in told["landlord"])
    assert any("réponse à un commentaire" in subject for subject in told["officer"])
    assert any("bilan déposé" in subject for subject in told["officer"])
    with world.app.app_context():
        shown = [(one.text, one.thread_id is None, one.resolved_at is None) for one in comments(world, file)]
    assert shown == [
        ("Facture de 900 € seulement", True, False),
        ("180 ou 170 ?", True, False),
        ("Corrigé : 900 €", False, True),
    ]


class TestReturnForm:
    def post(self, world: World, file: int, **fields: str) -> Any:
        data = {"to": "to_correct", "track": "report", "version": version(world, file), "reason": "À revoir"} | fields
        return world.page("officer").post(f"/tfpb/dossiers/{file}/avancer", data=data)

    @pytest.mark.parametrize(
        "fields, sentence",
        [
            ({"pin-1-field": "dwellings"}, "Commentaire : une valeur est attendue."),
            ({"pin-2-text": "Combien ?", "pin-2-field": "actual_cost"}, "un champ du dossier lui-même est attendu"),
            ({"pin-1-text": "x", "pin-1-action": "999999"}, "aucun élément n° 999999 n’existe"),
        ],
    )
    def test_a_remark_that_does_not_hold_returns_nothing(
        self, world: World, fields: dict[str, str], sentence: str
    ) -> None:
        file = world.file(2025, status="submitted")
        answer = self.post(world, file, **fields)
        assert answer.status_code == 422
        page = text_of(answer)
        assert sentence in page
        assert ">\nÀ revoir</textarea>" in page
        assert world.row(TfpbFile, file).status == "submitted"
        assert comments(world, file) == []
        assert letters(world) == {}

    def test_the_panel_offers_them_folded(self, world: World) -> None:
        file = world.file(2025, status="submitted")
        world.action(file, title="Médiation")
        page = text_of(world.page("officer").get(f"/tfpb/dossiers/{file}?edit=vers-to_correct"))
        for position in (1, 2, 3):
            for name in ("action", "field", "text"):
                assert page.count(f'name="pin-{position}-{name}"') == 1
        assert '<details class="disclosure">' in page
        refused = text_of(self.post(world, file, **{"pin-1-field": "dwellings"}))
        assert '<details class="disclosure" open>' in refused
        assert 'href="#f-pin-1-text"' in refused

    def test_a_missing_reason_keeps_every_remark_typed_in_sight(self, world: World) -> None:
        file = world.file(2025, status="submitted")
        refused = text_of(self.post(world, file, **{"reason": "", "pin-2-text": "Combien ?"}))
        assert '<details class="disclosure" open>' in refused
        assert ">\nCombien ?</textarea>" in refused

    def test_without_remarks_it_is_returned_all_the_same(self, world: World) -> None:
        file = world.file(2025, status="submitted")
        assert self.post(world, file).status_code == 303
        assert comments(world, file) == []


class TestThreads:
    def test_begun_on_an_action_from_its_row(self, world: World) -> None:
        file = world.file(2025, status="submitted")
        action = world.action(file, title="Médiation")
        officer = world.page("officer")
        page = text_of(officer.get(f"/tfpb/dossiers/{file}?edit=commenter-{action}"))
        assert "Commenter : Médiation" in page
        assert '<option value="actual_cost">Dépense réalisée</option>' in page
        said = officer.post(
            f"/tfpb/dossiers/{file}/echanges", data={"action_id": action, "field": "actual_cost", "text": "Facture ?"}
        )
        (one,) = comments(world, file)
        assert said.headers["Location"] == f"/tfpb/dossiers/{file}#echange-{one.id}"
        on_action = text_of(officer.get(f"/tfpb/actions/{action}"))
        assert "Facture ?" in on_action
        assert "1 échange ouvert" in on_action

    def test_an_empty_one_comes_back_with_its_form_open(self, world: World) -> None:
        file = world.file(2025)
        answer = world.page("landlord").post(f"/tfpb/dossiers/{file}/echanges", data={"text": "", "field": "dwellings"})
        assert answer.status_code == 422
        page = text_of(answer)
        assert "Commentaire : une valeur est attendue." in page
        assert '<option value="dwellings" selected>' in page

    def test_an_empty_answer_comes_back_where_it_was(self, world: World) -> None:
        file = world.file(2025)
        with world.app.app_context():
            number = build.comment(db.session.get(TfpbFile, file)).id
        answer = world.page("landlord").post(f"/tfpb/echanges/{number}/repondre", data={"text": " "})
        assert answer.status_code == 422
        assert "Publier la réponse" in text_of(answer)

    def test_a_reader_of_the_committee_reads_and_does_not_write(self, world: World) -> None:
        file = world.file(2025, status="submitted")
        with world.app.app_context():
            number = build.comment(db.session.get(TfpbFile, file), text="À voir en COPIL").id
        copil = world.page("copil")
        page = text_of(copil.get(f"/tfpb/dossiers/{file}"))
        assert "À voir en COPIL" in page
        assert "Répondre" not in page
        assert "Commenter" not in page
        assert copil.post(f"/tfpb/echanges/{number}/clore", data={"version": 1}).status_code == 403

    def test_a_stale_closing_is_told(self, world: World) -> None:
        file = world.file(2025)
        with world.app.app_context():
            number = build.comment(db.session.get(TfpbFile, file)).id
        assert world.page("landlord").post(f"/tfpb/echanges/{number}/clore", data={"version": 7}).status_code == 409

    @pytest.mark.parametrize("place", ["commenter-", "commenter-999999", "repondre-", "repondre-x", "commenter-<b>"])
    def test_an_address_that_opens_nothing_shows_the_page(self, world: World, place: str) -> None:
        file = world.file(2025)
        assert world.page("landlord").get(f"/tfpb/dossiers/{file}", query_string={"edit": place}).status_code == 200

    def test_a_constant_number_of_queries(self, world: World) -> None:
        file = world.file(2025)
        landlord: FlaskClient = world.page("landlord")
        counts = []
        for _ in range(2):
            with world.app.app_context():
                row = db.session.get(TfpbFile, file)
                for _ in range(4):
                    first = build.comment(row, action_id=build.action(row).id)
                    build.comment(row, thread_id=first.id)
            with count_queries(world.app) as sent:
                landlord.get(f"/tfpb/dossiers/{file}")
            counts.append(len(sent))
        assert counts[0] == counts[1]
