"""A hundred spoilt declarations: each says exactly which cells are wrong, and nothing is written.

The faults are put in by ``tampering`` (the standard library, the file's own XML); what each must be told is written
here by hand, next to the fault.
"""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests import builders as build
from tests.tfpb.conftest import API, World
from tests.tfpb.tampering import Tampered, TamperedSheet, bomb, encrypted, with_entities, with_macros
from tracker.extensions import db

ACTIONS, DOSSIER, FUNDING, HEARD = "Actions", "Dossier", "Autres financements", "Participation"
TITLES = ("Médiation", "Tags", "Encombrants", "Caves", "Enquête", "Jardin")
Spot = tuple[str, str | None, str]


@dataclass
class Declared:
    """A file with six balanced actions, an aid, a moment of participation; its workbook as downloaded."""

    world: World
    file_id: int
    content: bytes = b""

    def send(self, content: bytes, name: str = "declaration.xlsx") -> TestResponse:
        """Upload it as the landlord does."""
        return self.world.api("landlord").post(
            f"{API}/tfpb-files/{self.file_id}/workbook",
            data={"file": (io.BytesIO(content), name)},
            content_type="multipart/form-data",
        )


@pytest.fixture
def declared(world: World) -> Declared:
    """See Declared."""
    file_id = world.file(
        2025,
        dwellings=300,
        abated_dwellings=250,
        abatement_estimated=Decimal("40000.00"),
    )
    for number, title in enumerate(TITLES, 1):
        # 1 000 × n = 900 × n of the landlord + 100 × n awarded.
        action = world.action(
            file_id,
            axis=[2, 5, 6, 7, 2, 5][number - 1],
            title=title,
            status="ongoing",
            planned_cost=Decimal(1000 * number),
            planned_valued=Decimal(900 * number),
            actual_cost=Decimal(1000 * number),
            landlord_share=Decimal(900 * number),
            valued_amount=Decimal(800 * number),
        )
        world.grant(action, awarded=Decimal(100 * number))
    with world.app.app_context():
        build.participation(db.session.get(build.TfpbFile, file_id), stage="diagnosis", held_on=date(2025, 2, 3))
    answer = world.api("landlord").get(f"{API}/tfpb-files/{file_id}/workbook.xlsx")
    assert answer.status_code == 200
    return Declared(world, file_id, answer.data)


# -- the faults ----------------------------------------------------------------------------------------------------


@dataclass
class Spoiling:
    """A workbook being spoilt: each fault takes a row of its own, and writes down what must be told."""

    book: Tampered
    chance: random.Random
    expected: set[Spot] = field(default_factory=set)
    free: list[str] = field(default_factory=lambda: list(TITLES))

    @property
    def actions(self) -> TamperedSheet:
        return self.book.sheet(ACTIONS)

    def row(self) -> int:
        """The row of an action nothing else spoils."""
        return self.actions.row_saying("Action", self.free.pop(self.chance.randrange(len(self.free))))

    def spoil(self, label: str, code: str, write: Callable[[TamperedSheet, str], None]) -> None:
        """One cell of the actions, and its code."""
        cell = self.actions.cell_of(label, self.row())
        write(self.actions, cell)
        self.expected.add((ACTIONS, cell, code))


AMOUNTS = ("Dépense prévisionnelle", "Valorisation prévue", "Dépense réalisée", "Financement bailleur")


def _text(text: str) -> Callable[[TamperedSheet, str], None]:
    return lambda sheet, cell: sheet.write(cell, text)


def words_for_an_amount(one: Spoiling) -> None:
    one.spoil(
        one.chance.choice(AMOUNTS), "invalid", _text(one.chance.choice(["beaucoup", "voir devis", "12 à 15", "€"]))
    )


def thousands(one: Spoiling) -> None:
    text = one.chance.choice(["12 k€", "12,5 K€", "3 milliers d’euros", "1,2 M€", "8k"])
    one.spoil(one.chance.choice(AMOUNTS), "ambiguous", _text(text))


def two_separators(one: Spoiling) -> None:
    one.spoil(one.chance.choice(AMOUNTS), "invalid", _text(one.chance.choice(["1.234,56", "1,234.56"])))


def tenths_of_a_cent(one: Spoiling) -> None:
    digits = one.chance.choice(["1234.567", "0.001", "99.995"])
    one.spoil(one.chance.choice(AMOUNTS), "too_many_decimals", lambda sheet, cell: sheet.number(cell, digits))


