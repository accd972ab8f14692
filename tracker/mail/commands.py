"""Writing letters, inside the transaction of the change they tell."""

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import select

from tracker import clock
from tracker.accounts.models import User
from tracker.extensions import db
from tracker.history.commands import Writing
from tracker.mail import rules
from tracker.mail.models import Letter


def write_letters(write: Writing, people: Iterable[User], news: rules.News) -> list[Letter]:
    """One letter for each of these people who wants this kind; call it inside the Writing that makes the news.

    Nobody is told of an own act, nor twice, nor when the account is closed. News with an ``occasion`` reach a person
    once. The letters leave with the transaction, and are sent afterwards by ``mail send``.
    """
    switch = rules.SWITCHES[news.kind]
    readers = {user.id: user for user in people if _reads(user) and getattr(user, switch)}
    readers.pop(write.actor.user_id or 0, None)
    told = _told(news.occasion, readers)
    public_url = current_app.config["PUBLIC_URL"]
    letters = [
        Letter(
            user_id=user.id,
            kind=news.kind,
            occasion=_occasion(news.occasion, user.id),
            to_address=user.email,
            to_name=rules.one_line(user.name),
            subject=rules.subject(news),
            body=rules.body(news, user.name, public_url),
            created_at=clock.now(),
        )
        for user in readers.values()
        if _occasion(news.occasion, user.id) not in told
    ]
    db.session.add_all(letters)
    db.session.flush()
    return letters


def _reads(user: User) -> bool:
    """A closed account gets nothing; nor does a demo account of a database that is served for real."""
    return user.archived_at is None and (not user.is_demo or bool(current_app.config["DEMO"]))


def _occasion(occasion: str | None, user_id: int) -> str | None:
    return None if occasion is None else f"{occasion}:{user_id}"


def _told(occasion: str | None, readers: Iterable[int]) -> set[str | None]:
    """Which of these occasions were already written."""
    if occasion is None:
        return set()
    occasions = [_occasion(occasion, number) for number in readers]
    return set(db.session.scalars(select(Letter.occasion).where(Letter.occasion.in_(occasions))))
