"""The checks of an action and of a file: each with its worked example, each turned red by one corrupted value."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.tfpb import rules


def told(**facts: Any) -> dict[str, rules.Alert]:
    """The alerts of an action of these facts, by code."""
    return {alert.code: alert for alert in rules.action_alerts(rules.ActionFacts(**facts))}


def alerts(actual="30000.00", share="18000.00", other="12000.00", valued="16200.00", planned="30000.00"):
    names = ("actual_cost", "landlord_share", "other_funding", "valued_amount", "planned_cost")
    values = [None if text is None else Decimal(text) for text in (actual, share, other, valued, planned)]
    return told(**dict(zip(names, values, strict=True)), correction_reason="Avoir de 2024")


def test_amounts_that_agree_alert_to_nothing():
    # 18 000 + 12 000 = 30 000; 16 200 ≤ 18 000
    assert alerts() == {}


def test_a_cost_that_is_not_the_sum_of_its_payers():
    # 30 000 − 18 000 − 11 000 = 1 000
    found = alerts(other="11000.00")
    assert found.keys() == {"unbalanced"}
    assert (found["unbalanced"].amount, found["unbalanced"].severity) == (Decimal("1000.00"), "error")
    assert alerts(other="13000.00")["unbalanced"].amount == Decimal("-1000.00")
    assert "unbalanced" not in alerts(other=None)


def test_an_award_without_amount_leaves_the_cost_compared_to_nothing():
    facts = {"actual_cost": Decimal("30000.00"), "landlord_share": Decimal("18000.00")}
    found = told(**facts, valued_amount=Decimal(0), planned_cost=Decimal(0), other_funding=None, unknown_awards=1)
    assert found.keys() == {"award_unknown"}
    assert found["award_unknown"].severity == "warning"
    assert found["award_unknown"].message.startswith("1 financement accordé sans montant")
    assert told(unknown_awards=2)["award_unknown"].message.startswith("2 financements accordés sans montant")
    assert "award_unknown" not in alerts()


def test_valued_above_the_landlord_s_share_is_a_warning():
    # 19 000 − 18 000 = 1 000
    found = alerts(valued="19000.00")
    assert found.keys() == {"valued_above_share"}
    assert (found["valued_above_share"].amount, found["valued_above_share"].severity) == (Decimal("1000.00"), "warning")


def test_valued_above_what_was_spent_is_an_error():
    # 31 000 − 30 000 = 1 000, and 31 000 − 18 000 = 13 000
    found = alerts(valued="31000.00")
    assert (found["valued_above_actual"].amount, found["valued_above_actual"].severity) == (Decimal("1000.00"), "error")
    assert found["valued_above_share"].amount == Decimal("13000.00")


def test_a_negative_correction_takes_back_as_much_as_it_gave():
    assert alerts(actual="-500.00", share="-500.00", other="0.00", valued="-500.00") == {}
    # −300 stays valued above −500: 200 too much
    assert alerts(actual="-500.00", share="-500.00", other="0.00", valued="-300.00")[
        "valued_above_actual"
    ].amount == Decimal("200.00")


def test_missing_amounts_are_named():
    found = alerts(actual=None, valued=None)
    assert found.keys() == {"missing_amounts"}
    assert "dépense réalisée, dépense valorisée TFPB" in found["missing_amounts"].message


money = st.decimals(min_value=-(10**7), max_value=10**7, places=2)


@given(actual=money, share=money, other=money, valued=money)
def test_the_gap_told_closes_the_balance(actual, share, other, valued):
    facts = rules.ActionFacts(
        actual_cost=actual, landlord_share=share, other_funding=other, valued_amount=valued, planned_cost=Decimal(0)
    )
    found = {alert.code: alert.amount for alert in rules.amount_alerts(facts)}
    assert share + other + found.get("unbalanced", Decimal(0)) == actual
    assert ("valued_above_actual" in found) == (valued > actual)
    assert ("valued_above_share" in found) == (valued > share)


# -- one corrupted value, one alert ----------------------------------------------------------------------------------

# A finished action of axis 3 with everything said: 30 000 spent = 18 000 + 12 000, 16 200 valued ≤ 18 000.
SOUND = rules.ActionFacts(
    axis=3,
    status="done",
    planned_cost=Decimal("30000.00"),
    planned_valued=Decimal("16000.00"),
    actual_cost=Decimal("30000.00"),
    landlord_share=Decimal("18000.00"),
    other_funding=Decimal("12000.00"),
    valued_amount=Decimal("16200.00"),
    indicator="Passages par mois",
    indicator_target="20",
    indicator_actual="22",
    result="Propreté tenue.",
    observation="seen",
    evidence=2,
)


def broken(**values: Any) -> dict[str, rules.Alert]:
    return {alert.code: alert for alert in rules.action_alerts(replace(SOUND, **values))}


def test_a_sound_action_alerts_to_nothing():
    assert broken() == {}


@pytest.mark.parametrize(
    "corrupted, code, severity, said",
    [
        ({"other_funding": Decimal("11000.00")}, "unbalanced", "error", "30\u202f000,00\u00a0€"),
        ({"valued_amount": Decimal("18000.01")}, "valued_above_share", "warning", "18\u202f000,01\u00a0€"),
        ({"planned_cost": None}, "missing_amounts", "info", "dépense prévisionnelle"),
        (
            {"planned_valued": Decimal("-1.00")},
            "negative_unexplained",
            "error",
            "\u22121,00\u00a0€",
        ),
        ({"axis_closed": True}, "axis_closed", "error", "hors quartiers NPNRU"),
        ({"no_baseline": True}, "no_baseline", "warning", "Surcoût invérifiable"),
        ({"result": None, "indicator_actual": None}, "result_missing", "warning", "sans résultat"),
        ({"observation": "not_seen"}, "not_seen", "warning", "non constatée"),
        ({"evidence": 0}, "evidence_missing", "warning", "16\u202f200,00\u00a0€ valorisés sans"),
        ({"indicator_target": None}, "indicator_untargeted", "info", "Passages par mois"),
    ],
)
def test_one_corrupted_value_turns_one_check_red(corrupted, code, severity, said):
    found = broken(**corrupted)
    assert found.keys() == {code}
    assert found[code].severity == severity
    assert said in found[code].message


def test_what_was_not_finished_owes_no_result_and_what_was_not_valued_no_evidence():
    assert broken(status="ongoing", result=None, indicator_actual=None) == {}
    assert broken(status="partial", result=None, indicator_actual=None).keys() == {"result_missing"}
    assert broken(result=None) == {}  # the measured result is one
    assert broken(valued_amount=Decimal("0.00"), evidence=0) == {}
    assert broken(evidence=None) == {}  # nobody counted
    assert broken(status="abandoned", observation="not_seen") == {}


def test_a_correction_says_why():
    values = {"actual_cost": Decimal("-500.00"), "landlord_share": Decimal("-500.00"), "other_funding": Decimal(0)}
    values["valued_amount"] = Decimal("-500.00")
    assert broken(**values).keys() == {"negative_unexplained"}
    assert broken(**values, correction_reason="Trop perçu de 2025") == {}


def test_a_file_that_values_less_than_its_abatement():
    # 58 000 − 43 000 = 15 000
    (alert,) = rules.file_alerts(Decimal("58000.00"), Decimal("43000.00"))
    assert (alert.code, alert.severity, alert.amount) == ("under_justified", "warning", Decimal("15000.00"))
    assert "il manque 15\u202f000,00\u00a0€" in alert.message
    assert rules.file_alerts(Decimal("43000.00"), Decimal("43000.00")) == []
    assert rules.file_alerts(None, Decimal("43000.00")) == []
    assert rules.file_alerts(Decimal("58000.00"), None) == []
