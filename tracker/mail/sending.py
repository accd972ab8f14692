"""Sending the letters that wait: one connection, one letter at a time, each claimed before it is spoken of.

No transaction is open while the mail server is talked to: SQLite has one write lock, and the site needs it.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import or_, select, update

from tracker import clock
from tracker.extensions import db
from tracker.mail.models import Letter
from tracker.mail.queries import given_up, interrupted, ready
from tracker.mail.rules import TIMEOUT, one_line

PORTS = {"smtp": 587, "smtps": 465}


class MailError(Exception):
    """The mail server cannot be used at all: a French sentence for whoever runs the command."""


@dataclass(frozen=True)
class Server:
    """Where letters are handed over. ``tls`` from the first byte is ``smtps``; else STARTTLS where it is offered."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = None

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read ``smtp://user:password@host:587`` or ``smtps://…``; raises MailError."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise MailError(f"SMTP_URL : {error}.") from error
        if parts.scheme not in PORTS or not parts.hostname:
            raise MailError("SMTP_URL : une adresse smtp://hôte:port ou smtps://hôte:port est attendue.")
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)

    @property
    def is_here(self) -> bool:
        """Whether it is this very machine: what is said to it crosses no network."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def check_secrecy(self, *, encrypted: bool) -> None:
        """A password is never said in the clear across a network; raises MailError."""
        if not encrypted and not self.is_here:
            raise MailError("Le serveur n’offre pas STARTTLS : le mot de passe ne lui est pas envoyé en clair.")


def _open(server: Server) -> smtplib.SMTP:
    """An open session, encrypted where possible, signed in."""
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if server.tls:
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        smtp.ehlo_or_helo_if_needed()
        encrypted = server.tls
        if not encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
            encrypted = True
        if server.user is not None:
            server.check_secrecy(encrypted=encrypted)
            smtp.login(server.user, server.password or "")
    except BaseException:
        smtp.close()
        raise
    return smtp


@contextmanager
def _connection(server: Server) -> Iterator[smtplib.SMTP]:
    """A session that ends politely; raises MailError when there can be none."""
    try:
        smtp = _open(server)
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(f"{server.host}:{server.port} : {_said(error)}") from error
    try:
        yield smtp
    finally:
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()  # it had hung up first: each letter already has its answer


def _said(error: BaseException) -> str:
    """An error on one line, as the outbox keeps it."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _answer(error.smtp_code, text.encode() if isinstance(text, str) else text)
    return one_line(str(error) or type(error).__name__)[:500]


def _answer(code: int, text: bytes) -> str:
    """A server's answer on one line."""
    return one_line(f"{code} {text.decode('utf-8', 'replace')}")[:500]


def _sender(mail_from: str) -> tuple[str, str]:
    """(name, address) of whoever letters come from; raises MailError."""
    name, address = parseaddr(mail_from)
    if not address.isascii() or not all(address.partition("@")):
        raise MailError("MAIL_FROM : une adresse électronique est attendue, par exemple suivi@ville.fr.")
    return one_line(name), address


def message_of(letter: Letter, sender: tuple[str, str]) -> EmailMessage:
    """The letter as it travels. Addresses are parsed, never pasted into a header; raises ValueError."""
    if not letter.to_address.isascii():
        raise ValueError("une adresse sans accent est attendue")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender[0], addr_spec=sender[1])
    message["To"] = Address(letter.to_name, addr_spec=letter.to_address)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.created_at.replace(tzinfo=UTC))
    # The same for every attempt: a reader's server that saw it once knows it again.
    message["Message-ID"] = f"<letter-{letter.id}-{letter.created_at:%Y%m%d%H%M%S}@{sender[1].rpartition('@')[2]}>"
    # No « absent du bureau » in return (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, cte="quoted-printable")
    return message


@dataclass
class Sent:
    """What a run did; ``error`` says why it ended before the last letter."""

    sent: int = 0
    refused: int = 0
    error: str | None = None


