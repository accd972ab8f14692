"""What the checks read, and the completeness of a sheet: who still owes what."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, cast, func, select, type_coerce

from tracker import clock
from tracker.balance.queries.action_faults import action_faults
from tracker.balance.queries.content import ActionLine, DueLine, ParticipationLine
from tracker.balance.queries.figures import Body
from tracker.balance.queries.recount import OF_ACTIONS, recount
from tracker.balance.queries.sums import FILES, Tallies, amount_sums, suspect_actions
from tracker.balance.rules import ActionFault, Facts, FileFacts, LandlordFacts, Signature, Sum
from tracker.extensions import Statement, run
from tracker.money import CENT, ZERO
from tracker.policy import Scope
from tracker.territory.models import Contract
from tracker.tfpb.models import CarryOver
from tracker.tfpb.queries.expected import Dues, FileRow
from tracker.tfpb.rules import (
    ACTION_REQUIRED,
    AMOUNT_LABELS,
    STAGES,
    ActionFacts,
    abatement,
    amount_alerts,
    declaration_alert,
    file_alerts,
    signature_alert,
)

FILE_PAGE = "/tfpb/dossiers/{}"
FILES_PAGE = "/tfpb?year={}&landlord_id={}&city_id={}"
CONVENTION_PAGE = "/tfpb/conventions/{}"
GAUGES = "/bilan/{}/{}#bailleurs"

FILE, SUBMISSION = "file", "submission"


@dataclass(frozen=True)
class Found:
    """The facts for the checks, and the lines of ``completeness``."""

    facts: Facts
    completeness: tuple[DueLine, ...]


def facts_of(
    contract: Contract,
    year: int,
    files: Sequence[FileRow],
    dues: Dues,
    tallies: Tallies,
    participation: Sequence[ParticipationLine],
    body: Body,
    sees: Callable[[Scope], bool],
    actions: Sequence[ActionLine] | None = None,
) -> Found:
    """Gather what the checks and the completeness need, most of it out of what was already read.

    ``actions`` are the lines of the counted files, None where the sheet does not list them.
    """
    amounts = {file_id: amount_sums(tally) for file_id, tally in tallies.by_file.items()}
    stages: dict[int, set[str]] = {}
    for moment in participation:
        stages.setdefault(moment.file_id, set()).add(moment.stage)
    seen = {file.id: _sight(contract, file, sees) for file in files}

    def called(row: Any) -> str:
        name = f"{row.city.name}, {row.landlord.name}"
        several = dues.neighbourhoods > 1 and hasattr(row, "neighbourhood")
        return f"{name} ({row.neighbourhood.name})" if several else name

    counted = {file.id: file for file in files if file.counted}
    beside = _Beside(action_faults(list(counted)), _carried_over(list(counted)), _justified(body))
    lines, listed = [], []
    for due in dues.expected:
        file = due.file if due.file is not None and seen[due.file.id].known else None
        found = amounts.get(file.id, _NO_ACTION) if file is not None else _NO_ACTION
        held = stages.get(file.id, set()) if file is not None else set()
        expected = FILES_PAGE.format(year, due.landlord.id, due.city.id)
        link = seen[file.id].link if file is not None else expected
        whole = file is not None and (seen[file.id].open or file.counted)
        bare = tallies.unproven.get(file.id, 0) if file is not None else 0
        missing = (
            _missing(file, found, bare, held) if whole and file is not None else (SUBMISSION,) if file else (FILE,)
        )
        lines.append(
            DueLine(
                landlord=due.landlord,
                city=due.city,
                neighbourhood=due.neighbourhood,
                file_id=file.id if file is not None else None,
                status=file.status if file is not None else None,
                missing=missing,
            )
        )
        listed.append(_file_facts(called(due), file, link, found, bare, held, beside))
    faults = [
        ActionFault(code, called(counted[row.file_id]), row.title, seen[row.file_id].link)
        for row in (suspect_actions(list(counted)) if tallies.suspects else ())
        for code in _faults(row)
    ]
    gauges = GAUGES.format(contract.code, year)
    again = recount(list(counted))
    bound = Counter((row.landlord.id, row.city.id) for row in dues.conventions)
    facts = Facts(
        year=year,
        files=listed,
        faults=faults,
        landlords=[
            LandlordFacts(line.landlord.name, line.justified_rate, line.gap, gauges) for line in body.by_landlord
        ],
        signatures=[_signature(year, row, called(row), bound) for row in dues.conventions],
        idle_axes=_idle(body),
        differences=[f"{_GROUPS[group]}, {_FIGURES[name]}" for group, name in body.differences if group != _SOURCE],
        recounted=[_FIGURES[name] for name in _recounted(body, again.figures, actions)],
        grants=[_GROUPS[_SOURCE]] * any(group == _SOURCE for group, _ in body.differences)
        + [
            called(file)
            for file in counted.values()
            if _awarded(amounts.get(file.id)) != again.grants.get(file.id, ZERO)
        ],
    )
    return Found(facts, tuple(lines))


@dataclass(frozen=True)
class _Beside:
    """What else the checks of a file read, by file; and the landlords whose total is justified."""

    faults: Mapping[int, Mapping[str, int]]
    carried_over: Mapping[int, Decimal]
    justified: frozenset[int | None]


def _justified(body: Body) -> frozenset[int | None]:
    return frozenset(line.landlord.id for line in body.by_landlord if line.gap is not None and line.gap >= ZERO)


@cache
def _carry_overs() -> Statement:
    return (
        select(CarryOver.file_id, cast(func.sum(type_coerce(CarryOver.amount, BigInteger())), BigInteger))
        .where(CarryOver.file_id.in_(FILES), CarryOver.archived_at.is_(None))
        .group_by(CarryOver.file_id)
    )


def _carried_over(files: Sequence[int]) -> dict[int, Decimal]:
    return {file_id: Decimal(cents) * CENT for file_id, cents in run(_carry_overs(), files=files)}


def _signature(year: int, convention: Any, name: str, bound: Mapping[Any, int]) -> Signature:
    """What the law's days say of a convention due that year; nothing is said of one that is over."""
    today, over = clock.today(), convention.status == "expired"
    signed = None if over else signature_alert(year, convention, today)
    declared = None if over else declaration_alert(year, convention.declared_on, today)
    return Signature(
        name=name,
        fault=signed.message if signed else None,
        link=CONVENTION_PAGE.format(convention.id),
        declared=declared.message if declared else None,
        overlaps=bound[convention.landlord.id, convention.city.id] > 1,
    )


