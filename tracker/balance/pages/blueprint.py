"""The room's pages: their blueprint, their entry in the navigation, how the history speaks of their items."""

from flask import url_for

from tracker.api.shell import ID
from tracker.balance.schemas import DecisionSchema, EditionSchema, EvaluationSchema, MeetingSchema, PublicationSchema
from tracker.policy import COORDINATOR, COPIL, FINANCE_OFFICER, LANDLORD, STATE
from tracker.web import navigation, story
from tracker.web.shell import page_blueprint

pages = page_blueprint("balance", __name__, "/bilan")

navigation.register(
    navigation.Entry(
        40,
        "Bilan",
        "balance.index",
        "/bilan",
        lambda who: who.has(COORDINATOR, FINANCE_OFFICER, LANDLORD, STATE, COPIL),
    )
)
story.describe(
    "meeting",
    story.Kind(
        "la réunion", MeetingSchema(), url=lambda entry: url_for("balance.meeting_page", meeting_id=entry.item_id)
    ),
)
story.describe(
    "decision",
    story.Kind(
        "la décision",
        DecisionSchema(),
        {"create": "a enregistré", "done": "a dit faite"},
        url=lambda entry: url_for("balance.decision_page", decision_id=entry.item_id),
    ),
)
story.describe("evaluation", story.Kind("l’évaluation de l’année", EvaluationSchema()))
story.describe("edition", story.Kind("le bilan", EditionSchema(), {"freeze": "a arrêté"}))
story.describe(
    "publication",
    story.Kind("l’édition", PublicationSchema(), {"publish": "a ouvert au public", "archive": "a fermé au public"}),
)

YEAR = f"/<code>/<{ID}:year>"
MEETING = f"/reunions/<{ID}:meeting_id>"
EDITION = f"{YEAR}/editions/<{ID}:number>"
