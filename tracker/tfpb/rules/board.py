"""What an expected file lacks, box by box, since when, and whom it waits for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.tfpb.rules import life
from tracker.tfpb.rules.life import TO_PLAN, Turn
from tracker.tfpb.rules.words import ACTION_REQUIRED, AMOUNT_LABELS, COUNTED, OPEN_TO_EDITING, STAGES, inside

# The boxes of the board, in its order.
CONVENTION, AMOUNTS, PROGRAMME, REPORT, EVIDENCE, PARTICIPATION = (
    "convention",
    "amounts",
    "programme",
    "report",
    "evidence",
    "participation",
)
BOXES = {
    CONVENTION: "Convention",
    AMOUNTS: "Montants",
    PROGRAMME: "Programme",
    REPORT: "Bilan",
    EVIDENCE: "Justificatifs",
    PARTICIPATION: "Participation",
}
OK, LACKING, LATER = "ok", "lacking", "later"
BOX_STATES = {OK: "En règle", LACKING: "Manque", LATER: "Pas encore"}
BOX_TONES = {OK: "good", LACKING: "bad", LATER: None}

# Three times in the life of a year: nothing is expected yet; the programme is; the report is.
AHEAD, AT_PROGRAMME, AT_REPORT = "ahead", "programme", "report"
# The usual calendar: programmes are prepared from October to December of the year before.
PROGRAMME_OPENS = (10, 1)
# What is known before the year is over, and what only then.
EXPECTED_AMOUNTS: Mapping[str, Sequence[str]] = {
    AHEAD: (),
    AT_PROGRAMME: ("planned_cost",),
    AT_REPORT: ACTION_REQUIRED,
}
EXPECTED_STAGES: Mapping[str, Sequence[str]] = {
    AHEAD: (),
    AT_PROGRAMME: ("diagnosis", "definition"),
    AT_REPORT: tuple(STAGES),
}


def stages_due(status: str, when: str) -> Sequence[str]:
    """The stages of participation a file should show by then: all four once its report counts in the balance sheet."""
    return tuple(STAGES) if status in COUNTED else EXPECTED_STAGES[when]


# A landlord is not called twice within these days.
CALM = timedelta(days=3)


def phase(year: int, today: date) -> str:
    """What a year's file is expected to hold by now: nothing, its programme, or its report."""
    if today.year > year:
        return AT_REPORT
    return AT_PROGRAMME if today >= date(year - 1, *PROGRAMME_OPENS) else AHEAD


def is_unsettled(programme_status: str, when: str) -> bool:
    """Whether a programme should have been discussed and validated by then."""
    return when != AHEAD and programme_status != "validated"


@dataclass(slots=True)
class Contents:
    """What a file holds. ``known``: how many of its ``actions`` know each amount.

    valued    actions with something valued; ``unproven``: those of them without any document.
    stages    stages of participation that were held.
    """

    status: str
    programme_status: str
    dwellings: int | None
    abated_dwellings: int | None
    abatement: bool
    actions: int
    known: Mapping[str, int]
    valued: int
    unproven: int
    stages: Collection[str]

    @property
    def planned(self) -> bool:
        """Whether its programme may be discussed."""
        return life.is_planned(self.actions, self.known.get("planned_cost") or 0)


# An expected file that nobody opened.
NOTHING = Contents("draft", "proposed", None, None, False, 0, {}, 0, 0, ())


def lacks(contents: Contents | None, when: str, alerts: Sequence[str]) -> dict[str, list[str]]:
    """Box → the codes of what it lacks at that time of the year; a box that lacks nothing is left out.

    ``alerts``: the codes of what is wrong with the convention's own dates. ``contents`` None: no file was opened.
    """
    held = contents or NOTHING
    found: dict[str, list[str]] = {}
    if alerts:
        found[CONVENTION] = list(alerts)
    if when != AHEAD:
        amounts = _unknown(held, EXPECTED_AMOUNTS[when])
        if amounts:
            found[AMOUNTS] = amounts
        if contents is None:
            found[PROGRAMME] = ["file"]
        elif is_unsettled(held.programme_status, when):
            found[PROGRAMME] = [f"programme_{held.programme_status}"]
        unheard = [f"participation_{stage}" for stage in stages_due(held.status, when) if stage not in held.stages]
        if unheard:
            found[PARTICIPATION] = unheard
    if held.status == "to_correct":
        found[REPORT] = ["correction"]
    elif held.status == "draft" and when == AT_REPORT:
        found[REPORT] = ["submission"]
    if held.unproven:
        found[EVIDENCE] = ["evidence"]
    return found


