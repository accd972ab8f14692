"""The landlord's declaration in Excel: what its workbook holds, how it is checked, written and undone."""

from tracker import clock
from tracker.policy import Actor
from tracker.tfpb.declaration.target import NAME, TARGET
from tracker.tfpb.queries.files import readable_file
from tracker.workbooks.about import About, file_name
from tracker.workbooks.forms import register
from tracker.workbooks.template import template

register(NAME, TARGET)


def blank_workbook(actor: Actor, file_id: int) -> tuple[bytes, str]:
    """The file's declaration, pre-filled with what the tracker knows, and its file name; raises NotReadable."""
    file = readable_file(actor, file_id)
    convention = file.convention
    about = About(on=clock.today(), author=actor.name, source=convention.contract.name)
    content = template(TARGET.form(actor, file_id), TARGET.known(actor, file_id), about)
    return content, file_name(
        "declaration-tfpb", convention.landlord.name, convention.city.name, str(file.year), about=about
    )


__all__ = ["NAME", "TARGET", "blank_workbook"]
