"""The interface clients rely on, design §7, spelt out by hand: fields, created answers, archives, lists, histories."""

import json
from typing import Any

import pytest

from tests.house.bodies import API as BODIES
from tests.house.conftest import House
from tests.house.walk import read_table, send, version_of

API = "/api/v1"

ROW = "id* version* archived_at* archived_reason*"
# Schema → its fields; « ! » required at creation, « * » read-only.
FIELDS = {
    "Contract": f"{ROW} code! name! first_year! last_year! signed_on intercommunal_name intercommunal_siren city_ids",
    "Neighbourhood": f"{ROW} contract_id! code name! urban_renewal city_ids",
    "City": f"{ROW} insee! siren name!",
    "Landlord": f"{ROW} siren name!",
    "Residence": f"{ROW} landlord_id! city_id! neighbourhood_id! name! address dwellings",
    "Objective": f"{ROW} contract_id! code! label!",
    "Axis": "id* version* number* label! note sub_actions nomenclature* former_labels needs_baseline outside_renewal",
    "Funder": f"{ROW} code! name! kind! public_body public_body_on public_body_source",
    "Scheme": (
        f"{ROW} code! name! funder_id! is_loan nature exclusive deadline_on start_within_months"
        " start_extension_months finish_within_months finish_extension_months advance_rate instalments_cap_rate"
        " rules_as_of rules_source"
    ),
    "Project": (
        f"{ROW} contract_id! city_id! title! kind site owner_name owner_kind status owner_share_regime cost_excl_tax"
        " cost_incl_tax self_funding starts_on ends_on requested* awarded* loans* left_to_fund* unfunded*"
        " owner_share_rate* alerts*"
    ),
    "CostItem": f"{ROW} project_id* label! amount_excl_tax! vat_rate",
    "BudgetYear": "year* version* planned voted committed paid",
    "Grant": (
        f"{ROW} funder_id scheme_id nature status eligible_base rate requested awarded reference deadline_on filed_on"
        " complete_on start_allowed_on awarded_on started_on completed_on lapses_on paid*"
    ),
    "Payment": f"{ROW} grant_id* kind! amount! paid_on!",
    "Convention": (
        f"{ROW} contract_id! landlord_id! city_id! first_year! last_year! signed_on status landlord_signed_on"
        " city_signed_on intermunicipal_signed_on prefect_signed_on declared_on report_due acquired_year* alerts*"
    ),
    "Amendment": f"{ROW} convention_id* subject! signed_on last_year",
    "TfpbFile": (
        f"{ROW} convention_id! neighbourhood_id! year! dwellings abated_dwellings abatement_estimated"
        " abatement_actual estimate_source actual_source notice_on review status* programme_status* alerts*"
    ),
    "Action": (
        f"{ROW} file_id* axis! sub_action title! residence_ids location calendar status planned_cost planned_valued"
        " actual_cost landlord_share valued_amount priority objective_id indicator indicator_target indicator_actual"
        " result observation observed_by observed_on correction_reason other_funding* cost_gap* valuation_rate*"
        " alerts*"
    ),
    "Document": (
        f"{ROW} parent_type* parent_id* title! kind! file_name* media_type* size* sha256* added_at* added_by*"
    ),
    "Baseline": f"{ROW} file_id* axis! item! unit! outside inside gap*",
    "CarryOver": f"{ROW} file_id* amount! decided_on! reason!",
    "Participation": f"{ROW} file_id* stage! held_on! place audience participants summary outcome",
    "Comment": "id* version* file_id* action_id field thread_id text! at* author* open* resolved_at* resolved_by*",
    "Meeting": f"{ROW} contract_id! kind! held_on! place agenda attendance notes",
    "Decision": (
        f"{ROW} meeting_id* contract_id* kind! subject! edition_id file_id landlord_id city_id amount due_on done_on"
        " carry_over_id*"
    ),
    "FileMove": "to! track on reason",
    "Freeze": "meeting_id! reason",
    "HistoryLine": "at* actor source verb changes",
}
FIGURES = (
    *("files", "actions", "dwellings", "abated_dwellings", "abatement", "planned_cost", "actual_cost"),
    *("landlord_share", "other_funding", "valued_amount", "completion_rate", "valuation_rate", "justified_rate"),
    *("leverage", "valued_per_dwelling", "gap", "actual_cost_per_dwelling", "coverage_rate"),
)
PARTS = (
    *("contract", "year", "edition", "scope", "totals", "by_landlord", "by_city", "by_neighbourhood", "by_axis"),
    *("by_priority", "by_source", "actions", "participation", "completeness", "checks"),
    *("previous", "by_year", "cumulated", "programme", "investment", "evaluation", "references"),
)


def test_every_resource_has_these_fields_and_no_other(house: House) -> None:
    document = house.app.test_client().get(f"{API}/openapi.json").json
    assert document is not None
    found = {}
    for name in FIELDS:
        schema = document["components"]["schemas"][name]
        required = set(schema.get("required", ()))
        found[name] = {
            field + ("*" if about.get("readOnly") else "!" if field in required else "")
            for field, about in schema["properties"].items()
        }
    assert found == {name: set(fields.split()) for name, fields in FIELDS.items()}


