"""Two states of a balance sheet compared: two editions, or an edition and what the reader would freeze today."""

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from tracker import policy
from tracker.balance.models import Edition
from tracker.balance.queries import records
from tracker.balance.queries.content import BalanceSheet, Investment, InvestmentLine, lacking, read_sheet
from tracker.balance.queries.integrity import require_sound
from tracker.balance.queries.programme import programme_of
from tracker.balance.queries.sheet import (
    ALL,
    OWN,
    compose,
    contract_by_code,
    once_submitted,
    own_landlords,
    whole_sheet,
)
from tracker.balance.rules import ADDED as ADDED_FIGURES
from tracker.balance.rules import Figures, partial
from tracker.balance.rules.comparison import SECTIONS, Change, Line, compare
from tracker.policy import Actor, FieldError, Invalid, Scope
from tracker.tfpb.queries.expected import Ref

LIVE = "live"
_NAMED = re.compile(r"(?:(\d{4})-)?(\d{1,9})", re.ASCII)

# What a line that came or went is told of: counts and amounts, which add up.
ADDING = frozenset(
    {*ADDED_FIGURES, "amount", "participants", "planned_valued", "projects", "delivered", "cost_excl_tax", "requested"}
    | {"awarded", "paid", "self_funding", "loans"}
)
# Lines of one year alone: from a year to another nothing of them is the same.
OF_ONE_YEAR = ("actions", "participation", "files", "checks", "years", "programme", "evaluation")
# Parts an edition frozen before they existed lacks.
BESIDE = ("years", "programme", "investment", "projects", "evaluation", "references")
# What a landlord's own lines are told in; totals and groups hold the others' lines too.
OF_LANDLORD = ("landlords", "actions", "participation", "files", "programme")

_FIGURES = tuple(one.name for one in fields(Figures))
_INVESTED = tuple(one.name for one in fields(InvestmentLine))
_ACTION = (
    *("title", "axis", "location", "calendar", "status", "priority", "planned_cost", "planned_valued", "actual_cost"),
    *("landlord_share", "other_funding", "valued_amount", "valuation_rate"),
    *("indicator", "indicator_target", "indicator_actual", "result"),
)
_MOMENT = ("audience", "participants", "summary", "outcome")
_PLANNED = ("programme_status", "location", "calendar", "priority", "planned_cost", "planned_valued")
_PROJECT = (
    "title",
    "kind",
    "status",
    "cost_excl_tax",
    "awarded",
    "paid",
    "left_to_fund",
    "unfunded",
    "owner_share_rate",
)
_BUDGET = ("planned", "voted", "committed", "paid")
_REFERENCE = ("low", "high", "source")


@dataclass(frozen=True)
class Side:
    """One of the two states: an edition, or today's (``edition`` None)."""

    year: int
    edition: Edition | None

    @property
    def token(self) -> str:
        """How an address names it."""
        return LIVE if self.edition is None else f"{self.year}-{self.edition.number}"


@dataclass(frozen=True)
class Comparison:
    """What changed from ``before`` to ``after``; ``left_out`` names the sections that could not be compared.

    ``scope`` is ``own`` when today's state is a landlord's: his own lines alone are compared, on both sides.
    """

    before: Side
    after: Side
    scope: str
    left_out: tuple[str, ...]
    changes: Sequence[Change]


def comparison(actor: Actor, code: str, year: int, before: str, after: str) -> Comparison:
    """Compare two states, each named ``live``, ``2`` (an edition of this year) or ``2025-2`` (of another year).

    Raises NotReadable; Invalid on a name that is none; Conflict ``altered`` on an edition that changed since.
    """
    contract = contract_by_code(code, year)
    policy.require(actor, "read_edition", Scope(contract.id))
    sides = [_side(actor, code, year, name, field) for name, field in ((before, "from"), (after, "to"))]
    live = any(side.edition is None for side in sides)
    landlords = None
    if live and not policy.can(actor, "read_balance", Scope(contract.id))[0]:
        landlords = own_landlords(actor, contract.id)
    sheets = [_sheet(actor, code, side, landlords) for side in sides]
    left_out = _left_out(actor, contract.id, sheets, live=live, own=landlords is not None)
    # A figure that did not exist when an edition was frozen would look as if it had changed on every line.
    unborn = frozenset[str]().union(*(lacking(side.edition.content) for side in sides if side.edition is not None))
    old, new = (
        [line.without(unborn) for line in lines_of(sheet, landlords) if line.section not in left_out]
        for sheet in sheets
    )
    return Comparison(
        before=sides[0],
        after=sides[1],
        scope=ALL if landlords is None else OWN,
        left_out=tuple(section for section in SECTIONS if section in left_out),
        changes=compare(old, new, ADDING),
    )


