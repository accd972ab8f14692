"""Sums of a financing: 0, 1, 2 and 3 grants, two of them equal, unknown amounts, against figures added by hand."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import builders as build
from tracker.columns import add_up
from tracker.funding.rules import AWARDED, GRANT_STATUSES, LIVE
from tracker.investment.queries import SORTABLE, project_line, projects
from tracker.investment.queries.amounts import LEFT_TO_FUND, OWNER_SHARE, UNFUNDED
from tracker.policy import SYSTEM

D = Decimal
amounts = st.one_of(st.none(), st.sampled_from([D("0.00"), D("100.00"), D("100.00"), D("0.01"), D("99999.99")]))
grants = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(list(GRANT_STATUSES)),
            "nature": st.sampled_from(["investment", "operating"]),
            "requested": amounts,
            "awarded": amounts,
            "loan": st.booleans(),
            "public": st.booleans(),
            "archived": st.booleans(),
            "payments": st.lists(st.sampled_from(["10.00", "-3.00"]), max_size=2),
        }
    ),
    max_size=3,
)
project_values = st.fixed_dictionaries(
    {
        "cost_excl_tax": st.sampled_from([None, D("0.00"), D("100.00"), D("250000.00")]),
        "self_funding": st.sampled_from([None, D("0.00"), D("1000.00")]),
        "owner_kind": st.sampled_from([None, "city", "intercommunal", "private"]),
    }
)


def by_hand(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The definitions of the domain, on plain values."""
    live = [one for one in lines if one["status"] in LIVE and not one["archived"]]
    awarded = [one for one in live if one["status"] in AWARDED]
    subsidies = [one for one in live if one["nature"] == "investment" and not one["loan"]]
    entered = [one for one in awarded if one["nature"] == "investment" and not one["loan"]]
    loans = [one for one in awarded if one["loan"]]
    return {
        "requested": add_up(one["requested"] for one in subsidies),
        "awarded": add_up(one["awarded"] for one in entered),
        "loans": add_up(one["awarded"] for one in loans),
        "private": add_up(one["awarded"] for one in entered if not one["public"]),
        "paid": sum((D(amount) for one in entered for amount in one["payments"]), D(0)),
        "whole": all(one["awarded"] is not None for one in entered),
        "loans_whole": all(one["awarded"] is not None for one in loans),
    }


@pytest.fixture
def sources(app: Flask) -> dict[tuple[bool, bool], int]:
    """(loan, public) → a scheme."""
    with app.app_context():
        return {
            (loan, public): build.scheme(build.funder(public_body=public), is_loan=loan).id
            for loan in (True, False)
            for public in (True, False)
        }


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=grants, values=project_values)
def test_a_projects_amounts_equal_the_figures_added_by_hand(
    app: Flask, sources: dict[tuple[bool, bool], int], lines: list[dict[str, Any]], values: dict[str, Any]
) -> None:
    from tracker import clock
    from tracker.extensions import db
    from tracker.funding.models import Scheme

    with app.app_context():
        project = build.project(build.contract(), **values)
        for one in lines:
            scheme = db.session.get(Scheme, sources[one["loan"], one["public"]])
            made = build.grant(
                project,
                scheme,
                status=one["status"],
                nature=one["nature"],
                requested=one["requested"],
                awarded=one["awarded"],
                archived_at=clock.now() if one["archived"] else None,
            )
            for amount in one["payments"]:
                build.payment(made, amount)
        expected = by_hand(lines)
        found = project_line(project.id)
        assert (found.requested, found.awarded, found.loans) == tuple(
            expected[name] for name in ("requested", "awarded", "loans")
        )
        assert found.sums.awarded_private == expected["private"]
        assert found.paid == expected["paid"]
        cost = values["cost_excl_tax"]
        left = cost - expected["awarded"] if cost is not None and expected["whole"] else None
        assert found.left_to_fund == left
        known = left is not None and values["self_funding"] is not None and expected["loans_whole"]
        assert found.unfunded == (left - values["self_funding"] - expected["loans"] if known else None)
        # The SQL that sorts says the same as the rules that show.
        listed = projects(SYSTEM, {"contract_id": project.contract_id, "page_size": None})
        assert listed.totals.awarded == expected["awarded"]
        assert listed.totals.unfunded == found.unfunded
        row = db.session.execute(_sorting(project.id)).one()
        assert (row.left_to_fund, row.unfunded) == (found.left_to_fund, found.unfunded)
        share = None if row.share is None else D(str(row.share)).quantize(D("0.001"))
        rate = None if found.owner_share_rate is None else found.owner_share_rate.quantize(D("0.001"))
        assert (share is None) == (rate is None)
        assert share is None or rate is None or abs(share - rate) <= D("0.001")


def _sorting(project_id: int) -> Any:
    from sqlalchemy import select, type_coerce

    from tracker.investment.models import Project
    from tracker.investment.queries.amounts import sums
    from tracker.money import Cents

    return (
        select(
            type_coerce(LEFT_TO_FUND, Cents()).label("left_to_fund"),
            type_coerce(UNFUNDED, Cents()).label("unfunded"),
            OWNER_SHARE.label("share"),
        )
        .select_from(Project)
        .outerjoin(sums, sums.c.financing_id == Project.financing_id)
        .where(Project.id == project_id)
    )


def test_a_total_adds_each_project_once(app: Flask) -> None:
    """A 100 € project with two equal lines is a 100 € project."""
    with app.app_context():
        contract = build.contract()
        project = build.project(contract, cost_excl_tax=D(100), self_funding=D(0))
        for _ in range(2):
            build.grant(project, awarded=D(40), requested=D(40))
        found = projects(SYSTEM, {"contract_id": contract.id, "page_size": None})
        assert found.totals.cost_excl_tax == D(100)
        assert found.totals.awarded == D(80)
        assert found.totals.unfunded == D(20)


@pytest.mark.parametrize("key", sorted(SORTABLE))
@pytest.mark.parametrize("sign", ["", "-"])
def test_unknown_values_come_last_in_either_order(app: Flask, key: str, sign: str) -> None:
    with app.app_context():
        contract = build.contract()
        known = build.project(
            contract,
            position=1,
            kind="creation",
            cost_excl_tax=D(100),
            self_funding=D(1),
            starts_on=build.date(2026, 1, 1),
            ends_on=build.date(2026, 1, 1),
        )
        build.project(contract, owner_kind=None)
        found = projects(SYSTEM, {"contract_id": contract.id, "sort": sign + key, "page_size": None})
        assert len(found.items) == 2
        if key not in ("title", "city", "status", "requested", "awarded", "loans"):
            assert found.items[0].id == known.id
