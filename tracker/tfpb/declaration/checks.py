"""The rules that look across the cells, rows and sheets of a declaration; each finding stands on its cell."""

from collections.abc import Sequence

from tracker import clock
from tracker.columns import add_up
from tracker.funding import rules as funding_rules
from tracker.policy import FieldError
from tracker.tfpb import rules
from tracker.tfpb.declaration.whole import DeclaredLine, FundingLine, Whole
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.queries.actions import READ_BY_CHECKS, Around
from tracker.web import formats
from tracker.workbooks.entries import folded_title
from tracker.workbooks.findings import Findings
from tracker.workbooks.forms import Issue, Record, SheetForm


def check_whole(file: TfpbFile, around: Around, whole: Whole, forms: Sequence[SheetForm]) -> list[Issue]:
    """Everything the rules say of the declaration as it would stand.

    ``around`` is what the tracker says of the axes; a baseline told in the workbook proves its axis too.
    """
    findings = Findings(forms)
    _file(findings, file, whole)
    proven = frozenset(line.values["axis"] for line in whole.baseline if line.values.get("axis"))
    around = Around(around.closed, around.unproven - proven)
    for line in whole.actions:
        if line.record is not None:
            _action(findings, file, around, line, line.record)
    _doubles(findings, whole.actions)
    _thousands(findings, file, whole)
    for funding in whole.funding:
        _funding(findings, funding)
    for moment in whole.participation:
        if moment.values.get("held_on") is not None:
            findings.refuse(moment, rules.held_on_errors(moment.values["held_on"], file.year))
    return findings.issues


def _file(findings: Findings, file: TfpbFile, whole: Whole) -> None:
    if whole.file is not None:
        values = whole.file.values
        findings.refuse(whole.file, rules.dwelling_errors(values.get("dwellings"), values.get("abated_dwellings")))
        findings.refuse(whole.file, rules.notice_errors(values.get("notice_on"), file.year))


def _action(findings: Findings, file: TfpbFile, around: Around, line: DeclaredLine, record: Record) -> None:
    values, today = record.values, clock.today()
    facts = rules.ActionFacts(
        **{name: values[name] for name in READ_BY_CHECKS if values.get(name) is not None},
        other_funding=line.other_funding,
        axis_closed=values.get("axis") in around.closed,
        no_baseline=values.get("axis") in around.unproven,
    )
    for alert in rules.action_alerts(facts):
        field = alert.field or "title"
        # A programme has not spent anything yet; and what could not be read has its own issue.
        if alert.code == "missing_amounts" and (file.year > today.year or field not in values):
            continue
        findings.add(record, field, alert.code, alert.severity, alert.message)
    observed = {name: values.get(name) for name in ("observation", "observed_by", "observed_on")}
    findings.refuse(record, rules.observation_errors(**observed, year=file.year, today=today))


def _doubles(findings: Findings, actions: Sequence[DeclaredLine]) -> None:
    """The same title twice under one axis: most often a row pasted twice."""
    titled = [line for line in actions if line.values.get("title") and line.values.get("axis")]
    # What stands in the tracker comes first: it is the new row that repeats.
    titled.sort(key=lambda line: line.id is None)
    for place in rules.repeated((line.values["axis"], folded_title(line.values["title"])) for line in titled):
        record = titled[place].record
        if record is not None:
            message = (
                f"Action : « {titled[place].values['title']} » figure déjà sous l’axe {titled[place].values['axis']} ; "
                "un nom différent par action est attendu."
            )
            findings.add(record, "title", "duplicate", "error", message)


def _thousands(findings: Findings, file: TfpbFile, whole: Whole) -> None:
    told = whole.file.values if whole.file is not None else {}
    abatement = rules.abatement(
        told.get("abatement_actual", file.abatement_actual), told.get("abatement_estimated", file.abatement_estimated)
    )
    for name in ("planned_cost", "actual_cost"):
        total = add_up(line.values.get(name) for line in whole.actions)
        first = next((line.record for line in whole.actions if line.record and line.values.get(name)), None)
        if first is not None and rules.looks_like_thousands(total, abatement):
            message = (
                f"{rules.AMOUNT_LABELS[name]} : {formats.money(total)} au total pour un abattement de "
                f"{formats.money(abatement)} ; ces montants sont-ils en milliers d’euros ? Des euros sont attendus."
            )
            findings.add(first, name, "thousands", "warning", message)


def _funding(findings: Findings, line: FundingLine) -> None:
    record = line.record
    title = record.values.get("action")
    if title and not line.candidates:
        message = f"Action : « {title} » trouvé ; le nom d’une action de la feuille « Actions » est attendu."
        findings.add(record, "action", "unknown_reference", "error", message)
    elif len(line.candidates) > 1:
        message = (
            f"Action : « {title} » est le nom de {len(line.candidates)} actions ; laquelle ? Donnez-leur des noms "
            "différents sur la feuille « Actions », puis reprenez ici celui qui convient."
        )
        findings.add(record, "action", "ambiguous", "error", message)
    elif line.candidates and line.standing is not None and line.candidates[0].id != line.action_id:
        message = (
            f"Action : « {title} » trouvé ; cette aide est celle d’une autre action. Archivez-la sur sa page, puis "
            "ajoutez-la ici sur une ligne nouvelle."
        )
        findings.add(record, "action", "locked", "error", message)
    findings.refuse(record, _grant_errors(line))


def _grant_errors(line: FundingLine) -> list[FieldError]:
    """What the grant's own rules would refuse once written."""
    told = {name: line.record.values.get(name) for name in ("status", "awarded", "requested")}
    grant = line.standing
    if grant is None:
        status = told["status"] or funding_rules.default_status(told["awarded"])
        return _on_the_sheet(funding_rules.grant_errors({**told, "status": status}))
    if told["status"] is None:
        return [FieldError("status", "required", "Statut : une valeur est attendue.")]
    if told["status"] != grant.status:
        refusal = funding_rules.transition_refusal(grant.status, told["status"])
        if refusal is None and funding_rules.needs_reason(grant.status, told["status"]):
            refusal = "Ce changement demande un motif : passez par la page de la subvention."
        if refusal is not None:
            return [FieldError("status", "transition_not_allowed", f"Statut : {refusal}", told["status"])]
    dates = {name: getattr(grant, name) for name in funding_rules.DATE_LABELS}
    return _on_the_sheet(funding_rules.grant_errors({**dates, **told}))


def _on_the_sheet(errors: Sequence[FieldError]) -> list[FieldError]:
    """Dates have no column here: what they contradict is told on the status."""
    shown = ("status", "requested", "awarded")
    return [one if one.field in shown else FieldError("status", one.code, one.message, one.value) for one in errors]
