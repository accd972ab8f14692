"""A file's declaration as ``workbooks`` takes it in: its form, its records, its rules, its writes."""

from collections.abc import Mapping, Sequence

from flask import url_for

from tracker import clock, policy
from tracker.history.commands import Writing, fetch
from tracker.policy import Actor, Scope
from tracker.tfpb import commands
from tracker.tfpb.declaration import sheets
from tracker.tfpb.declaration.checks import check_whole
from tracker.tfpb.declaration.records import known_records
from tracker.tfpb.declaration.saving import save_record, undo_record
from tracker.tfpb.declaration.whole import put_together
from tracker.tfpb.models import TfpbFile
from tracker.tfpb.queries import choices, conventions, files
from tracker.tfpb.queries.actions import around_of
from tracker.tfpb.queries.declarations import declaration_of
from tracker.workbooks.forms import Change, Issue, Known, Record, SheetForm, WorkbookForm

NAME = "tfpb_declaration"
HAND_IN = "Déposer aussi le bilan"


class DeclarationTarget:
    """See ``workbooks.forms.Target``."""

    item_type = "tfpb_file"

    def scope(self, parent_id: int) -> Scope:
        """Where the file belongs."""
        return files.scope_of(fetch(TfpbFile, parent_id))

    def form(self, actor: Actor, parent_id: int) -> WorkbookForm:
        """The declaration's workbook, for who reads the file."""
        file = files.readable_file(actor, parent_id)
        convention = file.convention
        return WorkbookForm(
            NAME,
            sheets.TEMPLATE,
            f"Déclaration TFPB {file.year} – {convention.landlord.name}, {convention.city.name}",
            {
                "landlord": ("Bailleur", convention.landlord.name),
                "city": ("Ville", convention.city.name),
                "neighbourhood": ("Quartier", file.neighbourhood.name),
                "year": ("Année", str(file.year)),
            },
            _sheets(file),
            tuple(sheets.guide(file)),
            HAND_IN if _may_hand_in(actor, file) else None,
        )

    def known(self, actor: Actor, parent_id: int) -> Mapping[str, Sequence[Known]]:
        """What the tracker has, sheet by sheet."""
        return known_records(declaration_of(actor, parent_id))

    def require_edit(self, actor: Actor, parent_id: int) -> None:
        """The landlord, while the report is open to editing."""
        policy.require(actor, "edit_file", self.scope(parent_id))

    def check(self, actor: Actor, parent_id: int, records: Sequence[Record]) -> list[Issue]:
        """The rules that look across cells, rows and sheets."""
        declaration = declaration_of(actor, parent_id)
        file = declaration.file.file
        return check_whole(file, around_of(file), put_together(declaration, records), _sheets(file))

    def save(self, write: Writing, parent_id: int, record: Record, change: Change) -> tuple[int, int]:
        """Create or change one record within the batch's transaction."""
        return save_record(write, parent_id, record, change)

    def finish(self, write: Writing, parent_id: int, *, hand_in: bool) -> None:
        """Submit the report too, when asked: what it still lacks refuses the whole batch."""
        if hand_in:
            commands.move_file(write.actor, parent_id, None, {"to": "submitted"})

    def undo(self, write: Writing, parent_id: int, change: Change, reason: str) -> None:
        """Give one record its old values back."""
        undo_record(write, change, reason)

    def page(self, parent_id: int) -> str:
        """The file's page."""
        return url_for("tfpb.file_page", file_id=parent_id)


def _sheets(file: TfpbFile) -> tuple[SheetForm, ...]:
    axes = conventions.axes()
    return (
        sheets.file_sheet(),
        sheets.action_sheet(
            axes,
            choices.residences_of(file),
            choices.objectives_of(file),
            planned_locked=file.programme_status == "validated",
        ),
        sheets.funding_sheet(*choices.sources_of(file)),
        sheets.participation_sheet(),
        sheets.baseline_sheet(axes),
    )


def _may_hand_in(actor: Actor, file: TfpbFile) -> bool:
    """A programme whose year has not begun has no report to submit."""
    scope = files.scope_of(file)
    allowed = policy.can(actor, "submit_file", scope)[0] and policy.can(actor, "edit_file", scope)[0]
    return allowed and file.year <= clock.today().year


TARGET = DeclarationTarget()
