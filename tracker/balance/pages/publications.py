"""Opening an edition to everybody, and closing it."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tracker import policy
from tracker.api.parsing import Reason
from tracker.balance import commands
from tracker.balance.open_data import TABLES
from tracker.balance.pages.blueprint import EDITION, pages
from tracker.balance.queries import records
from tracker.balance.queries.publications import publication_of
from tracker.policy import Scope
from tracker.web.forms import Form, posted_version, submit
from tracker.web.htmx import done, go, respond
from tracker.web.shell import actor


@pages.get(f"{EDITION}/publication")
def publication_page(code: str, year: int, number: int) -> Response:
    return _page(code, year, number, Form())


def _page(code: str, year: int, number: int, form: Form) -> Response:
    edition = records.readable_edition(actor(), code, year, number)
    may_publish, reason = policy.can(actor(), "publish_edition", Scope(edition.contract_id))
    return respond(
        "balance/publication.html",
        form.status if form.errors or form.stale else 200,
        form=form,
        edition=edition,
        publication=publication_of(edition),
        may_publish=may_publish,
        refusal=reason,
        tables=TABLES,
    )


@pages.post(f"{EDITION}/publication")
def publish(code: str, year: int, number: int) -> BaseResponse:
    commands.open_edition(actor(), code, year, number)
    done(f"Édition n° {number} ouverte au public.")
    return go(url_for(".publication_page", code=code, year=year, number=number))


@pages.post(f"{EDITION}/publication/fermer")
def close_publication(code: str, year: int, number: int) -> Response | BaseResponse:
    _, form = submit(
        Reason(),
        request.form,
        lambda values: commands.close_edition(
            actor(), code, year, number, posted_version(request.form), values["reason"]
        ),
    )
    if form:
        return _page(code, year, number, form)
    done(f"Édition n° {number} fermée au public.")
    return go(url_for(".publication_page", code=code, year=year, number=number))
