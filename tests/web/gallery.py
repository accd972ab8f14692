"""Screens made of every piece of the shell, in every state: what the browser tests look at.

Public pages of a blueprint of their own, on an application built for them; what is edited stays in memory.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.columns import Column, Totals, add_up
from tracker.money import read_french_number
from tracker.policy import Conflict, FieldError, Forbidden
from tracker.web.drawings import FinancingBar, Source, financing_bar
from tracker.web.forms import ConflictLine, Form
from tracker.web.htmx import done, go, respond
from tracker.web.shell import public

AT = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)

gallery = Blueprint("gallery", __name__, url_prefix="/galerie", template_folder="templates")


@dataclass(frozen=True)
class Line:
    """A row of the gallery's tables."""

    id: int
    title: str
    city: str = "Bagneux"
    cost: Decimal | None = None
    awarded: Decimal = Decimal(0)
    part: Decimal | None = None
    starts_on: date | None = None
    status: str = "idea"
    version: int = 1


CITIES = ("Bagneux", "Bourg-la-Reine", "Fontenay-aux-Roses", "Sceaux")
TITLES = ("École <b>Marcel Cachin</b>", "Gymnase", "Crèche", "Maison de quartier", "Médiathèque", "Halle du marché")
WORDS = {"idea": "Idée", "funding": "Financement en cours", "works": "Travaux", "delivered": "Livré"}
TONES = {"funding": "warn", "works": "info", "delivered": "good"}

COLUMNS = [
    Column("title", "Projet", sort=True, link=lambda line: f"/galerie/fiche?projet={line.id}"),
    Column("city", "Ville", sort=True),
    Column("cost", "Coût HT", "money", sort=True, total=True, hint="hors taxes"),
    Column("awarded", "Accordé", "money", total=True, tone=lambda line: "bad" if line.awarded < 0 else None),
    Column("part", "Part de la ville", "ratio", sort=True),
    Column("gauge", "Contrepartie", get=lambda line: line.awarded),
    Column("starts_on", "Début", "date", sort=True),
    Column("status", "État", "status", words=WORDS, tone=lambda line: TONES.get(line.status)),
]
YEARS = [Column("title", "Exercice"), Column("cost", "Prévu", "money", total=True), Column("awarded", "Voté", "money")]


def _line(number: int) -> Line:
    known = number % 5 != 4
    return Line(
        number,
        TITLES[number % len(TITLES)],
        CITIES[number % 4],
        Decimal(f"{380_000 + number * 77_777}.00") if known else None,
        Decimal("-1234.50") if number == 2 else Decimal(f"{90_000 + number * 3_333}.00"),
        Decimal("0.2") + Decimal(number) / 50 if known else None,
        None if number == 3 else date(2026 + number % 4, number % 12 + 1, 15),
        list(WORDS)[number % 4],
    )


# Some of unknown cost, one with a negative amount, some with markup in their name.
PROJECTS = [_line(number) for number in range(1, 19)]

# What the sheet edits; a test starts from these.
rows: dict[int, Line] = {}


def reset() -> None:
    """Put the edited rows back."""
    rows.update({number: Line(number, str(2025 + number), cost=Decimal("150000.00")) for number in (1, 2, 3)})


def bars() -> list[tuple[str, FinancingBar]]:
    """The financing bar in each of its states."""
    asked = Source("Politique de la Ville", Decimal(240_000), decided=False)
    usual = [Source("Fonds vert", Decimal(180_000)), Source("Ville de Bagneux", Decimal(300_000), "own"), asked]
    many = [Source(f"Financeur {n}", Decimal(20_000 + n * 9_000), decided=n % 2 == 0) for n in range(8)]
    others = [Source("Prêt", Decimal(90_000), "loan"), Source("Sans montant", None, decided=False)]
    return [
        ("partielle", financing_bar(usual, Decimal(1_000_000), Decimal(200_000))),
        ("équilibrée", financing_bar(usual, Decimal(720_000), Decimal(144_000))),
        ("excédentaire", financing_bar(usual, Decimal(600_000), Decimal(120_000))),
        ("sans coût", financing_bar(usual, None)),
        ("sans rien", financing_bar([], None)),
        ("sans source", financing_bar([], Decimal(500_000), Decimal(100_000))),
        ("nombreuse", financing_bar([*many, *others], Decimal(900_000), Decimal(180_000))),
    ]


