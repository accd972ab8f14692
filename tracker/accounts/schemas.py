"""What the forms of this room carry. A password is never quoted back: its rules are checked by the command."""

from typing import Any

from tracker.accounts import rules
from tracker.api.fields import Choice, Day, Flag, Id, Schema, Text, refuse
from tracker.api.parsing import ListArguments, Sort
from tracker.policy import ROLE_LABELS


class Email(Text):
    """An e-mail address, normalised."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, max_length=254, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text is None:
            return None
        email = rules.normal_email(text)
        if problem := rules.email_problem(email):
            raise refuse("invalid", problem)
        return email


class Secret(Text):
    """A password. It raises nothing but « required », because messages quote what was typed."""

    def __init__(self, label: str) -> None:
        super().__init__(label, max_length=rules.PASSWORD_MAX_LENGTH, required=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | None:
        return str(value)


class SignInSchema(Schema):
    """The sign-in form. The address is not checked for its form: a wrong one is simply unknown."""

    email = Text("Adresse électronique", max_length=254, required=True)
    password = Secret("Mot de passe")


class DemoSchema(Schema):
    """One click as a demo account."""

    user_id = Id("Compte", required=True)


class PasswordSchema(Schema):
    """A new password, typed twice."""

    password = Secret("Nouveau mot de passe")
    again = Secret("Nouveau mot de passe, une seconde fois")


class PasswordChangeSchema(PasswordSchema):
    """One's own password: the present one first."""

    current = Secret("Mot de passe actuel")


class UserSchema(Schema):
    """A person."""

    email = Email("Adresse électronique", required=True)
    name = Text("Nom", max_length=200, required=True)


class LettersSchema(Schema):
    """Which letters a person wants."""

    mail_turns = Flag("Courriels à chaque étape")
    mail_reminders = Flag("Courriels de rappel")


class AccountSchema(UserSchema, LettersSchema):
    """What the history tells of a person."""


class MembershipSchema(Schema):
    """A role in a contract, for a city or a landlord where the role asks for one."""

    role = Choice("Rôle", ROLE_LABELS, required=True)
    contract_id = Id("Contrat")
    city_id = Id("Commune")
    landlord_id = Id("Bailleur")


class MemberSchema(UserSchema, MembershipSchema):
    """A person, new or known by the e-mail address, and the role given; an administrator may leave the role out."""

    role = Choice("Rôle", ROLE_LABELS)


class TokenSchema(Schema):
    """An API token."""

    name = Text("Usage", max_length=120, required=True)
    expires_on = Day("Expire le")


class MemberArguments(ListArguments):
    """Filters of the members."""

    q = Text("Recherche")
    role = Choice("Rôle", ROLE_LABELS)
    contract_id = Id("Contrat")
    archived = Flag("Archivés", load_default=False)
    sort = Sort(("name", "email"), "name")
