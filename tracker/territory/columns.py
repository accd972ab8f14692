"""The columns of the reference lists."""

from collections.abc import Callable
from typing import Any

from flask import url_for

from tracker.columns import Column
from tracker.web.formats import yes_no


def _item(slug: str) -> Callable[[Any], str]:
    return lambda row: url_for("territory.item", slug=slug, number=row.id)


def _cities(row: Any) -> str | None:
    return ", ".join(city.name for city in row.cities) or None


CONTRACTS = (
    Column("name", "Nom", sort=True, link=_item("contrats")),
    Column("code", "Code", sort=True),
    Column("first_year", "Première année", get=lambda row: str(row.first_year), sort=True),
    Column("last_year", "Dernière année", get=lambda row: str(row.last_year), sort=True),
    Column("signed_on", "Signé le", "date", sort=True),
    Column("city_ids", "Communes", get=_cities),
)

NEIGHBOURHOODS = (
    Column("name", "Nom", sort=True, link=_item("quartiers")),
    Column("code", "Code QPV", sort=True),
    Column("contract", "Contrat", get=lambda row: row.contract.name, sort=True),
    Column("city_ids", "Communes", get=_cities),
    Column("urban_renewal", "NPNRU", get=lambda row: yes_no(row.urban_renewal)),
)

CITIES = (
    Column("name", "Nom", sort=True, link=_item("communes")),
    Column("insee", "Code INSEE", sort=True),
    Column("siren", "SIREN"),
)

LANDLORDS = (
    Column("name", "Nom", sort=True, link=_item("bailleurs")),
    Column("siren", "SIREN", sort=True),
)

RESIDENCES = (
    Column("name", "Nom", sort=True, link=_item("residences")),
    Column("landlord", "Bailleur", get=lambda row: row.landlord.name, sort=True),
    Column("city", "Commune", get=lambda row: row.city.name, sort=True),
    Column("neighbourhood", "Quartier", get=lambda row: row.neighbourhood.name, sort=True),
    Column("address", "Adresse"),
    Column("dwellings", "Logements", "integer", sort=True),
)

OBJECTIVES = (
    Column("code", "Code", sort=True, link=_item("objectifs")),
    Column("label", "Objectif", sort=True, link=_item("objectifs")),
    Column("contract", "Contrat", get=lambda row: row.contract.name, sort=True),
)