def astronomical(one: Spoiling) -> None:
    one.spoil(one.chance.choice(AMOUNTS), "out_of_range", lambda sheet, cell: sheet.number(cell, "1e12"))


def broken_link(one: Spoiling) -> None:
    word = one.chance.choice(["#REF!", "#DIV/0!", "#N/A", "#VALUE!"])
    one.spoil(one.chance.choice(AMOUNTS), "error_value", lambda sheet, cell: sheet.error(cell, word))


def formula_without_value(one: Spoiling) -> None:
    one.spoil(one.chance.choice(AMOUNTS), "formula", lambda sheet, cell: sheet.formula(cell, "SUM(A1:A3)"))


def unknown_axis(one: Spoiling) -> None:
    number = one.chance.choice(["9", "0", "12"])
    one.spoil("Axe", "unknown_value", lambda sheet, cell: sheet.number(cell, number))


def axis_in_other_words(one: Spoiling) -> None:
    one.spoil("Axe", "unknown_value", _text("Espaces verts et décoration"))


def no_axis(one: Spoiling) -> None:
    one.spoil("Axe", "required", lambda sheet, cell: sheet.blank(cell))


def no_title(one: Spoiling) -> None:
    title = one.free.pop(one.chance.randrange(len(one.free)))
    row = one.actions.row_saying("Action", title)
    cell = one.actions.cell_of("Action", row)
    one.actions.blank(cell)
    one.expected.add((ACTIONS, cell, "required"))
    # Its aid keeps the title it had: the tracker still knows whose it is.


def endless_title(one: Spoiling) -> None:
    text = "Nettoyage " * 40
    row = one.row()
    cell = one.actions.cell_of("Lieu", row)
    one.actions.write(cell, text)
    one.expected.add((ACTIONS, cell, "out_of_range"))


def unknown_status(one: Spoiling) -> None:
    one.spoil("État", "unknown_value", _text(one.chance.choice(["Peut-être", "OK ?", "à voir"])))


def impossible_day(one: Spoiling) -> None:
    sheet = one.book.sheet(HEARD)
    row = sheet.row_saying("Étape", "Diagnostic")
    cell = sheet.cell_of("Date", row)
    sheet.write(cell, one.chance.choice(["31/02/2025", "mardi", "2025", "12/25/2025"]))
    one.expected.add((HEARD, cell, "invalid"))


def half_a_participant(one: Spoiling) -> None:
    sheet = one.book.sheet(HEARD)
    row = sheet.row_saying("Étape", "Diagnostic")
    cell = sheet.cell_of("Participants", row)
    sheet.write(cell, one.chance.choice(["une douzaine", "12,5", "≈ 30"]))
    one.expected.add((HEARD, cell, "invalid"))


def more_abated_than_there_are(one: Spoiling) -> None:
    sheet = one.book.sheet(DOSSIER)
    letters, row = sheet.find("Logements bénéficiant de l’abattement")
    cell = f"{chr(ord(letters) + 1)}{row}"
    sheet.number(cell, "301")
    one.expected.add((DOSSIER, cell, "out_of_range"))


def negative_without_reason(one: Spoiling) -> None:
    row = one.row()
    for label, digits in (("Dépense réalisée", "-100"), ("Financement bailleur", None)):
        cell = one.actions.cell_of(label, row)
        if digits:
            one.actions.number(cell, digits)
    # The correction must say why; and −100 is no longer the sum of its two sources, nor above what is valued.
    one.expected |= {
        (ACTIONS, one.actions.cell_of("Motif de la correction", row), "negative_unexplained"),
        (ACTIONS, one.actions.cell_of("Dépense réalisée", row), "unbalanced"),
        (ACTIONS, one.actions.cell_of("Dépense valorisée TFPB", row), "valued_above_actual"),
    }


def unbalanced(one: Spoiling) -> None:
    row = one.row()
    cell = one.actions.cell_of("Financement bailleur", row)
    one.actions.number(cell, "123456")
    one.expected.add((ACTIONS, one.actions.cell_of("Dépense réalisée", row), "unbalanced"))


def aid_of_no_action(one: Spoiling) -> None:
    sheet = one.book.sheet(FUNDING)
    title = one.free.pop(one.chance.randrange(len(one.free)))
    row = sheet.row_saying("Action", title)
    cell = sheet.cell_of("Action", row)
    sheet.write(cell, "Une action qui n’existe pas")
    one.expected.add((FUNDING, cell, "unknown_reference"))


