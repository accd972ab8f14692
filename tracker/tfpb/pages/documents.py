"""Where this room's items are seen with their documents."""

from flask import url_for

from tracker.documents.parents import register_page


def _file(number: int, anchor: str | None = None) -> str:
    return url_for("tfpb.file_page", file_id=number, _anchor=anchor)


def _conventions(number: int) -> str:
    return url_for("tfpb.convention_list", edit=number)


register_page("tfpb_file", _file, lists=True)
register_page("tfpb_action", lambda number: url_for("tfpb.action_page", action_id=number), lists=True)
register_page("participation", lambda number: _file(number, "participation"), lists=False)
register_page("convention", _conventions, lists=False)
register_page("amendment", _conventions, lists=False)
