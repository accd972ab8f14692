"""Every write of something that exists names the version it read, whichever door it came through."""

from typing import Any

import pytest

from tests.house.bodies import API, FORMS
from tests.house.conftest import House
from tests.house.reading import read_html
from tests.house.walk import Row, read_table, version_of

ALLOWED = ("200", "201", "303")
ROWS = [
    row
    for row in read_table()
    if row.against not in ("", "none") and any(expected in ALLOWED for expected in row.expected.values())
]


def allowed(row: Row) -> str:
    return next(role for role, expected in row.expected.items() if expected in ALLOWED)


def attempt(house: House, row: Row, version: str | None) -> Any:
    path = row.path.format_map(house.world.ids)
    client = house.client(allowed(row), path)
    if row.is_api:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        body = API[row.sends](house.world) if row.sends else {}
        return client.open(path, method=row.method, json=body, headers=headers)
    body = FORMS[row.sends](house.world) if row.sends else {}
    return client.post(path, data=body if version is None else {**body, "version": version})


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_api], ids=lambda row: row.name)
def test_a_write_of_the_api_without_its_version_or_with_an_old_one_is_refused(house: House, row: Row) -> None:
    before = house.ledger.fingerprint()
    assert attempt(house, row, None).status_code == 428
    stale = attempt(house, row, "999")
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert stale.headers["ETag"] == f'"{version_of(house, row.against)}"'
    assert house.ledger.fingerprint() == before


@pytest.mark.sqlite
@pytest.mark.parametrize("row", [row for row in ROWS if not row.is_api], ids=lambda row: row.name)
def test_a_form_without_its_version_or_with_an_old_one_is_refused(house: House, row: Row) -> None:
    before = house.ledger.fingerprint()
    missing = attempt(house, row, None)
    if "/budgets/" in row.path:  # the form of a new year has none: here the year exists
        assert missing.status_code == 409
    else:
        assert missing.status_code == 422
        assert "rechargez la page" in missing.text
    stale = attempt(house, row, "999")
    assert stale.status_code == 409, stale.status
    page = read_html(stale)
    if "/jetons/" in row.path or "/echanges/" in row.path:  # a button alone: nothing was typed
        assert "a changé depuis que vous l’avez lu" in page.text
        return
    assert len(page.h1) == 1
    assert "entre-temps" in page.text
    # The form comes back ready to be sent again, against what stands now.
    versions = {one.get("value") for one in page.controls if one.get("name") == "version"}
    assert str(version_of(house, row.against)) in versions
    assert "999" not in versions
    assert house.ledger.fingerprint() == before
