"""The tracker: the money of a contrat de ville, from the investment plan to the TFPB balance sheet."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.settings import INSTANCE, ROOT, Settings

ROOMS = (
    "history",
    "workbooks",
    "documents",
    "territory",
    "accounts",
    "mail",
    "funding",
    "investment",
    "tfpb",
    "balance",
    "desk",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, wired; ``settings`` come from the environment by default.

    A room is opened by its doors: ``models`` for the migrations, ``pages`` and ``api`` each with ``BLUEPRINTS``.
    """
    from tracker import cli, extensions
    from tracker.accounts import session
    from tracker.api import document
    from tracker.web import errors, htmx, shell

    settings = settings or Settings.from_env()
    app = Flask(
        __name__,
        instance_path=str(INSTANCE),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(settings.flask_config())
    if settings.proxies:
        # Else all visitors share the proxy's address, and one who guesses passwords slows everybody down.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    extensions.init_app(app)
    for part in (htmx, shell, errors, document, session, cli):
        part.init_app(app)
    for room in ROOMS:
        for door in ("models", "pages", "api"):
            name = f"tracker.{room}.{door}"
            if find_spec(name) is None:
                continue
            for blueprint in getattr(import_module(name), "BLUEPRINTS", ()):
                if door == "api":
                    app.extensions["tracker-api"].register_blueprint(blueprint)
                    # The API carries a token and no cookie: nothing a foreign site could ride on.
                    extensions.csrf.exempt(blueprint)
                else:
                    app.register_blueprint(blueprint)
    return app
