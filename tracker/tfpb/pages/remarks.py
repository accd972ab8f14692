"""What a file's page says is missing or wrong, each line with the link that mends it; and where the file stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from tracker import policy
from tracker.policy import Actor
from tracker.tfpb import rules
from tracker.tfpb.models import Participation, TfpbFile
from tracker.tfpb.queries.actions import ActionLine
from tracker.tfpb.queries.files import FileLine, scope_of
from tracker.tfpb.queries.turns import Waiting, waiting
from tracker.tfpb.rules.board import is_unsettled, phase, stages_due


@dataclass
class Remark:
    """One line of « ce qui manque »: ``edit`` is what the page opens to mend it."""

    word: str
    tone: str
    sentence: str
    edit: str | None = None
    act: str = "Compléter"
    anchor: str | None = None


def remarks(line: FileLine, lines: Sequence[ActionLine], moments: Sequence[Participation], today: date) -> list[Remark]:
    """What stands between the file and its end: first what bars its submission, then what a reader would ask."""
    file = line.file
    found = _unplanned(lines) if is_programme(file, today) else _missing(file, lines)
    found += _of_file("Convention", line.gate_alerts)
    if rules.abatement(file.abatement_actual, file.abatement_estimated) is None:
        found.append(Remark("Abattement", "warn", "Le montant de l’abattement est inconnu.", "fiche", anchor="fiche"))
    elif file.abatement_actual is None and file.year < today.year:
        sentence = "L’abattement n’est qu’estimé : l’avis d’imposition donne le montant réel."
        found.append(Remark("Abattement", "info", sentence, "fiche", anchor="fiche"))
    if is_unsettled(file.programme_status, phase(file.year, today)):
        found.append(Remark("Programme", "warn", UNSETTLED[file.programme_status]))
    found += _checks(lines)
    found += _of_file("Contrepartie", line.counterpart_alerts)
    if not lines:
        found.append(Remark("Actions", "warn", "Aucune action n’est déclarée.", "new", "Ajouter", "action-new"))
    return found + _stages(file, moments, today)


UNSETTLED = {
    "proposed": "Le programme n’a été ni discuté avec la ville, ni validé en COPIL.",
    "discussed": "Le programme est discuté, mais n’est pas validé en COPIL.",
}


def _missing(file: TfpbFile, lines: Sequence[ActionLine]) -> list[Remark]:
    """One line for the file's own figures, one per action: the report needs them all, a programme not yet."""
    found = []
    values = rules.missing_values(file, lines)
    for number, group in groupby(values, key=lambda one: one.action_id):
        missing = list(group)
        labels = ", ".join(rules.inside(one.label) for one in missing)
        if number is None:
            found.append(Remark("À compléter", "warn", f"Le dossier : {labels}.", "fiche", anchor="fiche"))
        else:
            sentence = f"« {missing[0].title} » : {labels}."
            found.append(Remark("À compléter", "warn", sentence, str(number), anchor=f"action-{number}"))
    return found


def _unplanned(lines: Sequence[ActionLine]) -> list[Remark]:
    """Before its year begins a file is a programme: only the planned figures are waited for."""
    found = []
    for line in lines:
        labels = [
            rules.inside(rules.AMOUNT_LABELS[name]) for name in rules.PLANNED_FIELDS if getattr(line, name) is None
        ]
        if labels:
            sentence = f"« {line.title} » : {', '.join(labels)}."
            found.append(Remark("À compléter", "warn", sentence, str(line.id), anchor=f"action-{line.id}"))
    return found


def _checks(lines: Sequence[ActionLine]) -> list[Remark]:
    """What each action's checks say; what often holds for many of them is one line, with how many."""
    words = {"error": "À corriger", "warning": "À vérifier"}
    found: list[Remark] = []
    together: dict[str, list[tuple[ActionLine, rules.Alert]]] = {}
    for line in lines:
        for alert in line.alerts:
            if alert.code in rules.TOLD_TOGETHER:
                together.setdefault(alert.code, []).append((line, alert))
            elif alert.severity in words:
                found.append(_of_action(words[alert.severity], line, alert))
    for code, told in together.items():
        line, alert = told[0]
        if len(told) == 1:
            found.append(_of_action(words[alert.severity], line, alert))
            continue
        titles = ", ".join(f"« {one.title} »" for one, _ in told[:NAMED])
        more = f" et {len(told) - NAMED} de plus" if len(told) > NAMED else ""
        edit, anchor = ("baseline-new", "references") if code == "no_baseline" else (str(line.id), f"action-{line.id}")
        sentence = f"{len(told)} actions {TOGETHER[code]} : {titles}{more}."
        found.append(Remark(words[alert.severity], rules.ALERT_TONES[alert.severity], sentence, edit, "Ouvrir", anchor))
    return found


