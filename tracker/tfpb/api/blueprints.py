"""The room's two parts of the API, and the addresses of its items."""

from tracker.api.shell import ID, Blueprint

convention_blp = Blueprint("conventions", __name__, "Conventions TFPB et nomenclature")
file_blp = Blueprint("tfpb_files", __name__, "Dossiers annuels TFPB, actions, participation")

CONVENTION = f"/conventions/<{ID}:convention_id>"
AMENDMENT = f"/amendments/<{ID}:amendment_id>"
FILE = f"/tfpb-files/<{ID}:file_id>"
ACTION = f"/tfpb-actions/<{ID}:action_id>"
PARTICIPATION = f"/participation/<{ID}:participation_id>"
BASELINE = f"/baseline/<{ID}:baseline_id>"
CARRY_OVER = f"/carry-overs/<{ID}:carry_over_id>"
COMMENT = f"/comments/<{ID}:comment_id>"
