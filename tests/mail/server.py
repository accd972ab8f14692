"""A real SMTP server on a free port of this machine, that keeps what it was given."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.ground.ports import free_port
from tests.ground.tools import program


@dataclass
class Post:
    """The handler: letters taken, addresses refused, and what it does before it takes one."""

    refused: dict[str, str] = field(default_factory=dict)
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[list[str]] = field(default_factory=list)
    peers: list[Any] = field(default_factory=list)
    hang_up_on: str | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.hang_up_on in envelope.rcpt_tos:
            server.transport.abort()
            return "421 bye"
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.envelopes.append(list(envelope.rcpt_tos))
        self.peers.append(session)
        return "250 taken"

    @property
    def readers(self) -> list[str]:
        """Who got a letter, in the order of arrival."""
        return [address for envelope in self.envelopes for address in envelope]


@contextmanager
def serving(post: Post, **options: Any) -> Iterator[int]:
    """The server in a thread of its own; gives its port."""
    for attempt in (1, 2, 3):
        controller = Controller(post, hostname="127.0.0.1", port=free_port(), ready_timeout=60, **options)
        try:
            controller.start()
        except OSError:
            # Between choosing a free port and binding it another process took it.
            if attempt == 3:
                raise
        else:
            break
    try:
        yield int(controller.port)
    finally:
        controller.stop()


def only(user: bytes, password: bytes) -> Any:
    """An authenticator that knows one account."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (user, password)
        return AuthResult(success=known, handled=False)

    return check


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate of 127.0.0.1 and the server's context; made by the openssl command."""
    key, public = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [program("openssl", package="openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", str(key), "-out", str(public), "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, key)
    return public, context
