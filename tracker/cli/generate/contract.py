"""The rows of one generated contract: plausible figures, some of them unknown, none of them true."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from tracker.cli.generate.rows import Rows
from tracker.tfpb.rules import PRIORITIES, locked_reason

FIRST_YEAR, LAST_YEAR, FIRST_FILES = 2024, 2030, 2025

FUNDERS = (
    ("volume-etat", "État (données de volume)", "state", True),
    ("volume-departement", "Département (données de volume)", "department", True),
    ("volume-caf", "CAF (données de volume)", "caf", True),
    ("volume-fondation", "Fondation (données de volume)", "foundation", False),
    ("volume-banque", "Banque (données de volume)", "bank", True),
)
# Code, name, place of its funder, whether it lends.
SCHEMES = (
    ("volume-dotation", "Dotation", 0, False),
    ("volume-fonds", "Fonds", 0, False),
    ("volume-contrat", "Contrat départemental", 1, False),
    ("volume-initiatives", "Initiatives locales", 1, False),
    ("volume-aide", "Aide de la CAF", 2, False),
    ("volume-pret", "Prêt", 4, True),
)
PROJECT_TITLES = ("École", "Maison de quartier", "Gymnase", "Crèche", "Médiathèque", "Place publique", "Centre social")
PROJECT_KINDS = ("renovation", "creation", "reconstruction", "public_space", None)
PROJECT_STATUSES = ("idea", "planned", "funding", "works", "delivered")
OWNER_KINDS = ("city", "city", "city", "intercommunal", "association", None)
ACTION_TITLES = {
    1: "Présence renforcée des gardiens",
    2: "Formation à la gestion des conflits",
    3: "Remise en état des halls",
    4: "Enlèvement des encombrants",
    5: "Tournées de tranquillité",
    6: "Ateliers éco-gestes",
    7: "Fête des voisins",
    8: "Petits travaux en pied d’immeuble",
}
STAGES = ("diagnosis", "report")
# How far a grant went: its status, whether its award is known, and how often.
GRANT_FATES = (
    ("awarded", True, 40),
    ("started", True, 15),
    ("closed", True, 20),
    ("awarded", False, 2),
    ("filed", False, 12),
    ("refused", False, 6),
    ("withdrawn", False, 3),
    ("lapsed", True, 2),
)
FATES = [(status, known) for status, known, _weight in GRANT_FATES]
FATE_WEIGHTS = [weight for _status, _known, weight in GRANT_FATES]
REACHED_AWARD = ("awarded", "started", "closed")
GRANTS_PER_PARENT, GRANTS_WEIGHTS = (0, 1, 2, 3), (40, 30, 18, 12)


@dataclass(frozen=True)
class Sizes:
    """How much a contract holds."""

    cities: int
    projects: int
    landlords: int
    years: int
    actions_per_file: int

    @property
    def last_year(self) -> int:
        """The contract's last year: the usual one, later when there are files beyond it."""
        return max(LAST_YEAR, FIRST_FILES + self.years - 1)

    @property
    def told(self) -> dict[str, int]:
        """The totals the history tells."""
        files = self.landlords * self.cities * self.years
        return {**asdict(self), "files": files, "actions": files * self.actions_per_file}


class Sources:
    """The funders and schemes every generated contract shares; made once, found again by their codes."""

    def __init__(self, rows: Rows) -> None:
        funders = [
            rows.find("funder", code) or rows.add("funder", code=code, name=name, kind=kind, public_body=public)
            for code, name, kind, public in FUNDERS
        ]
        # (scheme or None, funder): a foundation gives without a scheme.
        self.subsidies: list[tuple[int | None, int]] = [(None, funders[3])]
        self.loans: list[tuple[int | None, int]] = []
        for code, name, place, lends in SCHEMES:
            scheme = rows.find("scheme", code) or rows.add(
                "scheme",
                code=code,
                name=f"{name} (données de volume)",
                funder_id=funders[place],
                is_loan=lends,
                exclusive=False,
            )
            (self.loans if lends else self.subsidies).append((scheme, funders[place]))


