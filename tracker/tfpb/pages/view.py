"""What every section of a file's page reads: the file, what it holds, and what its reader has opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flask import request, url_for

from tracker import clock, policy
from tracker.api.shell import ID
from tracker.tfpb.models import Participation, TfpbFile
from tracker.tfpb.pages.blueprint import apart, opened
from tracker.tfpb.pages.remarks import is_programme
from tracker.tfpb.queries import actions, conventions, files
from tracker.tfpb.queries.actions import ActionLine
from tracker.tfpb.queries.comments import Thread, threads
from tracker.tfpb.schemas import ActionArguments
from tracker.web.forms import Form
from tracker.web.shell import actor

FILE = f"/dossiers/<{ID}:file_id>"


@dataclass
class FileView:
    """A file as its page shows it to this reader.

    form          a refused form on its way back, or a blank one; ``archive_form`` and ``file_archive`` archive a row
                  and the file itself.
    place         what the address or the refused form opens: ``12`` (an action), ``new``, ``fiche``, ``baseline-3`` …
    """

    file: TfpbFile
    line: files.FileLine
    lines: Sequence[ActionLine]
    moments: Sequence[Participation]
    axes: dict[int, str]
    today: date
    programme: bool
    sort: str | None
    may_edit: bool
    refusal: str | None
    form: Form
    archive_form: Form
    file_archive: Form
    place: str | None

    @cached_property
    def threads(self) -> list[Thread]:
        """What is said about it, read once for the sections that speak of it."""
        return threads(self.file)

    @property
    def url(self) -> str:
        """The page's address."""
        return url_for("tfpb.file_page", file_id=self.file.id)


def sort_asked() -> str | None:
    """How the actions are ordered; None groups them by axis."""
    sort = request.args.get("sort")
    return ActionArguments().read({"sort": sort})["sort"] if sort else None


def view_of(file_id: int, form: Form | None, open_at: str | None, *, archiving: bool) -> FileView:
    """The file, read once for all the sections; raises NotReadable."""
    form, archive_form = apart(form, archiving=archiving)
    file_archive = Form(id="dossier")
    if open_at == "archiver":
        file_archive, archive_form = archive_form, file_archive
    file = files.readable_file(actor(), file_id)
    today, sort = clock.today(), sort_asked()
    may_edit, refusal = policy.can(actor(), "edit_file", files.scope_of(file))
    return FileView(
        file,
        files.file_line(file_id),
        actions.actions(file, {"sort": sort}).items,
        actions.participation_of(file),
        {axis.number: axis.label for axis in conventions.axes()},
        today,
        is_programme(file, today),
        sort,
        may_edit,
        refusal,
        form,
        archive_form,
        file_archive,
        open_at or opened(),
    )
