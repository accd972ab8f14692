"""Who is written to, what a letter says, and that it leaves with the change it tells or not at all."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests import builders as build
from tracker import policy
from tracker.accounts.models import User
from tracker.accounts.queries import people
from tracker.extensions import db
from tracker.history.commands import Writing
from tracker.history.models import HistoryEntry
from tracker.mail import rules
from tracker.mail.commands import write_letters
from tracker.mail.models import Letter
from tracker.mail.rules import News
from tracker.policy import SYSTEM, Actor, Scope


def news(kind: str = rules.TURN, **fields: Any) -> News:
    defaults = {
        "subject": "Bilan 2026",
        "sentences": ("Le bilan est déposé.",),
        "path": "/tfpb/dossiers/7",
        "act": "Ouvrir le dossier",
        "why": "vous avez un rôle ici",
    }
    return News(kind, **defaults | fields)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def written(readers: list[User], told: News, actor: Actor = SYSTEM) -> list[str]:
    """The addresses written to."""
    with Writing(actor) as write:
        return [letter.to_address for letter in write_letters(write, readers, told)]


@pytest.mark.usefixtures("context")
class TestReaders:
    def test_those_who_may_do_it_there(self) -> None:
        contract = build.contract()
        here, there = contract.cities
        elsewhere = build.contract()
        wanted = [
            build.user("coordinator", contract),
            build.user("finance_officer", contract, in_city=here),
            build.user("state", contract),
        ]
        build.user("finance_officer", contract, in_city=there)
        build.user("coordinator", elsewhere)
        build.user("copil", contract)
        build.user("landlord", contract, of_landlord=build.landlord())
        scope = Scope(contract.id, here.id, 1)
        assert list(people(policy.holders("verify_file", scope))) == wanted
        # Before a first submission, city and State do not read the file: they are not written to either.
        closed = Scope(contract.id, here.id, 1, open_to_readers=False)
        assert list(people(policy.holders("verify_file", closed))) == wanted[:1]
        assert people([]) == []

    @pytest.mark.parametrize("verb", list(policy.RULES))
    def test_a_pattern_matches_who_can(self, verb: str) -> None:
        """policy.holders and policy.can are two readings of one table."""
        for opened in (True, False):
            scope = Scope(1, 2, 3, open_to_readers=opened)
            named = {role.name for role in policy.holders(verb, scope)}
            held = {
                role
                for role in policy.ROLES
                if policy.can(Actor(None, "x", (policy.Role(role, 1, 2, 3),)), verb, scope)[0]
            }
            assert named == held

    def test_nobody_twice_nor_of_an_own_act_nor_a_closed_account(self) -> None:
        reader, author = build.user(), build.user()
        closed, fictitious = build.user(archived_at=policy_moment()), build.user(is_demo=True)
        actor = Actor(author.id, author.name)
        assert written([reader, reader, author, closed, fictitious], news(), actor) == [reader.email]

    @pytest.mark.parametrize(
        "kind, switch",
        [("turn", "mail_turns"), ("comment", "mail_turns"), ("reminder", "mail_reminders"), ("call", "mail_reminders")],
    )
    def test_each_switch_stops_its_own_kinds(self, kind: str, switch: str) -> None:
        off, other = build.user(**{switch: False}), build.user()
        kept = build.user(**{name: False for name in ("mail_turns", "mail_reminders") if name != switch})
        assert written([off, other, kept], news(kind)) == [other.email, kept.email]

    def test_an_occasion_is_written_once_for_each(self) -> None:
        first, second = build.user(), build.user()
        told = news(rules.REMINDER, occasion="report:7:2027-03-31:30")
        assert written([first], told) == [first.email]
        assert written([first, second], told) == [second.email]
        assert written([first, second], news(rules.REMINDER, occasion="report:7:2027-03-31:7")) != []

    def test_it_goes_with_the_change_or_not_at_all(self) -> None:
        reader = build.user()

        def refused_after_writing() -> None:
            with Writing(SYSTEM) as write:
                write_letters(write, [reader], news())
                raise policy.Conflict("locked", "Refusé.")

        with pytest.raises(policy.Conflict):
            refused_after_writing()
        assert db.session.scalar(db.select(db.func.count()).select_from(Letter)) == 0


def policy_moment() -> Any:
    from tracker import clock

    return clock.now()


@pytest.mark.usefixtures("context")
class TestWords:
    def test_a_letter_says_what_where_and_how_to_stop(self) -> None:
        reader = build.user(name="Élodie Ménard")
        with Writing(SYSTEM) as write:
            (letter,) = write_letters(write, [reader], news(quoted="Montants à revoir :\n- axe 3"))
        assert letter.body == (
            "Bonjour Élodie Ménard,\n\nLe bilan est déposé.\n\n> Montants à revoir :\n> - axe 3\n\n"
            "Ouvrir le dossier\u00a0:\nhttp://127.0.0.1:8000/tfpb/dossiers/7\n\n"
            "-- \nVous recevez ce message parce que vous avez un rôle ici.\n"
            "Pour ne plus en recevoir de cette sorte, décochez «\u00a0À chaque étape d’un dossier, et à chaque "
            "commentaire\u00a0» dans «\u00a0Mon compte\u00a0»\u00a0:\nhttp://127.0.0.1:8000/comptes/moi#courriels\n"
        )

    @pytest.mark.parametrize(
        "typed, kept",
        [
            ("Bilan\r\nBcc: vol@exemple.fr", "Bilan Bcc: vol@exemple.fr"),
            ("a\x00b\u2028c\td", "a b c d"),
            ("x" * 300, "x" * 199 + "…"),
        ],
    )
    def test_a_subject_is_one_line(self, typed: str, kept: str) -> None:
        assert rules.subject(news(subject=typed)) == kept


def test_one_switches_off_ones_own_letters(app: Flask) -> None:
    with app.app_context():
        user = build.user()
        number, browser = user.id, build.page_client(app, user)
    assert 'name="mail_turns" value="true" checked' in browser.get("/comptes/moi").get_data(as_text=True)
    assert browser.post("/comptes/moi/courriels", data={"version": 1, "mail_reminders": "true"}).status_code == 303
    # A box is ticked or not: an empty one is refused in a sentence, not by the database.
    empty = browser.post("/comptes/moi/courriels", data={"version": 2, "mail_turns": ""})
    assert (empty.status_code, "une valeur est attendue" in empty.text) == (422, True)
    stale = browser.post("/comptes/moi/courriels", data={"version": 1, "mail_turns": "true"})
    assert stale.status_code == 409
    with app.app_context():
        kept = db.session.get_one(User, number)
        assert (kept.mail_turns, kept.mail_reminders) == (False, True)
        entry = db.session.scalars(db.select(HistoryEntry).filter_by(item_type="user_account")).one()
        assert (entry.verb, entry.changes) == ("choose_letters", {"mail_turns": [True, False]})


@pytest.fixture
def run(app: Flask) -> Callable[..., Any]:
    return lambda *words: app.test_cli_runner().invoke(args=["mail", *words])


def test_the_commands_say_how_it_went(app: Flask, run: Callable[..., Any]) -> None:
    with app.app_context():
        written([build.user("copil", build.contract())], news())
    waiting = run("waiting")
    assert "En attente\u00a0: 1" in waiting.output
    refused = run("send")
    assert refused.exit_code == 1
    assert "SMTP_URL" in refused.output
