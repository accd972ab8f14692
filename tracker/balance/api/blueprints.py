"""The room's three parts of the API, and the addresses of its items."""

from tracker.api.shell import ID, Blueprint

meetings = Blueprint("meetings", __name__, "Réunions et décisions")
references = Blueprint("reference_values", __name__, "Repères auxquels se comparent les chiffres du bilan")
sheets = Blueprint("balance_sheets", __name__, "Bilan TFPB et éditions arrêtées")

JSON = "application/json"
SHEET = f"/contracts/<code>/balance-sheets/<{ID}:year>"
MEETING = f"/meetings/<{ID}:meeting_id>"
DECISION = f"/decisions/<{ID}:decision_id>"
