"""The list of projects as a coordinator opens it, against its table in a plain template with its rows by bare SQL."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import select

from tests import builders
from tests.benchmarks.ground import PROJECTS, TODAY, Ground
from tracker.extensions import db
from tracker.funding.queries import funder_choices, scheme_choices
from tracker.investment.columns import PROJECTS as COLUMNS
from tracker.investment.rules import PROJECT_STATUSES, STATUS_TONES
from tracker.settings import ROOT
from tracker.web import formats

BARE = Path(__file__).parent / "bare"
SIZE = 200
ADDRESS = f"/projets?page_size={SIZE}&sort=title"


@dataclass(frozen=True)
class Page:
    """Both ways of getting the page; each answers its HTML."""

    ours: Callable[[], str]
    bare: Callable[[], str]


def page(ground: Ground) -> Page:
    """The page of ``SIZE`` projects, through the WSGI client of a signed-in coordinator, and bare."""
    client = ground.client(PROJECTS)

    def ours() -> str:
        answer = client.get(ADDRESS)
        assert answer.status_code == 200, answer.status
        return answer.get_data(as_text=True)

    return Page(ours, _bare(ground))


def same(found: Page) -> None:
    """Both pages say the same, row by row and in the totals: their words, not their markup."""
    ours, bare = (_rows(html) for html in (found.ours(), found.bare()))
    for one, other in zip(ours, bare, strict=True):
        assert one == other, f"the bare page differs:\n{one}\n{other}"


def _rows(html: str) -> list[str]:
    table = html[html.index("<tbody") : html.index("</table>")]
    return [" ".join(re.sub(r"<[^>]*>", " ", f"<tr {row}").split()) for row in table.split("<tr")]


def _bare(ground: Ground) -> Callable[[], str]:
    """A Flask application with one view: no extension, no session, no user; constants where the page asks for them."""
    app = Flask("bare", static_folder=str(ROOT / "static"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(BARE), FileSystemLoader(ROOT / "templates")])
    formats.register(app)
    app.jinja_env.filters.update(cents=_money, cents_round=_money_round, ten_thousandths=_ratio)
    statement = (BARE / "project_list.sql").read_text(encoding="utf-8")
    contract, shell = _constants(ground)
    connection = sqlite3.connect(ground.file, check_same_thread=False)
    connection.row_factory = sqlite3.Row

    @app.get("/projets")
    def projects() -> str:
        values = {"contract": contract, "today": TODAY, "size": SIZE}
        with closing(connection.execute(statement, values)) as cursor:
            rows = cursor.fetchall()
        total = rows[0]
        pages = -(-total["projects"] // SIZE)
        return render_template("project_list.html", rows=rows, total=total, pages=pages, **shell)

    client = app.test_client()
    return lambda: client.get("/projets").get_data(as_text=True)


def _constants(ground: Ground) -> tuple[int, dict[str, Any]]:
    with ground.app.app_context():
        contract = db.session.scalars(select(builders.Contract).filter_by(code=PROJECTS)).one()
        cities = [(city.id, city.name) for city in contract.cities]
        sources = [(one.code, one.name) for one in (*scheme_choices(), *funder_choices())]
    labels = ("Accueil", "Projets", "TFPB", "Bilan", "Agenda", "Historique", "Référentiels", "Comptes")
    numeric = ("money", "ratio")
    return contract.id, {
        "city_options": cities,
        "source_options": sources,
        "statuses": PROJECT_STATUSES,
        "tones": STATUS_TONES,
        "heads": [(one.key, one.label, "num" if one.type in numeric else "") for one in COLUMNS],
        "navigation": [{"label": label, "url": "/", "current": label == "Projets"} for label in labels],
        "actor": {"name": "Coordination"},
        "account_url": "/comptes/moi",
        "sign_out_url": "/deconnexion",
        "product_name": "Suivi Quartiers 2030",
        "today": date.fromisoformat(TODAY),
        "csrf_token": lambda: "0" * 91,
    }


def _money(cents: int | None) -> str:
    return formats.money(None if cents is None else Decimal(cents).scaleb(-2))


def _money_round(cents: int | None) -> str:
    return formats.money_round(None if cents is None else Decimal(cents).scaleb(-2))


def _ratio(value: int | None) -> str:
    return formats.ratio(None if value is None else Decimal(value).scaleb(-4))