def unknown_funder(one: Spoiling) -> None:
    sheet = one.book.sheet(FUNDING)
    title = one.free.pop(one.chance.randrange(len(one.free)))
    cell = sheet.cell_of("Dispositif ou financeur", sheet.row_saying("Action", title))
    sheet.write(cell, "Mécène inconnu")
    one.expected.add((FUNDING, cell, "unknown_value"))


def same_action_twice(one: Spoiling) -> None:
    first, second = (one.actions.row_saying("Action", one.free.pop(0)) for _ in range(2))
    later = max(first, second)
    earlier = min(first, second)
    sheet = one.actions
    for label in ("Axe", "Action"):
        source, target = sheet.cell_of(label, earlier), sheet.cell_of(label, later)
        sheet.write(target, sheet.text(sheet._cell(source)))
    one.expected.add((ACTIONS, sheet.cell_of("Action", later), "duplicate"))


def merged_cells(one: Spoiling) -> None:
    row = one.row()
    first = one.actions.cell_of("Indicateur", row)
    last = one.actions.cell_of("Cible", row)
    one.actions.merge(f"{first}:{last}")
    one.expected.add((ACTIONS, first, "merged"))


def control_character(one: Spoiling) -> None:
    one.spoil("Lieu", "invalid", _text("Bâtiment_x0007_ A"))


CELL_FAULTS = (
    words_for_an_amount,
    thousands,
    two_separators,
    tenths_of_a_cent,
    astronomical,
    broken_link,
    formula_without_value,
    unknown_axis,
    axis_in_other_words,
    no_axis,
    no_title,
    endless_title,
    unknown_status,
    impossible_day,
    half_a_participant,
    more_abated_than_there_are,
    negative_without_reason,
    unbalanced,
    aid_of_no_action,
    unknown_funder,
    same_action_twice,
    merged_cells,
    control_character,
)


def spoilt(content: bytes, seed: int) -> Spoiling:
    """The workbook of this seed: one to four faults, each fault kind met at least four times over the hundred."""
    one = Spoiling(Tampered(content), random.Random(seed))
    kinds = [CELL_FAULTS[seed % len(CELL_FAULTS)]]
    others = [kind for kind in CELL_FAULTS if kind not in kinds and kind is not same_action_twice]
    kinds += one.chance.sample(others, one.chance.randrange(4))
    # The double takes its two rows first.
    for kind in sorted(kinds, key=lambda each: each is not same_action_twice):
        kind(one)
    return one


# A cell that could not be taken is quoted as found; a rule between amounts names them as a reader writes them.
QUOTED = {"invalid", "ambiguous", "unknown_value", "too_many_decimals", "out_of_range", "error_value"}


def stored(world: World) -> dict[str, list[str]]:
    """Table → its rows, whatever they are."""
    with world.app.app_context():
        tables = db.metadata.sorted_tables
        return {table.name: sorted(map(repr, db.session.execute(db.select(table)))) for table in tables}


def errors(batch: dict[str, Any]) -> set[Spot]:
    """(sheet, cell, code) of what keeps a batch from being written."""
    return {(one["sheet"], one["cell"], one["code"]) for one in batch["issues"] if one["severity"] == "error"}


def test_each_kind_of_fault_names_its_cells_and_nothing_is_written(declared: Declared) -> None:
    refuse_all(declared, range(len(CELL_FAULTS)))


@pytest.mark.proof
def test_a_hundred_spoilt_workbooks_name_their_cells_and_write_nothing(declared: Declared) -> None:
    refuse_all(declared, range(100))


def refuse_all(declared: Declared, seeds: range) -> None:
    """Upload the workbooks of these seeds: the cells expected, no other, and no row written."""
    api = declared.world.api("landlord")
    before = stored(declared.world)
    for seed in seeds:
        one = spoilt(declared.content, seed)
        answer = declared.send(one.book.content())
        assert answer.status_code == 201, (seed, answer.text)
        batch = answer.json
        assert errors(batch) == one.expected, seed
        for issue in batch["issues"]:
            assert issue["message"].endswith((".", "?")), issue
            if issue["code"] in QUOTED:
                assert issue["value"][:40] in issue["message"], issue
        refused = api.post(f"{API}/import-batches/{batch['id']}/apply")
        assert (refused.status_code, refused.json["code"]) == (409, "open_errors"), seed
    after = stored(declared.world)
    assert {name for name in before if before[name] != after[name]} == {"import_batch", "history_entry"}


# -- files that are not the one ------------------------------------------------------------------------------------


