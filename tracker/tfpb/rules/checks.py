"""What a file lacks before its submission, what is wrong in its years, its dwellings, its dates, its signature."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from tracker.money import ZERO, divide, in_french
from tracker.policy import FieldError
from tracker.tfpb.rules.words import ACTION_REQUIRED, AMOUNT_LABELS, inside


class Amounts(Protocol):
    """An action as these rules read it; amounts in euros, None when unknown."""

    id: int
    title: str
    planned_cost: Decimal | None
    actual_cost: Decimal | None
    landlord_share: Decimal | None
    valued_amount: Decimal | None


FILE_REQUIRED = {
    "dwellings": "Logements dans le quartier",
    "abated_dwellings": "Logements bénéficiant de l’abattement",
}


@dataclass(frozen=True)
class Missing:
    """One value a submission waits for; ``action_id`` is None for the file's own."""

    field: str
    label: str
    action_id: int | None = None
    title: str | None = None

    @property
    def path(self) -> str:
        """The field as an error names it: ``dwellings`` or ``actions.<id>.actual_cost``."""
        return self.field if self.action_id is None else f"actions.{self.action_id}.{self.field}"

    @property
    def sentence(self) -> str:
        """French: what is expected, and of which action."""
        where = f"Action « {self.title} » : " if self.title is not None else ""
        noun = self.label if not where else inside(self.label)
        return f"{where}{noun} : une valeur est attendue avant le dépôt (0 si elle est nulle)."


def missing_values(file: Any, actions: Iterable[Amounts]) -> list[Missing]:
    """What keeps a file from being submitted: its own figures, then each action's, in order (0 is a value)."""
    found = [Missing(name, label) for name, label in FILE_REQUIRED.items() if getattr(file, name) is None]
    found += [
        Missing(name, AMOUNT_LABELS[name], action.id, action.title)
        for action in actions
        for name in ACTION_REQUIRED
        if getattr(action, name) is None
    ]
    return found


def submission_errors(file: Any, actions: Iterable[Amounts]) -> list[FieldError]:
    """The same as errors, one for each missing value."""
    return [FieldError(one.path, "required", one.sentence) for one in missing_values(file, actions)]


def valuation_rate(valued: Decimal | None, actual: Decimal | None) -> Decimal | None:
    """« Taux de valorisation » of one line: valued ÷ actual; None when either is unknown or nothing was spent."""
    return divide(valued, actual)


# What an action costs and values (euros), planned or actual.
Pair = tuple[Decimal | None, Decimal | None]


def proposed(status: str, actual: Pair, planned: Pair) -> Pair:
    """What next year's programme is proposed for an action: what it cost and valued once it is done, else its plan.

    Both amounts come from the same year's same side: of a cost so far beside a planned value nothing could be made. A
    correction of an earlier year (a negative amount) is not something to plan again.
    """
    whole = status == "done" and actual[0] is not None and min(_known(actual)) >= ZERO
    cost, valued = actual if whole else planned
    return _plannable(cost), _plannable(valued)


def _known(amounts: Pair) -> list[Decimal]:
    return [amount for amount in amounts if amount is not None]


