"""Where this room's items are seen with their documents."""

from flask import url_for

from tracker.documents.parents import register_page


def _file(number: int, anchor: str | None = None) -> str:
    return url_for("tfpb.file_page", file_id=number, _anchor=anchor)


def _convention(number: int, anchor: str | None = None) -> str:
    return url_for("tfpb.convention_page", convention_id=number, _anchor=anchor)


register_page("tfpb_file", _file, lists=True)
register_page("tfpb_action", lambda number: url_for("tfpb.action_page", action_id=number), lists=True)
register_page("participation", lambda number: _file(number, "participation"), lists=False)
register_page("convention", _convention, lists=True)
register_page("amendment", lambda number: _convention(number, "avenants"), lists=False)
