"""Every route × every role, from a table written by hand; every write and its history, by the same walk.

The table (``matrix.csv``) is design §5 spelt out, not read from the code. A cell is the status expected of that role:

* ``200-``   the list or page answers, without the item the row ``shows``;
* ``login``  an anonymous visitor is sent to the sign-in page.

``sends`` names a body of ``bodies.py``; ``against`` the item whose version the request carries (``none``: it must not
exist yet); ``told`` the lines of history a success must leave, as ``item type:verb``, and ``by:`` whom when a link
says who acts.
"""

from collections import Counter
from string import Formatter
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.house.conftest import House
from tests.house.walk import Row, is_shown, new_lines, read_table, send, untold, version_of
from tests.house.world import ROLES

ROWS = read_table()


def routes(house: House) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def route_of(house: House, row: Row) -> tuple[str, str]:
    adapter = house.app.url_map.bind("localhost")
    path, _, _ = row.path.format_map(house.world.ids).partition("?")
    rule, _ = adapter.match(path, method=row.method, return_rule=True)
    return (row.method, rule.rule)


def test_the_table_knows_every_route_and_no_other(house: House) -> None:
    assert {route_of(house, row) for row in ROWS} == routes(house)


def test_every_closed_route_has_an_allowed_and_a_refused_role(house: House) -> None:
    verdicts: dict[tuple[str, str], set[bool]] = {}
    for row in ROWS:
        allowed = {status.removesuffix("-") in ("200", "201", "303") for status in row.expected.values()}
        verdicts.setdefault(route_of(house, row), set()).update(allowed)
    public = {route_of(house, row) for row in ROWS if row.expected["anonymous"] not in ("401", "login")}
    assert [route for route, verdict in verdicts.items() if verdict != {True, False} and route not in public] == []


def _walked(row: Row) -> Any:
    # Pages ask the commands and queries the API asks: on PostgreSQL the API's rows are proof enough.
    return pytest.param(row, id=row.name, marks=[] if row.is_api else pytest.mark.sqlite)


@pytest.mark.parametrize("row", [_walked(row) for row in ROWS])
def test_each_role_gets_what_the_table_says(house: House, row: Row) -> None:
    wrong = []
    for role in ROLES:
        before = house.ledger.fingerprint()
        expected = row.expected[role]
        answer = send(house, row, role)
        problem = _problem(house, row, role, expected, answer)
        if problem:
            wrong.append(f"{role}: {problem}")
        if house.ledger.fingerprint() != before:
            if row.method == "GET" or not expected.startswith(("2", "303")):
                wrong.append(f"{role}: {answer.status_code}, and something was written")
            else:
                wrong += [f"{role}: {line}" for line in _history_problems(house, row, role)]
            house.ledger.restore()
        elif row.told and expected in ("200", "201", "303"):
            wrong.append(f"{role}: nothing was written")
    assert not wrong, "\n".join(wrong)


def _problem(house: House, row: Row, role: str, expected: str, answer: TestResponse) -> str | None:
    if expected == "login":
        sent = answer.status_code == 303 and answer.headers["Location"].startswith("/connexion")
        return None if sent else f"{answer.status}, expected the sign-in page"
    if answer.status_code != int(expected.removesuffix("-")):
        return f"{answer.status}, expected {expected}: {answer.get_data(as_text=True)[:300]}"
    if answer.status_code == 303 and answer.headers["Location"].startswith("/connexion") and role != "anonymous":
        return None if row.path == "/deconnexion" else "sent to the sign-in page"
    if row.shows and answer.status_code == 200 and is_shown(house, answer, row.shows) is expected.endswith("-"):
        return f"{row.shows} is {'shown' if expected.endswith('-') else 'not shown'}"
    return _refusal_problem(house, row, answer) if answer.status_code >= 400 else None


def _refusal_problem(house: House, row: Row, answer: TestResponse) -> str | None:
    """A refusal is in French, in the face's own form, and a 404 tells nothing a made-up address would not."""
    if row.is_api:
        if answer.mimetype != "application/problem+json" or not answer.json or not answer.json["detail"]:
            return f"not a problem: {answer.mimetype} {answer.data[:200]!r}"
        if answer.status_code == 403 and answer.json["code"] != "forbidden":
            return f"403 {answer.json['code']}"
        if answer.status_code == 404:
            unknown = {**answer.json, "detail": "Cet élément n’existe pas ou ne vous est pas ouvert."}
            return None if answer.json == unknown else f"a telling 404: {answer.json}"
        return None
    if answer.mimetype != "text/html" or "<h1" not in answer.text:
        return f"not a page: {answer.mimetype}"
    hidden = {row.shows, *(name for _, name, _, _ in Formatter().parse(row.path) if name)} & house.world.words.keys()
    if answer.status_code == 404 and any(house.world.words[name] in answer.text for name in hidden):
        return "a 404 page that names what it hides"
    return None


def _history_problems(house: House, row: Row, role: str) -> list[str]:
    before, after = house.ledger.kept, house.ledger.rows()
    lines = new_lines(before, after)
    problems = []
    found = Counter(f"{line['item_type']}:{line['verb']}" for line in lines)
    if found != row.told:
        problems.append(f"told {dict(found)}, expected {dict(row.told)}")
    teller = house.world[row.told_by] if row.told_by else house.world.users.get(role)
    # What a batch writes is the workbook's doing, by whichever door it was asked for.
    source = "workbook" if "_batch}/" in row.path else "api" if row.is_api else "page"
    tellers = {(line["actor_id"], line["source"]) for line in lines}
    problems += [f"told by {one[0]} from {one[1]}" for one in tellers - {(teller, source)}]
    if row.against not in ("", "none") and row.told:
        number, table = house.world[row.against], house.world.tables[row.against]
        if not any((line["item_type"], line["item_id"]) == (table, number) for line in lines):
            problems.append(f"no line names {row.against}")
        if version_of(house, row.against) <= before[table][(number,)]["version"]:
            problems.append("the version did not move")
    return problems + [f"untold: {line}" for line in untold(house, before, after)]