def _side(actor: Actor, code: str, year: int, name: str, field: str) -> Side:
    if name == LIVE:
        return Side(year, None)
    match = _NAMED.fullmatch(name)
    if match is None:
        message = f"État à comparer : « {name[:80]} » n’en désigne aucun ; attendu : live, 2 ou 2025-2."
        raise Invalid(FieldError(field, "invalid", message, name[:200]))
    of_year = int(match[1]) if match[1] else year
    edition = records.readable_edition(actor, code, of_year, int(match[2]))
    require_sound(edition, "content")
    return Side(of_year, edition)


def _sheet(actor: Actor, code: str, side: Side, landlords: Sequence[int] | None) -> BalanceSheet:
    if side.edition is not None:
        return read_sheet(side.edition.content)
    contract = contract_by_code(code)
    if landlords is None:
        projects = policy.can(actor, "read_project", Scope(contract.id))[0]
        return whole_sheet(contract, side.year, with_projects=projects)
    sheet = compose(contract, side.year, once_submitted, landlords)
    # Presented or not, his programme is his own.
    planned = programme_of(contract, side.year + 1, once_submitted, landlords, presented=True)
    return replace(sheet, programme=planned)


def _left_out(
    actor: Actor, contract_id: int, sheets: Sequence[BalanceSheet], *, live: bool, own: bool
) -> frozenset[str]:
    """The sections that do not stand on both sides, or that the reader may not see of today's state."""
    found: set[str] = set()
    if own:
        found |= SECTIONS.keys() - set(OF_LANDLORD)
    if sheets[0].year != sheets[1].year:
        found |= set(OF_ONE_YEAR)
    if any(_is_old(sheet) for sheet in sheets if sheet.edition is not None):
        found |= set(BESIDE)
    if any(sheet.investment is None for sheet in sheets):
        found |= {"investment", "projects"}
    # Of today's programmes an edition would show those presented and not yet submitted; a reader sees them once frozen.
    if live and not own and not policy.can(actor, "read_file", Scope(contract_id, open_to_readers=False))[0]:
        found.add("programme")
    return frozenset(found)


def _is_old(sheet: BalanceSheet) -> bool:
    # What stands beside the figures came all at once.
    return sheet.cumulated is None


def lines_of(sheet: BalanceSheet, landlords: Sequence[int] | None = None) -> Iterator[Line]:
    """Every line of a sheet, under what names it for good; with ``landlords``, theirs alone."""
    yield Line("totals", None, "Ensemble", _figures(sheet.totals), partial(sheet.totals))
    yield from _groups(sheet, landlords)
    for source in sheet.by_source:
        yield _group("sources", (source.source, source.funder.id), source.name, source, ("amount",))
    yield from _of_files(sheet, landlords)
    yield from _beside(sheet, landlords)


def _figures(line: Any, names: Sequence[str] = _FIGURES) -> dict[str, Any]:
    return {name: getattr(line, name) for name in names}


def _group(section: str, key: Hashable, name: str, line: Any, figures: Sequence[str] = _FIGURES) -> Line:
    """A line of a group, whose name is told when it changes: a landlord may change names and be the same landlord."""
    hidden = partial(line) if isinstance(line, Figures) else frozenset()
    return Line(section, key, name, {"name": name} | _figures(line, figures), hidden)


