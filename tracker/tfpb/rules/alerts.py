"""What is surprising in an action or in a file's amounts: said beside them, never blocked.

Sources: the national framework of 29/04/2015 (spent = landlord's share + other funding; valued within the landlord's
own money; ordinary management strengthened beyond what is done elsewhere; axis 8 « hors quartiers NPNRU »).
"""

from dataclasses import dataclass
from decimal import Decimal

from tracker.money import ZERO, in_french
from tracker.tfpb.rules.words import ACTION_REQUIRED, ACTION_STATUSES, AMOUNT_LABELS, inside


@dataclass(frozen=True)
class Alert:
    """One surprising thing. ``amount`` in euros, the size of it; ``field`` the one that mends it."""

    code: str
    severity: str
    message: str
    amount: Decimal | None = None
    field: str | None = None


ALERT_TONES = {"error": "bad", "warning": "warn", "info": "info"}


@dataclass(frozen=True)
class ActionFacts:
    """An action as its checks read it; amounts in euros, None when unknown.

    unknown_awards  how many of its awarded grants tell no amount: its other funding lacks them.
    axis_closed   its axis is closed in renewal quarters, and its neighbourhood is one.
    no_baseline   its axis strengthens ordinary management, and the file has no baseline for that axis.
    evidence      how many documents prove it; None when the reader of these facts does not know.
    """

    axis: int = 0
    status: str = "planned"
    planned_cost: Decimal | None = None
    planned_valued: Decimal | None = None
    actual_cost: Decimal | None = None
    landlord_share: Decimal | None = None
    other_funding: Decimal | None = None
    unknown_awards: int = 0
    valued_amount: Decimal | None = None
    indicator: str | None = None
    indicator_target: str | None = None
    indicator_actual: str | None = None
    result: str | None = None
    observation: str | None = None
    correction_reason: str | None = None
    axis_closed: bool = False
    no_baseline: bool = False
    evidence: int | None = None


def action_alerts(action: ActionFacts) -> list[Alert]:
    """What does not hold in an action, most serious first within each matter."""
    return [*_amounts(action), *_awards(action), *_corrections(action), *_axis(action), *_results(action)]


def amount_alerts(action: ActionFacts) -> list[Alert]:
    """What does not hold between its amounts alone: what the balance sheet's own checks read."""
    return _amounts(action)


def _amounts(action: ActionFacts) -> list[Alert]:
    """Spent = landlord's share + other funding; valued within what was spent and within the landlord's share."""
    alerts = []
    actual, share, other, valued = (
        action.actual_cost,
        action.landlord_share,
        action.other_funding,
        action.valued_amount,
    )
    if actual is not None and share is not None and other is not None and actual != share + other:
        message = (
            f"La dépense réalisée ({in_french(actual)}) n’est pas la somme du financement bailleur "
            f"({in_french(share)}) et de l’autre financement ({in_french(other)}) : "
            f"écart de {in_french(actual - share - other)}."
        )
        alerts.append(Alert("unbalanced", "error", message, actual - share - other, "actual_cost"))
    if valued is not None and actual is not None and valued > actual:
        message = (
            f"La dépense valorisée ({in_french(valued)}) dépasse la dépense réalisée ({in_french(actual)}) "
            f"de {in_french(valued - actual)}."
        )
        alerts.append(Alert("valued_above_actual", "error", message, valued - actual, "valued_amount"))
    if valued is not None and share is not None and valued > share:
        message = (
            f"La dépense valorisée ({in_french(valued)}) dépasse le financement bailleur ({in_french(share)}) "
            f"de {in_french(valued - share)}."
        )
        alerts.append(Alert("valued_above_share", "warning", message, valued - share, "valued_amount"))
    unknown = [name for name in ACTION_REQUIRED if getattr(action, name) is None]
    if unknown:
        labels = ", ".join(inside(AMOUNT_LABELS[name]) for name in unknown)
        alerts.append(Alert("missing_amounts", "info", f"À renseigner avant le dépôt : {labels}.", field=unknown[0]))
    return alerts