def _plannable(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and amount >= ZERO else None


def year_error(field: str, label: str, year: int, first: int, last: int, what: str) -> FieldError | None:
    """A year outside ``first``–``last``, the years of ``what``; None when it is inside."""
    if first <= year <= last:
        return None
    message = f"{label} : {year} trouvé ; une année de {first} à {last} est attendue ({what})."
    return FieldError(field, "out_of_range", message, year)


def convention_errors(values: Mapping[str, Any], contract_years: tuple[int, int]) -> list[FieldError]:
    """Years of a convention: within the contract's, and the last not before the first."""
    first, last = values["first_year"], values["last_year"]
    found = [
        year_error("first_year", "Première année", first, *contract_years, "durée du contrat"),
        year_error("last_year", "Dernière année", last, *contract_years, "durée du contrat"),
    ]
    errors = [error for error in found if error is not None]
    if last < first:
        message = f"Dernière année : {last} trouvé ; une année à partir de {first} (première année) est attendue."
        errors.append(FieldError("last_year", "out_of_range", message, last))
    return errors


def dwelling_errors(dwellings: int | None, abated: int | None) -> list[FieldError]:
    """Only dwellings whose long exemption has ended are abated (CGI, art. 1388 bis): never more than there are."""
    if dwellings is None or abated is None or abated <= dwellings:
        return []
    message = (
        f"{FILE_REQUIRED['abated_dwellings']} : {abated} trouvé ; {dwellings} au plus sont attendus "
        f"({inside(FILE_REQUIRED['dwellings'])})."
    )
    return [FieldError("abated_dwellings", "out_of_range", message, abated)]


def notice_errors(notice_on: date | None, year: int) -> list[FieldError]:
    """The tax notice of a year comes in its autumn; one put right, by the end of the year after."""
    first, last = date(year, 1, 1), date(year + 1, 12, 31)
    if notice_on is None or first <= notice_on <= last:
        return []
    message = (
        f"Date de l’avis d’imposition : {notice_on:%d/%m/%Y} trouvé ; pour l’abattement {year}, une date du "
        f"{first:%d/%m/%Y} au {last:%d/%m/%Y} est attendue."
    )
    return [FieldError("notice_on", "out_of_range", message, notice_on.isoformat())]


def was_held(held_on: date, today: date) -> bool:
    """Whether residents were met: a moment may be announced, and counts from its day on."""
    return held_on <= today


def held_on_errors(held_on: date, year: int) -> list[FieldError]:
    """A file's residents are met from the diagnosis, the year before, to the report, the year after."""
    first, last = date(year - 1, 1, 1), date(year + 1, 12, 31)
    if first <= held_on <= last:
        return []
    message = (
        f"Date : {held_on:%d/%m/%Y} trouvé ; pour le dossier {year}, une date du {first:%d/%m/%Y} "
        f"au {last:%d/%m/%Y} est attendue."
    )
    return [FieldError("held_on", "out_of_range", message, held_on.isoformat())]


def observation_errors(
    observation: str | None, observed_by: str | None, observed_on: date | None, *, year: int, today: date
) -> list[FieldError]:
    """Who saw an action, and when, only say something of an observation; nobody observes ahead of time."""
    errors = []
    for field, label, value in (
        ("observed_by", "Constat fait par", observed_by),
        ("observed_on", "Date du constat", observed_on.isoformat() if observed_on else None),
    ):
        if value is not None and observation is None:
            message = f"{label} : sans constat ; choisissez d’abord « constaté » ou « non constaté »."
            errors.append(FieldError(field, "invalid", message, value))
    if observed_on is not None and not date(year - 1, 1, 1) <= observed_on <= today:
        message = (
            f"Date du constat : {observed_on:%d/%m/%Y} trouvé ; une date du 01/01/{year - 1} à aujourd’hui "
            f"({today:%d/%m/%Y}) est attendue."
        )
        errors.append(FieldError("observed_on", "out_of_range", message, observed_on.isoformat()))
    return errors


def left_to_carry(lacking: Decimal, granted: Sequence[Decimal]) -> Decimal:
    """What may still be carried over (euros): what the file lacks, less the carry-overs already decided."""
    return max(lacking - sum(granted, ZERO), ZERO)


NOTHING_TO_CARRY = "il ne reste rien à reporter"


def carry_over_errors(
    amount: Decimal,
    decided_on: date,
    *,
    lacking: Decimal | None,
    granted: Sequence[Decimal],
    year: int,
    today: date,
) -> list[FieldError]:
    """A carry-over (euros) is a COPIL decision already taken, on no more than what the file lacks, when that is known.

    ``lacking`` = abatement − valued; ``granted`` the carry-overs already decided. No text gives a landlord the right
    to one: the law knows none (domain: parliamentary question, no procedure regularises a shortfall).
    """
    errors = []
    if not date(year, 1, 1) <= decided_on <= today:
        message = (
            f"Décidé le : {decided_on:%d/%m/%Y} trouvé ; la date d’une séance du 01/01/{year} à aujourd’hui "
            f"({today:%d/%m/%Y}) est attendue."
        )
        errors.append(FieldError("decided_on", "out_of_range", message, decided_on.isoformat()))
    if lacking is not None:
        left = left_to_carry(lacking, granted)
        if amount > left:
            expected = f"au plus {in_french(left)} est attendu" if left else NOTHING_TO_CARRY
            message = (
                f"Montant reporté : {in_french(amount)} trouvé ; {expected} "
                "(abattement − valorisé, moins les reports déjà décidés)."
            )
            errors.append(FieldError("amount", "out_of_range", message, f"{amount:.2f}"))
    return errors
