"""What a letter says around its news, and when it is tried again: pure functions on plain values."""

import re
from dataclasses import dataclass
from datetime import timedelta

# What a letter is about, and the switch of « Mon compte » that stops it.
TURN, COMMENT, REMINDER, CALL = "turn", "comment", "reminder", "call"
SWITCHES = {TURN: "mail_turns", COMMENT: "mail_turns", REMINDER: "mail_reminders", CALL: "mail_reminders"}
SWITCH_LABELS = {
    "mail_turns": "À chaque étape d’un dossier, et à chaque commentaire",
    "mail_reminders": "Rappels avant une échéance, et relances",
}

# A refused letter is tried again by the next runs of the sender; then it waits for an administrator.
MAX_ATTEMPTS = 5
# A sender gives each exchange this long (seconds): a claim older than an hour belongs to one that died.
TIMEOUT = 20.0
CLAIM_LIFE = timedelta(hours=1)

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class News:
    """A letter before it has a reader.

    subject   whom it is about, the year, what happened, the contract.
    sentences its paragraphs; a quotation (a reason, a comment) stands in ``quoted``.
    path      the page it opens, from the root of the site; ``act`` says what is done there.
    why       ends « Vous recevez ce message parce que … ».
    occasion  of a reminder: written once for each reader, however often it is asked for.
    """

    kind: str
    subject: str
    sentences: tuple[str, ...]
    path: str
    act: str
    why: str
    quoted: str | None = None
    occasion: str | None = None


# Spaces that French typography wants kept.
NO_BREAK = "\u00a0\u202f"


def one_line(text: str) -> str:
    """Text as a header may carry it: no line break, no control character, no repeated space."""
    printable = "".join(char if char.isprintable() or char in NO_BREAK else " " for char in text)
    return re.sub(" {2,}", " ", printable).strip()


def subject(news: News) -> str:
    """The subject, on one line and not longer than a mailbox shows."""
    line = one_line(news.subject)
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"


def body(news: News, name: str, public_url: str) -> str:
    """The whole letter as plain text, for the person of this name."""
    parts = [f"Bonjour {one_line(name)},", *news.sentences]
    if news.quoted:
        parts.append("\n".join(f"> {line}".rstrip() for line in news.quoted.splitlines()))
    parts.append(f"{news.act} :\n{public_url}{news.path}")
    switch = SWITCH_LABELS[SWITCHES[news.kind]]
    parts.append(
        f"-- \nVous recevez ce message parce que {news.why}.\n"
        f"Pour ne plus en recevoir de cette sorte, décochez « {switch} » dans « Mon compte » :\n"
        f"{public_url}/comptes/moi#courriels"
    )
    return "\n\n".join(parts) + "\n"