def test_the_balance_sheet_has_these_parts(house: House) -> None:
    sheet = house.client("copil", API).get(f"{API}/contracts/ici/balance-sheets/2026").json
    assert set(sheet) == set(PARTS)
    assert sheet["edition"] is None
    assert sheet["scope"] == "all"
    assert set(sheet["totals"]) == set(FIGURES)
    for group, named in (("by_landlord", "landlord"), ("by_city", "city"), ("by_neighbourhood", "neighbourhood")):
        assert {frozenset(line) for line in sheet[group]} == {frozenset([*FIGURES, named])}, group
    assert {frozenset(line) for line in sheet["by_axis"]} == {frozenset([*FIGURES, "axis", "share"])}
    assert {frozenset(line) for line in sheet["by_source"]} == {frozenset(["source", "name", "funder", "amount"])}
    assert {frozenset(line) for line in sheet["checks"]} == {frozenset(["code", "severity", "ok", "message", "link"])}
    due = {frozenset(line) for line in sheet["completeness"]}
    assert due == {frozenset(["landlord", "city", "neighbourhood", "file_id", "status", "missing"])}
    assert house.client("landlord", API).get(f"{API}/contracts/ici/balance-sheets/2026").json["scope"] == "own"


def test_a_year_outside_the_contract_is_404_and_one_without_file_is_empty(house: House) -> None:
    client = house.client("coordinator", API)
    assert client.get(f"{API}/contracts/ici/balance-sheets/2023").status_code == 404
    assert client.get(f"{API}/contracts/ici/balance-sheets/2031").status_code == 404
    empty = client.get(f"{API}/contracts/ici/balance-sheets/2024").json["totals"]
    assert empty["files"] == empty["actions"] == empty["dwellings"] == 0
    assert empty["valued_amount"] == empty["abatement"] == empty["gap"] == "0.00"
    assert [empty[name] for name in ("completion_rate", "valuation_rate", "justified_rate", "leverage")] == [None] * 4


def test_the_investment_plan_has_these_sums(house: House) -> None:
    plan = house.client("copil", API).get(f"{API}/contracts/ici/investment-plan").json
    sums = {"projects", "cost_excl_tax", "requested", "awarded", "self_funding", "loans", "unfunded", "paid"}
    assert set(plan) == {"totals", "by_city", "by_source", "by_year"}
    assert set(plan["totals"]) == sums
    assert all(sums < set(line) for line in plan["by_city"] + plan["by_source"])
    assert all({"year", "planned", "voted", "committed", "paid"} == set(line) for line in plan["by_year"])


# -- what is created, archived, listed, told ------------------------------------------------------------------------

ROWS = [row for row in read_table() if row.is_api]
CREATIONS = [row for row in ROWS if "201" in row.expected.values() and row.method == "POST"]
ARCHIVES = {row.path: row for row in ROWS if row.path.endswith("/archive") and "200" in row.expected.values()}


def _first(row: Any, status: str) -> str:
    return next(role for role, expected in row.expected.items() if expected == status)


@pytest.mark.parametrize("row", CREATIONS, ids=lambda row: row.name)
def test_what_is_created_says_where_it_stands(house: House, row: Any) -> None:
    answer = send(house, row, _first(row, "201"))
    if row.sends == "copy_submitted":  # several at once have no one address
        assert [line["title"] for line in answer.json] == ["Action du dossier submitted"]
        return
    assert answer.status_code == 201
    found = house.client(_first(row, "201"), API).get(answer.headers["Location"])
    assert found.status_code == 200
    if row.sends != "freeze":  # an edition's own address gives its content
        assert found.json == answer.json
        assert found.headers["ETag"] == answer.headers["ETag"] == f'"{answer.json["version"]}"'


