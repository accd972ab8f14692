"""Every error as an answer: a problem under ``/api/``, a French page elsewhere."""

from typing import Any

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from tracker.api.document import problem, refusal_problem
from tracker.policy import Refusal, Stale

log = structlog.get_logger()

SENTENCES = {
    400: ("Requête illisible", "Votre navigateur a envoyé une demande que le suivi ne sait pas lire."),
    403: ("Accès refusé", "Votre rôle ne permet pas ce geste."),
    404: ("Page introuvable", "Cette page n’existe pas, ou ne vous est pas ouverte."),
    405: ("Geste impossible", "Cette adresse n’accepte pas ce geste."),
    409: ("Geste impossible en l’état", "L’état de cet élément ne permet pas ce geste."),
    412: ("Élément modifié entre-temps", "Cet élément a changé depuis que vous l’avez ouvert."),
    413: ("Envoi trop volumineux", "Ce que vous envoyez dépasse la taille acceptée."),
    415: ("Format non accepté", "Le format de l’envoi n’est pas accepté."),
    422: ("Saisie à corriger", "Une valeur saisie ne convient pas."),
    429: ("Trop d’essais", "Patientez quelques minutes avant de réessayer."),
    500: ("Erreur de notre côté", "Le suivi a rencontré une erreur ; elle est enregistrée. Rien n’a été modifié."),
    503: ("Indisponible sur ce serveur", "Il manque à ce serveur de quoi répondre."),
}


def error_page(status: int, sentence: str | None = None) -> Response:
    """The page of an error: what happened, what to do now."""
    title, default = SENTENCES.get(status, SENTENCES[500])
    page = render_template("web/errors/error.html", code=status, title=title, sentence=sentence or default)
    return make_response(page, status)


def is_api() -> bool:
    """Whether the request came through the API's door."""
    return request.path.startswith("/api/")


def configure_logs() -> None:
    """One JSON line an event; a traceback without the local variables, which hold people's data."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )


def init_app(app: Flask) -> None:
    """One handler per kind of error, for both faces."""
    configure_logs()

    @app.errorhandler(Refusal)
    def _refused(refusal: Refusal) -> Response:
        if is_api():
            return refusal_problem(refusal)
        # If-Match is the API's: a page that was overtaken is in conflict with what stands now.
        return error_page(409 if isinstance(refusal, Stale) else refusal.status, refusal.message or None)

    @app.errorhandler(CSRFError)
    def _expired(_error: CSRFError) -> Response:
        return error_page(400, "Le formulaire a expiré : rechargez la page, puis recommencez. Rien n’a été modifié.")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        if error.response is not None or (error.code or 500) < 400:
            return error
        if is_api():
            return app.extensions["tracker-api"].handle_http_exception(error)
        return error_page(error.code or 500)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        if app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        log.error("unexpected_error", path=request.path, method=request.method, exc_info=error)
        return problem(500, "internal_error", SENTENCES[500][1]) if is_api() else error_page(500)
