"""Typed settings, read once from the environment."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"

MEBIBYTE = 1024 * 1024


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Settings:
    """What an installation may choose.

    database_url  SQLAlchemy URL; SQLite in ``instance/`` by default, PostgreSQL through psycopg.
    secret_key    signs sessions; only serving refuses to start without it.
    demo          fictitious accounts are offered on the sign-in page, and a banner says so.
    secure_cookies  cookies travel over HTTPS only; off for the demo served on http://127.0.0.1.
    max_body_bytes  a larger request body answers 413.
    proxies         reverse proxies in front, whose word for the visitor's address and scheme is taken.
    documents_path  where the bytes of attached documents lie.
    public_url      the address letters link to.
    smtp_url        ``smtp://user:password@host:587`` (STARTTLS where offered) or ``smtps://…``; None: letters wait.
    mail_from       the sender of letters.
    """

    database_url: str
    secret_key: str | None = None
    demo: bool = False
    testing: bool = False
    secure_cookies: bool = True
    max_body_bytes: int = 8 * MEBIBYTE
    proxies: int = 0
    documents_path: Path = INSTANCE / "documents"
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    mail_from: str = "ne-pas-repondre@localhost"

    @classmethod
    def from_env(cls) -> "Settings":
        """Read the environment."""
        url = os.environ.get("DATABASE_URL")
        if not url:
            INSTANCE.mkdir(exist_ok=True)
            url = f"sqlite:///{INSTANCE / 'tracker.sqlite3'}"
        if url.startswith("postgres://"):
            url = "postgresql://" + url.removeprefix("postgres://")
        demo = _flag("TRACKER_DEMO")
        return cls(
            database_url=url,
            secret_key=os.environ.get("SECRET_KEY") or None,
            demo=demo,
            secure_cookies=not demo,
            proxies=int(os.environ.get("TRACKER_PROXIES") or 0),
            documents_path=Path(os.environ.get("TRACKER_DOCUMENTS") or INSTANCE / "documents"),
            public_url=(os.environ.get("PUBLIC_URL") or cls.public_url).rstrip("/"),
            smtp_url=os.environ.get("SMTP_URL") or None,
            mail_from=os.environ.get("MAIL_FROM") or cls.mail_from,
        )

    def flask_config(self) -> dict[str, Any]:
        """The same, under the names Flask and its extensions read.

        Without a secret key commands run; serving refuses (``extensions``).
        """
        return {
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SECRET_KEY": self.secret_key,
            "DEMO": self.demo,
            "TESTING": self.testing,
            "MAX_CONTENT_LENGTH": self.max_body_bytes,
            "MAX_FORM_MEMORY_SIZE": self.max_body_bytes,
            "DOCUMENTS_PATH": self.documents_path,
            "PUBLIC_URL": self.public_url,
            "SMTP_URL": self.smtp_url,
            "MAIL_FROM": self.mail_from,
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
            # The session ends with the browser or after 12 hours; the token need not end sooner.
            "WTF_CSRF_TIME_LIMIT": None,
            # Tests post forms bare; one test of the shell turns the check on and sees it refuse.
            "WTF_CSRF_ENABLED": not self.testing,
        }
