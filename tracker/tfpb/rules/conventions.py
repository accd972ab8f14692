"""A convention: its four signatures, its declaration to the tax office, the law's days, its amendments.

CGI, art. 1388 bis: the owner has signed the convention by 1 January of the tax year, and has declared the dwellings to
the tax office before that day; a late act opens the following years only. Law 2025-127, art. 114 (BOFIP 14673-PGP):
for 2025, both until 31 March 2025.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from tracker.policy import FieldError
from tracker.tfpb.rules.alerts import Alert
from tracker.tfpb.rules.checks import year_error
from tracker.tfpb.rules.words import CONVENTION_STATUSES, inside


class Signed(Protocol):
    """A convention as these rules read it: the day all had signed, or the four days one by one."""

    @property
    def signed_on(self) -> date | None: ...
    @property
    def landlord_signed_on(self) -> date | None: ...
    @property
    def city_signed_on(self) -> date | None: ...
    @property
    def intermunicipal_signed_on(self) -> date | None: ...
    @property
    def prefect_signed_on(self) -> date | None: ...


# Field → who signs; the order is that of the convention's last page.
SIGNATORIES = {
    "landlord_signed_on": "Bailleur",
    "city_signed_on": "Ville",
    "intermunicipal_signed_on": "Intercommunalité",
    "prefect_signed_on": "Préfet",
}
DECLARED = "declared_on"
DATE_LABELS = {
    "landlord_signed_on": "Signature du bailleur",
    "city_signed_on": "Signature de la ville",
    "intermunicipal_signed_on": "Signature de l’intercommunalité",
    "prefect_signed_on": "Signature du préfet",
    DECLARED: "Déclarée aux services fiscaux le",
}
# It opens no abatement any more.
ENDED = ("expired", "terminated")


def missing_signatories(convention: Signed) -> list[str]:
    """Who has not signed a convention told signature by signature; empty when all have, or when none is told."""
    return _missing({name: getattr(convention, name) for name in SIGNATORIES})


def _missing(days: Mapping[str, Any]) -> list[str]:
    missing = [who for name, who in SIGNATORIES.items() if days[name] is None]
    return [] if len(missing) == len(SIGNATORIES) else missing


def latest_signature(days: Sequence[date | None]) -> date | None:
    """The day the last of the four signed; None while one is unknown."""
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(SIGNATORIES) else None


def signed_by_all(convention: Signed) -> date | None:
    """The day from which the convention binds all four; None while it does not.

    Told one by one, all four count; a convention of which none is told is signed on its ``signed_on``.
    """
    days = [getattr(convention, name) for name in SIGNATORIES]
    return convention.signed_on if not any(days) else latest_signature(days)


# -- the law's days ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gate:
    """The last day of an act for it to open the abatement of a year.

    years_before, month, day  the rule; ``exceptions`` holds the years whose day a law moved.
    """

    years_before: int
    month: int
    day: int
    source: str
    exceptions: Mapping[int, date] = field(default_factory=dict)

    def last_day(self, year: int) -> date:
        """The last day for the tax year ``year``."""
        return self.exceptions.get(year) or date(year - self.years_before, self.month, self.day)

    def open_year(self, first: int, last: int, today: date) -> int | None:
        """The first year of a convention that the act may still open; None when all are lost."""
        return next((year for year in range(first, last + 1) if today <= self.last_day(year)), None)


LAW = "CGI, art. 1388 bis"
LAW_OF_2025 = {2025: date(2025, 3, 31)}
SIGNATURE = Gate(0, 1, 1, LAW, LAW_OF_2025)
DECLARATION = Gate(1, 12, 31, LAW, LAW_OF_2025)
# An open gate is a warning from two months before: the time the four signatures usually take to go round.
NEAR = timedelta(days=60)


def _severity(deadline: date, today: date) -> str:
    if today > deadline:
        return "error"
    return "warning" if deadline - today <= NEAR else "info"


def _lost(year: int) -> str:
    return f"l’abattement {year} n’est pas acquis"


def _limit(gate: Gate, year: int, today: date) -> str:
    deadline = gate.last_day(year)
    passed = " dépassée" if today > deadline else ""
    return f"Date limite{passed} : {deadline:%d/%m/%Y} ({gate.source})."


def signature_alert(year: int, convention: Signed, today: date) -> Alert | None:
    """A convention not signed by all, or too late, for the abatement of ``year``: an alert, never a block."""
    deadline, signed_on = SIGNATURE.last_day(year), signed_by_all(convention)
    if signed_on is not None and signed_on <= deadline:
        return None
    limit = _limit(SIGNATURE, year, today)
    if signed_on is not None:
        return Alert("signed_late", "error", f"Convention signée le {signed_on:%d/%m/%Y} : {_lost(year)}. {limit}")
    missing = [inside(who) for who in missing_signatories(convention)]
    who = f" ({', '.join(missing)})" if missing else ""
    noun = "Signatures manquantes" if len(missing) > 1 else "Signature manquante"
    return Alert("not_signed", _severity(deadline, today), f"{noun}{who} : {_lost(year)}. {limit}")


def declaration_alert(year: int, declared_on: date | None, today: date) -> Alert | None:
    """A declaration to the tax office not known, or too late, for the abatement of ``year``."""
    deadline = DECLARATION.last_day(year)
    if declared_on is not None and declared_on <= deadline:
        return None
    limit = _limit(DECLARATION, year, today)
    if declared_on is not None:
        said = f"Déclaration aux services fiscaux du {declared_on:%d/%m/%Y}"
        return Alert("declared_late", "error", f"{said} : {_lost(year)}, elle vaut pour les années suivantes. {limit}")
    said = "Déclaration aux services fiscaux sans date"
    return Alert("not_declared", _severity(deadline, today), f"{said} : {_lost(year)}. {limit}")


def acquired_year(first: int, last: int, signed_on: date | None, declared_on: date | None) -> int | None:
    """The first year whose abatement is acquired: both acts in time for it; None while no year is."""
    if signed_on is None or declared_on is None:
        return None
    for year in range(first, last + 1):
        if signed_on <= SIGNATURE.last_day(year) and declared_on <= DECLARATION.last_day(year):
            return year
    return None


def overlap_alert(others: Sequence[tuple[int, int]]) -> Alert | None:
    """Other conventions of the same landlord and city over some of the same years, given by their years."""
    if not others:
        return None
    years = ", ".join(f"{first}-{last}" for first, last in others)
    return Alert("overlap", "warning", f"Une autre convention lie ce bailleur et cette ville sur ces années : {years}.")


def year_alerts(year: int, convention: Any, today: date) -> list[Alert]:
    """What keeps the abatement of ``year`` from being acquired; nothing is said of a convention that is over."""
    if convention.status in ENDED:
        return []
    found = (signature_alert(year, convention, today), declaration_alert(year, convention.declared_on, today))
    return [alert for alert in found if alert is not None]


# -- what may be written -------------------------------------------------------------------------------------------


def date_errors(values: Mapping[str, Any], contract_first_year: int, today: date) -> list[FieldError]:
    """Each signature and the declaration: a day that has come, not before the year that precedes the contract."""
    errors = []
    for name, label in DATE_LABELS.items():
        error = _day_error(name, label, values.get(name), date(contract_first_year - 1, 1, 1), today)
        if error is not None:
            errors.append(error)
    return errors


def _day_error(name: str, label: str, day: date | None, first: date, today: date) -> FieldError | None:
    if day is None or first <= day <= today:
        return None
    message = f"{label} : {day:%d/%m/%Y} trouvé ; une date du {first:%d/%m/%Y} au {today:%d/%m/%Y} est attendue."
    return FieldError(name, "out_of_range", message, day.isoformat())


def derived_signature_error(told: date | None, latest: date) -> FieldError | None:
    """Once the four signatures are known, the day the convention was signed is their latest and no other."""
    if told == latest:
        return None
    found = "aucune date" if told is None else f"{told:%d/%m/%Y}"
    message = (
        f"Signée le : {found} trouvé ; les quatre signatures étant connues, c’est la plus tardive, {latest:%d/%m/%Y}."
    )
    return FieldError("signed_on", "derived", message, None if told is None else told.isoformat())


SIGNED = ("signed", "amended")


def part_signed_errors(told: Mapping[str, Any], merged: Mapping[str, Any]) -> list[FieldError]:
    """Told signature by signature, a convention is signed by its last one, never by hand while one is missing.

    ``told``: what changes; ``merged``: the convention as it would stand.
    """
    missing = ", ".join(inside(who) for who in _missing(merged))
    if not missing:
        return []
    errors = []
    lacking = f"tant que manque une signature ({missing}), le statut « en signature » est attendu"
    if told.get("status") in SIGNED:
        found = inside(CONVENTION_STATUSES[told["status"]])
        errors.append(FieldError("status", "derived", f"Statut : « {found} » trouvé ; {lacking}.", told["status"]))
    day = told.get("signed_on")
    if day is not None:
        message = f"Signée le : {day:%d/%m/%Y} trouvé ; aucune date n’est attendue tant que manque une signature"
        errors.append(FieldError("signed_on", "derived", f"{message} ({missing}).", day.isoformat()))
    return errors


def derived_year_error(told: int, extended: int) -> FieldError | None:
    """While an amendment extends a convention its last year is the amendment's."""
    if told == extended:
        return None
    message = f"Dernière année : {told} trouvé ; un avenant prolonge la convention jusqu’en {extended}, modifiez-le."
    return FieldError("last_year", "derived", message, told)


