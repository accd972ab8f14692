import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.accounts import rules
from tracker.policy import ROLES


@pytest.mark.parametrize(
    "password",
    [
        "Abcdefghij1!",  # 12 characters, four classes
        "Abcdefghijklm1",  # 14 characters, three classes
        "le chat gris dort sous la vieille table",  # 8 words
        "ÉCOLE-été-2026",  # accents are letters: 14 characters, four classes
        "  Abcdefghij1!  ",  # spaces around do not count, and do not harm
    ],
)
def test_strong_password(password: str) -> None:
    assert rules.password_problem(password) is None


@pytest.mark.parametrize(
    "password, told",
    [
        ("Abcdefghi1!", "compte 11 caractères (minuscules, majuscules, chiffres, caractères spéciaux)"),
        ("abcdefghij1!", "ajoutez des majuscules, ou allez jusqu’à 14 caractères"),
        ("Abcdefghij12", "ajoutez des caractères spéciaux, ou allez jusqu’à 14 caractères"),
        ("abcdefghijklmnop1", "17 caractères (minuscules, chiffres)"),  # 14 and more, but two classes
        ("le chat dort sous la table", "au moins 7 mots différents"),  # 6 words
        ("non non non non non non non non", "au moins 7 mots différents"),  # one word, eight times
        ("a b c d e f g h i", "au moins 7 mots différents"),  # letters, not words
        ("Aa1!" * 51, "compte 204 caractères : 200 au plus"),
        ("", "compte 0 caractères :"),
    ],
)
def test_weak_password_says_what_lacks(password: str, told: str) -> None:
    assert told in (rules.password_problem(password) or "")


@given(st.text(alphabet=string.ascii_letters + string.digits + string.punctuation, max_size=40))
def test_accepted_passwords_hold_the_recommendation(password: str) -> None:
    if rules.password_problem(password) is None:
        length, classes = len(password), len(rules.character_classes(password))
        assert (length >= 12 and classes == 4) or (length >= 14 and classes == 3) or rules.count_words(password) >= 7


def test_one_accent_typed_two_ways_is_one_password() -> None:
    assert rules.normal_password("e\u0301te\u0301") == rules.normal_password("été")


@pytest.mark.parametrize("email", ["finance.bagneux@demo.test", "a@b.fr", "prénom@ville.fr"])
def test_email(email: str) -> None:
    assert rules.email_problem(rules.normal_email(email)) is None


@pytest.mark.parametrize("email", ["bagneux", "a@b", "@b.fr", "a@@b.fr", "a b@c.fr", "a@b.", "<a@b.fr>"])
def test_not_an_email(email: str) -> None:
    assert rules.email_problem(rules.normal_email(email)) is not None


def test_email_is_kept_one_way() -> None:
    assert rules.normal_email("  E\u0301lise@Ville.FR ") == "élise@ville.fr"


def test_every_role_says_what_it_asks_for() -> None:
    assert set(rules.SCOPE_OF_ROLE) == set(ROLES)


@pytest.mark.parametrize(
    "role, given_places, wrong",
    [
        ("administrator", {}, {}),
        ("administrator", {"contract_id": 1}, {"contract_id": "invalid"}),
        ("coordinator", {"contract_id": 1}, {}),
        ("state", {}, {"contract_id": "required"}),
        ("copil", {"contract_id": 1, "city_id": 2}, {"city_id": "invalid"}),
        ("finance_officer", {"contract_id": 1, "city_id": 2}, {}),
        ("finance_officer", {"contract_id": 1}, {"city_id": "required"}),
        ("landlord", {"landlord_id": 3}, {"contract_id": "required"}),
        ("landlord", {"contract_id": 1, "city_id": 2}, {"city_id": "invalid", "landlord_id": "required"}),
    ],
)
def test_scope_of_a_role(role: str, given_places: dict[str, int | None], wrong: dict[str, str]) -> None:
    found = rules.scope_problems(role, given_places)
    assert {field: code for field, (code, _message) in found.items()} == wrong


@pytest.mark.parametrize(
    "by_email, by_address, waits",
    [(0, 0, False), (4, 19, False), (5, 5, True), (0, 20, True)],
)
def test_guessing_is_slowed(by_email: int, by_address: int, waits: bool) -> None:
    assert rules.must_wait(by_email, by_address) is waits
    assert timedelta(minutes=15) == rules.FAILURE_WINDOW


@pytest.mark.parametrize("address", ["/", "/projets?city_id=1", "/tfpb/dossiers/3#actions"])
def test_local_path(address: str) -> None:
    assert rules.is_local_path(address)


@pytest.mark.parametrize(
    "address",
    [None, "", "projets", "//ailleurs.fr", "/\\ailleurs.fr", "https://ailleurs.fr/", "/\t/ailleurs.fr", "javascript:x"],
)
def test_not_a_local_path(address: str | None) -> None:
    assert not rules.is_local_path(address)
