"""The essential of a balance sheet in ten sentences, for a reader who reads nothing else.

Pure: a sheet in, French sentences out. What is unknown is said to be, and never counted as zero.
"""

from decimal import Decimal

from tracker.balance.queries.content import AxisLine, BalanceSheet, Reference
from tracker.tfpb.rules import COUNTED
from tracker.web import formats
from tracker.web.formats import money, number, plural, ratio


def sentences(sheet: BalanceSheet) -> tuple[str, ...]:
    """Ten sentences, always the ten same subjects: files, abatement, expense, counterpart, amount per dwelling,
    first axis, year before, participation, next programme, investment."""
    return (
        _files(sheet),
        _abatement(sheet),
        _expense(sheet),
        _counterpart(sheet),
        _per_dwelling(sheet),
        _first_axis(sheet),
        _year_before(sheet),
        _participation(sheet),
        _programme(sheet),
        _investment(sheet),
    )


def _files(sheet: BalanceSheet) -> str:
    received = sum(line.status in COUNTED for line in sheet.completeness)
    told = f"{plural(received, 'dossier reçu', 'dossiers reçus')} sur {plural(len(sheet.completeness), 'attendu')}"
    dwellings = sheet.totals.abated_dwellings
    housed = (
        "un nombre inconnu de logements abattus"
        if dwellings is None
        else plural(dwellings, "logement abattu", "logements abattus")
    )
    return f"{told} : {plural(sheet.totals.actions, 'action')} de contrepartie pour {housed}."


def _abatement(sheet: BalanceSheet) -> str:
    amount = sheet.totals.abatement
    if amount is None:
        return f"Le montant de l’abattement de taxe foncière de {sheet.year} n’est pas connu."
    return f"L’abattement de taxe foncière dont bénéficient les bailleurs en {sheet.year} est de {money(amount)}."


def _expense(sheet: BalanceSheet) -> str:
    totals = sheet.totals
    if totals.actual_cost is None:
        return "La dépense réalisée n’est pas connue."
    told = f"La dépense réalisée est de {money(totals.actual_cost)}"
    if totals.planned_cost is None:
        return f"{told}, pour une dépense prévisionnelle inconnue."
    rate = "" if totals.completion_rate is None else f", soit {ratio(totals.completion_rate)} du programme"
    return f"{told} pour {money(totals.planned_cost)} prévus{rate}."


def _counterpart(sheet: BalanceSheet) -> str:
    totals = sheet.totals
    if totals.valued_amount is None:
        return "La dépense valorisée en contrepartie de l’abattement n’est pas connue."
    told = f"La dépense valorisée en contrepartie de l’abattement est de {money(totals.valued_amount)}"
    if totals.justified_rate is None or totals.gap is None:
        return f"{told} ; la part justifiée ne peut pas être calculée."
    rest = (
        f"il manque {money(-totals.gap)}"
        if totals.gap < 0
        else "ni plus, ni moins"
        if totals.gap == 0
        else f"{money(totals.gap)} de plus que dû"
    )
    return f"{told} : {ratio(totals.justified_rate)} de l’abattement sont justifiés, {rest}."


def _per_dwelling(sheet: BalanceSheet) -> str:
    value = sheet.totals.valued_per_dwelling
    if value is None:
        return "Le montant valorisé par logement abattu ne peut pas être calculé."
    told = f"Cela représente {money(value)} par logement abattu"
    marks = [one for one in sheet.references if one.figure == "valued_per_dwelling"]
    if not marks:
        return f"{told}."
    return (
        f"{told} ; repère : {written(marks[0])}, {marks[0].label[:1].lower()}{marks[0].label[1:]} ({marks[0].period})."
    )