def _groups(sheet: BalanceSheet, landlords: Sequence[int] | None) -> Iterator[Line]:
    for landlord in sheet.by_landlord:
        if landlords is None or landlord.landlord.id in landlords:
            yield _group("landlords", landlord.landlord.id, landlord.landlord.name, landlord)
    for city in sheet.by_city:
        yield _group("cities", city.city.id, city.city.name, city)
    for place in sheet.by_neighbourhood:
        yield _group("neighbourhoods", place.neighbourhood.id, place.neighbourhood.name, place)
    for axis in sheet.by_axis:
        yield _group("axes", axis.axis.code, f"{axis.axis.code} {axis.axis.name}", axis, (*_FIGURES, "share"))
    for priority in sheet.by_priority:
        ref = priority.priority
        yield _group("priorities", ref.code, ref.name, priority, (*_FIGURES, "share"))


def _place(line: Any) -> str:
    """« Ville, bailleur »: what a file is called."""
    names = (getattr(line, name) for name in ("city", "landlord"))
    return ", ".join(name.name if isinstance(name, Ref) else name for name in names)


def _of_files(sheet: BalanceSheet, landlords: Sequence[int] | None) -> Iterator[Line]:
    def shown(line: Any) -> bool:
        return landlords is None or line.landlord.id in landlords

    for action in filter(shown, sheet.actions):
        yield Line("actions", action.id, f"{action.title} ({_place(action)})", _figures(action, _ACTION))
    # An edition frozen before places were kept would tell that all of them changed.
    moment_figures = _MOMENT if _is_old(sheet) else (*_MOMENT, "place")
    for moment in filter(shown, sheet.participation):
        key = (moment.file_id, moment.stage, moment.held_on)
        name = f"{_place(moment)}, {moment.held_on:%d/%m/%Y}"
        yield Line("participation", key, name, _figures(moment, moment_figures))
    for due in filter(shown, sheet.completeness):
        place = (due.landlord.id, due.city.id, due.neighbourhood.id)
        yield Line("files", place, f"{_place(due)} ({due.neighbourhood.name})", {"status": due.status})
    for check in sheet.checks:
        if not check.ok:
            yield Line("checks", (check.code, check.message), check.message, {})


def _beside(sheet: BalanceSheet, landlords: Sequence[int] | None) -> Iterator[Line]:
    for year in sheet.by_year:
        if year.year != sheet.year:  # this year's are the totals
            yield Line("years", year.year, str(year.year), _figures(year), partial(year))
    own = {line.landlord.name for line in sheet.completeness if landlords and line.landlord.id in landlords}
    for planned in sheet.programme:
        if landlords is None or planned.landlord in own:
            key = (planned.landlord, planned.city, planned.neighbourhood, planned.axis, planned.title)
            yield Line("programme", key, f"{planned.title} ({_place(planned)})", _figures(planned, _PLANNED))
    if sheet.investment is not None:
        plan = sheet.investment
        yield Line("investment", "budget", f"Budgets {sheet.year}", _budgets(plan))
        yield Line("investment", "totals", "Ensemble du plan", _figures(plan.totals, _INVESTED))
        for city in plan.by_city:
            yield Line("investment", ("city", city.city.id), city.city.name, _figures(city, _INVESTED))
        for source in plan.by_source:
            source_key = ("source", source.source, source.funder.id, source.is_loan)
            yield Line("investment", source_key, source.name, _figures(source, _INVESTED))
        for project in plan.projects:
            name = f"{project.title} ({project.city.name})"
            yield Line("projects", project.id, name, _figures(project, _PROJECT))
    yield Line("evaluation", None, "Texte de la coordination", {"evaluation": sheet.evaluation})
    for reference in sheet.references:
        cited = (reference.figure, reference.label, reference.period)
        yield Line("references", cited, f"{reference.label} ({reference.period})", _figures(reference, _REFERENCE))


def _budgets(plan: Investment) -> dict[str, Any]:
    # Named apart: what is paid of a budget is not what is paid of a grant.
    return {f"budget_{name}": value for name, value in _figures(plan, _BUDGET).items()}


def comparable(actor: Actor, code: str) -> Sequence[Edition]:
    """Every edition of the contract the actor may compare, latest year and number first; raises NotReadable."""
    contract = contract_by_code(code)
    policy.require(actor, "read_edition", Scope(contract.id))
    return records.editions_of_contract(contract.id)
