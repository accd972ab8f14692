import pytest

from tracker.api.fields import Schema
from tracker.policy import Invalid
from tracker.territory import rules
from tracker.territory.schemas import CitySchema, ContractSchema, LandlordSchema, NeighbourhoodSchema, ResidenceSchema


@pytest.mark.parametrize("code", ["blagis", "contrat-2", "2024-blagis", "a"])
def test_contract_code(code: str) -> None:
    assert rules.contract_code_problem(code) is None


@pytest.mark.parametrize("code", ["Blagis", "les blagis", "blagis/2026", "2026", "-a", "a-", "a--b", "été", "a.b"])
def test_not_a_contract_code(code: str) -> None:
    assert rules.contract_code_problem(code) is not None


@pytest.mark.parametrize("insee, sound", [("92007", True), ("2A004", True), ("9200", False), ("A2004", False)])
def test_insee(insee: str, sound: bool) -> None:
    assert (rules.insee_problem(insee) is None) is sound


@pytest.mark.parametrize(
    "code, sound",
    [("QN09216M", True), ("QP092001", True), ("QN9216M", False), ("XN09216M", False), ("QP09216M", False)],
)
def test_qpv_code(code: str, sound: bool) -> None:
    assert (rules.qpv_problem(code) is None) is sound


def test_years() -> None:
    assert rules.years_problem(2024, 2024) is None
    assert "2023 trouvé" in (rules.years_problem(2024, 2023) or "")


def test_a_whole_that_lists_no_city_allows_any() -> None:
    assert rules.outside([1, 2], [2, 3]) == [1]
    assert rules.outside([1, 2], []) == []


@pytest.mark.parametrize(
    "schema, values, field, code, told",
    [
        # 219200078: 2+2+9+4+0+0+0+14→5+8 = 30, a multiple of 10 (Luhn); one digit more is not.
        (CitySchema(), {"insee": "92007", "name": "B", "siren": "219200079"}, "siren", "invalid", "« 219200079 »"),
        (CitySchema(), {"insee": "92007", "name": "B", "siren": "21920007"}, "siren", "invalid", "neuf chiffres"),
        (CitySchema(), {"insee": "9207", "name": "B"}, "insee", "invalid", "75056"),
        (CitySchema(), {"insee": "92007"}, "name", "required", "Nom"),
        (LandlordSchema(), {"name": "  "}, "name", "required", "Nom"),
        (LandlordSchema(), {"name": "x" * 201}, "name", "out_of_range", "200"),
        (NeighbourhoodSchema(), {"contract_id": 1, "name": "N", "code": "QX1"}, "code", "invalid", "QN09216M"),
        (ResidenceSchema(), {"dwellings": -1}, "dwellings", "out_of_range", "Logements"),
        (ContractSchema(), {"city_ids": ["a"]}, "city_ids", "invalid", "entier"),
        (ContractSchema(), {"first_year": 1990}, "first_year", "out_of_range", "2000"),
        (ContractSchema(), {"colour": "red"}, "colour", "unknown_field", "n’existe pas"),
        (ContractSchema(), {"id": 3}, "id", "unknown_field", "ne peut pas être écrit"),
    ],
)
def test_a_wrong_field_is_told_in_french(
    schema: Schema, values: dict[str, object], field: str, code: str, told: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        schema.read(values)
    found = {error.field: error for error in refusal.value.errors}
    assert found[field].code == code
    assert told in found[field].message


def test_siren_and_insee_are_kept_one_way() -> None:
    read = CitySchema().read({"insee": "2a004", "name": " Ajaccio ", "siren": "219 200 078"})
    assert read == {"insee": "2A004", "name": "Ajaccio", "siren": "219200078"}
