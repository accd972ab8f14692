"""The balance sheet of one contract-year, against the GROUP BYs a careful hand writes for the same figures."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tests import builders
from tests.benchmarks.ground import YEAR, Ground
from tests.benchmarks.project_list import BARE
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.queries.sheet import balance_sheet
from tracker.extensions import db
from tracker.policy import SYSTEM

GROUPS = ("landlord", "city", "neighbourhood", "axis", "priority")
AMOUNTS = ("abatement", "planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount")
COUNTS = ("files", "actions", "dwellings", "abated_dwellings")
# Figure → (part, whole, the sums that must have skipped nothing).
RATIOS = {
    "completion_rate": ("actual_cost", "planned_cost", ("actual_whole", "planned_whole")),
    "valuation_rate": ("valued_amount", "actual_cost", ("valued_whole", "actual_whole")),
    "justified_rate": ("valued_amount", "abatement", ("valued_whole", "abatement_whole")),
    "leverage": ("actual_cost", "valued_amount", ("actual_whole", "valued_whole")),
    "coverage_rate": ("abatement", "actual_cost", ("abatement_whole", "actual_whole")),
}
PER_DWELLING = {
    "valued_per_dwelling": ("valued_amount", "abated_dwellings", ("valued_whole", "abated_whole")),
    "actual_cost_per_dwelling": ("actual_cost", "dwellings", ("actual_whole", "dwellings_whole")),
}

Line = dict[str, Any]

# What the sheet reads besides its figures: its sources, its checks, its completeness.
OTHERS = ("sources", "faults", "participation", "evidence", "due", "rules", "rows", "awards", "carried")

# Name → statement, as the file's comments name them.
STATEMENTS = {
    part.partition(":")[0]: f"-- {part}"
    for part in (BARE / "balance_sheet.sql").read_text(encoding="utf-8").split("\n\n-- ")[1:]
}


@dataclass(frozen=True)
class Sheet:
    """Both ways of getting the sheet of a contract's ``YEAR``, without its list of actions, as its page does."""

    ours: Callable[[], BalanceSheet]
    bare: Callable[[], dict[str, Any]]


def whole(code: str) -> BalanceSheet:
    """The sheet of this contract's ``YEAR`` with its actions, in an application context that is already open."""
    return balance_sheet(SYSTEM, code, YEAR, with_beside=False)


def figures(code: str) -> BalanceSheet:
    """Its figures and its checks, without its list of actions, in a session of its own."""
    db.session.remove()
    return balance_sheet(SYSTEM, code, YEAR, with_actions=False, with_beside=False)


def sheet(ground: Ground, code: str) -> Sheet:
    """The sheet of this contract, in an application context that is already open, and bare."""

    def ours() -> BalanceSheet:
        return figures(code)

    contract = db.session.scalars(select(builders.Contract.id).filter_by(code=code)).one()
    return Sheet(ours, _bare(ground, contract))


def _bare(ground: Ground, contract: int) -> Callable[[], dict[str, Any]]:
    connection = sqlite3.connect(ground.file)
    connection.row_factory = sqlite3.Row
    values = {"contract": contract, "year": YEAR}

    def ask(name: str) -> list[Any]:
        return connection.execute(STATEMENTS[name], values).fetchall()

    def bare() -> dict[str, Any]:
        connection.execute("BEGIN")
        lines = [_line(row) for row in (*ask("figures"), *ask("priorities"))]
        found = {name: ask(name) for name in OTHERS}
        connection.rollback()
        grouped: dict[str, list[Line]] = {name: [] for name in ("total", *GROUPS)}
        for line in lines:
            grouped[line["grouped"]].append(line)
        return {**grouped, **found}

    return bare


def _line(row: sqlite3.Row) -> Line:
    line = dict(row)
    for name, (part, whole, sums) in RATIOS.items():
        line[name] = _divided(line[part], line[whole], 10_000) if all(line[one] for one in sums) else None
    known = line["valued_whole"] and line["abatement_whole"]
    line["gap"] = line["valued_amount"] - line["abatement"] if known else None
    for name, (part, whole, sums) in PER_DWELLING.items():
        line[name] = _divided(line[part], line[whole], 1) if all(line[one] for one in sums) else None
    return line


def _divided(part: int, whole: int, scale: int) -> int | None:
    """``part × scale ÷ whole``, half away from zero, in whole numbers."""
    if whole <= 0:
        return None
    size = (2 * abs(part) * scale + whole) // (2 * whole)
    return size if part >= 0 else -size


def same(found: Sheet) -> None:
    """Both ways give the same figures on every line, and as many other lines."""
    ours, bare = found.ours(), found.bare()
    _same_line("total", ours.totals, bare["total"][0])
    for name in GROUPS:
        key = "code" if name == "priority" else "id"
        lines = {getattr(getattr(line, name), key): line for line in getattr(ours, f"by_{name}")}
        assert len(lines) == len(bare[name]), name
        for line in bare[name]:
            _same_line(f"{name} {line['key']}", lines[line["key"]], line)
    sources = {(line.source, line.amount) for line in ours.by_source}
    assert sources == {(line["source"], _euros(line["amount"])) for line in bare["sources"]}
    assert len(ours.participation) == len(bare["participation"])
    assert len(ours.completeness) == len(bare["due"])
    unproven = {line.file_id for line in ours.completeness if "evidence" in line.missing}
    assert unproven == {line["file_id"] for line in bare["evidence"]}


def _same_line(name: str, ours: Any, bare: Line) -> None:
    expected = {one: bare[one] for one in COUNTS}
    expected |= {one: _euros(bare[one]) for one in (*AMOUNTS, "gap", *PER_DWELLING)}
    expected |= {one: None if bare[one] is None else Decimal(bare[one]).scaleb(-4) for one in RATIOS}
    found = {one: getattr(ours, one) for one in expected}
    assert found == expected, f"{name}:\n{found}\n{expected}"


def _euros(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)
