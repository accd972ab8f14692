"""Who may do what, and the refusals a request may end in. Pure: no database, no Flask.

A command calls ``require``; a page asks ``can`` to know whether to offer a control and which reason to print.
A query asks ``reach`` for the part of the data an actor may read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

ADMINISTRATOR = "administrator"
COORDINATOR = "coordinator"
FINANCE_OFFICER = "finance_officer"
LANDLORD = "landlord"
STATE = "state"
COPIL = "copil"
# The command line of the server: whoever holds it already holds the database file.
COMMAND_LINE = "command_line"

ROLES = (ADMINISTRATOR, COORDINATOR, FINANCE_OFFICER, LANDLORD, STATE, COPIL)

ROLE_LABELS = {
    ADMINISTRATOR: "Administration technique",
    COORDINATOR: "Coordination",
    FINANCE_OFFICER: "Finances de la ville",
    LANDLORD: "Bailleur",
    STATE: "État (préfecture)",
    COPIL: "Comité de pilotage",
}


@dataclass(frozen=True)
class Role:
    """One membership: a role in a contract, for a city or a landlord where the role asks for one."""

    name: str
    contract_id: int | None = None
    city_id: int | None = None
    landlord_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who asks, and from where: ``source`` is ``page``, ``api``, ``workbook`` or ``command_line``."""

    user_id: int | None
    name: str
    roles: tuple[Role, ...] = ()
    source: str = "page"
    # Rows a write made on behalf of a workbook batch name it in the history.
    source_ref: str | None = None

    def has(self, *names: str) -> bool:
        """Whether the actor holds one of these roles anywhere."""
        return any(role.name in names for role in self.roles)


SYSTEM = Actor(user_id=None, name="Ligne de commande", roles=(Role(COMMAND_LINE),), source="command_line")


@dataclass(frozen=True)
class Scope:
    """Where a thing belongs.

    open_to_readers  a TFPB file: true once it has ever been submitted.
    locked_reason    a French sentence when its content may not change for anybody (submitted, or in an edition).
    """

    contract_id: int | None = None
    city_id: int | None = None
    landlord_id: int | None = None
    open_to_readers: bool = True
    locked_reason: str | None = None


# How a membership has to match a scope for a role to count.
ANYWHERE = "anywhere"
IN_CONTRACT = "in_contract"
IN_CITY = "in_city"
OF_LANDLORD = "of_landlord"
# A landlord's own, and what names nobody in particular; never another landlord's, nor a city's.
NOT_ANOTHERS = "not_anothers"

# A reader's condition marked open waits until the TFPB file has been submitted once.
OPEN = "open:"