@gallery.get("/liste")
@public
def listing() -> Response:
    """A list with its filters, its order, its totals and its pages."""
    city, order = request.args.get("city", ""), request.args.get("sort", "title")
    shown = [line for line in PROJECTS if not city or line.city == city]
    shown.sort(key=lambda line: str(getattr(line, order.removeprefix("-"))), reverse=order.startswith("-"))
    costs = [line.cost for line in shown]
    sums = {"cost": add_up(costs), "awarded": add_up(line.awarded for line in shown)}

    def address(**changes: Any) -> str:
        return url_for("gallery.listing", **({"city": city or None, "sort": order} | changes))

    return respond(
        "gallery/listing.html",
        rows=shown,
        columns=COLUMNS,
        totals=Totals(sums, {"cost": costs.count(None)}),
        sort=order,
        sort_url=lambda wanted: address(sort=wanted),
        page_url=lambda number: address(page=number),
        city=city,
    )


def _sheet(status: int = 200, editing: int | str | None = None, form: Form | None = None) -> Response:
    return respond(
        "gallery/sheet.html",
        status,
        rows=list(rows.values()),
        columns=YEARS,
        totals=Totals({"cost": add_up(row.cost for row in rows.values())}),
        bar=bars()[0][1],
        editing=editing,
        form=form or Form(),
    )


@gallery.get("/fiche")
@public
def sheet() -> Response:
    """A page whose rows open in place: ``?edit=2``, ``?edit=new``."""
    edit = request.args.get("edit", "")
    return _sheet(editing=int(edit) if edit.isdigit() else edit or None)


@gallery.post("/fiche/<int:number>")
@public
def save(number: int) -> BaseResponse:
    """Save a row; « interdit » and « verrou » are refused for good, what is no number comes back."""
    row, typed = rows[number], request.form
    wish = typed["awarded"]
    if typed["version"] != str(row.version):
        entry = SimpleNamespace(actor_name="Paul Legrand", at=AT, changes={"awarded": []})
        line = ConflictLine("Voté", wish, row.awarded, "awarded")
        return _sheet(409, number, Form(typed, [], row.version, [line], entry))
    if wish == "interdit":
        raise Forbidden("Seule la ville de Bagneux peut modifier ce projet.")
    if wish == "verrou":
        raise Conflict("locked", "Ce dossier est verrouillé : il figure dans une édition arrêtée.")
    try:
        awarded = Decimal(read_french_number(wish))
    except ArithmeticError:
        message = f"« {wish} » n’est pas un montant : écrivez par exemple 1 234,56."
        return _sheet(422, number, Form(typed, [FieldError("awarded", "invalid", message)], row.version))
    rows[number] = replace(row, awarded=awarded, version=row.version + 1)
    done(f"Exercice {row.title} enregistré.")
    return go(url_for("gallery.sheet"))


WRONG = Form(
    {"title": "", "requested": "1.234,50", "rate": "180", "filed_on": "31/02/2026", "scheme": "2"},
    [
        FieldError("title", "required", "L’intitulé manque."),
        FieldError("requested", "invalid", "« 1.234,50 » est ambigu : écrivez 1 234,50."),
        FieldError("filed_on", "invalid", "« 31/02/2026 » n’existe pas au calendrier."),
        FieldError("agreed", "required", "Cochez pour confirmer."),
        FieldError("site", "required", "Choisissez un site."),
        FieldError("file", "required", "Déposez un classeur."),
        FieldError("whole", "invalid", "La somme des parts dépasse le coût."),
    ],
    4,
)


@gallery.get("/pieces")
@public
def pieces() -> Response:
    """Every piece, with ``?refused=1`` the form as it comes back."""
    told = {"at": AT, "who": "Claire Martin", "sentence": "a modifié la part", "source": "classeur", "changes": []}
    changes = [("Accordé", "1,00 €", "2,00 €"), ("Référence", None, "FV-12"), ("Taux", "20 %", None)]
    story = [
        (AT.date(), [told | {"url": "/x", "changes": changes}]),
        (date(2026, 3, 1), [told | {"url": None, "reason": "Deux factures manquent."}]),
    ]
    return respond(
        "gallery/pieces.html",
        bars=bars(),
        form=WRONG if "refused" in request.args else Form(),
        story=story,
        shares=[("1 Présence", Decimal("0.312")), ("2 Formation", Decimal("0.013")), ("6 Concertation", None)],
        gauges=[(valued and Decimal(valued), Decimal(100)) for valued in (50, 95, 180, None)],
        columns=COLUMNS,
    )


@gallery.get("/erreur/<int:status>")
@public
def error(status: int) -> Response:
    """The error page of this status."""
    abort(status)
