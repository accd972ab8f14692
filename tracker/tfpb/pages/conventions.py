"""Conventions: list, creation, change in place, archive."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.api.parsing import Reason
from tracker.api.shell import ID
from tracker.policy import ADMINISTRATOR, COORDINATOR
from tracker.territory import reference_hub
from tracker.tfpb import columns, commands, rules
from tracker.tfpb.pages.blueprint import apart, number_of, opened, pages
from tracker.tfpb.queries import conventions
from tracker.tfpb.schemas import ConventionArguments, ConventionSchema
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor

CONVENTION = f"/conventions/<{ID}:convention_id>"

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


def _list_page(form: Form | None = None, open_at: str | None = None, *, archiving: bool = False) -> Response:
    status = form.status if form else 200
    form, archive_form = apart(form, archiving=archiving)
    typed = {name: value for name, value in request.args.items() if value and name != "edit"}
    arguments = ConventionArguments().read({"page_size": "500", **typed})
    contracts = conventions.managed_contracts(actor())
    place = open_at or opened()
    return respond(
        "tfpb/conventions.html",
        status,
        found=conventions.conventions(actor(), arguments),
        columns=columns.CONVENTIONS,
        gate_words=columns.GATE_WORDS,
        arguments=arguments,
        contracts=contracts,
        city_options=_cities(contracts),
        landlord_options=[(one.id, one.name) for one in conventions.landlord_choices()] if contracts else [],
        filter_landlords=conventions.landlords_of(actor()),
        may_edit=lambda line: policy.can(actor(), "manage_contract", conventions.scope_of(line.convention))[0],
        editing=number_of(place),
        rules=rules,
        form=form,
        archive_form=archive_form,
        list_url=lambda **changes: url_for(".convention_list", **{**typed, **changes}),
        sort_url=lambda order: url_for(".convention_list", **{**typed, "sort": order}),
    )


def _cities(contracts: Any) -> list[tuple[int, str]]:
    pairs = {(city.id, city.name) for contract in contracts for city in contract.cities}
    return sorted(pairs, key=lambda pair: pair[1])


def _saved(text: str) -> BaseResponse:
    done(text)
    return go(url_for(".convention_list"))


@pages.post("/conventions")
def create_convention() -> Response | BaseResponse:
    _, form = submit(ConventionSchema(), request.form, lambda values: commands.create_convention(actor(), values))
    return _list_page(form, "new") if form else _saved("Convention ajoutée.")


@pages.post(CONVENTION)
def update_convention(convention_id: int) -> Response | BaseResponse:
    _, form = submit(
        ConventionSchema(partial=True),
        request.form,
        lambda values: commands.update_convention(actor(), convention_id, posted_version(request.form), values),
        partial=True,
    )
    return _list_page(form, str(convention_id)) if form else _saved("Convention enregistrée.")


@pages.post(f"{CONVENTION}/archiver")
def archive_convention(convention_id: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.archive_convention(
            actor(), convention_id, posted_version(request.form), values["reason"]
        ),
    )
    return _list_page(form, str(convention_id), archiving=True) if form else _saved("Convention archivée.")
