"""Balance sheets made by hand, without a database: what a workbook is written from is the sheet alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tracker.balance.queries.content import (
    ActionLine,
    AxisLine,
    BalanceSheet,
    CityLine,
    DueLine,
    EditionRef,
    Investment,
    InvestmentCityLine,
    InvestmentLine,
    InvestmentSourceLine,
    LandlordLine,
    MeetingRef,
    NeighbourhoodLine,
    ParticipationLine,
    PlannedLine,
    PreviousYear,
    PriorityLine,
    ProjectRow,
    Reference,
    SourceLine,
    YearLine,
)
from tracker.balance.rules import AMOUNTS, OF_FILES, Check, Figures, Sum, Sums, cumulated, figures, share
from tracker.tfpb.queries.expected import Ref

YEAR = 2026
PLACE = Ref(1, "QN09201", "Les Tilleuls")
CONTRACT = Ref(1, "tilleuls", "Contrat des Tilleuls")
_NAMES = [one.name for one in fields(Figures)]


@dataclass(frozen=True)
class File:
    """A counted file: whose it is, where, and what belongs to it alone."""

    id: int
    landlord: Ref
    city: Ref
    dwellings: int | None = 400
    abated_dwellings: int | None = 350
    abatement: Decimal | None = Decimal("58000.00")
    neighbourhood: Ref = PLACE


def landlord(number: int, name: str | None = None) -> Ref:
    return Ref(number, None, name or f"Bailleur {chr(64 + number)}")


def city(number: int, name: str | None = None) -> Ref:
    return Ref(number, f"9200{number}", name or f"Ville {number}")


def action(number: int, of: File, **more: Any) -> ActionLine:
    """Worked: 60 000 spent of 64 000 planned, 5 000 by others, 43 000 valued."""
    amounts = {
        "planned_cost": Decimal("64000.00"),
        "actual_cost": Decimal("60000.00"),
        "landlord_share": Decimal("55000.00"),
        "other_funding": Decimal("5000.00"),
        "valued_amount": Decimal("43000.00"),
    }
    texts = {"location": None, "calendar": None, "indicator": None, "indicator_target": None, "indicator_actual": None}
    line: dict[str, Any] = {
        "id": number,
        "file_id": of.id,
        "landlord": of.landlord,
        "city": of.city,
        "neighbourhood": of.neighbourhood,
        "axis": 3,
        "title": f"Action {number}",
        "status": "done",
        "priority": "health",
        "planned_valued": None,
        "result": None,
        "valuation_rate": None,
        **texts,
        **amounts,
        **more,
    }
    return ActionLine(**line)


def _added(values: Iterable[Any], zero: Any) -> Sum:
    listed = list(values)
    known = [value for value in listed if value is not None]
    return Sum(sum(known, zero), len(listed), len(known), len(listed) - len(known))


def figured(files: Sequence[File], actions: Sequence[ActionLine], *, of_files: bool = True) -> dict[str, Any]:
    """The figures of these files and actions, by name."""
    sums = Sums(
        files=len(files),
        actions=len(actions),
        of_files={
            name: _added((getattr(one, name) for one in files), Decimal("0.00") if name == "abatement" else 0)
            for name in OF_FILES
        }
        if of_files
        else None,
        amounts={name: _added((getattr(one, name) for one in actions), Decimal("0.00")) for name in AMOUNTS},
    )
    line = figures(sums)
    return {name: getattr(line, name) for name in _NAMES}


def sheet(files: Sequence[File], actions: Sequence[ActionLine], **more: Any) -> BalanceSheet:
    """The sheet of these files and actions; ``more`` replaces parts of it."""

    def grouped(name: str) -> list[tuple[Ref, list[File], list[ActionLine]]]:
        refs = {getattr(one, name).id: getattr(one, name) for one in files}
        return [
            (
                ref,
                [one for one in files if getattr(one, name) == ref],
                [one for one in actions if getattr(one, name) == ref],
            )
            for ref in refs.values()
        ]

    totals = Figures(**figured(files, actions))

    def spread(kind: Any, field: str, key: str, called: Any) -> tuple[Any, ...]:
        lines = []
        for code in dict.fromkeys(getattr(one, key) for one in actions):
            chosen = [one for one in actions if getattr(one, key) == code]
            holding = [one for one in files if any(line.file_id == one.id for line in chosen)]
            values = figured(holding, chosen, of_files=False)
            part = share(values["valued_amount"], totals.valued_amount)
            lines.append(kind(**values, **{field: called(code)}, share=part))
        return tuple(lines)

    given = [one.other_funding for one in actions]
    sources = (SourceLine("caf", "CAF", Ref(1, "caf", "CAF"), _added(given, Decimal("0.00")).value),) if given else ()
    made = BalanceSheet(
        contract=CONTRACT,
        year=YEAR,
        edition=None,
        scope="all",
        totals=totals,
        by_landlord=tuple(LandlordLine(landlord=ref, **figured(a, b)) for ref, a, b in grouped("landlord")),
        by_city=tuple(CityLine(city=ref, **figured(a, b)) for ref, a, b in grouped("city")),
        by_neighbourhood=tuple(
            NeighbourhoodLine(neighbourhood=ref, **figured(a, b)) for ref, a, b in grouped("neighbourhood")
        ),
        by_axis=spread(AxisLine, "axis", "axis", lambda code: Ref(code, code, f"Axe {code}")),
        by_priority=spread(PriorityLine, "priority", "priority", lambda code: Ref(None, code, code or "Sans priorité")),
        by_source=sources,  # type: ignore[arg-type]
        actions=tuple(actions),
        participation=(),
        completeness=tuple(
            DueLine(
                landlord=one.landlord,
                city=one.city,
                neighbourhood=one.neighbourhood,
                file_id=one.id,
                status="verified",
                missing=(),
            )
            for one in files
        ),
        checks=(Check("totals_differ", "error", True, "Les sous-totaux font le total, dans chaque regroupement."),),
    )
    return replace(made, **more)


def worked(**more: Any) -> BalanceSheet:
    """One landlord, one city: abated 350, abatement 58 000, planned 64 000, spent 60 000, valued 43 000."""
    file = File(1, landlord(1), city(1))
    return sheet([file], [action(1, file)], **more)


def whole(**more: Any) -> BalanceSheet:
    """Two landlords, two cities, three actions, and everything that stands beside the figures."""
    first, second = File(1, landlord(1), city(1)), File(2, landlord(2), city(2), 10, 0, None)
    actions = [
        action(1, first),
        action(2, first, axis=5, valued_amount=Decimal("-250.00"), priority=None),
        action(3, second, actual_cost=None, valued_amount=None, priority="ageing"),
    ]
    now = sheet([first, second], actions)
    last = action(9, first, valued_amount=Decimal("40000.00"))
    before = figured([first], [last])
    return replace(
        now,
        previous=PreviousYear(
            year=YEAR - 1,
            totals=Figures(**before),
            by_landlord=(LandlordLine(landlord=first.landlord, **before),),
            by_city=(CityLine(city=first.city, **before),),
            by_axis=(),
        ),
        by_year=(YearLine(year=YEAR - 1, **before), YearLine(year=YEAR, **figured([first, second], actions))),
        cumulated=cumulated(Figures(**figured([first, first, second], [last, *actions]))),
        programme=(planned("Médiation"), planned("Compost", planned_cost=None)),
        investment=investment(),
        evaluation="Une année utile.\n\nLes habitants ont été entendus.",
        references=(
            Reference(
                figure="valued_per_dwelling",
                label="moyenne nationale",
                low=Decimal("183.000000"),
                high=None,
                period="2017-2019",
                source="Bilan national de l’USH",
            ),
            Reference(
                figure="actual_cost_per_dwelling",
                label="bilan régional",
                low=Decimal("233.000000"),
                high=None,
                period="2016-2019",
                source="IREV",
            ),
            Reference(
                figure="coverage_rate",
                label="bilan régional",
                low=Decimal("0.740000"),
                high=None,
                period="2016-2019",
                source="IREV",
            ),
            Reference(
                figure="leverage",
                label="moyenne nationale",
                low=Decimal("1.300000"),
                high=Decimal("1.400000"),
                period="2017-2019",
                source="Bilan national de l’USH",
            ),
        ),
        participation=(
            ParticipationLine(
                file_id=1,
                landlord=first.landlord,
                city=first.city,
                neighbourhood=PLACE,
                stage="report",
                held_on=date(2026, 3, 1),
                audience="Locataires",
                participants=12,
                summary="Échanges",
                outcome=None,
                place="Loge du gardien",
            ),
        ),
        **more,
    )


def planned(title: str, **more: Any) -> PlannedLine:
    line: dict[str, Any] = {
        "landlord": "Bailleur A",
        "city": "Ville 1",
        "neighbourhood": PLACE.name,
        "programme_status": "validated",
        "axis": 3,
        "title": title,
        "location": None,
        "calendar": None,
        "priority": None,
        "planned_cost": Decimal("1200.00"),
        "planned_valued": Decimal("900.00"),
        **more,
    }
    return PlannedLine(**line)


def investment() -> Investment:
    """Two projects of a city, one without a cost."""
    amounts: dict[str, Any] = {
        "projects": 2,
        "delivered": 1,
        "cost_excl_tax": Decimal("500000.00"),
        "requested": Decimal("400000.00"),
        "awarded": Decimal("350000.00"),
        "paid": Decimal("100000.00"),
        "self_funding": Decimal("100000.00"),
        "loans": Decimal("0.00"),
        "left_to_fund": None,
        "unfunded": None,
    }
    of_source = amounts | {"cost_excl_tax": None, "self_funding": None}
    state = Ref(2, "etat", "État")
    project: dict[str, Any] = {
        "city": city(1),
        "kind": "renovation",
        "status": "works",
        "owner_share_rate": Decimal("0.3333"),
    }
    return Investment(
        totals=InvestmentLine(**amounts),
        by_city=(InvestmentCityLine(city=city(1), **amounts),),
        by_source=(InvestmentSourceLine(source="dsil", name="DSIL", funder=state, is_loan=False, **of_source),),
        projects=(
            ProjectRow(
                id=1,
                title="École",
                cost_excl_tax=Decimal("500000.00"),
                awarded=Decimal("350000.00"),
                paid=Decimal("100000.00"),
                left_to_fund=Decimal("150000.00"),
                unfunded=Decimal("50000.00"),
                **project,
            ),
            ProjectRow(
                id=2,
                title="Square",
                cost_excl_tax=None,
                awarded=Decimal("0.00"),
                paid=Decimal("0.00"),
                left_to_fund=None,
                unfunded=None,
                **project,
            ),
        ),
        planned=Decimal("90000.00"),
        voted=Decimal("80000.00"),
        committed=None,
        paid=None,
    )


def frozen(of: BalanceSheet, reason: str | None = None) -> BalanceSheet:
    """The same sheet as the first edition of a COPIL."""
    meeting = MeetingRef(1, "copil", date(2027, 6, 17), "Mairie")
    ref = EditionRef(
        number=1,
        frozen_at=datetime.fromisoformat("2027-06-10 08:00"),
        frozen_by="Claire Martin",
        reason=reason,
        meeting=meeting,
    )
    return replace(of, edition=ref)
