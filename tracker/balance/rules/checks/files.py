"""The checks of the files: who still owes one, what it lacks, what its landlord justifies.

Sources: CGI art. 1388 bis (the abatement, its justification); the contract's annex (residents heard at every stage);
the law knows no carry-over of its own: one exists by a COPIL decision, on what a file lacks and no more.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from tracker.balance.rules.checks.base import Offence, Rule
from tracker.balance.rules.checks.facts import Facts, FileFacts
from tracker.money import ZERO, in_french

# The parts of a file's page where each thing is mended.
_FIGURES, _ACTIONS, _PARTICIPATION = "#fiche", "#actions", "#participation"
_CARRIED = "#reports"


def _at(file: FileFacts, part: str) -> str | None:
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


def _under_justified(facts: Facts) -> Iterable[Offence]:
    for landlord in facts.landlords:
        if landlord.justified_rate is not None and landlord.gap is not None and landlord.gap < 0:
            percent = (landlord.justified_rate * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
            rate = str(percent).replace(".", ",").replace("-", "\u2212")
            missing = f"{-landlord.gap:,.2f}".replace(",", "\u202f").replace(".", ",")
            yield f"{landlord.name} : {rate} % de l’abattement justifié, il manque {missing} €.", landlord.link


def _unheard(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.missing_stages:
            several = len(file.missing_stages) > 1
            stages = ", ".join(f"« {stage.lower()} »" for stage in file.missing_stages)
            where = "aux étapes" if several else "à l’étape"
            yield f"{file.name} : aucune participation d’habitants {where} {stages}.", _at(file, _PARTICIPATION)


def _made_up_for(facts: Facts) -> Iterable[Offence]:
    """Said by landlord when the landlord's total lacks it; here, what another of its files makes up for."""
    for file in facts.counted:
        if file.lacking is not None and file.lacking > ZERO and file.made_up_for:
            message = (
                f"{file.name} : il manque {in_french(file.lacking)} dans ce dossier, que les autres dossiers du "
                "bailleur compensent."
            )
            yield message, _at(file, _FIGURES)


def _carried_over(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.lacking is not None and file.carried_over > file.lacking:
            message = (
                f"{file.name} : {in_french(file.carried_over)} de reports accordés pour "
                f"{in_french(file.lacking)} de contrepartie manquante."
            )
            yield message, _at(file, _CARRIED)


OWED = (
    Rule("nothing_due", "error", "Vide", "Des conventions couvrent cette année.", _nothing_due),
    Rule("files_missing", "error", "Attendu", "Tous les bilans attendus sont déposés.", _missing),
    Rule("files_returned", "error", "À corriger", "Aucun bilan n’est en correction.", _returned),
    Rule("files_unverified", "info", "À vérifier", "Tous les bilans déposés sont vérifiés.", _unverified),
)
FIGURES = (
    Rule("abatement_unknown", "warning", "Inconnu", "Chaque abattement a un montant.", _abatement_unknown),
    Rule("dwellings_unknown", "warning", "Inconnu", "Le nombre de logements est partout connu.", _dwellings_unknown),
    Rule("dwellings_zero", "warning", "À vérifier", "Chaque bilan compte des logements abattus.", _no_dwelling),
    Rule("no_action", "warning", "À vérifier", "Chaque bilan compte au moins une action.", _no_action),
    Rule("under_justified", "warning", "Insuffisant", "Chaque bailleur justifie son abattement.", _under_justified),
    Rule(
        "carry_over_excess",
        "warning",
        "Report",
        "Aucun report accordé ne dépasse ce qui manque à son dossier.",
        _carried_over,
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
    Rule(
        "file_under_justified",
        "info",
        "Compensé",
        "Chaque dossier justifie l’abattement de son quartier.",
        _made_up_for,
    ),
)
