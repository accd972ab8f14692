"""The landlord's, the city's and the coordinator's work in the pages, without JavaScript."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from tests import builders as build
from tests.counting import count_queries
from tests.tfpb.conftest import World
from tracker.extensions import db
from tracker.tfpb.models import Action, Convention, Participation, TfpbFile

NBSP, NNBSP = "\u00a0", "\u202f"


@pytest.fixture(autouse=True)
def _in_november(today: Any) -> None:
    today(date(2026, 11, 21))


class _Reader(HTMLParser):
    """What a page must hold: ids once, a title that is its h1, forms with an action."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.forms: list[dict[str, str | None]] = []
        self.texts: dict[str, str] = {}
        self.labelled: set[str] = set()
        self.controls: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "form":
            self.forms.append(found)
        if tag == "label":
            self.labelled.add(str(found.get("for")))
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            self.controls.append(str(found.get("id")))
        if tag in ("title", "h1"):
            self._open.append(tag)

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.texts[tag] = self.texts.get(tag, "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)


def sound(answer: Any, status: int = 200) -> str:
    """The page's text, once it is a well-made page."""
    assert answer.status_code == status, answer.text[:2000]
    read = _Reader(answer.text)
    assert len(read.ids) == len(set(read.ids)), [one for one in read.ids if read.ids.count(one) > 1]
    assert read.texts["title"].strip() == read.texts["h1"].strip()
    assert all(form.get("action") for form in read.forms)
    assert set(read.controls) <= read.labelled
    page: str = answer.text
    return page


def amount(text: str) -> str:
    """An amount as the page writes it."""
    return text.replace(" ", NNBSP) + NBSP + "€"


# -- the list ------------------------------------------------------------------------------------------------------


def test_a_landlord_sees_its_own_files_of_the_year(world: World):
    world.action(world.file(2026), planned_cost=Decimal("1234.56"))
    world.file(2025)
    theirs = world.file(2026, convention=world.other_convention, status="submitted")
    page = sound(world.page("landlord").get("/tfpb"))
    assert "Dossiers TFPB 2026" in page
    assert f"1{NBSP}dossier" in page
    assert amount("1 234,56") in page
    assert f"/tfpb/dossiers/{theirs}" not in page
    assert "Ouvrir un dossier" in page


def test_every_year_on_demand_and_an_empty_year(world: World):
    world.file(2025)
    client = world.page("coordinator")
    page = sound(client.get("/tfpb"))
    assert "Aucun dossier pour 2026" in page
    assert "Voir toutes les années" in page
    assert f"1{NBSP}dossier" in sound(client.get("/tfpb?year=toutes"))


def test_the_totals_follow_the_filters(world: World):
    world.action(world.file(2026), planned_cost=Decimal("100.00"))
    world.action(world.file(2026, convention=world.other_convention), planned_cost=Decimal("30.00"))
    client = world.page("coordinator")
    assert amount("130,00") in sound(client.get("/tfpb"))
    page = sound(client.get(f"/tfpb?landlord_id={world.landlord}"))
    assert amount("130,00") not in page
    assert amount("100,00") in page
    assert sound(client.get("/tfpb?sort=-planned_cost")).index(amount("100,00")) < page.index("tfoot")


@pytest.mark.parametrize("role", ["officer", "state", "copil"])
def test_readers_find_what_was_submitted(world: World, role: str):
    draft, submitted = world.file(2026), world.file(2026, convention=world.other_convention, status="submitted")
    page = sound(world.page(role).get("/tfpb"))
    assert f"/tfpb/dossiers/{submitted}" in page
    assert f"/tfpb/dossiers/{draft}" not in page
    assert "Ouvrir un dossier" not in page


def test_a_wrong_filter_is_told(world: World):
    assert world.page("coordinator").get("/tfpb?status=lost").status_code == 422


def test_the_export_holds_what_the_screen_shows(world: World):
    file = world.file(2026)
    world.action(file, planned_cost=Decimal("1234.56"), actual_cost=None)
    world.file(2025)
    client = world.page("landlord")
    answer = client.get("/tfpb/export.xlsx")
    assert answer.status_code == 200
    assert "PROVISOIRE" in answer.headers["Content-Disposition"]
    sheet = load_workbook(BytesIO(answer.data)).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert 1234.56 in cells
    assert cells.count("À produire") == 1
    answer = client.get(f"/tfpb/dossiers/{file}/actions.xlsx")
    cells = [cell.value for row in load_workbook(BytesIO(answer.data)).worksheets[0].iter_rows() for cell in row]
    assert 1234.56 in cells
    assert "Prévue" in cells
    assert world.page("other_landlord").get(f"/tfpb/dossiers/{file}/actions.xlsx").status_code == 404


def choices(page: str, name: str) -> list[str]:
    """The values of a list, the one chosen first."""
    control = page.partition(f'<select id="f-{name}"')[2].partition("</select>")[0]
    options = re.findall(r'<option value="(\w*)"( selected)?>', control)
    return sorted((value for value, _ in options), key=lambda value: (value, " selected") not in options)


def test_only_what_is_open_to_choice_is_asked_to_open_a_file(world: World, today: Any) -> None:
    today(date(2026, 11, 21))
    client = world.page("landlord")
    page = client.get("/tfpb?edit=new").text
    assert choices(page, "convention_id") == [str(world.convention)]
    assert choices(page, "neighbourhood_id") == [str(world.neighbourhood)]
    assert choices(page, "year") == ["2026", "", "2025", "2027", "2028", "2029", "2030"]
    for year in (2026, 2027):
        world.file(year)
    assert choices(client.get("/tfpb?edit=new").text, "year") == ["2028", "", "2025", "2029", "2030"]
    assert choices(client.get("/tfpb?edit=new&year=2025").text, "year")[0] == "2025"
    for year in (2025, 2028, 2029, 2030):
        world.file(year)
    page = client.get("/tfpb?edit=new").text
    assert choices(page, "year") == [""]
    assert "Chaque année de convention a déjà son dossier" in page
    # A second neighbourhood still lacks every one of its files.
    with world.app.app_context():
        build.neighbourhood(db.session.get(build.Contract, world.contract))
    page = client.get("/tfpb?edit=new").text
    assert choices(page, "neighbourhood_id")[0] == ""
    assert choices(page, "year")[0] == "2026"


def test_a_landlord_opens_a_file(world: World):
    client = world.page("landlord")
    form = {"convention_id": str(world.convention), "neighbourhood_id": str(world.neighbourhood), "year": "2026"}
    assert 'id="ouvrir"' in sound(client.get("/tfpb?edit=new"))
    page = sound(client.post("/tfpb", data=form | {"year": "2024", "abatement_estimated": "1 234,50 €"}), 422)
    assert "2024 trouvé" in page
    assert 'value="1 234,50 €"' in page
    answer = client.post("/tfpb", data=form | {"abatement_estimated": "1 234,50 €", "dwellings": "1 200"})
    assert answer.status_code == 303
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    file = world.row(TfpbFile, number)
    assert (file.abatement_estimated, file.dwellings, file.status) == (Decimal("1234.50"), 1200, "draft")
    page = sound(client.get(answer.headers["Location"]))
    assert "Dossier ouvert." in page
    assert client.post("/tfpb", data=form).status_code == 409
    assert world.page("officer").post("/tfpb", data=form).status_code == 403


# -- a file --------------------------------------------------------------------------------------------------------


def test_who_opens_a_file_s_page(world: World):
    draft, submitted = world.file(2026), world.file(2025, status="submitted")
    for role in ("landlord", "coordinator"):
        sound(world.page(role).get(f"/tfpb/dossiers/{draft}"))
    for role in ("officer", "state", "copil"):
        assert world.page(role).get(f"/tfpb/dossiers/{draft}").status_code == 404
        page = sound(world.page(role).get(f"/tfpb/dossiers/{submitted}?edit=new"))
        assert "Ajouter une action" not in page
        assert "Lecture seule" in page
    for role in ("other_landlord", "other_officer", "administrator"):
        assert world.page(role).get(f"/tfpb/dossiers/{submitted}").status_code == 404


def test_whose_turn_and_by_when(world: World):
    draft = world.file(2026)
    late = world.file(2025, status="to_correct", returned_reason="Part du bailleur à revoir")
    page = sound(world.page("landlord").get(f"/tfpb/dossiers/{draft}"))
    assert "À vous de déposer le bilan</strong>, avant le 31/03/2027" in page
    page = sound(world.page("landlord").get(f"/tfpb/dossiers/{late}"))
    assert "attendu depuis le 31/03/2026" in page
    assert "Part du bailleur à revoir" in page
    page = sound(world.page("coordinator").get(f"/tfpb/dossiers/{draft}"))
    assert "Au bailleur de déposer le bilan" in page
    programme = world.file(2027, programme_status="discussed")
    page = sound(world.page("landlord").get(f"/tfpb/dossiers/{programme}"))
    assert "À vous d’inscrire les actions et les montants du programme" in page
    world.action(programme)
    page = sound(world.page("coordinator").get(f"/tfpb/dossiers/{programme}"))
    assert "programme 2027" in page
    assert "À vous de faire valider le programme en COPIL" in page
    assert "Valider le programme en COPIL" in page
    assert "Déposer le bilan" not in sound(world.page("landlord").get(f"/tfpb/dossiers/{programme}"))


def test_a_programme_is_still_somebody_s_turn_once_its_year_has_begun(world: World, today: Callable[[date], None]):
    """Two tracks, two turns: the programme's goes on beside the report's."""
    proposed = world.file(2027, first_submitted_at=build.clock.now())
    discussed = world.file(2026, programme_status="discussed", programme_moved_on=date(2026, 12, 2))
    for file in (proposed, discussed):
        world.action(file)
    today(date(2027, 1, 5))
    page = sound(world.page("officer").get(f"/tfpb/dossiers/{proposed}"))
    assert "À vous de discuter le programme" in page
    assert "Au bailleur de déposer le bilan" in page
    assert "Le programme n’a été ni discuté avec la ville, ni validé en COPIL." in page
    page = sound(world.page("coordinator").get(f"/tfpb/dossiers/{discussed}"))
    assert "À vous de faire valider le programme en COPIL</strong>, depuis le 02/12/2026" in page
    assert "Le programme est discuté, mais n’est pas validé en COPIL." in page
    listed = sound(world.page("officer").get("/tfpb?year=2027"))
    assert "<strong>À vous de discuter le programme</strong>" in listed
    board = (
        world.api("coordinator")
        .get(f"/api/v1/contracts/{world.row(build.Contract, world.contract).code}/completeness/2026")
        .json
    )
    line = next(one for one in board if one["file_id"] == discussed)
    assert line["turn"].startswith("À la coordination de faire valider le programme en COPIL")
    assert line["turn"].endswith("au bailleur de déposer le bilan")
    assert line["since"] == "2026-12-02"


def test_what_is_missing_is_named_with_the_link_that_mends_it(world: World):
    file = world.file(2026, abated_dwellings=None, abatement_estimated=None)
    action = world.action(file, title="Jardin partagé", actual_cost=None, valued_amount=None)
    wrong = world.action(file, title="Ateliers", actual_cost=Decimal("3000.00"))
    page = sound(world.page("landlord").get(f"/tfpb/dossiers/{file}"))
    assert "« Jardin partagé » : dépense réalisée, dépense valorisée TFPB." in page.replace(NBSP, " ")
    assert f"?edit={action}#action-{action}" in page
    assert "logements bénéficiant de l’abattement" in page
    assert "Le montant de l’abattement est inconnu." in page
    # 3 000 − 1 000 − 0 = 2 000
    assert f"écart de {amount('2 000,00')}" in page
    assert f"?edit={wrong}#action-{wrong}" in page
    assert "3 valeurs à compléter" in page.replace(NBSP, " ")
    # Whoever may not edit is offered nothing to open but a comment.
    other = sound(world.page("coordinator").get(f"/tfpb/dossiers/{file}"))
    assert set(re.findall(r"[?]edit=([a-z]+|[0-9])", other)) == {"commenter"}


def test_actions_stand_under_their_axis_or_in_the_order_asked(world: World):
    file = world.file(2026)
    for axis, cost in ((8, "5.00"), (3, "20.00"), (3, "7.00")):
        world.action(file, axis=axis, title=f"Action à {cost}", planned_cost=Decimal(cost))
    client = world.page("landlord")
    page = sound(client.get(f"/tfpb/dossiers/{file}")).split("Actions du dossier", 1)[1]
    assert (
        page.index("3 · Axe 3") < page.index("Action à 20.00") < page.index("8 · Axe 8") < page.index("Action à 5.00")
    )
    assert amount("27,00") in page  # the sub-total of axis 3: 20 + 7
    assert amount("32,00") in page  # the total: 20 + 7 + 5
    page = sound(client.get(f"/tfpb/dossiers/{file}?sort=-planned_cost"))
    assert "Regrouper par axe" in page
    page = page.split("Actions du dossier", 1)[1]
    assert page.index("Action à 20.00") < page.index("Action à 7.00") < page.index("Action à 5.00")
    assert client.get(f"/tfpb/dossiers/{file}?sort=colour").status_code == 422


def test_an_action_is_added_changed_and_archived_in_place(world: World):
    file = world.file(2026)
    client, path = world.page("landlord"), f"/tfpb/dossiers/{file}"
    assert 'id="action-new"' in sound(client.get(f"{path}?edit=new"))
    page = sound(client.post(f"{path}/actions", data={"axis": "9", "title": "", "planned_cost": "mille"}), 422)
    assert "« mille » trouvé" in page.replace(NBSP, " ")
    assert 'value="mille"' in page
    answer = client.post(f"{path}/actions", data={"axis": "7", "title": "Jardin", "planned_cost": "1 234,56"})
    assert answer.status_code == 303
    number = int(answer.headers["Location"].rsplit("-", 1)[1])
    page = sound(client.get(answer.headers["Location"].split("#")[0] + f"?edit={number}"))
    assert f'value="1{NNBSP}234,56"' in page
    change = {"version": "1", "axis": "7", "title": "Jardin partagé", "actual_cost": "-12,50 €", "status": "done"}
    assert client.post(f"/tfpb/actions/{number}", data=change).status_code == 303
    action = world.row(Action, number)
    assert (action.title, action.actual_cost, action.planned_cost) == (
        "Jardin partagé",
        Decimal("-12.50"),
        Decimal("1234.56"),
    )
    told = world.history("tfpb_action")
    assert (told[-1].source, told[-1].changes["actual_cost"]) == ("page", [None, "-12.50"])
    page = sound(client.post(f"/tfpb/actions/{number}/archiver", data={"version": "2", "reason": ""}), 422)
    assert (
        client.post(f"/tfpb/actions/{number}/archiver", data={"version": "2", "reason": "Doublon"}).status_code == 303
    )
    assert "Jardin partagé" not in sound(client.get(path)).split('id="historique"')[0]


def test_a_stale_row_keeps_the_typing_and_shows_both_voices(world: World):
    action = world.action(world.file(2026), title="Jardin")
    client = world.page("landlord")
    first = {"version": "1", "title": "Jardin d’hiver"}
    assert client.post(f"/tfpb/actions/{action}", data=first).status_code == 303
    page = sound(client.post(f"/tfpb/actions/{action}", data={"version": "1", "title": "Jardin d’été"}), 409)
    assert "Jardin d’été" in page
    assert "Jardin d’hiver" in page
    assert 'name="version" value="2"' in page
    assert world.row(Action, action).title == "Jardin d’hiver"


def test_a_fragment_for_htmx_and_a_page_for_the_others(world: World):
    action = world.action(world.file(2026))
    file = world.row(Action, action).file_id
    client = world.page("landlord")
    part = client.get(f"/tfpb/dossiers/{file}?edit={action}", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert 'class="editing"' in part
    assert "HX-Request" in client.get(f"/tfpb/dossiers/{file}").headers["Vary"]


def test_the_file_s_own_figures(world: World):
    file = world.file(2026)
    client, path = world.page("landlord"), f"/tfpb/dossiers/{file}"
    assert 'name="abatement_actual"' in sound(client.get(f"{path}?edit=fiche"))
    page = sound(client.post(path, data={"version": "1", "dwellings": "10", "abated_dwellings": "11"}), 422)
    assert "11 trouvé" in page
    change = {"version": "1", "dwellings": "210", "abated_dwellings": "198", "abatement_actual": "34 650"}
    assert client.post(path, data=change).status_code == 303
    assert world.row(TfpbFile, file).abatement_actual == Decimal("34650.00")
    assert world.page("coordinator").post(path, data=change).status_code == 403


def test_the_gauge_and_its_words(world: World):
    file = world.file(2026, abatement_actual=Decimal("162404.00"))
    world.action(file, valued_amount=Decimal("99595.04"))
    page = sound(world.page("landlord").get(f"/tfpb/dossiers/{file}"))
    # 99 595.04 ÷ 162 404 = 0.61325… ; 162 404 − 99 595.04 = 62 808.96
    assert f"61,3{NBSP}%" in page
    assert f"manque {amount('62 808,96')}" in page


# -- moves ---------------------------------------------------------------------------------------------------------


def test_from_submission_to_transmission_in_the_pages(world: World):
    file = world.file(2025)
    world.action(file)
    path = f"/tfpb/dossiers/{file}"
    steps = [
        ("landlord", "submitted", "Déposer le bilan"),
        ("officer", "verified", "Marquer comme vérifié"),
        ("coordinator", "validated", "Valider en COPIL"),
        ("coordinator", "transmitted", "Marquer comme transmis"),
    ]
    for version, (role, to, label) in enumerate(steps, 1):
        client = world.page(role)
        assert label in sound(client.get(path))
        # An empty track is the report's, however it is empty.
        track = {"submitted": " ", "verified": ""}.get(to, "report")
        answer = client.post(f"{path}/avancer", data={"to": to, "track": track, "version": str(version)})
        assert answer.status_code == 303, answer.text
        assert "Bilan : «" in sound(client.get(path)).replace(NBSP, " ")
    assert world.row(TfpbFile, file).status == "transmitted"


def test_a_submission_with_holes_is_refused_and_says_so(world: World):
    file = world.file(2025)
    world.action(file, actual_cost=None)
    client, path = world.page("landlord"), f"/tfpb/dossiers/{file}"
    page = sound(client.get(path))
    assert 'aria-disabled="true"' in page
    form = {"to": "submitted", "track": "report", "version": "1"}
    page = sound(client.post(f"{path}/avancer", data=form), 422)
    assert "Le bilan n’a pas été déposé" in page
    assert world.row(TfpbFile, file).status == "draft"


def test_a_stale_or_tampered_move_is_told(world: World):
    file = world.file(2025, status="submitted")
    client, path = world.page("coordinator"), f"/tfpb/dossiers/{file}"
    form = {"to": "verified", "track": "report", "version": "7"}
    assert "a modifié ce dossier entre-temps" in sound(client.post(f"{path}/avancer", data=form), 409)
    page = sound(client.post(f"{path}/avancer", data=form | {"version": "x"}), 422)
    assert "Rien n’a été enregistré." in page
    answer = world.page("landlord").post(f"/tfpb/dossiers/{world.file(2026)}/reprendre", data={"from_file_id": "0"})
    assert "Rien n’a été enregistré." in sound(answer, 422)


@pytest.mark.parametrize("edit", ["²", "9" * 30, "participation-²", "participation-", "vers-", "new", "archiver", "'"])
def test_any_edit_in_the_address_is_answered(world: World, edit: str):
    action = world.action(world.file(2026))
    file = world.row(Action, action).file_id
    for path in (
        f"/tfpb/dossiers/{file}",
        f"/tfpb/actions/{action}",
        "/tfpb",
        "/tfpb/conventions",
        "/referentiels/axes",
    ):
        sound(world.page("landlord").get(path, query_string={"edit": edit}))


def test_sending_back_asks_for_a_reason(world: World):
    file = world.file(2025, status="submitted")
    client, path = world.page("officer"), f"/tfpb/dossiers/{file}"
    assert 'name="reason"' in sound(client.get(f"{path}?edit=vers-to_correct"))
    form = {"to": "to_correct", "track": "report", "version": "1", "reason": " ", "on": "21/11/2026"}
    page = sound(client.post(f"{path}/avancer", data=form), 422)
    assert 'id="f-reason-error"' in page
    assert client.post(f"{path}/avancer", data=form | {"reason": "Part à revoir"}).status_code == 303
    assert world.row(TfpbFile, file).returned_reason == "Part à revoir"
    assert client.post(f"{path}/avancer", data=form | {"reason": "x", "version": "2"}).status_code == 409
    assert world.page("state").post(f"{path}/avancer", data=form | {"reason": "x"}).status_code == 403


def test_a_frozen_file_says_in_which_edition(world: World):
    file = world.file(2025, status="validated", frozen_in="Bilan 2025, édition n° 1")
    world.action(file)
    page = sound(world.page("landlord").get(f"/tfpb/dossiers/{file}"))
    assert "Bilan 2025, édition n° 1" in page
    assert "Ajouter une action" not in page
    assert "Rouvrir le dossier arrêté" in sound(world.page("coordinator").get(f"/tfpb/dossiers/{file}"))
    assert "Rouvrir" not in sound(world.page("officer").get(f"/tfpb/dossiers/{file}"))


def test_last_year_s_actions_are_taken_over(world: World):
    before, now = world.file(2025), world.file(2026)
    world.action(before, title="Jardin partagé")
    client, path = world.page("landlord"), f"/tfpb/dossiers/{now}"
    assert "Reprendre les actions de 2025" in sound(client.get(path))
    answer = client.post(f"{path}/reprendre", data={"from_file_id": str(before)})
    assert answer.status_code == 303
    page = sound(client.get(path))
    assert "Une action reprise." in page
    assert "Jardin partagé" in page
    client.post(f"{path}/reprendre", data={"from_file_id": str(before)})
    assert "Aucune action à reprendre" in sound(client.get(path))


def test_a_file_is_archived_with_a_reason(world: World):
    file = world.file(2026)
    client, path = world.page("coordinator"), f"/tfpb/dossiers/{file}"
    sound(client.post(f"{path}/archiver", data={"version": "1", "reason": ""}), 422)
    assert client.post(f"{path}/archiver", data={"version": "1", "reason": "Doublon"}).status_code == 303
    page = sound(client.get(path))
    assert "archivé le" in page
    assert "Dossier archivé" in page


# -- participation -------------------------------------------------------------------------------------------------


def test_participation_in_the_page(world: World):
    file = world.file(2025)
    client, path = world.page("landlord"), f"/tfpb/dossiers/{file}"
    assert 'name="held_on"' in sound(client.get(f"{path}?edit=participation-diagnosis"))
    form = {"stage": "diagnosis", "held_on": "14/11/2024", "participants": "34", "summary": "En marchant"}
    page = sound(client.post(f"{path}/participation", data=form | {"held_on": "14/11/2014"}), 422)
    assert "14/11/2014 trouvé" in page
    assert client.post(f"{path}/participation", data=form).status_code == 303
    number = world.history("participation")[-1].item_id
    assert 'name="held_on"' in sound(client.get(f"{path}?edit=participation-{number}"))
    change = {"version": "1", "participants": "36"}
    assert client.post(f"{path}/participation/{number}", data=change).status_code == 303
    assert world.row(Participation, number).participants == 36
    archive = {"version": "2", "reason": "Saisie deux fois"}
    assert client.post(f"{path}/participation/{number}/archiver", data=archive).status_code == 303
    assert "En marchant" not in sound(client.get(path)).split('id="historique"')[0]


def stage_lines(page: str) -> list[str]:
    """The words of the section of participation, one text for each of its four stages."""
    body = page.split('id="participation"')[1].split("</table>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in body.split("<tbody>")[1:]]


def test_a_moment_announced_for_later_counts_from_its_day_on(world: World, today: Callable[[date], None]):
    file = world.file(2026, status="submitted", programme_status="validated")
    with world.app.app_context():
        for stage in ("definition", "midway", "report"):
            build.participation(build.db.session.get(TfpbFile, file), stage, held_on=date(2026, 3, 2))
        build.participation(build.db.session.get(TfpbFile, file), "diagnosis", held_on=date(2026, 12, 10))
    code = world.row(build.Contract, world.contract).code

    def lacking() -> tuple[Any, Any, bool, str]:
        board = world.api("coordinator").get(f"/api/v1/contracts/{code}/completeness/2026").json
        sheet = world.api("coordinator").get(f"/api/v1/contracts/{code}/balance-sheets/2026").json
        due = next(line for line in sheet["completeness"] if line["file_id"] == file)
        check = next(check for check in sheet["checks"] if check["code"] == "participation_missing")
        return (
            next(line["participation"] for line in board if line["file_id"] == file),
            [code for code in due["missing"] if code.startswith("participation")],
            check["ok"],
            sound(world.page("coordinator").get(f"/tfpb/dossiers/{file}")).replace(NBSP, " "),
        )

    state, missing, ok, page = lacking()
    assert (state, missing, ok) == ("lacking", ["participation_diagnosis"], False)
    assert "à l’étape « diagnostic » (prévu le 10/12/2026) : le bilan présenté au COPIL le signale." in page
    assert "10/12/2026 date prévue" in stage_lines(page)[0]
    today(date(2026, 12, 10))
    state, missing, ok, page = lacking()
    assert (state, missing, ok) == ("ok", [], True)
    assert "prévu" not in stage_lines(page)[0]


def test_a_stage_without_residents_is_shown_as_missing_with_its_consequence(world: World):
    file, submitted = world.file(2026), world.file(2026, convention=world.other_convention, status="submitted")
    with world.app.app_context():
        for number in (file, submitted):
            build.participation(build.db.session.get(TfpbFile, number), "diagnosis", held_on=date(2025, 11, 18))
    page = sound(world.page("landlord").get(f"/tfpb/dossiers/{file}"))
    held, missing, *later = stage_lines(page)
    assert "Manque" not in held
    assert "Ajouter" not in held
    assert missing.startswith("2. Définition des actions Manque Aucun moment de participation")
    assert "le bilan présenté au COPIL le signalera. Ajouter" in missing
    words = [line.split(" Ajouter")[0] for line in later]
    assert words == ["3. Étape intermédiaire Pas encore", "4. Bilan annuel Pas encore"]
    assert "?edit=participation-definition#participation" in page
    # Once the report counts in the balance sheet every stage does; whoever only reads is offered nothing.
    read = stage_lines(sound(world.page("coordinator").get(f"/tfpb/dossiers/{submitted}")))
    assert ["le bilan présenté au COPIL le signale." in line for line in read] == [False, True, True, True]
    assert "Ajouter" not in " ".join(read)


# -- an action and its grants --------------------------------------------------------------------------------------


def test_an_action_s_page_and_its_grants(world: World):
    file = world.file(2026)
    action = world.action(file, title="Médiation", actual_cost=Decimal("3000.00"), landlord_share=Decimal("1000.00"))
    with world.app.app_context():
        scheme = build.scheme(name="Politique de la Ville").id
    client, path = world.page("landlord"), f"/tfpb/actions/{action}"
    page = sound(client.get(path))
    assert f"écart de {amount('2 000,00')}" in page
    assert 'name="scheme_id"' in sound(client.get(f"{path}?edit=new"))
    sound(client.post(f"{path}/subventions", data={"awarded": "x"}), 422)
    grant = {"scheme_id": str(scheme), "status": "awarded", "awarded": "2 000,00 €"}
    assert client.post(f"{path}/subventions", data=grant).status_code == 303
    page = sound(client.get(path))
    assert "écart de" not in page
    assert "valorisés sans aucun justificatif" in page
    number = world.history("financing_grant")[-1].item_id
    assert client.post(f"{path}/subventions/{number}", data={"version": "1", "awarded": "1 999"}).status_code == 303
    assert amount("1 999,00") in sound(client.get(path))
    # The grant's own page leads back here.
    assert f'href="{path}"' in client.get(f"/subventions/{number}").text
    assert "Politique de la Ville" in sound(client.get(f"/tfpb/dossiers/{file}"))


def test_who_opens_an_action_s_page(world: World):
    action = world.action(world.file(2026))
    for role in ("other_landlord", "officer", "copil", "administrator"):
        assert world.page(role).get(f"/tfpb/actions/{action}").status_code == 404
    page = sound(world.page("coordinator").get(f"/tfpb/actions/{action}?edit=new"))
    assert "Ajouter un financement" not in page
    assert 'aria-disabled="true"' in page


def test_planned_figures_are_revised_with_a_reason(world: World):
    file = world.file(2026, programme_status="validated")
    action = world.action(file, planned_cost=Decimal("1000.00"))
    client, path = world.page("landlord"), f"/tfpb/actions/{action}"
    page = sound(client.get(f"/tfpb/dossiers/{file}?edit={action}"))
    assert 'name="planned_cost"' not in page
    assert "Réviser ces montants avec un motif" in page
    assert 'name="planned_cost"' in sound(client.get(f"{path}?edit=revision"))
    form = {"version": "1", "planned_cost": "1 200", "planned_valued": "1 000", "reason": ""}
    sound(client.post(f"{path}/revision", data=form), 422)
    assert client.post(f"{path}/revision", data=form | {"reason": "Un passage de plus"}).status_code == 303
    assert world.row(Action, action).planned_cost == Decimal("1200.00")
    assert "Un passage de plus" in sound(client.get(path))
    added = {"axis": "1", "title": "Sinistre", "planned_cost": "0,00", "planned_valued": "0,00"}
    assert 'value="0,00"' in sound(client.get(f"/tfpb/dossiers/{file}?edit=new"))
    assert client.post(f"/tfpb/dossiers/{file}/actions", data=added).status_code == 303


# -- conventions and axes ------------------------------------------------------------------------------------------


def test_conventions_in_the_pages(world: World):
    client = world.page("coordinator")
    page = sound(client.get("/tfpb/conventions"))
    assert f"2{NBSP}conventions" in page
    form = {
        "contract_id": str(world.contract),
        "landlord_id": str(world.landlord),
        "city_id": str(world.other_city),
        "first_year": "2027",
        "last_year": "2026",
        "status": "signing",
    }
    assert 'name="landlord_id"' in sound(client.get("/tfpb/conventions?edit=new"))
    sound(client.post("/tfpb/conventions", data=form), 422)
    assert client.post("/tfpb/conventions", data=form | {"last_year": "2030"}).status_code == 303
    page = sound(client.get("/tfpb/conventions"))
    assert f"Signature manquante{NBSP}: l’abattement 2027 n’est pas acquis" in page
    number = world.history("convention")[-1].item_id
    one = f"/tfpb/conventions/{number}"
    assert f'href="{one}"' in page
    change = {"version": "1", "signed_on": "20/12/2026", "status": "signed", "report_due": "15/04"}
    assert client.post(one, data=change).status_code == 303
    row = world.row(Convention, number)
    assert (row.signed_on, row.report_due) == (date(2026, 12, 20), "04-15")
    assert 'value="15/04"' in sound(client.get(f"{one}?edit=fiche"))
    archive = {"version": "2", "reason": ""}
    assert "Motif" in sound(client.post(f"{one}/archiver", data=archive), 422)
    assert client.post(f"{one}/archiver", data=archive | {"reason": "Saisie deux fois"}).status_code == 303
    assert f"2{NBSP}conventions" in sound(client.get("/tfpb/conventions"))
    assert "Saisie deux fois" in sound(client.get(one))


def test_the_page_of_a_convention(world: World):
    client, one = world.page("coordinator"), f"/tfpb/conventions/{world.convention}"
    file = world.file(2026)
    page = sound(client.get(one))
    assert f"Rien ne manque{NBSP}: la convention est signée et déclarée à temps" in page
    assert f"/tfpb/dossiers/{file}" in page
    assert "31\u00a0mars" in page
    # Three of the four signatures: the fourth is named, and the abattement is not acquired.
    form = {"version": "1", "landlord_signed_on": "01/12/2024", "city_signed_on": "02/12/2024"}
    form |= {"intermunicipal_signed_on": "03/12/2024", "prefect_signed_on": "", "declared_on": "15/12/2024"}
    assert client.post(f"{one}?edit=signatures", data=form).status_code == 303
    page = sound(client.get(one))
    assert f"Signature manquante (préfet){NBSP}: l’abattement 2025 n’est pas acquis" in page
    assert "manquante" in page.partition("Signature du préfet")[2]
    assert f"Signature manquante (préfet){NBSP}: l’abattement 2026" in sound(client.get(f"/tfpb/dossiers/{file}"))
    # A day to come is refused where it was typed.
    refused = client.post(f"{one}?edit=signatures", data=form | {"version": "2", "prefect_signed_on": "01/01/2099"})
    assert 'value="01/01/2099"' in sound(refused, 422)
    fourth = form | {"version": "2", "prefect_signed_on": "04/12/2024"}
    assert client.post(f"{one}?edit=signatures", data=fourth).status_code == 303
    assert world.row(Convention, world.convention).signed_on == date(2024, 12, 4)
    assert 'name="signed_on"' not in sound(client.get(f"{one}?edit=fiche"))


def test_amendments_on_the_page_of_their_convention(world: World):
    client, one = world.page("coordinator"), f"/tfpb/conventions/{world.convention}"
    assert client.post(one, data={"version": "1", "last_year": "2028"}).status_code == 303
    assert 'name="subject"' in sound(client.get(f"{one}?edit=avenant-new"))
    form = {"subject": "Deux ans de plus", "signed_on": "18/06/2026", "last_year": "2031"}
    assert "2031" in sound(client.post(f"{one}/avenants", data=form), 422)
    assert client.post(f"{one}/avenants", data=form | {"last_year": "2030"}).status_code == 303
    row = world.row(Convention, world.convention)
    assert (row.last_year, row.agreed_last_year, row.status) == (2030, 2028, "amended")
    page = sound(client.get(one))
    assert "prolongée par avenant, 2028 à l’origine" in page
    assert "a ajouté l’avenant" in page
    number = world.history("amendment")[-1].item_id
    assert 'value="18/06/2026"' in sound(client.get(f"{one}?edit=avenant-{number}"))
    change = {"version": "1", "subject": "Prolongation"}
    assert client.post(f"/tfpb/avenants/{number}", data=change).status_code == 303
    assert "entre-temps" in sound(client.post(f"/tfpb/avenants/{number}", data=change), 409)
    sound(client.post(f"/tfpb/avenants/{number}/archiver", data={"version": "2", "reason": ""}), 422)
    gone = {"version": "2", "reason": "Jamais signé"}
    assert client.post(f"/tfpb/avenants/{number}/archiver", data=gone).status_code == 303
    row = world.row(Convention, world.convention)
    assert (row.last_year, row.agreed_last_year, row.status) == (2028, None, "signed")


def test_a_convention_tells_its_readers_nothing_of_a_file_never_submitted(world: World):
    """What stands under a convention in the history has its own guard."""
    body = {"convention_id": world.convention, "neighbourhood_id": world.neighbourhood, "year": 2026}
    opened = world.api("landlord").post("/api/v1/tfpb-files", json=body | {"abatement_estimated": "34567.00"})
    assert opened.status_code == 201
    one = f"/tfpb/conventions/{world.convention}"
    assert "/tfpb/dossiers/" in sound(world.page("landlord").get(one)).partition("année par année")[2]
    for role in ("officer", "state", "copil"):
        page = sound(world.page(role).get(one))
        assert "/tfpb/dossiers/" not in page
        assert "34\u202f567" not in page


def test_a_reader_of_a_convention_changes_nothing(world: World):
    page = sound(world.page("landlord").get(f"/tfpb/conventions/{world.convention}?edit=fiche"))
    assert "<textarea" not in page
    assert 'name="first_year"' not in page
    assert "Ce geste revient à" in page
    assert world.page("other_landlord").get(f"/tfpb/conventions/{world.convention}").status_code == 404


def test_who_reads_conventions_and_changes_none(world: World):
    for role in ("landlord", "officer", "state", "copil"):
        page = sound(world.page(role).get("/tfpb/conventions?edit=new"))
        assert "Ajouter une convention" not in page
        assert world.page(role).post("/tfpb/conventions", data={}).status_code in (403, 422)
    assert f"1{NBSP}convention" in sound(world.page("landlord").get("/tfpb/conventions"))


def test_the_axes_are_worded_by_the_administrator(world: World):
    page = sound(world.page("coordinator").get("/referentiels/axes"))
    assert "Axe 3" in page
    client = world.page("administrator")
    with world.app.app_context():
        axis = build.db.session.scalars(build.db.select(build.Axis).where(build.Axis.number == 3)).one().id
    assert 'name="label"' in sound(client.get(f"/referentiels/axes?edit={axis}"))
    sound(client.post(f"/referentiels/axes/{axis}", data={"version": "1", "label": ""}), 422)
    assert client.post(f"/referentiels/axes/{axis}", data={"version": "1", "label": "Sur-entretien"}).status_code == 303
    assert "Sur-entretien" in sound(client.get("/referentiels/axes"))
    flags = {
        "version": "2",
        "label": "Sur-entretien",
        "needs_baseline": "true",
        "sub_actions": "Tags\r\n\r\nNettoyage renforcé",
        "former_labels": "Propreté\r\nNettoyage",
    }
    assert client.post(f"/referentiels/axes/{axis}", data=flags).status_code == 303
    row = world.row(build.Axis, axis)
    assert (row.needs_baseline, row.outside_renewal, row.former_labels) == (True, False, ["Propreté", "Nettoyage"])
    assert row.sub_actions == ["Tags", "Nettoyage renforcé"]
    page = sound(client.get(f"/referentiels/axes?edit={axis}"))
    assert ">\nPropreté\nNettoyage</textarea>" in page
    stale = client.post(f"/referentiels/axes/{axis}", data=flags | {"former_labels": "Autre"})
    assert f"Propreté{NBSP}; Nettoyage" in sound(stale, 409)
    assert client.post(f"/referentiels/axes/{axis}", data={"version": "3", "label": "Sur-entretien"}).status_code == 303
    assert world.row(build.Axis, axis).needs_baseline is False  # a box nobody ticked
    answer = world.page("coordinator").post(f"/referentiels/axes/{axis}", data={"version": "4", "label": "x"})
    assert answer.status_code == 403


def test_an_action_is_offered_the_sub_actions_of_its_axis_first(world: World):
    with world.app.app_context():
        for axis in build.db.session.scalars(build.db.select(build.Axis)):
            axis.sub_actions = [f"Usage {axis.number}"] if axis.number in (1, 3, 7) else []
        build.db.session.commit()
    file = world.file(2026)
    action = world.action(file, axis=3)
    client = world.page("landlord")

    def offered(place: int | str) -> list[str]:
        return re.findall(r'<option value="(Usage \d)">', client.get(f"/tfpb/dossiers/{file}?edit={place}").text)

    assert offered("new") == ["Usage 1", "Usage 3", "Usage 7"]
    assert offered(action) == ["Usage 3", "Usage 1", "Usage 7"]


@pytest.mark.parametrize(
    "actual, words",
    [
        # 5 118.40 − 4 200 = 918.40
        ("5118.40", f"918,40{NBSP}€ de plus que prévu"),
        ("4000.00", f"200,00{NBSP}€ de moins que prévu"),
        ("4200.00", "comme prévu"),
        (None, "toutes sources"),
    ],
)
def test_an_action_s_page_sets_what_was_spent_against_what_was_planned(world: World, actual: str | None, words: str):
    costs = {"planned_cost": Decimal("4200.00"), "actual_cost": None if actual is None else Decimal(actual)}
    action = world.action(world.file(), **costs)
    assert words in sound(world.page("landlord").get(f"/tfpb/actions/{action}"))


def test_no_convention_under_these_filters(world: World):
    page = sound(world.page("coordinator").get("/tfpb/conventions?status=expired"))
    assert "Aucune convention sous ces filtres" in page
    assert "Voir toutes les conventions" in page


# -- the number of queries -----------------------------------------------------------------------------------------


def test_pages_cost_the_same_number_of_queries_whatever_the_rows(world: World):
    file = world.file(2026)
    world.file(2025)  # whose carry-overs are read too
    world.grant(world.action(file), awarded=Decimal(1))
    client = world.page("landlord")
    paths = [
        "/tfpb?year=toutes",
        f"/tfpb/dossiers/{file}",
        "/tfpb/conventions",
        f"/tfpb/conventions/{world.convention}",
    ]

    def costs() -> list[int]:
        found = []
        for path in paths:
            with count_queries(world.app) as statements:
                assert client.get(path).status_code == 200
            found.append(len(statements))
        return found

    before = costs()
    for year in (2027, 2028):
        world.action(world.file(year))
    for _ in range(12):
        world.grant(world.action(file), awarded=Decimal(1))
    with world.app.app_context():
        row = build.db.session.get(build.TfpbFile, file)
        for stage in ("diagnosis", "definition", "report"):
            build.participation(row, stage)
    assert costs() == before
    assert max(before) <= 21


def test_a_file_names_the_landlords_residences_there_and_no_other(world: World) -> None:
    with world.app.app_context():
        where = build.db.session.get(build.Neighbourhood, world.neighbourhood)
        own, other = (build.db.session.get(build.Landlord, one) for one in (world.landlord, world.other_landlord))
        build.residence(own, where, city_id=world.city, name="Les Érables", dwellings=94)
        build.residence(own, where, city_id=world.other_city, name="Les Cèdres", dwellings=12)
        build.residence(other, where, city_id=world.city, name="Les Tilleuls", dwellings=30)
    page = sound(world.page("landlord").get(f"/tfpb/dossiers/{world.file(2025)}"))
    assert "Les Érables, 94\u00a0logements" in page
    assert "Les Cèdres" not in page
    assert "Les Tilleuls" not in page
