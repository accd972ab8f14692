"""What is missing or wrong in a balance sheet, each point with the link that mends it.

Sources: the framework of 29/04/2015 (spent = landlord's share + other funding; valued within the landlord's share),
CGI art. 1388 bis (convention signed by 1 January), the contract's annex (residents heard at every stage).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

SEVERITIES = {"error": "Bloquant", "warning": "À vérifier", "info": "Pour information"}
SEVERITY_TONES = {"error": "bad", "warning": "warn", "info": "info"}
_NAMED = 3  # actions named in one sentence


@dataclass(frozen=True)
class Check:
    """One point checked. ``ok`` false: ``message`` says what and where, ``link`` where to mend it."""

    code: str
    severity: str
    ok: bool
    message: str
    link: str | None = None


@dataclass(frozen=True)
class FileFacts:
    """A file that is due, or counted: ``status`` is None when there is none. Amounts in euros.

    unknown         what its actions do not all know, in French words.
    unproven        actions that value something without any document.
    missing_stages  stages of participation without any record, in French words.
    """

    name: str
    status: str | None
    counted: bool
    link: str | None = None
    dwellings: int | None = None
    abated_dwellings: int | None = None
    abatement_estimated: Decimal | None = None
    abatement_actual: Decimal | None = None
    actions: int = 0
    unknown: Sequence[str] = ()
    unproven: int = 0
    missing_stages: Sequence[str] = ()


@dataclass(frozen=True)
class ActionFault:
    """An action of a counted file whose amounts do not hold together; ``code`` as ``tfpb.rules.action_alerts``."""

    code: str
    file: str
    title: str
    link: str | None = None


@dataclass(frozen=True)
class LandlordFacts:
    """What a landlord owes: valued − abatement in euros, and the ratio."""

    name: str
    justified_rate: Decimal | None
    gap: Decimal | None
    link: str | None = None


@dataclass(frozen=True)
class Signature:
    """A convention due that year; ``fault`` is the French sentence of a late or missing signature."""

    name: str
    fault: str | None
    link: str | None = None


@dataclass(frozen=True)
class Facts:
    """Everything the checks read."""

    year: int
    files: Sequence[FileFacts] = ()
    faults: Sequence[ActionFault] = ()
    landlords: Sequence[LandlordFacts] = ()
    signatures: Sequence[Signature] = ()
    idle_axes: Sequence[str] = ()
    differences: Sequence[str] = ()

    @property
    def counted(self) -> list[FileFacts]:
        """The files that enter the figures."""
        return [file for file in self.files if file.counted]


Offence = tuple[str, str | None]

# The parts of a file's page where each thing is mended.
_FIGURES, _ACTIONS, _PARTICIPATION = "#fiche", "#actions", "#participation"


def _at(file: FileFacts | ActionFault, part: str) -> str | None:
    return file.link + part if file.link else None


def _nothing_due(facts: Facts) -> Iterable[Offence]:
    if not facts.files:
        yield f"Aucune convention ne couvre {facts.year} : le bilan est vide.", None


def _missing(facts: Facts) -> Iterable[Offence]:
    for file in facts.files:
        if file.status is None:
            yield f"{file.name} : aucun bilan déposé.", file.link
        elif file.status == "draft":
            yield f"{file.name} : bilan ouvert, pas encore déposé.", file.link


def _returned(facts: Facts) -> Iterable[Offence]:
    for file in facts.files:
        if file.status == "to_correct":
            yield f"{file.name} : bilan renvoyé au bailleur pour correction, hors des totaux.", file.link


def _unverified(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.status == "submitted":
            yield f"{file.name} : bilan déposé, pas encore vérifié.", file.link


def _abatement_unknown(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.abatement_actual is None and file.abatement_estimated is None:
            yield (
                f"{file.name} : montant de l’abattement inconnu, la part justifiée ne peut pas être calculée.",
                _at(file, _FIGURES),
            )


def _abatement_estimated(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.abatement_actual is None and file.abatement_estimated is not None:
            yield f"{file.name} : abattement encore estimé, l’avis d’imposition n’est pas saisi.", _at(file, _FIGURES)


def _no_dwelling(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.abated_dwellings == 0:
            yield f"{file.name} : aucun logement abattu, le montant par logement n’a pas de sens.", _at(file, _FIGURES)


def _dwellings_unknown(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        unknown = [
            word
            for word, value in (("logements", file.dwellings), ("logements abattus", file.abated_dwellings))
            if value is None
        ]
        if unknown:
            yield f"{file.name} : nombre inconnu de {' et de '.join(unknown)}.", _at(file, _FIGURES)


def _no_action(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if not file.actions:
            yield f"{file.name} : bilan déposé sans aucune action.", _at(file, _ACTIONS)


def _amounts_unknown(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.unknown:
            yield f"{file.name} : montants inconnus, hors des totaux ({', '.join(file.unknown)}).", _at(file, _ACTIONS)


def _faulty(code: str, sentence: str) -> Callable[[Facts], Iterable[Offence]]:
    def offences(facts: Facts) -> Iterable[Offence]:
        by_file: dict[tuple[str, str | None], list[str]] = {}
        for fault in facts.faults:
            if fault.code == code:
                by_file.setdefault((fault.file, _at(fault, _ACTIONS)), []).append(f"« {fault.title} »")
        for (file, link), titles in by_file.items():
            named = ", ".join(titles[:_NAMED])
            others = len(titles) - _NAMED
            more = f" et {others} autre{'s' if others > 1 else ''}" if others > 0 else ""
            yield f"{file} : {sentence} ({named}{more}).", link

    return offences


def _under_justified(facts: Facts) -> Iterable[Offence]:
    for landlord in facts.landlords:
        if landlord.justified_rate is not None and landlord.gap is not None and landlord.gap < 0:
            percent = (landlord.justified_rate * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
            rate = str(percent).replace(".", ",").replace("-", "\u2212")
            missing = f"{-landlord.gap:,.2f}".replace(",", "\u202f").replace(".", ",")
            yield f"{landlord.name} : {rate} % de l’abattement justifié, il manque {missing} €.", landlord.link


def _unsigned(facts: Facts) -> Iterable[Offence]:
    for signature in facts.signatures:
        if signature.fault is not None:
            yield f"{signature.name} : {signature.fault[0].lower()}{signature.fault[1:]}", signature.link


def _unproven(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.unproven:
            actions = f"{file.unproven} actions valorisées" if file.unproven > 1 else "1 action valorisée"
            yield f"{file.name} : {actions} sans justificatif ni photographie.", _at(file, _ACTIONS)


def _unheard(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.missing_stages:
            several = len(file.missing_stages) > 1
            stages = ", ".join(f"« {stage.lower()} »" for stage in file.missing_stages)
            where = "aux étapes" if several else "à l’étape"
            yield f"{file.name} : aucune participation d’habitants {where} {stages}.", _at(file, _PARTICIPATION)


def _idle_axes(facts: Facts) -> Iterable[Offence]:
    if facts.counted and facts.idle_axes:
        yield f"Aucune action sur : {', '.join(facts.idle_axes)}.", None


def _differ(facts: Facts) -> Iterable[Offence]:
    for difference in facts.differences:
        yield f"Les sous-totaux ne font pas le total : {difference}.", None


@dataclass(frozen=True)
class Rule:
    """A check: its stable code, its severity, its word on the page, what it says when all is well."""

    code: str
    severity: str
    word: str
    fine: str
    offences: Callable[[Facts], Iterable[Offence]]


CHECKS = (
    Rule("nothing_due", "error", "Vide", "Des conventions couvrent cette année.", _nothing_due),
    Rule("files_missing", "error", "Attendu", "Tous les bilans attendus sont déposés.", _missing),
    Rule("files_returned", "error", "À corriger", "Aucun bilan n’est en correction.", _returned),
    Rule(
        "actual_unbalanced",
        "error",
        "Écart",
        "Chaque dépense réalisée est la somme du financement bailleur et de l’autre financement.",
        _faulty("unbalanced", "dépense réalisée différente de bailleur + autre financement"),
    ),
    Rule(
        "valued_above_actual",
        "error",
        "Écart",
        "Aucune dépense valorisée ne dépasse la dépense réalisée.",
        _faulty("valued_above_actual", "dépense valorisée supérieure à la dépense réalisée"),
    ),
    Rule("totals_differ", "error", "Total", "Les sous-totaux font le total, dans chaque regroupement.", _differ),
    Rule(
        "valued_above_share",
        "warning",
        "À vérifier",
        "Aucune dépense valorisée ne dépasse le financement bailleur.",
        _faulty("valued_above_share", "dépense valorisée supérieure au financement bailleur"),
    ),
    Rule("amounts_unknown", "warning", "Inconnu", "Tous les montants des actions sont connus.", _amounts_unknown),
    Rule("abatement_unknown", "warning", "Inconnu", "Chaque abattement a un montant.", _abatement_unknown),
    Rule("dwellings_unknown", "warning", "Inconnu", "Le nombre de logements est partout connu.", _dwellings_unknown),
    Rule("dwellings_zero", "warning", "À vérifier", "Chaque bilan compte des logements abattus.", _no_dwelling),
    Rule("no_action", "warning", "À vérifier", "Chaque bilan compte au moins une action.", _no_action),
    Rule("under_justified", "warning", "Insuffisant", "Chaque bailleur justifie son abattement.", _under_justified),
    Rule("convention_unsigned", "warning", "Signature", "Les conventions sont signées à temps.", _unsigned),
    Rule(
        "evidence_missing",
        "warning",
        "Justificatifs",
        "Chaque action valorisée a un justificatif ou une photographie.",
        _unproven,
    ),
    Rule(
        "participation_missing",
        "warning",
        "Participation",
        "Les habitants ont participé à chaque étape.",
        _unheard,
    ),
    Rule(
        "abatement_estimated",
        "info",
        "Estimé",
        "Les abattements sont ceux des avis d’imposition.",
        _abatement_estimated,
    ),
    Rule("files_unverified", "info", "À vérifier", "Tous les bilans déposés sont vérifiés.", _unverified),
    Rule("axes_idle", "info", "Axes", "Chaque axe porte au moins une action.", _idle_axes),
)

CHECK_WORDS = {rule.code: rule.word for rule in CHECKS}


def checks(facts: Facts) -> list[Check]:
    """Every check, most serious first: one line when all is well, else one line for each thing to mend."""
    found = []
    for rule in CHECKS:
        offences = list(rule.offences(facts))
        if offences:
            found += [Check(rule.code, rule.severity, False, message, link) for message, link in offences]
        else:
            found.append(Check(rule.code, rule.severity, True, rule.fine))
    return found


def open_errors(found: Iterable[Check]) -> list[Check]:
    """The error-level checks that do not hold: an edition frozen over one needs a reason."""
    return [check for check in found if not check.ok and check.severity == "error"]
