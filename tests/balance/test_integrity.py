"""A changed bit of an edition is seen: by its page, by every address that serves it, by the command line."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests import builders as make
from tests.balance.test_editions import Frozen
from tracker.balance.commands import freeze_edition
from tracker.balance.models import Edition, EditionFile, Meeting
from tracker.balance.queries.content import canonical, lacking, read_sheet
from tracker.balance.queries.integrity import altered_parts, verified
from tracker.balance.rules.integrity import altered, altered_sentence, digest
from tracker.balance.workbook import about_edition, balance_workbook
from tracker.extensions import db
from tracker.policy import COORDINATOR, COPIL, SYSTEM
from tracker.tfpb.models import TfpbFile

Client = Callable[..., FlaskClient]
# What the parts become: one character or one bit is enough.
FLIPS: dict[str, Callable[[Any], Any]] = {
    "content": lambda kept: kept.replace('"files":1', '"files":2', 1),
    "workbook": lambda kept: bytes([kept[0] ^ 1]) + kept[1:],
}


@pytest.fixture
def year(blank: Flask) -> Frozen:
    return Frozen()


@pytest.fixture
def edition(year: Frozen) -> Edition:
    return freeze_edition(SYSTEM, year.contract.code, 2026, year.meeting.id, "Pour essai")


def corrupt(edition: Edition, part: str, change: Callable[[Any], Any] | None = None) -> None:
    """Change what is stored behind the ORM's back, as a careless hand or a failing disk would."""
    kept = getattr(edition, part)
    changed = (change or FLIPS[part])(kept)
    assert changed != kept
    db.session.execute(update(Edition).where(Edition.id == edition.id).values({part: changed}))
    db.session.commit()
    db.session.expire_all()


def test_what_is_altered_and_what_never_was() -> None:
    sound = {"content": ("é", digest("é".encode())), "pdf": (None, None)}
    assert altered(sound) == ()
    assert digest("") == hashlib.sha256(b"").hexdigest()
    assert altered({"content": ("é ", digest("é"))}) == ("content",)
    # Taken away, or put in afterwards: neither is what was presented.
    assert altered({"pdf": (None, digest(b"x"))}) == ("pdf",)
    assert altered({"pdf": (b"x", None)}) == ("pdf",)
    assert altered_sentence(("content", "workbook", "pdf")).startswith(
        "L’édition a été altérée\u00a0: le contenu, le classeur et le PDF ne correspondent plus"
    )


FORGED: dict[str, Callable[[Any], Any]] = {
    "year": lambda year: year - 1,
    "number": lambda number: number + 1,
    "frozen_by": lambda name: f"{name} bis",
    "frozen_at": lambda moment: moment + timedelta(seconds=1),
    "reason": lambda reason: None,
}


@pytest.mark.parametrize("column", FORGED)
def test_what_lists_say_of_an_edition_is_held_against_its_content(edition: Edition, column: str) -> None:
    assert altered_parts(edition) == ()
    corrupt(edition, column, FORGED[column])
    assert altered_parts(edition) == ("record",)


def test_an_edition_moved_to_another_meeting_is_seen(year: Frozen, edition: Edition, browse: Client) -> None:
    other = make.save(Meeting(contract_id=year.contract.id, kind="copil", held_on=date(2027, 6, 1)))
    corrupt(edition, "meeting_id", lambda _: other.id)
    page = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/editions/1")
    assert "la fiche (année, numéro, réunion, date, auteur, motif) ne correspond plus" in page.text


def test_an_edition_downloaded_twice_is_the_same_to_the_byte(year: Frozen, edition: Edition, api: Client) -> None:
    reader = api(COPIL, year.contract)
    for end in ("", ".xlsx"):
        first, second = (reader.get(f"{year.address}/editions/1{end}") for _ in range(2))
        assert first.status_code == 200
        assert first.data == second.data


def test_a_workbook_is_written_again_from_the_content_alone(edition: Edition) -> None:
    sheet = read_sheet(edition.content)
    assert balance_workbook(sheet, about_edition(sheet)) == edition.workbook


def reads(app: Flask, edition: Edition) -> list[str]:
    """Every address of the tracker that serves a part of an edition to its members."""
    values = {"code": edition.contract.code, "year": edition.year, "number": edition.number}
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return sorted(
            adapter.build(rule.endpoint, values)
            for rule in app.url_map.iter_rules()
            if "/editions/<" in rule.rule and "GET" in (rule.methods or ()) and rule.arguments == values.keys()
        )


