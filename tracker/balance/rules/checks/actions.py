"""The checks of the actions: ``tfpb.rules.action_alerts`` over the counted files.

Sources: the framework of 29/04/2015 (spent = landlord's share + other funding; valued within the landlord's share;
ordinary management strengthened beyond what is done elsewhere; axis 8 « hors quartiers NPNRU »).
"""

from collections.abc import Callable, Iterable

from tracker.balance.rules.checks.base import Offence, Rule, named
from tracker.balance.rules.checks.facts import ActionFault, Facts, FileFacts

_ACTIONS = "#actions"


def _at(of: FileFacts | ActionFault) -> str | None:
    return of.link + _ACTIONS if of.link else None


def _amounts_unknown(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.unknown:
            yield f"{file.name} : montants inconnus, hors des totaux ({', '.join(file.unknown)}).", _at(file)


def _faulty(code: str, sentence: str) -> Callable[[Facts], Iterable[Offence]]:
    def offences(facts: Facts) -> Iterable[Offence]:
        by_file: dict[tuple[str, str | None], list[str]] = {}
        for fault in facts.faults:
            if fault.code == code:
                by_file.setdefault((fault.file, _at(fault)), []).append(fault.title)
        for (file, link), titles in by_file.items():
            yield f"{file} : {sentence} ({named(titles)}).", link

    return offences


def _unproven(facts: Facts) -> Iterable[Offence]:
    for file in facts.counted:
        if file.unproven:
            actions = f"{file.unproven} actions valorisées" if file.unproven > 1 else "1 action valorisée"
            yield f"{file.name} : {actions} sans justificatif ni photographie.", _at(file)


def _counted(code: str, one: str, many: str) -> Callable[[Facts], Iterable[Offence]]:
    """The actions of each file that have this fault, by their number: the file's own page says which."""

    def offences(facts: Facts) -> Iterable[Offence]:
        for file in facts.counted:
            count = file.faults.get(code, 0)
            if count:
                yield f"{file.name} : {f'{count} {many}' if count > 1 else f'1 {one}'}.", _at(file)

    return offences


AMOUNTS = (
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
    Rule(
        "negative_unexplained",
        "error",
        "Correction",
        "Chaque montant négatif dit ce qu’il corrige.",
        _counted(
            "negative_unexplained",
            "action à montant négatif sans motif de correction",
            "actions à montant négatif sans motif de correction",
        ),
    ),
    Rule(
        "axis_closed",
        "error",
        "Axe fermé",
        "Aucune action n’est sur un axe fermé dans son quartier.",
        _counted(
            "axis_closed",
            "action sur un axe fermé dans un quartier en renouvellement urbain",
            "actions sur un axe fermé dans un quartier en renouvellement urbain",
        ),
    ),
    Rule(
        "valued_above_share",
        "warning",
        "À vérifier",
        "Aucune dépense valorisée ne dépasse le financement bailleur.",
        _faulty("valued_above_share", "dépense valorisée supérieure au financement bailleur"),
    ),
    Rule("amounts_unknown", "warning", "Inconnu", "Tous les montants des actions sont connus.", _amounts_unknown),
)
RESULTS = (
    Rule(
        "evidence_missing",
        "warning",
        "Justificatifs",
        "Chaque action valorisée a un justificatif ou une photographie.",
        _unproven,
    ),
    Rule(
        "no_baseline",
        "warning",
        "Référence",
        "Chaque action de gestion renforcée se compare à une référence de gestion.",
        _counted(
            "no_baseline",
            "action de gestion renforcée sans référence de gestion pour son axe",
            "actions de gestion renforcée sans référence de gestion pour leur axe",
        ),
    ),
    Rule(
        "result_missing",
        "warning",
        "Résultat",
        "Chaque action terminée dit son résultat.",
        _counted(
            "result_missing",
            "action terminée sans résultat mesuré ni observations",
            "actions terminées sans résultat mesuré ni observations",
        ),
    ),
    Rule(
        "not_seen",
        "warning",
        "Constat",
        "Aucune action déclarée réalisée n’est « non constatée » sur place.",
        _counted(
            "not_seen",
            "action déclarée réalisée, mais « non constatée » sur place",
            "actions déclarées réalisées, mais « non constatées » sur place",
        ),
    ),
    Rule(
        "indicator_untargeted",
        "info",
        "Indicateur",
        "Chaque indicateur a une cible.",
        _counted(
            "indicator_untargeted",
            "action dont l’indicateur n’a pas de cible",
            "actions dont l’indicateur n’a pas de cible",
        ),
    ),
)
