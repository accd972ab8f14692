"""The essential of a balance sheet in ten sentences: what an elected member reads first, without help.

Written from a ``BalanceSheet`` alone. What is unknown is said unknown, never written 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracker.balance import columns
from tracker.balance.queries.content import BalanceSheet, Investment
from tracker.balance.rules import change
from tracker.money import ZERO
from tracker.tfpb.rules import STAGES
from tracker.web import formats
from tracker.web.formats import money, plural, ratio

_NAMED = 3  # things named in one sentence
# The figures published elsewhere, in the order they are compared.
_CITED = ("valued_per_dwelling", "actual_cost_per_dwelling", "coverage_rate", "leverage")


@dataclass(frozen=True)
class Essential:
    """One sentence: what it is about, what it says, and its tone (``good``, ``warn``, ``bad`` or None)."""

    label: str
    sentence: str
    tone: str | None = None


def essentials(sheet: BalanceSheet) -> list[Essential]:
    """The ten sentences, in the order a committee asks."""
    told: Sequence[Callable[[BalanceSheet], Essential]] = (
        _abatement,
        _spent,
        _valued,
        _justified,
        _files,
        _last_year,
        _references,
        _residents,
        _investment,
        _next,
    )
    return [tell(sheet) for tell in told]


def _open(sheet: BalanceSheet, *codes: str) -> bool:
    return any(not check.ok and check.code in codes for check in sheet.checks)


def _abatement(sheet: BalanceSheet) -> Essential:
    label, totals = "Abattement", sheet.totals
    if not totals.files:
        return Essential(label, f"Aucun dossier {sheet.year} n’est encore compté : l’abattement est inconnu.", "warn")
    if totals.abatement is None:
        return Essential(label, f"Le montant de l’abattement de {sheet.year} est inconnu.", "warn")
    homes = "" if totals.abated_dwellings is None else f", pour {plural(totals.abated_dwellings, 'logement')}"
    owners = plural(len(sheet.by_landlord), "bailleur")
    partial = " ; le montant d’au moins un dossier est inconnu" if _open(sheet, "abatement_unknown") else ""
    sentence = f"En {sheet.year}, {owners} : {money(totals.abatement)} d’abattement de taxe foncière{homes}{partial}."
    return Essential(label, sentence, "warn" if partial else None)


def _spent(sheet: BalanceSheet) -> Essential:
    label, totals = "Dépense", sheet.totals
    actions = plural(totals.actions, "action")
    if totals.actual_cost is None:
        return Essential(label, f"La dépense réalisée est inconnue ({actions}).", "warn")
    if totals.completion_rate is not None:
        rate = f"soit {ratio(totals.completion_rate)} de ce qui était prévu ({money(totals.planned_cost)})"
    else:
        rate = "part du programme inconnue"
    partial = " ; des montants sont inconnus" if _open(sheet, "amounts_unknown") else ""
    return Essential(label, f"{money(totals.actual_cost)} dépensés dans {actions}, {rate}{partial}.")


def _valued(sheet: BalanceSheet) -> Essential:
    label, totals = "Contrepartie", sheet.totals
    if totals.valued_amount is None:
        return Essential(label, "La dépense que les bailleurs font valoir en contrepartie est inconnue.", "warn")
    rates = []
    if totals.valuation_rate is not None:
        rates.append(f"{ratio(totals.valuation_rate)} de la dépense")
    if totals.valued_per_dwelling is not None:
        rates.append(f"{money(totals.valued_per_dwelling)} par logement abattu")
    told = f" : {', '.join(rates)}" if rates else ""
    return Essential(label, f"{money(totals.valued_amount)} valorisés en contrepartie de l’abattement{told}.")


def _justified(sheet: BalanceSheet) -> Essential:
    label, totals = "Justification", sheet.totals
    if totals.justified_rate is None or totals.gap is None:
        return Essential(label, "La part justifiée de l’abattement ne peut pas être calculée : inconnue.", "warn")
    rate, partial = ratio(totals.justified_rate), columns.received(sheet) < len(sheet.completeness)
    which = f" des {plural(totals.files, 'dossier reçu', 'dossiers reçus')}" if partial else ""
    which = " du seul dossier reçu" if partial and totals.files == 1 else which
    if totals.gap < 0:
        return Essential(label, f"{rate} de l’abattement{which} est justifié : il manque {money(-totals.gap)}.", "bad")
    more = f", {money(totals.gap)} de plus" if totals.gap else ""
    # Each landlord owes his own: what one spends beyond his abatement pays nothing of another's.
    short = [line for line in sheet.by_landlord if line.gap is not None and line.gap < 0]
    if not short:
        return Essential(label, f"Tout l’abattement{which} est justifié : {rate}{more}.", "warn" if partial else "good")
    lacking = [f"{money(-line.gap)} à {line.landlord.name}" for line in short if line.gap is not None]
    others = (
        f" et à {plural(len(lacking) - _NAMED, 'autre bailleur', 'autres bailleurs')}" if len(lacking) > _NAMED else ""
    )
    sentence = f"{rate} de l’abattement{which} au total{more}, mais il manque {', '.join(lacking[:_NAMED])}{others}."
    return Essential(label, sentence, "bad")


def _files(sheet: BalanceSheet) -> Essential:
    label = "Dossiers"
    if not sheet.completeness:
        return Essential(label, f"Aucun dossier n’est attendu pour {sheet.year}.", "warn")
    due = [line for line in sheet.completeness if line.status not in columns.COUNTED_STATUSES]
    expected = plural(len(sheet.completeness), "attendu")
    received = f"{plural(columns.received(sheet), 'dossier reçu', 'dossiers reçus')} sur {expected}"
    if not due:
        return Essential(label, f"{received} : rien ne manque.", "good")
    named = list(dict.fromkeys(f"{line.city.name}, {line.landlord.name}" for line in due))
    others = f" et {len(named) - _NAMED} de plus" if len(named) > _NAMED else ""
    return Essential(label, f"{received}. Hors des totaux : {' ; '.join(named[:_NAMED])}{others}.", "bad")


def _last_year(sheet: BalanceSheet) -> Essential:
    label, last = "Sur un an", sheet.previous
    if last is None:
        return Essential(label, "Aucune année précédente à comparer.")
    if not last.totals.files:
        return Essential(label, f"Aucun dossier n’était compté en {last.year} : rien à comparer.")
    told = []
    valued = change("valued_amount", sheet.totals, last.totals)
    if valued is not None:
        told.append(f"{formats.change(valued, 'money')} de dépense valorisée par rapport à {last.year}")
    rates = sheet.totals.justified_rate, last.totals.justified_rate
    if None not in rates:
        told.append(f"part justifiée de l’abattement : {ratio(rates[1])} en {last.year}, {ratio(rates[0])} cette année")
    if not told:
        return Essential(label, f"La comparaison avec {last.year} est inconnue : des montants manquent.", "warn")
    if sheet.totals.files != last.totals.files:
        counted = plural(sheet.totals.files, "dossier compté", "dossiers comptés")
        told.append(f"à lire avec prudence : {counted} cette année, {last.totals.files} en {last.year}")
    return Essential(label, " ; ".join(told) + ".", "warn" if sheet.totals.files < last.totals.files else None)


def _references(sheet: BalanceSheet) -> Essential:
    label, known = "Repères", {column.key: column for column in columns.FIGURES}
    listed = [one for one in sheet.references if one.figure in known]
    cited = [one for key in _CITED for one in columns.of_figure(listed, key)[:1]]
    # A figure nobody knows compares with nothing, unless it is the only one there is to name.
    told = [one for one in cited if getattr(sheet.totals, one.figure) is not None] or (cited or listed)[:1]
    if not told:
        return Essential(label, "Aucune valeur de référence n’est enregistrée.")
    written: list[str] = []
    for one in told:
        column, value = known[one.figure], getattr(sheet.totals, one.figure)
        name = columns.in_sentence(column.label) if written else column.label
        figure = "inconnu" if value is None else formats.display(value, column.type)
        written.append(f"{name} : {figure} (repère {columns.measured(one)})")
    # Figures first, to be read at a glance; where each reference comes from stands once, after them.
    cited_from = dict.fromkeys(
        f"{columns.in_sentence(one.label)} ({one.period}), {one.source.rstrip('.')}" for one in told
    )
    word = "Sources" if len(cited_from) > 1 else "Source"
    return Essential(label, f"{' ; '.join(written)}. {word} : {' ; '.join(cited_from)}.")


def _residents(sheet: BalanceSheet) -> Essential:
    label, moments = "Habitants", sheet.participation
    if not moments:
        return Essential(label, "Aucune participation des habitants n’est enregistrée.", "warn")
    people = [moment.participants for moment in moments if moment.participants is not None]
    count = f", {plural(sum(people), 'participant')}" if people else ", nombre de participants inconnu"
    unsaid = len(moments) - len(people)
    if people and unsaid:
        count += f" (nombre inconnu pour {unsaid} d’entre elles)"
    heard = columns.heard_by_file(sheet)
    everywhere = sum(all(line.moments.get(stage) for stage in STAGES) for line in heard)
    files = f"{everywhere} dossier{'s' if everywhere > 1 else ''} sur {len(heard)}"
    whole = f"à chacune des {len(STAGES)} étapes dans {files}"
    sentence = f"{plural(len(moments), 'rencontre')} avec les habitants{count} ; {whole}."
    return Essential(label, sentence, "good" if everywhere == len(heard) else "warn")


def _investment(sheet: BalanceSheet) -> Essential:
    label, plan = "Investissement", sheet.investment
    if plan is None:
        return Essential(label, "Le plan d’investissement ne figure pas dans ce bilan.")
    totals = plan.totals
    if not totals.projects:
        return Essential(label, "Aucun projet d’équipement n’est inscrit au plan d’investissement.")
    # The plan has no year of its own: it is told as it stands, whatever the year of the sheet.
    projects = f"À ce jour, {plural(totals.projects, 'projet')} d’équipement, {_delivered(totals.delivered)}"
    known = [
        f"{money(value)} {word}"
        for value, word in ((totals.awarded, "accordés"), (totals.paid, "versés"))
        if value is not None
    ]
    return Essential(label, f"{projects} ; {', '.join([*known, _missing_money(plan)])}.")


def _delivered(count: int) -> str:
    return "aucun livré" if not count else f"{count} livré{'s' if count > 1 else ''}"


def _missing_money(plan: Investment) -> str:
    if plan.totals.unfunded is None:
        unknown = sum(project.cost_excl_tax is None for project in plan.projects)
        return "reste à financer inconnu" + (
            f" ({plural(unknown, 'coût inconnu', 'coûts inconnus')})" if unknown else ""
        )
    if plan.totals.unfunded > ZERO:
        return f"{money(plan.totals.unfunded)} restent à financer"
    return "tout est financé"


def _next(sheet: BalanceSheet) -> Essential:
    year, planned = sheet.year + 1, sheet.programme
    costs = [line.planned_cost for line in planned if line.planned_cost is not None]
    if planned:
        cost = f", {money(sum(costs, ZERO))} prévus" if costs else ", coût inconnu"
        unsaid = len(planned) - len(costs)
        if costs and unsaid:
            cost += f" (coût inconnu pour {unsaid})"
        programme = f"Programme {year} : {plural(len(planned), 'action')}{cost}"
    else:
        programme = f"Aucun programme {year} présenté"
    opened = [check for check in sheet.checks if not check.ok and check.severity != "info"]
    if not opened:
        return Essential("Suites", f"{programme}. Tous les contrôles sont conformes.", "good")
    blocking = sum(check.severity == "error" for check in opened)
    points = plural(len(opened), "point à corriger ou à vérifier", "points à corriger ou à vérifier")
    which = f", dont {blocking} bloquant{'s' if blocking > 1 else ''}" if blocking else ""
    return Essential("Suites", f"{programme}. {points}{which} : voir « Contrôles ».", "bad" if blocking else "warn")
