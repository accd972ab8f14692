"""Every list, page and sheet costs the same number of queries with one row and with a hundred times as many."""

import pytest

from tests.counting import count_queries
from tests.house.conftest import House
from tests.house.growth import grow
from tests.house.walk import Row, read_table

# Who is asking is two of them: the session or the token, and the memberships.
MOST = 15
READS = [row for row in read_table() if row.method == "GET"]
# A workbook, a whole balance sheet, a file's page of a dozen sections, the agenda of every room read more tables, still
# as often.
MORE = {
    # The year, the years beside it, next year's programme, the investment plan, and every total made twice.
    "/bilan/": 48,
    "/tfpb/dossiers/": 30,
    "/api/v1/contracts/{code}/balance-sheets/": 48,
    # An invitation reads the sheet once, for its files and its open points.
    "/api/v1/meetings/{spare_meeting}/dossier.zip": 50,
    "/api/v1/meetings/{meeting}/dossier.zip": 20,
    "/agenda": 25,
    # The home page says what the sheet under way lacks, by its own checks, and what was decided.
    "/": 32,
}


def addresses(role: str) -> list[Row]:
    """The rows of the table this role may read, each address once."""
    return list({row.path: row for row in READS if row.expected[role] == "200"}.values())


def counts(house: House, role: str) -> dict[str, int]:
    found = {}
    for row in addresses(role):
        path = row.path.format_map(house.world.ids)
        client = house.client(role, path)
        client.get(path).close()  # what is read once and remembered is not counted
        with count_queries(house.app) as sent:
            answer = client.get(path)
        assert answer.status_code == 200, path
        answer.close()
        found[row.path] = len(sent)
    return found


@pytest.mark.sqlite
@pytest.mark.parametrize("role", ["administrator", "coordinator", pytest.param("landlord", marks=pytest.mark.proof)])
def test_a_hundred_times_the_rows_cost_the_same_queries(house: House, role: str) -> None:
    few = counts(house, role)
    grow(house.app, house.world)
    many = counts(house, role)
    assert {path: (few[path], count) for path, count in many.items() if count != few[path]} == {}
    costly = {path: count for path, count in few.items() if count > _most(path)}
    assert costly == {}


def _most(path: str) -> int:
    return next(
        (most for start, most in MORE.items() if path == start or (start != "/" and path.startswith(start))), MOST
    )