class VolumeContract:
    """One contract being filled; amounts are integer cents, as the database keeps them."""

    def __init__(self, rows: Rows, random: Random, sources: Sources, sizes: Sizes) -> None:
        self._rows, self._random, self._sources, self._sizes = rows, random, sources, sizes
        self.number, self.name = 0, ""

    def generate(self, code: str, insees: Iterator[str], sirens: Iterator[str]) -> None:
        """Add every row of the contract, under this code."""
        add, sizes = self._rows.add, self._sizes
        self.name = f"Contrat {code}"
        self.number = add(
            "contract",
            code=code,
            name=self.name,
            first_year=FIRST_YEAR,
            last_year=sizes.last_year,
            signed_on=date(2024, 6, 3),
        )
        quarter = add("neighbourhood", contract_id=self.number, name=f"Quartier {code}")
        cities = []
        for place in range(1, sizes.cities + 1):
            cities.append(add("city", insee=next(insees), siren=next(sirens), name=f"Ville {place} ({code})"))
            self._rows.link("contract_city", contract_id=self.number, city_id=cities[-1])
            self._rows.link("neighbourhood_city", neighbourhood_id=quarter, city_id=cities[-1])
        for year in range(FIRST_FILES, FIRST_FILES + sizes.years):
            add("meeting", contract_id=self.number, kind="copil", held_on=date(year + 1, 6, 15))
        for place in range(sizes.projects):
            self._project(cities[place % sizes.cities], place + 1)
        for place in range(1, sizes.landlords + 1):
            landlord = add("landlord", siren=next(sirens), name=f"Bailleur {place} ({code})")
            for city in cities:
                self._convention(landlord, city, quarter)

    def _cents(self, least: int, most: int) -> int:
        """An amount between two numbers of euros, to the cent, in cents."""
        return self._random.randrange(least * 100, most * 100)

    def _perhaps(self, value: Any, unknown: float = 0.03) -> Any:
        return None if self._random.random() < unknown else value

    # -- investment ------------------------------------------------------------------------------------------------

    def _project(self, city: int, position: int) -> None:
        add, random = self._rows.add, self._random
        financing = add(
            "financing",
            kind="project",
            parent_id=self._rows.coming("project"),
            contract_id=self.number,
            city_id=city,
            open_to_readers=True,
        )
        # Whole euros: a VAT of 20 % then falls on whole cents.
        items = [random.randrange(5_000, 800_000) * 100 for _ in range(random.choice((0, 0, 2, 3)))]
        cost = sum(items) if items else self._perhaps(random.randrange(20_000, 3_000_000) * 100, 0.1)
        project = add(
            "project",
            contract_id=self.number,
            city_id=city,
            financing_id=financing,
            position=position,
            title=f"{random.choice(PROJECT_TITLES)} n° {position}",
            kind=random.choice(PROJECT_KINDS),
            owner_kind=random.choice(OWNER_KINDS),
            status=random.choice(PROJECT_STATUSES),
            owner_share_regime="standard",
            cost_excl_tax=cost,
            cost_incl_tax=None if cost is None else cost * 6 // 5,
            self_funding=self._perhaps(None if cost is None else cost * 3 // 10, 0.2),
            starts_on=date(2025, 9, 1),
            ends_on=date(2027, 6, 30),
        )
        for place, amount in enumerate(items, 1):
            add("cost_item", project_id=project, label=f"Lot {place}", amount_excl_tax=amount, vat_rate=200_000)
        for year in (2025, 2026, 2027):
            planned = self._cents(1_000, 400_000)
            add("budget_year", project_id=project, year=year, planned=planned, voted=self._perhaps(planned, 0.2))
        self._grants(financing, cost or 100_000_00, "investment", self._sources.subsidies)
        if random.random() < 0.1:
            self._grant(financing, (cost or 100_000_00) // 10, "investment", random.choice(self._sources.loans))

    # -- grants ----------------------------------------------------------------------------------------------------

    def _grants(self, financing: int, base: int, nature: str, sources: list[tuple[int | None, int]]) -> int:
        """0 to 3 grants, the first two often equal; what they award, in cents, where known."""
        random = self._random
        wanted = random.choices(GRANTS_PER_PARENT, GRANTS_WEIGHTS)[0]
        awarded, twin = 0, None
        for place in range(wanted):
            if place == 1 and twin and random.random() < 0.5:
                amount, source = twin
            else:
                amount, source = base * random.randrange(5, 26) // 100, random.choice(sources)
            twin = (amount, source)
            awarded += self._grant(financing, amount, nature, source)
        return awarded

    def _grant(self, financing: int, amount: int, nature: str, source: tuple[int | None, int]) -> int:
        random = self._random
        status, known = random.choices(FATES, FATE_WEIGHTS)[0]
        grant = self._rows.add(
            "financing_grant",
            financing_id=financing,
            scheme_id=source[0],
            funder_id=source[1],
            nature=nature,
            status=status,
            requested=self._perhaps(amount),
            awarded=amount if known else None,
            filed_on=date(2025, 2, 3),
            awarded_on=date(2025, 6, 16) if status in REACHED_AWARD else None,
        )
        if status == "closed" or (status == "started" and random.random() < 0.5):
            half = amount // 2
            self._rows.add("payment", grant_id=grant, kind="advance", amount=half, paid_on=date(2025, 9, 1))
            if status == "closed":
                self._rows.add(
                    "payment", grant_id=grant, kind="balance", amount=amount - half, paid_on=date(2026, 3, 2)
                )
        return amount if known and status in REACHED_AWARD else 0

    # -- TFPB ------------------------------------------------------------------------------------------------------

    def _convention(self, landlord: int, city: int, quarter: int) -> None:
        add, random, years = self._rows.add, self._random, self._sizes.years
        convention = add(
            "convention",
            contract_id=self.number,
            landlord_id=landlord,
            city_id=city,
            first_year=FIRST_FILES,
            last_year=self._sizes.last_year,
            signed_on=date(2025, 3, 20),
            status="signed",
        )
        dwellings = random.randrange(0, 400)
        add(
            "residence",
            landlord_id=landlord,
            city_id=city,
            neighbourhood_id=quarter,
            name="Résidence",
            dwellings=dwellings,
        )
        for year in range(FIRST_FILES, FIRST_FILES + years):
            self._file(convention, landlord, city, quarter, year, dwellings)

    def _file(self, convention: int, landlord: int, city: int, quarter: int, year: int, dwellings: int) -> None:
        add, random, sizes = self._rows.add, self._random, self._sizes
        last = year == FIRST_FILES + sizes.years - 1 and sizes.years > 1
        status = random.choice(
            ("draft", "submitted") if last else ("submitted", "verified", "transmitted", "to_correct")
        )
        submitted = status != "draft"
        abated = dwellings * random.randrange(80, 101) // 100
        estimated = abated * self._cents(120, 190)
        file = add(
            "tfpb_file",
            convention_id=convention,
            neighbourhood_id=quarter,
            year=year,
            dwellings=dwellings,
            abated_dwellings=abated,
            abatement_estimated=estimated,
            abatement_actual=self._perhaps(estimated * 102 // 100, 0.3),
            status=status,
            programme_status="validated" if submitted else "proposed",
            first_submitted_at=datetime(year + 1, 3, 16, 12) if submitted else None,  # noqa: DTZ001 - UTC, as kept
            returned_reason="Montants à revoir." if status == "to_correct" else None,
        )
        scope = {
            "kind": "action",
            "contract_id": self.number,
            "city_id": city,
            "landlord_id": landlord,
            "open_to_readers": submitted,
            "locked_reason": locked_reason(status, None),
        }
        for place in range(sizes.actions_per_file):
            self._action(file, place, scope, spent=submitted)
        for stage in STAGES:
            add(
                "participation",
                file_id=file,
                stage=stage,
                held_on=date(year, 11, 12),
                audience="Locataires",
                participants=self._perhaps(random.randrange(5, 60)),
            )

    def _action(self, file: int, place: int, scope: dict[str, Any], *, spent: bool) -> None:
        add, random = self._rows.add, self._random
        axis = random.randrange(1, 9)
        financing = add("financing", parent_id=self._rows.coming("tfpb_action"), **scope)
        planned = self._cents(200, 20_000)
        actual: int | None = None
        share: int | None = None
        valued: int | None = None
        if spent and random.random() < 0.01:
            # A correction of the year before.
            actual = share = valued = -self._cents(10, 500)
        elif spent:
            actual = planned * random.randrange(70, 121) // 100
            share = actual - self._grants(financing, actual, "operating", self._sources.subsidies)
            valued = max(share, 0) * random.randrange(60, 101) // 100
        add(
            "tfpb_action",
            file_id=file,
            financing_id=financing,
            axis=axis,
            title=f"{ACTION_TITLES[axis]} n° {place + 1}",
            location="Pied d’immeuble",
            calendar="Toute l’année",
            status="done" if spent else "planned",
            priority=self._perhaps(random.choice(tuple(PRIORITIES)), 0.2),
            planned_cost=self._perhaps(planned),
            planned_valued=self._perhaps(planned * 7 // 10),
            actual_cost=self._perhaps(actual),
            landlord_share=self._perhaps(share),
            valued_amount=self._perhaps(valued),
        )