def _awards(action: ActionFacts) -> list[Alert]:
    """What was spent is compared to nothing while an award is unknown: said, so that nobody takes it for balanced."""
    if not action.unknown_awards:
        return []
    many = action.unknown_awards > 1
    message = (
        f"{action.unknown_awards} financement{'s' if many else ''} accordé{'s' if many else ''} sans montant : "
        "l’autre financement est incomplet, la dépense réalisée ne se compare à rien."
    )
    return [Alert("award_unknown", "warning", message)]


CORRECTABLE = ("planned_cost", "planned_valued", "actual_cost", "landlord_share", "valued_amount")


def _corrections(action: ActionFacts) -> list[Alert]:
    """A negative amount corrects an earlier year: it says why."""
    negative = [name for name in CORRECTABLE if (getattr(action, name) or ZERO) < ZERO]
    if not negative or action.correction_reason:
        return []
    said = ", ".join(f"{inside(AMOUNT_LABELS[name])} {in_french(getattr(action, name))}" for name in negative)
    message = f"Montant négatif sans motif de correction : {said}."
    return [Alert("negative_unexplained", "error", message, getattr(action, negative[0]), "correction_reason")]


def _axis(action: ActionFacts) -> list[Alert]:
    alerts = []
    if action.axis_closed:
        message = (
            f"L’axe {action.axis} est fermé dans un quartier en renouvellement urbain "
            "(cadre national : « hors quartiers NPNRU »)."
        )
        alerts.append(Alert("axis_closed", "error", message, field="axis"))
    if action.no_baseline:
        message = (
            f"Surcoût invérifiable : l’axe {action.axis} renforce la gestion ordinaire, et le dossier n’a "
            "aucune référence de gestion pour cet axe."
        )
        alerts.append(Alert("no_baseline", "warning", message, field="axis"))
    return alerts


FINISHED = ("done", "partial")


def _results(action: ActionFacts) -> list[Alert]:
    """« Des actions concrètes, pragmatiques et mesurables » (contract's annex): what came of it, and who saw it."""
    alerts = []
    word = inside(ACTION_STATUSES.get(action.status, action.status))
    if action.status in FINISHED and not action.result and not action.indicator_actual:
        message = f"Action « {word} » sans résultat : ni résultat mesuré, ni observations."
        alerts.append(Alert("result_missing", "warning", message, field="result"))
    if action.status == "done" and action.observation == "not_seen":
        message = f"Action déclarée « {word} », mais « non constatée » sur place."
        alerts.append(Alert("not_seen", "warning", message, field="observation"))
    valued = action.valued_amount
    if action.evidence == 0 and valued is not None and valued > ZERO:
        message = f"{in_french(valued)} valorisés sans aucun justificatif ni photographie."
        alerts.append(Alert("evidence_missing", "warning", message, valued, "valued_amount"))
    if action.indicator and not action.indicator_target:
        message = f"L’indicateur « {action.indicator} » n’a pas de cible : le résultat ne se compare à rien."
        alerts.append(Alert("indicator_untargeted", "info", message, field="indicator_target"))
    return alerts


# Warnings that often hold for many actions at once: a file says each in one line.
TOLD_TOGETHER = ("evidence_missing", "no_baseline", "result_missing")


def file_alerts(abatement: Decimal | None, valued: Decimal | None) -> list[Alert]:
    """What a file's valued total says against its abatement (euros); nothing while either is unknown."""
    if abatement is None or valued is None or valued >= abatement:
        return []
    message = (
        f"{in_french(valued)} valorisés pour un abattement de {in_french(abatement)} : "
        f"il manque {in_french(abatement - valued)} de contrepartie."
    )
    return [Alert("under_justified", "warning", message, abatement - valued)]
