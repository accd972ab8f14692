"""The rules that look across the cells, rows and sheets of a workbook of projects; each finding stands on its cell.

Errors are told wherever they stand, surprises on what the workbook changes alone: what has been so for months is not
this file's news.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tracker.funding import rules as funding_rules
from tracker.funding.commands import DEFAULT_NATURE, GRANT_FIELDS
from tracker.investment import rules
from tracker.investment.commands import CHECKED
from tracker.investment.workbook.plan import Payers, alerts_after, sums_after
from tracker.investment.workbook.saving import is_empty
from tracker.investment.workbook.whole import BudgetRow, GrantRow, ProjectRow, Whole
from tracker.policy import FieldError
from tracker.web import formats
from tracker.workbooks.entries import folded_title
from tracker.workbooks.findings import Findings
from tracker.workbooks.forms import Issue, Record, SheetForm


def check_whole(
    whole: Whole, forms: Sequence[SheetForm], payers: Payers, floors: Mapping[str, Decimal | None]
) -> list[Issue]:
    """Everything the rules say of the place as it would stand; ``floors``: regime → the owner's least share."""
    findings = Findings(forms)
    for row in whole.projects:
        if row.record is not None:
            _project(findings, row, row.record)
            _plan(findings, row, row.record, payers, floors)
    _doubles(findings, whole.projects)
    for grant in whole.grants:
        _grant(findings, grant)
    for budget in whole.budgets:
        _belongs(findings, budget.record, budget, "ce budget est celui d’un autre projet")
    _years(findings, whole)
    return findings.issues


def _project(findings: Findings, row: ProjectRow, record: Record) -> None:
    findings.refuse(record, rules.project_errors({name: row.values.get(name) for name in CHECKED}))
    if not row.touched:
        return
    cost = row.values.get("cost_excl_tax")
    before = row.standing.cost_excl_tax if row.standing is not None else None
    if cost != before and rules.looks_like_thousands(cost, before):
        message = (
            f"Coût HT : {formats.money(cost)} trouvé ; ce montant est-il en milliers d’euros ? Des euros sont attendus."
        )
        findings.add(record, "cost_excl_tax", "thousands", "warning", message)


def _plan(
    findings: Findings, row: ProjectRow, record: Record, payers: Payers, floors: Mapping[str, Decimal | None]
) -> None:
    """What the workbook breaks in the financing plan: said, never blocked, as on the project's page."""
    if not row.touched:
        return
    standing = row.standing.alerts if row.standing is not None else []
    known = {(alert.code, alert.amount) for alert in standing}
    floor = floors.get(row.values.get("owner_share_regime") or "standard")
    for alert in alerts_after(row.values, sums_after(row.grants, payers), floor):
        if (alert.code, alert.amount) not in known:
            findings.add(record, "cost_excl_tax", alert.code, "warning", alert.message)


def _doubles(findings: Findings, rows: Sequence[ProjectRow]) -> None:
    """A new project named as another one is most often a row pasted twice."""
    titles = [folded_title(row.values.get("title")) for row in rows]
    for row, title in zip(rows, titles, strict=True):
        if row.record is not None and row.standing is None and title and titles.count(title) > 1:
            message = (
                f"Projet : « {row.values['title']} » est déjà le nom d’un projet de cette ville ; un nom différent par "
                "projet est attendu."
            )
            findings.add(row.record, "title", "duplicate", "error", message)


def _belongs(findings: Findings, record: Record, row: GrantRow | BudgetRow, other: str) -> None:
    """The title names one project, and the one it had."""
    title = record.values.get("project")
    if not title:
        return
    if not row.candidates:
        message = f"Projet : « {title} » trouvé ; le nom d’un projet de la feuille « Projets » est attendu."
        findings.add(record, "project", "unknown_reference", "error", message)
    elif len(row.candidates) > 1:
        message = (
            f"Projet : « {title} » est le nom de {len(row.candidates)} projets ; lequel ? Donnez-leur des noms "
            "différents sur la feuille « Projets », puis reprenez ici celui qui convient."
        )
        findings.add(record, "project", "ambiguous", "error", message)
    elif row.owner is not None and row.candidates[0] is not row.owner:
        message = f"Projet : « {title} » trouvé ; {other}. Ajoutez plutôt une ligne nouvelle."
        findings.add(record, "project", "locked", "error", message)


def _grant(findings: Findings, row: GrantRow) -> None:
    record = row.record
    _belongs(findings, record, row, "cette aide est celle d’un autre projet, archivez-la sur sa page")
    if not row.touched:
        return
    findings.refuse(record, _grant_errors(row))
    names = ("eligible_base", "rate", "requested", "awarded")
    for sentence in funding_rules.amount_warnings(*(record.values.get(name) for name in names)):
        findings.add(record, "eligible_base", "amounts", "warning", sentence)


def _grant_errors(row: GrantRow) -> list[FieldError]:
    """What the grant's own commands would refuse once written; a date without a column is told on the status."""
    values, standing = row.record.values, row.standing
    told = {name: value for name, value in values.items() if name in GRANT_FIELDS}
    if standing is None:
        told["status"] = told.get("status") or funding_rules.default_status(told.get("awarded"))
        told["nature"] = told.get("nature") or DEFAULT_NATURE["project"]
        return _on_the_sheet(funding_rules.grant_errors(told), values)
    merged: dict[str, Any] = {name: getattr(standing, name) for name in GRANT_FIELDS} | told
    for name, label in (("nature", "Nature"), ("status", "Statut")):
        if merged[name] is None:
            return [FieldError(name, "required", f"{label} : une valeur est attendue.")]
    if merged["status"] != standing.status:
        refusal = funding_rules.transition_refusal(standing.status, merged["status"])
        if refusal is None and funding_rules.needs_reason(standing.status, merged["status"]):
            refusal = "Ce changement demande un motif : passez par la page de la subvention."
        if refusal is not None:
            return [FieldError("status", "transition_not_allowed", f"Statut : {refusal}", merged["status"])]
    return _on_the_sheet(funding_rules.grant_errors(merged), values)


def _on_the_sheet(errors: Sequence[FieldError], values: Any) -> list[FieldError]:
    return [one if one.field in values else FieldError("status", one.code, one.message, one.value) for one in errors]


def _years(findings: Findings, whole: Whole) -> None:
    """One budget per project and year; the year of one that stands does not change."""
    taken = {(id(row), budget.year) for row, budget in whole.left_out if not is_empty(budget)}
    # What stands comes first: it is the new row that repeats.
    for row in sorted(whole.budgets, key=lambda one: one.standing is None):
        year = row.record.values.get("year")
        if year is None:
            continue
        if row.standing is not None and year != row.standing.year:
            message = (
                f"Année : {year} trouvé ; ce budget est celui de {row.standing.year}. Ajoutez plutôt une ligne pour "
                f"{year}."
            )
            findings.add(row.record, "year", "locked", "error", message)
            continue
        if len(row.candidates) != 1:
            continue
        place = (id(row.candidates[0]), year)
        if place in taken:
            title = row.candidates[0].values.get("title")
            message = f"Année : le budget {year} de « {title} » figure déjà ; une seule ligne par année est attendue."
            findings.add(row.record, "year", "duplicate", "error", message)
        taken.add(place)
