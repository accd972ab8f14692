"""The columns of the lists of members, roles and tokens."""

from typing import Any

from flask import url_for

from tracker.accounts.models import Membership
from tracker.columns import Column
from tracker.policy import ROLE_LABELS


def describe(membership: Membership) -> str:
    """A role in words: « Finances de la ville, Bagneux »."""
    place = membership.city or membership.landlord
    label = ROLE_LABELS[membership.role]
    return f"{label}, {place.name}" if place else label


def _state(member: Any) -> str:
    if member.user.archived_at is not None:
        return "archived"
    return "active" if member.user.password_hash or member.user.is_demo else "waiting"


STATES = {"active": "Actif", "waiting": "Sans mot de passe", "archived": "Archivé"}
TONES = {"active": "good", "waiting": "warn"}

MEMBERS = (
    Column(
        "name",
        "Nom",
        get=lambda member: member.user.name,
        sort=True,
        link=lambda member: url_for("accounts.member", user_id=member.id),
    ),
    Column("email", "Adresse électronique", get=lambda member: member.user.email, sort=True),
    Column("roles", "Rôles", get=lambda member: " ; ".join(describe(one) for one in member.memberships) or None),
    Column("state", "Compte", "status", get=_state, words=STATES, tone=lambda member: TONES.get(_state(member))),
)

MEMBERSHIPS = (
    Column("role", "Rôle", get=lambda one: ROLE_LABELS[one.role]),
    Column("contract", "Contrat", get=lambda one: one.contract.name if one.contract else None),
    Column("place", "Pour", get=lambda one: (one.city or one.landlord).name if one.city or one.landlord else None),
)

TOKENS = (
    Column("name", "Usage"),
    Column("created_at", "Créé le", "moment"),
    Column("expires_at", "Expire le", "moment"),
)
