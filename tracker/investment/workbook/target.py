"""A city's projects as ``workbooks`` takes them in: their form, their records, their rules, their writes."""

from collections.abc import Mapping, Sequence

from flask import url_for

from tracker import clock, policy
from tracker.history.commands import Writing
from tracker.investment.queries import Place, floors_on, place_content, place_numbered, place_sources
from tracker.investment.workbook import sheets
from tracker.investment.workbook.checks import check_whole
from tracker.investment.workbook.plan import payers_among
from tracker.investment.workbook.records import known_records
from tracker.investment.workbook.saving import save_record, undo_record
from tracker.investment.workbook.whole import put_together
from tracker.policy import Actor, NotReadable, Scope
from tracker.workbooks.forms import Change, Issue, Known, Record, WorkbookForm

NAME = "projects"


class ProjectsTarget:
    """See ``workbooks.forms.Target``. ``parent_id`` is ``Place.number``: one city within one contract.

    A workbook holds every live project of the city in that contract, and no other: a city that is in two contracts has
    two workbooks, since each contract has its own readers.
    """

    item_type = "contract_city"

    def scope(self, parent_id: int) -> Scope:
        """The city's, within the contract."""
        return place_numbered(parent_id).scope

    def form(self, actor: Actor, parent_id: int) -> WorkbookForm:
        """The workbook of the place, for who reads its projects."""
        place = _readable(actor, parent_id)
        return WorkbookForm(
            NAME,
            sheets.TEMPLATE,
            f"Projets d’équipement – {place.city.name}",
            {
                "contract": ("Contrat", f"{place.contract.name} ({place.contract.code})"),
                "city": ("Ville", f"{place.city.name} (INSEE {place.city.insee})"),
            },
            sheets.sheet_forms(*place_sources(place)),
            sheets.GUIDE,
        )

    def known(self, actor: Actor, parent_id: int) -> Mapping[str, Sequence[Known]]:
        """What the tracker has, sheet by sheet."""
        return known_records(place_content(_readable(actor, parent_id)))

    def require_edit(self, actor: Actor, parent_id: int) -> None:
        """The finance officer of the city, the coordinator of the contract."""
        policy.require(actor, "edit_project", self.scope(parent_id))

    def check(self, actor: Actor, parent_id: int, records: Sequence[Record]) -> list[Issue]:
        """The rules that look across cells, rows and sheets."""
        place = _readable(actor, parent_id)
        sources = place_sources(place)
        whole = put_together(place_content(place), records)
        return check_whole(whole, sheets.sheet_forms(*sources), payers_among(*sources), floors_on(clock.today()))

    def save(self, write: Writing, parent_id: int, record: Record, change: Change) -> tuple[int, int]:
        """Create or change one record within the batch's transaction."""
        return save_record(write, place_numbered(parent_id), record, change)

    def finish(self, write: Writing, parent_id: int, *, hand_in: bool) -> None:
        """Projects are not handed in: nothing is left to do."""

    def undo(self, write: Writing, parent_id: int, change: Change, reason: str) -> None:
        """Give one record its old values back."""
        undo_record(write, change, reason)

    def page(self, parent_id: int) -> str:
        """The page the workbook is downloaded from and dropped on."""
        return url_for("investment.workbook_page", place=place_numbered(parent_id).code)


def _readable(actor: Actor, parent_id: int) -> Place:
    place = place_numbered(parent_id)
    if not policy.can(actor, "read_project", place.scope)[0]:
        raise NotReadable
    return place


TARGET = ProjectsTarget()