NAMED = 3  # actions named in one sentence
TOGETHER = {
    "evidence_missing": "valorisées sans justificatif ni photographie",
    "no_baseline": "au surcoût invérifiable, faute de référence de gestion pour leur axe",
    "result_missing": "terminées sans résultat mesuré ni observations",
}


def _of_action(word: str, line: ActionLine, alert: rules.Alert) -> Remark:
    sentence = f"« {line.title} » : {rules.inside(alert.message)}"
    return Remark(word, rules.ALERT_TONES[alert.severity], sentence, str(line.id), "Ouvrir", f"action-{line.id}")


def _of_file(word: str, alerts: Sequence[rules.Alert]) -> list[Remark]:
    return [Remark(word, rules.ALERT_TONES[alert.severity], alert.message) for alert in alerts]


def _stages(file: TfpbFile, moments: Sequence[Participation], today: date) -> list[Remark]:
    """The stages whose time has come without residents being met, and what the balance sheet makes of it."""
    consequence = unheard_consequence(file)
    # At an unheard stage the moments there are, if any, are still to come.
    announced = {moment.stage: f" (prévu le {moment.held_on:%d/%m/%Y})" for moment in moments}
    found = []
    for stage in unheard_stages(file, moments, today):
        where = f"l’étape « {rules.inside(rules.STAGES[stage])} »{announced.get(stage, '')}"
        sentence = f"Aucun moment de participation à {where} : {consequence}."
        found.append(Remark("Participation", "warn", sentence, f"participation-{stage}", "Ajouter", "participation"))
    return found


def unheard_stages(file: TfpbFile, moments: Sequence[Participation], today: date) -> list[str]:
    """The stages due by now at which no residents were met."""
    held = {moment.stage for moment in moments if rules.was_held(moment.held_on, today)}
    return [stage for stage in stages_due(file.status, phase(file.year, today)) if stage not in held]


def unheard_consequence(file: TfpbFile) -> str:
    """What the balance sheet makes of a stage without residents, as the end of a sentence."""
    verb = "signale" if file.status in rules.COUNTED else "signalera"
    return f"le bilan présenté au COPIL le {verb}"


@dataclass
class Standing:
    """Where a file stands: its steps, whose turn each track is and by when, and the moves offered to this reader."""

    steps: list[tuple[str, str]]
    turns: list[tuple[str, str | None]]
    moves: list[rules.Transition] = field(default_factory=list)


def standing(actor: Actor, line: FileLine, today: date) -> Standing:
    """The state line of a file for this reader."""
    file = line.file
    scope = scope_of(file)

    def may(verb: str) -> bool:
        return policy.can(actor, verb, scope)[0]

    frozen = file.frozen_in is not None
    moves = [
        move
        for track in rules.TRACKS
        for move in rules.open_moves(track, getattr(file, rules.TRACK_FIELDS[track]), frozen)
        if may(move.verb) and not (is_programme(file, today) and move.target == "submitted")
    ]
    turns = [(one.sentence, _until(file, one, today)) for one in waiting(actor, line, today)]
    return Standing(_steps(file, today), turns, [] if file.archived_at is not None else moves)


def _until(file: TfpbFile, waited: Waiting, today: date) -> str | None:
    """Since when, and by when: only the report has a day of its own."""
    since = f"depuis le {waited.since:%d/%m/%Y}" if waited.since else None
    due = _due(file, today) if waited.track == rules.REPORT else None
    return ", ".join(filter(None, (since, due))) or None


def _due(file: TfpbFile, today: date) -> str | None:
    due = rules.report_due(file.year, file.convention.report_due)
    if due is None or file.status not in rules.OPEN_TO_EDITING:
        return None
    return f"avant le {due:%d/%m/%Y}" if today <= due else f"attendu depuis le {due:%d/%m/%Y}"


def is_programme(file: TfpbFile, today: date) -> bool:
    """Before its year begins, what is at stake is the programme."""
    return rules.is_programme(file.year, file.status, today)


def _steps(file: TfpbFile, today: date) -> list[tuple[str, str]]:
    """The badges of the state line: what is done, where the file stands, what is to come."""
    programme = f"Programme {rules.inside(rules.PROGRAMME_STATUSES[file.programme_status])}"
    ahead = is_programme(file, today)
    done = file.programme_status == "validated"
    steps = [("Programme validé" if done else programme, "done" if done else "current")]
    names = ("Bilan déposé", "Vérifié", "Validé en COPIL", "Transmis")
    reached = {"draft": 0, "to_correct": 0, "submitted": 1, "verified": 2, "validated": 3, "transmitted": 4}[
        file.status
    ]
    first = "Bilan à corriger" if file.status == "to_correct" else "Bilan à déposer"
    waiting = (first, "À vérifier", "À valider en COPIL", "À transmettre")
    for position, name in enumerate(names):
        if position < reached:
            steps.append((name, "done"))
        elif position == reached and not ahead:
            steps.append((waiting[position], "current"))
        else:
            steps.append((name, "todo"))
    return steps
