"""The OpenAPI document, and the error envelope (RFC 9457) of everything under ``/api/``."""

from http import HTTPStatus
from typing import Any

import flask_smorest
import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from tracker.api.fields import (
    Choice,
    Computed,
    Day,
    Flag,
    Id,
    Ids,
    Labelled,
    Moment,
    Money,
    Ratio,
    Text,
    Whole,
)
from tracker.api.shell import PREFIX, Number, Word
from tracker.policy import Invalid, Refusal, Stale

PROBLEM = "application/problem+json"

MESSAGES = {
    400: "La requête ne peut pas être lue.",
    404: "Cet élément n’existe pas ou ne vous est pas ouvert.",
    405: "Cette adresse n’accepte pas ce geste.",
    413: "Le corps de la requête est trop volumineux : 8 Mo au plus sont attendus.",
    415: "Le corps doit être du JSON (Content-Type: application/json).",
    500: "Une erreur est survenue de notre côté ; elle est enregistrée.",
}


class FieldProblem(ma.Schema):
    """One wrong field."""

    field = ma.fields.String()
    code = ma.fields.String()
    message = ma.fields.String()
    value = ma.fields.Raw(allow_none=True)


class Problem(ma.Schema):
    """The error envelope (RFC 9457)."""

    type = ma.fields.String()
    title = ma.fields.String()
    status = ma.fields.Integer()
    code = ma.fields.String()
    detail = ma.fields.String()
    errors = ma.fields.List(ma.fields.Nested(FieldProblem))


def problem(status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> Response:
    """The answer of an error under ``/api/``."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }
    # What was found is quoted, half characters too: they are written as JSON's own escapes.
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
    response = Response(text, status, content_type=PROBLEM)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refusal_problem(refusal: Refusal) -> Response:
    """A command's refusal as an answer of the API."""
    errors = None
    if isinstance(refusal, Invalid):
        errors = [
            {"field": error.field, "code": error.code, "message": error.message, "value": error.value}
            for error in refusal.errors
        ]
    response = problem(refusal.status, refusal.code, refusal.message, errors)
    if isinstance(refusal, Stale) and refusal.current is not None:
        response.headers["ETag"] = f'"{refusal.current.version}"'
    return response


class TrackerApi(flask_smorest.Api):
    """flask-smorest with our envelope; pages keep their own errors."""

    ERROR_SCHEMA = Problem
    DEFAULT_ERROR_RESPONSE_CONTENT_TYPE = PROBLEM

    def handle_http_exception(self, error: HTTPException) -> Any:
        if not request.path.startswith("/api/"):
            return error
        if error.response is not None:
            return error.response
        status = error.code or 500
        answer = problem(status, HTTPStatus(status).name.lower(), MESSAGES.get(status, error.description or ""))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return answer

    def _register_error_handlers(self) -> None:
        # One handler for both faces stands in ``tracker.web.errors``; smorest's would take the pages' errors too.
        return

    def _register_responses(self) -> None:
        # The document announces what ``problem`` sends.
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


def _documented(converter: Any) -> None:
    """Our fields describe themselves in their metadata; apispec only needs a known base type for each."""
    texts: tuple[type[Labelled], ...] = (Text, Choice, Money, Ratio, Computed, Day, Moment)
    for field in texts:
        converter.map_to_openapi_type(field, "string", None)
    for number in (Whole, Id):
        converter.map_to_openapi_type(number, "integer", None)
    converter.map_to_openapi_type(Flag, "boolean", None)
    converter.map_to_openapi_type(Ids, "array", None)


def schema_name(schema: Any) -> str:
    """The name of a schema in the document: a PATCH body is the same schema with nothing required."""
    instance = schema() if isinstance(schema, type) else schema
    name = type(instance).__name__.removesuffix("Schema")
    if instance.partial:
        name += "Changes"
    for verb, fields in (("Only", instance.only), ("Without", instance.exclude)):
        if fields:
            name += verb + "".join(sorted(field.title().replace("_", "") for field in fields))
    return name


def init_app(app: Flask) -> None:
    """Serve ``/api/v1/openapi.json`` and ``/api/v1/docs`` (Swagger UI from our own static files)."""
    app.config.update(
        API_TITLE="Suivi du contrat de ville",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        OPENAPI_SWAGGER_UI_PATH="docs",
        OPENAPI_SWAGGER_UI_URL="/static/vendor/swagger-ui/",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
            "security": [{"bearer": []}],
        },
    )
    own = TrackerApi()
    own.init_app(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name)})
    _documented(own.ma_plugin.converter)
    app.url_map.converters.update(int=Number, string=Word, default=Word)
    app.extensions["tracker-api"] = own