@pytest.mark.parametrize("part", FLIPS)
def test_no_address_serves_an_altered_part_silently(
    blank: Flask, year: Frozen, edition: Edition, api: Client, browse: Client, part: str
) -> None:
    signed_in = {True: api(COPIL, year.contract), False: browse(COPIL, year.contract)}
    addresses = reads(blank, edition)
    before = {address: signed_in[address.startswith("/api/")].get(address) for address in addresses}
    assert len([answer for answer in before.values() if answer.status_code == 200]) >= 4
    corrupt(edition, part)
    refused = 0
    for address in addresses:
        answer = signed_in[address.startswith("/api/")].get(address)
        assert answer.status_code in (before[address].status_code, 409), address
        if answer.status_code == 409:
            refused += 1
            assert "altérée" in (answer.json["detail"] if answer.is_json else answer.text)
            if answer.is_json:
                assert answer.json["code"] == "altered"
        elif answer.mimetype == "text/html":
            assert address.count("/") > 4 or "L’édition a été altérée" in answer.text, address
        else:
            # Another part than the one that changed: still what was frozen.
            assert answer.data == before[address].data, address
    assert refused >= 1


def test_the_page_says_that_the_fingerprints_hold(year: Frozen, edition: Edition, browse: Client) -> None:
    page = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/editions/1").text
    assert page.count("Empreinte vérifiée") >= 2
    assert "altéré" not in page.lower()


def test_an_altered_workbook_is_said_and_no_longer_offered(year: Frozen, edition: Edition, browse: Client) -> None:
    corrupt(edition, "workbook")
    page = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/editions/1").text
    assert "L’édition a été altérée" in page
    assert "Télécharger le classeur" not in page
    assert "Par bailleur" in page  # the content is whole: its figures are still those presented


@pytest.mark.parametrize("change", [FLIPS["content"], lambda kept: kept[:-1], lambda _kept: ""])
def test_figures_that_changed_are_not_shown(year: Frozen, edition: Edition, browse: Client, change: Any) -> None:
    corrupt(edition, "content", change)
    answer = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/editions/1")
    assert answer.status_code == 200
    assert "L’édition a été altérée" in answer.text
    assert "Par bailleur" not in answer.text


def test_the_command_line_says_which_edition_differs(blank: Flask, year: Frozen, edition: Edition) -> None:
    code, run = year.contract.code, blank.test_cli_runner()
    second = freeze_edition(SYSTEM, code, 2026, year.meeting.id, "Pour essai")
    sound = run.invoke(args=["balance", "verify"])
    assert (sound.exit_code, sound.output) == (0, "Éditions conformes à leur empreinte\u00a0: 2.\n")
    corrupt(second, "workbook")
    found = run.invoke(args=["balance", "verify", "--contract", code])
    assert found.exit_code == 1
    assert f"{code}, 2026, édition n° 2\u00a0: L’édition a été altérée\u00a0: le classeur" in found.output
    assert "édition n° 1" not in found.output
    assert "Éditions altérées\u00a0: 1." in found.output
    unknown = run.invoke(args=["balance", "verify", "--contract", "nulle-part"])
    assert unknown.exit_code == 1
    assert "nulle-part" in unknown.output


@pytest.mark.parametrize("name", ["content", "reason", "workbook_sha256"])
def test_an_edition_can_neither_change_nor_go(edition: Edition, name: str) -> None:
    setattr(edition, name, "Autre chose")
    with pytest.raises(RuntimeError, match="presented"):
        db.session.commit()
    db.session.rollback()
    for row in (db.session.get(Edition, edition.id), db.session.query(EditionFile).first()):
        db.session.delete(row)
        with pytest.raises(RuntimeError, match="presented"):
            db.session.commit()
        db.session.rollback()


