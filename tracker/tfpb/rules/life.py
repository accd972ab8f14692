"""How a file moves, when its content is locked, whose turn it is."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.policy import FieldError
from tracker.tfpb.rules.words import COUNTED, FILE_STATUSES, OPEN_TO_EDITING, PROGRAMME_STATUSES, inside

REPORT, PROGRAMME = "report", "programme"
TRACKS = {REPORT: "Bilan", PROGRAMME: "Programme"}
TRACK_STATUSES = {REPORT: FILE_STATUSES, PROGRAMME: PROGRAMME_STATUSES}
# The file's column each track moves.
TRACK_FIELDS = {REPORT: "status", PROGRAMME: "programme_status"}


@dataclass(frozen=True)
class Transition:
    """One permitted move of a file.

    verb          of ``tracker.policy``: who may make it.
    act           what its button says.
    frozen        True: only for a file counted in a frozen edition; False: only for one that is not; None: any.
    needs_reason  a French sentence must say why.
    """

    track: str
    source: str
    target: str
    verb: str
    act: str
    needs_reason: bool = False
    frozen: bool | None = None

    @property
    def forward(self) -> bool:
        """Whether it brings the file nearer its end."""
        order = list(TRACK_STATUSES[self.track])
        return self.target != "to_correct" and order.index(self.target) > order.index(self.source)


TRANSITIONS = (
    Transition(REPORT, "draft", "submitted", "submit_file", "Déposer le bilan"),
    Transition(REPORT, "to_correct", "submitted", "submit_file", "Déposer le bilan corrigé"),
    Transition(REPORT, "submitted", "verified", "verify_file", "Marquer comme vérifié"),
    Transition(REPORT, "verified", "validated", "validate_file", "Valider en COPIL"),
    Transition(REPORT, "validated", "transmitted", "validate_file", "Marquer comme transmis"),
    *(
        Transition(REPORT, source, "to_correct", "return_file", "Renvoyer à corriger", True, frozen=False)
        for source in ("submitted", "verified")
    ),
    # What the COPIL has seen is reopened by the coordinator alone, for the next edition.
    *(
        Transition(REPORT, source, "to_correct", "reopen_file", "Rouvrir le dossier arrêté", True, frozen=True)
        for source in COUNTED
    ),
    Transition(PROGRAMME, "proposed", "discussed", "discuss_programme", "Marquer le programme comme discuté"),
    Transition(PROGRAMME, "discussed", "validated", "validate_programme", "Valider le programme en COPIL"),
)


def transitions_to(track: str, target: str) -> list[Transition]:
    """Every permitted way to that status, from wherever it starts."""
    return [move for move in TRANSITIONS if move.track == track and move.target == target]


def open_moves(track: str, status: str, frozen: bool) -> list[Transition]:
    """The moves a file in this state permits, whoever asks; the one that goes on comes first."""
    moves = [
        move for move in TRANSITIONS if move.track == track and move.source == status and move.frozen in (None, frozen)
    ]
    return sorted(moves, key=lambda move: not move.forward)


def transition_refusal(track: str, status: str, target: str, *, frozen: bool = False) -> str:
    """Why a file may not go there from where it stands, as a French sentence."""
    words = TRACK_STATUSES[track]
    name = inside(TRACKS[track])
    if status == target:
        return f"Le {name} est déjà « {inside(words[status])} »."
    ways = [inside(words[move.source]) for move in transitions_to(track, target) if move.frozen in (None, frozen)]
    if not ways:
        return f"Le {name} ne revient jamais à « {inside(words[target])} »."
    expected = " ou ".join(f"« {way} »" for way in ways)
    return (
        f"Le {name} est « {inside(words[status])} » : il doit être {expected} pour devenir « {inside(words[target])} »."
    )


def move_day_error(
    track: str, day: date, *, year: int, status: str, since: date | None, today: date
) -> FieldError | None:
    """A move is dated up to today, not before the one that brought its track where it stands, nor a report before the
    year it reports on.

    ``status``, ``since``: where the track stands and since when; opened only, it has not moved yet.
    """
    floors = {"début de l’année du bilan": date(year, 1, 1)} if track == REPORT else {}
    if since is not None and status != next(iter(TRACK_STATUSES[track])):
        floors[f"changement précédent du {inside(TRACKS[track])}"] = since
    why, first = max(floors.items(), key=lambda floor: floor[1], default=("", day))
    if day > today:
        expected = f"jusqu’à aujourd’hui ({today:%d/%m/%Y})"
    elif day < first:
        expected = f"à partir du {first:%d/%m/%Y} ({why})"
    else:
        return None
    message = f"Date : {day:%d/%m/%Y} trouvé ; une date {expected} est attendue."
    return FieldError("on", "out_of_range", message, day.isoformat())


def locked_reason(status: str, frozen_in: str | None, *, archived: bool = False) -> str | None:
    """Why a file's content may not change, as a French sentence; None while the landlord works on it."""
    if archived:
        return "Le dossier est archivé : il ne peut plus changer."
    if frozen_in is not None:
        return f"Le dossier est arrêté dans « {frozen_in} » : seule la coordination peut le rouvrir, avec un motif."
    if status in OPEN_TO_EDITING:
        return None
    return f"Le bilan est « {inside(FILE_STATUSES[status])} » : il faut le renvoyer « à corriger » pour le modifier."