def _unknown(held: Contents, amounts: Sequence[str]) -> list[str]:
    found = [name for name in ("dwellings", "abated_dwellings") if getattr(held, name) is None]
    if not held.abatement:
        found.append("abatement")
    if not held.actions:
        return [*found, "actions"]
    return found + [name for name in amounts if held.known[name] < held.actions]


def states(contents: Contents | None, when: str, lacking: Collection[str]) -> dict[str, str]:
    """Box → ``ok``, ``lacking``, or ``later`` while nothing is expected of it yet."""
    held = contents or NOTHING
    waits = {
        AMOUNTS: when == AHEAD and bool(_unknown(held, ())),
        PROGRAMME: when == AHEAD and held.programme_status != "validated",
        REPORT: held.status not in COUNTED,
        EVIDENCE: not held.valued,
        PARTICIPATION: when == AHEAD and not held.stages,
    }
    return {box: LACKING if box in lacking else LATER if waits.get(box) else OK for box in BOXES}


_WORDS = {
    "not_signed": "à signer",
    "signed_late": "signée trop tard",
    "not_declared": "à déclarer",
    "declared_late": "déclarée trop tard",
    "file": "dossier non ouvert",
    "dwellings": "logements",
    "abated_dwellings": "logements abattus",
    "abatement": "abattement",
    "actions": "aucune action",
    "programme_proposed": "à discuter",
    "programme_discussed": "à valider",
    "submission": "non déposé",
    "correction": "à corriger",
    **{name: inside(label).replace("tfpb", "TFPB") for name, label in AMOUNT_LABELS.items()},
    **{f"participation_{stage}": inside(word) for stage, word in STAGES.items()},
}


def words(codes: Sequence[str], unproven: int = 0, unsigned: Sequence[str] = ()) -> str:
    """A box's lacks in few words: « logements, abattement », « 2 actions valorisées sans pièce ».

    ``unsigned``: who has not signed the convention, in French words.
    """
    told = {"evidence": _evidence(unproven)}
    if unsigned:
        told["not_signed"] = f"à signer ({', '.join(unsigned)})"
    return ", ".join(told.get(code) or _WORDS.get(code, code) for code in codes)


def _evidence(count: int) -> str:
    return f"{count} actions valorisées sans pièce" if count > 1 else "1 action valorisée sans pièce"


# -- whose turn ----------------------------------------------------------------------------------------------------

TO_OPEN = Turn("open_file", "ouvrir le dossier", "Au bailleur")
# The acts that are the landlord's own.
LANDLORD_ACTS = (TO_OPEN.verb, TO_PLAN.verb, "submit_file")


def turns_of(contents: Contents | None, year: int, today: date) -> dict[str, Turn]:
    """Track → whose act the file waits for; a file to open waits on the track its time of the year is about."""
    if contents is None:
        when = phase(year, today)
        return {} if when == AHEAD else {life.REPORT if when == AT_REPORT else life.PROGRAMME: TO_OPEN}
    return life.turns_of(year, contents.status, contents.programme_status, today, planned=contents.planned)


def days_late(status: str | None, due: date | None, today: date) -> int | None:
    """Days since the report was due; None while it is not, or once it was submitted."""
    if due is None or due >= today or (status is not None and status not in OPEN_TO_EDITING):
        return None
    return (today - due).days


def landlords(turns: Mapping[str, Turn]) -> dict[str, Turn]:
    """Those of the turns that are the landlord's."""
    return {track: turn for track, turn in turns.items() if turn.verb in LANDLORD_ACTS}


def is_awaited(status: str | None, when: str, turns: Mapping[str, Turn]) -> bool:
    """Whether the landlord is to be called: something is due at that time of the year and it is the landlord's turn.

    ``status``: the report's; None when no file was opened.
    """
    theirs = landlords(turns)
    if life.PROGRAMME in theirs and when != AHEAD:
        return True
    return life.REPORT in theirs and (when == AT_REPORT or status == "to_correct")


def may_call_again(last: date | None, today: date) -> bool:
    """Whether enough days have passed since the landlord was last called."""
    return last is None or today - last >= CALM
