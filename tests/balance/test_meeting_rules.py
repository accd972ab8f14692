"""What a meeting keeps once something stands on it, on plain values."""

from datetime import date
from typing import Any

import pytest

from tracker.balance import rules

OLD = {"kind": "copil", "held_on": date(2026, 6, 18)}
FROZEN = "Une édition du bilan a été arrêtée pour cette réunion"
DECIDED = "Une décision de cette réunion est enregistrée"


@pytest.mark.parametrize(
    "frozen, decided, relied",
    [(False, False, None), (True, False, FROZEN), (False, True, DECIDED), (True, True, FROZEN)],
)
def test_what_stands_on_a_meeting(frozen: bool, decided: bool, relied: str | None) -> None:
    assert rules.relied_on(frozen=frozen, decided=decided) == relied


@pytest.mark.parametrize(
    "new, found",
    [
        ({"held_on": date(2027, 1, 1)}, "Date : 01/01/2027 trouvé ; 18/06/2026 est attendu."),
        ({"kind": "cotech"}, "Type : COTECH trouvé ; COPIL est attendu."),
        ({"kind": "thematic", "held_on": date(2027, 1, 1)}, "Type : Réunion thématique trouvé ; COPIL est attendu."),
        (OLD, None),  # what a form sends back unchanged
        ({"place": "Mairie", "agenda": "Bilan", "attendance": "Tous", "notes": "Rien"}, None),
    ],
)
def test_its_kind_and_day_stay_and_the_rest_does_not(new: dict[str, Any], found: str | None) -> None:
    assert rules.kept_refusal(OLD, new, None) is None
    refusal = rules.kept_refusal(OLD, new, FROZEN)
    expected = f"{found} {FROZEN} : ni son type ni sa date ne changent plus." if found else None
    assert (refusal and refusal.replace("\u00a0", " ")) == expected
    assert refusal is None or " :" not in refusal
