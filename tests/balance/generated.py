"""A contract made at random, and its balance sheet computed again in plain Python over the rows.

The computation shares nothing with the application: it loops over lists of dictionaries, adds Decimals one by one and
writes the definitions of the ratios a second time.
"""

import random
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests import builders as make

YEAR = 2026
# The contract's own years are 2024 to 2030; those that have files.
YEARS = (2025, 2026, 2027)
COUNTED = {"submitted", "verified", "validated", "transmitted"}
AWARDED = {"awarded", "agreed", "started", "completed", "closed"}
STATUSES = [*COUNTED, "draft", "to_correct"]
GRANT_STATUSES = [*AWARDED, "identified", "filed", "refused", "withdrawn", "lapsed", "to_repay"]
AMOUNTS = ("planned_cost", "actual_cost", "landlord_share", "valued_amount")


@dataclass
class Generated:
    """What was inserted: every file with its actions, every action with its grants."""

    contract: Any
    files: list[dict[str, Any]] = field(default_factory=list)


def _amount(chance: random.Random, *, unknown: float = 0.08) -> Decimal | None:
    if chance.random() < unknown:
        return None
    if chance.random() < 0.08:
        return -Decimal(chance.randrange(1, 50_000)) / 100  # a correction
    return Decimal(chance.choice([0, 1, 999_999, chance.randrange(10_000_000)])) / 100


def generate(seed: int, *, scale: int = 1) -> Generated:
    """A contract of two cities, two neighbourhoods and three landlords; ``scale`` multiplies the actions."""
    chance = random.Random(seed)
    unknown = chance.choice([0.0, 0.0, 0.1, 0.5])
    make.nomenclature()
    contract = make.contract()
    places = [make.neighbourhood(contract), make.neighbourhood(contract, cities=[])]
    landlords = [make.landlord() for _ in range(3)]
    schemes = [make.scheme(), make.scheme()]
    sources = [*schemes, make.funder()]
    found = Generated(contract)
    for owner in landlords:
        for city in contract.cities:
            signed = make.convention(contract, owner, city)
            for place in places:
                if chance.random() < 0.25:
                    continue
                found.files.append(_file(chance, signed, place, sources, unknown, scale))
    _outside(contract, landlords[0], places[0])
    return found


def generate_years(seed: int) -> Generated:
    """A contract of two cities, two neighbourhoods and two landlords, with files in several years."""
    chance = random.Random(f"years {seed}")
    unknown = chance.choice([0.0, 0.1])
    make.nomenclature()
    found = Generated(make.contract())
    places = [make.neighbourhood(found.contract), make.neighbourhood(found.contract, cities=[])]
    sources = [make.scheme(), make.funder()]
    for owner in (make.landlord(), make.landlord()):
        for city in found.contract.cities:
            signed = make.convention(found.contract, owner, city)
            for place in places:
                for year in YEARS:
                    if chance.random() < 0.7:
                        found.files.append(_file(chance, signed, place, sources, unknown, 1, year))
    return found


def _file(
    chance: random.Random,
    signed: Any,
    place: Any,
    sources: list[Any],
    unknown: float,
    scale: int,
    year: int = YEAR,
) -> dict[str, Any]:
    dwellings = chance.choice([0, 1, chance.randrange(900), None])
    abated = None if dwellings is None else chance.randrange(dwellings + 1)
    estimated, actual = (chance.choice([None, Decimal(chance.randrange(9_000_000)) / 100]) for _ in range(2))
    file = make.tfpb_file(
        signed,
        place,
        year,
        status=chance.choice(STATUSES),
        dwellings=dwellings,
        abated_dwellings=abated,
        abatement_estimated=estimated,
        abatement_actual=actual,
    )
    facts = {
        "year": year,
        "status": file.status,
        "landlord": signed.landlord_id,
        "city": signed.city_id,
        "neighbourhood": place.id,
        "dwellings": dwellings,
        "abated_dwellings": abated,
        "abatement": actual if actual is not None else estimated,
        "actions": [],
    }
    for _ in range(chance.choice([0, 1, 2, 5]) * scale):
        axis = chance.randrange(1, 9)
        priority = chance.choice([None, "health", "ageing", "employment"])
        amounts = {name: _amount(chance, unknown=unknown) for name in AMOUNTS}
        row = make.action(file, axis=axis, priority=priority, **amounts)
        archived = chance.random() < 0.1
        if archived:
            row.archived_at = make.clock.now()
            make.db.session.commit()
        grants = _grants(chance, row, sources)
        if not archived:
            facts["actions"].append({"id": row.id, "axis": axis, "priority": priority, **amounts, "grants": grants})
    return facts


def _grants(chance: random.Random, action: Any, sources: list[Any]) -> list[dict[str, Any]]:
    found = []
    twice = Decimal(chance.randrange(1, 300_000)) / 100
    for place in range(chance.randrange(4)):
        source = chance.choice(sources)
        # The first two are equal: a sum over distinct values would lose one.
        awarded = twice if place < 2 else chance.choice([None, Decimal(chance.randrange(900_000)) / 100])
        status = chance.choice(GRANT_STATUSES)
        nature = chance.choice(["operating", "investment"])
        row = make.grant(action, source, awarded=awarded, status=status, nature=nature)
        if chance.random() < 0.1:
            row.archived_at = make.clock.now()
            make.db.session.commit()
        elif status in AWARDED:
            code = source.code
            found.append({"source": code, "awarded": awarded})
    return found