def _recounted(body: Body, again: Mapping[str, Decimal | int], actions: Sequence[ActionLine] | None) -> list[str]:
    """The figures that the rows, added up apart, or the lines the sheet lists, do not give again."""
    wrong = [name for name, total in again.items() if (getattr(body.totals, name) or 0) != total]
    if actions is not None:
        listed = {name: sum((getattr(line, name) or ZERO for line in actions), ZERO) for name in OF_LINES}
        wrong += [name for name, total in listed.items() if (getattr(body.totals, name) or ZERO) != total]
        wrong += ["actions"] if len(actions) != body.totals.actions else []
    return list(dict.fromkeys(wrong))


OF_LINES = (*OF_ACTIONS, "other_funding")


def _awarded(sums: Mapping[str, Sum] | None) -> Decimal:
    return ZERO if sums is None else Decimal(sums["other_funding"].value or ZERO)


@dataclass(frozen=True)
class _Sight:
    """What the reader may know of a file: that it exists, and what is inside."""

    known: bool
    open: bool
    link: str | None


def _sight(contract: Contract, file: FileRow, sees: Callable[[Scope], bool]) -> _Sight:
    once_submitted = file.first_submitted_at is not None
    readable = sees(Scope(contract.id, file.city.id, file.landlord.id, open_to_readers=once_submitted))
    known = readable or once_submitted or file.counted
    return _Sight(known, readable, FILE_PAGE.format(file.id) if readable else None)


