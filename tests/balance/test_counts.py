"""The sheet costs the same number of queries whatever the number of rows."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests import builders as make
from tests.balance.generated import YEAR
from tests.counting import count_queries
from tracker.extensions import db
from tracker.funding.models import Financing, Grant
from tracker.policy import COORDINATOR
from tracker.tfpb.models import Action


def _multiply(file_id: int, scope: dict[str, int], funder_id: int, times: int) -> None:
    """``times`` actions, each with a grant, inserted at once."""
    financings = [Financing(kind="action", **scope) for _ in range(times)]
    db.session.add_all(financings)
    db.session.flush()
    for number, financing in enumerate(financings):
        db.session.add(
            Action(
                file_id=file_id,
                financing_id=financing.id,
                axis=1 + number % 8,
                title=f"Action {number}",
                planned_cost=make.Decimal(number),
                actual_cost=make.Decimal(number),
                landlord_share=make.Decimal(number) - 1,
                valued_amount=make.Decimal(number) / 2,
                priority="health" if number % 2 else None,
            )
        )
        db.session.add(
            Grant(
                financing_id=financing.id,
                funder_id=funder_id,
                nature="operating",
                status="awarded",
                awarded=make.Decimal(1),
            )
        )
    db.session.commit()


def test_queries_do_not_grow_with_the_rows(
    blank: Flask, api: Callable[..., FlaskClient], browse: Callable[..., FlaskClient]
) -> None:
    make.nomenclature()
    contract = make.contract()
    where = make.neighbourhood(contract)
    funder = make.funder()

    def grow(landlords: int, actions: int) -> None:
        for _ in range(landlords):
            owner = make.landlord()
            signed = make.convention(contract, owner)
            file = make.tfpb_file(signed, where, YEAR, status="submitted")
            make.participation(file)
            scope = {"contract_id": contract.id, "city_id": signed.city_id, "landlord_id": owner.id}
            _multiply(file.id, scope, funder.id, actions)

    client, reader = api(COORDINATOR, contract), browse(COORDINATOR, contract)
    base = f"/api/v1/contracts/{contract.code}/balance-sheets/{YEAR}"
    years = f"/api/v1/contracts/{contract.code}/balance-years"
    faces = [
        *((client, base + face) for face in ("", ".xlsx", ".pdf")),
        *((reader, f"/bilan/{contract.code}/{YEAR}{face}") for face in ("", "/imprimer")),
        (client, years),
        (reader, f"/bilan/{contract.code}/annees"),
    ]

    def cost() -> list[int]:
        counts = []
        for who, address in faces:
            with count_queries(blank) as sent:
                assert who.get(address).status_code == 200
            counts.append(len(sent))
        return counts

    grow(1, 4)
    few = cost()
    grow(9, 40)  # ten times the files, a hundred times the actions
    assert db.session.query(Action).count() == 364
    assert cost() == few
    assert max(few) <= 48
