"""One schema per reference: it validates the JSON body and the HTML form of the same write."""

from typing import Any

from stdnum.fr import siren as siren_numbers

from tracker.api.fields import Day, Flag, Id, Ids, Moment, Schema, Text, Whole, refuse
from tracker.api.parsing import ListArguments, Sort
from tracker.territory import rules

FIRST_YEAR, LAST_YEAR = 2000, 2100


class Siren(Text):
    """A SIREN: nine digits whose last one is a check digit; spaces are accepted and dropped."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, max_length=20, **options)
        self.describe({"example": "217500016"})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is None:
            return None
        digits = "".join(text.split())
        if not (digits.isascii() and digits.isdigit() and len(digits) == 9):
            raise refuse("invalid", "un SIREN de neuf chiffres est attendu.")
        if not siren_numbers.is_valid(digits):
            raise refuse("invalid", "la clé de ce SIREN est fausse : un de ses chiffres a été mal recopié.")
        return digits


class ContractCode(Text):
    """The word that names a contract in addresses."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is not None and (problem := rules.contract_code_problem(text)):
            raise refuse("invalid", problem)
        return text


class Insee(Text):
    """A commune's INSEE code."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        text = (super()._deserialize(value, attr, data, **kwargs) or "").upper()
        if problem := rules.insee_problem(text):
            raise refuse("invalid", problem)
        return text


class QpvCode(Text):
    """The official code of a quartier prioritaire; null until it is verified."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is not None and (problem := rules.qpv_problem(text := text.upper())):
            raise refuse("invalid", problem)
        return text


class ReferenceSchema(Schema):
    """What every reference shows of itself."""

    id = Id("Identifiant", dump_only=True)
    version = Whole("Version", dump_only=True)
    archived_at = Moment("Archivé le")
    archived_reason = Text("Motif d’archivage", dump_only=True)


class ContractSchema(ReferenceSchema):
    """A contrat de ville."""

    code = ContractCode("Code", max_length=60, required=True)
    name = Text("Nom", max_length=200, required=True)
    first_year = Whole("Première année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    last_year = Whole("Dernière année", minimum=FIRST_YEAR, maximum=LAST_YEAR, required=True)
    signed_on = Day("Signé le")
    intercommunal_name = Text("Intercommunalité", max_length=200)
    intercommunal_siren = Siren("SIREN de l’intercommunalité")
    city_ids = Ids("Communes")


class NeighbourhoodSchema(ReferenceSchema):
    """A quartier prioritaire."""

    contract_id = Id("Contrat", required=True)
    code = QpvCode("Code QPV", max_length=20)
    name = Text("Nom", max_length=200, required=True)
    urban_renewal = Flag("En renouvellement urbain (NPNRU)")
    city_ids = Ids("Communes")


class CitySchema(ReferenceSchema):
    """A commune."""

    insee = Insee("Code INSEE", max_length=5, required=True)
    siren = Siren("SIREN")
    name = Text("Nom", max_length=120, required=True)


class LandlordSchema(ReferenceSchema):
    """A social landlord."""

    siren = Siren("SIREN")
    name = Text("Nom", max_length=200, required=True)


class ResidenceSchema(ReferenceSchema):
    """A landlord's residence."""

    landlord_id = Id("Bailleur", required=True)
    city_id = Id("Commune", required=True)
    neighbourhood_id = Id("Quartier", required=True)
    name = Text("Nom", max_length=200, required=True)
    address = Text("Adresse", max_length=500, many_lines=True)
    dwellings = Whole("Logements", maximum=100_000)


class ObjectiveSchema(ReferenceSchema):
    """An objective of a contract's plan of action."""

    contract_id = Id("Contrat", required=True)
    code = Text("Code", max_length=40, required=True)
    label = Text("Objectif", max_length=300, required=True)


class ReferenceArguments(ListArguments):
    """What every reference list accepts; ``q`` is looked for in the name."""

    name = Text("Nom")
    q = Text("Recherche")
    archived = Flag("Archivés", load_default=False)


class ContractArguments(ReferenceArguments):
    """Filters of the contracts."""

    code = Text("Code")
    first_year = Whole("Première année")
    last_year = Whole("Dernière année")
    intercommunal_siren = Text("SIREN de l’intercommunalité")
    city_id = Id("Commune")
    sort = Sort(("code", "name", "first_year", "last_year", "signed_on"), "name")


class NeighbourhoodArguments(ReferenceArguments):
    """Filters of the neighbourhoods."""

    contract_id = Id("Contrat")
    code = Text("Code QPV")
    city_id = Id("Commune")
    sort = Sort(("code", "name", "contract"), "name")


class CityArguments(ReferenceArguments):
    """Filters of the cities."""

    insee = Text("Code INSEE")
    siren = Text("SIREN")
    sort = Sort(("insee", "name"), "name")


class LandlordArguments(ReferenceArguments):
    """Filters of the landlords."""

    siren = Text("SIREN")
    sort = Sort(("siren", "name"), "name")


class ResidenceArguments(ReferenceArguments):
    """Filters of the residences."""

    landlord_id = Id("Bailleur")
    city_id = Id("Commune")
    neighbourhood_id = Id("Quartier")
    sort = Sort(("name", "landlord", "city", "neighbourhood", "dwellings"), "name")


class ObjectiveArguments(ReferenceArguments):
    """Filters of the objectives; ``q`` is looked for in the label."""

    contract_id = Id("Contrat")
    code = Text("Code")
    sort = Sort(("code", "label", "contract"), "code")