def other_files(declared: Declared) -> Iterator[tuple[str, bytes, str]]:
    """(what it is, its bytes, the code that must be told)."""
    content = declared.content
    yield "nothing", b"", "unreadable_file"
    yield "a text", b"Bonjour, voici nos actions", "unreadable_file"
    yield "half of it", content[: len(content) // 2], "unreadable_file"
    yield "encrypted", encrypted(), "unreadable_file"
    yield "macros", with_macros(content), "unreadable_file"
    yield "a bomb", bomb(content), "unreadable_file"
    yield "entities", with_entities(content), "unreadable_file"
    year = declared.world.file(2026)
    yield "another year", _download(declared.world, year), "identity"


def _download(world: World, file_id: int, who: str = "landlord") -> bytes:
    return world.api(who).get(f"{API}/tfpb-files/{file_id}/workbook.xlsx").data


def test_a_file_that_is_not_the_one_is_told_in_a_sentence(declared: Declared) -> None:
    for what, content, code in other_files(declared):
        answer = declared.send(content)
        if answer.status_code == 201:
            assert {issue["code"] for issue in answer.json["issues"]} == {code}, what
            assert answer.json["changes"] == [], what
        else:
            assert answer.status_code in (413, 415, 422), what
            assert answer.json["errors"][0]["message"], what
    other = declared.world.file(2025, convention=declared.world.other_convention)
    answer = declared.send(_download(declared.world, other, "other_landlord"))
    assert {issue["code"] for issue in answer.json["issues"]} == {"identity"}


# -- sheets and columns --------------------------------------------------------------------------------------------


def test_a_renamed_column_a_missing_one_and_a_missing_sheet_are_told(declared: Declared) -> None:
    book = Tampered(declared.content)
    sheet = book.sheet(ACTIONS)
    letters, row = sheet.find("Dépense réalisée")
    sheet.write(f"{letters}{row}", "Montants (k€)")
    told = declared.send(book.content()).json
    assert "header" in {issue["code"] for issue in told["issues"]}
    assert any("Dépense réalisée" in issue["message"] for issue in told["issues"])

    book = Tampered(declared.content)
    book.sheet(ACTIONS).drop_column("Financement bailleur")
    told = declared.send(book.content()).json
    assert any(issue["code"] == "header" and "Financement bailleur" in issue["message"] for issue in told["issues"])

    book = Tampered(declared.content)
    book.rename_sheet(ACTIONS, "Feuil1")
    told = declared.send(book.content()).json
    assert any(ACTIONS in issue["message"] for issue in told["issues"])


def test_moved_columns_and_phantom_rows_change_nothing(declared: Declared) -> None:
    book = Tampered(declared.content)
    sheet = book.sheet(ACTIONS)
    sheet.swap_columns("Calendrier", "Financement bailleur")
    sheet.phantom_rows(1_048_576)
    told = declared.send(book.content()).json
    assert errors(told) == set()
    assert {change["kind"] for change in told["changes"]} <= {"unchanged"}


def test_french_and_plain_amounts_texts_and_numbers_say_the_same(declared: Declared) -> None:
    book = Tampered(declared.content)
    sheet = book.sheet(ACTIONS)
    for title, text in zip(
        TITLES, ("1 234,56 €", "1234.56", "1234,56", "1\u202f234,56", "1\u00a0234,56\u00a0€", "+1234.56"), strict=True
    ):
        row = sheet.row_saying("Action", title)
        sheet.write(sheet.cell_of("Dépense prévisionnelle", row), text)
    told = declared.send(book.content()).json
    assert errors(told) == set()
    new = {change["fields"]["planned_cost"][1] for change in told["changes"] if change["kind"] == "changed"}
    assert new == {"1234.56"}
    assert sum(change["kind"] == "changed" for change in told["changes"]) == len(TITLES)


def test_an_axis_by_number_by_label_and_by_an_earlier_label(declared: Declared) -> None:
    with declared.world.app.app_context():
        axis = db.session.scalars(db.select(build.Axis).where(build.Axis.number == 3)).one()
        axis.label, axis.former_labels = "Sur-entretien", ["Propreté"]
        db.session.commit()
    book = Tampered(declared.content)
    sheet = book.sheet(ACTIONS)
    ways = ("3", "SUR-ENTRETIEN", "proprete", "Axe 3")
    for title, way in zip(TITLES, ways, strict=False):
        sheet.write(sheet.cell_of("Axe", sheet.row_saying("Action", title)), way)
    sheet.number(sheet.cell_of("Axe", sheet.row_saying("Action", TITLES[4])), "3")
    told = declared.send(book.content()).json
    new = [change["fields"]["axis"][1] for change in told["changes"] if "axis" in change["fields"]]
    assert new == [3] * 5
