"""The columns of a financing's grants, of payments, and of the funders' and schemes' lists."""

from typing import Any

from flask import url_for

from tracker.columns import Column
from tracker.funding import queries
from tracker.funding.rules import FUNDER_KINDS, GRANT_STATUSES, NATURES, PAYMENT_KINDS, STATUS_TONES


def source_name(line: Any) -> str:
    """How a grant is called: by its scheme, else by its funder."""
    return str(line.scheme.name if line.scheme else line.funder.name)


GRANTS = (
    Column(
        "source",
        "Financeur",
        get=source_name,
        link=lambda line: url_for("funding.grant_page", grant_id=line.id),
        width=36,
    ),
    Column("status", "Statut", "status", words=GRANT_STATUSES, tone=lambda line: STATUS_TONES[line.status], width=16),
    Column("nature", "Nature", words=NATURES, get=lambda line: NATURES[line.nature], width=16),
    Column("eligible_base", "Assiette HT", "money"),
    Column("rate", "Taux", "ratio"),
    Column("requested", "Demandé", "money", total=True),
    Column("awarded", "Accordé", "money", total=True),
    Column("paid", "Versé", "money", total=True),
)

PAYMENTS = (
    Column("kind", "Type", "text", get=lambda payment: PAYMENT_KINDS[payment.kind]),
    Column("paid_on", "Versé le", "date"),
    Column("amount", "Montant", "money", total=True),
)

FUNDERS = (
    Column("name", "Financeur", sort=True, link=lambda one: url_for("funding.funder_list", edit=one.id)),
    Column("code", "Code", sort=True),
    Column("kind", "Type", get=lambda one: FUNDER_KINDS[one.kind], sort=True),
    Column("public_body", "Personne publique", "boolean"),
    Column("public_body_source", "Source"),
)

SCHEMES = (
    Column("name", "Dispositif", sort=True, link=lambda one: url_for("funding.scheme_list", edit=one.id)),
    Column("code", "Code", sort=True),
    Column("funder", "Financeur", get=lambda one: one.funder.name),
    Column("nature", "Nature", get=lambda one: NATURES.get(one.nature) if one.nature else None),
    Column("is_loan", "Prêt", "boolean"),
    Column("exclusive", "Exclusif", "boolean"),
    Column("deadline_on", "Date limite", "date"),
)


def funder_options() -> list[tuple[int, str]]:
    """(number, name) of the funders a form offers."""
    return [(one.id, one.name) for one in queries.funder_choices()]


def scheme_options() -> list[tuple[int, str]]:
    """(number, « name — funder ») of the schemes a form offers."""
    return [(one.id, f"{one.name} — {one.funder.name}") for one in queries.scheme_choices()]


def source_options() -> list[tuple[str, str]]:
    """(code, name) of schemes then funders, for a list's filter; a code of both is the funder's, the whole."""
    names = {one.code: one.name for one in queries.scheme_choices()}
    return list((names | {one.code: one.name for one in queries.funder_choices()}).items())
