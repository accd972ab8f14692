"""Reading a request's body and query string: every malformed input ends in a French answer, never in a 500."""

import json
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request
from webargs.core import is_json
from webargs.flaskparser import FlaskParser

from tracker.api.fields import Schema, Text, Whole, field_errors, refuse
from tracker.policy import Invalid, Refusal


class MalformedBody(Refusal):
    """400: the body is not JSON at all."""

    status = 400
    code = "malformed_json"


class WrongMediaType(Refusal):
    """415: the body is not announced as JSON."""

    status = 415
    code = "unsupported_media_type"


def read_json(body: bytes) -> Any:
    """The value of a JSON body; MalformedBody on bad UTF-8, bad syntax, NaN, a field told twice, deep nesting."""

    def no_constant(name: str) -> NoReturn:
        raise ValueError(name)

    def told_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # Of two amounts under one name, nobody can tell which was meant.
        read: dict[str, Any] = {}
        for name, value in pairs:
            if name in read:
                raise MalformedBody(f"Le corps JSON donne deux fois le champ « {name[:80]} ».")
            read[name] = value
        return read

    try:
        return json.loads(body.decode("utf-8"), parse_constant=no_constant, object_pairs_hook=told_once)
    except UnicodeDecodeError as error:
        raise MalformedBody(f"Le corps n’est pas en UTF-8 (octet {error.start}).") from error
    except RecursionError as error:
        raise MalformedBody("Le corps JSON est imbriqué trop profondément.") from error
    except ValueError as error:
        raise MalformedBody("Le corps n’est pas un JSON valide.") from error


class Parser(FlaskParser):
    """webargs' parser with our body reading and our errors; a filter misspelt is told, not passed over."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": None}

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        if not is_json(req.mimetype):
            raise WrongMediaType("Le corps doit être du JSON (Content-Type: application/json).")
        return read_json(req.get_data(cache=True))

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        return req.args.to_dict()

    def handle_error(self, error: ma.ValidationError, req: Request, schema: ma.Schema, **_: Any) -> NoReturn:
        data = error.data if isinstance(error.data, dict) else {}
        # webargs files the messages under the place they were read from (json, query).
        (messages,) = error.messages.values() if isinstance(error.messages, dict) else (error.messages,)
        raise Invalid(field_errors(schema, messages, data)) from error


class Sort(Text):
    """``sort=field`` or ``sort=-field`` among the sortable keys."""

    def __init__(self, keys: tuple[str, ...], default: str) -> None:
        super().__init__("Tri", load_default=default)
        self.keys = keys
        self.describe({"enum": [*keys, *(f"-{key}" for key in keys)]})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is None or text.removeprefix("-") not in self.keys:
            raise refuse(
                "unknown_value", f"un de ces tris est attendu : {', '.join(self.keys)} (précédé de - au besoin)."
            )
        return text


class ListArguments(Schema):
    """What every list accepts: a page. Rooms add their filters and their sort."""

    page = Whole("Page", minimum=1, maximum=1_000_000, load_default=1)
    page_size = Whole("Taille de page", minimum=1, maximum=500, load_default=100)


class Reason(Schema):
    """What an archive asks for."""

    reason = Text("Motif", max_length=1000, many_lines=True, required=True)