# verb → role → condition. The table of the permissions, in one place; the command line may do everything.
RULES: dict[str, dict[str, str]] = {
    "read_project": {
        COORDINATOR: IN_CONTRACT,
        FINANCE_OFFICER: IN_CONTRACT,
        STATE: IN_CONTRACT,
        COPIL: IN_CONTRACT,
    },
    "edit_project": {COORDINATOR: IN_CONTRACT, FINANCE_OFFICER: IN_CITY},
    "read_file": {
        COORDINATOR: IN_CONTRACT,
        LANDLORD: OF_LANDLORD,
        FINANCE_OFFICER: OPEN + IN_CITY,
        STATE: OPEN + IN_CONTRACT,
        COPIL: OPEN + IN_CONTRACT,
    },
    # The scope of the convention the file is opened under.
    "open_file": {COORDINATOR: IN_CONTRACT, LANDLORD: OF_LANDLORD},
    "archive_file": {COORDINATOR: IN_CONTRACT, LANDLORD: OF_LANDLORD},
    "edit_file": {LANDLORD: OF_LANDLORD},
    "submit_file": {LANDLORD: OF_LANDLORD},
    "verify_file": {COORDINATOR: IN_CONTRACT, FINANCE_OFFICER: OPEN + IN_CITY, STATE: OPEN + IN_CONTRACT},
    "return_file": {COORDINATOR: IN_CONTRACT, FINANCE_OFFICER: OPEN + IN_CITY},
    "validate_file": {COORDINATOR: IN_CONTRACT},
    "reopen_file": {COORDINATOR: IN_CONTRACT},
    # Those who work on a file talk about it; the steering committee reads.
    "comment_file": {
        COORDINATOR: IN_CONTRACT,
        LANDLORD: OF_LANDLORD,
        FINANCE_OFFICER: OPEN + IN_CITY,
        STATE: OPEN + IN_CONTRACT,
    },
    # Which files a year waits for, and what each lacks, even before anything was submitted; and to call for them.
    "read_board": {COORDINATOR: IN_CONTRACT, FINANCE_OFFICER: IN_CITY, STATE: IN_CONTRACT},
    "remind_landlord": {COORDINATOR: IN_CONTRACT, FINANCE_OFFICER: IN_CITY, STATE: IN_CONTRACT},
    "grant_carry_over": {COORDINATOR: IN_CONTRACT},
    "discuss_programme": {COORDINATOR: IN_CONTRACT, FINANCE_OFFICER: IN_CITY},
    "validate_programme": {COORDINATOR: IN_CONTRACT},
    "read_balance": {
        COORDINATOR: IN_CONTRACT,
        FINANCE_OFFICER: IN_CONTRACT,
        STATE: IN_CONTRACT,
        COPIL: IN_CONTRACT,
    },
    "read_own_balance": {LANDLORD: IN_CONTRACT},
    "read_edition": {
        COORDINATOR: IN_CONTRACT,
        FINANCE_OFFICER: IN_CONTRACT,
        STATE: IN_CONTRACT,
        COPIL: IN_CONTRACT,
        LANDLORD: IN_CONTRACT,
    },
    "freeze_balance": {COORDINATOR: IN_CONTRACT},
    # An edition as open data; what stands open is read without asking who reads.
    "publish_edition": {COORDINATOR: IN_CONTRACT},
    # The short evaluation the contract asks for each year is the coordinator's text.
    "write_evaluation": {COORDINATOR: IN_CONTRACT},
    # The calendar of the meetings is everybody's business but the technical administrator's.
    "read_meeting": {
        COORDINATOR: IN_CONTRACT,
        FINANCE_OFFICER: IN_CONTRACT,
        STATE: IN_CONTRACT,
        COPIL: IN_CONTRACT,
        LANDLORD: IN_CONTRACT,
    },
    "edit_meeting": {COORDINATOR: IN_CONTRACT},
    # What a meeting decided: the contract's, but a landlord is not told what another one was asked.
    "read_decision": {
        COORDINATOR: IN_CONTRACT,
        FINANCE_OFFICER: IN_CONTRACT,
        STATE: IN_CONTRACT,
        COPIL: IN_CONTRACT,
        LANDLORD: NOT_ANOTHERS,
    },
    "record_decision": {COORDINATOR: IN_CONTRACT},
    "read_reference": dict.fromkeys(ROLES, ANYWHERE),
    # A contract's conventions and residences, and the list of its members.
    "read_convention": {
        COORDINATOR: IN_CONTRACT,
        FINANCE_OFFICER: IN_CONTRACT,
        STATE: IN_CONTRACT,
        COPIL: IN_CONTRACT,
        LANDLORD: OF_LANDLORD,
        ADMINISTRATOR: ANYWHERE,
    },
    "manage_contract": {COORDINATOR: IN_CONTRACT, ADMINISTRATOR: ANYWHERE},
    "administer": {ADMINISTRATOR: ANYWHERE},
}

FILE_WRITES = (
    "archive_file",
    "edit_file",
    "submit_file",
    "verify_file",
    "return_file",
    "validate_file",
    "reopen_file",
    "comment_file",
    "grant_carry_over",
    "discuss_programme",
    "validate_programme",
)

# What must be readable for a refused write to say 403 (with its reason) and not 404.
READ_VERB = {
    "edit_project": "read_project",
    **dict.fromkeys(FILE_WRITES, "read_file"),
    "open_file": "read_convention",
    "remind_landlord": "read_convention",
    "freeze_balance": "read_edition",
    "publish_edition": "read_edition",
    "write_evaluation": "read_edition",
    "edit_meeting": "read_meeting",
    "record_decision": "read_decision",
    "manage_contract": "read_reference",
    "administer": "read_reference",
}

# These change the content itself, so a lock stops them; a status may still go on.
CONTENT_VERBS = frozenset({"edit_project", "edit_file", "archive_file"})


def _matches(role: Role, condition: str, scope: Scope) -> bool:
    if condition.startswith(OPEN):
        return scope.open_to_readers and _matches(role, condition.removeprefix(OPEN), scope)
    if condition == ANYWHERE:
        return True
    if role.contract_id is None or role.contract_id != scope.contract_id:
        return False
    if condition == IN_CITY:
        return role.city_id is not None and role.city_id == scope.city_id
    if condition == OF_LANDLORD:
        return role.landlord_id is not None and role.landlord_id == scope.landlord_id
    if condition == NOT_ANOTHERS:
        return _matches(role, OF_LANDLORD, scope) or (scope.landlord_id is None and scope.city_id is None)
    return condition == IN_CONTRACT


def _holds(actor: Actor, verb: str, scope: Scope) -> bool:
    if actor.has(COMMAND_LINE):
        return True
    rules = RULES[verb]
    return any(role.name in rules and _matches(role, rules[role.name], scope) for role in actor.roles)


