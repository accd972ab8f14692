"""What a workbook would make of a financing plan: the sums on plain values are those of the database."""

from decimal import Decimal

from flask import Flask

from tests import builders as build
from tracker.funding.models import Funder, Scheme
from tracker.investment.queries import place_content, place_numbered, project_line
from tracker.investment.queries.places import Place
from tracker.investment.rules import Sums
from tracker.investment.workbook.plan import Payers, alerts_after, payers_among, sums_after
from tracker.investment.workbook.records import known_records
from tracker.investment.workbook.sheets import GRANTS

EUROS = Decimal


def test_the_sums_are_those_of_the_database(app: Flask) -> None:
    with app.app_context():
        contract = build.contract()
        project = build.project(contract, cost_excl_tax=EUROS("1000.00"))
        public, private = build.funder(), build.funder(public_body=False)
        given, lent = build.scheme(private), build.scheme(build.funder(kind="bank"), is_loan=True)
        for source, fields in (
            (public, {"requested": EUROS("100.00"), "awarded": EUROS("80.00")}),
            (public, {"requested": EUROS("100.00"), "status": "refused"}),
            (private, {"requested": None, "awarded": EUROS("30.00")}),
            (given, {"awarded": EUROS("7.00"), "nature": "operating"}),
            (given, {"status": "agreed", "awarded": None}),
            (lent, {"requested": EUROS("5.00"), "awarded": EUROS("50.00")}),
            (lent, {"requested": EUROS("5.00"), "status": "filed"}),
            (public, {"requested": EUROS("11.00")}),
        ):
            build.grant(project, source, **fields)
        payers = payers_among(build.db.session.query(Scheme).all(), build.db.session.query(Funder).all())
        place = place_numbered(Place(contract, contract.cities[0]).number)
        values = [known.values for known in known_records(place_content(place))[GRANTS]]
        found, stands = sums_after(values, payers), project_line(project.id).sums
        for name in Sums.__dataclass_fields__:
            if name != "paid":  # payments have no column to fill in
                assert getattr(found, name) == getattr(stands, name), name


def test_a_new_row_says_less() -> None:
    payers = Payers(frozenset({"scheme:1"}), frozenset())
    sums = sums_after([{"source": "funder:1", "awarded": EUROS("10.00")}, {"source": "scheme:1"}], payers)
    assert (sums.awarded, sums.loans, sums.requested, sums.requested_unknown) == (EUROS("10.00"), EUROS(0), None, 1)


def test_more_money_than_cost_and_less_than_the_floor() -> None:
    # cost 100 000, awarded 90 000: 10 000 left, own 20 000 → 10 000 too much
    # floor 0.20 × 100 000 = 20 000: the owner's 10 000 are 10 000 short
    values = {"cost_excl_tax": EUROS("100000.00"), "self_funding": EUROS("20000.00"), "owner_kind": "city"}
    broken = alerts_after(values, Sums(awarded=EUROS("90000.00")), EUROS("0.2"))
    assert {(alert.code, alert.amount) for alert in broken} == {
        ("owner_share_below_floor", EUROS("10000.00")),
        ("over_funded", EUROS("10000.00")),
    }
    assert alerts_after(values, Sums(awarded=EUROS("50000.00")), EUROS("0.2")) == []  # not balanced yet: no fault