PLANNED_LOCK = (
    "Le programme est validé en COPIL : la dépense prévisionnelle et la valorisation prévue "
    "ne changent plus que par une révision motivée."
)


# The law sets no day for the report: « 31 mars » is the habit of the conventions, from the year named on.
REPORT_DUE_DAYS = ((2025, (3, 31)),)


@dataclass(frozen=True)
class Turn:
    """Whose act a status waits for: the verb tells whether the reader is the one, ``who`` names the others."""

    verb: str
    act: str
    who: str

    def sentence(self, *, yours: bool) -> str:
        """French: « À vous de vérifier le bilan », « Au bailleur d’ouvrir le dossier »."""
        link = "d’" if self.act[0] in "aeiouyhé" else "de "
        return f"{'À vous' if yours else self.who} {link}{self.act}"


_COORDINATION = "À la coordination"
TURNS = {
    "draft": Turn("submit_file", "déposer le bilan", "Au bailleur"),
    "to_correct": Turn("submit_file", "corriger le bilan", "Au bailleur"),
    "submitted": Turn("verify_file", "vérifier le bilan", "À la ville, à l’État ou à la coordination"),
    "verified": Turn("validate_file", "faire valider le bilan en COPIL", _COORDINATION),
    "validated": Turn("validate_file", "transmettre le bilan", _COORDINATION),
}
PROGRAMME_TURNS = {
    "proposed": Turn("discuss_programme", "discuter le programme", "À la ville ou à la coordination"),
    "discussed": Turn("validate_programme", "faire valider le programme en COPIL", _COORDINATION),
}


# A programme without actions, or without amounts to discuss, waits for its landlord.
TO_PLAN = Turn("edit_file", "inscrire les actions et les montants du programme", "Au bailleur")
ARCHIVED = "Dossier archivé"


def is_programme(year: int, status: str, today: date) -> bool:
    """Before its year begins a file is a programme: nothing is asked of its report yet."""
    return year > today.year and status == "draft"


def is_planned(actions: int, priced: int) -> bool:
    """Whether a programme may be discussed: it has actions, and each knows its planned cost."""
    return actions > 0 and priced == actions


def turns_of(year: int, status: str, programme_status: str, today: date, *, planned: bool) -> dict[str, Turn]:
    """Track → whose turn a file of that year is; a track that waits for nobody is left out.

    The programme waits until it is validated, were its year begun, or until its report is: what was done is then agreed
    on; the report from that year on. ``planned``: see ``is_planned``.
    """
    turns = {}
    if programme_status in PROGRAMME_TURNS and status not in ("validated", "transmitted"):
        to_plan = not planned and status in OPEN_TO_EDITING
        turns[PROGRAMME] = TO_PLAN if to_plan else PROGRAMME_TURNS[programme_status]
    if status in TURNS and not is_programme(year, status, today):
        turns[REPORT] = TURNS[status]
    return turns


def over(status: str) -> str:
    """What is said of a file that waits for nobody: its report is at its end, or its programme, its year to come."""
    return "Bilan transmis" if status == "transmitted" else "Programme validé : le bilan viendra après l’année"


def together(sentences: Sequence[str]) -> str:
    """The sentences of both tracks as one."""
    return " ; ".join((*sentences[:1], *(inside(one) for one in sentences[1:])))


def report_due(year: int, own: str | None = None) -> date | None:
    """The day by which the report of ``year`` is due, the year after: the convention's ``own`` (« MM-DD »), else the
    habit; None before the habit is known. 29 February is the 28th where there is none."""
    if own is not None:
        month, day = (int(part) for part in own.split("-"))
        return date(year + 1, month, min(day, monthrange(year + 1, month)[1]))
    known = [day for since, day in REPORT_DUE_DAYS if since <= year]
    return date(year + 1, *known[-1]) if known else None
