"""The blueprint the pages of this room share, and how their writes are told."""

from tracker.accounts.schemas import AccountSchema, MembershipSchema, TokenSchema
from tracker.web import story
from tracker.web.shell import page_blueprint

pages = page_blueprint("accounts", __name__)

story.describe(
    "user_account",
    story.Kind(
        "le compte",
        AccountSchema(),
        verbs={
            "issue_link": "a émis un lien à usage unique pour",
            "choose_password": "a choisi le mot de passe pour",
            "choose_letters": "a choisi les courriels de",
            "change_password": "a changé le mot de passe pour",
            "rehash_password": "a renforcé la protection du mot de passe pour",
        },
    ),
)
story.describe("membership", story.Kind("le rôle", MembershipSchema(), verbs={"archive": "a retiré"}))
story.describe("api_token", story.Kind("le jeton", TokenSchema(), verbs={"archive": "a révoqué"}))