def written(mark: Reference) -> str:
    """A reference value in its figure's own unit: ``183 €``, ``1,3 à 1,4``, ``74 %``."""

    def one(value: Decimal) -> str:
        if mark.figure == "leverage":
            return number(value.normalize() if value % 1 else value.to_integral_value())
        if mark.figure.endswith("_rate") or mark.figure == "share":
            return formats.rate(value)
        return formats.money_round(value) if value == value.to_integral_value() else money(value)

    return one(mark.low) if mark.high is None else f"{one(mark.low)} à {one(mark.high)}"


def _first_axis(sheet: BalanceSheet) -> str:
    shared: list[tuple[Decimal, AxisLine]] = [(line.share, line) for line in sheet.by_axis if line.share is not None]
    if not shared:
        return "La part de chaque axe dans la dépense valorisée ne peut pas être calculée."
    share, first = max(shared, key=lambda one: one[0])
    name = f"l’axe {first.axis.code}, « {first.axis.name} »"
    return f"L’axe qui pèse le plus est {name} : {ratio(share)} de la dépense valorisée."


def _year_before(sheet: BalanceSheet) -> str:
    before = sheet.previous
    if before is None:
        return f"{sheet.year} est la première année suivie : il n’y a pas d’année précédente à lui comparer."
    if not before.totals.files:
        return f"Aucun dossier n’est compté pour {before.year} : l’évolution ne peut pas être mesurée."
    told = [
        f"{word} {_moved(getattr(before.totals, key), getattr(sheet.totals, key))}"
        for word, key in (("la dépense réalisée", "actual_cost"), ("la dépense valorisée", "valued_amount"))
    ]
    return f"Par rapport à {before.year}, {' et '.join(told)}."


def _moved(before: Decimal | None, now: Decimal | None) -> str:
    if before is None or now is None:
        return "ne peut pas être comparée"
    if now == before:
        return "est la même"
    word = "augmente" if now > before else "diminue"
    rate = f" ({ratio((now - before) / before)})" if before > 0 else ""
    return f"{word} de {money(abs(now - before))}{rate}"


def _participation(sheet: BalanceSheet) -> str:
    if not sheet.participation:
        return "Aucun temps de participation des habitants n’est enregistré dans les dossiers reçus."
    told = plural(len(sheet.participation), "temps de participation", "temps de participation")
    known = [line.participants for line in sheet.participation if line.participants is not None]
    if not known:
        return f"{told} des habitants, sans que le nombre de participants soit connu."
    unsaid = len(sheet.participation) - len(known)
    more = f" (nombre inconnu pour {number(unsaid)} d’entre eux)" if unsaid else ""
    return (
        f"{told} des habitants ont réuni {plural(sum(known), 'personne')}{more}."
        if len(sheet.participation) > 1
        else f"{told} des habitants a réuni {plural(sum(known), 'personne')}."
    )


def _programme(sheet: BalanceSheet) -> str:
    following = sheet.year + 1
    if not sheet.programme:
        return f"Aucun programme d’actions n’est présenté pour {following}."
    known = [line.planned_cost for line in sheet.programme if line.planned_cost is not None]
    cost = f"pour {money(sum(known, Decimal(0)))} prévus" if known else "au coût inconnu"
    unsaid = len(sheet.programme) - len(known)
    more = f" (coût inconnu pour {number(unsaid)})" if known and unsaid else ""
    return f"Le programme {following} compte {plural(len(sheet.programme), 'action')} {cost}{more}."


def _investment(sheet: BalanceSheet) -> str:
    side = sheet.investment
    if side is None:
        return "Le plan d’investissement n’est pas ouvert à ce lecteur."
    totals = side.totals
    told = (
        f"Le plan d’investissement compte {plural(totals.projects, 'projet')}, dont {plural(totals.delivered, 'livré')}"
    )
    awarded = "montant accordé inconnu" if totals.awarded is None else f"{money(totals.awarded)} accordés"
    unfunded = "reste à financer inconnu" if totals.unfunded is None else f"{money(totals.unfunded)} restent à financer"
    return f"{told} : {awarded}, {unfunded}."
