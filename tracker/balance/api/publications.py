"""REST: opening an edition to everybody, and closing it."""

from typing import Any

from flask.views import MethodView

from tracker.api.parsing import Reason
from tracker.api.shell import ID, PREFIX, actor, created, expected_version, one
from tracker.balance import commands
from tracker.balance.api.blueprints import SHEET, sheets
from tracker.balance.queries.publications import readable_publication
from tracker.balance.schemas import PublicationSchema

PUBLICATION = f"{SHEET}/editions/<{ID}:number>/publication"


@sheets.route(PUBLICATION)
class PublicationItem(MethodView):
    @sheets.response(200, PublicationSchema)
    def get(self, code: str, year: int, number: int) -> Any:
        return one(readable_publication(actor(), code, year, number))

    @sheets.response(201, PublicationSchema)
    def post(self, code: str, year: int, number: int) -> Any:
        opened = commands.open_edition(actor(), code, year, number)
        address = f"{PREFIX}/contracts/{code}/balance-sheets/{year}/editions/{number}/publication"
        return created(opened, address)


@sheets.route(f"{PUBLICATION}/close", methods=["POST"])
@sheets.arguments(Reason)
@sheets.response(200, PublicationSchema)
def close_publication(values: dict[str, Any], code: str, year: int, number: int) -> Any:
    return one(commands.close_edition(actor(), code, year, number, expected_version(), values["reason"]))