def amendment_errors(
    values: Mapping[str, Any],
    signed_on: date | None,
    agreed: int,
    contract_last_year: int,
    today: date,
) -> list[FieldError]:
    """An amendment is signed once the convention is, and extends it beyond the ``agreed`` year, within the contract."""
    errors: list[FieldError | None] = []
    day, last_year = values.get("signed_on"), values.get("last_year")
    if day is not None and signed_on is None:
        message = "Signé le : la convention n’est pas encore signée par tous, son avenant ne peut pas l’être."
        errors.append(FieldError("signed_on", "invalid", message, day.isoformat()))
    elif signed_on is not None:
        errors.append(_day_error("signed_on", "Signé le", day, signed_on, today))
    if last_year is not None:
        errors.append(_extension_error(last_year, agreed, contract_last_year))
    return [error for error in errors if error is not None]


def _extension_error(last_year: int, agreed: int, contract_last_year: int) -> FieldError | None:
    label = "Prolonge jusqu’en"
    if agreed >= contract_last_year:
        message = f"{label} : {last_year} trouvé ; la convention va déjà jusqu’à la fin du contrat ({agreed})."
        return FieldError("last_year", "out_of_range", message, last_year)
    return year_error("last_year", label, last_year, agreed + 1, contract_last_year, "durée du contrat")


def signed_status(status: str, days: Sequence[date | None]) -> str:
    """The status of a convention after a change of its four days of signature: the first opens « en signature », the
    fourth makes it « signée ». Without any, amended or over, it keeps the one it has.
    """
    if not any(days) or status not in ("draft", "signing", "signed"):
        return status
    return "signed" if all(days) else "signing"


def amended_status(status: str, *, amended: bool, extended: bool) -> str:
    """The status of a convention after a change of its signed amendments: any makes it « avenant », none undoes it."""
    if amended and (status in ("draft", "signing", "signed") or (status == "expired" and extended)):
        return "amended"
    if not amended and status == "amended":
        return "signed"
    return status