def can(actor: Actor, verb: str, scope: Scope) -> tuple[bool, str | None]:
    """Whether the actor may do this there, and when not, the French reason a disabled control prints."""
    if not _holds(actor, verb, scope):
        return False, _why_not(verb)
    if verb in CONTENT_VERBS and scope.locked_reason and not actor.has(COMMAND_LINE):
        return False, scope.locked_reason
    return True, None


def _why_not(verb: str) -> str:
    who = [ROLE_LABELS[name] for name in RULES[verb]]
    conditions = {condition.removeprefix(OPEN) for condition in RULES[verb].values()}
    where = ", pour sa ville" if IN_CITY in conditions else ", pour son dossier" if OF_LANDLORD in conditions else ""
    return f"Votre rôle ne le permet pas. Ce geste revient à : {', '.join(who)}{where}."


def require(actor: Actor, verb: str, scope: Scope) -> None:
    """Let the actor go on, or raise NotReadable (404), Forbidden (403) or Conflict ``locked`` (409)."""
    allowed, reason = can(actor, verb, scope)
    if allowed:
        return
    if _holds(actor, verb, scope):
        raise Conflict("locked", reason or "")
    read_verb = READ_VERB.get(verb)
    if read_verb is None or not _holds(actor, read_verb, scope):
        raise NotReadable
    raise Forbidden(reason or "")


@dataclass(frozen=True)
class Reach:
    """One stretch of readable data: every None is « any ». ``only_open`` keeps to files once submitted;
    ``or_nobodys`` adds what names neither a landlord nor a city."""

    contract_id: int | None
    city_id: int | None
    landlord_id: int | None
    only_open: bool
    or_nobodys: bool = False


def reach(actor: Actor, verb: str) -> list[Reach]:
    """The stretches (to be OR-ed) that ``verb`` opens to the actor; empty when nothing is readable."""
    if actor.has(COMMAND_LINE):
        return [Reach(None, None, None, only_open=False)]
    stretches = []
    for role in actor.roles:
        condition = RULES[verb].get(role.name)
        if condition is None:
            continue
        only_open = condition.startswith(OPEN)
        bare = condition.removeprefix(OPEN)
        if bare == ANYWHERE:
            stretches.append(Reach(None, None, None, only_open))
        elif role.contract_id is not None:
            city = role.city_id if bare == IN_CITY else None
            landlord = role.landlord_id if bare in (OF_LANDLORD, NOT_ANOTHERS) else None
            stretches.append(Reach(role.contract_id, city, landlord, only_open, or_nobodys=bare == NOT_ANOTHERS))
    return stretches


def holders(verb: str, scope: Scope) -> list[Role]:
    """The memberships that open ``verb`` there, as patterns (None is « any »): to whom a letter about it goes."""
    patterns = []
    for name, condition in RULES[verb].items():
        if condition.startswith(OPEN) and not scope.open_to_readers:
            continue
        bare = condition.removeprefix(OPEN)
        city = scope.city_id if bare == IN_CITY else None
        landlord = scope.landlord_id if bare in (OF_LANDLORD, NOT_ANOTHERS) else None
        patterns.append(Role(name, None if bare == ANYWHERE else scope.contract_id, city, landlord))
    return patterns


@dataclass(frozen=True)
class FieldError:
    """One wrong field: ``code`` is stable (``required``, ``invalid`` …), ``message`` a French sentence."""

    field: str
    code: str
    message: str
    value: Any = None


class Refusal(Exception):
    """A request that ends without writing anything; ``status`` is the HTTP status, ``code`` stable, text French."""

    status = 400
    code = "refused"

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotReadable(Refusal):
    """It does not exist, or not for this actor: the answer is the same."""

    status = 404
    code = "not_found"

    def __init__(self, message: str = "Cet élément n’existe pas ou ne vous est pas ouvert.") -> None:
        super().__init__(message)


class Forbidden(Refusal):
    """Readable, but not writable by this role."""

    status = 403
    code = "forbidden"


class Stale(Refusal):
    """Somebody else wrote since it was read; ``current`` is the row as it stands now."""

    status = 412
    code = "stale"

    def __init__(self, current: Any = None) -> None:
        super().__init__("Cet élément a changé depuis que vous l’avez lu : relisez-le avant d’écrire.")
        self.current = current


class Conflict(Refusal):
    """The state of things forbids it: ``transition_not_allowed``, ``locked``, ``duplicate``, ``open_errors``."""

    status = 409

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Invalid(Refusal):
    """One or more fields are wrong; each says what was found and what is expected."""

    status = 422
    code = "invalid"

    def __init__(self, errors: Iterable[FieldError] | FieldError) -> None:
        self.errors = [errors] if isinstance(errors, FieldError) else list(errors)
        super().__init__(" ".join(error.message for error in self.errors))
