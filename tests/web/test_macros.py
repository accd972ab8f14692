"""The pieces as HTML, rendered without the application: what they say, what they link together, what they escape."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from jinja2 import StrictUndefined

from tests.web.gallery import WRONG, bars
from tracker.columns import Column, Totals
from tracker.policy import FieldError
from tracker.settings import ROOT
from tracker.web import formats
from tracker.web.forms import ConflictLine, Form


@pytest.fixture(scope="module")
def shell() -> Flask:
    """Templates and filters, and nothing else; a name the macros do not know is an error."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    formats.register(app)
    return app


def render(shell: Flask, file: str, call: str, **context: Any) -> str:
    """The HTML of one macro call, white space reduced."""
    source = f'{{% import "web/macros/{file}.html" as {file} %}}{call}'
    with shell.app_context():
        html = shell.jinja_env.from_string(source).render(context)
    return re.sub(r"\s+", " ", html.replace("\u00a0", "_").replace("\u202f", "'")).strip()


def texts(html: str, tag: str) -> list[str]:
    """The text of each such element, without markup."""
    return [re.sub(r"<[^>]+>", "", found).strip() for found in re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", html)]


@dataclass(frozen=True)
class Row:
    """A row of a table under test."""

    id: int
    name: str | None = "École"
    cost: Decimal | None = None
    part: Decimal | None = None
    dwellings: int | None = None
    on: date | None = None
    at: datetime | None = None
    state: str | None = None
    signed: bool | None = None


COLUMNS = [
    Column("name", "Nom", sort=True, link=lambda row: f"/projets/{row.id}?a=1&b=2" if row.id > 1 else None),
    Column(
        "cost", "Coût", "money", sort=True, total=True, tone=lambda row: "bad" if row.cost and row.cost < 0 else None
    ),
    Column("part", "Part", "ratio"),
    Column("dwellings", "Logements", "integer", total=True),
    Column("on", "Le", "date"),
    Column("at", "À", "moment"),
    Column("state", "État", "status", words={"filed": "Déposée"}, tone=lambda _: "warn"),
    Column("signed", "Signée", "boolean"),
]
FULL = Row(
    2,
    "A <b>",
    Decimal("-1234.50"),
    Decimal("0.8432"),
    1545,
    date(2026, 11, 21),
    datetime(2026, 11, 21, 13, 5, tzinfo=UTC),
    "filed",
    True,
)


def table(shell: Flask, rows: Sequence[Any], **options: Any) -> str:
    """The table of these rows."""
    names = ", ".join(f"{name}={name}" for name in options)
    call = f"{{{{ tables.data_table(columns, rows, 'Projets', {names}) }}}}"
    return render(shell, "tables", call, columns=COLUMNS, rows=rows, **options)


def test_each_kind_of_value_has_its_writing(shell: Flask) -> None:
    html = table(shell, [FULL])
    assert texts(html, "td") == [
        "−1'234,50_€", "84,3_%", "1'545", "21/11/2026", "21/11/2026 à 14_h_05", "Déposée", "oui",
    ]  # fmt: skip
    assert '<th scope="row"><a href="/projets/2?a=1&amp;b=2">A &lt;b&gt;</a></th>' in html
    assert '<td data-label="Coût" class="num tone-bad">' in html
    assert '<span class="badge badge-warn">Déposée</span>' in html


@pytest.mark.parametrize(
    "name, kept",
    [("Bourg-la-Reine", True), ("Halle des sports", False), ("Mi-temps partagé", False), ("a-" * 20, False)],
)
def test_a_name_is_not_cut_at_its_hyphens(shell: Flask, name: str, kept: bool) -> None:
    assert (f'<span class="nowrap">{name}</span>' in table(shell, [Row(1, name)])) is kept


def test_the_unknown_is_a_dash_and_never_zero(shell: Flask) -> None:
    html = table(shell, [Row(1, None)])
    assert texts(html, "td") == ["—"] * 7
    assert html.count("unknown") == 8
    assert "0,00" not in html


def test_the_last_line_adds_up_and_says_what_it_does_not_know(shell: Flask) -> None:
    html = table(shell, [FULL, Row(1)], totals=Totals({"cost": Decimal("-1234.50"), "dwellings": None}, {"cost": 1}))
    foot = html[html.index("<tfoot>") :]
    assert texts(foot, "td")[:3] == ["−1'234,50_€ 1_inconnu", "", "—"]
    assert texts(foot, "th") == ["Total"]


@pytest.mark.parametrize(
    "sort, told, next_order",
    [("name", "", "cost"), ("cost", ' aria-sort="ascending"', "-cost"), ("-cost", ' aria-sort="descending"', "cost")],
)
def test_a_header_orders_and_says_the_present_order(shell: Flask, sort: str, told: str, next_order: str) -> None:
    html = table(shell, [FULL], sort=sort, url_for_sort=lambda order: f"?sort={order}")
    assert (
        f'<th scope="col" class="num money"{told}>'
        f'<a id="tri-cost" href="?sort={next_order}" hx-get="?sort={next_order}">' in html
    )
    assert html.count("<a id=") == 2


def test_an_empty_table_is_a_sentence(shell: Flask) -> None:
    assert table(shell, [], empty="Rien <ici>.") == '<p class="empty">Rien &lt;ici&gt;.</p>'


def test_a_row_of_the_page_s_own(shell: Flask) -> None:
    call = (
        "{% macro own(row) %}<i>{{ row.name }}</i>{% endmacro %}"
        "{% macro act(row) %}{{ tables.edit_link('?edit=2', 2, row.name) }}{% endmacro %}"
        "{{ tables.data_table(columns, rows, 'Projets', cells={'cost': own}, actions=act, row_id='projet') }}"
    )
    html = render(shell, "tables", call, columns=COLUMNS, rows=[FULL])
    assert '<tr id="projet-2">' in html
    assert '<td data-label="Coût" class="num"><i>A &lt;b&gt;</i></td>' in html
    assert (
        '<a id="edit-2" href="?edit=2" hx-get="?edit=2">Modifier<span class="visually-hidden">_: A &lt;b&gt;</span></a>'
        in html
    )


@pytest.mark.parametrize(
    "editing, ids", [(2, ["projet-1", "projet-2"]), ("new", ["projet-1", "projet-2", "projet-new"])]
)
def test_a_row_opens_in_its_place(shell: Flask, editing: int | str, ids: list[str]) -> None:
    call = (
        "{% macro wide(row) %}<form>{{ row.name if row else 'nouveau' }}</form>{% endmacro %}"
        "{{ tables.data_table(columns, rows, 'Projets', editing=editing, editor=wide, row_id='projet') }}"
    )
    html = render(shell, "tables", call, columns=COLUMNS, rows=[Row(1), FULL], editing=editing)
    assert re.findall(r'<tr\b[^>]* id="([^"]+)"', html) == ids
    assert html.count('<tr class="editing"') == 1
    assert html.count('<td colspan="8"><form>') == 1


def test_groups_carry_their_sub_totals(shell: Flask) -> None:
    totals = Totals({"cost": Decimal("-1234.50")}, {"cost": 2})
    groups = [
        {"label": "Bagneux", "rows": [FULL], "totals": totals},
        {"label": "Sceaux", "rows": [Row(1)], "totals": None},
    ]
    html = table(shell, [FULL, Row(1)], groups=groups, row_id="p")
    assert html.count("<tbody>") == 2
    (sub_total,) = re.findall(r'<th scope="rowgroup">([^<]+)</th> <td[^>]*>(.*?)</td>', html)
    assert sub_total == ("Bagneux", '−1\'234,50_€ <span class="sub">2_inconnus</span>')
    # Without sub-totals the group's name takes the whole line.
    assert re.findall(r'<th scope="rowgroup" colspan="\d">([^<]+)</th> </tr>', html) == ["Sceaux"]


# --------------------------------------------------------------------------------------------------------- forms


def test_a_blank_field_shows_what_is_stored_as_a_reader_types_it(shell: Flask) -> None:
    call = "{{ forms.amount(form, 'requested', 'Montant', value, hint='HT', required=true) }}"
    html = render(shell, "forms", call, form=Form(), value=Decimal("240000.00"))
    assert 'value="240\'000,00"' in html
    assert 'aria-required="true" aria-describedby="f-requested-hint"' in html
    assert '<label for="f-requested">Montant <span class="required">(obligatoire)</span></label>' in html
    assert "aria-invalid" not in html


def test_a_refused_field_keeps_the_typing_and_carries_its_message(shell: Flask) -> None:
    form = Form({"requested": '"12 abc'}, [FieldError("requested", "invalid", "«_<12 abc> » n’est pas un montant.")])
    html = render(
        shell, "forms", "{{ forms.amount(form, 'requested', 'Montant', value, hint='HT') }}", form=form, value=1
    )
    assert 'value="&#34;12 abc"' in html
    assert 'aria-invalid="true" aria-describedby="f-requested-hint f-requested-error"' in html
    assert '<p class="field-error" id="f-requested-error">«_&lt;12 abc&gt; » n’est pas un montant.</p>' in html


def test_the_summary_links_each_message_to_its_field(shell: Flask) -> None:
    html = render(shell, "forms", "{{ forms.error_summary(form, {'title': 'Intitulé'}) }}", form=WRONG)
    assert '<a href="#f-title">Intitulé_: L’intitulé manque.</a>' in html
    assert "<li>La somme des parts dépasse le coût.</li>" in html
    assert "7 erreurs empêchent" in html
    assert render(shell, "forms", "{{ forms.error_summary(form) }}", form=Form()) == ""


@pytest.mark.parametrize(
    "typed, stored, checked",
    [({}, True, True), ({}, False, False), ({"agreed": "true"}, False, True), ({"title": "x"}, True, False)],
)
def test_a_box_unticked_before_the_refusal_stays_unticked(
    shell: Flask, typed: Mapping[str, str], stored: bool, checked: bool
) -> None:
    html = render(
        shell, "forms", "{{ forms.checkbox(form, 'agreed', 'Oui', stored) }}", form=Form(typed), stored=stored
    )
    assert (" checked" in html) is checked


@pytest.mark.parametrize("current, chosen", [(2, ["2"]), ("2", ["2"]), (None, []), ("", [])])
def test_a_choice_is_recognised_stored_or_typed(shell: Flask, current: Any, chosen: list[str]) -> None:
    options = [(1, "Un"), (2, "Deux")]
    html = render(
        shell, "forms", "{{ forms.select(form, 's', 'S', options, now) }}", form=Form(), options=options, now=current
    )
    assert re.findall(r'<option value="(\d)" selected>', html) == chosen


def test_a_password_is_never_sent_back(shell: Flask) -> None:
    html = render(
        shell, "forms", "{{ forms.password(form, 'password', 'Mot de passe') }}", form=Form({"password": "secret"})
    )
    assert "secret" not in html


def test_every_form_carries_its_token_and_its_version(shell: Flask) -> None:
    html = render(shell, "forms", "{% call forms.form('/x', version=3, in_place=true, back='edit-1') %}{% endcall %}")
    assert '<input type="hidden" name="csrf_token" value="token">' in html
    assert '<input type="hidden" name="version" value="3">' in html
    assert '<form method="post" action="/x" novalidate hx-post="/x" hx-sync="this:drop" data-back="edit-1">' in html
    assert 'name="version"' not in render(shell, "forms", "{% call forms.form('/x') %}{% endcall %}")


def test_an_act_refused_says_why(shell: Flask) -> None:
    call = "{{ forms.act('Transmettre', '/x', allowed, 'Trois dossiers manquent.', 'transmettre') }}"
    refused = render(shell, "forms", call, allowed=False)
    assert 'aria-disabled="true" aria-describedby="transmettre-reason"' in refused
    assert '<span class="reason" id="transmettre-reason">Trois dossiers manquent.</span>' in refused
    assert 'href="/x"' in render(shell, "forms", call, allowed=True)


def test_a_conflict_lets_three_voices_speak(shell: Flask) -> None:
    entry = SimpleNamespace(actor_name="Paul", at=datetime(2026, 11, 21, 13, 5), changes={"awarded": []})  # noqa: DTZ001
    lines = [
        ConflictLine("Accordé", "9,00", Decimal("7.00"), "awarded"),
        ConflictLine("Référence", "", None, "reference"),
    ]
    html = render(shell, "forms", "{{ forms.conflict(form) }}", form=Form({}, [], 2, lines, entry))
    assert "Paul a modifié cette fiche entre-temps, le 21/11/2026 à 14_h_05_: rien n’a été enregistré." in html
    assert texts(html, "td") == ["9,00", "modifié par Paul", "7,00_€", "—", "inchangé", "—"]
    assert render(shell, "forms", "{{ forms.conflict(form) }}", form=Form()) == ""


# ---------------------------------------------------------------------------------------------------- the others


def test_the_financing_bar_says_in_words_what_it_draws(shell: Flask) -> None:
    for name, bar in bars():
        html = render(
            shell, "drawings", "{{ drawings.financing_bar(bar, 'plan', floor_label='plancher 20 %') }}", bar=bar
        )
        ElementTree.fromstring(html)  # well-formed, as inline SVG must be
        alternative = texts(html, "desc")[0]
        for part in bar.parts:
            assert part.label in alternative, name
            assert part.label in "".join(texts(html, "li")), name
        assert ("Coût inconnu" in alternative) is (bar.cost is None)
        assert ("dépassent" in html) is (bar.state == "over_funded")


def test_the_gauge_has_a_name(shell: Flask) -> None:
    html = render(shell, "drawings", "{{ drawings.gauge(a, b) }}", a=Decimal(74), b=Decimal(100))
    assert 'aria-label="Contrepartie_: 74,0_% de l’abattement"' in html
    assert 'aria-label="Contrepartie inconnue"' in render(
        shell, "drawings", "{{ drawings.gauge(none, b) }}", b=Decimal(1)
    )


def test_bars_of_shares_are_a_table_of_their_figures(shell: Flask) -> None:
    lines = [("Axe 1", Decimal("0.5")), ("Axe 2", None)]
    html = render(shell, "drawings", "{{ drawings.shares(lines, 'Parts') }}", lines=lines)
    assert texts(html, "td") == ["", "50,0_%", "", "—"]
    assert 'width="100.00%"' in html


@pytest.mark.parametrize(
    "page, pages, shown",
    [
        (1, 1, []),
        (1, 3, ["Page 1", "Page 2", "Page 3", "Suivante"]),
        (5, 9, ["Précédente", "Page 1", "Page 3", "Page 4", "Page 5", "Page 6", "Page 7", "Page 9", "Suivante"]),
        (9, 9, ["Précédente", "Page 1", "Page 7", "Page 8", "Page 9"]),
    ],
)
def test_the_pager(shell: Flask, page: int, pages: int, shown: list[str]) -> None:
    call = "{{ pager.pager(page, pages, 1320, address, 'projet') }}"
    html = render(shell, "pager", call, page=page, pages=pages, address=lambda number: f"?page={number}")
    assert texts(html, "a") == shown
    assert texts(html, "p")[0].startswith("1'320_projets")


def test_the_history_tells_old_new_and_nothing(shell: Flask) -> None:
    changes = [("Accordé", "1,00 €", "2,00 €"), ("Référence", None, "FV"), ("Taux", "20 %", None)]
    entry = {"at": datetime(2026, 11, 21, 13, 5), "who": "Claire", "sentence": "a modifié", "changes": changes}  # noqa: DTZ001
    entry |= {"source": None, "url": None, "reason": None}
    html = render(shell, "timeline", "{{ timeline.timeline(days) }}", days=[(date(2026, 11, 21), [entry])])
    assert "samedi 21 novembre 2026" in html
    lines = re.findall(r"<li>([^<]+_: .*?)</li>", html)
    assert [re.sub(r"<[^>]+>", "", line) for line in lines] == [
        "Accordé_: 1,00 € devient 2,00 €",
        "Référence_: ajouté FV",
        "Taux_: 20 % devient —",
    ]


def test_filters_keep_what_was_chosen(shell: Flask) -> None:
    call = (
        "{% call filters.bar('/projets', reset='/projets', keep={'sort': '-cost', 'page': none}) %}"
        "{{ filters.choice('city', 'Ville', [(1, 'Bagneux'), (2, 'Sceaux')], '2') }}"
        "{{ filters.search('q', 'Mots', '\"a') }}"
        "{{ filters.flag('archived', 'Archivés', true) }}{% endcall %}"
    )
    html = render(shell, "filters", call)
    assert '<input type="hidden" name="sort" value="-cost">' in html
    assert 'name="page"' not in html
    assert '<option value="2" selected>Sceaux</option>' in html
    assert 'name="q" value="&#34;a"' in html
    assert 'name="archived" value="true" checked' in html