def _outside(contract: Any, owner: Any, place: Any) -> None:
    """What must not be counted: another year, another contract, an archived file."""
    elsewhere = make.contract(cities=list(contract.cities))
    signed = make.convention(contract, owner, contract.cities[0], first_year=2024)
    make.action(make.tfpb_file(signed, place, YEAR - 1, status="validated"))
    archived = make.tfpb_file(signed, place, YEAR, status="validated", archived_at=make.clock.now())
    make.action(archived)
    foreign = make.convention(elsewhere, owner, contract.cities[0])
    make.action(make.tfpb_file(foreign, make.neighbourhood(elsewhere), YEAR, status="validated"))


# -- computed again ------------------------------------------------------------------------------------------------


def total(values: list[Any], zero: Any = Decimal("0.00")) -> tuple[Any, bool]:
    """(sum, whether nothing was skipped): zero over nothing, None when all are unknown."""
    known = [value for value in values if value is not None]
    if values and not known:
        return None, False
    return sum(known, zero), len(known) == len(values)


def ratio(part: tuple[Any, bool], whole: tuple[Any, bool]) -> str | None:
    (top, top_whole), (bottom, bottom_whole) = part, whole
    if not top_whole or not bottom_whole or top is None or bottom is None or bottom <= 0:
        return None
    rounded = str((Decimal(top) / Decimal(bottom)).quantize(Decimal("0.0001"), ROUND_HALF_UP))
    return "0.0000" if rounded == "-0.0000" else rounded


def other_funding(action: dict[str, Any]) -> Decimal | None:
    return total([grant["awarded"] for grant in action["grants"]])[0]


def line(files: list[dict[str, Any]], actions: list[dict[str, Any]], *, of_files: bool = True) -> dict[str, Any]:
    """The figures of some files and actions, as the JSON writes them."""
    sums = {name: total([action[name] for action in actions]) for name in AMOUNTS}
    other = total([other_funding(action) for action in actions])
    figures: dict[str, Any] = {name: money(sums[name][0]) for name in AMOUNTS}
    figures |= {"files": len(files), "actions": len(actions), "other_funding": money(other[0])}
    valued, actual = sums["valued_amount"], sums["actual_cost"]
    figures["completion_rate"] = ratio(actual, sums["planned_cost"])
    figures["valuation_rate"] = ratio(valued, actual)
    figures["leverage"] = ratio(actual, valued)
    names = (
        *("dwellings", "abated_dwellings", "abatement", "justified_rate", "valued_per_dwelling", "gap"),
        *("actual_cost_per_dwelling", "coverage_rate"),
    )
    if not of_files:
        return figures | dict.fromkeys(names)
    dwellings = total([file["dwellings"] for file in files], 0)
    abated = total([file["abated_dwellings"] for file in files], 0)
    abatement = total([file["abatement"] for file in files])
    figures |= {"dwellings": dwellings[0], "abated_dwellings": abated[0], "abatement": money(abatement[0])}
    figures["justified_rate"] = ratio(valued, abatement)
    figures["coverage_rate"] = ratio(abatement, actual)
    figures["valued_per_dwelling"] = per_dwelling(valued, abated)
    figures["actual_cost_per_dwelling"] = per_dwelling(actual, dwellings)
    whole = valued[1] and abatement[1] and valued[0] is not None and abatement[0] is not None
    figures["gap"] = money(valued[0] - abatement[0]) if whole else None
    return figures


def per_dwelling(amount: tuple[Any, bool], dwellings: tuple[Any, bool]) -> str | None:
    if not amount[1] or amount[0] is None or not dwellings[1] or not dwellings[0]:
        return None
    return money((amount[0] / dwellings[0]).quantize(Decimal("0.01"), ROUND_HALF_UP))


def money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount + Decimal('0.00'):.2f}"


def expected(found: Generated) -> dict[str, Any]:
    """The totals and every group of the sheet: key of the group → figures."""
    files = [file for file in found.files if file["status"] in COUNTED]
    actions = [action for file in files for action in file["actions"]]
    result: dict[str, Any] = {"totals": line(files, actions)}
    for group in ("landlord", "city", "neighbourhood"):
        result[group] = {
            key: line(
                [file for file in files if file[group] == key],
                [action for file in files if file[group] == key for action in file["actions"]],
            )
            for key in {file[group] for file in files}
        }
    valued = total([action["valued_amount"] for action in actions])
    for group in ("axis", "priority"):
        result[group] = {}
        for key in {action[group] for action in actions}:
            chosen = [action for action in actions if action[group] == key]
            holding = [file for file in files if any(action[group] == key for action in file["actions"])]
            part = total([action["valued_amount"] for action in chosen])
            result[group][key] = line(holding, chosen, of_files=False) | {"share": ratio(part, valued)}
    awards: dict[str, list[Any]] = {}
    for action in actions:
        for grant in action["grants"]:
            awards.setdefault(grant["source"], []).append(grant["awarded"])
    result["source"] = {code: money(total(amounts)[0]) for code, amounts in awards.items()}
    return result


def expected_years(found: Generated, **chosen: int) -> dict[int | str, dict[str, Any]]:
    """Year → its figures, and ``all`` of them together; ``chosen`` keeps to a city, a neighbourhood, a landlord."""
    files = [
        file
        for file in found.files
        if file["status"] in COUNTED and all(file[name] == number for name, number in chosen.items())
    ]

    def of(kept: list[dict[str, Any]]) -> dict[str, Any]:
        return line(kept, [action for file in kept for action in file["actions"]])

    years = range(found.contract.first_year, found.contract.last_year + 1)
    told: dict[int | str, dict[str, Any]] = {
        year: of([file for file in files if file["year"] == year]) for year in years
    }
    # The same dwellings come back each year: their number means nothing over several.
    each_year = ("dwellings", "abated_dwellings", "valued_per_dwelling", "actual_cost_per_dwelling")
    told["all"] = of(files) | dict.fromkeys(each_year)
    return told


TODAY = date(2026, 11, 21)
