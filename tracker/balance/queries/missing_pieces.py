"""What the checks of the missing pieces and of the projects read beside the figures: a constant number of queries."""

from collections.abc import Sequence

from sqlalchemy import func, select

from tracker.balance.models import Meeting
from tracker.balance.queries.content import BalanceSheet
from tracker.balance.queries.programme import PRESENTED
from tracker.balance.rules import BesideFacts, ProjectFacts, Unpresented
from tracker.extensions import db
from tracker.investment.models import BudgetYear, Project
from tracker.investment.queries import ProjectLine
from tracker.territory.models import Contract
from tracker.tfpb.models import Convention, TfpbFile
from tracker.tfpb.queries.expected import conventions_of, pairs_of

COPIL = "copil"
EVALUATION = "/bilan/{}/{}#evaluation"
MEETINGS = "/bilan/reunions"
FILES_PAGE = "/tfpb?year={}&landlord_id={}"
PROJECT_PAGE = "/projets/{}"
PROJECTS_PAGE = "/projets?contract_id={}&city_id={}"
# A project on which money is expected to move: the others need no budget of the year yet, or any more.
BUDGETED_STATUSES = ("funding", "works")


def copil_of(contract_id: int, year: int) -> Meeting | None:
    """The COPIL that looks at this year: the first held after it ends, else none."""
    statement = (
        select(Meeting)
        .where(
            Meeting.contract_id == contract_id,
            Meeting.kind == "copil",
            Meeting.archived_at.is_(None),
            func.extract("year", Meeting.held_on) == year + 1,
        )
        .order_by(Meeting.held_on)
        .limit(1)
    )
    return db.session.scalars(statement).first()


def beside_facts(
    contract: Contract,
    sheet: BalanceSheet,
    landlords: Sequence[int] | None,
    evaluation: str | None,
    projects: Sequence[ProjectLine] | None,
) -> BesideFacts:
    """What is asked of this reader: a landlord's own sheet is asked for its own programme alone, and only those who
    read the projects are told of them (``projects`` None)."""
    whole, year = landlords is None, sheet.year
    return BesideFacts(
        year=year,
        evaluated=evaluation is not None if whole else None,
        planned=_planned(contract, sheet) if whole else None,
        evaluation_link=EVALUATION.format(contract.code, year),
        meetings_link=MEETINGS,
        unpresented=_unpresented(contract, year + 1, landlords) if year < contract.last_year else None,
        projects=None if projects is None else _projects(contract, year, projects),
    )


def _planned(contract: Contract, sheet: BalanceSheet) -> bool:
    """An edition frozen for a COPIL has its meeting, whenever it is held."""
    if sheet.edition is not None and sheet.edition.meeting.kind == COPIL:
        return True
    return copil_of(contract.id, sheet.year) is not None


def _unpresented(contract: Contract, year: int, landlords: Sequence[int] | None) -> list[Unpresented]:
    """The landlords bound that year whose programme was not presented, with the cities where it was not.

    A programme still being written and none at all read the same: what a landlord drafts is its own.
    """
    presented = (
        select(TfpbFile.convention_id, TfpbFile.neighbourhood_id)
        .join(Convention, Convention.id == TfpbFile.convention_id)
        .where(
            Convention.contract_id == contract.id,
            TfpbFile.year == year,
            TfpbFile.archived_at.is_(None),
            TfpbFile.programme_status.in_(PRESENTED),
        )
    )
    done = {tuple(row) for row in db.session.execute(presented)}
    lacking: dict[tuple[str, int | None], list[str]] = {}
    for convention, place in pairs_of(contract.id, conventions_of(contract.id, year, landlords)):
        if (convention.id, place.id) not in done:
            cities = lacking.setdefault((convention.landlord.name, convention.landlord.id), [])
            if convention.city.name not in cities:
                cities.append(convention.city.name)
    return [
        Unpresented(name, sorted(cities), FILES_PAGE.format(year, number))
        for (name, number), cities in sorted(lacking.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    ]


def _projects(contract: Contract, year: int, projects: Sequence[ProjectLine]) -> list[ProjectFacts]:
    budgeted = set(
        db.session.scalars(
            select(BudgetYear.project_id)
            .join(Project, Project.id == BudgetYear.project_id)
            .where(Project.contract_id == contract.id, BudgetYear.year == year)
        )
    )
    return [
        ProjectFacts(
            title=line.project.title,
            city=line.project.city.name,
            link=PROJECT_PAGE.format(line.project.id),
            city_link=PROJECTS_PAGE.format(contract.id, line.project.city_id),
            alerts=[(alert.code, alert.message) for alert in line.alerts],
            budgeted=line.project.status not in BUDGETED_STATUSES or line.project.id in budgeted,
        )
        for line in projects
    ]
