"""The coordinator's evaluation of a year."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.balance import commands
from tracker.balance.pages.blueprint import YEAR, pages
from tracker.balance.queries.evaluation import evaluation_row
from tracker.balance.queries.sheet import contract_by_code
from tracker.balance.schemas import EvaluationSchema
from tracker.history.queries import item_history
from tracker.policy import Scope
from tracker.web import story
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor

# What a form carries while nothing is written yet: no row has it, so that a text written meanwhile is a conflict.
NOTHING_YET = 0


@pages.get(f"{YEAR}/evaluation")
def evaluation_form(code: str, year: int) -> Response:
    return _page(code, year, Form())


def _page(code: str, year: int, form: Form) -> Response:
    contract = contract_by_code(code, year)
    policy.require(actor(), "write_evaluation", Scope(contract.id))
    row = evaluation_row(contract.id, year)
    return respond(
        "balance/evaluation.html",
        form.status if form.errors or form.stale else 200,
        contract=contract,
        year=year,
        form=form,
        content=row.content if row else None,
        version=form.version if form.version is not None else row.version if row else NOTHING_YET,
        history=story.days(item_history("evaluation", row.id)) if row else [],
    )


@pages.post(f"{YEAR}/evaluation")
def write_evaluation(code: str, year: int) -> Response | BaseResponse:
    def act(values: dict[str, Any]) -> Any:
        version = posted_version(request.form) or None
        return commands.write_evaluation(actor(), code, year, version, values.get("content"))

    _, form = submit(EvaluationSchema(), request.form, act)
    if form:
        return _page(code, year, form)
    done("Évaluation enregistrée.")
    return go(url_for(".sheet_page", code=code, year=year, _anchor="evaluation"))
