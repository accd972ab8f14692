"""The contract's reality: territory, funders and schemes, nomenclature, the projects without invented figures, and
what the balance sheet's figures are compared with."""

from datetime import date
from decimal import Decimal
from typing import Any

from tracker.balance import commands as balance
from tracker.balance.models import ReferenceValue
from tracker.balance.schemas import ReferenceValueSchema
from tracker.cli.seed.loading import Seeding, read_csv, read_json, without
from tracker.funding import commands as funding
from tracker.funding.models import Funder, Scheme
from tracker.funding.schemas import FunderSchema, SchemeSchema
from tracker.investment import commands as investment
from tracker.investment.models import OwnerShareFloor, Project
from tracker.investment.schemas import ProjectSchema
from tracker.territory import commands as territory
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective
from tracker.territory.schemas import (
    CitySchema,
    ContractSchema,
    LandlordSchema,
    NeighbourhoodSchema,
    ObjectiveSchema,
)
from tracker.tfpb.commands import nomenclature
from tracker.tfpb.models import Axis, Priority


def load(seeding: Seeding) -> None:
    """Load every file of ``seeds/`` but ``demo/``; call it in a Writing."""
    _load_cities(seeding)
    load_landlords(seeding, "landlords.csv")
    _load_contracts(seeding)
    _load_objectives(seeding)
    _load_funders(seeding)
    _load_nomenclature(seeding)
    _load_floors(seeding)
    _load_projects(seeding)
    _load_reference_values(seeding)


def _load_cities(seeding: Seeding) -> None:
    for line in read_csv("cities.csv"):
        mark, key = seeding.begin(f"city {line['insee']}"), {"insee": line["insee"]}
        seeding.once(mark, City, key, territory.create_city, CitySchema().read(line))


def load_landlords(seeding: Seeding, name: str) -> None:
    """The landlords of a file: known by their SIREN, else by their name."""
    for line in read_csv(name):
        column = "siren" if "siren" in line else "name"
        mark, key = seeding.begin(f"landlord {line[column]}"), {column: line[column]}
        seeding.once(mark, Landlord, key, territory.create_landlord, LandlordSchema().read(line))


def _load_contracts(seeding: Seeding) -> None:
    for contract in read_json("contracts.json"):
        code = contract["code"]
        mark = seeding.begin(f"contract {code}")
        # The title on the screens is no field of a contract; an unverified official code is worse than none.
        own = without(contract, "product_title", "cities", "neighbourhoods")
        values = ContractSchema().read(own | {"city_ids": _cities(seeding, contract)})
        number = seeding.once(mark, Contract, {"code": code}, territory.create_contract, values)
        for neighbourhood in contract["neighbourhoods"]:
            mark = seeding.begin(f"neighbourhood {code} {neighbourhood['name']}")
            own = without(neighbourhood, "unverified_code", "cities")
            values = NeighbourhoodSchema().read(
                own | {"contract_id": number, "city_ids": _cities(seeding, neighbourhood)}
            )
            key = {"contract_id": number, "name": neighbourhood["name"]}
            seeding.once(mark, Neighbourhood, key, territory.create_neighbourhood, values)


def _cities(seeding: Seeding, place: dict[str, Any]) -> list[int]:
    return [seeding.number(f"city {insee}") for insee in place["cities"]]


def _load_objectives(seeding: Seeding) -> None:
    for line in read_csv("objectives.csv"):
        mark = seeding.begin(f"objective {line['contract']} {line['code']}")
        key = {"contract_id": seeding.number(f"contract {line['contract']}"), "code": line["code"]}
        values = ObjectiveSchema().read(key | {"label": line["label"]})
        seeding.once(mark, Objective, key, territory.create_objective, values)


def _load_funders(seeding: Seeding) -> None:
    for line in read_csv("funders.csv"):
        mark, key = seeding.begin(f"funder {line['code']}"), {"code": line["code"]}
        seeding.once(mark, Funder, key, funding.create_funder, FunderSchema().read(line))
    for line in read_csv("schemes.csv"):
        mark, key = seeding.begin(f"scheme {line['code']}"), {"code": line["code"]}
        funder_id = seeding.number(f"funder {line['funder']}")
        values = SchemeSchema().read(without(line, "funder") | {"funder_id": funder_id})
        seeding.once(mark, Scheme, key, funding.create_scheme, values)


def _load_nomenclature(seeding: Seeding) -> None:
    national = read_json("axes.json")
    for axis in national["axes"]:
        mark, key = seeding.begin(f"axis {axis['number']}"), {"number": axis["number"]}
        values = axis | {"nomenclature": national["nomenclature"]}
        seeding.once(mark, Axis, key, nomenclature.add_axis, values)
    for line in read_csv("priorities.csv"):
        mark, key = seeding.begin(f"priority {line['code']}"), {"code": line["code"]}
        values = without(line, "source") | {"position": int(line["position"])}
        seeding.once(mark, Priority, key, nomenclature.add_priority, values)


def _load_floors(seeding: Seeding) -> None:
    for line in read_csv("owner_share_floors.csv"):
        mark = seeding.begin(f"floor {line['regime']} {line['valid_from']}")
        key = {"regime": line["regime"], "valid_from": date.fromisoformat(line["valid_from"])}
        rate = Decimal(line["floor_rate"]) if "floor_rate" in line else None
        values = {**key, "floor_rate": rate, "source": line["source"]}
        seeding.once(mark, OwnerShareFloor, key, investment.set_owner_share_floor, values)


def _load_reference_values(seeding: Seeding) -> None:
    for line in read_csv("reference_values.csv"):
        mark = seeding.begin(f"reference value {line['figure']} {line['label']}")
        key = {"figure": line["figure"], "label": line["label"]}
        seeding.once(mark, ReferenceValue, key, balance.create_reference, ReferenceValueSchema().read(line))


def _load_projects(seeding: Seeding) -> None:
    for line in read_csv("projects.csv"):
        mark, position = seeding.begin(project_mark(line)), int(line["position"])
        key = {
            "contract_id": seeding.number(f"contract {line['contract']}"),
            "city_id": seeding.number(f"city {line['insee']}"),
        }
        own = without(line, "contract", "insee", "position", "source")
        # The rank in the contract's own table is no field anybody writes.
        values = ProjectSchema().read(own | key) | {"position": position}
        seeding.once(mark, Project, key | {"position": position}, investment.create_project, values)


def project_mark(line: dict[str, Any]) -> str:
    """How the seed names a project: contract, city and rank in the contract's table."""
    return f"project {line['contract']} {line['insee']} {line['position']}"