def test_files_locked_go_on_but_for_their_content(blank: Flask, year: Frozen, edition: Edition, api: Client) -> None:
    """Design §6: an edition locks the files it counts; status goes on; reopened by the coordinator, with a reason."""
    coordinator = api(COORDINATOR, year.contract)
    landlord = api("landlord", year.contract, of_landlord=year.owner)
    path, action = f"/api/v1/tfpb-files/{year.file.id}", f"/api/v1/tfpb-actions/{year.action.id}"

    def move(client: FlaskClient, **body: Any) -> Any:
        tag = client.get(path).headers["ETag"]
        return client.post(f"{path}/transitions", json=body, headers={"If-Match": tag})

    def correct() -> Any:
        tag = landlord.get(action).headers["ETag"]
        return landlord.patch(action, json={"actual_cost": "1.00"}, headers={"If-Match": tag})

    assert (correct().status_code, correct().json["code"]) == (409, "locked")
    assert move(coordinator, to="validated").status_code == 200
    assert move(coordinator, to="transmitted").status_code == 200
    assert db.session.get(TfpbFile, year.file.id).frozen_in
    assert correct().status_code == 409
    # Reopening is the coordinator's, and needs a reason.
    assert move(landlord, to="to_correct", reason="Je voudrais").status_code == 403
    assert move(coordinator, to="to_correct").status_code == 422
    assert move(coordinator, to="to_correct", reason="Facture rectifiée").status_code == 200
    assert correct().status_code == 200
    assert move(landlord, to="submitted").status_code == 200
    first = coordinator.get(f"{year.address}/editions/1")
    assert first.data.decode() == edition.content
    freeze_edition(SYSTEM, year.contract.code, 2026, year.meeting.id, "Pour essai")
    figures = [coordinator.get(f"{year.address}/editions/{n}").json["totals"]["actual_cost"] for n in (1, 2)]
    assert figures == ["1000.00", "1.00"]


# What an edition frozen before these parts existed lacks.
NEWER = ("previous", "by_year", "cumulated", "programme", "investment", "evaluation", "references")

NEWER_FIGURES = ("actual_cost_per_dwelling", "coverage_rate")


def older(edition: Edition, parts: Sequence[str] = NEWER) -> str:
    """Make it an edition of before: its content without the newer parts and figures, noted and kept as such."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(one) for key, one in value.items() if key not in NEWER_FIGURES}
        return [without(one) for one in value] if isinstance(value, list) else value

    content = without(json.loads(edition.content))
    for part in parts:
        del content[part]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    values = {"content": text, "content_sha256": digest(text)}
    db.session.execute(update(Edition).where(Edition.id == edition.id).values(values))
    db.session.commit()
    db.session.expire_all()
    return text


def test_an_edition_from_before_the_newer_parts_is_still_read_and_written(
    year: Frozen, edition: Edition, api: Client, browse: Client
) -> None:
    text = older(edition)
    assert api(COPIL, year.contract).get(f"{year.address}/editions/1").data.decode() == text
    page = browse(COPIL, year.contract).get(f"/bilan/{year.contract.code}/2026/editions/1")
    assert page.status_code == 200
    assert "Par bailleur" in page.text
    sheet = read_sheet(text)
    assert sheet.totals.files == 1
    assert (sheet.previous, sheet.by_year, sheet.investment) == (None, (), None)
    assert balance_workbook(sheet, about_edition(sheet))[:2] == b"PK"


def test_an_edition_from_before_some_figures_is_still_read_shown_and_verified(
    year: Frozen, edition: Edition, api: Client, browse: Client
) -> None:
    text = older(edition, parts=())
    assert not any(name in text for name in NEWER_FIGURES)
    assert lacking(text) == set(NEWER_FIGURES)
    sheet = read_sheet(text)
    for line in (sheet.totals, sheet.cumulated, *sheet.by_landlord, *sheet.by_axis, *sheet.by_year):
        assert (line.actual_cost_per_dwelling, line.coverage_rate) == (None, None)
    assert sheet.totals.actual_cost == Decimal("1000.00")
    reader, address = browse(COPIL, year.contract), f"/bilan/{year.contract.code}/2026/editions/1"
    for page in (address, f"{address}/imprimer"):
        answer = reader.get(page)
        assert answer.status_code == 200, page
        assert "Dépense par logement" in answer.text
    assert api(COPIL, year.contract).get(f"{year.address}/editions/1").data.decode() == text
    assert [parts for _, parts in verified(year.contract.code)] == [()]
    assert balance_workbook(sheet, about_edition(sheet))[:2] == b"PK"


def test_a_text_is_never_taken_for_a_figure(year: Frozen, edition: Edition) -> None:
    assert lacking(edition.content) == set()
    sheet = replace(read_sheet(edition.content), evaluation='Dit "coverage_rate": "0.5", rien de plus.')
    bare = canonical(sheet).replace('"coverage_rate":', '"ancien":')
    assert "coverage_rate" in bare
    assert lacking(bare) == {"coverage_rate"}
