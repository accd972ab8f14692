"""What the checks read: plain values gathered by the queries, amounts in euros."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tracker.money import ZERO


@dataclass(frozen=True)
class FileFacts:
    """A file that is due, or counted: ``status`` is None when there is none.

    unknown         what its actions do not all know, in French words.
    unproven        actions that value something without any document.
    missing_stages  stages of participation without any record, in French words.
    faults          code of ``tfpb.rules.action_alerts`` → how many of its actions.
    lacking         abatement − valued when positive; None when it cannot be told.
    made_up_for     whether its landlord's other files justify what it lacks.
    carried_over    what the COPIL let its landlord do the year after.
    """

    name: str
    status: str | None
    counted: bool
    link: str | None = None
    dwellings: int | None = None
    abated_dwellings: int | None = None
    abatement_estimated: Decimal | None = None
    abatement_actual: Decimal | None = None
    actions: int = 0
    unknown: Sequence[str] = ()
    unproven: int = 0
    missing_stages: Sequence[str] = ()
    faults: Mapping[str, int] = field(default_factory=dict)
    lacking: Decimal | None = None
    made_up_for: bool = False
    carried_over: Decimal = ZERO


@dataclass(frozen=True)
class ActionFault:
    """An action of a counted file whose amounts do not hold together; ``code`` as ``tfpb.rules.action_alerts``."""

    code: str
    file: str
    title: str
    link: str | None = None


@dataclass(frozen=True)
class LandlordFacts:
    """What a landlord owes: valued − abatement in euros, and the ratio."""

    name: str
    justified_rate: Decimal | None
    gap: Decimal | None
    link: str | None = None


@dataclass(frozen=True)
class Signature:
    """A convention due that year.

    fault     the French sentence of a late or missing signature.
    declared  that of a late or missing declaration to the tax office.
    overlaps  whether another convention binds the same landlord and city that year.
    """

    name: str
    fault: str | None
    link: str | None = None
    declared: str | None = None
    overlaps: bool = False


@dataclass(frozen=True)
class Facts:
    """Everything the checks of the figures read.

    differences  what a group's lines do not add up to, in French words (« par axe, dépense réalisée »).
    recounted    what the rows, added up by statements of their own, say otherwise than the totals.
    grants       where the awards, added up by source or file by file, are not the other funding.
    """

    year: int
    files: Sequence[FileFacts] = ()
    faults: Sequence[ActionFault] = ()
    landlords: Sequence[LandlordFacts] = ()
    signatures: Sequence[Signature] = ()
    idle_axes: Sequence[str] = ()
    differences: Sequence[str] = ()
    recounted: Sequence[str] = ()
    grants: Sequence[str] = ()

    @property
    def counted(self) -> list[FileFacts]:
        """The files that enter the figures."""
        return [file for file in self.files if file.counted]


@dataclass(frozen=True)
class ProjectFacts:
    """An equipment project; ``alerts`` maps a code of ``investment.rules.alerts`` to its sentence.

    budgeted  whether it has a budget for the year; True as well for one that needs none yet.
    """

    title: str
    city: str
    link: str
    city_link: str
    alerts: Sequence[tuple[str, str]] = ()
    budgeted: bool = True


@dataclass(frozen=True)
class Unpresented:
    """A landlord whose programme of next year was not presented, and where."""

    landlord: str
    cities: Sequence[str]
    link: str


@dataclass(frozen=True)
class BesideFacts:
    """What stands beside the figures. None: not asked of this reader.

    evaluated  whether the year's evaluation is written.
    planned    whether a COPIL is planned, or the edition's own meeting is one.
    """

    year: int
    evaluated: bool | None = None
    planned: bool | None = None
    evaluation_link: str | None = None
    meetings_link: str | None = None
    unpresented: Sequence[Unpresented] | None = None
    projects: Sequence[ProjectFacts] | None = None
