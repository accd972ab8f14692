"""The balance sheet of a contract-year: its figures, what counts, what is due."""

from decimal import Decimal

import pytest
from flask import Flask

from tests import builders as make
from tracker.balance.queries.sheet import balance_sheet
from tracker.policy import COORDINATOR, Actor


@pytest.fixture
def blank(app: Flask):
    with app.app_context():
        yield app


def coordinator(contract) -> Actor:
    return make.actor(COORDINATOR, contract)


def test_worked_example(blank: Flask) -> None:
    """350 abated dwellings, 58 000 € of abatement, 60 000 € spent, 43 000 € valued."""
    make.nomenclature()
    contract = make.contract()
    where = make.neighbourhood(contract)
    file = make.tfpb_file(
        make.convention(contract, make.landlord()),
        where,
        2026,
        status="submitted",
        dwellings=400,
        abated_dwellings=350,
        abatement_actual=Decimal("58000.00"),
    )
    for planned, actual, valued in (("40000.00", "35000.00", "25000.00"), ("30000.00", "25000.00", "18000.00")):
        make.action(
            file,
            planned_cost=Decimal(planned),
            actual_cost=Decimal(actual),
            landlord_share=Decimal(actual),
            valued_amount=Decimal(valued),
        )
    sheet = balance_sheet(coordinator(contract), contract.code, 2026)
    totals = sheet.totals
    assert (totals.files, totals.actions, totals.dwellings, totals.abated_dwellings) == (1, 2, 400, 350)
    assert totals.abatement == Decimal("58000.00")
    assert totals.valuation_rate == Decimal("0.7167")  # 43 000 / 60 000
    assert totals.justified_rate == Decimal("0.7414")  # 43 000 / 58 000
    assert totals.leverage == Decimal("1.3953")  # 60 000 / 43 000
    assert totals.valued_per_dwelling == Decimal("122.86")  # 43 000 / 350 = 122.857
    assert totals.gap == Decimal("-15000.00")
    assert totals.completion_rate == Decimal("0.8571")  # 60 000 / 70 000
    from pprint import pprint
    from tracker.balance.queries.content import to_json, read_sheet, canonical
    pprint(to_json(sheet))
    assert read_sheet(canonical(sheet)) == sheet