def send_waiting(url: str, mail_from: str, *, again: bool = False) -> Sent:
    """Send every letter that waits; one that is refused keeps its error and does not stop the others.

    ``again`` first takes back what was given up or interrupted: an interrupted letter may then arrive twice.
    Two senders may run at once: a letter belongs to the one that claimed it. Raises MailError when the settings
    name no server or no sender.
    """
    server, sender = Server.from_url(url), _sender(mail_from)
    if again:
        _write(update(Letter).where(or_(given_up(), interrupted())).values(attempts=0, claimed_at=None))
    outcome = Sent()
    if _next_ready(0) is None:
        return outcome
    try:
        with _connection(server) as smtp:
            after = 0
            while (number := _claim(after)) is not None:
                _send_one(smtp, number, sender, outcome)
                after = number
    except MailError as error:
        outcome.error = str(error)
        _write(update(Letter).where(ready()).values(last_error=outcome.error))
    return outcome


def _write(statement: Any) -> int:
    """Run one statement in a transaction of its own; how many rows it changed."""
    result: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()
    return int(result.rowcount)


def _next_ready(after: int) -> int | None:
    """The oldest letter that waits, past the one just tried."""
    statement = select(Letter.id).where(ready(), Letter.id > after).order_by(Letter.id).limit(1)
    number = db.session.scalars(statement).first()
    db.session.rollback()
    return number


def _claim(after: int) -> int | None:
    """Take the next letter for oneself; None when none is left. Of two senders, the row's update lets one through."""
    while (number := _next_ready(after)) is not None:
        mine = update(Letter).where(Letter.id == number, ready())
        if _write(mine.values(claimed_at=clock.now(), attempts=Letter.attempts + 1)) == 1:
            return number
        after = number
    return None


def _send_one(smtp: smtplib.SMTP, number: int, sender: tuple[str, str], outcome: Sent) -> None:
    """One claimed letter to the server, and how it went to the outbox; raises MailError when the server hung up."""
    letter = db.session.get_one(Letter, number)
    try:
        to_address, content = letter.to_address, message_of(letter, sender).as_bytes()
        problem = None
    except (ValueError, LookupError) as error:
        problem = one_line(f"Courriel impossible : {error}")[:500]
    db.session.rollback()
    this = update(Letter).where(Letter.id == number)
    if problem is None:
        try:
            problem = _introduce(smtp, sender[1], to_address)
        except (OSError, smtplib.SMTPException) as error:
            # Nothing of the letter was said yet: it waits as before, and this attempt does not count.
            _write(this.values(claimed_at=None, attempts=Letter.attempts - 1))
            raise MailError(_said(error)) from error
    if problem is None:
        try:
            problem = _hand_over(smtp, content)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            # Cut off in the middle: it may have left. It stays claimed, and no run sends it twice.
            said = f"Envoi interrompu : {_said(error)}"
            _write(this.values(last_error=said))
            raise MailError(said) from error
    if problem is None:
        outcome.sent += 1
        _write(this.values(sent_at=clock.now(), claimed_at=None, last_error=None))
    else:
        outcome.refused += 1
        _write(this.values(claimed_at=None, last_error=problem))


def _introduce(smtp: smtplib.SMTP, sender: str, to_address: str) -> str | None:
    """Name the sender and the reader, forgetting the letter before; the server's refusal, or None."""
    smtp.rset()
    for say, address in ((smtp.mail, sender), (smtp.rcpt, to_address)):
        code, text = say(address)
        if code >= 400:
            return _answer(code, text)
    return None


def _hand_over(smtp: smtplib.SMTP, content: bytes) -> str | None:
    """Give the letter itself; the server's refusal, or None once it took it."""
    try:
        code, text = smtp.data(content)
    except smtplib.SMTPDataError as error:
        return _said(error)
    return None if code < 400 else _answer(code, text)
