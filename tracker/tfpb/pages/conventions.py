"""The list of conventions, and the form that adds one."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker.policy import ADMINISTRATOR, COORDINATOR
from tracker.territory import reference_hub
from tracker.tfpb import columns, commands, rules
from tracker.tfpb.pages.blueprint import opened, pages
from tracker.tfpb.queries import conventions
from tracker.tfpb.schemas import ConventionArguments, ConventionSchema
from tracker.web.forms import Form, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor

reference_hub.register(
    reference_hub.Reference(
        80,
        "Conventions TFPB",
        "tfpb.convention_list",
        "Qui a signé quoi, pour quelles années : la condition de l’abattement.",
        conventions.count_live,
        "Coordination",
        visible=lambda who: who.has(COORDINATOR, ADMINISTRATOR),
    )
)


@pages.get("/conventions")
def convention_list() -> Response:
    return _list_page()


def _list_page(form: Form | None = None) -> Response:
    typed = {name: value for name, value in request.args.items() if value and name != "edit"}
    arguments = ConventionArguments().read({"page_size": "500", **typed})
    contracts = conventions.managed_contracts(actor())
    return respond(
        "tfpb/conventions.html",
        form.status if form else 200,
        found=conventions.conventions(actor(), arguments),
        columns=columns.CONVENTIONS,
        gate_words=columns.GATE_WORDS,
        arguments=arguments,
        contracts=contracts,
        city_options=_cities(contracts),
        landlord_options=[(one.id, one.name) for one in conventions.landlord_choices()] if contracts else [],
        filter_landlords=conventions.landlords_of(actor()),
        editing="new" if contracts and (form or opened() == "new") else None,
        rules=rules,
        form=form or Form(),
        list_url=lambda **changes: url_for(".convention_list", **{**typed, **changes}),
        sort_url=lambda order: url_for(".convention_list", **{**typed, "sort": order}),
    )


def _cities(contracts: Any) -> list[tuple[int, str]]:
    pairs = {(city.id, city.name) for contract in contracts for city in contract.cities}
    return sorted(pairs, key=lambda pair: pair[1])


@pages.post("/conventions")
def create_convention() -> Response | BaseResponse:
    convention, form = submit(
        ConventionSchema(), request.form, lambda values: commands.create_convention(actor(), values)
    )
    if form:
        return _list_page(form)
    done("Convention ajoutée.")
    return go(url_for(".convention_page", convention_id=convention.id))
