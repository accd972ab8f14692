"""The finance officer's projects in Excel: what their workbook holds, how it is checked, written and undone."""

from tracker import clock
from tracker.investment.queries import Place
from tracker.investment.workbook.target import NAME, TARGET
from tracker.policy import Actor
from tracker.workbooks.about import About, file_name
from tracker.workbooks.forms import register
from tracker.workbooks.template import template

register(NAME, TARGET)


def blank_workbook(actor: Actor, place: Place) -> tuple[bytes, str]:
    """The workbook of a place, pre-filled with what the tracker knows, and its file name.

    For who may write there (``place_to_edit``); raises NotReadable for who does not even read.
    """
    about = About(on=clock.today(), author=actor.name, source=place.contract.name)
    content = template(TARGET.form(actor, place.number), TARGET.known(actor, place.number), about)
    return content, file_name("projets", place.city.name, about=about)


__all__ = ["NAME", "TARGET", "blank_workbook"]