@pytest.mark.parametrize("row", ARCHIVES.values(), ids=lambda row: row.name)
def test_what_is_archived_leaves_its_list_and_still_answers(house: House, row: Any) -> None:
    role = _first(row, "200")
    client = house.client(role, API)
    item = row.path.removesuffix("/archive").format_map(house.world.ids)
    number = house.world[row.against]
    lists = {
        "cost_item": f"{API}/projects/{house.world['project']}/cost-items",
        "grant": f"{API}/projects/{house.world['project']}/grants",
        "payment": f"{API}/grants/{house.world['grant']}/payments",
        "amendment": f"{API}/conventions/{house.world['convention']}/amendments",
    }
    for name in ("draft", "submitted", "returned"):
        lists |= {
            f"{name}_action": f"{API}/tfpb-files/{house.world[name]}/actions",
            f"{name}_participation": f"{API}/tfpb-files/{house.world[name]}/participation",
            f"{name}_document": f"{API}/tfpb-actions/{house.world[f'{name}_action']}/documents",
            f"{name}_baseline": f"{API}/tfpb-files/{house.world[name]}/baseline",
            f"{name}_carry_over": f"{API}/tfpb-files/{house.world[name]}/carry-overs",
            f"{name}_grant": f"{API}/tfpb-actions/{house.world[f'{name}_action']}/grants",
            f"{name}_payment": f"{API}/grants/{house.world[f'{name}_grant']}/payments",
        }
    where = lists.get(row.against, item.rsplit("/", 1)[0])

    def listed(archived: bool) -> list[int]:
        found = client.get(where, query_string={"archived": "true"} if archived else {})
        return [line["id"] for line in found.json]

    assert (number in listed(False), number in listed(True)) == (True, False)
    assert send(house, row, role).status_code == 200
    assert (number in listed(False), number in listed(True)) == (False, True)
    found = client.get(item).json
    assert found["archived_at"].endswith("Z")
    assert found["archived_reason"] == "Saisi par erreur"
    # Archived once: not again, and nothing in it changes any more.
    headers = {"If-Match": client.get(item).headers["ETag"]}
    again = client.post(f"{item}/archive", json={"reason": "Encore"}, headers=headers)
    assert (again.status_code, again.json["code"]) == (409, "locked")
    told = client.get(f"{item}/history").json[0]
    assert set(told) == {"at", "actor", "source", "verb", "changes"}
    assert (told["source"], told["verb"]) == ("api", "archive")
    assert told["changes"]["archived_reason"] == [None, "Saisi par erreur"]


CHANGES = {
    "/contracts/{contract}": "rename",
    "/cities/{city}": "rename",
    "/funders/{funder}": "rename",
    "/schemes/{scheme}": "rename",
    "/residences/{residence}": "rename",
    "/objectives/{objective}": "reobjective",
    "/projects/{project}": "retitle",
    "/cost-items/{cost_item}": "dearer",
    "/grants/{grant}": "rereference",
    "/payments/{payment}": "repay",
    "/meetings/{meeting}": "replace_place",
    "/decisions/{decision}": "redecide",
    "/conventions/{convention}": "end_convention",
    "/amendments/{amendment}": "resubject",
    "/tfpb-files/{draft}": "more_dwellings",
    "/tfpb-actions/{draft_action}": "retitle",
    "/participation/{draft_participation}": "outcome",
    "/documents/{draft_document}": "retitle",
    "/baseline/{draft_baseline}": "reitem",
}


@pytest.mark.parametrize("path", CHANGES)
def test_what_is_archived_does_not_change_any_more(house: House, path: str) -> None:
    item = path[1:].split("{")[1].rstrip("}")
    address = API + path.format_map(house.world.ids)
    kept_by_administrator = item in ("contract", "city", "funder", "scheme")
    role = "administrator" if kept_by_administrator else "landlord" if "draft" in item else "coordinator"
    client = house.client(role, API)
    tag = f'"{version_of(house, item)}"'
    archived = client.post(f"{address}/archive", json={"reason": "Doublon"}, headers={"If-Match": tag})
    if archived.status_code == 409:  # money or files are attached to it
        assert archived.json["code"] == "locked"
        assert item in ("convention", "meeting")
        return
    assert archived.status_code == 200, archived.json
    body = BODIES[CHANGES[path]](house.world)
    refused = client.patch(address, json=body, headers={"If-Match": archived.headers["ETag"]})
    assert (refused.status_code, refused.json["code"]) == (409, "locked"), refused.json


def test_a_list_is_paged_and_sorted(house: House) -> None:
    client = house.client("coordinator", API)
    whole = client.get(f"{API}/projects?sort=title").json
    assert [one["title"] for one in whole] == sorted(one["title"] for one in whole)
    assert client.get(f"{API}/projects?sort=-title").json == whole[::-1]
    second = client.get(f"{API}/projects?sort=title&page_size=1&page=2")
    assert second.json == whole[1:2]
    told = json.loads(second.headers["X-Pagination"])
    assert (told["total"], told["total_pages"], told["page"], told["previous_page"]) == (2, 2, 2, 1)
    assert client.get(f"{API}/projects?page=9").json == []


def test_the_very_version_read_is_the_one_written(house: House) -> None:
    client = house.client("coordinator", API)
    path = f"{API}/projects/{house.world['plain_project']}"
    read = client.get(path)
    assert read.headers["ETag"] == f'"{read.json["version"]}"'
    written = client.patch(path, json={"title": "Square"}, headers={"If-Match": read.headers["ETag"]})
    assert written.headers["ETag"] == f'"{read.json["version"] + 1}"'
    stale = client.patch(path, json={"title": "Jardin"}, headers={"If-Match": read.headers["ETag"]})
    assert stale.status_code == 412
    assert stale.headers["ETag"] == written.headers["ETag"]
    # Nothing changed, nothing is told.
    same = client.patch(path, json={"title": "Square"}, headers={"If-Match": written.headers["ETag"]})
    assert same.status_code == 200
    lines = client.get(f"{path}/history").json
    assert [(line["verb"], line["changes"]) for line in lines] == [
        ("update", {"title": ["Square des Charmes", "Square"]})
    ]
