"""The checks of what stands beside the figures: the missing pieces of a committee's dossier, the investment plan.

An edition freezes the figures of the abatement: nothing here makes one of them wrong, so nothing here is an error that
would ask for a reason to freeze. What is an error on a project's own page is « à vérifier » here, what is to be seen
there is for information; a reason written each time because a grant's deadline passed would be read by nobody.
"""

from collections.abc import Callable, Iterable

from tracker.balance.rules.checks.base import Offence, Rule, named
from tracker.balance.rules.checks.facts import BesideFacts, ProjectFacts


def _unevaluated(facts: BesideFacts) -> Iterable[Offence]:
    if not facts.evaluated:
        yield f"L’évaluation de {facts.year} n’est pas encore écrite par la coordination.", facts.evaluation_link


def _no_meeting(facts: BesideFacts) -> Iterable[Offence]:
    if not facts.planned:
        yield f"Aucun COPIL n’est prévu en {facts.year + 1} pour le bilan {facts.year}.", facts.meetings_link


def _unpresented(facts: BesideFacts) -> Iterable[Offence]:
    for one in facts.unpresented or ():
        where = ", ".join(one.cities)
        yield f"{one.landlord} : programme {facts.year + 1} non présenté ({where}).", one.link


def _of_projects(code: str) -> Callable[[BesideFacts], Iterable[Offence]]:
    """One line for each project: each is mended on its own page."""

    def offences(facts: BesideFacts) -> Iterable[Offence]:
        for project in facts.projects or ():
            for found, message in project.alerts:
                if found == code:
                    yield f"{project.city}, « {project.title} » – {message}", project.link

    return offences


def _by_city(keep: Callable[[ProjectFacts], bool], one: str, many: str) -> Callable[[BesideFacts], Iterable[Offence]]:
    """One line for each city: a plan that begins lacks the same thing everywhere."""

    def offences(facts: BesideFacts) -> Iterable[Offence]:
        by_city: dict[tuple[str, str], list[str]] = {}
        for project in facts.projects or ():
            if keep(project):
                by_city.setdefault((project.city, project.city_link), []).append(project.title)
        for (city, link), titles in by_city.items():
            count = f"{len(titles)} {many}" if len(titles) > 1 else f"1 {one}"
            yield f"{city} : {count} ({named(titles)}).", link

    return offences


def _has(code: str) -> Callable[[ProjectFacts], bool]:
    return lambda project: any(found == code for found, _message in project.alerts)


def _asked_projects(facts: BesideFacts) -> bool:
    return facts.projects is not None


PIECES: tuple[Rule[BesideFacts], ...] = (
    Rule(
        "evaluation_missing",
        "warning",
        "Évaluation",
        "L’évaluation de l’année est écrite.",
        _unevaluated,
        lambda facts: facts.evaluated is not None,
    ),
    Rule(
        "meeting_missing",
        "warning",
        "COPIL",
        "Un COPIL est prévu pour ce bilan.",
        _no_meeting,
        lambda facts: facts.planned is not None,
    ),
    Rule(
        "programme_missing",
        "warning",
        "Programme",
        "Chaque bailleur a présenté son programme de l’an prochain.",
        _unpresented,
        lambda facts: facts.unpresented is not None,
    ),
)
PROJECTS: tuple[Rule[BesideFacts], ...] = (
    Rule(
        "project_below_floor",
        "warning",
        "Plancher",
        "La part de chaque maître d’ouvrage tient son plancher.",
        _of_projects("owner_share_below_floor"),
        _asked_projects,
    ),
    Rule(
        "project_over_funded",
        "warning",
        "Sur-financé",
        "Aucun plan de financement ne dépasse son coût.",
        _of_projects("over_funded"),
        _asked_projects,
    ),
    Rule(
        "project_deadline_passed",
        "warning",
        "Dépassée",
        "Aucune échéance de subvention n’est dépassée.",
        _of_projects("deadline_passed"),
        _asked_projects,
    ),
    Rule(
        "project_cumulation",
        "info",
        "Cumul",
        "Aucune aide exclusive ne se cumule avec une autre du même financeur.",
        _of_projects("department_cumulation"),
        _asked_projects,
    ),
    Rule(
        "project_deadline_near",
        "info",
        "Échéance",
        "Aucune échéance de subvention n’approche.",
        _of_projects("deadline_near"),
        _asked_projects,
    ),
    Rule(
        "project_unbalanced",
        "info",
        "À équilibrer",
        "Chaque plan de financement est équilibré.",
        _by_city(_has("unbalanced"), "plan de financement à équilibrer", "plans de financement à équilibrer"),
        _asked_projects,
    ),
    Rule(
        "project_no_cost",
        "info",
        "Coût inconnu",
        "Chaque projet a un coût.",
        _by_city(_has("no_cost"), "projet sans coût", "projets sans coût"),
        _asked_projects,
    ),
    Rule(
        "project_unbudgeted",
        "info",
        "Budget",
        "Chaque projet engagé a un budget pour l’année.",
        _by_city(lambda project: not project.budgeted, "projet engagé sans budget", "projets engagés sans budget"),
        _asked_projects,
    ),
)