_NO_ACTION: dict[str, Sum] = {}


def _unknown(amounts: dict[str, Sum]) -> list[str]:
    """The amounts some action of the file does not know."""
    return [name for name in (*ACTION_REQUIRED, "other_funding") if name in amounts and amounts[name].skipped]


def _missing(file: FileRow, amounts: dict[str, Sum], unproven: int, held: set[str]) -> tuple[str, ...]:
    """What the file still lacks, as codes: submission, own figures, amounts and evidence of its actions, stages."""
    found = [] if file.counted else [SUBMISSION]
    found += [name for name in ("dwellings", "abated_dwellings") if getattr(file, name) is None]
    if file.abatement_actual is None:
        found.append("abatement_actual" if file.abatement_estimated is not None else "abatement")
    found += _unknown(amounts) if amounts else ["actions"]
    if unproven:
        found.append("evidence")
    found += [f"participation_{stage}" for stage in STAGES if stage not in held]
    return tuple(found)


def _file_facts(
    name: str,
    file: FileRow | None,
    link: str | None,
    amounts: dict[str, Sum],
    unproven: int,
    held: set[str],
    beside: _Beside,
) -> FileFacts:
    if file is None:
        return FileFacts(name, None, counted=False, link=link)
    return FileFacts(
        name=name,
        status=file.status,
        counted=file.counted,
        link=link,
        dwellings=file.dwellings,
        abated_dwellings=file.abated_dwellings,
        abatement_estimated=file.abatement_estimated,
        abatement_actual=file.abatement_actual,
        actions=amounts["actual_cost"].rows if amounts else 0,
        unknown=[AMOUNT_LABELS[one].lower().replace("tfpb", "TFPB") for one in _unknown(amounts)],
        unproven=unproven,
        missing_stages=[word for stage, word in STAGES.items() if stage not in held],
        faults=beside.faults.get(file.id, {}),
        lacking=_lacking(file, amounts),
        made_up_for=file.landlord.id in beside.justified,
        carried_over=beside.carried_over.get(file.id, ZERO),
    )


def _lacking(file: FileRow, amounts: dict[str, Sum]) -> Decimal | None:
    """What the file lacks of its abatement, zero when nothing; None while an amount is unknown."""
    owed = abatement(file.abatement_actual, file.abatement_estimated)
    valued = amounts["valued_amount"].whole if amounts else ZERO
    if owed is None or valued is None:
        return None
    return next((alert.amount for alert in file_alerts(owed, Decimal(valued)) if alert.amount is not None), ZERO)


def _faults(row: Any) -> list[str]:
    """The codes of an action's faults; valued above what was spent says more than valued above the share."""
    names = ("planned_cost", "actual_cost", "landlord_share", "other_funding", "valued_amount")
    alerts = amount_alerts(ActionFacts(**{name: getattr(row, name) for name in names}))
    codes = [alert.code for alert in alerts]
    return [code for code in codes if code != "valued_above_share" or "valued_above_actual" not in codes]


def _idle(body: Body) -> list[str]:
    used = {line.axis.code for line in body.by_axis}
    return [f"{number} {label}" for number, label in body.axes.items() if number not in used]


_SOURCE = "source"
_GROUPS = {
    "landlord": "par bailleur",
    "city": "par ville",
    "neighbourhood": "par quartier",
    "axis": "par axe",
    "priority": "par priorité",
    _SOURCE: "par source",
}
_FIGURES = {
    "files": "dossiers",
    "actions": "actions",
    "dwellings": "logements",
    "abated_dwellings": "logements abattus",
    "abatement": "abattement",
    **{name: label.lower().replace("tfpb", "TFPB") for name, label in AMOUNT_LABELS.items()},
}
