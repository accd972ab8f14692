"""What the pages say and ask of each kind of reference."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker import policy
from tracker.api.fields import Day, Flag, Id, Ids, Schema, Text, Whole
from tracker.api.parsing import ListArguments
from tracker.columns import Column
from tracker.policy import Actor, Scope
from tracker.territory import columns, commands, queries, schemas
from tracker.territory.models import City, Contract, Landlord, Neighbourhood, Objective, Residence
from tracker.web import formats


@dataclass(frozen=True)
class Kind:
    """One kind of reference: its words, its schema and what writes it.

    one, many    « la commune », « Communes »; ``feminine`` agrees what is said of it
    places       field → the model its form offers a choice of
    filters      field of the arguments → (label, model, wording of « no filter »)
    hints        field → what the form says under its label
    """

    one: str
    many: str
    sentence: str
    model: Any
    schema: type[Schema]
    arguments: type[ListArguments]
    columns: Sequence[Column]
    create: Callable[..., Any]
    update: Callable[..., Any]
    feminine: bool = False
    verb: str = "administer"
    keeper: str = "Administration"
    places: dict[str, Any] = field(default_factory=dict)
    filters: dict[str, tuple[str, Any, str]] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)

    @property
    def noun(self) -> str:
        """« commune », without its article."""
        return self.one.removeprefix("la ").removeprefix("le ").removeprefix("l’")

    def agreed(self, word: str) -> str:
        """« ajouté » or « ajoutée »."""
        return word + "e" if self.feminine else word


KINDS: dict[str, Kind] = {
    "contrats": Kind(
        one="le contrat",
        many="Contrats",
        sentence="Les contrats de ville suivis ici, leurs années et leurs communes.",
        model=Contract,
        schema=schemas.ContractSchema,
        arguments=schemas.ContractArguments,
        columns=columns.CONTRACTS,
        create=commands.create_contract,
        update=commands.update_contract,
        places={"city_ids": City},
        hints={"code": "Il figure dans les adresses : lettres minuscules, chiffres et tirets."},
    ),
    "quartiers": Kind(
        one="le quartier",
        many="Quartiers",
        sentence="Les quartiers prioritaires (QPV) de chaque contrat, et les communes où ils s’étendent.",
        model=Neighbourhood,
        schema=schemas.NeighbourhoodSchema,
        arguments=schemas.NeighbourhoodArguments,
        columns=columns.NEIGHBOURHOODS,
        create=commands.create_neighbourhood,
        update=commands.update_neighbourhood,
        places={"contract_id": Contract, "city_ids": City},
        filters={"contract_id": ("Contrat", Contract, "Tous les contrats")},
        hints={"code": "Vide tant qu’il n’est pas vérifié."},
    ),
    "communes": Kind(
        one="la commune",
        many="Communes",
        sentence="Les villes, par leur code INSEE et leur SIREN.",
        model=City,
        schema=schemas.CitySchema,
        arguments=schemas.CityArguments,
        columns=columns.CITIES,
        create=commands.create_city,
        update=commands.update_city,
        feminine=True,
    ),
    "bailleurs": Kind(
        one="le bailleur",
        many="Bailleurs",
        sentence="Les bailleurs sociaux, par leur SIREN.",
        model=Landlord,
        schema=schemas.LandlordSchema,
        arguments=schemas.LandlordArguments,
        columns=columns.LANDLORDS,
        create=commands.create_landlord,
        update=commands.update_landlord,
    ),
    "residences": Kind(
        one="la résidence",
        many="Résidences",
        sentence="Le patrimoine de chaque bailleur dans les quartiers.",
        model=Residence,
        schema=schemas.ResidenceSchema,
        arguments=schemas.ResidenceArguments,
        columns=columns.RESIDENCES,
        create=commands.create_residence,
        update=commands.update_residence,
        feminine=True,
        verb="manage_contract",
        keeper="Coordination",
        places={"landlord_id": Landlord, "city_id": City, "neighbourhood_id": Neighbourhood},
        filters={
            "landlord_id": ("Bailleur", Landlord, "Tous les bailleurs"),
            "city_id": ("Commune", City, "Toutes les communes"),
            "neighbourhood_id": ("Quartier", Neighbourhood, "Tous les quartiers"),
        },
    ),
    "objectifs": Kind(
        one="l’objectif",
        many="Objectifs",
        sentence="Les objectifs du plan d’action de chaque contrat, auxquels répondent les actions des bailleurs.",
        model=Objective,
        schema=schemas.ObjectiveSchema,
        arguments=schemas.ObjectiveArguments,
        columns=columns.OBJECTIVES,
        create=commands.create_objective,
        update=commands.update_objective,
        verb="manage_contract",
        keeper="Coordination",
        places={"contract_id": Contract},
        filters={"contract_id": ("Contrat", Contract, "Tous les contrats")},
        hints={"code": "Court et stable, unique dans le contrat : les classeurs le citent."},
    ),
}


@dataclass(frozen=True)
class Control:
    """One control of a form: which macro draws it, and what it offers."""

    name: str
    label: str
    macro: str
    required: bool
    options: Sequence[tuple[int, str]] = ()
    hint: str | None = None


def controls_of(who: Actor, kind: Kind, row: Any) -> list[Control]:
    """The form of a kind, out of its schema: one control per field that can be written."""
    drawn: tuple[tuple[type, str], ...] = (
        (Ids, "boxes"),
        (Id, "select"),
        (Whole, "integer"),
        (Day, "date"),
        (Flag, "checkbox"),
    )
    controls = []
    for name, schema_field in kind.schema().fields.items():
        if schema_field.dump_only:
            continue
        macro = next((word for type_, word in drawn if isinstance(schema_field, type_)), "text")
        if isinstance(schema_field, Text) and schema_field.many_lines:
            macro = "textarea"
        offered = _offered(who, kind, name, row) if name in kind.places else ()
        label = str(getattr(schema_field, "label", name))
        controls.append(Control(name, label, macro, schema_field.required, offered, kind.hints.get(name)))
    return controls


def _offered(who: Actor, kind: Kind, name: str, row: Any) -> list[tuple[int, str]]:
    """The live choices of a field, and what the row already holds even when it was archived since."""
    model = kind.places[name]
    offered = {one.id: one.name for one in queries.choices(model) if _may_offer(who, kind, model, one)}
    if row is not None:
        held = row.cities if name == "city_ids" else [getattr(row, name.removesuffix("_id"))]
        offered |= {one.id: one.name for one in held}
    return sorted(offered.items(), key=lambda pair: pair[1])


def _may_offer(who: Actor, kind: Kind, model: Any, one: Any) -> bool:
    """A coordinator is offered the own contract alone, and its neighbourhoods."""
    if model is Contract:
        return policy.can(who, kind.verb, Scope(contract_id=one.id))[0]
    if model is Neighbourhood:
        return policy.can(who, kind.verb, Scope(contract_id=one.contract_id))[0]
    return True


def facts_of(kind: Kind, row: Any) -> list[tuple[str, str]]:
    """What identifies an item: every field under its French name, places by their names."""
    facts = []
    for name, schema_field in kind.schema().fields.items():
        if schema_field.dump_only:
            continue
        value = getattr(row, name)
        if name == "city_ids":
            value = ", ".join(city.name for city in row.cities)
        elif name in kind.places:
            value = getattr(row, name.removesuffix("_id")).name
        facts.append((str(getattr(schema_field, "label", name)), formats.plain(value)))
    return facts
